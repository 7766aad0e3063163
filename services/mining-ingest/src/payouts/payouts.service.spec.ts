import type { PayoutClaim, PayoutWay } from '@qazyna/contracts';
import { bitcoinAsset } from '@qazyna/ledger';
import { MiningDesk, SPEC_METADATA, WALLET } from '../spec-support/mining-desk.js';

const claim: PayoutClaim = {
  pool: 'pool-b', account: 'reserve-01', paymentId: 'P-1', asset: bitcoinAsset('mainnet').id, amount: '149377', address: WALLET,
  txid: '7f37726aca676a11ae30277d1a12bfec761f3523dc64c151abe2ec7d410c36fb', paidAt: '2023-05-02T08:58:55Z',
};

describe('claims of one payout', () => {
  let desk: MiningDesk;
  beforeEach(async () => {
    desk = await MiningDesk.open('pool-b');
  });
  afterEach(() => desk.end());

  const tell = async (details: Partial<PayoutClaim>, way: PayoutWay = 'http'): Promise<string> => {
    const [result] = await desk.payouts.receive([{ claim: { ...claim, ...details }, way, metadata: SPEC_METADATA }]);
    return result?.code ?? result?.status ?? 'nothing';
  };
  const conflicts = async (): Promise<number> => (await desk.events('mining-conflict-')).length;

  it('are held against all that was said before, whichever of them said it (INV-23)', async () => {
    expect([await tell({}), await tell({ outputIndex: 0 }, 'kafka'), await tell({ statutorySequence: 'S-1' }, 'statement')]).toEqual(['accepted', 'duplicate', 'duplicate']);
    expect([await tell({ outputIndex: 1 }), await tell({ statutorySequence: 'S-2' })]).toEqual(['payout-conflict', 'payout-conflict']);
    expect(await conflicts()).toBe(2);
    expect([await tell({}), await tell({ outputIndex: 0, statutorySequence: 'S-1' })]).toEqual(['duplicate', 'duplicate']);
    expect(await conflicts()).toBe(2);
  });

  it('leave one on record when two name different outputs at once', async () => {
    await tell({});
    expect((await Promise.all([tell({ outputIndex: 0 }), tell({ outputIndex: 1 })])).sort()).toEqual(['duplicate', 'payout-conflict']);
    expect(await conflicts()).toBe(1);
    expect((await desk.events('payout-')).map(({ type }) => type)).toEqual(['mining.payout-received', 'mining.payout-accepted', 'mining.payout-details-added']);
  });

  it('are foreseen by a dry run as they would be answered', async () => {
    const offered = [{}, { outputIndex: 0 }, { outputIndex: 1 }].map((details) => ({ claim: { ...claim, ...details }, way: 'http' as const, metadata: SPEC_METADATA }));
    expect((await desk.payouts.assess(offered)).map(({ code, status }) => code ?? status)).toEqual(['accepted', 'duplicate', 'payout-conflict']);
  });
});
