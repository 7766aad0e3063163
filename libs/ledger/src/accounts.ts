/**
 * The chart of accounts (fund accounting). Account names are paths; each class is a book of its own. Names that are
 * not in the chart cannot be made here and are refused by {@link parseAccount}.
 */

export const ACCOUNT_CLASSES = ['reserve', 'held-in-trust', 'operational'] as const;
export type AccountClass = (typeof ACCOUNT_CLASSES)[number];

/** A name from the chart, such as `reserve:vault:cold-1`. */
export type AccountName = string & { readonly __brand: 'AccountName' };

/**
 * `custody`: where coins are; `source`: where they came from and whose they are; `spent`: where they went;
 * `due`: what classes owe one another.
 */
export type AccountGroup = 'custody' | 'source' | 'spent' | 'due';

interface ChartRow {
  readonly side: 'debit' | 'credit';
  readonly group: AccountGroup;
  readonly classes: readonly AccountClass[];
  /** What stands after the kind: a free id, another class, or nothing. */
  readonly tail: 'id' | 'class' | 'none';
}

const EVERY = ACCOUNT_CLASSES;

const CHART = {
  vault: { side: 'debit', group: 'custody', classes: EVERY, tail: 'id' },
  'in-transit': { side: 'debit', group: 'custody', classes: EVERY, tail: 'id' },
  'off-chain': { side: 'debit', group: 'custody', classes: EVERY, tail: 'id' },
  unidentified: { side: 'credit', group: 'source', classes: EVERY, tail: 'id' },
  'screening-hold': { side: 'credit', group: 'source', classes: EVERY, tail: 'id' },
  case: { side: 'credit', group: 'source', classes: ['held-in-trust'], tail: 'id' },
  seizure: { side: 'credit', group: 'source', classes: ['reserve'], tail: 'id' },
  mining: { side: 'credit', group: 'source', classes: ['reserve'], tail: 'id' },
  purchase: { side: 'credit', group: 'source', classes: ['reserve'], tail: 'id' },
  donation: { side: 'credit', group: 'source', classes: ['reserve'], tail: 'id' },
  'due-from': { side: 'debit', group: 'due', classes: EVERY, tail: 'class' },
  'due-to': { side: 'credit', group: 'due', classes: EVERY, tail: 'class' },
  'network-fee': { side: 'debit', group: 'spent', classes: EVERY, tail: 'none' },
  disbursed: { side: 'debit', group: 'spent', classes: EVERY, tail: 'id' },
  released: { side: 'debit', group: 'spent', classes: EVERY, tail: 'id' },
} as const satisfies Record<string, ChartRow>;

export type AccountKind = keyof typeof CHART;

export interface ParsedAccount {
  readonly name: AccountName;
  readonly class: AccountClass;
  readonly kind: AccountKind;
  /** Vault, transfer, place, case, licence or resolution; absent for `network-fee` and the due accounts. */
  readonly id?: string;
  /** The other class of a due account. */
  readonly counterpart?: AccountClass;
  /** The side on which the balance may stand: debit balances are positive, credit balances negative. */
  readonly side: 'debit' | 'credit';
  readonly group: AccountGroup;
  /** Holds coins: vaults, transit and off-chain places. */
  readonly custody: boolean;
}

/** A name that the chart of accounts does not have. */
export class InvalidAccount extends Error {
  readonly code = 'invalid-account';
  override readonly name = 'InvalidAccount';
}

const ID = /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/;

/** Whether text can be the last part of an account name: 1 to 128 of `A-Z a-z 0-9 . _ -`, first a letter or digit. */
export function isAccountId(text: string): boolean {
  return typeof text === 'string' && ID.test(text);
}

/**
 * Reads an account name against the chart.
 * @throws {InvalidAccount} an unknown class or kind, a kind its class does not have, an unsafe id, a class owing itself
 */
export function parseAccount(name: string): ParsedAccount {
  const known = memo.get(name);
  if (known) return known;
  const parsed = Object.freeze(read(name));
  // Names come from validated entries, but a bound costs nothing and keeps a flood of bad callers out of memory.
  if (memo.size >= MEMO_SIZE_MAX) memo.clear();
  memo.set(name, parsed);
  return parsed;
}

