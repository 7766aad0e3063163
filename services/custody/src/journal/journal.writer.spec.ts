import { createHash } from 'node:crypto';
import { ConcurrencyConflict, SqliteEventStore, StoreTimeout, StoreUnavailable, systemClock, type EventStore, type RecordedEvent } from '@qazyna/event-store';
import { account, bitcoinAsset, foldBalances, decodeEntry, negatedPostings, type Entry } from '@qazyna/ledger';
import type { EntryDraft } from './entry-draft.js';
import { JournalWriter, type JournalWriterOptions } from './journal.writer.js';

const asset = bitcoinAsset('regtest').id;
const idOf = (name: string): string => createHash('sha256').update(name).digest('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, '$1-$2-$3-$4-$5');

function deposit(n: number, amount = 100n): EntryDraft {
  return {
    entry: {
      entryId: idOf(`deposit ${n}`),
      kind: 'deposit',
      effectiveAt: '2026-01-01T00:00:00.000Z',
      postings: [
        { account: account.vault('reserve', 'hot'), asset, amount },
        { account: account.mining('L-1'), asset, amount: -amount },
      ],
      cause: `deposit-x.${n}@1`,
    },
    notes: { depositId: `x.${n}` },
  };
}

function compensationOf(entry: Entry): EntryDraft {
  return { entry: { entryId: idOf(`undo ${entry.entryId}`), kind: 'compensation', effectiveAt: entry.effectiveAt, postings: negatedPostings(entry), corrects: entry.entryId, cause: 'deposit-x@2' }, corrected: entry };
}

async function eventsOf(store: EventStore): Promise<RecordedEvent[]> {
  const events: RecordedEvent[] = [];
  for await (const page of store.readStream('journal')) events.push(...page);
  return events;
}

async function vaultBalance(store: EventStore): Promise<bigint> {
  return foldBalances((await eventsOf(store)).map(({ data }) => decodeEntry(data))).balance(account.vault('reserve', 'hot'), asset);
}

/** A store whose appends fail as told, before or after they are carried out. */
function failing(store: EventStore, failures: ('before' | 'after' | 'unavailable')[]): { readonly store: EventStore; readonly appends: number[] } {
  const appends: number[] = [];
  const wrapped = new Proxy(store, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name);
      if (name !== 'append') return typeof member === 'function' ? (member as (...args: unknown[]) => unknown).bind(target) : member;
      return async (...args: Parameters<EventStore['append']>) => {
        appends.push(args[2].length);
        const failure = failures.shift();
        if (failure === 'unavailable') throw new StoreUnavailable('away');
        if (failure === 'before') throw new StoreTimeout('no answer');
        const result = await target.append(...args);
        if (failure === 'after') throw new StoreTimeout('no answer');
        return result;
      };
    },
  });
  return { store: wrapped, appends };
}

