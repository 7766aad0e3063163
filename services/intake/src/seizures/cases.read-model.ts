import type { ActApplied, ActHeld, ActOvertaken, AssetStatusChanged, CaseChangesOutstanding, CoinsInherited, FactReceived, FactRefused, IssuerFreeze, RestrictionClock } from '@qazyna/contracts';
import type { RecordedEvent } from '@qazyna/event-store';
import type { ReadModelDefinition, ReadModelWriter } from '@qazyna/service-kit';

/** Lists of cases, their assets and their acts: disposable, rebuilt from the streams when this version changes. */
export const casesReadModel: ReadModelDefinition = {
  name: 'intake-cases',
  version: 5,
  streamPrefixes: ['case-', 'seizure-fact-'],
  schema: `
    CREATE TABLE cases (
      case_id TEXT PRIMARY KEY, agency TEXT, case_number TEXT, legal_status TEXT,
      opened_at TEXT, changed_at TEXT NOT NULL, held INTEGER NOT NULL DEFAULT 0, restriction_lapses_at TEXT, outstanding INTEGER NOT NULL DEFAULT 0
    ) STRICT;
    CREATE INDEX cases_by_status ON cases (legal_status, case_id);
    CREATE INDEX cases_by_agency ON cases (agency, case_id);
    CREATE INDEX cases_by_lapse ON cases (restriction_lapses_at) WHERE restriction_lapses_at IS NOT NULL;
    CREATE INDEX cases_with_changes_outstanding ON cases (case_id) WHERE outstanding > 0;
    CREATE TABLE acts (
      case_id TEXT NOT NULL, fact_id TEXT NOT NULL, state TEXT NOT NULL, act TEXT NOT NULL, effective_at TEXT,
      recorded_at TEXT NOT NULL, detail TEXT NOT NULL, position TEXT NOT NULL, PRIMARY KEY (case_id, fact_id)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE assets (
      case_id TEXT NOT NULL, asset_id TEXT NOT NULL, asset TEXT NOT NULL, amount TEXT NOT NULL, place TEXT NOT NULL, legal_status TEXT NOT NULL, lapses_at TEXT,
      standing TEXT NOT NULL, inherited TEXT, PRIMARY KEY (case_id, asset_id)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX assets_by_asset ON assets (asset, case_id);
    CREATE INDEX assets_by_status ON assets (case_id, legal_status);
    CREATE INDEX assets_by_lapse ON assets (case_id, lapses_at) WHERE lapses_at IS NOT NULL;
    CREATE TABLE freezes (case_id TEXT NOT NULL, freeze_id TEXT NOT NULL, asset_id TEXT NOT NULL, freeze TEXT NOT NULL, lifted_at TEXT, PRIMARY KEY (case_id, freeze_id)) STRICT, WITHOUT ROWID;
    CREATE TABLE clocks (case_id TEXT NOT NULL, fact_id TEXT NOT NULL, event TEXT NOT NULL, hours_before INTEGER, lapses_at TEXT NOT NULL, recorded_at TEXT NOT NULL, position TEXT PRIMARY KEY) STRICT;
    CREATE INDEX clocks_by_case ON clocks (case_id, position);
    CREATE INDEX clocks_by_lapse ON clocks (event, lapses_at);
  `,
  apply(db, event) {
    if (event.stream.startsWith('case-')) db.run('UPDATE cases SET outstanding = outstanding - 1 WHERE case_id = ? AND outstanding > 0', event.data['caseId'] as string);
    switch (event.type) {
      case 'intake.case-changes-outstanding': {
        const { caseId, acts, changes } = event.data as unknown as CaseChangesOutstanding;
        db.run('INSERT INTO cases (case_id, changed_at, outstanding) VALUES (?, ?, ?) ON CONFLICT (case_id) DO UPDATE SET outstanding = excluded.outstanding', caseId, event.recordedAt.toISOString(), acts + changes);
        return;
      }
      case 'intake.act-applied':
        return applied(db, event, event.data as unknown as ActApplied);
      case 'intake.act-held':
        return held(db, event, event.data as unknown as ActHeld);
      case 'intake.act-overtaken':
        return overtaken(db, event, event.data as unknown as ActOvertaken);
      case 'intake.fact-received': {
        const { caseId, factId, fact } = event.data as unknown as FactReceived;
        return record(db, event, caseId, factId, 'received', fact.act, fact.effectiveAt, { document: fact.document });
      }
      case 'intake.fact-refused':
        return refused(db, event, event.data as unknown as FactRefused);
      case 'intake.asset-status-changed':
        return assetChanged(db, event.data as unknown as AssetStatusChanged);
      case 'intake.coins-inherited': {
        const { caseId, assetId, parentAssetId, kind, findingId } = event.data as unknown as CoinsInherited;
        db.run('INSERT INTO assets (case_id, asset_id, asset, amount, place, legal_status, standing, inherited) SELECT case_id, ?, asset, amount, place, legal_status, standing, ? FROM assets WHERE case_id = ? AND asset_id = ?', assetId, JSON.stringify({ parentAssetId, kind, findingId }), caseId, parentAssetId);
        return;
      }
      case 'intake.token-frozen-by-issuer':
      case 'intake.token-freeze-lifted': {
        const freeze = event.data as unknown as IssuerFreeze;
        const lifted = event.type === 'intake.token-freeze-lifted' ? freeze.effectiveAt : null;
        db.run('INSERT INTO freezes VALUES (?, ?, ?, ?, ?) ON CONFLICT (case_id, freeze_id) DO UPDATE SET lifted_at = excluded.lifted_at', freeze.caseId, freeze.freezeId, freeze.assetId, JSON.stringify(freeze), lifted);
        return;
      }
      case 'intake.restriction-warned':
      case 'intake.restriction-lapsed':
      case 'intake.restriction-lapse-undone': {
        const clock = event.data as unknown as RestrictionClock & { readonly hoursBefore?: number };
        const what = event.type.slice('intake.restriction-'.length);
        db.run('INSERT INTO clocks VALUES (?, ?, ?, ?, ?, ?, ?)', clock.caseId, clock.factId, what, clock.hoursBefore ?? null, clock.lapsesAt, event.recordedAt.toISOString(), event.position);
      }
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
  record(db, event, act.caseId, act.factId, 'applied', act.act, act.effectiveAt, act);
  refreshCase(db, act.caseId);
}

function held(db: ReadModelWriter, event: RecordedEvent, { caseId, factId, act, waitsFor, fact }: ActHeld): void {
  db.run(
    `INSERT INTO cases (case_id, agency, case_number, changed_at) VALUES (?, ?, ?, ?) ON CONFLICT (case_id) DO UPDATE SET changed_at = excluded.changed_at`,
    caseId, fact.agency, fact.caseNumber, event.recordedAt.toISOString(),
  );
  record(db, event, caseId, factId, 'held', act, fact.effectiveAt, { waitsFor, fact });
}

function overtaken(db: ReadModelWriter, event: RecordedEvent, { caseId, factId, act, code, message }: ActOvertaken): void {
  record(db, event, caseId, factId, 'overtaken', act, null, { code, message });
}

function refused(db: ReadModelWriter, event: RecordedEvent, { caseId, factId, code, message, field }: FactRefused): void {
  const known = db.get('SELECT act, detail FROM acts WHERE case_id = ? AND fact_id = ?', caseId, factId);
  const { document } = JSON.parse((known?.['detail'] as string | undefined) ?? '{}') as { readonly document?: unknown };
  record(db, event, caseId, factId, 'refused', (known?.['act'] as string | undefined) ?? '', null, { code, message, ...(field === undefined ? {} : { field }), ...(document === undefined ? {} : { document }) });
}

function record(db: ReadModelWriter, event: RecordedEvent, caseId: string, factId: string, state: string, act: string, effectiveAt: string | null, detail: object): void {
  db.run(
    `INSERT INTO acts (case_id, fact_id, state, act, effective_at, recorded_at, detail, position) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (case_id, fact_id) DO UPDATE SET state = excluded.state, effective_at = coalesce(excluded.effective_at, acts.effective_at), recorded_at = excluded.recorded_at,
       detail = excluded.detail, position = excluded.position`,
    caseId, factId, state, act, effectiveAt, event.recordedAt.toISOString(), JSON.stringify(detail), event.position,
  );
  db.run(`UPDATE cases SET held = (SELECT count(*) FROM acts WHERE acts.case_id = cases.case_id AND state = 'held') WHERE case_id = ?`, caseId);
}

/** The case has the status of its assets, and the nearest lapse of theirs. */
function assetChanged(db: ReadModelWriter, standing: AssetStatusChanged): void {
  const { caseId, assetId, asset, amount, location, legalStatus, lapsesAt } = standing;
  db.run(
    `INSERT INTO assets (case_id, asset_id, asset, amount, place, legal_status, lapses_at, standing) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (case_id, asset_id) DO UPDATE SET asset = excluded.asset, amount = excluded.amount, place = excluded.place, legal_status = excluded.legal_status,
       lapses_at = excluded.lapses_at, standing = excluded.standing`,
    caseId, assetId, asset, amount, location.kind, legalStatus, lapsesAt ?? null, JSON.stringify(standing),
  );
  refreshCase(db, caseId);
}

/** A case of the first version has acts alone, and keeps what they say. */
function refreshCase(db: ReadModelWriter, caseId: string): void {
  db.run(
    `UPDATE cases SET restriction_lapses_at = (SELECT lapses_at FROM assets WHERE assets.case_id = ?1 AND lapses_at IS NOT NULL ORDER BY lapses_at LIMIT 1),
       legal_status = (SELECT CASE WHEN first.legal_status = last.legal_status THEN last.legal_status ELSE 'mixed' END
         FROM (SELECT legal_status FROM assets WHERE case_id = ?1 ORDER BY legal_status LIMIT 1) AS first, (SELECT legal_status FROM assets WHERE case_id = ?1 ORDER BY legal_status DESC LIMIT 1) AS last)
     WHERE case_id = ?1 AND EXISTS (SELECT 1 FROM assets WHERE assets.case_id = ?1)`,
    caseId,
  );
}
