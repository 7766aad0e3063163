import type { ScreenedAddress, ScreeningDecided, ScreeningDecisionGiven, ScreeningListUpdated, ScreeningRecorded, ScreeningRequested, ScreeningRescreened, ScreeningTypeUnknown } from '@qazyna/contracts';
import type { RecordedEvent } from '@qazyna/event-store';
import type { ReadModelDefinition, ReadModelWriter } from '@qazyna/service-kit';

/**
 * What is screened, what was found, what officers said, and the history of lists. `due`: asked for and not screened
 * since; `waiting`: a provider owes an answer.
 */
export const screeningReadModel: ReadModelDefinition = {
  name: 'intake-screening',
  version: 1,
  streamPrefixes: ['screening-subject-', 'screening-list-'],
  schema: `
    CREATE TABLE subjects (
      subject_id TEXT PRIMARY KEY, sequence TEXT NOT NULL UNIQUE, kind TEXT NOT NULL, standing TEXT NOT NULL, reasons TEXT NOT NULL DEFAULT '[]', results TEXT NOT NULL DEFAULT '[]',
      lists TEXT NOT NULL DEFAULT '[]', basis TEXT, unknown_sources INTEGER NOT NULL, requests INTEGER NOT NULL DEFAULT 0, due INTEGER NOT NULL, waiting INTEGER NOT NULL DEFAULT 0,
      given TEXT NOT NULL DEFAULT '[]', decided TEXT, requested_at TEXT NOT NULL, changed_at TEXT NOT NULL
    ) STRICT;
    CREATE INDEX subjects_by_standing ON subjects (standing, sequence);
    CREATE INDEX subjects_due ON subjects (due) WHERE due = 1;
    CREATE INDEX subjects_waiting ON subjects (waiting) WHERE waiting = 1;
    CREATE TABLE addresses (subject_id TEXT NOT NULL, chain TEXT NOT NULL, address TEXT NOT NULL, PRIMARY KEY (subject_id, chain, address)) STRICT, WITHOUT ROWID;
    CREATE INDEX subjects_of_address ON addresses (address, subject_id);
    CREATE TABLE list_events (sequence TEXT PRIMARY KEY, list TEXT NOT NULL, kind TEXT NOT NULL, at TEXT NOT NULL, actor TEXT NOT NULL, body TEXT NOT NULL) STRICT, WITHOUT ROWID;
    CREATE INDEX list_events_of_list ON list_events (list, kind, sequence);
  `,
  apply(db, event) {
    switch (event.type) {
      case 'intake.screening-requested':
        return requested(db, event, event.data as unknown as ScreeningRequested);
      case 'intake.screening-recorded':
        return recorded(db, event, event.data as unknown as ScreeningRecorded);
      case 'intake.screening-decision-given':
        return given(db, event, event.data as unknown as ScreeningDecisionGiven);
      case 'intake.screening-decided':
        return decided(db, event, event.data as unknown as ScreeningDecided);
      case 'intake.screening-list-updated':
      case 'intake.screening-type-unknown':
      case 'intake.screening-rescreened':
        return listEvent(db, event, event.data as unknown as ScreeningListUpdated | ScreeningTypeUnknown | ScreeningRescreened);
    }
  },
};

const STANDING_AFTER: Readonly<Record<ScreeningDecided['decision'], string>> = { release: 'released', keep: 'kept', return: 'to-return' };

function requested(db: ReadModelWriter, event: RecordedEvent, { subjectId, addresses, unknownSources }: ScreeningRequested): void {
  const at = event.recordedAt.toISOString();
  db.run(
    `INSERT INTO subjects (subject_id, sequence, kind, standing, unknown_sources, requests, due, requested_at, changed_at) VALUES (?, ?, ?, 'waiting', ?, 1, 1, ?, ?)
     ON CONFLICT (subject_id) DO UPDATE SET unknown_sources = max(subjects.unknown_sources, excluded.unknown_sources), requests = subjects.requests + 1, due = 1`,
    subjectId, event.position, subjectId.slice(0, subjectId.indexOf('.')), unknownSources, at, at,
  );
  for (const { chain, address } of addresses as readonly ScreenedAddress[]) db.run('INSERT OR IGNORE INTO addresses VALUES (?, ?, ?)', subjectId, chain, address);
}

function recorded(db: ReadModelWriter, event: RecordedEvent, { subjectId, verdict, reasons, results, lists, basis }: ScreeningRecorded): void {
  const waits = results.some(({ status }) => status !== 'complete') || reasons.includes('provider-unavailable');
  db.run(
    `UPDATE subjects SET standing = ?, reasons = ?, results = ?, lists = ?, basis = ?, due = 0, waiting = ?, given = '[]', decided = NULL, changed_at = ? WHERE subject_id = ?`,
    verdict, JSON.stringify(reasons), JSON.stringify(results), JSON.stringify(lists), basis, waits ? 1 : 0, event.recordedAt.toISOString(), subjectId,
  );
}

function given(db: ReadModelWriter, event: RecordedEvent, { subjectId, officer, decision, reason }: ScreeningDecisionGiven): void {
  const row = db.get('SELECT given FROM subjects WHERE subject_id = ?', subjectId);
  const words = [...(JSON.parse((row?.['given'] ?? '[]') as string) as unknown[]), { officer, organisation: event.metadata.actor.organisation, decision, reason, at: event.recordedAt.toISOString() }];
  db.run('UPDATE subjects SET given = ?, changed_at = ? WHERE subject_id = ?', JSON.stringify(words), event.recordedAt.toISOString(), subjectId);
}

function decided(db: ReadModelWriter, event: RecordedEvent, { subjectId, decision, officers }: ScreeningDecided): void {
  const at = event.recordedAt.toISOString();
  db.run('UPDATE subjects SET standing = ?, decided = ?, changed_at = ? WHERE subject_id = ?', STANDING_AFTER[decision], JSON.stringify({ decision, officers, at }), at, subjectId);
}

function listEvent(db: ReadModelWriter, event: RecordedEvent, data: ScreeningListUpdated | ScreeningTypeUnknown | ScreeningRescreened): void {
  const kind = event.type.slice('intake.screening-'.length);
  db.run('INSERT INTO list_events VALUES (?, ?, ?, ?, ?, ?)', event.position, data.list, kind, event.recordedAt.toISOString(), event.metadata.actor.subject, JSON.stringify(data));
}
