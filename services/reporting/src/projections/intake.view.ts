import type { ActApplied, ActHeld, ActOvertaken, ConflictRaised } from '@qazyna/contracts';
import type { RecordedEvent } from '@qazyna/event-store';
import type { ReadModelWriter } from '@qazyna/service-kit';

export const INTAKE_SCHEMA = `
  CREATE TABLE cases (case_id TEXT PRIMARY KEY, agency TEXT NOT NULL, case_number TEXT NOT NULL, legal_status TEXT NOT NULL, effective_at TEXT NOT NULL) STRICT;
  CREATE TABLE acts (
    case_id TEXT NOT NULL, fact_id TEXT NOT NULL, act TEXT NOT NULL, state TEXT NOT NULL, detail TEXT NOT NULL,
    effective_at TEXT NOT NULL, document TEXT NOT NULL, PRIMARY KEY (case_id, fact_id)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE conflicts (
    conflict_id TEXT PRIMARY KEY, service TEXT NOT NULL, subject TEXT NOT NULL, known_hash TEXT NOT NULL, offered_hash TEXT NOT NULL,
    way TEXT NOT NULL, offered TEXT NOT NULL, raised_at TEXT NOT NULL, position TEXT NOT NULL UNIQUE
  ) STRICT;
`;

export function applyIntakeEvent(db: ReadModelWriter, event: RecordedEvent): void {
  switch (event.type) {
    case 'intake.act-applied':
      return actApplied(db, event.data as unknown as ActApplied);
    case 'intake.act-held': {
      const { caseId, factId, waitsFor, fact } = event.data as unknown as ActHeld;
      return recordAct(db, { ...fact, caseId, factId }, 'held', { waitsFor });
    }
    case 'intake.act-overtaken': {
      const { caseId, factId, code, message } = event.data as unknown as ActOvertaken;
      db.run(`UPDATE acts SET state = 'overtaken', detail = json_patch(detail, ?) WHERE case_id = ? AND fact_id = ?`, JSON.stringify({ waitsFor: null, code, message }), caseId, factId);
      return;
    }
    case 'intake.conflict-raised':
    case 'intake.acquisition-conflict-raised':
      conflictRaised(db, event, 'intake');
  }
}

function actApplied(db: ReadModelWriter, applied: ActApplied): void {
  const { caseId, agency, caseNumber, legalStatus, effectiveAt } = applied;
  db.run(
    `INSERT INTO cases VALUES (?, ?, ?, ?, ?) ON CONFLICT (case_id) DO UPDATE SET legal_status = excluded.legal_status, effective_at = excluded.effective_at`,
    caseId, agency, caseNumber, legalStatus, effectiveAt,
  );
  recordAct(db, applied, 'applied', {});
}

/** What stands of an act in public: its paper, when it takes effect, which assets it names, and what it corrects. */
function recordAct(db: ReadModelWriter, { caseId, factId, act, effectiveAt, document, assetIds, corrects, annuls }: Pick<ActApplied, 'caseId' | 'factId' | 'act' | 'effectiveAt' | 'document' | 'assetIds' | 'corrects' | 'annuls'>, state: 'applied' | 'held', why: object): void {
  const detail = { ...(assetIds === undefined ? {} : { assetIds }), ...(corrects === undefined ? {} : { corrects }), ...(annuls === undefined ? {} : { annuls }), ...why };
  db.run('INSERT OR REPLACE INTO acts VALUES (?, ?, ?, ?, ?, ?, ?)', caseId, factId, act, state, JSON.stringify(detail), effectiveAt, JSON.stringify(document));
}

/** A known id that came with other content, of whatever service. */
export function conflictRaised(db: ReadModelWriter, event: RecordedEvent, service: string): void {
  const { subject, knownHash, offeredHash, way, offered } = event.data as unknown as ConflictRaised;
  db.run('INSERT INTO conflicts VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)', event.id, service, subject, knownHash, offeredHash, way, offered, event.recordedAt.toISOString(), event.position);
}
