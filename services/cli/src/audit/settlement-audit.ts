import type { PayoutAccepted } from '@qazyna/contracts';
import type { RecordedEvent } from '@qazyna/event-store';
import type { Findings } from './findings.js';
import { added, Settlement, type KnownDeposit, type KnownPayout, type Net, type NotedWord } from './settlement.js';
import type { Shelf } from './shelf.js';

export interface SettlementFigures {
  /** Payouts that passed their checks. */
  readonly acceptedPayouts: number;
  /** Of them, credited to their licence by the journal. */
  readonly credited: number;
  /** Of them, contradicted by the chain. */
  readonly disputed: number;
  /** Of them, without a confirmed output yet, or younger than the grace. */
  readonly waitingPayouts: number;
  readonly deposits: number;
  /** Deposits that the journal must hold. */
  readonly founded: number;
  /** Deposits whose entries are not due yet, or are younger than the grace. */
  readonly waitingDeposits: number;
  /** Deposits and payouts of which the journal lacks something. */
  readonly missing: number;
}

export interface SettlementAudit {
  /** Events of `Settlement.STREAMS`, in log order. */
  readonly events: AsyncIterable<readonly RecordedEvent[]>;
  readonly deposits: Shelf<KnownDeposit>;
  readonly payouts: Shelf<KnownPayout>;
  readonly now: Date;
  /** What is younger than this may still be on its way, in ms. */
  readonly graceMs: number;
}

/**
 * Computes from the streams of deposits, claims and cases what the journal must hold for each deposit (net of what was
 * compensated), and compares it with what its entries add up to. It shares no code with the posting of entries and does not
 * look at custody's view: a deposit that the view takes for posted is found here.
 */
export async function auditSettlement({ events, deposits, payouts, now, graceMs }: SettlementAudit, findings: Findings, onProgress: (events: number) => void = () => undefined): Promise<SettlementFigures> {
  const settlement = new Settlement(deposits, payouts, findings);
  for await (const page of events) {
    for (const event of page) settlement.take(event);
    onProgress(page.length);
  }
  const figures = { acceptedPayouts: 0, credited: 0, disputed: 0, waitingPayouts: 0, deposits: 0, founded: 0, waitingDeposits: 0, missing: 0 };
  const isYoung = (changedAt: number): boolean => now.getTime() - changedAt < graceMs;
  for (const [depositId, deposit] of deposits.entries()) {
    figures.deposits += 1;
    const { net: expected, dueSince } = expectedOf(deposit, settlement, now);
    if (Object.keys(expected).length > 0) figures.founded += 1;
    if (isSame(expected, deposit.net) || (deposit.confirmed && deposit.held === true && isHeldWhole(deposit))) continue;
    if (isYoung(dueSince)) {
      figures.waitingDeposits += 1;
      continue;
    }
    const lacksAll = Object.keys(deposit.net).length === 0;
    if (Object.keys(expected).length === 0) findings.add('wrong', 'entry-unfounded', 'journal', `deposit ${depositId} is not confirmed, and the journal holds ${shown(deposit.net)} for it`);
    else {
      figures.missing += 1;
      findings.add('missing', lacksAll ? 'entry-missing' : 'entry-differs', 'journal', `deposit ${depositId}${deposit.match === undefined ? '' : ` of payout ${deposit.match.payoutId}`} is confirmed and must stand as ${shown(expected)}; the journal holds ${shown(deposit.net)}`);
    }
  }
  for (const [payoutId, payout] of payouts.entries()) {
    const { accepted } = payout;
    if (accepted === undefined) {
      findings.add('wrong', 'claim-unfounded', 'journal', `payout ${payoutId} is claimed or matched, and was never accepted`);
      continue;
    }
    figures.acceptedPayouts += 1;
    const standing = standingOf(payoutId, accepted, payout, settlement);
    if (standing === 'credited') figures.credited += 1;
    else if (standing === 'disputed') figures.disputed += 1;
    else if (standing === 'waiting' || isYoung(Math.max(payout.changedAt, standing.since))) figures.waitingPayouts += 1;
    else {
      figures.missing += 1;
      findings.add('missing', 'payout-not-credited', 'journal', `payout ${payoutId} was accepted and its output is confirmed, and ${standing.why}`);
    }
  }
  return figures;
}

