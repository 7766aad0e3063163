/** The fold from entries to balances. A balance is never stored as truth: it is recomputed from the journal by this. */
import { parseAccount, type AccountClass, type AccountName, type ParsedAccount } from './accounts.js';
import { ASSETS, type AssetId, type AssetRegistry } from './assets.js';
import { checkEntry, type Entry, type Posting } from './entries.js';
import { duePair } from './entry-rules.js';
import { throwIfViolated, type Violation } from './invariants.js';
import { RecentEntries } from './recent-entries.js';

export interface BalancesOptions {
  /** Default: the built-in assets. */
  readonly assets?: AssetRegistry;
  /**
   * How many of the latest entries are remembered at least (fewer than twice as many), so that a second entry with the same id is refused (INV-11) and a
   * compensation can be compared with what it corrects (INV-10) without help. Default 16,384: memory stays flat
   * however long the journal. Beyond it, uniqueness is the journal writer's (it derives ids from causes) and a
   * corrected entry is handed to {@link Balances.apply}. `Infinity` remembers all, for audits.
   */
  readonly recentEntriesMax?: number;
  /**
   * What to do with a compensation whose original is neither remembered nor handed over: refuse it (default), or
   * apply it and count it in {@link Balances.unprovenCompensations} (a rebuild of what was proven when it was written).
   */
  readonly unknownCorrected?: 'refuse' | 'count';
  /** How far `effectiveAt` may lie after `recordedAt`. Default 2 h: how far ahead a Bitcoin block's time may be. */
  readonly effectiveAheadMaxMs?: number;
}

export interface ApplyContext {
  /** When the store recorded the entry; checked against `effectiveAt` (INV-12) when given. */
  readonly recordedAt?: Date;
  /** The entry that a compensation names, when it may be older than what is remembered. */
  readonly corrected?: Entry;
}

export interface AccountBalance {
  readonly account: ParsedAccount;
  readonly asset: AssetId;
  /** Debit balances positive, credit balances negative. */
  readonly balance: bigint;
}

/** One book: a class and an asset. Every figure is a magnitude; `custody + spent + dueFrom = sources + dueTo`. */
export interface BookTotals {
  readonly class: AccountClass;
  readonly asset: AssetId;
  readonly custody: bigint;
  readonly spent: bigint;
  readonly dueFrom: bigint;
  readonly sources: bigint;
  readonly dueTo: bigint;
}

/** What a fold knows but for the entries it remembers: enough to go on from, by {@link Balances.restore}. */
export interface BalancesState {
  readonly entryCount: number;
  readonly unprovenCompensations: number;
  /** Ids of entries that were compensated. */
  readonly corrected: readonly string[];
  readonly accounts: readonly { readonly account: AccountName; readonly asset: AssetId; readonly balance: bigint }[];
}

interface Cell {
  balance: bigint;
}

interface Ledger {
  readonly account: ParsedAccount;
  readonly cells: Map<AssetId, Cell>;
}

const RECENT_ENTRIES_MAX = 16_384;
const EFFECTIVE_AHEAD_MAX_MS = 2 * 60 * 60 * 1000;

export class Balances {
  private readonly checkOptions: { readonly assets: AssetRegistry };
  private readonly effectiveAheadMaxMs: number;
  private ledgers = new Map<AccountName, Ledger>();
  private recent: RecentEntries;
  private corrected = new Set<string>();
  private applied = 0;
  private unproven = 0;

  constructor(private readonly options: BalancesOptions = {}) {
    this.checkOptions = { assets: options.assets ?? ASSETS };
    this.effectiveAheadMaxMs = options.effectiveAheadMaxMs ?? EFFECTIVE_AHEAD_MAX_MS;
    this.recent = new RecentEntries(options.recentEntriesMax ?? RECENT_ENTRIES_MAX);
  }

  /** Entries applied so far. */
  get entryCount(): number {
    return this.applied;
  }

  /** Compensations that could not be compared with what they correct (see {@link BalancesOptions.unknownCorrected}). */
  get unprovenCompensations(): number {
    return this.unproven;
  }

  /**
   * Applies one entry, or changes nothing at all.
   * @throws {InvariantViolation} with every rule that the entry breaks, alone or against the balances
   */
  apply(entry: Entry, context: ApplyContext = {}): void {
    throwIfViolated(this.check(entry, context), entry.entryId);
    this.post(entry);
    this.applied += 1;
    if (entry.corrects !== undefined) {
      this.corrected.add(entry.corrects);
      if (this.original(entry, context) === undefined) this.unproven += 1;
    }
    this.recent.add(entry);
  }

