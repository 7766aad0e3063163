import type {
  CaseEffectNoted, CaseEffectUndone, CaseStatePropertyNoted, ClaimDisputed, ClaimRegistered, DepositConfirmed, DepositMatched, DepositSeen, DepositTakenBack, JournalEntryPosted, PayoutAccepted, ScreeningNoted, VaultRegistered,
} from '@qazyna/contracts';
import { depositIdOf } from '@qazyna/contracts/names';
import type { RecordedEvent } from '@qazyna/event-store';
import type { Findings } from './findings.js';
import type { Shelf } from './shelf.js';

/** Sums by account and asset, in base units: debit positive, credit negative. Zeros are left out. */
export type Net = Record<string, string>;

export interface KnownDeposit {
  readonly vaultId?: string;
  readonly asset?: string;
  readonly amount?: string;
  readonly blockTime?: string;
  readonly purpose?: { readonly kind: string; readonly id: string; readonly assetId?: string; readonly licenceId?: string };
  readonly confirmed: boolean;
  /** Held until its origin is screened; undefined where it is not to be. */
  readonly held?: boolean;
  readonly match?: { readonly payoutId: string; readonly licenceId: string };
  /** When what the journal must hold for it changed last, in ms. */
  readonly changedAt: number;
  /** What the journal holds for it. */
  readonly net: Net;
}

export interface KnownPayout {
  readonly accepted?: PayoutAccepted;
  readonly claimed: boolean;
  readonly disputed: boolean;
  readonly matchedDeposit?: string;
  readonly changedAt: number;
}

/** A word on a legal effect, as custody noted it. */
export interface NotedWord {
  readonly assetId: string | undefined;
  readonly effect: string;
  readonly factId: string | undefined;
  readonly order: number;
  readonly effectiveAt: string;
  readonly notedAt: number;
  /** Absent where the word takes an effect back. */
  readonly gives?: { readonly asset: string | undefined; readonly numerator: bigint; readonly denominator: bigint; readonly inKind: boolean };
}

/** What the streams say of deposits and payouts, gathered in one walk in log order. */
export class Settlement {
  readonly classes = new Map<string, string>();
  readonly cases = new Map<string, NotedWord[]>();

  constructor(
    readonly deposits: Shelf<KnownDeposit>,
    readonly payouts: Shelf<KnownPayout>,
    private readonly findings: Findings,
  ) {}

  /** Streams it has to be shown. */
  static readonly STREAMS = ['payout-', 'claim-', 'vault-', 'deposit-', 'custody-case-', 'custody-screening-', 'journal'];

  take(event: RecordedEvent): void {
    const at = event.recordedAt.getTime();
    switch (event.type) {
      case 'custody.vault-registered': {
        const { vaultId, class: accountClass } = event.data as unknown as VaultRegistered;
        this.classes.set(vaultId, accountClass);
        return;
      }
      case 'custody.case-state-property-noted': {
        const { caseId, effectiveAt, factId, caseRevision = -1 } = event.data as unknown as CaseStatePropertyNoted;
        const gives = { asset: undefined, numerator: 1n, denominator: 1n, inKind: true };
        return this.word(caseId, { assetId: undefined, effect: 'state-property', factId, order: caseRevision, effectiveAt, notedAt: at, gives });
      }
      case 'custody.case-effect-noted': {
        const { caseId, assetId, effect, factId, asset, share, manner, effectiveAt, caseRevision } = event.data as unknown as CaseEffectNoted;
        const gives = { asset, numerator: BigInt(share.numerator), denominator: BigInt(share.denominator), inKind: manner === 'in-kind' };
        return this.word(caseId, { assetId, effect, factId, order: caseRevision, effectiveAt, notedAt: at, gives });
      }
      case 'custody.case-effect-undone': {
        const { caseId, assetId, effect, factId, effectiveAt, caseRevision } = event.data as unknown as CaseEffectUndone;
        return this.word(caseId, { assetId, effect, factId, order: caseRevision, effectiveAt, notedAt: at });
      }
      case 'custody.deposit-seen': {
        const { depositId, vaultId, asset, amount, blockTime, purpose, sources } = event.data as unknown as DepositSeen;
        return this.deposit(depositId, { vaultId, asset, amount, blockTime, purpose, confirmed: false, changedAt: at, ...(sources === undefined || this.deposits.get(depositId)?.held !== undefined ? {} : { held: true }) });
      }
      case 'custody.deposit-confirmed':
        return this.deposit((event.data as unknown as DepositConfirmed).depositId, { confirmed: true, changedAt: at });
      case 'custody.deposit-taken-back':
        return this.deposit((event.data as unknown as DepositTakenBack).depositId, { confirmed: false, changedAt: at });
      case 'custody.screening-noted': {
        const { depositId, held } = event.data as unknown as ScreeningNoted;
        return this.deposits.get(depositId)?.held === undefined ? undefined : this.deposit(depositId, { held, changedAt: at });
      }
      case 'custody.deposit-matched': {
        const { depositId, payoutId, licenceId } = event.data as unknown as DepositMatched;
        this.payout(payoutId, { matchedDeposit: depositId });
        return this.deposit(depositId, { match: { payoutId, licenceId }, changedAt: at });
      }
      case 'custody.claim-registered':
        return this.payout((event.data as unknown as ClaimRegistered).payoutId, { claimed: true, changedAt: at });
      case 'custody.claim-disputed':
        return this.payout((event.data as unknown as ClaimDisputed).payoutId, { disputed: true });
      case 'mining.payout-accepted': {
        const accepted = event.data as unknown as PayoutAccepted;
        return this.payout(accepted.payoutId, { accepted, changedAt: at });
      }
      case 'custody.journal-entry-posted':
        return this.entry(event);
    }
  }

