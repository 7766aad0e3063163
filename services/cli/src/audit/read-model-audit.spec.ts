import { DatabaseSync } from 'node:sqlite';
import type { Position, RecordedEvent } from '@qazyna/event-store';
import type { ReadModelDefinition } from '@qazyna/service-kit';
import { Findings } from './findings.js';
import { auditReadModel, type ReadModelFigures } from './read-model-audit.js';

const DEFINITION: ReadModelDefinition = {
  name: 'notes',
  version: 2,
  streamPrefixes: ['note-'],
  schema: 'CREATE TABLE notes (id TEXT PRIMARY KEY, text TEXT NOT NULL, changes INTEGER NOT NULL) STRICT; CREATE TABLE heap (text TEXT) STRICT;',
  apply(db, { stream, data }) {
    db.run('INSERT INTO notes VALUES (?, ?, 1) ON CONFLICT (id) DO UPDATE SET text = excluded.text, changes = changes + 1', stream, data['text'] as string);
    db.run('INSERT INTO heap VALUES (?)', data['text'] as string);
  },
};

const positionOf = (n: number): Position => String(n).padStart(16, '0') as Position;
const EVENTS: readonly RecordedEvent[] = ['a', 'b', 'a', 'c'].map((name, index) => ({
  id: String(index), type: 'noted', stream: `note-${name}`, revision: 0n, position: positionOf(index), recordedAt: new Date(0), data: { text: `text ${index}` }, metadata: { schemaVersion: 1, actor: { subject: 's', organisation: 'o' }, correlationId: 'c' },
}));

async function* pages(events: readonly RecordedEvent[]): AsyncGenerator<readonly RecordedEvent[]> {
  await Promise.resolve();
  for (const event of events) yield [event];
}

/** The view as its service has it after `applied` events. */
function view(applied = EVENTS.length, version = DEFINITION.version): DatabaseSync {
  const db = new DatabaseSync(':memory:');
  db.exec(`${DEFINITION.schema} CREATE TABLE read_model (version INTEGER, position TEXT, mark_position TEXT)`);
  const at = applied === 0 ? null : positionOf(applied - 1);
  db.prepare('INSERT INTO read_model VALUES (?, ?, ?)').run(version, at, at);
  for (const event of EVENTS.slice(0, applied)) {
    DEFINITION.apply({ run: (sql, ...values) => void db.prepare(sql).run(...values), get: () => undefined, all: () => [] }, event);
  }
  return db;
}

async function audit(db: DatabaseSync, events = EVENTS): Promise<{ figures: ReadModelFigures; codes: string[]; messages: string[] }> {
  const findings = new Findings();
  const figures = await auditReadModel(DEFINITION, db, new DatabaseSync(':memory:'), pages(events), findings);
  return { figures, codes: findings.summary().map(({ severity, code, count }) => `${severity} ${code} ${count}`), messages: findings.listed().map(({ message }) => message) };
}

describe('a view', () => {
  it('is what a rebuild up to its own place gives', async () => {
    expect(await audit(view())).toMatchObject({ codes: [], figures: { view: 'notes', position: positionOf(3), events: 4, waiting: 0, rows: 7, differing: 0 } });
    expect(await audit(view(2))).toMatchObject({ codes: [], figures: { events: 2, waiting: 2, rows: 4 } });
    expect(await audit(view(0))).toMatchObject({ codes: [], figures: { events: 0, waiting: 4, rows: 0 } });
  });

  it.each([
    [`UPDATE notes SET text = 'edited' WHERE id = 'note-b'`, 'notes[note-b] differs from the streams in text'],
    [`DELETE FROM notes WHERE id = 'note-c'`, 'notes[note-c] is not in the view'],
    [`INSERT INTO notes VALUES ('note-x', '', 1)`, 'notes[note-x] is in the view, and the streams do not tell of it'],
    [`INSERT INTO heap VALUES ('text 9')`, 'heap[text 9] is in the view, and the streams do not tell of it'],
    ['DROP TABLE heap', 'table heap is not there, or has other columns than it must have'],
  ])('edited by %s is found', async (edit, message) => {
    const db = view();
    db.exec(edit);
    expect(await audit(db)).toMatchObject({ codes: ['wrong row-differs 1'], messages: [message], figures: { differing: 1 } });
  });

  it('of another version is not compared, and one of another log is found', async () => {
    expect((await audit(view(4, 1))).codes).toEqual(['notice view-outdated 1']);
    expect((await audit(new DatabaseSync(':memory:'))).codes).toEqual(['notice view-outdated 1']);
    expect((await audit(view(), EVENTS.slice(0, 3))).codes).toContain('wrong view-ahead 1');
  });
});
