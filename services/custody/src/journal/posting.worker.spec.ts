import { DatabaseSync } from 'node:sqlite';
import type { JournalEntryPosted } from '@qazyna/contracts';
import { SqliteEventStore, systemClock, type RecordedEvent } from '@qazyna/event-store';
import { createLogger, PreparedWriter, type ReadModelHost } from '@qazyna/service-kit';
import { custodyReadModel } from '../custody.read-model.js';
import { ASSET, CustodyUnderTest, TRUST } from '../spec-support.js';
import type { VaultDirectory } from '../vaults/vault-directory.js';
import { JournalWriter } from './journal.writer.js';
import { PostingWorker } from './posting.worker.js';

const AHEAD = '2190-01-01T00:00:00Z';

describe('posting what is due', () => {
  let custody: CustodyUnderTest;
  beforeAll(async () => {
    custody = await CustodyUnderTest.start();
    await custody.vault(TRUST, 'held-in-trust');
  }, 30_000);
  afterAll(() => custody.remove());

  const balance = async (account: string): Promise<string | undefined> =>
    (await custody.ask<{ balances?: { balance: string }[] }>(`/v1/accounts/${account}`)).body.balances?.[0]?.balance;

  it('goes on behind any number of deposits whose state property lies ahead', async () => {
    const waiting = await custody.caseAddress('afm.waits');
    // More than one step takes.
    await custody.chain.pay(Array.from({ length: 1_001 }, () => ({ address: waiting, amount: 1n })));
    await custody.mine(3);
    await custody.until(async () => (await balance('held-in-trust:case:afm.waits')) === '-1001', 'all is held');
    await custody.becomesStateProperty('afm.waits', AHEAD);

    const address = await custody.caseAddress('afm.now');
    await custody.becomesStateProperty('afm.now', '2024-01-01T00:00:00Z');
    await custody.chain.pay([{ address, amount: 7n }]);
    await custody.mine(3);
    await custody.until(async () => (await balance('reserve:seizure:afm.now')) === '-7', 'what came after is posted');
    expect(await balance('held-in-trust:case:afm.waits')).toBe('-1001');
  }, 40_000);
});

describe('a clock that was ahead and is put right', () => {
  it('takes back no act that was posted meanwhile, and posts none twice', async () => {
    let aheadMs = 120_000;
    const custody = await CustodyUnderTest.start({}, { clock: { now: () => new Date(Date.now() + aheadMs) } });
    try {
      await custody.vault(TRUST, 'held-in-trust');
      // From the entries: a balance of today leaves out what takes effect tomorrow.
      const balance = async (): Promise<string | undefined> => (await custody.balances())['reserve:seizure:afm.early'];
      const address = await custody.caseAddress('afm.early');
      await custody.chain.pay([{ address, amount: 7n }]);
      await custody.mine(3);
      await custody.becomesStateProperty('afm.early', new Date(Date.now() + 90_000).toISOString());
      await custody.until(async () => (await balance()) === '-7', 'the act is posted by the clock that is ahead');
      aheadMs = 0;
      // A word that changes nothing here makes custody look at the case's coins again.
      const order = { reference: 'APPEAL-1', authority: 'appeal-court', sha256: 'c1'.repeat(32) };
      await custody.tellOfCase('intake.case-state-property-reversed', { caseId: 'afm.early', factId: '00000000-0000-5000-8000-000000000002', undoneBy: '00000000-0000-5000-8000-000000000003', order, effectiveAt: '2024-01-01T00:00:00Z' }, 9);
      // Whatever is done after it is done in the journal too: the posting worker has looked at everything by then.
      const other = await custody.caseAddress('afm.other');
      await custody.chain.pay([{ address: other, amount: 1n }]);
      await custody.mine(3);
      await custody.until(async () => (await custody.balances())['held-in-trust:case:afm.other'] !== undefined, 'what came after is posted');
      expect(await balance()).toBe('-7');
    } finally {
      await custody.remove();
    }
  }, 30_000);
});

