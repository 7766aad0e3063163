import type { EnergyReadingRecorded } from '@qazyna/contracts';
import type { RecordedEvent } from '@qazyna/event-store';
import type { ReadModelDefinition, ReadModelWriter } from '@qazyna/service-kit';
import { farmDecider, type Farm, type FarmEvent } from '../farms/farm.js';
import { poolAccountDecider, type PoolAccountEvent, type PoolAccountState } from '../pools/pool-account.js';
import { licenceDecider, type LicenceEvent } from './licence.js';
import { expiryDue, type Licence } from './licence-timeline.js';
import { stateOf, stateText } from './register-state.js';

const FARM_EVENTS: ReadonlySet<string> = new Set(['mining.farm-registered', 'mining.farm-amended', 'mining.farm-quota-set']);
const ACCOUNT_EVENTS: ReadonlySet<string> = new Set([
  'mining.pool-account-registered',
  'mining.wallet-change-proposed',
  'mining.wallet-change-confirmed',
  'mining.wallet-change-withdrawn',
  'mining.pool-account-suspended',
  'mining.pool-account-resumed',
  'mining.pool-account-terms-set',
]);

/**
 * Licences, farms, pool accounts and energy readings, each register's state folded by its own decider, with its history.
 * What a register amounts to at a moment is computed when it is asked for: it changes with time alone.
 */
export const registersReadModel: ReadModelDefinition = {
  name: 'mining-registers',
  version: 2,
  streamPrefixes: ['licence-', 'farm-', 'energy-', 'pool-account-'],
  schema: `
    CREATE TABLE licences (licence_id TEXT PRIMARY KEY, state TEXT NOT NULL, due_at TEXT) STRICT;
    CREATE INDEX licences_due ON licences (due_at) WHERE due_at IS NOT NULL;
    CREATE TABLE farms (farm_id TEXT PRIMARY KEY, licence_id TEXT NOT NULL, state TEXT NOT NULL) STRICT;
    CREATE INDEX farms_by_licence ON farms (licence_id, farm_id);
    CREATE TABLE pool_accounts (pool_account_id TEXT PRIMARY KEY, pool TEXT NOT NULL, licence_id TEXT NOT NULL, state TEXT NOT NULL) STRICT;
    CREATE INDEX accounts_by_licence ON pool_accounts (licence_id, pool_account_id);
    CREATE TABLE history (subject TEXT NOT NULL, position TEXT NOT NULL, recorded_at TEXT NOT NULL, type TEXT NOT NULL, data TEXT NOT NULL, by_organisation TEXT NOT NULL, PRIMARY KEY (subject, position)) STRICT, WITHOUT ROWID;
    CREATE TABLE readings (
      farm_id TEXT NOT NULL, month TEXT NOT NULL, reading_id TEXT NOT NULL, position TEXT NOT NULL UNIQUE, meter_id TEXT NOT NULL, from_at TEXT NOT NULL,
      reading TEXT NOT NULL, corrects TEXT, replaced_by TEXT, recorded_at TEXT NOT NULL, PRIMARY KEY (farm_id, month, reading_id)
    ) STRICT;
    CREATE INDEX readings_by_correction ON readings (farm_id, month, corrects) WHERE corrects IS NOT NULL;
  `,
  apply(db, event) {
    if (event.type === 'mining.energy-reading-recorded') applyReading(db, event);
    else if (FARM_EVENTS.has(event.type)) applyFarm(db, event);
    else if (ACCOUNT_EVENTS.has(event.type)) applyAccount(db, event);
    else if (event.stream.startsWith('licence-')) applyLicence(db, event);
  },
};

function applyLicence(db: ReadModelWriter, event: RecordedEvent): void {
  const { licenceId } = event.data as unknown as { readonly licenceId: string };
  const known = db.get('SELECT state FROM licences WHERE licence_id = ?', licenceId);
  const before = known === undefined ? licenceDecider.initialState() : stateOf<Licence>(known['state'] as string);
  const state = licenceDecider.evolve(before, { type: event.type, data: event.data } as unknown as LicenceEvent);
  const due = expiryDue(state);
  db.run(
    'INSERT INTO licences VALUES (?, ?, ?) ON CONFLICT (licence_id) DO UPDATE SET state = excluded.state, due_at = excluded.due_at',
    licenceId, stateText(state), due === undefined ? null : new Date(Date.parse(due)).toISOString(),
  );
  remember(db, `licence:${licenceId}`, event);
}

function applyFarm(db: ReadModelWriter, event: RecordedEvent): void {
  const { farmId } = event.data as unknown as { readonly farmId: string };
  const known = db.get('SELECT state FROM farms WHERE farm_id = ?', farmId);
  const before = known === undefined ? farmDecider.initialState() : stateOf<Farm>(known['state'] as string);
  const state = farmDecider.evolve(before, { type: event.type, data: event.data } as unknown as FarmEvent);
  db.run('INSERT INTO farms VALUES (?, ?, ?) ON CONFLICT (farm_id) DO UPDATE SET state = excluded.state', farmId, state.registered?.licenceId ?? '', stateText(state));
  remember(db, `farm:${farmId}`, event);
}

function applyAccount(db: ReadModelWriter, event: RecordedEvent): void {
  const { poolAccountId } = event.data as unknown as { readonly poolAccountId: string };
  const known = db.get('SELECT state FROM pool_accounts WHERE pool_account_id = ?', poolAccountId);
  const before = known === undefined ? undefined : stateOf<PoolAccountState>(known['state'] as string);
  const state = poolAccountDecider.evolve(before, { type: event.type, data: event.data } as unknown as PoolAccountEvent);
  if (state === undefined) return;
  db.run(
    'INSERT INTO pool_accounts VALUES (?, ?, ?, ?) ON CONFLICT (pool_account_id) DO UPDATE SET state = excluded.state',
    poolAccountId, state.pool, state.licenceId, stateText(state),
  );
  remember(db, `pool-account:${poolAccountId}`, event);
}

function applyReading(db: ReadModelWriter, event: RecordedEvent): void {
  const reading = event.data as unknown as EnergyReadingRecorded;
  const { farmId, month, readingId, meterId, from, corrects } = reading;
  const overtaken = db.get('SELECT reading_id FROM readings WHERE farm_id = ? AND month = ? AND corrects = ?', farmId, month, readingId);
  db.run(
    'INSERT INTO readings VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
    farmId, month, readingId, event.position, meterId, from, JSON.stringify(reading), corrects ?? null, (overtaken?.['reading_id'] as string | undefined) ?? null, event.recordedAt.toISOString(),
  );
  if (corrects !== undefined) db.run('UPDATE readings SET replaced_by = ? WHERE farm_id = ? AND month = ? AND reading_id = ?', readingId, farmId, month, corrects);
}

function remember(db: ReadModelWriter, subject: string, event: RecordedEvent): void {
  db.run('INSERT INTO history VALUES (?, ?, ?, ?, ?, ?)', subject, event.position, event.recordedAt.toISOString(), event.type, JSON.stringify(event.data), event.metadata.actor.organisation);
}
