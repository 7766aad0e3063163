import { DatabaseSync } from 'node:sqlite';
import type { EventStore } from '@qazyna/event-store';
import type { ReadModelHost } from '@qazyna/service-kit';
import fc from 'fast-check';
import { ASSET } from '../spec-support.js';
import { AccountList } from './accounts.query.js';
import { JOURNAL_SCHEMA } from './journal.view.js';

const NAME = 'reserve:vault:r-1';
const day = (n: number): string => new Date(Date.UTC(2025, 0, 1 + n)).toISOString();
/** Every time asked about lies after this. */
const BEGINNING = day(-1);
const NOW = new Date(Date.UTC(2026, 0, 1));

interface Told {
  readonly amount: bigint;
  readonly effective: number;
  readonly recorded: number;
}

const emptyStore = { async *readStream() {} } as unknown as EventStore;

function listOf(postings: readonly Told[]): AccountList {
  const db = new DatabaseSync(':memory:');
  db.exec(JOURNAL_SCHEMA);
  const entry = db.prepare(`INSERT INTO entries (number, entry_id, kind, effective_at, recorded_at, body) VALUES (?, ?, 'deposit', ?, ?, '{}')`);
  const posting = db.prepare('INSERT INTO postings VALUES (?, ?, ?, ?, ?, ?)');
  entry.run(0, 'first', BEGINNING, BEGINNING);
  postings.forEach(({ amount, effective, recorded }, index) => {
    entry.run(index + 1, `entry-${index}`, day(effective), day(recorded));
    posting.run(NAME, index + 1, ASSET, amount.toString(), day(effective), day(recorded));
  });
  db.prepare('INSERT INTO balances VALUES (?, ?, ?, ?)').run(NAME, ASSET, 'reserve', postings.reduce((sum, { amount }) => sum + amount, 0n).toString());
  return new AccountList({ db } as unknown as ReadModelHost, emptyStore, { now: () => NOW });
}

describe('a balance as of a time', () => {
  const amount = fc.oneof(fc.bigInt({ min: -(10n ** 40n), max: 10n ** 40n }), fc.bigInt({ min: -(10n ** 18n), max: 10n ** 18n }), fc.constantFrom(-(10n ** 9n), 10n ** 17n, -(10n ** 18n) + 1n, 2n ** 63n, -(2n ** 63n)));
  const told = fc.array(fc.record({ amount, effective: fc.nat({ max: 9 }), recorded: fc.nat({ max: 9 }) }), { maxLength: 40 });
  const time = fc.option(fc.nat({ max: 9 }), { nil: undefined });

  it('is the exact sum of what had taken effect and was recorded by then, whatever its size', async () => {
    await fc.assert(
      fc.asyncProperty(told, time, time, async (postings, effective, recorded) => {
        const counted = postings.filter((each) => (effective === undefined || each.effective <= effective) && (recorded === undefined || each.recorded <= recorded));
        const query = { ...(effective === undefined ? {} : { effectiveAt: day(effective) }), ...(recorded === undefined ? {} : { recordedAt: day(recorded) }) };
        const { balances, entries } = await listOf(postings).asOf(NAME, query);
        expect(entries).toBe(counted.length);
        expect(balances.map(({ balance }) => BigInt(balance))).toEqual([counted.reduce((sum, each) => sum + each.amount, 0n)]);
      }),
    );
  });

  it('keeps a door open to everyone quick on an account of 100,000 postings', async () => {
    const list = listOf(Array.from({ length: 100_000 }, (_, index) => ({ amount: BigInt(index), effective: 1, recorded: 1 })));
    const started = performance.now();
    for (let asked = 0; asked < 20; asked++) await list.asOf(NAME, {});
    // Reading each posting took more than 100 ms a question.
    expect((performance.now() - started) / 20).toBeLessThan(60);
  });
});
