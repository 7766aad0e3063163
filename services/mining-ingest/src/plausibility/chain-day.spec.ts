import { brokenRule, chainDayOf, dateOf, dayNumber, factsOfBlocks, isDay, type FollowedBlock } from './chain-day.js';

const START = dayNumber('2026-03-02') * 86_400;
const block = (height: number, time: number, bits = '17035d25', subsidy = 312_500_000n, fees = 10n): FollowedBlock => ({ height, time: START + time, bits, subsidy, fees });
const after = (height: number): FollowedBlock[] => Array.from({ length: 6 }, (_, n) => block(height + n, 86_400 + n));

describe('a day of the chain', () => {
  it('is whole when a block before it and six after it are known', () => {
    const facts = factsOfBlocks('mainnet', '2026-03-02', [block(9, -600), block(10, 600), block(11, 40_000), ...after(12)]);
    expect(facts).toMatchObject({ stretches: [{ seconds: 86_400, bits: '17035d25', subsidy: '312500000' }], subsidies: '625000000', fees: '20' });
    expect(facts && brokenRule(facts)).toBeUndefined();
  });

  it('is split where the difficulty changes, at the last block of the old one', () => {
    const facts = factsOfBlocks('mainnet', '2026-03-02', [block(2014, -600), block(2015, 20_000), block(2016, 20_900, '17034219'), block(2017, 60_000, '17034219'), ...after(2018).map((each) => ({ ...each, bits: '17034219' }))]);
    expect(facts?.stretches.map(({ seconds, bits }) => [seconds, bits])).toEqual([[20_000, '17035d25'], [66_400, '17034219']]);
  });

  it('is split where the subsidy halves', () => {
    const facts = factsOfBlocks('mainnet', '2026-03-02', [block(1, -1), block(2, 43_200), ...[block(3, 50_000), ...after(4)].map((each) => ({ ...each, subsidy: 156_250_000n }))]);
    expect(facts?.stretches.map(({ seconds, subsidy }) => [seconds, subsidy])).toEqual([[43_200, '312500000'], [43_200, '156250000']]);
  });

  it('bears times that run backwards', () => {
    const facts = factsOfBlocks('mainnet', '2026-03-02', [block(1, -600), block(2, 5_000), block(3, 4_000), block(4, 6_000), ...after(5)]);
    expect(facts?.stretches.reduce((sum, { seconds }) => sum + seconds, 0)).toBe(86_400);
    expect(facts?.subsidies).toBe('937500000');
  });

  it.each([
    ['the block before it is missing', [block(10, 600), ...after(11)]],
    ['it is not settled', [block(9, -600), block(10, 600), ...after(11).slice(1)]],
    ['no block was found on it', [block(9, -600), ...after(10)]],
    ['nothing is known', []],
  ])('is not known when %s', (_why, blocks) => expect(factsOfBlocks('mainnet', '2026-03-02', blocks)).toBeUndefined());

  it('that an officer brings in must be a day, and whole', () => {
    const facts = { network: 'mainnet' as const, date: '2026-02-28', stretches: [{ seconds: 86_400, difficulty: '1', subsidy: '5' }], subsidies: '5', fees: '0', source: 'node' };
    expect(brokenRule(facts)).toBeUndefined();
    expect(brokenRule({ ...facts, date: '2026-02-30' })?.code).toBe('day-unknown');
    expect(brokenRule({ ...facts, stretches: [{ seconds: 86_399, difficulty: '1', subsidy: '5' }] })?.code).toBe('day-incomplete');
    expect(brokenRule({ ...facts, stretches: [{ seconds: 86_400, subsidy: '5' }] })?.code).toBe('difficulty-ambiguous');
    expect(brokenRule({ ...facts, stretches: [{ seconds: 86_400, difficulty: '0.0', subsidy: '5' }] })?.code).toBe('difficulty-zero');
    expect(brokenRule({ ...facts, stretches: [{ seconds: 86_400, bits: '00000000', subsidy: '5' }] })?.code).toBe('bits-empty');
    expect(brokenRule({ ...facts, subsidies: '0' })?.code).toBe('day-without-blocks');
    expect(chainDayOf(facts).stretches[0]?.difficulty).toEqual({ n: 1n, d: 1n });
  });

  it('counts from the epoch and back', () => {
    expect([dayNumber('1970-01-02'), dateOf(dayNumber('2028-02-29')), isDay('2028-02-29'), isDay('2027-02-29'), isDay('x')]).toEqual([1, '2028-02-29', true, false, false]);
  });
});
