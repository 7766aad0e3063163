/** The four entries that tell most of the story, and how each is taken back. */
import { account, type AccountName } from './accounts.js';
import { bitcoinAsset } from './assets.js';
import type { AuthorisingAct, Entry, EntryKind } from './entries.js';
import { Balances, foldBalances, negatedPostings } from './fold.js';

const BTC = bitcoinAsset('mainnet').id;
const trustVault = account.vault('held-in-trust', 'trust-1');
const coldVault = account.vault('reserve', 'cold-1');
const CASE = 'afm.257100031_00142';
const DECISION: AuthorisingAct = { kind: 'state-property-decision', reference: 'order-77', caseId: CASE };

let serial = 0;

function entry(kind: EntryKind, debitsAndCredits: readonly (readonly [AccountName, bigint])[], more: Partial<Entry> = {}): Entry {
  serial += 1;
  return {
    entryId: `00000000-0000-5000-8000-${serial.toString().padStart(12, '0')}`,
    kind,
    effectiveAt: '2026-03-01T09:30:00.000Z',
    cause: `deposit-${serial}@1`,
    postings: debitsAndCredits.map(([name, amount]) => ({ account: name, asset: BTC, amount })),
    ...more,
  };
}

const takenBack = (original: Entry): Entry =>
  entry('compensation', [], { postings: negatedPostings(original), corrects: original.entryId, ...(original.act ? { act: original.act } : {}) });

const depositForCase = (amount: bigint): Entry => entry('deposit', [[trustVault, amount], [account.heldCase(CASE), -amount]]);
const statePropertyOf = (amount: bigint): Entry =>
  entry(
    'reclassification',
    [
      [account.heldCase(CASE), amount],
      [account.dueTo('held-in-trust', 'reserve'), -amount],
      [account.dueFrom('reserve', 'held-in-trust'), amount],
      [account.seizure(CASE), -amount],
    ],
    { act: DECISION },
  );
const sweepOf = (amount: bigint): Entry =>
  entry(
    'transfer',
    [
      [account.dueTo('held-in-trust', 'reserve'), amount],
      [trustVault, -amount],
      [coldVault, amount],
      [account.dueFrom('reserve', 'held-in-trust'), -amount],
    ],
    { act: DECISION },
  );

function book(balances: Balances, cls: string): object | undefined {
  return balances.totals().find((totals) => totals.class === cls);
}

describe('a deposit for a case', () => {
  it('is held in trust against the case and is no reserve', () => {
    const balances = foldBalances([depositForCase(500n)]);
    expect(balances.balance(trustVault, BTC)).toBe(500n);
    expect(balances.balance(account.heldCase(CASE), BTC)).toBe(-500n);
    expect(book(balances, 'reserve')).toBeUndefined();
    expect(balances.verify()).toEqual([]);
  });
});

describe('state property', () => {
  it('becomes reserve at the decision while the coins still sit in the trust vault', () => {
    const balances = foldBalances([depositForCase(500n), statePropertyOf(500n)]);
    expect(book(balances, 'reserve')).toMatchObject({ custody: 0n, dueFrom: 500n, sources: 500n });
    expect(book(balances, 'held-in-trust')).toMatchObject({ custody: 500n, dueTo: 500n, sources: 0n });
    expect(balances.verify()).toEqual([]);
  });

  it('takes a part when the court confiscates a part', () => {
    const balances = foldBalances([depositForCase(500n), statePropertyOf(300n)]);
    expect(balances.balance(account.heldCase(CASE), BTC)).toBe(-200n);
    expect(balances.balance(account.seizure(CASE), BTC)).toBe(-300n);
  });

  it('can never take more than the case holds', () => {
    const balances = foldBalances([depositForCase(500n)]);
    expect(() => balances.apply(statePropertyOf(501n))).toThrow('INV-06');
  });
});

describe('the sweep', () => {
  it('moves the coins to the cold vault and settles what the classes owe', () => {
    const balances = foldBalances([depositForCase(500n), statePropertyOf(500n), sweepOf(500n)]);
    expect(book(balances, 'reserve')).toMatchObject({ custody: 500n, dueFrom: 0n, sources: 500n });
    expect(book(balances, 'held-in-trust')).toMatchObject({ custody: 0n, dueTo: 0n, sources: 0n });
    expect(balances.verify()).toEqual([]);
  });

  it('cannot happen before the decision', () => {
    const balances = foldBalances([depositForCase(500n)]);
    expect(() => balances.apply(sweepOf(500n))).toThrow('INV-06');
    expect(balances.balance(trustVault, BTC)).toBe(500n);
  });

  it('passes through transit while it is broadcast and not final', () => {
    const transit = account.inTransit('held-in-trust', 'sweep-1');
    const broadcast = entry('transfer', [[transit, 500n], [trustVault, -500n]]);
    const final = entry(
      'transfer',
      [
        [account.dueTo('held-in-trust', 'reserve'), 500n],
        [transit, -500n],
        [coldVault, 500n],
        [account.dueFrom('reserve', 'held-in-trust'), -500n],
      ],
      { act: DECISION },
    );
    const balances = foldBalances([depositForCase(500n), statePropertyOf(500n), broadcast]);
    expect(book(balances, 'held-in-trust')).toMatchObject({ custody: 500n });
    balances.apply(final);
    expect(balances.balance(transit, BTC)).toBe(0n);
    expect(balances.balance(coldVault, BTC)).toBe(500n);
  });
});