describe('the journal writer', () => {
  let store: SqliteEventStore;
  beforeEach(() => {
    store = SqliteEventStore.open({ file: ':memory:' });
  });
  afterEach(() => store.close());
  const writer = (options: Partial<JournalWriterOptions> = {}): JournalWriter => new JournalWriter({ store, clock: systemClock, ...options });

  it('puts everything that waits into one append', async () => {
    const { store: counted, appends } = failing(store, []);
    const journal = writer({ store: counted });
    const outcomes = await Promise.all(Array.from({ length: 300 }, (_, n) => journal.post([deposit(n)])));
    expect(outcomes.flat().map((outcome) => outcome.kind === 'posted' && outcome.number)).toEqual(Array.from({ length: 300 }, (_, n) => BigInt(n)));
    expect(appends).toEqual([300]);
  });

  it('bounds an append by its entries', async () => {
    const { store: counted, appends } = failing(store, []);
    await writer({ store: counted, batchEntriesMax: 100 }).post(Array.from({ length: 250 }, (_, n) => deposit(n)));
    expect(appends).toEqual([100, 100, 50]);
  });

  it('bounds an append by its bytes, entries of a thousand postings included', async () => {
    const wide = (n: number): EntryDraft => ({
      entry: {
        entryId: idOf(`wide ${n}`),
        kind: 'deposit',
        effectiveAt: '2026-01-01T00:00:00.000Z',
        postings: [{ account: account.vault('reserve', 'hot'), asset, amount: 999n }, ...Array.from({ length: 999 }, (_, l) => ({ account: account.mining(`L-${n}-${l}`.padEnd(120, 'x')), asset, amount: -1n }))],
        cause: 'ү'.repeat(300),
      },
    });
    expect((await writer().post([1, 2, 3, 4, 5, 6].map(wide))).every(({ kind }) => kind === 'posted')).toBe(true);
    expect(await vaultBalance(store)).toBe(5_994n);
  });

  it('posts one cause once, ten times at the same moment and again after a restart', async () => {
    const journal = writer();
    const kinds = (await Promise.all(Array.from({ length: 10 }, () => journal.post([deposit(1)])))).flat().map(({ kind }) => kind);
    expect(kinds.filter((kind) => kind === 'posted')).toHaveLength(1);
    expect(kinds.filter((kind) => kind === 'duplicate')).toHaveLength(9);
    expect(await journal.post([deposit(1)])).toEqual([{ kind: 'duplicate' }]);
    expect(await writer().post([deposit(1)])).toEqual([{ kind: 'duplicate' }]);
    expect(await eventsOf(store)).toHaveLength(1);
  });

  it('refuses what would go below zero, says by which rule, and posts the rest', async () => {
    const overdrawn: EntryDraft = {
      entry: {
        entryId: idOf('overdrawn'),
        kind: 'transfer',
        effectiveAt: '2026-01-01T00:00:00.000Z',
        postings: [
          { account: account.vault('reserve', 'cold'), asset, amount: 101n },
          { account: account.vault('reserve', 'hot'), asset, amount: -101n },
        ],
        cause: 'transfer-1@1',
      },
    };
    const outcomes = await writer().post([deposit(1), overdrawn, deposit(2)]);
    expect(outcomes).toMatchObject([{ kind: 'posted' }, { kind: 'refused', violations: [{ invariant: 'INV-02' }] }, { kind: 'posted' }]);
    expect(await vaultBalance(store)).toBe(200n);
  });

  it('posts nothing of a deposit behind an entry that it refused or holds already, whatever else is posted', async () => {
    const behind = (n: number, name: string): EntryDraft => ({ ...deposit(n), entry: { ...deposit(n).entry, entryId: idOf(name) } });
    const unbalanced = (n: number): EntryDraft => ({ ...deposit(n), entry: { ...deposit(n).entry, entryId: idOf(`half ${n}`), postings: deposit(n).entry.postings.slice(0, 1) } });
    await writer().post([deposit(1)]);
    const journal = writer({ batchEntriesMax: 2 });
    const outcomes = await journal.post([deposit(1), behind(1, 'one'), deposit(2), behind(2, 'two'), unbalanced(3), behind(3, 'three'), behind(3, 'four')]);
    expect(outcomes.map(({ kind }) => kind)).toEqual(['duplicate', 'held-back', 'posted', 'posted', 'refused', 'held-back', 'held-back']);
    expect((await journal.post([behind(1, 'one'), behind(3, 'three')])).map(({ kind }) => kind)).toEqual(['posted', 'posted']);
  });

  it('refuses an entry that crosses classes and names no act', async () => {
    const crossing: EntryDraft = {
      entry: {
        entryId: idOf('crossing'),
        kind: 'reclassification',
        effectiveAt: '2026-01-01T00:00:00.000Z',
        postings: [
          { account: account.heldCase('c'), asset, amount: 1n },
          { account: account.dueTo('held-in-trust', 'reserve'), asset, amount: -1n },
          { account: account.dueFrom('reserve', 'held-in-trust'), asset, amount: 1n },
          { account: account.seizure('c'), asset, amount: -1n },
        ],
        cause: 'custody-case-c@0',
      },
    };
    expect(await writer().post([crossing])).toMatchObject([{ kind: 'refused', violations: [{ invariant: 'INV-04' }] }]);
    expect(await eventsOf(store)).toEqual([]);
  });

  it('compensates once, exactly, also what an earlier process posted', async () => {
    const { entry } = deposit(1);
    await writer().post([deposit(1)]);
    const journal = writer();
    const half: EntryDraft = { ...compensationOf(entry), entry: { ...compensationOf(entry).entry, postings: negatedPostings(deposit(1, 50n).entry) } };
    expect(await journal.post([half])).toMatchObject([{ kind: 'refused', violations: [{ invariant: 'INV-10' }] }]);
    expect(await journal.post([compensationOf(entry)])).toMatchObject([{ kind: 'posted' }]);
    const again = { ...compensationOf(entry), entry: { ...compensationOf(entry).entry, entryId: idOf('again') } };
    expect(await journal.post([again])).toMatchObject([{ kind: 'refused', violations: [{ invariant: 'INV-10' }, { invariant: 'INV-02' }, { invariant: 'INV-06' }] }]);
    expect(await vaultBalance(store)).toBe(0n);
  });

  it('keeps amounts beyond 2^53 to the last unit through a restart', async () => {
    await writer().post([deposit(1, 9_007_199_254_740_993n), deposit(2, 10n ** 30n + 1n)]);
    const journal = writer();
    await journal.start();
    expect(journal.entryCount).toBe(2n);
    expect(await vaultBalance(store)).toBe(9_007_199_254_740_993n + 10n ** 30n + 1n);
  });

  describe('beside a second writer', () => {
    it('is fenced by the revision, reads the tail, and goes on', async () => {
      const retries: Error[] = [];
      const [first, second] = [writer({ onRetry: (error) => retries.push(error) }), writer()];
      await Promise.all([first.start(), second.start()]);
      await second.post([deposit(1)]);
      expect(await first.post([deposit(1), deposit(2)])).toEqual([{ kind: 'duplicate' }, { kind: 'posted', number: 1n }]);
      expect(retries).toEqual([expect.any(ConcurrencyConflict)]);
      expect((await eventsOf(store)).map(({ id }) => id)).toEqual([deposit(1).entry.entryId, deposit(2).entry.entryId]);
    });

    it('never lets both spend the same coins', async () => {
      const [first, second] = [writer(), writer()];
      await first.post([deposit(1)]);
      await second.start();
      const { entry } = deposit(1);
      const [one, other] = await Promise.all([first.post([compensationOf(entry)]), second.post([{ ...compensationOf(entry), entry: { ...compensationOf(entry).entry, entryId: idOf('other') } }])]);
      expect([one[0]?.kind, other[0]?.kind].sort()).toEqual(['posted', 'refused']);
      expect(await vaultBalance(store)).toBe(0n);
    });

    it('gives up after a bounded number of conflicts, is not ready, and recovers', async () => {
      let foreign = 1000;
      let busy = true;
      const intruder = new Proxy(store, {
        get(target, name) {
          const member: unknown = Reflect.get(target, name);
          if (name !== 'append') return typeof member === 'function' ? (member as (...args: unknown[]) => unknown).bind(target) : member;
          return async (...args: Parameters<EventStore['append']>) => {
            if (busy) await writer().post([deposit(foreign++)]);
            return target.append(...args);
          };
        },
      });
      const journal = writer({ store: intruder, retriesMax: 2 });
      await expect(journal.post([deposit(1)])).rejects.toMatchObject({ code: 'journal-fenced' });
      expect(journal.health()).toEqual({ ok: false, detail: 'journal-fenced' });
      busy = false;
      expect(await journal.post([deposit(1)])).toEqual([{ kind: 'posted', number: 3n }]);
      expect(journal.health()).toEqual({ ok: true });
    });
  });

  describe('when the store gives no answer', () => {
    it.each<'after' | 'before'>(['after', 'before'])('posts once, silent %s the append was carried out', async (when) => {
      const journal = writer({ store: failing(store, [when]).store });
      const [outcome] = await journal.post([deposit(1)]);
      expect(outcome?.kind).toBe(when === 'after' ? 'duplicate' : 'posted');
      expect(await eventsOf(store)).toHaveLength(1);
      expect(await journal.post([deposit(2)])).toEqual([{ kind: 'posted', number: 1n }]);
    });

    it('says so when it stays silent, and nothing is lost by asking again', async () => {
      const journal = writer({ store: failing(store, ['before', 'before']).store, retriesMax: 1 });
      await expect(journal.post([deposit(1)])).rejects.toMatchObject({ code: 'journal-timeout' });
      expect(await journal.post([deposit(1)])).toEqual([{ kind: 'posted', number: 0n }]);
    });

    it('does not retry a store that is away, and takes the same entries later', async () => {
      const { store: away, appends } = failing(store, ['unavailable']);
      const journal = writer({ store: away });
      await expect(journal.post([deposit(1), deposit(2)])).rejects.toBeInstanceOf(StoreUnavailable);
      expect(appends).toEqual([2]);
      expect(journal.health().ok).toBe(false);
      expect(await journal.post([deposit(1), deposit(2)])).toMatchObject([{ kind: 'posted' }, { kind: 'posted' }]);
      expect(await vaultBalance(store)).toBe(200n);
    });
  });

  it('makes callers wait when too much waits already, and loses none of them', async () => {
    const journal = writer({ queueMax: 50, batchEntriesMax: 25 });
    const posted = Array.from({ length: 500 }, (_, n) => journal.post([deposit(n)]));
    expect(journal.queueDepth).toBe(50);
    await Promise.all(posted);
    expect(await eventsOf(store)).toHaveLength(500);
  });

  it('refuses to work on a journal that holds something else', async () => {
    await store.append('journal', 'no-stream', [{ id: idOf('stranger'), type: 'stranger', data: {}, metadata: { schemaVersion: 1, actor: { subject: 's', organisation: 'o' }, correlationId: 'c' } }]);
    const journal = writer();
    await expect(journal.post([deposit(1)])).rejects.toMatchObject({ code: 'journal-damaged' });
    expect(journal.health().ok).toBe(false);
  });

  it('finishes what it accepted when it closes, and takes no more', async () => {
    const journal = writer();
    const posted = journal.post([deposit(1)]);
    await journal.close();
    expect(await posted).toMatchObject([{ kind: 'posted' }]);
    await expect(journal.post([deposit(2)])).rejects.toMatchObject({ code: 'journal-closed' });
  });
});
