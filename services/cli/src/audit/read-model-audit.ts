import type { DatabaseSync } from 'node:sqlite';
import type { Position, RecordedEvent } from '@qazyna/event-store';
import { PreparedWriter, type ReadModelDefinition } from '@qazyna/service-kit';
import type { Findings } from './findings.js';
import { compareRows, type Row } from './rows.js';

export interface ReadModelFigures {
  readonly view: string;
  /** Place in the log that the view shows. */
  readonly position: Position | undefined;
  /** Events of its streams up to there, and after it. */
  readonly events: number;
  readonly waiting: number;
  readonly rows: number;
  /** Rows that are lacking, surplus or differ from a rebuild. */
  readonly differing: number;
}

/** The table of a view's own place and version. */
const META = 'read_model';
const SHOWN_LENGTH_MAX = 120;

/**
 * Builds the view anew from the streams, into `scratch`, up to the place that `actual` shows, and compares every row of
 * every table. Both are open SQLite databases, `scratch` an empty one.
 */
export async function auditReadModel(definition: ReadModelDefinition, actual: DatabaseSync, scratch: DatabaseSync, events: AsyncIterable<readonly RecordedEvent[]>, findings: Findings, onProgress: (events: number) => void = () => undefined): Promise<ReadModelFigures> {
  const { name: view, version } = definition;
  const where = `view ${view}`;
  const meta = metaOf(actual);
  const figures = { view, position: meta?.position, events: 0, waiting: 0, rows: 0, differing: 0 };
  if (meta?.version !== version) {
    findings.add('notice', 'view-outdated', where, meta === undefined ? 'the file holds no view: its service will build it anew' : `the file has version ${meta.version} and this program knows ${version}: its service will build it anew, and nothing is compared`);
    return figures;
  }
  const { position } = meta;
  scratch.exec(definition.schema);
  const writer = new PreparedWriter(scratch);
  let last: Position | undefined;
  for await (const page of events) {
    const due = position === undefined ? [] : page.filter((event) => event.position <= position);
    scratch.exec('BEGIN');
    for (const event of due) definition.apply(writer, event);
    scratch.exec('COMMIT');
    figures.events += due.length;
    figures.waiting += page.length - due.length;
    last = page.at(-1)?.position ?? last;
    onProgress(page.length);
  }
  if (meta.mark !== undefined && (last === undefined || last < meta.mark)) findings.add('wrong', 'view-ahead', where, `the view has applied an event at ${meta.mark}, and the log ends before it: it is not the log the view was built from`);
  for (const table of tablesOf(scratch)) compareTable(table, figures, actual, scratch, findings, where);
  return figures;
}

function compareTable(table: string, figures: { rows: number; differing: number }, actual: DatabaseSync, scratch: DatabaseSync, findings: Findings, where: string): void {
  const { names, key } = columnsOf(scratch, table);
  if (columnsOf(actual, table).names.join() !== names.join()) {
    figures.differing += 1;
    findings.add('wrong', 'row-differs', where, `table ${table} is not there, or has other columns than it must have`);
    return;
  }
  const query = `SELECT ${names.map((name) => `"${name}"`).join(', ')} FROM "${table}" ORDER BY ${names.slice(0, key).map((name) => `"${name}"`).join(', ')}`;
  const counted = function* (rows: Iterable<Row>): Generator<Row> {
    for (const row of rows) {
      figures.rows += 1;
      yield row;
    }
  };
  for (const difference of compareRows(key, rowsOf(scratch, query), counted(rowsOf(actual, query)))) {
    figures.differing += 1;
    const place = `${table}[${difference.key.map(shown).join(', ')}]`;
    const what = difference.kind === 'lacking' ? 'is not in the view' : difference.kind === 'surplus' ? 'is in the view, and the streams do not tell of it' : `differs from the streams in ${difference.columns.map((column) => names[column] ?? '').join(', ')}`;
    findings.add('wrong', 'row-differs', where, `${place} ${what}`);
  }
}

/** Key columns first; a table without a key is compared as a heap of whole rows. */
function columnsOf(db: DatabaseSync, table: string): { readonly names: readonly string[]; readonly key: number } {
  const columns = db.prepare(`SELECT name, pk FROM pragma_table_info(?) ORDER BY pk = 0, pk, cid`).all(table) as unknown as readonly { name: string; pk: number }[];
  const keyed = columns.filter(({ pk }) => pk > 0).length;
  return { names: columns.map(({ name }) => name), key: keyed === 0 ? columns.length : keyed };
}

function rowsOf(db: DatabaseSync, query: string): IterableIterator<Row> {
  const statement = db.prepare(query);
  statement.setReadBigInts(true);
  statement.setReturnArrays(true);
  // node:sqlite types rows as objects, whatever setReturnArrays says.
  return statement.iterate() as unknown as IterableIterator<Row>;
}

function tablesOf(db: DatabaseSync): string[] {
  return db
    .prepare(`SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name <> ? ORDER BY name`)
    .all(META)
    .map(({ name }) => name as string);
}

function metaOf(db: DatabaseSync): { readonly version: number; readonly position: Position | undefined; readonly mark: Position | undefined } | undefined {
  try {
    const row = db.prepare(`SELECT version, position, mark_position FROM ${META}`).get();
    if (row === undefined) return undefined;
    return { version: row['version'] as number, position: (row['position'] ?? undefined) as Position | undefined, mark: (row['mark_position'] ?? undefined) as Position | undefined };
  } catch (error) {
    if ((error as Error).message.startsWith('no such table')) return undefined;
    throw error;
  }
}

function shown(value: Row[number]): string {
  const text = value instanceof Uint8Array ? Buffer.from(value).toString('hex') : String(value);
  return text.length > SHOWN_LENGTH_MAX ? `${text.slice(0, SHOWN_LENGTH_MAX)}…` : text;
}
