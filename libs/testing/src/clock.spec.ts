import { SeededIds, SimulatedClock } from './clock.js';

describe('simulated time and ids', () => {
  it('moves only forward and only when told', () => {
    const clock = new SimulatedClock(new Date('2026-01-01T00:00:00Z'));
    clock.advance(1500);
    clock.advanceTo(new Date('2026-01-01T00:00:02Z'));
    expect(clock.now().toISOString()).toBe('2026-01-01T00:00:02.000Z');
    expect(() => clock.advanceTo(new Date('2026-01-01T00:00:01Z'))).toThrow(RangeError);
    expect(() => clock.advance(0.5)).toThrow(RangeError);
  });

  it('gives the same ids for the same seed, others for another, none twice', () => {
    const draw = (seed: number): string[] => {
      const ids = new SeededIds(seed);
      return Array.from({ length: 1000 }, () => ids.next());
    };
    expect(draw(1)).toEqual(draw(1));
    expect(draw(1)).not.toEqual(draw(2));
    expect(new Set(draw(3)).size).toBe(1000);
  });
});
