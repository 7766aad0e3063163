import { parse as parseCsv } from 'csv-parse/sync';
import { parseStrictJson } from '@qazyna/service-kit';
import { CellText, NumberText, type SourceObject, type SourceValue } from './row-reader.adapter.js';
import { STATEMENT_ROWS_MAX, UnreadableStatement } from './statement.js';

/** Bytes of a statement as values whose numbers keep their source text. */

/** @throws {UnreadableStatement} no JSON, a name twice in one object, too deep, not UTF-8 */
export function readJson(raw: Uint8Array): SourceValue {
  const strict = parseStrictJson(raw);
  if (!strict.ok) throw new UnreadableStatement('statement-not-json', `the statement is not JSON in UTF-8: ${strict.message}`);
  return withSources(textOf(raw));
}

/** A line of a JSON-lines file: a value, or why it is none. */
export type SourceLine = { readonly line: number; readonly value: SourceValue } | { readonly line: number; readonly fault: string };

const BYTE_ORDER_MARK = '\uFEFF';

/** One row for each line that is not blank. @throws {UnreadableStatement} not UTF-8 */
export function readJsonLines(raw: Uint8Array): readonly SourceLine[] {
  const lines: SourceLine[] = [];
  for (const [index, line] of textOf(raw).split('\n').entries()) {
    if (line.trim() === '') continue;
    // Files that were put one behind the other: each may begin with a mark of its own.
    const text = line.startsWith(BYTE_ORDER_MARK) ? line.slice(1) : line;
    const strict = parseStrictJson(new TextEncoder().encode(text));
    lines.push(strict.ok ? { line: index + 1, value: withSources(text) } : { line: index + 1, fault: strict.message });
  }
  return bounded(lines);
}

export interface CsvRow {
  /** Line of the file at which the row begins, from 1. */
  readonly line: number;
  /** Undefined when the row has another number of cells than the header. */
  readonly cells: SourceObject | undefined;
  readonly fault?: string;
}

export interface CsvFile {
  readonly columns: readonly string[];
  readonly rows: readonly CsvRow[];
}

const COLUMN = /^[A-Za-z][A-Za-z0-9_.]{0,63}$/;
const COLUMNS_MAX = 100;

/**
 * A CSV file with a header (RFC 4180): UTF-8 with or without a byte order mark; comma, semicolon or tab, whichever
 * the header uses; cells in double quotes where needed. Cells are taken as they are: nothing is trimmed or converted.
 * @throws {UnreadableStatement} no header, a column twice, quotes that do not close
 */
export function readCsv(raw: Uint8Array): CsvFile {
  const text = textOf(raw);
  const header = text.slice(0, text.search(/\r?\n|$/));
  const delimiter = [',', ';', '\t'].reduce((best, each) => (header.split(each).length > header.split(best).length ? each : best));
  let records: readonly { readonly record: readonly string[]; readonly info: { readonly lines: number } }[];
  try {
    records = parseCsv(text, { delimiter, info: true, relax_column_count: true, skip_empty_lines: true, record_delimiter: ['\r\n', '\n', '\r'], max_record_size: 100_000 }) as unknown as typeof records;
  } catch (error) {
    throw new UnreadableStatement('statement-not-csv', `the statement is not CSV: ${(error as Error).message}`);
  }
  const [first, ...rest] = bounded(records);
  const columns = first?.record ?? [];
  const wrong = columns.find((column, index) => !COLUMN.test(column) || columns.indexOf(column) !== index);
  if (first === undefined || wrong !== undefined || columns.length > COLUMNS_MAX) {
    throw new UnreadableStatement('statement-not-csv', first === undefined ? 'the file is empty: its first line must name the columns' : `the first line must name each column once, by letters, digits, "_" and "."; ${JSON.stringify((wrong ?? '').slice(0, 80))} is none`);
  }
  let from = first.info.lines + 1;
  return {
    columns,
    rows: rest.map(({ record, info }) => {
      const line = from;
      from = info.lines + 1;
      if (record.length !== columns.length) return { line, cells: undefined, fault: `the header names ${columns.length} columns, this row has ${record.length}` };
      return { line, cells: Object.fromEntries(columns.map((column, index) => [column, new CellText(record[index] ?? '')])) };
    }),
  };
}

function textOf(raw: Uint8Array): string {
  try {
    // A byte order mark is dropped by the decoder.
    return new TextDecoder('utf-8', { fatal: true }).decode(raw);
  } catch {
    throw new UnreadableStatement('statement-shape', 'the statement is not UTF-8 text');
  }
}

function bounded<T>(rows: readonly T[]): readonly T[] {
  if (rows.length > STATEMENT_ROWS_MAX) throw new UnreadableStatement('statement-too-long', `a statement has at most ${STATEMENT_ROWS_MAX} rows; this one has ${rows.length}`);
  return rows;
}

/** `context.source` of the reviver (ECMAScript 2026) is the text of a primitive as it stands in the document. */
type SourceReviver = (this: unknown, key: string, value: unknown, context: { readonly source?: string }) => unknown;

function withSources(text: string): SourceValue {
  const reviver: SourceReviver = (_key, value, { source }) => (typeof value === 'number' ? new NumberText(source ?? String(value)) : value);
  return JSON.parse(text, reviver as (key: string, value: unknown) => unknown) as SourceValue;
}
