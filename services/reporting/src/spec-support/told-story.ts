import type { JournalEntryPosted, SeizureAct } from '@qazyna/contracts';
import { uuidV5, type EventStore, type JsonObject } from '@qazyna/event-store';
import { bitcoinAsset } from '@qazyna/ledger';

export const ASSET: string = bitcoinAsset('regtest').id;
export const MINER = 'qazyna:local/pieces:asic-miner';
/** Does not fit a double: a figure that went through a number would differ. */
export const MINED = '9007199254740993';
export const TXID = { mined: '11'.repeat(32), arrested: '22'.repeat(32), forfeited: '33'.repeat(32), awaited: '44'.repeat(32) } as const;
export const DEPOSIT = { mined: `${TXID.mined}.0`, arrested: `${TXID.arrested}.1`, forfeited: `${TXID.forfeited}.0` } as const;
export const PAYOUT = { mined: 'pool.farm~1', awaited: 'pool.farm~2', held: 'pool.farm~3', rejected: 'pool.farm~4' } as const;
/** A reference is free text of an authority: the one place where a hostile one could put markup. */
export const HOSTILE = '"><script>alert(1)</script>';

/** One event of the story; `after` names what must have been told before, as `stream@revision`. */
export interface ToldEvent {
  readonly stream: string;
  readonly type: string;
  readonly data: JsonObject;
  readonly after: readonly string[];
}

const hash = (of: string): string => of.repeat(64).slice(0, 64);
const day = (date: number): string => `2026-03-${String(date).padStart(2, '0')}T00:00:00.000Z`;
const idOf = (name: string): string => uuidV5('0c7e4a52-6f0e-5b1a-9d3c-2f1b8a7c6d5e', name);

const story: ToldEvent[] = [];
function tell(stream: string, type: string, data: object, after: readonly string[] = []): void {
  story.push({ stream, type, data: data as JsonObject, after });
}

function act(number: string, kind: SeizureAct, legalStatus: string, date: number, assets?: readonly object[]): void {
  const caseId = `afm.${number}`;
  tell(`case-${caseId}`, 'intake.act-applied', {
    factId: idOf(`${caseId} ${kind}`), caseId, agency: 'afm', caseNumber: number, act: kind, legalStatus, document: { reference: HOSTILE, authority: 'court-1', sha256: hash('d') },
    actAt: day(date), effectiveAt: day(date), ...(assets ? { assets } : {}),
  });
}
const claimed = (asset: string, amount: string): object => ({ asset, amount, location: { kind: 'device', reference: 'box-1' } });

act('1', 'reported', 'reported', 1, [claimed(ASSET, '300'), claimed(MINER, '48')]);
act('1', 'arrest', 'arrested', 2);
act('2', 'reported', 'reported', 1, [claimed(ASSET, '100')]);
act('2', 'finality', 'final', 3);
act('2', 'state-property-decision', 'state-property', 4);
act('3', 'reported', 'reported', 5, [claimed(ASSET, '77')]);

function payout(payoutId: string, amount: string, txid: string, outcome: readonly [string, object]): void {
  const paymentId = payoutId.split('~')[1];
  tell(`payout-${payoutId}`, 'mining.payout-received', { payoutId, claim: { pool: 'pool', account: 'farm', paymentId, asset: ASSET, amount, address: 'bcrt1q', txid, paidAt: day(1) }, contentHash: hash('c'), way: 'http' });
  tell(`payout-${payoutId}`, `mining.payout-${outcome[0]}`, { payoutId, ...outcome[1] });
}
const accepted = (amount: string, txid: string): readonly [string, object] => ['accepted', { poolAccountId: 'pool.farm', licenceId: 'L-1', asset: ASSET, amount, address: 'bcrt1q', txid, paidAt: day(1) }];
payout(PAYOUT.mined, MINED, TXID.mined, accepted(MINED, TXID.mined));
payout(PAYOUT.awaited, '5000', TXID.awaited, accepted('5000', TXID.awaited));
payout(PAYOUT.held, '6000', 'abc', ['held', { reasons: [{ code: 'txid-malformed', message: 'a transaction id has 64 hex digits' }] }]);
payout(PAYOUT.rejected, '7000', TXID.awaited, ['rejected', { reason: 'not ours' }]);

for (const [vaultId, accountClass] of [['R', 'reserve'], ['T', 'held-in-trust']]) {
  tell(`vault-${vaultId}`, 'custody.vault-registered', { vaultId, class: accountClass, tier: 'cold', descriptor: 'wsh()', network: 'regtest', asset: ASSET });
}

const block = (height: number, of: string): object => ({ network: 'regtest', height, hash: hash(of), previousHash: hash('0'), time: day(height - 90), deposits: 0 });
for (const [height, of] of [[100, 'a'], [101, 'b']] as const) tell('chain-regtest', 'custody.block-connected', block(height, of));
tell('chain-regtest', 'custody.block-disconnected', { network: 'regtest', height: 101, hash: hash('b') });
tell('chain-regtest', 'custody.block-disconnected', { network: 'regtest', height: 100, hash: hash('a') });
for (const [height, of] of [[100, 'e'], [101, 'f'], [102, '9']] as const) tell('chain-regtest', 'custody.block-connected', block(height, of));