  /** Debit positive, credit negative, in base units; zero for an account without entries. */
  balance(account: AccountName, asset: AssetId): bigint {
    return this.ledgers.get(account)?.cells.get(asset)?.balance ?? 0n;
  }

  /** Each account and asset that any entry touched, in order of first touch; zero balances included. */
  *accounts(): Generator<AccountBalance> {
    for (const { account, cells } of this.ledgers.values()) {
      for (const [asset, { balance }] of cells) yield { account, asset, balance };
    }
  }

  /** Sums by class and asset, in order of first touch. */
  totals(): readonly BookTotals[] {
    const books = new Map<string, { -readonly [Field in keyof BookTotals]: BookTotals[Field] }>();
    for (const { account, asset, balance } of this.accounts()) {
      const key = `${account.class} ${asset}`;
      let book = books.get(key);
      if (!book) books.set(key, (book = { class: account.class, asset, custody: 0n, spent: 0n, dueFrom: 0n, sources: 0n, dueTo: 0n }));
      if (account.group === 'custody') book.custody += balance;
      else if (account.group === 'spent') book.spent += balance;
      else if (account.group === 'source') book.sources -= balance;
      else if (account.kind === 'due-from') book.dueFrom += balance;
      else book.dueTo -= balance;
    }
    return [...books.values()];
  }

  /** Whether an entry has been compensated. */
  isCompensated(entryId: string): boolean {
    return this.corrected.has(entryId);
  }

  /** Whether an entry is among the latest, so that a compensation of it needs no `corrected`. */
  remembers(entryId: string): boolean {
    return this.recent.has(entryId);
  }

  /** Recomputes every rule over the whole ledger from the balances alone; empty when all hold. */
  verify(): readonly Violation[] {
    const found: Violation[] = [];
    const duePairs = new Map<string, bigint>();
    for (const { account, asset, balance } of this.accounts()) {
      const wrong = wrongSide(account, asset, balance);
      if (wrong) found.push(wrong);
      const pair = duePair(account);
      if (pair !== undefined) duePairs.set(`${pair} in ${asset}`, (duePairs.get(`${pair} in ${asset}`) ?? 0n) + balance);
    }
    for (const [pair, sum] of duePairs) if (sum !== 0n) found.push({ invariant: 'INV-05', message: `${pair} is off by ${sum}` });
    const open = new Map<AssetId, bigint>();
    for (const { class: cls, asset, custody, spent, dueFrom, sources, dueTo } of this.totals()) {
      const off = custody + spent + dueFrom - sources - dueTo;
      if (off !== 0n) found.push({ invariant: 'INV-01', message: `${cls} is off by ${off} in ${asset}` });
      open.set(asset, (open.get(asset) ?? 0n) + custody + spent - sources);
    }
    for (const [asset, off] of open) if (off !== 0n) found.push({ invariant: 'INV-03', message: `custody differs from its sources by ${off} in ${asset}` });
    return found;
  }

  /** An independent copy: applying to one leaves the other as it was. */
  clone(): Balances {
    const copy = new Balances(this.options);
    for (const [name, { account, cells }] of this.ledgers) {
      copy.ledgers.set(name, { account, cells: new Map([...cells].map(([asset, { balance }]) => [asset, { balance }])) });
    }
    copy.recent = this.recent.clone();
    copy.corrected = new Set(this.corrected);
    copy.applied = this.applied;
    copy.unproven = this.unproven;
    return copy;
  }

  /** See {@link BalancesState}. */
  state(): BalancesState {
    return {
      entryCount: this.applied,
      unprovenCompensations: this.unproven,
      corrected: [...this.corrected],
      accounts: Array.from(this.accounts(), ({ account: { name }, asset, balance }) => ({ account: name, asset, balance })),
    };
  }

  /**
   * Goes on from a state. The latest entries are not part of it: hand them to {@link remember} before anything is applied.
   * @throws {InvariantViolation} the balances break a rule of the ledger: they are no state of any journal
   */
  static restore({ entryCount, unprovenCompensations, corrected, accounts }: BalancesState, options: BalancesOptions = {}): Balances {
    const restored = new Balances(options);
    for (const { account, asset, balance } of accounts) restored.add(account, asset, balance);
    restored.corrected = new Set(corrected);
    restored.applied = entryCount;
    restored.unproven = unprovenCompensations;
    throwIfViolated(restored.verify(), 'a restored state');
    return restored;
  }

