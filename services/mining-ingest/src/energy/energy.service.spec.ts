import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { energyReadingIdOf, streamOf, type EnergyReading } from '@qazyna/contracts';
import { loadState, SqliteEventStore } from '@qazyna/event-store';
import { loadJurisdiction } from '@qazyna/jurisdiction';
import { FarmsService } from '../farms/farms.service.js';
import { licenceDecider } from '../licences/licence.js';
import { LicencesService } from '../licences/licences.service.js';
import { SPEC_METADATA } from '../spec-support/mining-desk.js';
import { EnergyService } from './energy.service.js';
import { QuotaNotes } from './quota-notes.service.js';

const document = { reference: 'KEGOC-3', authority: 'energy-regulator', sha256: 'ab'.repeat(32) };
const HOUR_MS = 3_600_000;
/** The farm's March, at +05:00. */
const MARCH = Date.UTC(2026, 1, 28, 19);

describe('energy readings', () => {
  let folder: string;
  let store: SqliteEventStore;
  let now: Date;
  let licences: LicencesService;
  let farms: FarmsService;
  let energy: EnergyService;
  let quotas: QuotaNotes;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'qazyna-energy-'));
    store = SqliteEventStore.open({ file: join(folder, 'events.db') });
    now = new Date('2026-06-01T00:00:00Z');
    const clock = { now: () => now };
    licences = new LicencesService(store, clock, loadJurisdiction());
    farms = new FarmsService(store, clock, loadJurisdiction());
    energy = new EnergyService(store, clock);
    quotas = new QuotaNotes(store, licences, clock);
    await licences.issue({ licenceId: 'L-1', kind: 'mining', holder: 'holder', validFrom: '2025-01-01T00:00:00Z', validUntil: '2027-01-01T00:00:00Z', farms: ['F-1'] }, SPEC_METADATA);
    await farms.register({ farmId: 'F-1', licenceId: 'L-1', energySource: 'hydro', meters: ['M-1', 'M-2'], utcOffset: '+05:00' }, SPEC_METADATA);
  });
  afterEach(async () => {
    await store.close();
    rmSync(folder, { recursive: true });
  });

  const hour = (number: number, energyWh = '1000', more: Partial<EnergyReading> = {}): EnergyReading => ({
    farmId: 'F-1', meterId: 'M-1', from: new Date(MARCH + number * HOUR_MS).toISOString(), to: new Date(MARCH + (number + 1) * HOUR_MS).toISOString(), energyWh, ...more,
  });
  const record = async (...readings: EnergyReading[]): Promise<string[]> =>
    (await energy.record(readings.map((reading) => ({ reading })), SPEC_METADATA)).map(({ status, code }) => code ?? status);
  const overPercents = async (): Promise<number[]> => [...(await loadState(store, licenceDecider, streamOf.licence('L-1'))).state.quotas.values()].map(({ overPercent }) => overPercent);

  it('of one batch have a result each, in their order, however often the batch is sent', async () => {
    const batch = [hour(0), hour(0), hour(0, '5'), hour(1, '1', { meterId: 'M-9' }), hour(-1, '7'), hour(-1, '7', { to: new Date(MARCH + HOUR_MS).toISOString() }), hour(24 * 200)];
    expect(await record(...batch)).toEqual(['accepted', 'duplicate', 'reading-conflict', 'meter-unknown', 'accepted', 'reading-crosses-month', 'reading-in-future']);
    expect(await record(...batch)).toEqual(['duplicate', 'duplicate', 'reading-conflict', 'meter-unknown', 'duplicate', 'reading-crosses-month', 'reading-in-future']);
    expect(await energy.knows(hour(0))).toBe(true);
    expect(await energy.knows(hour(0, '5'))).toBe(false);
  });

  it('that were refused are looked at again when the same batch comes again, and are never called known', async () => {
    const wide = hour(0, '2000', { to: hour(1).to });
    await record(wide);
    const batch = [hour(1, '900'), hour(2)];
    expect(await record(...batch)).toEqual(['reading-overlap', 'accepted']);
    expect(await record(...batch)).toEqual(['reading-overlap', 'duplicate']);
    expect(await record(hour(0, '1100', { revision: 1, corrects: energyReadingIdOf(wide) }))).toEqual(['accepted']);
    expect(await record(...batch)).toEqual(['accepted', 'duplicate']);
    expect(await energy.knows(hour(1, '900'))).toBe(true);
  });

  it('are taken whether what makes room for them stands before or after them in the batch', async () => {
    const wide = hour(0, '2000', { to: hour(1).to });
    await record(wide);
    expect(await record(hour(1, '900'), hour(0, '1100', { revision: 1, corrects: energyReadingIdOf(wide) }))).toEqual(['accepted', 'accepted']);
  });

  it('of a farm or a meter that was not registered yet are taken once it is', async () => {
    const batch = [hour(0), hour(0, '5', { meterId: 'M-9' }), { ...hour(0), farmId: 'F-3', meterId: 'M-7' }];
    expect(await record(...batch)).toEqual(['accepted', 'meter-unknown', 'farm-unknown']);
    await farms.amend('F-1', { actId: 'A-9', effectiveFrom: '2026-01-01T00:00:00Z', meters: ['M-1', 'M-9'], document }, SPEC_METADATA);
    await licences.issue({ licenceId: 'L-3', kind: 'mining', holder: 'holder', validFrom: '2025-01-01T00:00:00Z' }, SPEC_METADATA);
    await farms.register({ farmId: 'F-3', licenceId: 'L-3', energySource: 'hydro', meters: ['M-7'], utcOffset: '+05:00' }, SPEC_METADATA);
    expect(await record(...batch)).toEqual(['duplicate', 'accepted', 'accepted']);
  });

  it('are of the meters that the farm had at the time', async () => {
    await farms.amend('F-1', { actId: 'A-1', effectiveFrom: new Date(MARCH + 10 * HOUR_MS).toISOString(), meters: ['M-3'], document }, SPEC_METADATA);
    expect(await record(hour(9), hour(10), hour(10, '1', { meterId: 'M-3' }), hour(9, '1', { meterId: 'M-3' }))).toEqual(['accepted', 'meter-unknown', 'accepted', 'meter-unknown']);
  });

  it('are taken from a farm that its licence covers, and no other', async () => {
    expect(await farms.register({ farmId: 'F-2', licenceId: 'L-1', energySource: 'hydro', meters: ['M-5'] }, SPEC_METADATA)).toMatchObject({ refusal: { code: 'farm-not-licensed' } });
    expect(await farms.register({ farmId: 'F-1', licenceId: 'L-9', energySource: 'hydro', meters: ['M-5'] }, SPEC_METADATA)).toMatchObject({ refusal: { code: 'licence-unknown' } });
    expect(await record({ ...hour(0), farmId: 'F-2' })).toEqual(['farm-unknown']);
  });

  it('count against the licence as soon as they and a quota are known, in either order', async () => {
    await record(hour(0, '600'), hour(0, '500', { meterId: 'M-2' }));
    await quotas.noteMonthOf('F-1', hour(0).from, SPEC_METADATA);
    expect(await overPercents()).toEqual([]);
    await farms.setQuota('F-1', { actId: 'Q-1', effectiveFrom: '2026-01-01T00:00:00Z', perMonthWh: '1000', document }, SPEC_METADATA);
    await quotas.noteMonthsSince('F-1', '2026-01-01T00:00:00Z', SPEC_METADATA);
    expect(await overPercents()).toEqual([10]);
    await record(hour(0, '400', { revision: 1, corrects: energyReadingIdOf(hour(0)) }));
    await Promise.all([quotas.noteMonthOf('F-1', hour(0).from, SPEC_METADATA), quotas.noteMonthOf('F-1', hour(0).from, SPEC_METADATA)]);
    expect(await overPercents()).toEqual([0]);
  });

  it('noted while others come end in the note of all of them', async () => {
    await farms.setQuota('F-1', { actId: 'Q-1', effectiveFrom: '2026-01-01T00:00:00Z', perMonthWh: '1000', document }, SPEC_METADATA);
    await Promise.all(Array.from({ length: 12 }, async (_, number) => {
      await record(hour(number, '100'));
      await quotas.noteMonthOf('F-1', hour(number).from, SPEC_METADATA);
    }));
    expect(await overPercents()).toEqual([20]);
  });

  it('leave nothing of a clock that stood still or jumped: an end of validity is announced once', async () => {
    expect(await licences.expire('L-1')).toBe(0);
    now = new Date('2030-01-01T00:00:00Z');
    expect(await Promise.all([licences.expire('L-1'), licences.expire('L-1')]).then(() => licences.expire('L-1'))).toBe(0);
    now = new Date('2026-01-01T00:00:00Z');
    expect(await licences.expire('L-1')).toBe(0);
    const { state } = await loadState(store, licenceDecider, streamOf.licence('L-1'));
    expect([...state.announced]).toEqual(['2027-01-01T00:00:00Z']);
  });
});
