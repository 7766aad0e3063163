import { account } from './accounts.js';
import { bitcoinAsset, createAssetRegistry } from './assets.js';
import type { Entry } from './entries.js';
import { Balances, foldBalances, negatedPostings } from './fold.js';

const BTC = bitcoinAsset('regtest').id;
const vault = account.vault('reserve', 'R');
const uuid = (serial: number): string => `00000000-0000-5000-8000-${serial.toString().padStart(12, '0')}`;

function payout(serial: number, amount = 10n, asset = BTC): Entry {
  return {
    entryId: uuid(serial),
    kind: 'deposit',
    effectiveAt: '2026-03-01T09:30:00.000Z',
    cause: `deposit-${serial}@2`,
    postings: [
      { account: vault, asset, amount },
      { account: account.mining('L'), asset, amount: -amount },
    ],
  };
}
const takenBack = (serial: number, original: Entry): Entry => ({ ...original, entryId: uuid(serial), kind: 'compensation', corrects: original.entryId, postings: negatedPostings(original) });
const snapshot = (balances: Balances): object => ({ accounts: [...balances.accounts()], count: balances.entryCount });

describe('the fold', () => {
  it('answers zero for what no entry touched', () => {
    expect(new Balances().balance(vault, BTC)).toBe(0n);
    expect(new Balances().totals()).toEqual([]);
    expect(new Balances().verify()).toEqual([]);
  });

  it('leaves everything as it was when it refuses, new accounts included', () => {
    const balances = foldBalances([payout(1)]);
    const before = snapshot(balances);
    const tooMuch: Entry = { ...payout(2), kind: 'transfer', postings: [{ account: account.vault('reserve', 'new'), asset: BTC, amount: 11n }, { account: vault, asset: BTC, amount: -11n }] };
    expect(() => balances.apply(tooMuch)).toThrow('INV-02');
    expect(snapshot(balances)).toEqual(before);
    expect(balances.remembers(tooMuch.entryId)).toBe(false);
    balances.apply({ ...tooMuch, postings: tooMuch.postings.map((posting) => ({ ...posting, amount: posting.amount > 0n ? 10n : -10n })) });
    expect(balances.balance(vault, BTC)).toBe(0n);
  });

  it('copies independently', () => {
    const balances = foldBalances([payout(1)]);
    const copy = balances.clone();
    copy.apply(takenBack(2, payout(1)));
    expect(balances.balance(vault, BTC)).toBe(10n);
    expect(balances.isCompensated(uuid(1))).toBe(false);
    expect(copy.balance(vault, BTC)).toBe(0n);
    expect(() => copy.apply(payout(1))).toThrow('INV-11');
    balances.apply(payout(3));
    expect(copy.entryCount).toBe(2);
  });

  it('uses the assets of its deployment', () => {
    const id = 'qazyna:local/fund:gold-backed';
    const assets = createAssetRegistry([{ id, symbol: 'GLDU', name: 'Gold-backed units', decimals: 4, kind: 'fund-unit', test: false }]);
    const entry = payout(1, 5n, id as typeof BTC);
    expect(() => new Balances().apply(entry)).toThrow('INV-09');
    expect(foldBalances([entry], { assets }).totals()).toHaveLength(1);
  });
});

describe('what the fold remembers', () => {
  it('is bounded', () => {
    const balances = new Balances({ recentEntriesMax: 3 });
    for (let serial = 1; serial <= 50; serial += 1) {
      balances.apply(payout(serial));
      const remembered = Array.from({ length: serial }, (_, i) => i + 1).filter((known) => balances.remembers(uuid(known)));
      expect(remembered.length).toBeLessThan(6);
      expect(remembered).toEqual(expect.arrayContaining([serial, serial - 1, serial - 2].filter((known) => known > 0)));
    }
  });

  it('is forgotten in the same order by a copy', () => {
    const balances = new Balances({ recentEntriesMax: 3 });
    for (let serial = 1; serial <= 5; serial += 1) balances.apply(payout(serial));
    const copy = balances.clone();
    copy.apply(payout(6));
    expect([2, 3, 4, 5, 6].map((serial) => copy.remembers(uuid(serial)))).toEqual([false, false, true, true, true]);
    expect([2, 6].map((serial) => balances.remembers(uuid(serial)))).toEqual([true, false]);
  });

  it('is everything when an audit asks for it', () => {
    const balances = new Balances({ recentEntriesMax: Number.POSITIVE_INFINITY });
    for (let serial = 1; serial <= 100; serial += 1) balances.apply(payout(serial));
    expect(balances.remembers(uuid(1))).toBe(true);
    expect(() => balances.apply(payout(1))).toThrow('INV-11');
  });

  it('may be nothing', () => {
    const balances = foldBalances([payout(1), payout(2)], { recentEntriesMax: 0 });
    expect(balances.remembers(uuid(2))).toBe(false);
    balances.apply(takenBack(3, payout(2)), { corrected: payout(2) });
    expect(balances.balance(vault, BTC)).toBe(10n);
  });

  it('is helped by the caller for an older entry', () => {
    const balances = foldBalances([payout(1), payout(2)], { recentEntriesMax: 1 });
    expect(() => balances.apply(takenBack(3, payout(1)))).toThrow('INV-10');
    expect(() => balances.apply(takenBack(3, payout(1)), { corrected: payout(1, 9n) })).toThrow('INV-10');
    balances.apply(takenBack(3, payout(1)), { corrected: payout(1) });
    expect(balances.unprovenCompensations).toBe(0);
    expect(balances.balance(vault, BTC)).toBe(10n);
  });

  it('is believed before what the caller hands over', () => {
    const balances = foldBalances([payout(1), payout(2)]);
    const forged = payout(1, 15n);
    expect(() => balances.apply(takenBack(3, forged), { corrected: forged })).toThrow('INV-10');
  });

  it('counts what a rebuild could not prove, when told to', () => {
    const rebuilt = foldBalances([payout(1), payout(2), takenBack(3, payout(1))], { recentEntriesMax: 1, unknownCorrected: 'count' });
    expect(rebuilt.unprovenCompensations).toBe(1);
    expect(() => rebuilt.apply(takenBack(4, payout(1)))).toThrow('INV-10');
  });
});
