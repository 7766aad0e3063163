import type { RecordedEvent } from '@qazyna/event-store';
import type { ReadModelWriter } from '@qazyna/service-kit';

/**
 * What each row that a public figure is computed from was, and since when: by the time at which it was recorded. Of
 * several states within one millisecond the last is kept. The database keeps it by itself, so no writer can forget to;
 * `moment` is the time of the event in hand, and never goes back where a clock did.
 */
const KEPT: Readonly<Record<string, { readonly key: readonly string[]; readonly columns: readonly string[] }>> = {
  balances: { key: ['account', 'asset'], columns: ['account', 'asset', 'amount'] },
  controlled: { key: ['case_id', 'asset_id', 'asset'], columns: ['case_id', 'asset_id', 'asset', 'amount'] },
  cases: { key: ['case_id'], columns: ['case_id', 'legal_status'] },
  case_assets: { key: ['case_id', 'asset_id'], columns: ['case_id', 'asset_id', 'asset', 'amount', 'location', 'parts', 'inherited'] },
  issuer_freezes: { key: ['case_id', 'asset_id', 'freeze_id'], columns: ['case_id', 'asset_id'] },
  vaults: { key: ['vault_id'], columns: ['tier'] },
  payout_claims: { key: ['asset', 'status'], columns: ['asset', 'status', 'payouts', 'amount'] },
};

/** Follows the schema of the tables it keeps. */
export const HISTORY_SCHEMA = `
  CREATE TABLE moment (id INTEGER PRIMARY KEY CHECK (id = 1), recorded_at TEXT NOT NULL, began_at TEXT NOT NULL) STRICT;
  INSERT INTO moment VALUES (1, '', '');
  CREATE TABLE figure_history (kind TEXT NOT NULL, key TEXT NOT NULL, recorded_at TEXT NOT NULL, state TEXT, PRIMARY KEY (kind, key, recorded_at)) STRICT, WITHOUT ROWID;
  ${Object.entries(KEPT).map(([table, { key, columns }]) => triggersOf(table, key, columns)).join('')}
  ${trigger('entries', 'INSERT', `json_array('journal')`, `json_object('number', CAST(NEW.number AS TEXT))`)}
  ${trigger('blocks', 'INSERT', 'json_array(NEW.network)', tipOf('NEW'))}
  ${trigger('blocks', 'DELETE', 'json_array(OLD.network)', tipOf('OLD'))}
`;

/** Before anything of the event is applied. */
export function setMoment(db: ReadModelWriter, { recordedAt }: RecordedEvent): void {
  const now = recordedAt.toISOString();
  db.run(`UPDATE moment SET recorded_at = ?, began_at = CASE began_at WHEN '' THEN ? ELSE began_at END WHERE recorded_at < ?`, now, now, now);
}

function triggersOf(table: string, key: readonly string[], columns: readonly string[]): string {
  const keyOf = (row: string): string => `json_array(${key.map((column) => `${row}.${column}`).join(', ')})`;
  const state = `json_object(${columns.map((column) => `'${column}', CAST(NEW.${column} AS TEXT)`).join(', ')})`;
  const isChanged = `WHEN ${columns.map((column) => `NEW.${column} IS NOT OLD.${column}`).join(' OR ')}`;
  return trigger(table, 'INSERT', keyOf('NEW'), state) + trigger(table, 'UPDATE', keyOf('NEW'), state, isChanged) + trigger(table, 'DELETE', keyOf('OLD'), 'NULL');
}

/** Deletes first: within a trigger the policy for conflicts is that of the statement that fired it. */
function trigger(table: string, on: 'INSERT' | 'UPDATE' | 'DELETE', key: string, state: string, when = ''): string {
  return `
  CREATE TRIGGER ${table}_history_${on.toLowerCase()} AFTER ${on} ON ${table} ${when} BEGIN
    DELETE FROM figure_history WHERE kind = '${table}' AND key = ${key} AND recorded_at = (SELECT recorded_at FROM moment);
    INSERT INTO figure_history VALUES ('${table}', ${key}, (SELECT recorded_at FROM moment), ${state});
  END;`;
}

/** The newest block that is left, if any. */
function tipOf(row: 'NEW' | 'OLD'): string {
  return `(SELECT json_object('height', height, 'hash', hash, 'time', time) FROM blocks WHERE network = ${row}.network ORDER BY height DESC LIMIT 1)`;
}
