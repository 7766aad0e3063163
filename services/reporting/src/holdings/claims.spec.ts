import { bitcoinAsset, findAsset } from '@qazyna/ledger';
import fc from 'fast-check';
import { seizureClaims, type ClaimedAsset, type ClaimFigure, type ControlledCoins, type SeizureClaims } from './claims.js';
import { EXAMPLE_INPUT, HOLDINGS_EXAMPLE } from './holdings-example.js';
import { figuresOf } from './holdings.js';

const BTC: string = bitcoinAsset('regtest').id;
const part = (legalStatus: string, numerator = 1n, denominator = 1n): ClaimedAsset['parts'][number] => ({ legalStatus, numerator, denominator });
const asset = (more: Partial<ClaimedAsset> = {}): ClaimedAsset => ({
  caseId: 'afm.1', assetId: 'a', asset: BTC, amount: 101n, location: { kind: 'address' }, parts: [part('arrested')], frozenByIssuer: false, inherited: false, ...more,
});
const claims = (claimed: readonly ClaimedAsset[], controlled: readonly ControlledCoins[] = []): SeizureClaims => seizureClaims(claimed, controlled, findAsset);

describe('what is claimed and not held', () => {
  it('stands by the legal status of each part, and the parts are the whole to the last unit', () => {
    const { tokens } = claims([asset({ parts: [part('state-property', 1n, 2n), part('evidence', 1n, 2n)] })]);
    expect(tokens.map(({ legalStatus, claimed }) => [legalStatus, claimed.baseUnits])).toEqual([['evidence', '51'], ['state-property', '50']]);
  });
  it('is no part that was released, returned or withdrawn', () =>
    expect(claims([asset({ parts: [part('released', 1n, 3n), part('returned-to-victim', 1n, 3n), part('arrested', 1n, 3n)] })]).tokens.map(({ legalStatus }) => legalStatus)).toEqual(['arrested']));
  it('is less what the journal holds for the asset, and then what it holds for the case alone', () => {
    const { tokens } = claims([asset(), asset({ assetId: 'b', parts: [part('evidence')] })], [{ caseId: 'afm.1', assetId: 'a', asset: BTC, amount: 100n }, { caseId: 'afm.1', assetId: undefined, asset: BTC, amount: 11n }]);
    expect(tokens.map(({ legalStatus, outstanding }) => [legalStatus, outstanding.baseUnits])).toEqual([['arrested', '0'], ['evidence', '91']]);
  });
  it('is money in the currency\'s own minor units, after a sale', () => {
    const { money, tokens } = claims([asset({ asset: 'qazyna:local/iso4217:KZT', amount: 4_200_000_001n, location: { kind: 'bank-account' } }), asset({ assetId: 'b', asset: 'qazyna:local/iso4217:JPY', amount: 5n, location: { kind: 'bank-account' } })]);
    expect(money.map(({ symbol, claimed }) => [symbol, claimed.coins])).toEqual([['JPY', '5'], ['KZT', '42000000.01']]);
    expect(tokens).toEqual([]);
  });
  it('is shown in base units where nobody has registered the asset, whatever its id', () => {
    const monero = asset({ asset: 'monero:418015bb/slip44:128', amount: 5_000_000_000_000n });
    const { tokens, equipment } = claims([monero, asset({ assetId: 'b', asset: 'qazyna:local/equipment:antminer-s21', amount: 12n, location: { kind: 'equipment', make: 'Bitmain', model: 'Antminer S21' } })]);
    expect(tokens).toMatchObject([{ asset: monero.asset, symbol: '128', kind: 'unregistered', claimed: { baseUnits: '5000000000000', coins: '5000000000000' } }]);
    expect(equipment).toMatchObject([{ symbol: 'antminer-s21', claimed: { coins: '12' } }]);
    const { claims: shown } = figuresOf({ ...EXAMPLE_INPUT, payoutClaims: [{ asset: monero.asset, status: 'held', payouts: 1, amount: 7n }] });
    expect(shown.payouts).toMatchObject([{ asset: monero.asset, baseUnits: '7', coins: '7' }]);
  });
  it('says of coins in trust what is left to them, not what of the case became the state\'s', () => {
    const statusOf = (...parts: ClaimedAsset['parts'][number][]): string | undefined => {
      const caseId = EXAMPLE_INPUT.balances.map(({ account }) => /^held-in-trust:case:(.+)$/.exec(account)?.[1]).find((id) => id !== undefined) ?? '';
      const held = EXAMPLE_INPUT.balances.find(({ account }) => account === `held-in-trust:case:${caseId}`);
      const { classes } = figuresOf({ ...EXAMPLE_INPUT, claimedAssets: [asset({ caseId, asset: held?.asset ?? '', parts })] });
      return classes.flatMap(({ assets }) => assets).flatMap(({ sources }) => sources).find(({ source, id }) => source === 'case' && id === caseId)?.legalStatus;
    };
    expect(statusOf(part('state-property', 2n, 3n), part('returned-to-victim', 1n, 3n))).toBe('returned-to-victim');
    expect(statusOf(part('evidence', 1n, 2n), part('released', 1n, 2n))).toBe('mixed');
    expect(statusOf(part('arrested'))).toBe('arrested');
  });
  it('says how much an issuer froze, and how much nobody had reported', () =>
    expect(claims([asset({ frozenByIssuer: true }), asset({ assetId: 'b', inherited: true, amount: 3n })]).tokens).toMatchObject([{ items: 2, cases: 1, frozenByIssuer: { baseUnits: '101' }, inherited: { baseUnits: '3' } }]));
  it('names makes and models of machines, and exchanges, never the account', () => {
    const { equipment, exchangeAccounts } = claims([
      asset({ asset: 'qazyna:local/pieces:asic-miner', location: { kind: 'equipment', make: 'MicroBT', model: 'M60' } }),
      asset({ assetId: 'b', asset: 'qazyna:local/pieces:asic-miner', location: { kind: 'store' } }),
      asset({ assetId: 'c', location: { kind: 'exchange-account', exchange: 'atais' } }),
    ]);
    expect(equipment.map(({ make, model, items }) => [make, model, items])).toEqual([['MicroBT', 'M60', 1], [null, null, 1]]);
    expect(exchangeAccounts.map(({ exchange }) => exchange)).toEqual(['atais']);
  });
  it('loses no unit and adds no two kinds, whatever is claimed and held', () => {
    const kind = fc.constantFrom('address', 'device', 'exchange-account', 'bank-account', 'store');
    const item = fc.record({ caseId: fc.constantFrom('afm.1', 'afm.2'), amount: fc.bigInt({ min: 1n, max: 10n ** 20n }), kind, n: fc.bigInt({ min: 1n, max: 6n }) });
    fc.assert(
      fc.property(fc.array(item, { maxLength: 8 }), fc.array(fc.record({ of: fc.nat(9), amount: fc.bigInt({ min: 0n, max: 10n ** 20n }) }), { maxLength: 4 }), (items, holds) => {
        const claimed = items.map(({ caseId, amount, kind: place, n }, index) => asset({ caseId, assetId: String(index), amount, location: { kind: place, exchange: 'x' }, parts: [part('arrested', n, 7n), part('evidence', 7n - n, 7n)] }));
        const held = holds.map(({ of, amount }) => ({ caseId: 'afm.1', assetId: of > 7 ? undefined : String(of), asset: BTC, amount }));
        const figures = Object.values(claims(claimed, held) as unknown as Record<string, ClaimFigure[]>).flat();
        const sum = (of: (figure: (typeof figures)[number]) => string): bigint => figures.reduce((total, figure) => total + BigInt(of(figure)), 0n);
        expect(sum(({ claimed: quantity }) => quantity.baseUnits)).toBe(items.reduce((total, { amount }) => total + amount, 0n));
        expect(figures.every(({ outstanding, claimed: most }) => BigInt(outstanding.baseUnits) >= 0n && BigInt(outstanding.baseUnits) <= BigInt(most.baseUnits))).toBe(true);
      }),
    );
  });
});

describe('the example in the interface', () => {
  it('is what the code answers today', () => {
    expect(HOLDINGS_EXAMPLE.figures).toEqual(figuresOf(EXAMPLE_INPUT));
    expect(JSON.parse(JSON.stringify(HOLDINGS_EXAMPLE))).toEqual(HOLDINGS_EXAMPLE);
    expect(HOLDINGS_EXAMPLE.figures.claims.tokens).toHaveLength(3);
  });
});
