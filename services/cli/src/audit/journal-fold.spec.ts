import type { Position, RecordedEvent } from '@qazyna/event-store';
import { account, bitcoinAsset, encodeEntry, negatedPostings, type Entry } from '@qazyna/ledger';
import { Findings } from './findings.js';
import { foldJournal } from './journal-fold.js';

const ASSET = bitcoinAsset('regtest').id;
const idOf = (n: number): string => `018f0000-0000-7000-8000-${n.toString(16).padStart(12, '0')}`;

function deposit(n: number, amount = 10n): Entry {
  return {
    entryId: idOf(n),
    kind: 'deposit',
    effectiveAt: '2026-03-01T00:00:00.000Z',
    cause: `deposit-x${n}@1`,
    postings: [{ account: account.vault('reserve', 'v'), asset: ASSET, amount }, { account: account.mining('L-1'), asset: ASSET, amount: -amount }],
  };
}

function compensation(n: number, of: Entry): Entry {
  return { entryId: idOf(n), kind: 'compensation', effectiveAt: of.effectiveAt, cause: `deposit-x${n}@2`, corrects: of.entryId, postings: negatedPostings(of) };
}

function recorded(entries: readonly Entry[]): RecordedEvent[] {
  return entries.map((entry, index) => ({
    id: entry.entryId, type: 'custody.journal-entry-posted', stream: 'journal', revision: BigInt(index), position: String(index).padStart(16, '0') as Position, recordedAt: new Date('2026-03-02T00:00:00.000Z'),
    data: encodeEntry(entry) as unknown as RecordedEvent['data'], metadata: { schemaVersion: 1, actor: { subject: 's', organisation: 'o' }, correlationId: 'c' },
  }));
}

async function fold(events: readonly RecordedEvent[]): Promise<{ codes: string[]; balance: bigint; entries: number }> {
  const findings = new Findings();
  const pages = async function* (): AsyncGenerator<readonly RecordedEvent[]> {
    await Promise.resolve();
    for (let from = 0; from < events.length; from += 500) yield events.slice(from, from + 500);
  };
  const { balances, entries } = await foldJournal(pages(), (revision) => Promise.resolve(events.find((event) => event.revision === revision)), findings);
  return { entries, balance: balances.balance(account.vault('reserve', 'v'), ASSET), codes: findings.summary().map(({ code, count }) => `${code} ${count}`) };
}

describe('the fold of the whole journal', () => {
  it('is clean for a sound one', async () => {
    expect(await fold(recorded([deposit(1), deposit(2), compensation(3, deposit(1))]))).toEqual({ codes: [], balance: 10n, entries: 3 });
  });

  it('compares ids and compensations with entries however long ago they were posted', async () => {
    // More than the fold remembers.
    const long = Array.from({ length: 33_000 }, (_, n) => deposit(n + 1));
    expect((await fold(recorded([...long, compensation(50_000, deposit(1)), compensation(50_001, deposit(2, 9n)), deposit(3)]))).codes).toEqual(['INV-10 1', 'INV-11 1']);
  });

  it('finds a gap, another event, an unreadable entry, and an id that is not the event\'s', async () => {
    const events = recorded([deposit(1), deposit(2), deposit(3), deposit(4)]);
    const at = (index: number): RecordedEvent => events[index] as RecordedEvent;
    expect((await fold([at(0), at(2), at(3)])).codes).toEqual(['journal-gap 1']);
    expect((await fold([{ ...at(0), type: 'other' }, { ...at(1), data: {} }, { ...at(2), id: idOf(9) }])).codes).toEqual(['no-entry 3']);
  });

  it('finds a balance below zero and an entry that does not balance', async () => {
    const unbalanced = recorded([deposit(1)]).map((event) => ({ ...event, data: { ...event.data, postings: [{ account: 'reserve:vault:v', asset: ASSET, amount: '10' }, { account: 'reserve:mining:L-1', asset: ASSET, amount: '-9' }] } }));
    expect((await fold(unbalanced)).codes).toEqual(['INV-01 1']);
    expect((await fold(recorded([deposit(1, -5n)]))).codes).not.toEqual([]);
  });
});
