import { account, negatedPostings, parseAccount, toInstant, type AccountName, type Posting } from '@qazyna/ledger';
import type { SettledDeposit } from './deposit-entries.js';
import type { PostedEntry } from './posted-entries.js';
import type { EntryDraft } from './entry-draft.js';

/** Whether a deposit is held for screening, and the event that says so. Absent: it was never to be screened. */
export interface DepositScreening {
  readonly held: boolean;
  /** `stream@revision`. */
  readonly cause: string;
  readonly at: string;
}

type Moved = { readonly postings: readonly Posting[]; readonly payoutId?: string };

/**
 * The entry that takes a deposit's coins off everybody's account, or gives them back: undefined where the journal shows
 * them as held as they are. Held from the first, they go to whom they are due when released; held later, exactly
 * what was moved moves back.
 */
export function screeningEntry(deposit: SettledDeposit, live: readonly PostedEntry[], depositCause: string, released: AccountName, idOf: (name: string) => string): EntryDraft | undefined {
  const { screening } = deposit;
  if (screening === undefined) return undefined;
  const holding = live.findLast(({ entry }) => entry.postings.some((posting) => isHold(posting) && posting.amount < 0n));
  const isOnHold = netOf(live).some((posting) => isHold(posting) && posting.amount !== 0n);
  if (screening.held === isOnHold) return undefined;
  const moved = screening.held ? { postings: holdPostings(deposit, live) } : releasePostings(deposit, holding, released);
  if (moved.postings.length === 0) return undefined;
  const [said, seen] = [toInstant(screening.at), toInstant(deposit.blockTime)];
  return {
    entry: { entryId: idOf(`${screening.cause} ${depositCause}`), kind: 'screening', effectiveAt: said > seen ? said : seen, postings: moved.postings, cause: screening.cause },
    notes: {
      depositId: deposit.depositId,
      ...(moved.payoutId === undefined ? {} : { payoutId: moved.payoutId }),
      ...(deposit.purpose.kind === 'case' ? { caseId: deposit.purpose.id } : {}),
      blockHeight: deposit.height,
    },
  };
}

/** Whether the coins once stood as nobody's, so that a payout found later is an entry of its own. */
export function wasUnidentified(live: readonly PostedEntry[]): boolean {
  return live.some(({ entry }) => (entry.kind === 'deposit' || entry.kind === 'screening') && entry.postings.some(({ account: name, amount }) => amount < 0n && parseAccount(name).kind === 'unidentified'));
}

/** From every source that the deposit is credited to, to the hold of the same class. */
function holdPostings({ vaultId, asset }: SettledDeposit, live: readonly PostedEntry[]): readonly Posting[] {
  const credited = netOf(live).filter((posting) => posting.amount < 0n && !isHold(posting) && parseAccount(posting.account).group === 'source');
  const holds = new Map<AccountName, bigint>();
  for (const { account: name, amount } of credited) {
    const hold = account.screeningHold(parseAccount(name).class, vaultId);
    holds.set(hold, (holds.get(hold) ?? 0n) + amount);
  }
  return [...credited.map(({ account: name, amount }) => ({ account: name, asset, amount: -amount })), ...[...holds].map(([name, amount]) => ({ account: name, asset, amount }))];
}

function releasePostings({ vaultClass, vaultId, asset, amount, match }: SettledDeposit, holding: PostedEntry | undefined, released: AccountName): Moved {
  if (holding?.entry.kind === 'screening') return { postings: negatedPostings(holding.entry) };
  const postings = [
    { account: account.screeningHold(vaultClass, vaultId), asset, amount },
    { account: released, asset, amount: -amount },
  ];
  return match === undefined ? { postings } : { postings, payoutId: match.payoutId };
}

function isHold({ account: name }: Posting): boolean {
  return parseAccount(name).kind === 'screening-hold';
}

/** What the live entries of one deposit add up to; a deposit is in one asset. */
function netOf(live: readonly PostedEntry[]): Posting[] {
  const sums = new Map<AccountName, Posting>();
  for (const { entry } of live) {
    for (const posting of entry.postings) sums.set(posting.account, { ...posting, amount: (sums.get(posting.account)?.amount ?? 0n) + posting.amount });
  }
  return [...sums.values()];
}
