import type { FarmQuotaSet, FarmRegistered } from '@qazyna/contracts';
import { specification } from '@qazyna/testing';
import fc from 'fast-check';
import { farmAt, farmDecider, type FarmEvent } from './farm.js';
import { farmMonthOf, nextFarmMonth } from './farm-month.js';
import { allowanceWh, overPercent } from './quota.js';

const document = { reference: 'KEGOC-3', authority: 'energy-regulator', sha256: 'ab'.repeat(32) };
const farm: FarmRegistered = { farmId: 'F-1', licenceId: 'L-1', energySource: 'coal', meters: ['M-1'], utcOffset: '+05:00' };
const registered: FarmEvent = { type: 'mining.farm-registered', data: farm };
const amendment = { farmId: 'F-1', actId: 'A-1', effectiveFrom: '2026-03-10T00:00:00Z', energySource: 'hydro', document };
const quota = (actId: string, effectiveFrom: string, perMonthWh: string): FarmQuotaSet => ({ farmId: 'F-1', actId, effectiveFrom, perMonthWh, document });
const march = farmMonthOf('2026-03-15T00:00:00Z');
const { given } = specification(farmDecider);

describe('a farm', () => {
  it('is registered once', () => {
    given().when({ kind: 'register', registration: farm }).then(registered);
    given(registered).when({ kind: 'register', registration: { ...farm } }).thenNothing();
    given(registered).when({ kind: 'register', registration: { ...farm, energySource: 'gas' } }).thenRefused('farm-conflict', 'farmId');
  });

  it('changes its energy source from a moment on', () => {
    const state = [registered, { type: 'mining.farm-amended', data: amendment } as FarmEvent].reduce((folded, event) => farmDecider.evolve(folded, event), farmDecider.initialState());
    expect(farmAt(state, '2026-03-09T23:59:59Z')).toEqual({ energySource: 'coal', meters: ['M-1'] });
    expect(farmAt(state, '2026-03-10T00:00:00Z')).toEqual({ energySource: 'hydro', meters: ['M-1'] });
  });

  it('takes each act once, and none before it is registered', () => {
    given(registered).when({ kind: 'amend', amendment }).then({ type: 'mining.farm-amended', data: amendment });
    given(registered, { type: 'mining.farm-amended', data: amendment }).when({ kind: 'amend', amendment }).thenNothing();
    given(registered, { type: 'mining.farm-amended', data: amendment }).when({ kind: 'amend', amendment: { ...amendment, energySource: 'gas' } }).thenRefused('farm-act-conflict', 'actId');
    given().when({ kind: 'set-quota', quota: quota('Q', '2026-01-01T00:00:00Z', '1') }).thenRefused('farm-unknown');
    given(registered).when({ kind: 'amend', amendment: { farmId: 'F-1', actId: 'A-2', effectiveFrom: '2026-03-10T00:00:00Z', document } }).thenRefused('farm-amendment-empty');
  });

  it('counts its months by its own offset from UTC', () => {
    expect(farmMonthOf('2026-02-28T19:00:00Z', '+05:00')).toEqual({ month: '2026-03', from: '2026-02-28T19:00:00.000Z', to: '2026-03-31T19:00:00.000Z' });
    expect(farmMonthOf('2026-02-28T18:59:59Z', '+05:00').month).toBe('2026-02');
    expect(farmMonthOf('2026-03-01T02:59:59Z', '-03:00').month).toBe('2026-02');
    expect(nextFarmMonth(farmMonthOf('2026-12-31T20:00:00Z', '+00:00')).month).toBe('2027-01');
  });
});

describe('an energy quota', () => {
  const january = quota('Q-1', '2026-01-01T00:00:00Z', '31000');

  it('allows the whole of it in a month it covers, and limits nothing before there is one', () => {
    expect(allowanceWh([january], march)).toBe(31_000n);
    expect(allowanceWh([], march)).toBeUndefined();
    expect(allowanceWh([january], farmMonthOf('2025-12-15T00:00:00Z'))).toBeUndefined();
  });

  it('that changes within a month counts by the share of time of each, in exact arithmetic', () => {
    expect(allowanceWh([january, quota('Q-2', '2026-03-11T00:00:00Z', '0')], march)).toBe(10_000n);
    expect(allowanceWh([january, quota('Q-2', '2026-03-11T00:00:00Z', '62000')], march)).toBe(10_000n + 42_000n);
  });

  it('allows the same whatever the order in which quotas arrive, and never more than the highest of them', () => {
    const anyQuota = fc.tuple(fc.integer({ min: 0, max: 120 }), fc.bigInt({ min: 0n, max: 9_007_199_254_740_993n })).map(([day, amount]) => ({ day, amount }));
    fc.assert(
      fc.property(fc.array(anyQuota, { minLength: 1, maxLength: 6 }), (drawn) => {
        const quotas = drawn.map(({ day, amount }, index) => quota(`Q-${index}`, new Date(Date.UTC(2026, 0, 1 + day)).toISOString(), amount.toString()));
        const allowed = allowanceWh(quotas, march);
        expect(allowanceWh([...quotas].reverse(), march)).toEqual(allowed);
        if (allowed !== undefined) expect(allowed <= drawn.reduce((most, { amount }) => (amount > most ? amount : most), 0n)).toBe(true);
      }),
      { numRuns: 200 },
    );
  });

  it('is exceeded by whole per cents rounded up, so that a tolerance is met exactly', () => {
    expect([100n, 101n, 105n].map((energy) => overPercent(energy, 100n))).toEqual([0, 1, 5]);
    expect(overPercent(1_050_000n, 1_000_000n)).toBe(5);
    expect(overPercent(1_050_001n, 1_000_000n)).toBe(6);
    expect([overPercent(1n, 0n), overPercent(0n, 0n), overPercent(5n, undefined)]).toEqual([10_000, 0, 0]);
  });
});
