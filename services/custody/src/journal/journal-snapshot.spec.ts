import { createHash, randomUUID } from 'node:crypto';
import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SqliteEventStore, systemClock, type EventStore, type ReadStreamOptions } from '@qazyna/event-store';
import { account, bitcoinAsset, negatedPostings } from '@qazyna/ledger';
import type { EntryDraft } from './entry-draft.js';
import { auditSnapshot } from './journal-snapshot.query.js';
import { JournalSnapshots } from './journal-snapshot.store.js';
import { JournalWriter } from './journal.writer.js';

const asset = bitcoinAsset('regtest').id;
const VAULT = account.vault('reserve', 'hot');

function deposit(amount = 100n, licence = 'L-1'): EntryDraft {
  const entryId = randomUUID();
  return {
    entry: {
      entryId,
      kind: 'deposit',
      effectiveAt: '2026-01-01T00:00:00.000Z',
      postings: [
        { account: VAULT, asset, amount },
        { account: account.mining(licence), asset, amount: -amount },
      ],
      cause: `deposit-${entryId}@1`,
    },
  };
}

describe('the snapshot of the journal', () => {
  let dataDir: string;
  let store: SqliteEventStore;
  const lost: string[] = [];

  beforeEach(() => {
    dataDir = mkdtempSync(join(tmpdir(), 'qazyna-snapshot-'));
    store = SqliteEventStore.open({ file: ':memory:' });
    lost.length = 0;
  });
  afterEach(async () => {
    await store.close();
    rmSync(dataDir, { recursive: true });
  });

  const file = (name: string): string => join(dataDir, name);
  function writer(on: EventStore = store, snapshotEvery = 10): JournalWriter {
    return new JournalWriter({ store: on, clock: systemClock, snapshots: new JournalSnapshots(dataDir), snapshotEvery, onSnapshotLost: ({ message }) => lost.push(message) });
  }
  /** Notes from where the journal is read. */
  function watched(): { readonly store: EventStore; readonly from: bigint[] } {
    const from: bigint[] = [];
    const readStream = (stream: string, options: ReadStreamOptions = {}): ReturnType<EventStore['readStream']> => {
      from.push(options.from ?? 0n);
      return store.readStream(stream, options);
    };
    return { from, store: new Proxy(store, { get: (target, name) => (name === 'readStream' ? readStream : (Reflect.get(target, name) as (...args: unknown[]) => unknown).bind(target)) }) };
  }
  async function posted(count: number, drafts = Array.from({ length: count }, () => deposit())): Promise<readonly EntryDraft[]> {
    const journal = writer();
    await journal.post(drafts);
    await journal.close();
    return drafts;
  }

  it('is where the next start goes on, with the same balances and the same memory', async () => {
    const drafts = await posted(25);
    const { store: on, from } = watched();
    const again = writer(on);
    await again.start();
    // First the entries it must remember, up to where it ends; then the tail.
    expect(from).toEqual([0n, 25n]);
    expect(again.entryCount).toBe(25n);
    expect(await again.post([drafts[7] as EntryDraft])).toEqual([{ kind: 'duplicate' }]);
    const [first] = drafts as [EntryDraft];
    const undo: EntryDraft = { entry: { entryId: randomUUID(), kind: 'compensation', effectiveAt: first.entry.effectiveAt, postings: negatedPostings(first.entry), corrects: first.entry.entryId, cause: 'deposit-x@2' } };
    expect(await again.post([undo])).toEqual([{ kind: 'posted', number: 25n }]);
    await again.close();
    const third = writer();
    // Compensated before: known from the snapshot alone.
    expect(await third.post([{ ...undo, entry: { ...undo.entry, entryId: randomUUID() } }])).toMatchObject([{ kind: 'refused', violations: [{ invariant: 'INV-10' }] }]);
    await third.close();
    expect(lost).toEqual([]);
    expect(await auditSnapshot(dataDir, store)).toEqual({ kind: 'same', entries: 26n });
  });

  it('is written while posting goes on, and takes in the tail behind it', async () => {
    const journal = writer(store, 400);
    for (let batch = 0; batch < 5; batch++) await journal.post(Array.from({ length: 500 }, () => deposit()));
    while (!existsSync(file('journal-snapshot.jsonl'))) await new Promise((resolve) => setTimeout(resolve, 5));
    // As after a kill: what the last snapshot lacks is in the journal.
    const again = writer(store, 1_000_000);
    await again.start();
    expect(again.entryCount).toBe(2_500n);
    expect(lost).toEqual([]);
    await journal.close();
  });

  describe.each<[string, () => void, RegExp]>([
    ['cut off', () => truncateSync(file('journal-snapshot.jsonl'), 200), /cut off|hash/],
    ['empty', () => truncateSync(file('journal-snapshot.jsonl'), 0), /cut off/],
    ['changed by hand', () => writeFileSync(file('journal-snapshot.jsonl'), readFileSync(file('journal-snapshot.jsonl'), 'utf8').replace('"2500"', '"2600"')), /hash/],
    ['changed by hand with its hash', () => forge((text) => text.replace('"2500"', '"2600"')), /rules of the ledger/],
    ['of another format', () => forge((text) => text.replace('qazyna-journal-snapshot-1', 'qazyna-journal-snapshot-0')), /format/],
    ['without its ids', () => rmSync(file('journal-ids.bin')), /cannot be read/],
    ['with too few ids', () => truncateSync(file('journal-ids.bin'), 16 * 20 + 3), /too short/],
    ['with other ids', () => writeFileSync(file('journal-ids.bin'), Buffer.alloc(16 * 25, 7)), /ids/],
  ])('%s', (_what, damage, reason) => {
    it('is thrown away, and the journal itself is read', async () => {
      const drafts = await posted(25);
      damage();
      const { store: on, from } = watched();
      const again = writer(on);
      expect(await again.post([drafts[3] as EntryDraft, deposit()])).toMatchObject([{ kind: 'duplicate' }, { kind: 'posted', number: 25n }]);
      expect(lost).toEqual([expect.stringMatching(reason)]);
      expect(from.at(-1)).toBe(0n);
      await again.close();
      expect(await auditSnapshot(dataDir, store)).toEqual({ kind: 'same', entries: 26n });
    });
  });

  it('of another journal is thrown away', async () => {
    await posted(25);
    await store.close();
    store = SqliteEventStore.open({ file: ':memory:' });
    const other = new JournalWriter({ store, clock: systemClock });
    await other.post(Array.from({ length: 30 }, () => deposit(7n)));
    await other.close();
    const again = writer();
    await again.start();
    expect(lost).toEqual([expect.stringContaining('last entry')]);
    expect(again.entryCount).toBe(30n);
    await again.close();
    expect(await auditSnapshot(dataDir, store)).toEqual({ kind: 'same', entries: 30n });
  });

  it('does not mind ids that a crash left behind its end', async () => {
    const drafts = await posted(25);
    appendFileSync(file('journal-ids.bin'), Buffer.alloc(40, 9));
    const again = writer();
    expect(await again.post([drafts[24] as EntryDraft, deposit()])).toMatchObject([{ kind: 'duplicate' }, { kind: 'posted' }]);
    await again.close();
    expect(lost).toEqual([]);
    expect(await auditSnapshot(dataDir, store)).toEqual({ kind: 'same', entries: 26n });
  });

  it('that passes its own checks and is wrong is found by the audit', async () => {
    expect(await auditSnapshot(dataDir, store)).toEqual({ kind: 'none' });
    await posted(25);
    // Both sides of the book changed alike: every rule of the ledger holds.
    forge((text) => text.replaceAll('2500"', '2600"'));
    expect(await auditSnapshot(dataDir, store)).toMatchObject({ kind: 'different', entries: 25n, differences: [expect.stringContaining('the journal says 2500, the snapshot 2600'), expect.stringContaining('-2600')] });
    truncateSync(file('journal-snapshot.jsonl'), 10);
    expect(await auditSnapshot(dataDir, store)).toMatchObject({ kind: 'unusable' });
  });

  /** Changes the content and gives it the hash it then has. */
  function forge(change: (text: string) => string): void {
    const text = readFileSync(file('journal-snapshot.jsonl'), 'utf8');
    const content = change(text.slice(0, text.lastIndexOf('\n', text.length - 2) + 1));
    writeFileSync(file('journal-snapshot.jsonl'), `${content}${JSON.stringify({ sha256: createHash('sha256').update(content).digest('hex') })}\n`);
  }
});
