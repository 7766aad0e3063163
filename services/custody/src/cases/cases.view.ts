import type { CaseStatePropertyNoted } from '@qazyna/contracts';
import type { RecordedEvent } from '@qazyna/event-store';
import type { ReadModelWriter } from '@qazyna/service-kit';
import { refreshDueOfCase } from '../deposits/deposits.view.js';

export const CASES_SCHEMA = `
  CREATE TABLE state_property (case_id TEXT PRIMARY KEY, reference TEXT NOT NULL, effective_at TEXT NOT NULL, revision INTEGER NOT NULL) STRICT, WITHOUT ROWID;
`;

export function applyCaseEvent(db: ReadModelWriter, event: RecordedEvent): void {
  if (event.type !== 'custody.case-state-property-noted') return;
  const { caseId, decision, effectiveAt } = event.data as unknown as CaseStatePropertyNoted;
  db.run('INSERT OR IGNORE INTO state_property VALUES (?, ?, ?, ?)', caseId, decision.reference, effectiveAt, event.revision);
  refreshDueOfCase(db, caseId);
}
