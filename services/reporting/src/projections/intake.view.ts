import type { ActApplied, ConflictRaised } from '@qazyna/contracts';
import type { RecordedEvent } from '@qazyna/event-store';
import type { ReadModelWriter } from '@qazyna/service-kit';

export const INTAKE_SCHEMA = `
  CREATE TABLE cases (case_id TEXT PRIMARY KEY, agency TEXT NOT NULL, case_number TEXT NOT NULL, legal_status TEXT NOT NULL, effective_at TEXT NOT NULL) STRICT;
  CREATE TABLE acts (
    case_id TEXT NOT NULL, ordinal INTEGER NOT NULL, fact_id TEXT NOT NULL, act TEXT NOT NULL, legal_status TEXT NOT NULL,
    effective_at TEXT NOT NULL, document TEXT NOT NULL, PRIMARY KEY (case_id, ordinal)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE claimed_assets (
    case_id TEXT NOT NULL, ordinal INTEGER NOT NULL, asset TEXT NOT NULL, amount TEXT NOT NULL, location TEXT NOT NULL, PRIMARY KEY (case_id, ordinal)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE conflicts (
    conflict_id TEXT PRIMARY KEY, service TEXT NOT NULL, subject TEXT NOT NULL, known_hash TEXT NOT NULL, offered_hash TEXT NOT NULL,
    way TEXT NOT NULL, offered TEXT NOT NULL, raised_at TEXT NOT NULL, position TEXT NOT NULL UNIQUE
  ) STRICT;
`;

export function applyIntakeEvent(db: ReadModelWriter, event: RecordedEvent): void {
  if (event.type === 'intake.act-applied') actApplied(db, event.data as unknown as ActApplied);
  else if (event.type === 'intake.conflict-raised' || event.type === 'intake.acquisition-conflict-raised') conflictRaised(db, event, 'intake');
}

function actApplied(db: ReadModelWriter, { caseId, agency, caseNumber, factId, act, legalStatus, effectiveAt, document, assets }: ActApplied): void {
  db.run(
    `INSERT INTO cases VALUES (?, ?, ?, ?, ?) ON CONFLICT (case_id) DO UPDATE SET legal_status = excluded.legal_status, effective_at = excluded.effective_at`,
    caseId, agency, caseNumber, legalStatus, effectiveAt,
  );
  db.run('INSERT INTO acts SELECT ?, count(*), ?, ?, ?, ?, ? FROM acts WHERE case_id = ?', caseId, factId, act, legalStatus, effectiveAt, JSON.stringify(document), caseId);
  if (act !== 'reported') return;
  for (const { asset, amount, location } of assets ?? []) {
    db.run('INSERT INTO claimed_assets SELECT ?, count(*), ?, ?, ? FROM claimed_assets WHERE case_id = ?', caseId, asset, amount, JSON.stringify(location), caseId);
  }
}

/** A known id that came with other content, of whatever service. */
export function conflictRaised(db: ReadModelWriter, event: RecordedEvent, service: string): void {
  const { subject, knownHash, offeredHash, way, offered } = event.data as unknown as ConflictRaised;
  db.run('INSERT INTO conflicts VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)', event.id, service, subject, knownHash, offeredHash, way, offered, event.recordedAt.toISOString(), event.position);
}
