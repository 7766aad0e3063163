import type { StatementSample } from './statement-samples.js';

/** A generator of 32-bit numbers: the same seed gives the same inputs on every machine. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Values that have broken parsers before: JSON source text, so that numbers keep every digit. */
const NASTY: readonly string[] = [
  'null', 'true', '{}', '[]', '""', '" "', '"0"', '0', '-0', '-0.0', '1e-9', '1E-8', '1e999', '-1', '0.1', '0.30000000000000004', '123456789.123456789', '1e-400', '9007199254740993',
  '"1e3"', '"0.000000001"', '"00.5"', '"+1"', '"١٢٣"', '"1,5"', '"0x10"', '"Infinity"', '"NaN"', '"-0.5"', '".5"', '"5."', '"99999999999999999999999999999999999999999"',
  '"\\u0000"', '"\\ud83d\\ude00"', '"2023-02-30"', '"2024-02-29"', '"2023-04-26T25:00:00Z"', '"2023-04-26 10:00:00+99:99"', '"9999999999"', '1683017935000', '"1683017935"', '1683017935',
  '"confirmed"', '"queued"', '"failed"', '"manual"', '"BTC"', '"PH/s"', '"h/s"', '"__proto__"', '"=cmd()"', `"${'a'.repeat(300)}"`, `"${'0'.repeat(64)}"`, '[[[[]]]]', '{"toString":1}',
];
const CELLS: readonly string[] = ['', ' ', '"', '""', '"a""b"', '"a\nb"', 'a,b', ';', '\t', '0', '-1', '1e-9', '0,5', '0.000000001', '١', '\u0000', '2023-02-30', '9'.repeat(50), 'é', "'", '=1+1'];
const SNIPPETS: readonly string[] = ['{', '}', '[', ']', '"', ',', ':', '\\', '\n', '\r', '0', '-', 'e', '\u0000', '\uFEFF', 'null', '"data":[]', ',{}', 'é'];
/** Names are matched to be passed over; a value is in the group. */
const VALUE = /"(?:[^"\\]|\\.)*"\s*:|("(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|null|true|false)/g;
const NAME = /("[^"\\]+")\s*:/g;

/** One mutation, or a few, of a real sample: of its values, its rows, its text or its bytes. */
export function mutated({ text, media }: Pick<StatementSample, 'text' | 'media'>, random: () => number): Uint8Array {
  let current = text;
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)] as T;
  const place = (length: number): number => Math.floor(random() * (length + 1));
  for (let times = 1 + Math.floor(random() * 3); times > 0; times -= 1) {
    const kind = random();
    if (media === 'csv' && kind < 0.55) current = csvMutation(current, random, pick);
    else if (kind < 0.6) current = replaceMatch(current, VALUE, pick, () => (random() < 0.8 ? pick(NASTY) : randomNumber(random)));
    else if (kind < 0.7) current = replaceMatch(current, NAME, pick, (name) => (random() < 0.5 ? `"x${name.slice(1)}` : `"${pick(['id', 'amount', 'date', 'tx', 'data', 'mining_extra', 'payout_extra'])}"`));
    else if (kind < 0.88) current = rowMutation(current, random, pick);
    else if (kind < 0.91) current = current.slice(0, place(current.length));
    else if (kind < 0.96) { const at = place(current.length); current = current.slice(0, at) + pick(SNIPPETS) + current.slice(at + Math.floor(random() * 3)); }
    else { const [from, to] = [place(current.length), place(current.length)].sort((a, b) => a - b) as [number, number]; current = current.slice(0, to) + current.slice(from); }
  }
  const bytes = new TextEncoder().encode(current);
  for (let times = random() < 0.1 ? 1 + Math.floor(random() * 4) : 0; times > 0 && bytes.length > 0; times -= 1) bytes[Math.floor(random() * bytes.length)] = Math.floor(random() * 256);
  return bytes;
}

function replaceMatch(text: string, pattern: RegExp, pick: <T>(from: readonly T[]) => T, by: (found: string) => string): string {
  const matches = [...text.matchAll(pattern)].filter((match) => match[1] !== undefined);
  if (matches.length === 0) return text;
  const match = pick(matches);
  const found = match[1] ?? '';
  const at = match.index + match[0].indexOf(found);
  return text.slice(0, at) + by(found) + text.slice(at + found.length);
}

function randomNumber(random: () => number): string {
  const digits = Math.floor(random() * 1e9).toString();
  const point = Math.floor(random() * digits.length);
  const exponent = random() < 0.3 ? `e${Math.floor(random() * 24) - 12}` : '';
  const number = `${digits.slice(0, point) || '0'}.${digits.slice(point) || '0'}`.replace(/^0+(?=\d)/, '');
  return random() < 0.5 ? `${number}${exponent}` : `"${number}"`;
}

/** Doubles, drops or moves an object that holds no other. */
function rowMutation(text: string, random: () => number, pick: <T>(from: readonly T[]) => T): string {
  const rows = [...text.matchAll(/\{[^{}]*\}/g)];
  if (rows.length === 0) return text;
  const { index, 0: row } = pick(rows);
  const end = index + row.length;
  const kind = random();
  if (kind < 0.4) return `${text.slice(0, end)},${row}${text.slice(end)}`;
  if (kind < 0.7) return text.slice(0, index) + pick(['null', '{}', '[]', '5', '"row"']) + text.slice(end);
  const other = pick(rows)[0];
  return text.slice(0, index) + other + text.slice(end);
}

function csvMutation(text: string, random: () => number, pick: <T>(from: readonly T[]) => T): string {
  const lines = text.split('\n');
  const at = Math.floor(random() * lines.length);
  const separator = text.includes(';') ? ';' : ',';
  const cells = (lines[at] ?? '').split(separator);
  const kind = random();
  if (kind < 0.6) cells[Math.floor(random() * cells.length)] = random() < 0.7 ? pick(CELLS) : pick(NASTY).replaceAll('"', '');
  else if (kind < 0.75) cells.push(pick(CELLS));
  else if (kind < 0.85) cells.pop();
  else if (kind < 0.93) lines.splice(at, 0, lines[at] ?? '');
  else [lines[at], lines[0]] = [lines[0] ?? '', lines[at] ?? ''];
  if (kind < 0.85) lines[at] = cells.join(separator);
  return lines.join('\n');
}
