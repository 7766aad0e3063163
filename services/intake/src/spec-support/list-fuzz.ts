import { readFileSync } from 'node:fs';
import { entriesOf, entryOfLine, linesOf, UnreadableList, type FoundAddress } from '../screening/list-entries.adapter.js';
import { readList } from '../screening/list-formats.adapter.js';
import type { ScreeningFormat } from '@qazyna/contracts';

/** Mutated lists of sanctioned addresses through their readers: `npm run fuzz`. */

const fixture = (name: string): Buffer => readFileSync(new URL(`../screening/fixtures/${name}`, import.meta.url));
const FILES: Readonly<Record<string, string>> = { 'ofac-sdn': 'sdn.xml', 'ofac-sdn-advanced': 'sdn_advanced.xml', 'opensanctions': 'opensanctions.jsonl', 'text': 'own.txt' };
export const LIST_FORMATS = Object.keys(FILES) as ScreeningFormat[];

const INPUT_MS_MAX = 1_000;
const INSERTS: readonly string[] = ['<', '>', '</', '/>', '<id>', '</id>', '<![CDATA[', ']]>', '&#x0;', '&lt;', '&amp;', '&x;', '<!DOCTYPE x [<!ENTITY x "y">]>', '"', "'", '\n', '\r\n', '<!--', '-->', '<?x', '\\u0000', '\u0000', '{', '}', '[', ']', ',', ':', '#', ' ', '\t', 'é', '\uFEFF', '0x', 'Digital Currency Address - XBT', '"publicKey":[]', '"schema":"Person"', 'null', '1e999', '__proto__'];

export interface ListFuzzReport {
  readonly inputs: number;
  readonly refused: number;
  readonly addresses: number;
  readonly slowestMs: number;
}

/** So many mutated files through one reader. @throws {Error} with the input that broke it, in base64 */
export async function fuzzList(format: ScreeningFormat, inputs: number, random: () => number): Promise<ListFuzzReport> {
  const file = fixture(FILES[format] ?? '');
  let [refused, addresses, slowestMs] = [0, 0, 0];
  for (let input = 0; input < inputs; input += 1) {
    const bytes = mutatedBytes(file, random);
    const begun = performance.now();
    const found = await foundIn(format, bytes);
    const ms = performance.now() - begun;
    slowestMs = Math.max(slowestMs, ms);
    const wrong = ms > INPUT_MS_MAX ? `took ${ms.toFixed(0)} ms` : typeof found === 'string' ? found : found === undefined ? undefined : wrongWith(format, new TextDecoder().decode(bytes), found);
    if (wrong !== undefined) throw new Error(`${format}: ${wrong}\nbase64 ${bytes.toString('base64')}`);
    if (found === undefined) refused += 1;
    else addresses += found.length;
  }
  return { inputs, refused, addresses, slowestMs };
}

/** Undefined where it is refused as a list; a text says what it should not have done. */
async function foundIn(format: ScreeningFormat, bytes: Uint8Array): Promise<readonly FoundAddress[] | string | undefined> {
  try {
    const { found } = await readList(format, bytes);
    return found;
  } catch (error) {
    return error instanceof UnreadableList ? undefined : `threw ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`;
  }
}

/** By the platform's own means, and not by the reader's. */
function wrongWith(format: ScreeningFormat, text: string, found: readonly FoundAddress[]): string | undefined {
  const expected = format === 'text' ? textAddresses(text) : format === 'opensanctions' ? walletAddresses(text) : xmlAddresses(format, text);
  if (expected === 'malformed') return `read ${found.length} addresses of what is malformed`;
  if (expected !== undefined && expected !== found.length) return `${expected} addresses went in, ${found.length} came out`;
  if (found.length === 0) return undefined;
  const { entries } = entriesOf(found);
  if (JSON.stringify(linesOf(entries).map(entryOfLine)) !== JSON.stringify(entries)) return 'entries do not survive being kept as lines';
  return found.find(({ written }) => written.trim() === '' || written !== written.trim()) === undefined ? undefined : 'an address is empty or has spaces around it';
}

function textAddresses(text: string): number {
  return text.replace(/^\uFEFF/, '').split('\n').filter((line) => (line.split('#')[0] ?? '').trim() !== '').length;
}

function walletAddresses(text: string): number | 'malformed' {
  let count = 0;
  for (const line of text.replace(/^\uFEFF/, '').split('\n')) {
    if (line.trim() === '') continue;
    let entity: unknown;
    try {
      // Files that were put together keep each one's byte order mark; around a line it harms nobody.
      entity = JSON.parse(line.trim());
    } catch {
      return 'malformed';
    }
    if (typeof entity !== 'object' || entity === null || Array.isArray(entity)) return 'malformed';
    const { schema, properties, ...flat } = entity as { schema?: unknown; properties?: { publicKey?: unknown }; publicKey?: unknown };
    if (schema !== undefined && schema !== 'CryptoWallet') continue;
    const keys = typeof properties === 'object' && properties !== null && !Array.isArray(properties) ? properties.publicKey : flat.publicKey;
    count += [keys].flat().filter((key) => typeof key === 'string').length;
  }
  return count;
}

/** Undefined where XML says the same in several ways, and counting needs a reader. */
function xmlAddresses(format: ScreeningFormat, text: string): number | undefined {
  if (/<!|&|<\?x(?!ml )|\]\]>/.test(text)) return undefined;
  const of = format === 'ofac-sdn' ? /<id(?=[\s>])(?:(?!<\/id\s*>)[^])*?<idType(?=[\s>])[^>]*>\s*Digital Currency Address - [^<]+<\/idType\s*>/g : undefined;
  return of === undefined ? undefined : [...text.matchAll(of)].length;
}

function mutatedBytes(file: Buffer, random: () => number): Buffer {
  let bytes = file;
  for (let times = 1 + Math.floor(random() * 4); times > 0; times -= 1) {
    const at = Math.floor(random() * (bytes.length + 1));
    const cut = random() < 0.5 ? 0 : Math.floor(random() * 40);
    const insert = random() < 0.7 ? Buffer.from(INSERTS[Math.floor(random() * INSERTS.length)] ?? '') : Buffer.from(Array.from({ length: Math.floor(random() * 20) }, () => Math.floor(random() * 256)));
    bytes = random() < 0.05 ? bytes.subarray(0, at) : Buffer.concat([bytes.subarray(0, at), insert, bytes.subarray(at + cut)]);
  }
  return bytes;
}