/** What the journal must hold for a deposit now, and since when. */
function expectedOf(deposit: KnownDeposit, { classes, cases }: Settlement, now: Date): { readonly net: Net; readonly dueSince: number } {
  const { confirmed, vaultId, asset, amount, purpose, blockTime, match, changedAt, held } = deposit;
  if (!confirmed || vaultId === undefined || asset === undefined || amount === undefined || purpose === undefined || blockTime === undefined) return { net: {}, dueSince: changedAt };
  const coins = BigInt(amount);
  const accountClass = classes.get(vaultId) ?? 'unknown';
  const net = (postings: readonly (readonly [string, bigint])[]): Net => postings.reduce<Net>((sums, [account, value]) => added(sums, `${account} ${asset}`, value), {});
  const vault = [`${accountClass}:vault:${vaultId}`, coins] as const;
  if (held === true) return { net: net([vault, [`${accountClass}:screening-hold:${vaultId}`, -coins]]), dueSince: changedAt };
  if (purpose.kind !== 'case') {
    const source = match === undefined ? `${accountClass}:unidentified:${vaultId}` : `reserve:mining:${match.licenceId}`;
    return { net: net([vault, [source, -coins]]), dueSince: changedAt };
  }
  const known = (cases.get(purpose.id) ?? []).filter((word) => Math.max(Date.parse(word.effectiveAt), Date.parse(blockTime)) <= now.getTime());
  const state = takenByTheState(known, { assetId: purpose.assetId, asset, coins });
  const moments = known.map((word) => Math.max(word.notedAt, Date.parse(word.effectiveAt), Date.parse(blockTime)));
  const postings: [string, bigint][] = [[`held-in-trust:case:${purpose.id}`, state - coins], ['held-in-trust:due-to:reserve', -state], ['reserve:due-to:held-in-trust', state], [`reserve:seizure:${purpose.id}`, -state]];
  return { net: net([vault, ...postings.filter(([, value]) => value !== 0n)]), dueSince: Math.max(changedAt, ...moments) };
}

/** How many of a deposit's coins are state property: act by act its exact share, rounded down. */
function takenByTheState(words: readonly NotedWord[], { assetId, asset, coins }: { readonly assetId: string | undefined; readonly asset: string; readonly coins: bigint }): bigint {
  let state = 0n;
  for (const word of words) {
    const { gives, effect, factId, order } = word;
    const concerns = (each: NotedWord): boolean => each.assetId === undefined || each.assetId === assetId;
    if (gives === undefined || !concerns(word) || (gives.asset !== undefined && gives.asset !== asset)) continue;
    const overruled = words.some((later) => later.order > order && later.effect === effect && (factId === undefined || later.factId === factId) && concerns(later));
    if (overruled) continue;
    if (effect === 'sold') return 0n;
    if (effect === 'state-property' && gives.inKind) state += (coins * gives.numerator) / gives.denominator;
  }
  return state;
}

/** Coins held after they were credited may be held in another class than their vault's: no source but a hold has any of them. */
function isHeldWhole({ net, vaultId, asset, amount }: KnownDeposit): boolean {
  const sums = Object.entries(net);
  const holds = sums.filter(([key]) => key.includes(`:screening-hold:${vaultId} ${asset}`));
  const others = sums.filter(([key]) => !key.includes(':screening-hold:') && !key.includes(':due-') && !key.includes(`:vault:${vaultId} ${asset}`));
  return others.length === 0 && holds.length === 1 && holds[0]?.[1] === `-${amount}`;
}

type Standing = 'credited' | 'disputed' | 'waiting' | { readonly why: string; readonly since: number };

function standingOf(payoutId: string, accepted: PayoutAccepted, { claimed, disputed, matchedDeposit }: KnownPayout, settlement: Settlement): Standing {
  const { licenceId, asset, amount } = accepted;
  if (matchedDeposit !== undefined) {
    const deposit = settlement.deposits.get(matchedDeposit);
    if (deposit?.match?.payoutId !== payoutId) return { why: `its output ${matchedDeposit} is matched with payout ${deposit?.match?.payoutId ?? 'none'}`, since: deposit?.changedAt ?? 0 };
    if (!deposit.confirmed || deposit.held === true) return 'waiting';
    if (deposit.match.licenceId !== licenceId || deposit.amount !== amount) return { why: `its output ${matchedDeposit} is matched with another licence or amount than it claims`, since: deposit.changedAt };
    const credit = deposit.net[`reserve:mining:${licenceId} ${asset}`];
    return credit === `-${amount}` ? 'credited' : { why: `the journal credits licence ${licenceId} with ${credit === undefined ? 'nothing' : credit.replace(/^-/, '')} instead of ${amount}`, since: deposit.changedAt };
  }
  if (disputed) return 'disputed';
  const confirmed = [...settlement.outputsOf(accepted)].filter((deposit) => deposit.confirmed);
  if (confirmed.length === 0) return 'waiting';
  return { why: claimed ? 'custody has neither matched it with its output nor disputed it' : 'custody has never registered its claim', since: Math.max(...confirmed.map(({ changedAt }) => changedAt)) };
}

function isSame(a: Net, b: Net): boolean {
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => a[key] === b[key]);
}

function shown(net: Net): string {
  const sums = Object.entries(net);
  return sums.length === 0 ? 'nothing' : sums.map(([key, amount]) => `${key.split(' ')[0] ?? key} ${amount}`).join(', ');
}
