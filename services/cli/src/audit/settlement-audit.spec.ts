import type { Position, RecordedEvent } from '@qazyna/event-store';
import { bitcoinAsset } from '@qazyna/ledger';
import { Findings } from './findings.js';
import { auditSettlement, type SettlementFigures } from './settlement-audit.js';
import { MemoryShelf } from './shelf.js';
import type { KnownDeposit, KnownPayout } from './settlement.js';

const ASSET = bitcoinAsset('regtest').id;
const TXID = 'ab'.repeat(32);
const DEPOSIT = `${TXID}.0`;
const BIG = '9007199254740993';
const NOW = new Date('2026-06-01T00:00:00.000Z');
const LONG_AGO = new Date('2026-05-01T00:00:00.000Z');

let position = 0;
function event(type: string, data: object, recordedAt = LONG_AGO): RecordedEvent {
  return { id: `${++position}`, type, stream: 's', revision: BigInt(position), position: String(position).padStart(16, '0') as Position, recordedAt, data: data as RecordedEvent['data'], metadata: { schemaVersion: 1, actor: { subject: 's', organisation: 'o' }, correlationId: 'c' } };
}

const vault = event('custody.vault-registered', { vaultId: 'v', class: 'reserve' });
const trust = event('custody.vault-registered', { vaultId: 't', class: 'held-in-trust' });
const accepted = (changes: object = {}): RecordedEvent => event('mining.payout-accepted', { payoutId: 'p~1', licenceId: 'L-1', asset: ASSET, amount: BIG, address: 'a', txid: TXID, outputIndex: 0, ...changes });
const claim = (): RecordedEvent => event('custody.claim-registered', { payoutId: 'p~1' });
const seen = (changes: object = {}): RecordedEvent =>
  event('custody.deposit-seen', { depositId: DEPOSIT, vaultId: 'v', asset: ASSET, amount: BIG, blockTime: '2026-04-01T00:00:00.000Z', purpose: { kind: 'pool-account', id: 'p.a', licenceId: 'L-1' }, ...changes });
const confirmed = (at?: Date): RecordedEvent => event('custody.deposit-confirmed', { depositId: DEPOSIT }, at);
const takenBack = (): RecordedEvent => event('custody.deposit-taken-back', { depositId: DEPOSIT });
const matched = (): RecordedEvent => event('custody.deposit-matched', { depositId: DEPOSIT, payoutId: 'p~1', licenceId: 'L-1' });
const noted = (effectiveAt: string): RecordedEvent => event('custody.case-state-property-noted', { caseId: 'c', effectiveAt });
const entry = (postings: readonly (readonly [string, string])[], changes: object = {}): RecordedEvent =>
  event('custody.journal-entry-posted', { kind: 'deposit', cause: `deposit-${DEPOSIT}@1`, depositId: DEPOSIT, postings: postings.map(([account, amount]) => ({ account, asset: ASSET, amount })), ...changes });
const credit = (sign = 1): RecordedEvent => entry([['reserve:vault:v', `${sign < 0 ? '-' : ''}${BIG}`], ['reserve:mining:L-1', `${sign < 0 ? '' : '-'}${BIG}`]]);
const settled = (): RecordedEvent[] => [vault, accepted(), claim(), seen(), matched(), confirmed(), credit()];

async function audit(events: readonly RecordedEvent[], graceMs = 60_000): Promise<{ figures: SettlementFigures; codes: string[]; findings: Findings }> {
  const findings = new Findings();
  const pages = async function* (): AsyncGenerator<readonly RecordedEvent[]> {
    await Promise.resolve();
    yield events;
  };
  const figures = await auditSettlement({ events: pages(), deposits: new MemoryShelf<KnownDeposit>(), payouts: new MemoryShelf<KnownPayout>(), now: NOW, graceMs }, findings);
  return { figures, findings, codes: findings.summary().map(({ severity, code, count }) => `${severity} ${code} ${count}`) };
}

