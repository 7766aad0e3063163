import fc from 'fast-check';
import { Chance } from '../simulation/engine/chance.js';
import { isAnnulled, Telling, toldCase } from './told-cases.js';

describe('a case, told from its first act to what custody posts by', () => {
  it('INV-47: is the same on every past day, in whatever order its acts arrive', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 31 - 1 }), (seed) => {
        const facts = toldCase(seed);
        const inOrder = new Telling(facts);
        const shuffled = new Telling(new Chance(seed + 1).shuffled(facts));
        for (const { left } of [inOrder, shuffled]) expect(left.filter((each) => !isAnnulled(each, facts))).toEqual([]);
        expect(shuffled.timeline).toEqual(inOrder.timeline);
      }),
      { numRuns: 1_000 },
    );
  });

  it('has coins of every kind that were the state\'s for a time, and that are still', () => {
    const timelines = Array.from({ length: 300 }, (_, seed) => new Telling(toldCase(seed)).timeline).flat();
    for (const coins of ['a', 'b', 'c', 'a-found', 'none']) {
      expect(timelines.some((line) => line.startsWith(`${coins}: `) && / -\d+$/.test(line))).toBe(true);
      expect(timelines.some((line) => line.startsWith(`${coins}: `) && /Z \d+$/.test(line))).toBe(true);
    }
  });
});
