import { CustodyUnderTest, TRUST } from '../spec-support.js';

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
