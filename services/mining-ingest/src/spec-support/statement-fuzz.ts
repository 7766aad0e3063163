import { parse as parseCsv } from 'csv-parse/sync';
import { parseMessage, PayoutClaim, StatutoryEntry } from '@qazyna/contracts';
import { EARNINGS_PARTS, sumOf } from '../earnings/earnings-row.js';
import { STATEMENT_PARSERS } from '../pools/statement-formats.adapter.js';
import { UnreadableStatement, type ParsedStatement, type StatementMedia, type StatementRow } from '../pools/statement.js';
import { mutated, seeded } from './mutation.js';
import { STATEMENT_SAMPLES } from './statement-samples.js';

export { mutated, seeded } from './mutation.js';
export { STATEMENT_SAMPLES } from './statement-samples.js';

/** What may be said of every parser, whatever comes: checked against a second, naive reading of the same bytes. */

const CONTEXT = { pool: 'any-pool', account: 'reserve-01', asset: 'bip122:000000000019d6689c085ae165831e93/slip44:0', decimals: 8, referenceOf: () => 'ab'.repeat(16) };
const INPUT_MS_MAX = 1_000;

export interface FuzzReport {
  readonly format: string;
  readonly inputs: number;
  /** Refused as a whole. */
  readonly refused: number;
  readonly rows: Readonly<Record<StatementRow['kind'], number>>;
  readonly slowestMs: number;
}

export class FuzzFailure extends Error {
  override readonly name = 'FuzzFailure';
  constructor(
    readonly format: string,
    readonly media: StatementMedia,
    readonly input: Uint8Array,
    why: string,
  ) {
    super(`${format} (${media}): ${why}\n${new TextDecoder().decode(input).slice(0, 2000)}\nbase64 ${Buffer.from(input).toString('base64').slice(0, 4000)}`);
  }
}

/** So many mutated samples through one parser. @throws {FuzzFailure} with the input that broke it */
export function fuzz(format: string, inputs: number, seed: number): FuzzReport {
  const random = seeded(seed);
  const samples = STATEMENT_SAMPLES.filter((sample) => sample.format === format);
  const rows = { payout: 0, earnings: 0, statutory: 0, information: 0, unreadable: 0 };
  let [refused, slowestMs] = [0, 0];
  for (let input = 0; input < inputs; input += 1) {
    const sample = samples[input % samples.length];
    if (sample === undefined) throw new Error(`no sample of ${format}`);
    const bytes = mutated(sample, random);
    const begun = performance.now();
    const parsed = parseOf(format, sample.media, bytes);
    const ms = performance.now() - begun;
    slowestMs = Math.max(slowestMs, ms);
    if (ms > INPUT_MS_MAX) throw new FuzzFailure(format, sample.media, bytes, `took ${ms} ms`);
    if (parsed === undefined) refused += 1;
    else for (const row of check(format, sample.media, bytes, parsed)) rows[row.kind] += 1;
  }
  return { format, inputs, refused, rows, slowestMs };
}

