import { createHash } from 'node:crypto';
import type { ScreeningChain } from '@qazyna/contracts';
import { addressForm, addressKey } from './screened-address.adapter.js';

/** What a list says of one address; no names. */
export interface ListEntry {
  readonly chain: ScreeningChain;
  readonly address: string;
  /** What the list calls the currency, such as XBT; `-` where it calls it nothing. Never compared. */
  readonly type: string;
  /** The list's own number of the entry; `-` without one. */
  readonly entry: string;
  /** Programmes or topics. */
  readonly categories: readonly string[];
}

/** Why a file is no list. Nothing of such a file counts: half a list passes whom the other half names. */
export class UnreadableList extends Error {
  override readonly name = 'UnreadableList';
  constructor(
    readonly code: 'list-malformed' | 'list-empty' | 'list-too-large' | 'list-encoding',
    message: string,
  ) {
    super(message);
  }
}

/** Reads a file as it arrives, piece by piece. */
export interface ListReader {
  /** @throws {UnreadableList} */
  write(text: string): void;
  /** @throws {UnreadableList} the file ends in the middle */
  end(): ReadList;
}

export interface ReadList {
  /** Day it was published, where it says so. */
  readonly publishedOn?: string;
  readonly found: readonly FoundAddress[];
}

/** An address as a file writes it. */
export interface FoundAddress {
  readonly written: string;
  readonly type: string;
  readonly entry: string;
  readonly categories: readonly string[];
}

export const ENTRIES_MAX = 5_000_000;
const WRITTEN = /^[\x21-\x7e]{1,128}$/;
const LABEL = /[^\x20-\x7e]/g;

/** @throws {UnreadableList} */
export function requireWritten(written: string, where: string): string {
  const text = written.trim();
  if (!WRITTEN.test(text)) throw new UnreadableList('list-malformed', `${where}: ${JSON.stringify(text.slice(0, 80))} is no address: 1 to 128 printable characters without spaces`);
  return text;
}

/** A word of the list for our events: printable, bounded. */
export function labelOf(text: string, max: number): string {
  const label = text.replaceAll(LABEL, '?').trim().slice(0, max);
  return label === '' ? '-' : label;
}

/** Entries in their order, each address once: what several entries say of one address is put together. */
export function entriesOf(found: readonly FoundAddress[]): { readonly entries: readonly ListEntry[]; readonly unrecognised: number; readonly perType: Readonly<Record<string, number>> } {
  if (found.length === 0) throw new UnreadableList('list-empty', 'there is no address in the file');
  const byKey = new Map<string, ListEntry>();
  const perType = new Map<string, number>();
  let unrecognised = 0;
  for (const { written, type, entry, categories } of found) {
    const form = addressForm(written);
    if (!form.sound) unrecognised += 1;
    perType.set(type, (perType.get(type) ?? 0) + 1);
    const key = addressKey(form);
    const known = byKey.get(key);
    byKey.set(key, { chain: form.chain, address: form.address, type: known?.type ?? type, entry: known?.entry ?? entry, categories: [...new Set([...(known?.categories ?? []), ...categories])].sort() });
  }
  const entries = [...byKey].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, entry]) => entry);
  return { entries, unrecognised, perType: Object.fromEntries(perType) };
}

/** The one text of a list's entries: a JSON array a line, in the order of their keys. The hash of a version is over this. */
export function linesOf(entries: readonly ListEntry[]): string[] {
  return entries.map(({ chain, address, type, entry, categories }) => `${JSON.stringify([chain, address, type, entry, ...categories])}\n`);
}

export function contentHashOf(lines: readonly string[]): string {
  const hash = createHash('sha256');
  for (const line of lines) hash.update(line);
  return hash.digest('hex');
}

export function entryOfLine(line: string): ListEntry {
  const [chain, address, type, entry, ...categories] = JSON.parse(line) as [ScreeningChain, string, string, string, ...string[]];
  return { chain, address, type, entry, categories };
}

/** Which entries are new and which are gone, by address. */
export function differenceOf(before: ReadonlyMap<string, ListEntry>, after: ReadonlyMap<string, ListEntry>): { readonly added: number; readonly removed: number } {
  let added = 0;
  let removed = 0;
  for (const key of after.keys()) if (!before.has(key)) added += 1;
  for (const key of before.keys()) if (!after.has(key)) removed += 1;
  return { added, removed };
}

