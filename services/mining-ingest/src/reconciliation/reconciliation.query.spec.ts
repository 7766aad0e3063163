import { DatabaseSync } from 'node:sqlite';
import type { ReadModelHost } from '@qazyna/service-kit';
import { Reconciliation } from './reconciliation.query.js';

const TEN_ETHER = 10_000_000_000_000_000_000n;
const MARCH = { from: '2026-03-01', to: '2026-04-01' };

describe('what a pool owes', () => {
  let db: DatabaseSync;
  let reconciliation: Reconciliation;
  beforeEach(() => {
    db = new DatabaseSync(':memory:');
    db.exec(`
      CREATE TABLE earnings (pool_account_id TEXT, date TEXT, day TEXT, total TEXT, parts TEXT);
      CREATE TABLE payouts (payout_id TEXT, pool TEXT, account TEXT, status TEXT, licence_id TEXT, claim TEXT, sequence TEXT);
      CREATE TABLE statutory_entries (feed_sequence TEXT, pool TEXT, account TEXT, wallet TEXT, licence_number TEXT, distributed_at TEXT, amount TEXT);
      CREATE TABLE pool_accounts (pool_account_id TEXT PRIMARY KEY, pool TEXT, state TEXT);
    `);
    for (const [pool, account] of [['p', 'a'], ['p', 'b'], ['q', 'a']]) db.prepare('INSERT INTO pool_accounts VALUES (?, ?, ?)').run(`${pool}.${account}`, pool as string, JSON.stringify({ pool, account }));
    const view = { db } as unknown as ReadModelHost;
    reconciliation = new Reconciliation(view, view, view, view);
  });
  afterEach(() => db.close());

  const earn = (account: string, date: string, total: bigint, fees = '0'): void => void db.prepare('INSERT INTO earnings VALUES (?, ?, ?, ?, ?)').run(account, date, date, total.toString(), JSON.stringify([{ part: 'poolFees', amount: fees }]));
  const pay = (id: string, account: string, amount: string, paidAt: string): void => void db.prepare(`INSERT INTO payouts VALUES (?, 'p', ?, 'accepted', NULL, ?, ?)`).run(id, account, JSON.stringify({ amount, address: 'x', paidAt }), id);

  it('begins with a balance that is exact for amounts of more than 64 bits', () => {
    for (const date of ['2026-01-01', '2026-01-02', '2026-02-01']) earn('p.a', date, TEN_ETHER);
    pay('1', 'a', '1', '2026-01-03T00:00:00Z');
    const [line] = reconciliation.days({ pool: 'p', account: 'a', from: '2026-02-01', to: '2026-03-01' });
    expect(line?.balance).toBe(String(3n * TEN_ETHER - 1n));
  });

  it('is added up for each account: sums, the balance at the end, and where it does not add up', () => {
    earn('p.a', '2026-02-20', 500n);
    earn('p.a', '2026-03-02', 100n, '5');
    pay('1', 'a', '700', '2026-03-02T10:00:00Z');
    earn('p.a', '2026-03-03', 150n);
    expect(reconciliation.accounts(undefined, MARCH, undefined, 10)).toEqual([
      { poolAccountId: 'p.a', pool: 'p', account: 'a', earned: '255', fees: '5', paid: '700', balance: '50', overpaid: false, overpaidDays: 1, statutoryDifferences: 1 },
      { poolAccountId: 'p.b', pool: 'p', account: 'b', earned: '0', fees: '0', paid: '0', balance: '0', overpaid: false, overpaidDays: 0, statutoryDifferences: 0 },
      { poolAccountId: 'q.a', pool: 'q', account: 'a', earned: '0', fees: '0', paid: '0', balance: '0', overpaid: false, overpaidDays: 0, statutoryDifferences: 0 },
    ]);
  });

  it('is what it was before, where nothing happened in the range', () => {
    earn('p.b', '2026-01-01', 500n);
    pay('1', 'a', '3', '2026-01-02T00:00:00Z');
    expect(reconciliation.accounts('p', MARCH, undefined, 10)).toMatchObject([{ poolAccountId: 'p.a', balance: '-3', overpaid: true, overpaidDays: 0 }, { poolAccountId: 'p.b', balance: '500', overpaid: false }]);
  });
});
