import type { RecordedEvent } from '@qazyna/event-store';
import type { ReadModelWriter } from '@qazyna/service-kit';
import { refreshDueOfCase } from '../deposits/deposits.view.js';
import type { CustodyCaseEvent } from './custody-case.js';
import { effectWordOf } from './effect-word.js';

/** Every word on every effect: a word that another overrules stays, so that a compensation can name what ended it. */
export const CASES_SCHEMA = `
  CREATE TABLE effect_words (
    cause TEXT PRIMARY KEY, case_id TEXT NOT NULL, asset_id TEXT NOT NULL, effect TEXT NOT NULL, fact_id TEXT NOT NULL, stands INTEGER NOT NULL, asset TEXT,
    numerator TEXT NOT NULL, denominator TEXT NOT NULL, manner TEXT NOT NULL, reference TEXT NOT NULL, effective_at TEXT NOT NULL, case_revision INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX effect_words_of_case ON effect_words (case_id, asset_id);
`;

export function applyCaseEvent(db: ReadModelWriter, event: RecordedEvent): void {
  if (!TYPES.has(event.type)) return;
  const word = effectWordOf({ type: event.type, data: event.data } as unknown as CustodyCaseEvent, `${event.stream}@${event.revision}`);
  const { cause, caseId, assetId, effect, factId, stands, asset, numerator, denominator, manner, reference, effectiveAt, caseRevision } = word;
  db.run(
    'INSERT INTO effect_words VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
    cause, caseId, assetId ?? '', effect, factId, stands ? 1 : 0, asset ?? null, numerator.toString(), denominator.toString(), manner, reference, effectiveAt, caseRevision,
  );
  refreshDueOfCase(db, caseId, assetId, event.recordedAt.toISOString());
}

const TYPES: ReadonlySet<string> = new Set<CustodyCaseEvent['type']>(['custody.case-state-property-noted', 'custody.case-effect-noted', 'custody.case-effect-undone']);
