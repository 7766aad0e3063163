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
