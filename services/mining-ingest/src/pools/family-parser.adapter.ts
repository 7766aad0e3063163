import { readCsv, readJson, readJsonLines } from './source-document.adapter.js';
import { isSourceObject, NumberText, RowFault, RowReader, type SourceObject, type SourceValue } from './row-reader.adapter.js';
import { STATEMENT_ROWS_MAX, UnreadableStatement, type ParsedStatement, type PoolStatementParser, type StatementContext, type StatementDoubt, type StatementMedia, type StatementPage, type StatementRow } from './statement.js';

/** One kind of row of a family, such as its payouts. */
export interface RowKind {
  /** Columns that a CSV file of such rows must have; optional ones are named by `optional`. */
  readonly columns: readonly string[];
  readonly optional?: readonly string[];
  /** @throws {RowFault} the row cannot be understood */
  readonly read: (row: RowReader, index: number, context: StatementContext) => StatementRow;
}

/** A list of rows found in a JSON document. */
export interface RowList {
  /** Where the list stands, such as `data`. */
  readonly path: string;
  readonly rows: readonly SourceValue[];
  /** The kind of each row; a function where rows of several kinds are in one list. */
  readonly kindOf: (row: RowReader) => RowKind;
}

export interface OpenedDocument {
  readonly lists: readonly RowList[];
  readonly doubts?: readonly StatementDoubt[];
  readonly page?: StatementPage;
}

export interface Family {
  readonly format: string;
  /** Finds the rows in a JSON document and checks its envelope. @throws {UnreadableStatement} it is none of the pool's */
  readonly open: (document: SourceValue) => OpenedDocument;
  readonly kinds: readonly RowKind[];
  /** The kind of the rows of a JSON-lines file; without it the family has no such files. */
  readonly lineKind?: RowKind;
}

/** A parser from what one family says of itself. Rows in are rows out, each with a reason where it cannot be read. */
export function parserOf(family: Family): PoolStatementParser {
  return {
    format: family.format,
    parse: (raw, context, media) => PARSE[media](family, raw, context),
  };
}

const PARSE: Readonly<Record<StatementMedia, (family: Family, raw: Uint8Array, context: StatementContext) => ParsedStatement>> = {
  json: parseJson,
  csv: parseCsvFile,
  'json-lines': parseJsonLines,
};

function parseJson(family: Family, raw: Uint8Array, context: StatementContext): ParsedStatement {
  const { lists, doubts = [], page = {} } = family.open(readJson(raw));
  const total = lists.reduce((sum, { rows }) => sum + rows.length, 0);
  if (total > STATEMENT_ROWS_MAX) throw new UnreadableStatement('statement-too-long', `a statement has at most ${STATEMENT_ROWS_MAX} rows; this one has ${total}`);
  const rows: StatementRow[] = [];
  for (const list of lists) {
    for (const [index, value] of list.rows.entries()) rows.push(readRow(value, list.path === '' ? String(index) : `${list.path}.${index}`, rows.length, list.kindOf, context));
  }
  return { rows, doubts, page };
}

function parseCsvFile(family: Family, raw: Uint8Array, context: StatementContext): ParsedStatement {
  const { columns, rows } = readCsv(raw);
  const kind = family.kinds.find((each) => each.columns.every((column) => columns.includes(column)));
  const known = new Set([...(kind?.columns ?? []), ...(kind?.optional ?? [])]);
  const unknown = columns.find((column) => !known.has(column));
  if (kind === undefined || unknown !== undefined) {
    const wanted = family.kinds.map((each) => `${each.columns.join(',')}${each.optional === undefined ? '' : ` (and ${each.optional.join(',')})`}`).join(' or ');
    throw new UnreadableStatement('statement-shape', `the columns of a ${family.format} file are ${wanted}${kind === undefined ? '' : `; ${unknown ?? ''} is none of them`}`, 'columns');
  }
  return {
    rows: rows.map(({ cells, fault }, index) =>
      cells === undefined ? unreadable(index, 'row-columns', `rows.${index}`, fault ?? 'the row has no cells') : readRow(cells, `rows.${index}`, index, () => kind, context)),
    doubts: [],
    page: {},
    lines: rows.map(({ line }) => line),
  };
}

function parseJsonLines(family: Family, raw: Uint8Array, context: StatementContext): ParsedStatement {
  const { lineKind } = family;
  if (lineKind === undefined) throw new UnreadableStatement('statement-media-type', `${family.format} has no JSON lines: hand in JSON or CSV`);
  const lines = readJsonLines(raw);
  return {
    rows: lines.map((line, index) =>
      'fault' in line ? unreadable(index, 'row-not-json', `rows.${index}`, `the line is not JSON: ${line.fault}`) : readRow(line.value, `rows.${index}`, index, () => lineKind, context)),
    doubts: [],
    page: {},
    lines: lines.map(({ line }) => line),
  };
}

function readRow(value: SourceValue, path: string, index: number, kindOf: (row: RowReader) => RowKind, context: StatementContext): StatementRow {
  if (!isSourceObject(value)) return unreadable(index, 'row-shape', path, 'a row must be a JSON object');
  const reader = new RowReader(value, path);
  try {
    return kindOf(reader).read(reader, index, context);
  } catch (error) {
    if (!(error instanceof RowFault)) throw error;
    return unreadable(index, error.code, error.field, error.message);
  }
}

function unreadable(row: number, code: string, field: string, message: string): StatementRow {
  return { kind: 'unreadable', row, code, field: field.slice(0, 200), message: message.slice(0, 1000) };
}

/** The document as an object. @throws {UnreadableStatement} */
export function objectOf(value: SourceValue | undefined, field: string): SourceObject {
  if (!isSourceObject(value)) throw new UnreadableStatement('statement-shape', `${field === '' ? 'the statement' : field} must be a JSON object`, field);
  return value;
}

/** A list of rows. @throws {UnreadableStatement} */
export function listOf(value: SourceValue | undefined, field: string): readonly SourceValue[] {
  if (!Array.isArray(value)) throw new UnreadableStatement('statement-shape', `${field} must be a list of rows`, field);
  return value as readonly SourceValue[];
}

/** A count in an envelope; undefined when absent or not a whole number. */
export function countOf(value: SourceValue | undefined): number | undefined {
  return value instanceof NumberText && /^(?:0|[1-9][0-9]{0,8})$/.test(value.source) ? Number(value.source) : typeof value === 'string' && /^(?:0|[1-9][0-9]{0,8})$/.test(value) ? Number(value) : undefined;
}

/** A doubt where the envelope states another number of rows than there are. */
export function countDoubt(field: string, stated: number | undefined, present: number): readonly StatementDoubt[] {
  if (stated === undefined || stated === present) return [];
  return [{ code: 'statement-count', field, message: `${field} says ${stated} rows, ${present} are here` }];
}
