/** Each invariant of the ledger, broken on purpose. */
import { readFileSync } from 'node:fs';
import { account, type AccountName } from './accounts.js';
import { assetById, bitcoinAsset, type AssetId } from './assets.js';
import { checkEntry, type AuthorisingAct, type Entry, type EntryKind, type Posting } from './entries.js';
import { Balances, foldBalances, negatedPostings } from './fold.js';
import { InvariantViolation, LEDGER_INVARIANTS, type InvariantNumber } from './invariants.js';

const BTC = bitcoinAsset('mainnet').id;
const ETH = assetById('eip155:1/slip44:60').id;
const trustVault = account.vault('held-in-trust', 'T');
const coldVault = account.vault('reserve', 'R');
const coldVaultInTrust = account.vault('held-in-trust', 'T-cold');
const heldCase = account.heldCase('C');
const DECISION: AuthorisingAct = { kind: 'state-property-decision', reference: 'order-77', caseId: 'C' };
const uuid = (serial: number): string => `00000000-0000-5000-8000-${serial.toString().padStart(12, '0')}`;
const post = (name: AccountName, amount: bigint, asset: AssetId = BTC): Posting => ({ account: name, asset, amount });

function entry(serial: number, kind: EntryKind, postings: readonly Posting[], more: Partial<Entry> = {}): Entry {
  return { entryId: uuid(serial), kind, effectiveAt: '2026-03-01T09:30:00.000Z', cause: `deposit-${serial}@1`, postings, ...more };
}

const deposit = (serial: number, more: Partial<Entry> = {}): Entry => entry(serial, 'deposit', [post(trustVault, 500n), post(heldCase, -500n)], more);
const stateProperty = (more: Partial<Entry> = {}): Entry =>
  entry(
    2,
    'reclassification',
    [
      post(heldCase, 500n),
      post(account.dueTo('held-in-trust', 'reserve'), -500n),
      post(account.dueFrom('reserve', 'held-in-trust'), 500n),
      post(account.seizure('C'), -500n),
    ],
    { act: DECISION, ...more },
  );
const compensation = (serial: number, original: Entry, more: Partial<Entry> = {}): Entry =>
  entry(serial, 'compensation', negatedPostings(original), { corrects: original.entryId, ...more });
const without = (whole: Entry, field: 'act' | 'corrects'): Entry => Object.fromEntries(Object.entries(whole).filter(([key]) => key !== field)) as unknown as Entry;

const brokenBy = (bad: Entry): InvariantNumber[] => [...new Set(checkEntry(bad).map(({ invariant }) => invariant))];

function refusalOf(balances: Balances, bad: Entry, context?: Parameters<Balances['apply']>[1]): InvariantNumber | 'applied' {
  try {
    balances.apply(bad, context);
    return 'applied';
  } catch (error) {
    if (error instanceof InvariantViolation) return error.invariant;
    throw error;
  }
}

/** A fault in memory or in the fold itself: what `verify` is for. */
function tamper(balances: Balances, name: AccountName, by: bigint): Balances {
  const { ledgers } = balances as unknown as { ledgers: Map<AccountName, { cells: Map<AssetId, { balance: bigint }> }> };
  const cell = ledgers.get(name)?.cells.get(BTC);
  if (!cell) throw new Error(`nothing to tamper with in ${name}`);
  cell.balance += by;
  return balances;
}

it('the entries that are broken below are sound before', () => {
  expect(checkEntry(deposit(1))).toEqual([]);
  expect(checkEntry(stateProperty())).toEqual([]);
  expect(foldBalances([deposit(1), stateProperty()]).verify()).toEqual([]);
});

describe('INV-01', () => {
  it('an entry that does not sum to zero', () => {
    expect(brokenBy(deposit(1, { postings: [post(trustVault, 500n), post(heldCase, -499n)] }))).toEqual(['INV-01']);
  });
  it('an entry that sums to zero only across assets', () => {
    expect(brokenBy(deposit(1, { postings: [post(trustVault, 500n), post(heldCase, -500n, ETH)] }))).toEqual(['INV-01']);
  });
  it('an entry that sums to zero only across classes', () => {
    expect(brokenBy(entry(1, 'transfer', [post(coldVault, 500n), post(trustVault, -500n)], { act: DECISION }))).toEqual(['INV-01']);
  });
  it('a book that no longer balances', () => {
    const invariants = tamper(foldBalances([deposit(1)]), heldCase, -1n).verify().map(({ invariant }) => invariant);
    expect(invariants).toContain('INV-01');
  });
});

