import { assetById, bitcoinAsset } from '@qazyna/ledger';
import fc from 'fast-check';
import type { ClaimedAsset } from './claims.js';
import { figuresOf, FiguresContradict, type BalanceRow, type HoldingsInput } from './holdings.js';

const asset = bitcoinAsset('regtest').id;
const asic = 'qazyna:local/pieces:asic-miner';
const row = (account: string, amount: bigint): BalanceRow => ({ account, asset, amount });

/** Mined coins in the reserve's vault; one case arrested, one that became state property and waits to be swept. */
const story: readonly BalanceRow[] = [
  row('reserve:vault:R', 9_007_199_254_740_993n),
  row('reserve:mining:L-1', -9_007_199_254_740_993n),
  row('held-in-trust:vault:T', 350n),
  row('held-in-trust:case:afm.1', -250n),
  row('held-in-trust:due-to:reserve', -100n),
  row('reserve:due-from:held-in-trust', 100n),
  row('reserve:seizure:afm.2', -100n),
];
const statuses: Readonly<Record<string, string>> = { 'afm.1': 'arrested', 'afm.2': 'state-property' };

function input(balances: readonly BalanceRow[], more: Partial<HoldingsInput> = {}): HoldingsInput {
  return { balances, assets: assetById, legalStatusOf: (id) => statuses[id], tierOf: () => 'cold', claimedAssets: [], controlled: [], payoutClaims: [], ...more };
}

describe('the public figures', () => {
  const figures = figuresOf(input(story));
  const of = (name: string) => figures.classes.find((entry) => entry.class === name)?.assets[0];

  it('count as reserve what came from the reserve\'s sources, in its own vaults or due to it', () => {
    expect(of('reserve')).toMatchObject({
      baseUnits: '9007199254741093',
      coins: '90071992.54741093',
      custody: [
        { status: 'due', place: 'held-in-trust', baseUnits: '100' },
        { status: 'in-vault', place: 'R', tier: 'cold', baseUnits: '9007199254740993' },
      ],
      byLegalStatus: [
        { legalStatus: 'state-mining', baseUnits: '9007199254740993' },
        { legalStatus: 'state-property', baseUnits: '100' },
      ],
    });
  });

  it('keep trust coins apart, and say what the trust vaults owe', () => {
    expect(of('held-in-trust')).toMatchObject({
      baseUnits: '250',
      sources: [{ source: 'case', id: 'afm.1', legalStatus: 'arrested', baseUnits: '250' }],
      owedToOtherClasses: [{ class: 'reserve', baseUnits: '100' }],
    });
  });

  it('are less what was spent', () => {
    const spent = [row('reserve:vault:R', 90n), row('reserve:network-fee', 10n), row('reserve:mining:L', -100n)];
    expect(figuresOf(input(spent)).classes[0]?.assets[0]).toMatchObject({ baseUnits: '90', spent: { baseUnits: '10' } });
  });

  it('never add claims to holdings, nor devices to coins', () => {
    const whole = (legalStatus: string): ClaimedAsset['parts'] => [{ legalStatus, numerator: 1n, denominator: 1n }];
    const claimed = (caseId: string, assetId: string, of: string, amount: bigint, location: ClaimedAsset['location'], parts: ClaimedAsset['parts']): ClaimedAsset => ({ caseId, assetId, asset: of, amount, location, parts, frozenByIssuer: false, inherited: false });
    const withClaims = figuresOf(
      input(story, {
        claimedAssets: [claimed('afm.1', '1', asset, 300n, { kind: 'address' }, whole('arrested')), claimed('afm.3', '1', asic, 48n, { kind: 'store' }, whole('reported'))],
        controlled: [{ caseId: 'afm.1', assetId: undefined, asset, amount: 250n }],
      }),
    );
    expect(withClaims.classes).toEqual(figures.classes);
    expect(withClaims.claims.tokens).toMatchObject([{ asset, legalStatus: 'arrested', cases: 1, claimed: { baseUnits: '300' }, outstanding: { baseUnits: '50' } }]);
    expect(withClaims.claims.equipment).toMatchObject([{ asset: asic, kind: 'equipment', legalStatus: 'reported', claimed: { coins: '48' }, outstanding: { coins: '48' } }]);
  });

  it('are the same bytes in whatever order balances come', () => {
    fc.assert(fc.property(fc.shuffledSubarray([...story], { minLength: story.length }), (shuffled) => JSON.stringify(figuresOf(input(shuffled))) === JSON.stringify(figures)));
  });

  it.each<[string, BalanceRow, string]>([
    ['a class out of balance', row('reserve:mining:L-2', -1n), 'INV-01'],
    ['one side of what classes owe each other', row('operational:due-to:reserve', -1n), 'INV-05'],
  ])('are withheld for %s', (_name, extra, invariant) => {
    expect(() => figuresOf(input([...story, extra]))).toThrow(expect.objectContaining({ invariant }) as Error);
  });

  it('are withheld when a vault is below zero', () => {
    expect(() => figuresOf(input([row('reserve:vault:R', -5n), row('reserve:vault:S', 5n)]))).toThrow(FiguresContradict);
  });

  it('withhold for any one balance that is off', () => {
    fc.assert(
      fc.property(fc.nat({ max: story.length - 1 }), fc.bigInt({ min: -1000n, max: 1000n }).filter((delta) => delta !== 0n), (index, delta) => {
        const off = story.map((entry, at) => (at === index ? { ...entry, amount: entry.amount + delta } : entry));
        expect(() => figuresOf(input(off))).toThrow(FiguresContradict);
      }),
    );
  });
});
