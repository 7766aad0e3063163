import type { EnergyReading } from '@qazyna/contracts';
import { specification } from '@qazyna/testing';
import fc from 'fast-check';
import { assessReading, energyDrawnWh, energyGaps, energyMonthDecider, readingFault, type EnergyEvent, type EnergyMonth } from './energy-month.js';

const hour = (number: number): string => new Date(Date.UTC(2026, 2, 1, number)).toISOString();
const second = (number: number): string => `${hour(number).slice(0, 19)}Z`;
const reading = (from: number, to: number, energyWh = '1000', more: Partial<EnergyReading> = {}): EnergyReading => ({ farmId: 'F-1', meterId: 'M-1', from: hour(from), to: hour(to), energyWh, ...more });
const idOf = (from: number, to: number, revision = 0): string => `M-1~${second(from)}~${second(to)}~${revision}`;
const recorded = (taken: EnergyReading, readingId: string): EnergyEvent => ({ type: 'mining.energy-reading-recorded', data: { readingId, ...taken, month: '2026-03' } });
const record = (...readings: readonly EnergyReading[]) => ({ month: '2026-03', readings: readings.map((each) => ({ reading: each })) });
const { given } = specification(energyMonthDecider);

function after(...readings: readonly EnergyReading[]): EnergyMonth {
  return readings.reduce((state, each) => {
    const decision = energyMonthDecider.decide(record(each), state);
    return decision.kind === 'accepted' ? decision.events.reduce((folded, event) => energyMonthDecider.evolve(folded, event), state) : state;
  }, energyMonthDecider.initialState());
}
function refusalOf(state: EnergyMonth, offered: EnergyReading): string {
  const assessment = assessReading(state, offered);
  return assessment.kind === 'refused' ? assessment.refusal.code : assessment.kind;
}

describe('an energy reading', () => {
  it('is recorded once by its meter and period', () => {
    given().when(record(reading(0, 1), reading(0, 1))).then(recorded(reading(0, 1), idOf(0, 1)));
    given(recorded(reading(0, 1), idOf(0, 1))).when(record(reading(0, 1))).thenNothing();
  });

  it('is a conflict with another value, unless it says what it corrects', () => {
    expect(refusalOf(after(reading(0, 1)), reading(0, 1, '999'))).toBe('reading-conflict');
    expect(energyDrawnWh(after(reading(0, 1), reading(0, 1, '999', { revision: 1, corrects: idOf(0, 1) })))).toBe(999n);
  });

  it('replaces what it names also when it comes first', () => {
    const correction = reading(0, 2, '700', { revision: 1, corrects: idOf(0, 1) });
    expect(energyDrawnWh(after(correction, reading(0, 1)))).toBe(700n);
    expect(energyDrawnWh(after(reading(0, 1), correction))).toBe(700n);
  });

  it('is corrected by one other at a time', () => {
    const state = after(reading(0, 1), reading(0, 1, '900', { revision: 1, corrects: idOf(0, 1) }));
    expect(refusalOf(state, reading(0, 1, '800', { revision: 2, corrects: idOf(0, 1) }))).toBe('reading-already-corrected');
    expect(refusalOf(state, reading(0, 1, '800', { revision: 2, corrects: idOf(0, 1, 1) }))).toBe('new');
  });

  it('never replaces, at once or through others, what replaces it', () => {
    const chain = [1, 2, 3].map((revision) => reading(0, 1, `${revision}00`, { revision, corrects: idOf(0, 1, revision === 3 ? 1 : revision + 1) }));
    const [first, second, third] = chain as [EnergyReading, EnergyReading, EnergyReading];
    expect(refusalOf(after(first), { ...second, corrects: idOf(0, 1, 1) })).toBe('reading-correction');
    expect(refusalOf(after(first, second), third)).toBe('reading-correction');
    expect(energyDrawnWh(after(first, { ...second, corrects: idOf(0, 1, 1) }))).toBe(100n);
    for (const order of [[first, second, third], [third, second, first], [second, third, first]]) expect(energyDrawnWh(after(...order))).toBeGreaterThan(0n);
  });

  it('never lies over another of its meter, but may beside it or on another meter', () => {
    const state = after(reading(1, 3));
    for (const [from, to] of [[0, 2], [2, 4], [0, 4], [1, 2]] as const) expect(refusalOf(state, reading(from, to))).toBe('reading-overlap');
    expect(refusalOf(state, reading(0, 1))).toBe('new');
    expect(refusalOf(state, reading(3, 4))).toBe('new');
    expect(refusalOf(state, reading(1, 3, '5', { meterId: 'M-2' }))).toBe('new');
  });

  it('is refused with a period that is none, or a correction that does not say of what', () => {
    expect(readingFault(reading(2, 2))).toMatchObject({ code: 'reading-period', field: 'to' });
    expect(readingFault({ ...reading(0, 1), from: '2026-03-01T00:00:00.500Z' })).toMatchObject({ code: 'reading-period', field: 'from' });
    expect(readingFault(reading(0, 1, '1', { revision: 1 }))).toMatchObject({ code: 'reading-correction', field: 'corrects' });
    expect(readingFault(reading(0, 1, '1', { corrects: idOf(0, 1) }))).toMatchObject({ code: 'reading-correction', field: 'revision' });
    expect(readingFault(reading(0, 1))).toBeUndefined();
  });

  it('of other meters does not fill a gap', () =>
    expect(energyGaps(after(reading(0, 1), reading(2, 3), reading(0, 4, '1', { meterId: 'M-2' })), ['M-1', 'M-2'], hour(0), hour(4))).toEqual([
      { meterId: 'M-1', from: hour(1), to: hour(2) },
      { meterId: 'M-1', from: hour(3), to: hour(4) },
    ]));

  it('sums to the same whatever the order of arrival, where none overlap', () => {
    const batch = [...Array(12).keys()].flatMap((n) => [reading(n, n + 1, `${(n + 1) * 100}`), ...(n % 3 === 0 ? [reading(n, n + 1, '7', { revision: 1, corrects: idOf(n, n + 1) })] : [])]);
    const total = energyDrawnWh(after(...batch));
    fc.assert(fc.property(fc.shuffledSubarray(batch, { minLength: batch.length }), (shuffled) => expect(energyDrawnWh(after(...shuffled, ...batch))).toBe(total)), { numRuns: 100 });
  });
});