describe('INV-02', () => {
  it('spending what a vault does not hold', () => {
    const balances = foldBalances([deposit(1)]);
    const toOther = entry(2, 'transfer', [post(account.vault('held-in-trust', 'U'), 501n), post(trustVault, -501n)]);
    expect(refusalOf(balances, toOther)).toBe('INV-02');
  });
  it('a custody balance below zero', () => {
    expect(tamper(foldBalances([deposit(1)]), trustVault, -501n).verify().map(({ invariant }) => invariant)).toContain('INV-02');
  });
});

it('INV-03: coins in custody that came from nowhere', () => {
  expect(tamper(foldBalances([deposit(1)]), trustVault, 1n).verify().map(({ invariant }) => invariant)).toEqual(['INV-01', 'INV-03']);
});

it('INV-04: crossing classes without an act, by compensation too', () => {
  expect(brokenBy(without(stateProperty(), 'act'))).toEqual(['INV-04']);
  expect(brokenBy(compensation(3, stateProperty()))).toEqual(['INV-04']);
  expect(brokenBy(compensation(3, stateProperty(), { act: DECISION }))).toEqual([]);
});

describe('INV-05', () => {
  it('a due that the other class does not book', () => {
    const oneSided = stateProperty({ postings: [post(heldCase, 500n), post(account.dueTo('held-in-trust', 'reserve'), -500n)] });
    expect(brokenBy(oneSided)).toEqual(['INV-05']);
  });
  it('a due that a third class books', () => {
    const postings = stateProperty().postings.map((posting) => (posting.account === 'reserve:due-from:held-in-trust' ? { ...posting, account: account.dueFrom('reserve', 'operational') } : posting));
    expect(brokenBy(stateProperty({ postings }))).toEqual(['INV-05']);
  });
  it('dues that differ over the ledger', () => {
    const balances = tamper(foldBalances([deposit(1), stateProperty()]), account.dueFrom('reserve', 'held-in-trust'), 1n);
    expect(balances.verify().map(({ invariant }) => invariant)).toContain('INV-05');
  });
});

it('INV-06: taking more from a case than it holds', () => {
  const balances = foldBalances([deposit(1)]);
  const reassigned = entry(2, 'reclassification', [post(heldCase, 501n), post(account.heldCase('D'), -501n)]);
  expect(refusalOf(balances, reassigned)).toBe('INV-06');
  expect(tamper(balances, heldCase, 501n).verify().map(({ invariant }) => invariant)).toContain('INV-06');
});

it('INV-07: an account that the chart does not have', () => {
  const purse = 'reserve:purse:x' as AccountName;
  expect(brokenBy(entry(1, 'deposit', [post(purse, 5n), post(account.mining('L'), -5n)]))).toEqual(['INV-07']);
});

describe('INV-08', () => {
  it.each<[string, readonly Posting[]]>([
    ['a zero posting', [post(trustVault, 0n), post(heldCase, 0n)]],
    ['no postings', []],
    ['one posting', [post(trustVault, 5n)]],
    ['an amount above the bound', [post(trustVault, 10n ** 41n), post(heldCase, -(10n ** 41n))]],
    ['a debit above the bound, credits within', [post(trustVault, 15n * 10n ** 39n), post(heldCase, -(10n ** 40n)), post(account.heldCase('D'), -5n * 10n ** 39n)]],
    ['a credit above the bound, debits within', [post(heldCase, -15n * 10n ** 39n), post(trustVault, 10n ** 40n), post(coldVaultInTrust, 5n * 10n ** 39n)]],
    ['an amount that is a JavaScript number', [post(trustVault, 5 as unknown as bigint), post(heldCase, -5 as unknown as bigint)]],
    ['an account twice', [post(trustVault, 2n), post(trustVault, 3n), post(heldCase, -5n)]],
    ['too many postings', Array.from({ length: 1001 }, (_, index) => post(account.vault('reserve', `v${index}`), 1n))],
    ['an account twice among many', [...Array.from({ length: 20 }, (_, index) => post(account.heldCase(`c${index % 19}`), -1n)), post(trustVault, 20n)]],
  ])('%s', (_, postings) => {
    expect(brokenBy(deposit(1, { postings }))).toEqual(['INV-08']);
  });
});

