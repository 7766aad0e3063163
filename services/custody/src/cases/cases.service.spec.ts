import { ASSET, CustodyUnderTest, TRUST } from '../spec-support.js';

const document = { reference: 'GOV-7', authority: 'government', sha256: 'c0'.repeat(32) };
const fact = (number: number): string => `00000000-0000-5000-8000-${String(number).padStart(12, '0')}`;
const CASE = 'afm.3';

function ofAsset(assetId: string, factNumber: number, more: object = {}): object {
  return {
    caseId: CASE, assetId, asset: ASSET, amount: '1', location: { kind: 'device', reference: 'box-1' }, scope: 'asset', factId: fact(factNumber),
    share: { numerator: '1', denominator: '1' }, effectiveAt: '2025-02-01T00:00:00Z', ...more,
  };
}

describe('a case with three assets in custody', () => {
  let custody: CustodyUnderTest;
  beforeEach(async () => {
    custody = await CustodyUnderTest.start();
    await custody.vault(TRUST, 'held-in-trust');
  });
  afterEach(() => custody.remove());

  it('gives the state half of one, keeps what is a victim\'s and an owner\'s in trust, and compensates an appeal, over restarts', async () => {
    const pay = async (assetId: string, units: bigint): Promise<void> => void (await custody.chain.pay([{ address: await custody.caseAddress(CASE, assetId), amount: units }]));
    await pay('half', 101n);
    await pay('victim', 50n);
    await pay('owner', 20n);
    await custody.mine(3);
    await custody.untilBalances({ 'held-in-trust:vault:trust-1': '171', 'held-in-trust:case:afm.3': '-171' });

    const decided = ofAsset('half', 1, { share: { numerator: '1', denominator: '2' }, decision: document });
    await custody.tellOfCase('intake.asset-became-state-property', decided, 10);
    await custody.tellOfCase('intake.asset-became-state-property', decided, 10);
    await custody.tellOfCase('intake.asset-returned-to-victim', ofAsset('victim', 2, { order: document, victim: { reference: 'V-1', manner: 'in-kind' } }), 11);
    await custody.tellOfCase('intake.asset-released', ofAsset('owner', 3, { order: document }), 12);
    const half = { 'held-in-trust:vault:trust-1': '171', 'held-in-trust:case:afm.3': '-121', 'held-in-trust:due-to:reserve': '-50', 'reserve:due-from:held-in-trust': '50', 'reserve:seizure:afm.3': '-50' };
    await custody.untilBalances(half);

    await pay('half', 9n);
    await custody.mine(3);
    const withLate = { 'held-in-trust:vault:trust-1': '180', 'held-in-trust:case:afm.3': '-126', 'held-in-trust:due-to:reserve': '-54', 'reserve:due-from:held-in-trust': '54', 'reserve:seizure:afm.3': '-54' };
    await custody.untilBalances(withLate);

    await custody.stop();
    custody.forgetViews();
    await custody.again();
    await custody.untilBalances(withLate);

    await custody.tellOfCase('intake.asset-state-property-reversed', ofAsset('half', 1, { undoneBy: fact(4), order: { ...document, reference: 'APPEAL-1' }, effectiveAt: '2025-03-01T00:00:00Z' }), 13);
    await custody.untilBalances({ 'held-in-trust:vault:trust-1': '180', 'held-in-trust:case:afm.3': '-180' });
    const entries = await custody.entries();
    const corrections = entries.filter(({ kind }) => kind === 'compensation');
    expect(corrections).toHaveLength(2);
    for (const { corrects, act } of corrections) {
      expect(entries.find(({ entryId }) => entryId === corrects)).toMatchObject({ kind: 'reclassification' });
      expect(act).toEqual({ kind: 'reversal', reference: 'APPEAL-1', caseId: CASE });
    }
    expect((await custody.deposits()).map(({ purpose }) => purpose.assetId).sort()).toEqual(['half', 'half', 'owner', 'victim']);
  });

  it('does nothing twice when the whole case and each asset are told', async () => {
    await custody.chain.pay([{ address: await custody.caseAddress(CASE, 'a'), amount: 100n }]);
    await custody.mine(3);
    await custody.tellOfCase('intake.asset-became-state-property', ofAsset('a', 1, { scope: 'case', decision: document }), 5);
    await custody.tellOfCase('intake.case-became-state-property', { caseId: CASE, factId: fact(1), decision: document, effectiveAt: '2025-02-01T00:00:00Z' }, 4);
    await custody.untilBalances({ 'held-in-trust:vault:trust-1': '100', 'held-in-trust:due-to:reserve': '-100', 'reserve:due-from:held-in-trust': '100', 'reserve:seizure:afm.3': '-100' });
    expect(await custody.entries()).toHaveLength(2);
  });
});
