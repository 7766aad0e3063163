import fc from 'fast-check';
import { dateOf, dayOf, isBusinessDay, weekdayOf, type Calendar } from './calendar.js';
import { deadlineOf, warningsBefore, type Term } from './terms.js';
import { instantOf, isTimeZone, localOf } from './zones.js';

const calendar = (timeZone: string, changes: Partial<Calendar> = {}): Calendar => ({
  timeZone,
  weekend: ['saturday', 'sunday'],
  yearlyHolidays: ['01-01', '12-16'],
  holidays: ['2026-05-27'],
  workingDays: [],
  ...changes,
});
const ALMATY = calendar('Asia/Almaty');
const term = (changes: Partial<Term> = {}): Term => ({ length: 10, unit: 'calendar-days', begins: 'next-day', onDayOff: 'stands', ...changes });

describe('ten days without a court', () => {
  it('count from the day after the act and end at local midnight', () => {
    // 2 March in Almaty; the tenth day is 12 March, a Thursday.
    expect(deadlineOf('2026-03-02T10:00:00Z', term(), ALMATY)).toBe('2026-03-12T19:00:00.000Z');
  });

  it('begin by the day on the state\'s own clock, not by the day in UTC', () => {
    // 20:00Z on 2 March is 01:00 on 3 March in Almaty.
    expect(deadlineOf('2026-03-02T20:00:00Z', term(), ALMATY)).toBe('2026-03-13T19:00:00.000Z');
  });

  it('count the day of the act where the law counts it', () => {
    expect(deadlineOf('2026-03-02T10:00:00Z', term({ begins: 'same-day' }), ALMATY)).toBe('2026-03-11T19:00:00.000Z');
  });

  it('end at the minute of the act where the law runs from the act', () => {
    expect(deadlineOf('2026-03-02T10:15:30Z', term({ begins: 'at-the-act' }), ALMATY)).toBe('2026-03-12T10:15:30.000Z');
  });

  it('that end on a Saturday end on Monday, on Friday, or stand, as the law says', () => {
    const start = '2026-03-04T10:00:00Z';
    expect(deadlineOf(start, term(), ALMATY)).toBe('2026-03-14T19:00:00.000Z');
    expect(deadlineOf(start, term({ onDayOff: 'next-business-day' }), ALMATY)).toBe('2026-03-16T19:00:00.000Z');
    expect(deadlineOf(start, term({ onDayOff: 'previous-business-day' }), ALMATY)).toBe('2026-03-13T19:00:00.000Z');
  });

  it('in business days leave out weekends, yearly holidays, moving feasts, and count days worked by decree', () => {
    // 22 May 2026 is a Friday; 25, 26, 28, 29 May and 1 June are worked: 27 May is a feast.
    const business = term({ length: 5, unit: 'business-days' });
    expect(deadlineOf('2026-05-22T06:00:00Z', business, ALMATY)).toBe('2026-06-01T19:00:00.000Z');
    expect(deadlineOf('2026-05-22T06:00:00Z', business, calendar('Asia/Almaty', { workingDays: ['2026-05-23'] }))).toBe('2026-05-29T19:00:00.000Z');
  });

  it('of 24 hours each do not care about days at all', () => {
    expect(deadlineOf('2026-03-04T10:00:00Z', { length: 240, unit: 'hours', begins: 'at-the-act', onDayOff: 'stands' }, ALMATY)).toBe('2026-03-14T10:00:00.000Z');
  });

  it('never move to before the act', () => {
    const saturday = '2026-03-07T10:00:00Z';
    expect(deadlineOf(saturday, term({ length: 1, onDayOff: 'previous-business-day' }), ALMATY)).toBe('2026-03-07T19:00:00.000Z');
  });

  it('refuses a start that is no instant and a calendar without a business day', () => {
    expect(() => deadlineOf('2026-03-02', term(), ALMATY)).toThrow('is no instant in UTC');
    const never = calendar('UTC', { weekend: ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'] });
    expect(() => deadlineOf('2026-03-02T00:00:00Z', term({ onDayOff: 'next-business-day' }), never)).toThrow('no business day');
  });
});

describe('clocks that change', () => {
  it('Asia/Almaty going from UTC+6 to UTC+5 on 1 March 2024 makes the last day an hour longer', () => {
    expect(localOf(Date.parse('2024-02-28T00:00:00Z'), 'Asia/Almaty') - Date.parse('2024-02-28T00:00:00Z')).toBe(6 * 3_600_000);
    // Act on 19 February, last day 29 February: its midnight is at 19:00Z and no longer at 18:00Z.
    expect(deadlineOf('2024-02-19T10:00:00Z', term(), ALMATY)).toBe('2024-02-29T19:00:00.000Z');
    expect(deadlineOf('2024-02-18T10:00:00Z', term(), ALMATY)).toBe('2024-02-28T18:00:00.000Z');
    expect(deadlineOf('2024-02-25T10:00:00Z', term({ begins: 'at-the-act' }), ALMATY)).toBe('2024-03-06T11:00:00.000Z');
  });

  it('a time of day that occurs twice ends the term at the first of the two', () => {
    // 23:30 on 29 February 2024 occurred at 17:30Z and at 18:30Z.
    expect(deadlineOf('2024-02-19T17:30:00Z', term({ begins: 'at-the-act' }), ALMATY)).toBe('2024-02-29T17:30:00.000Z');
  });

  it('a time of day that is skipped ends the term at the change', () => {
    // New York skipped 02:00 to 03:00 on 8 March 2026.
    expect(deadlineOf('2026-02-26T07:30:00Z', term({ begins: 'at-the-act' }), calendar('America/New_York'))).toBe('2026-03-08T07:00:00.000Z');
  });

  it('a midnight that is skipped ends the day at the change', () => {
    // Cairo went from 00:00 to 01:00 on 24 April 2026: 23 April ends when 24 April begins, at 22:00Z.
    expect(deadlineOf('2026-04-13T10:00:00Z', term(), calendar('Africa/Cairo'))).toBe('2026-04-23T22:00:00.000Z');
  });

  it('days of 23 and of 25 hours count as days', () => {
    const york = calendar('America/New_York');
    expect(deadlineOf('2026-03-01T17:00:00Z', term(), york)).toBe('2026-03-12T04:00:00.000Z');
    expect(deadlineOf('2026-10-25T16:00:00Z', term(), york)).toBe('2026-11-05T05:00:00.000Z');
  });

  it('knows zones by name and takes no offset for one', () => {
    expect(['Asia/Almaty', 'UTC', 'America/Argentina/Buenos_Aires'].every(isTimeZone)).toBe(true);
    expect(['+05:00', 'Asia/Nowhere', '', 'local', 'utc'].some(isTimeZone)).toBe(false);
  });
});

describe('whatever the term', () => {
  const zones = ['UTC', 'Asia/Almaty', 'America/New_York', 'America/El_Salvador', 'Europe/Kyiv', 'Asia/Thimphu', 'Africa/Cairo', 'Pacific/Apia', 'Australia/Lord_Howe', 'Asia/Kathmandu'];
  const terms: fc.Arbitrary<Term> = fc.record({
    length: fc.integer({ min: 1, max: 60 }),
    unit: fc.constantFrom('calendar-days' as const, 'business-days' as const),
    begins: fc.constantFrom('at-the-act' as const, 'same-day' as const, 'next-day' as const),
    onDayOff: fc.constantFrom('stands' as const, 'next-business-day' as const, 'previous-business-day' as const),
  });
  const starts = fc.integer({ min: Date.parse('2005-01-01T00:00:00Z'), max: Date.parse('2035-01-01T00:00:00Z') });

  it('it ends after it began, and a whole-day term ends when a new local day begins', () => {
    fc.assert(
      fc.property(starts, fc.constantFrom(...zones), terms, (start, zone, each) => {
        const end = Date.parse(deadlineOf(new Date(start).toISOString(), each, calendar(zone)));
        expect(end).toBeGreaterThan(start);
        if (each.begins === 'at-the-act') return;
        const day = (at: number): number => Math.floor(localOf(at, zone) / 86_400_000);
        expect(day(end)).toBeGreaterThan(day(end - 1));
      }),
      { numRuns: 300 },
    );
  });

  it('a later act never lapses earlier, and a longer term never ends earlier', () => {
    fc.assert(
      fc.property(starts, fc.integer({ min: 0, max: 40 * 86_400_000 }), fc.constantFrom(...zones), terms, (start, later, zone, each) => {
        const of = (at: number, length = each.length): string => deadlineOf(new Date(at).toISOString(), { ...each, length }, calendar(zone));
        expect(of(start, each.length + 1) >= of(start)).toBe(true);
        // Two local times of an overlap are one wall time, so only whole-day terms are in order to the millisecond.
        if (each.begins !== 'at-the-act' && each.onDayOff !== 'previous-business-day') expect(of(start + later) >= of(start)).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  it('a moved last day is a business day', () => {
    fc.assert(
      fc.property(starts, fc.constantFrom(...zones), terms, (start, zone, each) => {
        const days = calendar(zone);
        const end = Date.parse(deadlineOf(new Date(start).toISOString(), { ...each, begins: 'next-day', onDayOff: 'next-business-day' }, days));
        expect(isBusinessDay(Math.floor(localOf(end - 1, zone) / 86_400_000), days)).toBe(true);
      }),
      { numRuns: 200 },
    );
  });

  it('the wall clock and the instant agree wherever the time occurs', () => {
    fc.assert(
      fc.property(starts, fc.constantFrom(...zones), (at, zone) => {
        const local = localOf(at, zone);
        const [first, last] = [instantOf(local, zone, 'first'), instantOf(local, zone, 'last')];
        expect([localOf(first, zone), localOf(last, zone)]).toEqual([local, local]);
        expect(first <= at && at <= last).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it('days are numbered without gaps and weekdays follow one another', () => {
    fc.assert(
      fc.property(fc.integer({ min: -10_000, max: 40_000 }), (day) => {
        expect(dayOf(dateOf(day))).toBe(day);
        expect(new Date(`${dateOf(day)}T00:00:00Z`).getUTCDay()).toBe(['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'].indexOf(weekdayOf(day)));
      }),
    );
    expect(dayOf('2026-02-30')).toBeUndefined();
  });
});

it('warns at each lead before the deadline, but not before the act', () => {
  expect(warningsBefore('2026-03-12T19:00:00.000Z', [24, 72], '2026-03-02T10:00:00Z')).toEqual(['2026-03-09T19:00:00.000Z', '2026-03-11T19:00:00.000Z']);
  expect(warningsBefore('2026-03-12T19:00:00.000Z', [72, 24], '2026-03-10T10:00:00Z')).toEqual(['2026-03-11T19:00:00.000Z']);
});
