import type { ScreeningNoted } from '@qazyna/contracts';
import type { RecordedEvent } from '@qazyna/event-store';
import type { ReadModelWriter } from '@qazyna/service-kit';
import { refreshDue } from '../deposits/deposits.view.js';

/** The word of the screening over a deposit; one that was never to be screened is not held by it. */
export function applyScreeningEvent(db: ReadModelWriter, event: RecordedEvent): void {
  if (event.type !== 'custody.screening-noted') return;
  const { depositId, held, code } = event.data as unknown as ScreeningNoted;
  db.run(
    'UPDATE deposits SET held = ?, hold_code = ?, screening_revision = ?, screening_at = ? WHERE deposit_id = ? AND screened = 1',
    held ? 1 : 0, held ? code : null, event.revision, event.recordedAt.toISOString(), depositId,
  );
  refreshDue(db, depositId);
}