function parseOf(format: string, media: StatementMedia, bytes: Uint8Array): ParsedStatement | undefined {
  try {
    return STATEMENT_PARSERS.get(format)?.parse(bytes, CONTEXT, media);
  } catch (error) {
    if (error instanceof UnreadableStatement) return undefined;
    throw new FuzzFailure(format, media, bytes, `threw ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
  }
}

function check(format: string, media: StatementMedia, bytes: Uint8Array, { rows }: ParsedStatement): readonly StatementRow[] {
  const fail = (why: string): never => {
    throw new FuzzFailure(format, media, bytes, why);
  };
  const source = naiveRows(format, media, bytes);
  if (source.length !== rows.length) fail(`${source.length} rows went in, ${rows.length} came out`);
  for (const [index, row] of rows.entries()) {
    if (row.row !== index) fail(`row ${index} says it is ${row.row}`);
    const wrong = wrongWith(row, source[index], format, media);
    if (wrong !== undefined) fail(`row ${index}: ${wrong}`);
  }
  return rows;
}

type Naive = Readonly<Record<string, unknown>> | undefined;

/** The rows by the platform's own readers; every number is its source text in a one-field object. */
function naiveRows(format: string, media: StatementMedia, bytes: Uint8Array): readonly Naive[] {
  const text = new TextDecoder().decode(bytes);
  if (media === 'json-lines') return text.split('\n').filter((line) => line.trim() !== '').map((line) => { try { return withSource(line) as Naive; } catch { return undefined; } });
  if (media === 'csv') {
    const header = text.slice(0, text.search(/\r?\n|$/));
    const delimiter = [',', ';', '\t'].reduce((best, each) => (header.split(each).length > header.split(best).length ? each : best));
    const read: readonly string[][] = parseCsv(text, { delimiter, relax_column_count: true, skip_empty_lines: true, record_delimiter: ['\r\n', '\n', '\r'] });
    const [columns = [], ...records] = read;
    return records.map((record) => Object.fromEntries(columns.map((column, index) => [column, record[index] ?? ''])));
  }
  const document = withSource(text) as Record<string, unknown>;
  if (format === 'canonical' || format === 'statutory') return (Array.isArray(document) ? document : [document]) as Naive[];
  if (format === 'braiins') return [...((document['onchain'] ?? []) as Naive[]), ...((document['lightning'] ?? []) as Naive[])];
  const list = format === 'f2pool' ? 'transactions' : format === 'antpool' ? 'rows' : 'data';
  const inner = document['data'] as Record<string, unknown> | undefined;
  return (typeof inner === 'object' && !Array.isArray(inner) ? inner[list] : document[list]) as Naive[];
}

function withSource(text: string): unknown {
  const reviver = (_key: string, value: unknown, context: { readonly source?: string }): unknown => (typeof value === 'number' ? { number: context.source } : value);
  return JSON.parse(text, reviver as (key: string, value: unknown) => unknown);
}

const AMOUNTS: Readonly<Record<string, readonly (readonly string[])[]>> = {
  'btcpool-kz': [['amount']], viabtc: [['amount']], antpool: [['amount']], f2pool: [['payout_extra', 'value']], statutory: [['amount']],
};

function wrongWith(row: StatementRow, source: Naive, format: string, media: StatementMedia): string | undefined {
  if (row.kind === 'unreadable') return row.code === '' || row.message === '' || row.field.length > 200 || row.message.length > 1000 ? 'a reason is missing or too long' : undefined;
  if (source === undefined || source === null || typeof source !== 'object') return 'it was read from what is no row';
  if (row.kind === 'information') return undefined;
  if (row.kind === 'earnings') return wrongEarnings(row, source, format);
  const message = row.kind === 'payout' ? parseMessage(PayoutClaim, row.claim) : parseMessage(StatutoryEntry, row.entry);
  if (!message.ok) return `it breaks the message's own rules: ${message.errors.map(({ message: each }) => each).join('; ')}`;
  if (row.kind === 'payout' && format === 'braiins' && (source['status'] !== 'confirmed' || textOf(source['amount_sats']) !== row.claim.amount)) return 'it is not confirmed, or of another amount';
  if (row.kind === 'payout' && format === 'canonical' && textOf(source['amount']) !== row.claim.amount) return 'its amount is another';
  const units = row.kind === 'payout' ? row.claim.amount : row.entry.amount;
  for (const path of AMOUNTS[format] ?? []) {
    const value = media === 'csv' ? source[path.join('.')] : path.reduce<unknown>((at, name) => (at as Record<string, unknown> | undefined)?.[name], source);
    if (units !== undefined && !isSameAmount(textOf(value), BigInt(units))) return `${textOf(value)} coins are not ${units} base units`;
  }
  return undefined;
}

function wrongEarnings(row: Extract<StatementRow, { kind: 'earnings' }>, source: NonNullable<Naive>, format: string): string | undefined {
  const amounts = [row.total, ...EARNINGS_PARTS.map((part) => row.parts[part] ?? '0')];
  if (!amounts.every((amount) => /^(?:0|[1-9][0-9]*)$/.test(amount))) return 'an amount is not canonical';
  if (Object.keys(row.parts).length > 0 && sumOf(row.parts).toString() !== row.total) return 'its parts do not make its total';
  if (new Date(`${row.date}T00:00:00Z`).toISOString().slice(0, 10) !== row.date) return 'its day is none';
  if (row.hashRate !== undefined && !/^(?:0|[1-9][0-9]*)(?:\.[0-9]+)?$/.test(row.hashRate)) return 'its hash rate is no decimal';
  const total = format === 'f2pool' ? source['changed_balance'] : source['total_profit'];
  if (total !== undefined && !isSameAmount(textOf(total), BigInt(row.total))) return `${textOf(total)} coins are not ${row.total} base units`;
  return undefined;
}

function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  return typeof value === 'object' && value !== null ? String((value as { number?: unknown }).number) : String(value);
}

/** Whether decimal text and base units are one amount, by cross-multiplication of whole numbers. */
function isSameAmount(text: string, units: bigint): boolean {
  const [mantissa = '', exponent = '0'] = text.toLowerCase().split('e');
  const [whole = '', fraction = ''] = mantissa.split('.');
  if (!/^-?[0-9]+$/.test(whole) || !/^[0-9]*$/.test(fraction) || !/^[+-]?[0-9]{1,4}$/.test(exponent)) return false;
  const power = Number.parseInt(exponent, 10) - fraction.length + CONTEXT.decimals;
  const digits = BigInt(whole + fraction);
  return power >= 0 ? digits * 10n ** BigInt(power) === units : digits === units * 10n ** BigInt(-power);
}
