/** Journal entries and the rules that one entry alone can break. Rules that need balances are in `fold.ts`. */
import { parseAccount, InvalidAccount, type AccountName, type ParsedAccount } from './accounts.js';
import { AMOUNT_MAX } from './amounts.js';
import { ASSETS, type AssetId, type AssetRegistry } from './assets.js';
import { actViolations, duePairViolations, shapeViolations } from './entry-rules.js';
import { isInstant } from './instants.js';
import { throwIfViolated, type Violation } from './invariants.js';

export const ENTRY_KINDS = ['deposit', 'identification', 'screening', 'reclassification', 'compensation', 'transfer', 'disbursement', 'release', 'fee'] as const;
export type EntryKind = (typeof ENTRY_KINDS)[number];

export const ACT_KINDS = ['state-property-decision', 'release-to-owner', 'return-to-victim', 'resolution', 'finality', 'reversal'] as const;
export type ActKind = (typeof ACT_KINDS)[number];

export interface Posting {
  readonly account: AccountName;
  readonly asset: AssetId;
  /** Base units; debits positive, credits negative, never zero. */
  readonly amount: bigint;
}

/** The legal act that lets an entry cross classes or spend. */
export interface AuthorisingAct {
  readonly kind: ActKind;
  /** Reference of the document; for a disbursement, the resolution's id as in its account name. */
  readonly reference: string;
  /** Required when coins of a case move between classes or are released. */
  readonly caseId?: string;
}

export interface Entry {
  /** UUID: v5 of what caused it where one cause must give one entry. */
  readonly entryId: string;
  readonly kind: EntryKind;
  /** Block time or the order's date: `2026-03-01T09:30:00.000Z`, always with milliseconds, so that text sorts as time. */
  readonly effectiveAt: string;
  readonly postings: readonly Posting[];
  readonly act?: AuthorisingAct;
  /** Id of the entry that a compensation negates. */
  readonly corrects?: string;
  /** The event that caused it, `stream@revision`: what a trace follows back. */
  readonly cause: string;
}

export const POSTINGS_MAX = 1000;
const CAUSE_LENGTH_MAX = 300;
const REFERENCE_LENGTH_MAX = 128;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const NONE: readonly Violation[] = Object.freeze([]);

export interface EntryCheckOptions {
  /** Default: the built-in assets. */
  readonly assets?: AssetRegistry;
}

/** Whether text is a UUID in lower case, as entry ids are. */
export function isEntryId(text: unknown): text is string {
  return typeof text === 'string' && UUID.test(text);
}

/** Every rule that this entry breaks by itself; empty when it is sound. Never throws on a well-typed entry. */
export function checkEntry(entry: Entry, options: EntryCheckOptions = {}): readonly Violation[] {
  const assets = options.assets ?? ASSETS;
  const header = headerViolations(entry);
  const { postings } = entry;
  if (!Array.isArray(postings) || postings.length < 2 || postings.length > POSTINGS_MAX) {
    return [...header, { invariant: 'INV-08', message: `an entry has 2 to ${POSTINGS_MAX} postings` }];
  }
  const accounts: ParsedAccount[] = [];
  let found: Violation[] | undefined;
  for (const posting of postings as readonly Posting[]) {
    const violation = postingViolation(posting, assets, accounts);
    if (violation) (found ??= []).push(violation);
  }
  // The rules below compare postings with one another; that means nothing while single postings are broken.
  if (found) return [...header, ...found];
  const among = [
    repeatedPostings(entry.postings),
    imbalances(entry.postings, accounts),
    duePairViolations(entry, accounts),
    actViolations(entry, accounts),
    shapeViolations(entry, accounts),
  ];
  // Nearly every entry is sound: nothing is copied for it.
  return header.length === 0 && among.every(({ length }) => length === 0) ? NONE : [...header, ...among.flat()];
}

/** @throws {InvariantViolation} naming the first rule broken and all others */
export function assertEntry(entry: Entry, options?: EntryCheckOptions): void {
  throwIfViolated(checkEntry(entry, options), entry.entryId);
}