/** Parsing is pure, so its results are shared: a hot vault's name is read once and not a million times. */
const memo = new Map<string, ParsedAccount>();
const MEMO_SIZE_MAX = 50_000;

function read(name: string): ParsedAccount {
  if (typeof name !== 'string') throw new InvalidAccount(`an account name must be text, not ${typeof name}`);
  const refuse = (rule: string): never => {
    throw new InvalidAccount(`account ${JSON.stringify(name.slice(0, 200))}: ${rule}`);
  };
  const parts = name.split(':', 4);
  const [cls = '', kind = '', tail] = parts;
  if (!isAccountClass(cls)) return refuse(`the class must be one of ${ACCOUNT_CLASSES.join(', ')}`);
  if (!Object.hasOwn(CHART, kind)) return refuse('the chart of accounts has no such kind');
  const row: ChartRow = CHART[kind as AccountKind];
  if (!row.classes.includes(cls)) return refuse(`${cls} has no ${kind} accounts`);
  if (parts.length !== (row.tail === 'none' ? 2 : 3)) return refuse('the path has the wrong number of parts');
  const base = { name: name as AccountName, class: cls, kind: kind as AccountKind, side: row.side, group: row.group, custody: row.group === 'custody' };
  if (row.tail === 'none' || tail === undefined) return base;
  if (row.tail === 'class') {
    if (!isAccountClass(tail) || tail === cls) return refuse('must name another class');
    return { ...base, counterpart: tail };
  }
  if (!ID.test(tail)) return refuse('the id must be 1 to 128 letters, digits, ".", "_" or "-", a letter or digit first');
  return { ...base, id: tail };
}

export function isAccountClass(text: string): text is AccountClass {
  return (ACCOUNT_CLASSES as readonly string[]).includes(text);
}

function named(...parts: readonly string[]): AccountName {
  return parseAccount(parts.join(':')).name;
}

/** One constructor for each row of the chart. @throws {InvalidAccount} an id that is not safe in a path */
export const account = {
  /** Coins on chain under a vault's descriptor. */
  vault: (cls: AccountClass, vaultId: string): AccountName => named(cls, 'vault', vaultId),
  /** Broadcast, not yet final. */
  inTransit: (cls: AccountClass, transferId: string): AccountName => named(cls, 'in-transit', transferId),
  /** Exchange account, fund units, equipment store. */
  offChain: (cls: AccountClass, placeId: string): AccountName => named(cls, 'off-chain', placeId),
  /** A deposit nobody has claimed yet. */
  unidentified: (cls: AccountClass, vaultId: string): AccountName => named(cls, 'unidentified', vaultId),
  /** In the vault, and credited to nobody until compliance officers have looked at where it came from. */
  screeningHold: (cls: AccountClass, vaultId: string): AccountName => named(cls, 'screening-hold', vaultId),
  /** Contingent liability to a case. */
  heldCase: (caseId: string): AccountName => named('held-in-trust', 'case', caseId),
  seizure: (caseId: string): AccountName => named('reserve', 'seizure', caseId),
  mining: (licenceId: string): AccountName => named('reserve', 'mining', licenceId),
  purchase: (id: string): AccountName => named('reserve', 'purchase', id),
  donation: (id: string): AccountName => named('reserve', 'donation', id),
  /** What `cls` is owed by `other`. */
  dueFrom: (cls: AccountClass, other: AccountClass): AccountName => named(cls, 'due-from', other),
  /** What `cls` owes to `other`. */
  dueTo: (cls: AccountClass, other: AccountClass): AccountName => named(cls, 'due-to', other),
  networkFee: (cls: AccountClass): AccountName => named(cls, 'network-fee'),
  /** Paid out under a resolution of parliament. */
  disbursed: (cls: AccountClass, resolutionId: string): AccountName => named(cls, 'disbursed', resolutionId),
  /** Given back to an owner or victim of a case. */
  released: (cls: AccountClass, caseId: string): AccountName => named(cls, 'released', caseId),
} as const;
