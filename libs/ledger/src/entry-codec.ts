/** Entries as JSON: amounts are decimal strings. What comes back is checked as strictly as what goes out. */
import { parseAccount } from './accounts.js';
import { parseBaseUnits } from './amounts.js';
import { findAsset, type AssetId } from './assets.js';
import { assertEntry, type ActKind, type AuthorisingAct, type Entry, type EntryCheckOptions, type EntryKind, type Posting } from './entries.js';

export interface PostingJson {
  readonly account: string;
  readonly asset: string;
  /** Base units as a decimal string, with a minus sign for credits. */
  readonly amount: string;
}

export interface EntryJson {
  readonly entryId: string;
  readonly kind: EntryKind;
  readonly effectiveAt: string;
  readonly postings: PostingJson[];
  readonly act?: { readonly kind: ActKind; readonly reference: string; readonly caseId?: string };
  readonly corrects?: string;
  readonly cause: string;
}

/** Stored data that is not an entry at all (an entry that breaks a rule is an `InvariantViolation`). */
export class MalformedEntry extends Error {
  readonly code = 'malformed-entry';
  override readonly name = 'MalformedEntry';
}

/** @throws {InvariantViolation} an unsound entry is never written */
export function entryToJson(entry: Entry, options?: EntryCheckOptions): EntryJson {
  assertEntry(entry, options);
  return encodeEntry(entry);
}

/** The same without the entry's rules, for entries that `Balances.apply` has just taken, which checks them once. */
export function encodeEntry(entry: Entry): EntryJson {
  return {
    entryId: entry.entryId,
    kind: entry.kind,
    effectiveAt: entry.effectiveAt,
    postings: entry.postings.map(({ account, asset, amount }) => ({ account, asset, amount: amount.toString() })),
    ...(entry.act === undefined ? {} : { act: actOf(entry.act) }),
    ...(entry.corrects === undefined ? {} : { corrects: entry.corrects }),
    cause: entry.cause,
  };
}

/**
 * Reads an entry; fields it does not know (what custody notes beside an entry) are left out.
 * @throws {MalformedEntry} the wrong types
 * @throws {AmountError} an amount that is not a whole number in a decimal string
 * @throws {InvalidAccount} an account outside the chart
 * @throws {InvariantViolation} an unsound entry is not believed only because it was stored
 */
export function entryFromJson(json: unknown, options?: EntryCheckOptions): Entry {
  const entry = decodeEntry(json);
  assertEntry(entry, options);
  return entry;
}

/**
 * The same without the entry's rules, for callers that hand the result to `Balances.apply`, which checks them once.
 * @throws {MalformedEntry} {@link AmountError} {@link InvalidAccount} as {@link entryFromJson}
 */
export function decodeEntry(json: unknown): Entry {
  const { entryId, kind, effectiveAt, postings, act, corrects, cause } = record(json, 'entry');
  if (!Array.isArray(postings)) throw new MalformedEntry('postings must be a list');
  return {
    entryId: text(entryId, 'entryId'),
    kind: text(kind, 'kind') as EntryKind,
    effectiveAt: text(effectiveAt, 'effectiveAt'),
    postings: postings.map(postingFromJson),
    ...(act === undefined ? {} : { act: actFromJson(act) }),
    ...(corrects === undefined ? {} : { corrects: text(corrects, 'corrects') }),
    cause: text(cause, 'cause'),
  };
}

function postingFromJson(json: unknown): Posting {
  const { account, asset, amount } = record(json, 'posting');
  return {
    account: parseAccount(text(account, 'account')).name,
    asset: sharedAsset(text(asset, 'asset')),
    amount: parseBaseUnits(amount as string, { signed: true }),
  };
}

/**
 * One text for all postings of an asset: a journal's million copies would each be hashed, compared and kept. Whether
 * the asset exists is for the entry's rules to say.
 */
function sharedAsset(id: string): AssetId {
  return findAsset(id)?.id ?? (id as AssetId);
}

function actFromJson(json: unknown): AuthorisingAct {
  const { kind, reference, caseId } = record(json, 'act');
  return actOf({
    kind: text(kind, 'act.kind') as ActKind,
    reference: text(reference, 'act.reference'),
    ...(caseId === undefined ? {} : { caseId: text(caseId, 'act.caseId') }),
  });
}

function actOf({ kind, reference, caseId }: AuthorisingAct): AuthorisingAct {
  return caseId === undefined ? { kind, reference } : { kind, reference, caseId };
}

function record(json: unknown, what: string): Readonly<Record<string, unknown>> {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) throw new MalformedEntry(`${what} must be an object`);
  return json as Readonly<Record<string, unknown>>;
}

function text(value: unknown, field: string): string {
  if (typeof value !== 'string') throw new MalformedEntry(`${field} must be text, not ${typeof value}`);
  return value;
}
