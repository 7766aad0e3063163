import type { ClaimDisputed, UnapprovedSpendDetected } from '@qazyna/contracts';
import type { RecordedEvent } from '@qazyna/event-store';
import type { ReadModelWriter } from '@qazyna/service-kit';

export const ALARMS_SCHEMA = `
  CREATE TABLE alarms (sequence TEXT PRIMARY KEY, kind TEXT NOT NULL, subject TEXT NOT NULL, message TEXT NOT NULL, raised_at TEXT NOT NULL) STRICT, WITHOUT ROWID;
`;

export function applyAlarmEvent(db: ReadModelWriter, event: RecordedEvent): void {
  if (event.type === 'custody.unapproved-spend-detected') {
    const { depositId, vaultId, spentBy, height } = event.data as unknown as UnapprovedSpendDetected;
    raise(db, event, 'unapproved-spend', depositId, `transaction ${spentBy} at height ${height} spends it without an approved transfer; vault ${vaultId} is frozen`);
  } else if (event.type === 'custody.claim-disputed') {
    const { payoutId, code, message } = event.data as unknown as ClaimDisputed;
    raise(db, event, code, payoutId, message);
  }
}

function raise(db: ReadModelWriter, event: RecordedEvent, kind: string, subject: string, message: string): void {
  db.run('INSERT INTO alarms VALUES (?, ?, ?, ?, ?)', event.position, kind, subject, message, event.recordedAt.toISOString());
}