  /** Outputs of the transaction that the payout names, as far as they pay us. */
  *outputsOf({ txid, outputIndex }: PayoutAccepted): Generator<KnownDeposit> {
    if (outputIndex === undefined) {
      for (const [, deposit] of this.deposits.entries(`${txid}.`)) yield deposit;
      return;
    }
    const deposit = this.deposits.get(depositIdOf(txid, outputIndex));
    if (deposit !== undefined) yield deposit;
  }

  private word(caseId: string, word: NotedWord): void {
    this.cases.set(caseId, [...(this.cases.get(caseId) ?? []), word]);
  }

  private deposit(depositId: string, change: Partial<KnownDeposit>): void {
    const known = this.deposits.get(depositId) ?? { confirmed: false, changedAt: 0, net: {} };
    this.deposits.set(depositId, { ...known, ...change });
  }

  private payout(payoutId: string, change: Partial<KnownPayout>): void {
    const known = this.payouts.get(payoutId) ?? { claimed: false, disputed: false, changedAt: 0 };
    this.payouts.set(payoutId, { ...known, ...change });
  }

  private entry({ revision, data }: RecordedEvent): void {
    const { depositId, kind, cause, postings } = data as unknown as JournalEntryPosted;
    const place = `journal@${revision}`;
    if (depositId === undefined || this.deposits.get(depositId) === undefined) {
      this.findings.add('wrong', 'entry-unfounded', 'journal', `${place}, a ${kind}, is of ${depositId === undefined ? 'no deposit' : `deposit ${depositId}, which no stream knows`}: nothing in the streams founds it`);
      return;
    }
    if (!cause.startsWith(`deposit-${depositId}@`) && !(kind === 'screening' && cause.startsWith(`custody-screening-${depositId}@`)) && !((kind === 'reclassification' || kind === 'compensation') && cause.startsWith('custody-case-'))) {
      this.findings.add('wrong', 'entry-unfounded', 'journal', `${place} is of deposit ${depositId} and names ${cause} as its cause`);
    }
    const { net } = this.deposits.get(depositId) as KnownDeposit;
    this.deposit(depositId, { net: postings.reduce((sums, { account, asset, amount }) => added(sums, `${netted(account)} ${asset}`, BigInt(amount)), net) });
  }
}

/** What classes owe each other counts net: a debt that was settled by a sweep may be taken back as a debt the other way. */
function netted(account: string): string {
  return account.replace(':due-from:', ':due-to:');
}

/** The sums with one more posting. */
export function added(net: Net, key: string, amount: bigint): Net {
  const sum = BigInt(net[key] ?? '0') + amount;
  const after = { ...net, [key]: sum.toString() };
  if (sum === 0n) delete after[key];
  return after;
}