function headerViolations(entry: Entry): readonly Violation[] {
  const found: Violation[] = [];
  if (!isEntryId(entry.entryId)) found.push({ invariant: 'INV-11', message: 'the entry id must be a UUID in lower case' });
  if (!isInstant(entry.effectiveAt)) {
    found.push({ invariant: 'INV-12', message: `effectiveAt must be a UTC time with milliseconds, not ${JSON.stringify(entry.effectiveAt)}` });
  }
  if (typeof entry.cause !== 'string' || entry.cause === '' || entry.cause.length > CAUSE_LENGTH_MAX) {
    found.push({ invariant: 'INV-15', message: `the cause must have 1 to ${CAUSE_LENGTH_MAX} characters` });
  }
  if (!ENTRY_KINDS.includes(entry.kind)) found.push({ invariant: 'INV-14', message: `there is no entry kind ${JSON.stringify(entry.kind)}` });
  if (entry.kind === 'compensation') {
    if (!isEntryId(entry.corrects)) found.push({ invariant: 'INV-10', message: 'a compensation names the entry it corrects' });
    else if (entry.corrects === entry.entryId) found.push({ invariant: 'INV-10', message: 'an entry cannot correct itself' });
  } else if (entry.corrects !== undefined) {
    found.push({ invariant: 'INV-10', message: `only a compensation corrects an entry, not a ${entry.kind}` });
  }
  const { act } = entry;
  if (act !== undefined) {
    if (!ACT_KINDS.includes(act.kind)) found.push({ invariant: 'INV-13', message: `there is no act kind ${JSON.stringify(act.kind)}` });
    if (typeof act.reference !== 'string' || act.reference === '' || act.reference.length > REFERENCE_LENGTH_MAX) {
      found.push({ invariant: 'INV-13', message: `an act's reference must have 1 to ${REFERENCE_LENGTH_MAX} characters` });
    }
  }
  return found.length === 0 ? NONE : found;
}

function postingViolation(posting: Posting, assets: AssetRegistry, accounts: ParsedAccount[]): Violation | undefined {
  try {
    accounts.push(parseAccount(posting.account));
  } catch (error) {
    if (!(error instanceof InvalidAccount)) throw error;
    return { invariant: 'INV-07', message: error.message };
  }
  const { amount, asset } = posting;
  if (typeof amount !== 'bigint') return { invariant: 'INV-08', message: `an amount must be a bigint, not ${typeof amount}` };
  if (amount === 0n) return { invariant: 'INV-08', message: `the posting to ${posting.account} is zero` };
  if (amount > AMOUNT_MAX || amount < -AMOUNT_MAX) return { invariant: 'INV-08', message: `the posting to ${posting.account} is above 10^40 base units` };
  if (!assets.has(asset)) return { invariant: 'INV-09', message: `no asset has the id ${JSON.stringify(String(asset).slice(0, 200))}` };
  return undefined;
}

function repeatedPostings(postings: readonly Posting[]): readonly Violation[] {
  const repeated = postings.length <= 8 ? repeatedAmongFew(postings) : repeatedAmongMany(postings);
  return repeated ? [{ invariant: 'INV-08', message: `${repeated.account} has more than one posting in ${repeated.asset}` }] : NONE;
}

/** Nearly every entry: comparing a handful of pairs is cheaper than building a set. */
function repeatedAmongFew(postings: readonly Posting[]): Posting | undefined {
  for (let index = 0; index < postings.length; index += 1) {
    const posting = postings[index] as Posting;
    for (let other = index + 1; other < postings.length; other += 1) {
      if (postings[other]?.account === posting.account && postings[other]?.asset === posting.asset) return posting;
    }
  }
  return undefined;
}

function repeatedAmongMany(postings: readonly Posting[]): Posting | undefined {
  const seen = new Set<string>();
  return postings.find(({ account, asset }) => {
    const key = `${account} ${asset}`;
    if (seen.has(key)) return true;
    seen.add(key);
    return false;
  });
}

function imbalances(postings: readonly Posting[], accounts: readonly ParsedAccount[]): readonly Violation[] {
  // Most entries are one debit and one credit in one book.
  const [first, second] = postings;
  if (postings.length === 2 && first?.asset === second?.asset && accounts[0]?.class === accounts[1]?.class && first?.amount === -(second?.amount ?? 0n)) return NONE;
  const books: { readonly cls: string; readonly asset: AssetId; sum: bigint }[] = [];
  for (const [index, { asset, amount }] of postings.entries()) {
    const cls = (accounts[index] as ParsedAccount).class;
    const book = books.find((known) => known.cls === cls && known.asset === asset);
    if (book) book.sum += amount;
    else books.push({ cls, asset, sum: amount });
  }
  const open = books.filter(({ sum }) => sum !== 0n);
  return open.length === 0 ? NONE : open.map(({ cls, asset, sum }) => ({ invariant: 'INV-01', message: `${cls} is off by ${sum} in ${asset}` }));
}