describe('what the journal must hold, from the streams alone', () => {
  it('is there for an accepted payout whose output is confirmed', async () => {
    const { figures, codes } = await audit(settled());
    expect(codes).toEqual([]);
    expect(figures).toEqual({ acceptedPayouts: 1, credited: 1, disputed: 0, waitingPayouts: 0, deposits: 1, founded: 1, waitingDeposits: 0, missing: 0 });
  });

  it('is missing when its entry is, and says which and how much', async () => {
    const { figures, codes, findings } = await audit(settled().slice(0, -1));
    expect(codes).toEqual(['missing entry-missing 1', 'missing payout-not-credited 1']);
    expect(figures).toMatchObject({ missing: 2, credited: 0 });
    expect(findings.listed()[0]?.message).toBe(`deposit ${DEPOSIT} of payout p~1 is confirmed and must stand as reserve:vault:v ${BIG}, reserve:mining:L-1 -${BIG}; the journal holds nothing`);
  });

  describe('of a deposit that is screened', () => {
    const sources = { addresses: ['a'], unknown: 0 };
    const word = (held: boolean): RecordedEvent => event('custody.screening-noted', { depositId: DEPOSIT, held, code: held ? 'listed' : 'clear', number: held ? 1 : 2 });
    const hold = (): RecordedEvent => entry([['reserve:vault:v', BIG], ['reserve:screening-hold:v', `-${BIG}`]]);
    const release = (): RecordedEvent => entry([['reserve:screening-hold:v', BIG], ['reserve:mining:L-1', `-${BIG}`]], { kind: 'screening', cause: `custody-screening-${DEPOSIT}@1` });
    const begun = (): RecordedEvent[] => [vault, accepted(), claim(), seen({ sources }), matched(), confirmed()];

    it('is the hold before any word, and after one that holds', async () => {
      expect((await audit([...begun(), hold()])).codes).toEqual([]);
      expect((await audit([...begun(), word(true), hold()])).codes).toEqual([]);
    });

    it('is the credit after it was found clear', async () => {
      expect((await audit([...begun(), hold(), word(false), release()])).codes).toEqual([]);
      expect((await audit([...begun(), word(false), credit()])).codes).toEqual([]);
    });

    it('differs when held coins are credited (INV-41), or released ones are still held', async () => {
      expect((await audit([...begun(), credit()])).codes).toContain('missing entry-differs 1');
      expect((await audit([...begun(), hold(), word(false)])).codes).toContain('missing entry-differs 1');
    });
  });

  it('may be on its way for a moment', async () => {
    const just = [vault, accepted(), claim(), seen(), matched(), confirmed(new Date(NOW.getTime() - 1_000))];
    expect(await audit(just)).toMatchObject({ codes: [], figures: { waitingDeposits: 1, waitingPayouts: 1, missing: 0 } });
    expect((await audit(just, 0)).codes).toEqual(['missing entry-missing 1', 'missing payout-not-credited 1']);
  });

  it('counts once: an entry posted twice is found', async () => {
    expect((await audit([...settled(), credit()])).codes).toEqual(['missing entry-differs 1', 'missing payout-not-credited 1']);
  });

  it('is nothing once a reorganisation has taken the output back, and its compensation settles that', async () => {
    expect((await audit([...settled(), takenBack()])).codes).toEqual(['wrong entry-unfounded 1']);
    expect(await audit([...settled(), takenBack(), credit(-1)])).toMatchObject({ codes: [], figures: { founded: 0, waitingPayouts: 1 } });
  });

  it('is the same whether coins were identified before or after they were posted', async () => {
    const late = [vault, seen(), confirmed(), entry([['reserve:vault:v', BIG], ['reserve:unidentified:v', `-${BIG}`]]), accepted(), claim(), matched()];
    expect((await audit(late)).codes).toEqual(['missing entry-differs 1', 'missing payout-not-credited 1']);
    expect((await audit([...late, entry([['reserve:unidentified:v', BIG], ['reserve:mining:L-1', `-${BIG}`]], { kind: 'identification' })])).codes).toEqual([]);
  });

  it('reclassifies the coins of a case when the decision takes effect, not before', async () => {
    const held = [trust, seen({ vaultId: 't', purpose: { kind: 'case', id: 'c' } }), confirmed(), entry([['held-in-trust:vault:t', BIG], ['held-in-trust:case:c', `-${BIG}`]])];
    expect((await audit([...held, noted('2027-01-01T00:00:00.000Z')])).codes).toEqual([]);
    expect((await audit([...held, noted('2026-05-01T00:00:00.000Z')])).codes).toEqual(['missing entry-differs 1']);
    const moved = entry([['held-in-trust:case:c', BIG], ['held-in-trust:due-to:reserve', `-${BIG}`], ['reserve:due-from:held-in-trust', BIG], ['reserve:seizure:c', `-${BIG}`]], { kind: 'reclassification', cause: 'custody-case-c@0' });
    expect((await audit([...held, noted('2026-05-01T00:00:00.000Z'), moved])).codes).toEqual([]);
  });

  it('knows the exact share of one asset, and that an appeal takes it back, swept or not', async () => {
    const share = BigInt(BIG) / 3n;
    const held = [trust, seen({ vaultId: 't', purpose: { kind: 'case', id: 'c', assetId: 'a' } }), confirmed(), entry([['held-in-trust:vault:t', BIG], ['held-in-trust:case:c', `-${BIG}`]])];
    const effect = { caseId: 'c', assetId: 'a', effect: 'state-property', factId: 'f', effectiveAt: '2026-05-01T00:00:00.000Z' };
    const taken = event('custody.case-effect-noted', { ...effect, share: { numerator: '1', denominator: '3' }, manner: 'in-kind', caseRevision: 3 });
    const moved = entry([['held-in-trust:case:c', `${share}`], ['held-in-trust:due-to:reserve', `-${share}`], ['reserve:due-from:held-in-trust', `${share}`], ['reserve:seizure:c', `-${share}`]], { kind: 'reclassification', cause: 'custody-case-c~a@0' });
    expect((await audit([...held, taken])).codes).toEqual(['missing entry-differs 1']);
    expect((await audit([...held, taken, moved])).codes).toEqual([]);
    const undone = event('custody.case-effect-undone', { ...effect, caseRevision: 4 });
    expect((await audit([...held, taken, moved, undone])).codes).toEqual(['missing entry-differs 1']);
    const back = entry([['held-in-trust:case:c', `-${share}`], ['held-in-trust:due-from:reserve', `${share}`], ['reserve:due-to:held-in-trust', `-${share}`], ['reserve:seizure:c', `${share}`]], { kind: 'compensation', cause: 'custody-case-c~a@1' });
    expect((await audit([...held, taken, moved, undone, back])).codes).toEqual([]);
  });

  it('finds a payout that custody never heard of, or never settled, though its output is confirmed', async () => {
    const unidentified = entry([['reserve:vault:v', BIG], ['reserve:unidentified:v', `-${BIG}`]]);
    const unheard = await audit([vault, accepted(), seen(), confirmed(), unidentified]);
    expect(unheard.findings.listed().map(({ message }) => message)).toEqual(['payout p~1 was accepted and its output is confirmed, and custody has never registered its claim']);
    const unsettled = await audit([vault, accepted({ outputIndex: undefined }), claim(), seen(), confirmed(), unidentified]);
    expect(unsettled.codes).toEqual(['missing payout-not-credited 1']);
    const disputed = await audit([vault, accepted(), claim(), seen(), confirmed(), unidentified, event('custody.claim-disputed', { payoutId: 'p~1' })]);
    expect(disputed).toMatchObject({ codes: [], figures: { disputed: 1 } });
  });

  it('finds entries that nothing founds', async () => {
    expect((await audit([entry([], { depositId: undefined })])).codes).toEqual(['wrong entry-unfounded 1']);
    expect((await audit([entry([])])).codes).toEqual(['wrong entry-unfounded 1']);
    expect((await audit([...settled(), entry([], { cause: 'deposit-other@1' })])).codes).toEqual(['wrong entry-unfounded 1']);
    expect((await audit([claim()])).codes).toEqual(['wrong claim-unfounded 1']);
  });
});
