import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { addDays } from '../../../src/dateRange.js';
import { lifetimeOf } from '../../../src/sources/googleAnalytics/lifetime.js';

const today = '2026-03-01';
const minute = 60_000;
const hour = 60 * minute;
const until = (end: string) => lifetimeOf({ start: '2026-01-01', end }, today);

describe('how long figures of Google Analytics count as new', () => {
  test.each([
    ['today', today, 10 * minute],
    ['in the future', '2026-12-31', 10 * minute],
    ['yesterday', '2026-02-28', hour],
    ['the day before', '2026-02-27', hour],
  ])('a range that ends %s: a short time, because Google still counts', (_, end, freshMs) => {
    expect(until(end).freshMs).toBe(freshMs);
  });

  test.each([
    ['three days ago', '2026-02-26'],
    ['a week ago', '2026-02-22'],
    ['a month ago', '2026-02-01'],
    ['years ago', '2019-01-01'],
  ])('a range that ended %s: a day at least', (_, end) => {
    expect(until(end).freshMs).toBeGreaterThanOrEqual(24 * hour);
  });

  test('the end decides, however long ago the range began', () => {
    for (const start of ['2015-08-14', '2026-02-28', today]) {
      expect(lifetimeOf({ start, end: today }, today).freshMs).toBe(10 * minute);
    }
  });

  test('the older the days, the longer; and a value is shown for a day more than it is new', () => {
    const day = fc.integer({ min: -2_000, max: 100 }).map((days) => addDays(today, days));
    fc.assert(
      fc.property(day, day, (a, b) => {
        const [earlier, later] = a < b ? [a, b] : [b, a];
        expect(until(earlier).freshMs).toBeGreaterThanOrEqual(until(later).freshMs);
        expect(until(earlier).staleMs).toBe(24 * hour);
      }),
    );
  });
});