  /** Notes an entry that the balances hold already, oldest first: for {@link restore}. */
  remember(entry: Entry): void {
    this.recent.add(entry);
  }

  private check(entry: Entry, context: ApplyContext): readonly Violation[] {
    const alone = checkEntry(entry, this.checkOptions);
    if (alone.length > 0) return alone;
    const found: Violation[] = [];
    if (this.recent.has(entry.entryId) || (this.corrected.size > 0 && this.corrected.has(entry.entryId))) {
      found.push({ invariant: 'INV-11', message: 'an entry with this id has been applied' });
    }
    if (context.recordedAt && Date.parse(entry.effectiveAt) > context.recordedAt.getTime() + this.effectiveAheadMaxMs) {
      found.push({ invariant: 'INV-12', message: `effective at ${entry.effectiveAt}, recorded at ${context.recordedAt.toISOString()}` });
    }
    if (entry.corrects !== undefined) found.push(...this.compensationViolations(entry, entry.corrects, context));
    for (const { account: name, asset, amount } of entry.postings) {
      const ledger = this.ledgers.get(name);
      const wrong = wrongSide(ledger?.account ?? parseAccount(name), asset, (ledger?.cells.get(asset)?.balance ?? 0n) + amount);
      if (wrong) found.push(wrong);
    }
    return found;
  }

  private compensationViolations(entry: Entry, corrects: string, context: ApplyContext): Violation[] {
    if (this.corrected.has(corrects)) return [{ invariant: 'INV-10', message: `entry ${corrects} has been compensated before` }];
    if (context.corrected && context.corrected.entryId !== corrects) {
      return [{ invariant: 'INV-10', message: `the entry handed over is ${context.corrected.entryId}, not ${corrects}` }];
    }
    const original = this.original(entry, context);
    if (original === undefined) {
      return this.options.unknownCorrected === 'count' ? [] : [{ invariant: 'INV-10', message: `entry ${corrects} is not known here` }];
    }
    return negates(entry.postings, original) ? [] : [{ invariant: 'INV-10', message: `the postings do not negate those of ${corrects} exactly` }];
  }

  /** What is remembered is believed before what is handed over. */
  private original(entry: Entry, context: ApplyContext): readonly Posting[] | undefined {
    return entry.corrects === undefined ? undefined : (this.recent.postingsOf(entry.corrects) ?? context.corrected?.postings);
  }

  private post(entry: Entry): void {
    for (const { account, asset, amount } of entry.postings) this.add(account, asset, amount);
  }

  private add(account: AccountName, asset: AssetId, amount: bigint): void {
    let ledger = this.ledgers.get(account);
    if (!ledger) this.ledgers.set(account, (ledger = { account: parseAccount(account), cells: new Map() }));
    const cell = ledger.cells.get(asset);
    if (cell) cell.balance += amount;
    else ledger.cells.set(asset, { balance: amount });
  }
}

/** INV-02 and INV-06: debit accounts hold zero or more, credit accounts zero or less. */
function wrongSide(account: ParsedAccount, asset: AssetId, balance: bigint): Violation | undefined {
  if (account.side === 'debit' ? balance >= 0n : balance <= 0n) return undefined;
  return { invariant: account.custody ? 'INV-02' : 'INV-06', message: `${account.name} would stand at ${balance} in ${asset}` };
}

/**
 * Whether `postings` are `original` with every sign turned, in any order. What two classes owe each other counts net:
 * once coins were swept the debt is settled, and taking the entry back makes a debt the other way.
 */
function negates(postings: readonly Posting[], original: readonly Posting[]): boolean {
  const open = new Map<string, bigint>();
  for (const { account, asset, amount } of [...postings, ...original]) {
    const { class: cls, counterpart } = parseAccount(account);
    const key = `${counterpart === undefined ? account : `${cls}:due:${counterpart}`} ${asset}`;
    open.set(key, (open.get(key) ?? 0n) + amount);
  }
  return [...open.values()].every((sum) => sum === 0n);
}

/** The postings that undo an entry, for building its compensation. */
export function negatedPostings(entry: Pick<Entry, 'postings'>): Posting[] {
  return entry.postings.map((posting) => ({ ...posting, amount: -posting.amount }));
}

/**
 * Balances of a whole journal, oldest entry first.
 * @throws {InvariantViolation} at the first entry that breaks a rule
 */
export function foldBalances(entries: Iterable<Entry>, options?: BalancesOptions): Balances {
  const balances = new Balances(options);
  for (const entry of entries) balances.apply(entry);
  return balances;
}
