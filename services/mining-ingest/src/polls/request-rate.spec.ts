import fc from 'fast-check';
import { beginningOf, pollDecider, windowsOf } from './poll.js';
import { fullJitterMs, RequestRate, retryAfterMs } from './request-rate.js';
import { specification } from '@qazyna/testing';

describe('the rate of requests', () => {
  it('allows a few at once and then one at a time', () => {
    const rate = new RequestRate(60, 3);
    expect([0, 0, 0, 0, 0].map((now) => rate.take(now))).toEqual([0, 0, 0, 1000, 2000]);
    expect(rate.take(10_000)).toBe(0);
  });

  it('is never exceeded by a caller that waits as told, in any minute', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 20_000 }), { minLength: 20, maxLength: 200 }), fc.integer({ min: 1, max: 100 }), (idle, perMinute) => {
        const rate = new RequestRate(perMinute, 3);
        let now = 0;
        const made = idle.map((each) => (now += each, now += rate.take(now)));
        for (const [index, at] of made.entries()) expect(made.slice(index).filter((time) => time < at + 60_000).length).toBeLessThanOrEqual(perMinute + 3);
      }),
      { numRuns: 50 },
    );
  });

  it('spreads tries over a span that doubles up to a bound', () => {
    const bounds = { firstMs: 100, maxMs: 1000 };
    expect([1, 2, 3, 9].map((attempt) => fullJitterMs(attempt, 0.999, bounds))).toEqual([99, 199, 399, 999]);
    expect(fullJitterMs(9, 0, bounds)).toBe(0);
  });

  it.each([['120', 120_000], [' 0 ', 0], ['Fri, 20 Mar 2026 00:01:00 GMT', 60_000], ['Thu, 19 Mar 2026 00:00:00 GMT', 0], ['soon', undefined], ['-5', undefined], [null, undefined]])('reads Retry-After %j', (header, ms) =>
    expect(retryAfterMs(header, Date.UTC(2026, 2, 20))).toBe(ms));
});

describe('the cursor of a poll', () => {
  const advanced = (through: string) => ({ type: 'mining.poll-advanced', data: { pollId: 'p.a~payouts', pool: 'p', account: 'a', through, rows: 1, pages: 1 } }) as const;

  it('moves forward only', () => {
    const { given } = specification(pollDecider);
    given().when(advanced('2026-03-02T00:00:00Z').data).then(advanced('2026-03-02T00:00:00Z'));
    given(advanced('2026-03-02T00:00:00Z')).when(advanced('2026-03-02T00:00:00.000Z').data).thenNothing();
    given(advanced('2026-03-02T00:00:00Z')).when(advanced('2026-03-01T00:00:00Z').data).thenNothing();
  });

  it('is read again from before it, never from before the first day', () => {
    const settings = { since: '2026-03-01', overlapDays: 7 };
    expect(beginningOf(undefined, settings).toISOString()).toBe('2026-03-01T00:00:00.000Z');
    expect(beginningOf({ through: '2026-03-05T12:00:00Z', runs: 1 }, settings).toISOString()).toBe('2026-03-01T00:00:00.000Z');
    expect(beginningOf({ through: '2026-03-20T12:00:00Z', runs: 1 }, settings).toISOString()).toBe('2026-03-13T12:00:00.000Z');
  });

  it('covers a span with windows that leave no gap', () => {
    const windows = windowsOf(new Date('2026-01-01T00:00:00Z'), new Date('2026-03-15T06:00:00Z'), 30);
    expect(windows).toHaveLength(3);
    for (const [index, { from }] of windows.entries()) if (index > 0) expect(from).toEqual(windows[index - 1]?.to);
    expect(windows.at(-1)?.to.toISOString()).toBe('2026-03-15T06:00:00.000Z');
  });
});