describe('a payout', () => {
  it('credits the licence it came from', () => {
    const balances = foldBalances([entry('deposit', [[coldVault, 149_377n], [account.mining('L-1'), -149_377n]])]);
    expect(balances.balance(account.mining('L-1'), BTC)).toBe(-149_377n);
  });

  it('that arrives before its claim waits as unidentified', () => {
    const balances = foldBalances([
      entry('deposit', [[coldVault, 149_377n], [account.unidentified('reserve', 'cold-1'), -149_377n]]),
      entry('identification', [[account.unidentified('reserve', 'cold-1'), 149_377n], [account.mining('L-1'), -149_377n]]),
    ]);
    expect(balances.balance(account.unidentified('reserve', 'cold-1'), BTC)).toBe(0n);
    expect(balances.balance(coldVault, BTC)).toBe(149_377n);
  });
});

describe('a reorganisation', () => {
  it('takes a deposit back by compensation and returns it as a new entry', () => {
    const deposit = depositForCase(500n);
    const balances = foldBalances([deposit, takenBack(deposit)]);
    expect(balances.balance(trustVault, BTC)).toBe(0n);
    expect(balances.isCompensated(deposit.entryId)).toBe(true);
    balances.apply(depositForCase(500n));
    expect(balances.balance(trustVault, BTC)).toBe(500n);
    expect(balances.entryCount).toBe(3);
  });

  it('must take back the identification before the deposit under it', () => {
    const deposit = entry('deposit', [[coldVault, 9n], [account.unidentified('reserve', 'cold-1'), -9n]]);
    const identification = entry('identification', [[account.unidentified('reserve', 'cold-1'), 9n], [account.mining('L-1'), -9n]]);
    const balances = foldBalances([deposit, identification]);
    expect(() => balances.apply(takenBack(deposit))).toThrow('INV-06');
    balances.apply(takenBack(identification));
    balances.apply(takenBack(deposit));
    expect(balances.verify()).toEqual([]);
    expect(balances.balance(coldVault, BTC)).toBe(0n);
  });
});

describe('an appeal after the sweep', () => {
  it('compensates the decision and the sweep, and deletes nothing', () => {
    const deposit = depositForCase(500n);
    const decision = statePropertyOf(500n);
    const sweep = sweepOf(500n);
    const balances = foldBalances([deposit, decision, sweep, takenBack(sweep), takenBack(decision)]);
    expect(balances.balance(account.heldCase(CASE), BTC)).toBe(-500n);
    expect(balances.balance(trustVault, BTC)).toBe(500n);
    expect(balances.balance(account.seizure(CASE), BTC)).toBe(0n);
    expect(balances.verify()).toEqual([]);
  });
});

describe('coins leave', () => {
  it('to an owner under a release of the case', () => {
    const release: AuthorisingAct = { kind: 'release-to-owner', reference: 'ruling-3', caseId: CASE };
    const balances = foldBalances([
      depositForCase(500n),
      entry('release', [[account.released('held-in-trust', CASE), 490n], [account.networkFee('held-in-trust'), 10n], [trustVault, -500n]], { act: release }),
    ]);
    expect(book(balances, 'held-in-trust')).toMatchObject({ custody: 0n, spent: 500n, sources: 500n });
    expect(balances.verify()).toEqual([]);
  });

  it('by a resolution of parliament', () => {
    const balances = foldBalances([
      entry('deposit', [[coldVault, 100n], [account.mining('L-1'), -100n]]),
      entry('disbursement', [[account.disbursed('reserve', 'R-1'), 60n], [coldVault, -60n]], { act: { kind: 'resolution', reference: 'R-1' } }),
    ]);
    expect(book(balances, 'reserve')).toMatchObject({ custody: 40n, spent: 60n, sources: 100n });
  });
});

describe('other sources in other states', () => {
  it('take a purchase, a donation and equipment without new code', () => {
    const machines = 'qazyna:local/pieces:asic-miner' as typeof BTC;
    const balances = foldBalances([
      entry('deposit', [[coldVault, 5n], [account.purchase('2026-1'), -5n]]),
      entry('deposit', [[coldVault, 7n], [account.donation('anon-1'), -7n]]),
      entry('deposit', [], {
        postings: [
          { account: account.offChain('held-in-trust', 'store-3'), asset: machines, amount: 12n },
          { account: account.heldCase(CASE), asset: machines, amount: -12n },
        ],
      }),
    ]);
    expect(balances.totals().map(({ class: cls, asset, custody }) => [cls, asset, custody])).toEqual([
      ['reserve', BTC, 12n],
      ['held-in-trust', machines, 12n],
    ]);
  });
});
