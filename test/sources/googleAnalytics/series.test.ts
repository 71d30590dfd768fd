import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { addDays } from '../../../src/dateRange.js';
import { intervals, pointsOf } from '../../../src/sources/googleAnalytics/series.js';

const range = (start: string, end: string) => ({ start, end });

describe('the points of a series', () => {
  test('are the days of the range, both ends included', () => {
    expect(pointsOf(range('2026-02-27', '2026-03-01'), 'DAY')).toEqual([
      { date: '2026-02-27', name: '20260227' },
      { date: '2026-02-28', name: '20260228' },
      { date: '2026-03-01', name: '20260301' },
    ]);
  });

  test('are weeks from Monday, the first and the last cut to the range', () => {
    expect(pointsOf(range('2025-12-27', '2026-01-05'), 'WEEK')).toEqual([
      { date: '2025-12-27', name: '202552' },
      { date: '2025-12-29', name: '202601' },
      { date: '2026-01-05', name: '202602' },
    ]);
  });

  test.each([
    ['2021-01-03', '202053'],
    ['2021-01-04', '202101'],
    ['2024-12-30', '202501'],
    ['2027-01-01', '202653'],
  ])('%s lies in the ISO week %s', (day, name) => {
    expect(pointsOf(range(day, day), 'WEEK')).toEqual([{ date: day, name }]);
  });

  test('are calendar months, 29 February included', () => {
    expect(pointsOf(range('2024-01-31', '2024-03-01'), 'MONTH')).toEqual([
      { date: '2024-01-31', name: '202401' },
      { date: '2024-02-01', name: '202402' },
      { date: '2024-03-01', name: '202403' },
    ]);
  });

  test.each([
    ['forward', '2026-03-28', '2026-03-30'],
    ['back', '2026-10-24', '2026-10-26'],
  ])('do not mind clocks that go %s', (_, start, end) => {
    expect(pointsOf(range(start, end), 'DAY').map(({ date }) => date)).toEqual([start, addDays(start, 1), end]);
  });

  const anyRange = fc
    .tuple(fc.date({ min: new Date('2015-08-14'), max: new Date('2035-12-31'), noInvalidDate: true }), fc.nat(800))
    .map(([date, days]) => {
      const start = date.toISOString().slice(0, 10);
      return range(start, addDays(start, days));
    });

  test.each(intervals)('of each %s cover the range without gap or overlap, in ascending order', (interval) => {
    fc.assert(
      fc.property(anyRange, (days) => {
        const points = pointsOf(days, interval);
        expect(points[0]?.date).toBe(days.start);
        expect(new Set(points.map(({ name }) => name)).size).toBe(points.length);
        const dates = points.map(({ date }) => date);
        expect(dates).toEqual([...new Set(dates)].toSorted());
        expect((dates.at(-1) ?? '') <= days.end).toBe(true);
        // Every day is named like the point that it belongs to.
        for (const [index, { date, name }] of points.entries()) {
          const next = dates[index + 1] ?? addDays(days.end, 1);
          const last = addDays(next, -1);
          expect(pointsOf(range(last, last), interval)[0]?.name).toBe(name);
          expect(date <= last).toBe(true);
        }
      }),
      { numRuns: 50 },
    );
  });
});
