import type { ActApplied, ActHeld, FactRefused } from '@qazyna/contracts';
import type { RecordedEvent } from '@qazyna/event-store';
import type { ReadModelDefinition, ReadModelWriter } from '@qazyna/service-kit';

/** Lists of cases and their acts: disposable, rebuilt from the streams when this version changes. */
export const casesReadModel: ReadModelDefinition = {
  name: 'intake-cases',
  version: 1,
  streamPrefixes: ['case-', 'seizure-fact-'],
  schema: `
    CREATE TABLE cases (
      case_id TEXT PRIMARY KEY, agency TEXT, case_number TEXT, legal_status TEXT,
      opened_at TEXT, changed_at TEXT NOT NULL, held INTEGER NOT NULL DEFAULT 0, restriction_lapses_at TEXT
    ) STRICT;
    CREATE INDEX cases_by_status ON cases (legal_status, case_id);
    CREATE INDEX cases_by_agency ON cases (agency, case_id);
    CREATE TABLE acts (
      case_id TEXT NOT NULL, fact_id TEXT NOT NULL, state TEXT NOT NULL, act TEXT NOT NULL, effective_at TEXT,
      recorded_at TEXT NOT NULL, detail TEXT NOT NULL, position TEXT NOT NULL, PRIMARY KEY (case_id, fact_id)
    ) STRICT, WITHOUT ROWID;
  `,
  apply(db, event) {
    switch (event.type) {
      case 'intake.act-applied':
        return applied(db, event, event.data as unknown as ActApplied);
      case 'intake.act-held':
        return held(db, event, event.data as unknown as ActHeld);
      case 'intake.fact-refused':
        return refused(db, event, event.data as unknown as FactRefused);
    }
  },
};

function applied(db: ReadModelWriter, event: RecordedEvent, act: ActApplied): void {
  const recordedAt = event.recordedAt.toISOString();
  db.run(
    `INSERT INTO cases (case_id, agency, case_number, legal_status, opened_at, changed_at, restriction_lapses_at) VALUES (?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (case_id) DO UPDATE SET agency = excluded.agency, case_number = excluded.case_number, legal_status = excluded.legal_status,
       opened_at = coalesce(cases.opened_at, excluded.opened_at), changed_at = excluded.changed_at, restriction_lapses_at = excluded.restriction_lapses_at`,
    act.caseId, act.agency, act.caseNumber, act.legalStatus, recordedAt, recordedAt, act.act === 'restriction' ? (act.lapsesAt ?? null) : null,
  );
  db.run(
    `INSERT INTO acts (case_id, fact_id, state, act, effective_at, recorded_at, detail, position) VALUES (?, ?, 'applied', ?, ?, ?, ?, ?)
     ON CONFLICT (case_id, fact_id) DO UPDATE SET state = 'applied', recorded_at = excluded.recorded_at, detail = excluded.detail, position = excluded.position`,
    act.caseId, act.factId, act.act, act.effectiveAt, recordedAt, JSON.stringify(act), event.position,
  );
  db.run(`UPDATE cases SET held = (SELECT count(*) FROM acts WHERE acts.case_id = cases.case_id AND state = 'held') WHERE case_id = ?`, act.caseId);
}

function held(db: ReadModelWriter, event: RecordedEvent, act: ActHeld): void {
  const recordedAt = event.recordedAt.toISOString();
  db.run(
    `INSERT INTO cases (case_id, agency, case_number, changed_at, held) VALUES (?, ?, ?, ?, 1)
     ON CONFLICT (case_id) DO UPDATE SET held = held + 1, changed_at = excluded.changed_at`,
    act.caseId, act.fact.agency, act.fact.caseNumber, recordedAt,
  );
  db.run(
    `INSERT INTO acts (case_id, fact_id, state, act, effective_at, recorded_at, detail, position) VALUES (?, ?, 'held', ?, ?, ?, ?, ?)`,
    act.caseId, act.factId, act.act, act.fact.effectiveAt, recordedAt, JSON.stringify({ waitsFor: act.waitsFor, fact: act.fact }), event.position,
  );
}

function refused(db: ReadModelWriter, event: RecordedEvent, refusal: FactRefused): void {
  const recordedAt = event.recordedAt.toISOString();
  const { caseId, factId, code, message, field } = refusal;
  db.run(
    `INSERT INTO acts (case_id, fact_id, state, act, effective_at, recorded_at, detail, position) VALUES (?, ?, 'refused', '', NULL, ?, ?, ?)`,
    caseId, factId, recordedAt, JSON.stringify({ code, message, ...(field === undefined ? {} : { field }) }), event.position,
  );
}