describe('a view that lags behind the journal', () => {
  const DEPOSIT = `${'ab'.repeat(32)}.0`;
  const CASE = 'afm.lags';
  const document = { reference: 'GOV-7', authority: 'government', sha256: 'c0'.repeat(32) };
  let store: SqliteEventStore;
  let db: DatabaseSync;
  const revisions = new Map<string, number>();

  beforeEach(() => {
    revisions.clear();
    store = SqliteEventStore.open({ file: ':memory:' });
    db = new DatabaseSync(':memory:');
    db.exec(custodyReadModel.schema);
    show('custody.deposit-seen', `deposit-${DEPOSIT}`, {
      depositId: DEPOSIT, txid: 'ab'.repeat(32), vout: 0, vaultId: TRUST, address: 'bcrt1q', asset: ASSET, amount: '7', height: 1, blockHash: 'cd'.repeat(32), blockTime: '2026-01-01T00:00:00Z', coinbase: false,
      purpose: { kind: 'case', id: CASE }, sources: [],
    });
    show('custody.deposit-confirmed', `deposit-${DEPOSIT}`, { depositId: DEPOSIT, height: 1, confirmations: 3 });
  });
  afterEach(() => store.close());

  const show = (type: string, stream: string, data: object): void => {
    const revision = revisions.get(stream) ?? 0;
    revisions.set(stream, revision + 1);
    custodyReadModel.apply(new PreparedWriter(db), { type, stream, revision: BigInt(revision), position: '1', id: stream, data, metadata: {}, recordedAt: new Date('2026-02-01T00:00:00Z') } as unknown as RecordedEvent);
  };
  const entries = async (): Promise<JournalEntryPosted[]> => {
    const posted: JournalEntryPosted[] = [];
    for await (const page of store.readStream('journal')) posted.push(...page.map(({ data }) => data as unknown as JournalEntryPosted));
    return posted;
  };
  /** The view is told what the journal took. */
  const showJournal = async (): Promise<void> => {
    for (const entry of (await entries()).slice(revisions.get('journal') ?? 0)) show('custody.journal-entry-posted', 'journal', entry);
  };
  const worker = (): PostingWorker => {
    const directory = { vault: () => ({ class: 'held-in-trust' }) } as unknown as VaultDirectory;
    const journal = new JournalWriter({ store, clock: systemClock });
    return new PostingWorker({ db } as unknown as ReadModelHost, directory, journal, systemClock, createLogger({ service: 'spec', level: 'silent', pretty: false }));
  };
  const decideAndRelease = (): void => {
    show('custody.case-state-property-noted', `custody-case-${CASE}`, { caseId: CASE, decision: document, effectiveAt: '2026-01-02T00:00:00Z', factId: '00000000-0000-5000-8000-000000000001', caseRevision: 1 });
    show('custody.screening-noted', `custody-screening-${DEPOSIT}`, { depositId: DEPOSIT, held: false, code: 'clear', number: 1 });
  };
  const kinds = async (): Promise<string[]> => (await entries()).map(({ kind, postings }) => `${kind} ${postings.some(({ account }) => account.includes('screening-hold')) ? 'hold' : ''}`.trim());

  it.each(['the same process', 'one that was started anew'])('INV-41: %s posts no state property over coins that the journal holds and the view shows as free', async (which) => {
    const first = worker();
    await first.step();
    decideAndRelease();
    const second = which === 'the same process' ? first : worker();
    for (let step = 0; step < 3; step++) expect(await second.step()).toBe(0);
    expect(await kinds()).toEqual(['deposit hold']);
    for (let step = 0; step < 3; step++) {
      await showJournal();
      await second.step();
    }
    expect(await kinds()).toEqual(['deposit hold', 'screening hold', 'reclassification']);
  });
});