it('INV-09: an asset that is not in the registry', () => {
  const unknown = 'eip155:1/erc20:0x0000000000000000000000000000000000000001' as AssetId;
  expect(brokenBy(deposit(1, { postings: [post(trustVault, 5n, unknown), post(heldCase, -5n, unknown)] }))).toEqual(['INV-09']);
});

describe('INV-10', () => {
  it('a compensation that names nothing, itself, or comes as another kind', () => {
    expect(brokenBy(without(compensation(2, deposit(1)), 'corrects'))).toEqual(['INV-10']);
    expect(brokenBy(compensation(1, deposit(1)))).toEqual(['INV-10']);
    expect(brokenBy(deposit(2, { corrects: uuid(1) }))).toEqual(['INV-10']);
  });
  it('a compensation of a part', () => {
    const postings = [post(trustVault, -499n), post(heldCase, 499n)];
    expect(refusalOf(foldBalances([deposit(1)]), compensation(2, deposit(1), { postings }))).toBe('INV-10');
  });
  it('a second compensation of one entry', () => {
    const balances = foldBalances([deposit(1), deposit(3), compensation(2, deposit(1))]);
    expect(refusalOf(balances, compensation(4, deposit(1)))).toBe('INV-10');
    expect(balances.balance(trustVault, BTC)).toBe(500n);
  });
  it('a compensation of what never was', () => {
    expect(refusalOf(foldBalances([deposit(1)]), compensation(2, deposit(9)))).toBe('INV-10');
  });
  it('a compensation compared with another entry than it names', () => {
    expect(refusalOf(foldBalances([deposit(1)]), compensation(2, deposit(9)), { corrected: deposit(1) })).toBe('INV-10');
  });
});

it('INV-11: an id that is no UUID, or is there already, or was corrected already', () => {
  expect(brokenBy(deposit(1, { entryId: 'entry-1' }))).toEqual(['INV-11']);
  expect(refusalOf(foldBalances([deposit(1)]), deposit(1))).toBe('INV-11');
  const forgetful = foldBalances([deposit(1), compensation(2, deposit(1)), deposit(3)], { recentEntriesMax: 1 });
  expect(forgetful.remembers(uuid(1))).toBe(false);
  expect(refusalOf(forgetful, deposit(1))).toBe('INV-11');
});

it('INV-12: a time that is none, without milliseconds, elsewhere than UTC, or from the future', () => {
  for (const effectiveAt of ['yesterday', '2026-03-01T09:30:00Z', '2026-02-31T09:30:00.000Z', '2026-03-01T09:30:00.000+05:00', '']) {
    expect(brokenBy(deposit(1, { effectiveAt }))).toEqual(['INV-12']);
  }
  expect(refusalOf(new Balances(), deposit(1), { recordedAt: new Date('2026-03-01T07:29:59.999Z') })).toBe('INV-12');
  expect(refusalOf(new Balances(), deposit(1), { recordedAt: new Date('2026-03-01T07:30:00.000Z') })).toBe('applied');
});

