import { DatabaseSync } from 'node:sqlite';
import type { ReadModelHost } from '@qazyna/service-kit';
import { Reconciliation } from './reconciliation.query.js';

const TEN_ETHER = 10_000_000_000_000_000_000n;

describe('the balance that an account begins with', () => {
  it('is exact for amounts of more than 64 bits', () => {
    const db = new DatabaseSync(':memory:');
    db.exec(`
      CREATE TABLE earnings (pool_account_id TEXT, date TEXT, day TEXT, total TEXT, parts TEXT);
      CREATE TABLE payouts (payout_id TEXT, pool TEXT, account TEXT, status TEXT, licence_id TEXT, claim TEXT, sequence TEXT);
    `);
    const earn = db.prepare(`INSERT INTO earnings VALUES ('p.a', ?, ?, ?, '[]')`);
    for (const date of ['2026-01-01', '2026-01-02', '2026-02-01']) earn.run(date, date, TEN_ETHER.toString());
    db.prepare(`INSERT INTO payouts VALUES ('p.a~1', 'p', 'a', 'accepted', NULL, ?, '1')`).run(JSON.stringify({ amount: '1', address: 'x', paidAt: '2026-01-03T00:00:00Z' }));
    const view = { db } as unknown as ReadModelHost;
    const [line] = new Reconciliation(view, view, view).days({ pool: 'p', account: 'a', from: '2026-02-01', to: '2026-03-01' });
    expect(line?.balance).toBe(String(3n * TEN_ETHER - 1n));
    db.close();
  });
});
