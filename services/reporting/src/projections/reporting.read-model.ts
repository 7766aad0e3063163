import { STREAM_PREFIXES } from '@qazyna/contracts';
import type { ReadModelDefinition } from '@qazyna/service-kit';
import { applyCaseAssetEvent, CASE_ASSETS_SCHEMA } from './case-assets.view.js';
import { applyCustodyEvent, CUSTODY_SCHEMA } from './custody.view.js';
import { HISTORY_SCHEMA, setMoment } from './history.view.js';
import { applyIntakeEvent, INTAKE_SCHEMA } from './intake.view.js';
import { applyJournalEvent, JOURNAL_SCHEMA } from './journal.view.js';
import { applyMiningEvent, MINING_SCHEMA } from './mining.view.js';

/** Everything the public figures are computed from. It only reads events: no balance is ever written back. */
export const reportingReadModel: ReadModelDefinition = {
  name: 'reporting',
  version: 5,
  streamPrefixes: [...STREAM_PREFIXES.intake, ...STREAM_PREFIXES.mining, ...STREAM_PREFIXES.custody],
  schema: `${INTAKE_SCHEMA}${CASE_ASSETS_SCHEMA}${MINING_SCHEMA}${CUSTODY_SCHEMA}${JOURNAL_SCHEMA}${HISTORY_SCHEMA}`,
  apply(db, event) {
    setMoment(db, event);
    if (event.type === 'custody.journal-entry-posted') applyJournalEvent(db, event);
    else if (event.type.startsWith('custody.')) applyCustodyEvent(db, event);
    else if (event.type.startsWith('mining.')) applyMiningEvent(db, event);
    else if (event.type.startsWith('intake.')) {
      applyIntakeEvent(db, event);
      applyCaseAssetEvent(db, event);
    }
  },
};