describe('INV-13', () => {
  const release = (act?: AuthorisingAct): Entry => entry(2, 'release', [post(account.released('held-in-trust', 'C'), 5n), post(trustVault, -5n)], act ? { act } : {});
  const disbursement = (act?: AuthorisingAct): Entry => entry(2, 'disbursement', [post(account.disbursed('reserve', 'R-1'), 5n), post(coldVault, -5n)], act ? { act } : {});

  it('an act for another case, or for none', () => {
    expect(brokenBy(stateProperty({ act: { ...DECISION, caseId: 'D' } }))).toEqual(['INV-13']);
    expect(brokenBy(stateProperty({ act: { kind: 'state-property-decision', reference: 'order-77' } }))).toEqual(['INV-13']);
  });
  it('an act of unknown kind or without a reference', () => {
    expect(brokenBy(stateProperty({ act: { ...DECISION, kind: 'phone-call' as 'finality' } }))).toEqual(['INV-13']);
    expect(brokenBy(stateProperty({ act: { ...DECISION, reference: '' } }))).toEqual(['INV-13']);
  });
  it('a release without a release of that case', () => {
    for (const act of [undefined, DECISION, { ...DECISION, kind: 'release-to-owner', caseId: 'D' } as const]) expect(brokenBy(release(act))).toEqual(['INV-13']);
    expect(brokenBy(release({ kind: 'return-to-victim', reference: 'r', caseId: 'C' }))).toEqual([]);
  });
  it('a disbursement without that resolution', () => {
    for (const act of [undefined, DECISION, { kind: 'resolution', reference: 'R-2' } as const]) expect(brokenBy(disbursement(act))).toEqual(['INV-13']);
    expect(brokenBy(disbursement({ kind: 'resolution', reference: 'R-1' }))).toEqual([]);
  });
});

describe('INV-14', () => {
  const other = account.vault('held-in-trust', 'U');
  it.each<[string, Entry]>([
    ['a deposit that moves coins between vaults', entry(1, 'deposit', [post(other, 5n), post(trustVault, -5n)])],
    ['a deposit that runs backwards', entry(1, 'deposit', [post(heldCase, 5n), post(trustVault, -5n)])],
    ['a reclassification that moves coins', entry(1, 'reclassification', [post(trustVault, 5n), post(heldCase, -5n)])],
    ['an identification of what is no unidentified deposit', entry(1, 'identification', [post(heldCase, 5n), post(account.heldCase('D'), -5n)])],
    ['a screening between two credits', entry(1, 'screening', [post(heldCase, 5n), post(account.unidentified('held-in-trust', 'T'), -5n)])],
    ['a screening from one hold to another', entry(1, 'screening', [post(account.screeningHold('held-in-trust', 'T'), 5n), post(account.screeningHold('held-in-trust', 'U'), -5n)])],
    ['a screening that moves coins', entry(1, 'screening', [post(trustVault, 5n), post(account.screeningHold('held-in-trust', 'T'), -5n)])],
    ['a transfer that changes whose coins they are', entry(1, 'transfer', [post(trustVault, 5n), post(heldCase, -5n)])],
    ['a transfer that takes a fee back', entry(1, 'transfer', [post(trustVault, 5n), post(account.networkFee('held-in-trust'), -5n)])],
    ['a fee that goes to a vault', entry(1, 'fee', [post(other, 5n), post(trustVault, -5n)])],
    ['a disbursement that goes to a vault', entry(1, 'disbursement', [post(other, 5n), post(trustVault, -5n)])],
    ['a kind that does not exist', entry(1, 'gift' as 'deposit', [post(trustVault, 5n), post(heldCase, -5n)])],
  ])('%s', (_, bad) => {
    expect(brokenBy(bad)).toEqual(['INV-14']);
  });
});

it('INV-15: an entry without a cause', () => {
  expect(brokenBy(deposit(1, { cause: '' }))).toEqual(['INV-15']);
  expect(brokenBy(deposit(1, { cause: 'x'.repeat(301) }))).toEqual(['INV-15']);
});

describe('docs/invariants.md', () => {
  const doc = readFileSync(new URL('../../../docs/invariants.md', import.meta.url), 'utf8');

  it.each(Object.entries(LEDGER_INVARIANTS))('states %s as the code does, once', (number, statement) => {
    const rows = doc.split('\n').filter((line) => line.startsWith(`| ${number} |`));
    expect(rows).toHaveLength(1);
    expect(rows[0]).toContain(`| ${statement} |`);
  });

  it('gives each number once, in order', () => {
    const numbers = [...doc.matchAll(/^\| INV-(\d\d) \|/gm)].map(([, digits]) => Number(digits));
    expect(numbers).toEqual([...new Set(numbers)].sort((left, right) => left - right));
  });
});
