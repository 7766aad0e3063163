import { STREAM_PREFIXES } from '@qazyna/contracts';
import type { ReadModelDefinition } from '@qazyna/service-kit';
import { ALARMS_SCHEMA, applyAlarmEvent } from './alarms/alarms.view.js';
import { applyCaseEvent, CASES_SCHEMA } from './cases/cases.view.js';
import { applyClaimEvent, CLAIMS_SCHEMA } from './claims/claims.view.js';
import { applyDepositEvent, DEPOSITS_SCHEMA } from './deposits/deposits.view.js';
import { applyScreeningEvent } from './screening/screening.view.js';
import { applyJournalEvent, JOURNAL_SCHEMA } from './journal/journal.view.js';

/**
 * Custody's view of its own streams: what is listed, and what still has to be done. Disposable: every column follows
 * from the streams, so a rebuild after a crash finds the same work again.
 */
export const custodyReadModel: ReadModelDefinition = {
  name: 'custody',
  version: 6,
  streamPrefixes: STREAM_PREFIXES.custody,
  schema: `${DEPOSITS_SCHEMA}${CLAIMS_SCHEMA}${CASES_SCHEMA}${JOURNAL_SCHEMA}${ALARMS_SCHEMA}`,
  apply(db, event) {
    if (event.type === 'custody.journal-entry-posted') return applyJournalEvent(db, event);
    applyDepositEvent(db, event);
    applyClaimEvent(db, event);
    applyCaseEvent(db, event);
    applyScreeningEvent(db, event);
    applyAlarmEvent(db, event);
  },
};