function seen(depositId: string, vaultId: string, amount: string, height: number, of: string, purpose: object, confirmed: boolean): void {
  tell(`deposit-${depositId}`, 'custody.deposit-seen', { depositId, vaultId, address: `bcrt1q${vaultId.toLowerCase()}`, asset: ASSET, amount, height, blockHash: hash(of), blockTime: day(10), coinbase: false, purpose });
  if (confirmed) tell(`deposit-${depositId}`, 'custody.deposit-confirmed', { depositId, height, blockHash: hash(of), confirmations: 1 });
}
const farm = { kind: 'pool-account', id: 'pool.farm', licenceId: 'L-1' };
const mined = `deposit-${DEPOSIT.mined}`;
seen(DEPOSIT.mined, 'R', MINED, 100, 'a', farm, true);
tell(mined, 'custody.deposit-matched', { depositId: DEPOSIT.mined, payoutId: PAYOUT.mined, licenceId: 'L-1' }, [`payout-${PAYOUT.mined}@1`]);
tell(mined, 'custody.deposit-taken-back', { depositId: DEPOSIT.mined, height: 100, blockHash: hash('a') });
seen(DEPOSIT.mined, 'R', MINED, 101, 'f', farm, true);
seen(DEPOSIT.arrested, 'T', '250', 100, 'a', { kind: 'case', id: 'afm.1' }, true);
seen(DEPOSIT.forfeited, 'T', '100', 100, 'a', { kind: 'case', id: 'afm.2' }, true);

type Posting = readonly [account: string, amount: string];
function entry(name: string, kind: JournalEntryPosted['kind'], postings: readonly Posting[], notes: Partial<JournalEntryPosted>, after: readonly string[]): void {
  tell('journal', 'custody.journal-entry-posted', { entryId: idOf(name), kind, effectiveAt: day(10), postings: postings.map(([account, amount]) => ({ account, asset: ASSET, amount })), cause: after[0] ?? '', ...notes }, after);
}
const credit: readonly Posting[] = [['reserve:vault:R', MINED], ['reserve:mining:L-1', `-${MINED}`]];
const ofPayout = { depositId: DEPOSIT.mined, payoutId: PAYOUT.mined };
entry('mined', 'deposit', credit, ofPayout, [`${mined}@2`]);
entry('arrested', 'deposit', [['held-in-trust:vault:T', '250'], ['held-in-trust:case:afm.1', '-250']], { depositId: DEPOSIT.arrested, caseId: 'afm.1' }, [`deposit-${DEPOSIT.arrested}@1`]);
entry('forfeited', 'deposit', [['held-in-trust:vault:T', '100'], ['held-in-trust:case:afm.2', '-100']], { depositId: DEPOSIT.forfeited, caseId: 'afm.2' }, [`deposit-${DEPOSIT.forfeited}@1`]);
entry('back', 'compensation', [['reserve:vault:R', `-${MINED}`], ['reserve:mining:L-1', MINED]], { ...ofPayout, corrects: idOf('mined') }, [`${mined}@3`]);
entry(
  'reclassified', 'reclassification',
  [['held-in-trust:case:afm.2', '100'], ['held-in-trust:due-to:reserve', '-100'], ['reserve:due-from:held-in-trust', '100'], ['reserve:seizure:afm.2', '-100']],
  { depositId: DEPOSIT.forfeited, caseId: 'afm.2', act: { kind: 'state-property-decision', reference: HOSTILE, caseId: 'afm.2' } }, ['case-afm.2@2'],
);
entry('mined again', 'deposit', credit, ofPayout, [`${mined}@5`]);

/**
 * What services recorded of one payout credited and taken back and credited again, another awaited, one held, one
 * rejected; of one case arrested, one that became state property and one without coins. In order, stream by stream.
 */
export const STORY: readonly ToldEvent[] = story;

/** The story in one of the orders it could have happened in; `pick(n)` chooses among the n streams that could go on. */
export function interleaved(pick: (choices: number) => number): ToldEvent[] {
  const streams = new Map<string, ToldEvent[]>();
  for (const event of STORY) streams.set(event.stream, [...(streams.get(event.stream) ?? []), event]);
  const told = new Map<string, number>();
  const isTold = (place: string): boolean => {
    const [stream = '', revision] = [place.slice(0, place.lastIndexOf('@')), Number(place.slice(place.lastIndexOf('@') + 1))];
    return (told.get(stream) ?? 0) > revision;
  };
  const order: ToldEvent[] = [];
  while (order.length < STORY.length) {
    const ready = [...streams].flatMap(([stream, events]) => events[told.get(stream) ?? 0] ?? []).filter(({ after }) => after.every(isTold));
    const next = ready[pick(ready.length)];
    if (next === undefined) throw new Error('the story cannot go on: something in it waits for what never comes');
    told.set(next.stream, (told.get(next.stream) ?? 0) + 1);
    order.push(next);
  }
  return order;
}

/** Appends events to their streams, in this order; goes on where streams already have some. */
export async function record(store: EventStore, events: readonly ToldEvent[], revisions = new Map<string, bigint>()): Promise<void> {
  for (const { stream, type, data } of events) {
    const last = revisions.get(stream);
    const next = last === undefined ? 0n : last + 1n;
    const metadata = { schemaVersion: 1, actor: { subject: 'spec', organisation: 'spec' }, correlationId: 'spec' };
    await store.append(stream, last ?? 'no-stream', [{ id: idOf(`${stream} ${next}`), type, data, metadata }]);
    revisions.set(stream, next);
  }
}
