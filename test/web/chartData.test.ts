import { describe, expect, test } from '@jest/globals';
import { chartData, labelledPlaces, placeLabel, placeTitle } from '../../web/src/chartData.js';
import { comparedDays, countDays, daysOf, trendRange, usualInterval } from '../../web/src/ranges.js';
import { sparkPath } from '../../web/src/sparkline.js';

const points = (...days: string[]) =>
  days.map((date, index) => ({ date, pageViews: index, sessions: index * 10, activeUsers: null }));

describe('the chart', () => {
  test('lays two periods over each other by their place, not by their date', () => {
    const data = chartData(
      points('2025-03-29', '2025-03-30', '2025-03-31'),
      points('2025-02-27', '2025-02-28'),
      'sessions',
    );
    expect(data).toEqual({
      places: [0, 1, 2],
      now: [0, 10, 20],
      before: [0, 10, null],
      days: ['2025-03-29', '2025-03-30', '2025-03-31'],
      daysBefore: ['2025-02-27', '2025-02-28', null],
    });
  });

  test('draws no comparison that was not asked for, and no figure that is unknown', () => {
    const data = chartData(points('2025-03-29'), null, 'activeUsers');
    expect(data.before).toBeNull();
    expect(data.now).toEqual([null]);
  });

  test('names the day of the site where clocks change, and what a point covers', () => {
    expect(placeLabel('2025-03-30', 'DAY', 'en-GB')).toBe('30 Mar');
    expect(placeTitle('2025-10-26', 'DAY', 'en-GB')).toBe('Sun, 26 Oct 2025');
    expect(placeTitle('2025-03-31', 'WEEK', 'en-GB')).toBe('Week from Mon, 31 Mar 2025');
    expect(placeTitle('2025-03-01', 'MONTH', 'en-GB')).toBe('March 2025');
    expect(placeLabel(null, 'DAY', 'en-GB')).toBe('');
  });

  test.each([
    [28, 10, [0, 3, 6, 9, 12, 15, 18, 21, 24, 27]],
    [3, 10, [0, 1, 2]],
    [1, 0, [0]],
  ])('labels of %d places at most %d', (places, count, labelled) =>
    expect(labelledPlaces(places, count)).toEqual(labelled),
  );
});

describe('a sparkline', () => {
  test('goes from edge to edge, from 0 at the bottom to the highest at the top', () => {
    expect(sparkPath([0, 5, 10])).toBe('M2.0 22.0L48.0 12.0L94.0 2.0');
  });

  test('has a gap where a value is unknown', () => {
    expect(sparkPath([10, null, 10])).toBe('M2.0 2.0M94.0 2.0');
  });
});

describe('days', () => {
  // 00:30 in Berlin on the night in which clocks go forward; the day before in New York.
  const night = Date.parse('2025-03-29T23:30:00Z');

  test("are those of the site's zone", () => {
    expect(daysOf('TODAY', 'Europe/Berlin', night)).toEqual({ start: '2025-03-30', end: '2025-03-30' });
    expect(daysOf('TODAY', 'America/New_York', night)).toEqual({ start: '2025-03-29', end: '2025-03-29' });
  });

  test('of a comparison are as many, also over a change of clocks', () => {
    const days = { start: '2025-03-24', end: '2025-04-06' };
    expect(countDays(days)).toBe(14);
    const before = comparedDays(days, 'PREVIOUS_PERIOD');
    expect(before).toEqual({ start: '2025-03-10', end: '2025-03-23' });
    expect(comparedDays(days, 'NONE')).toBeNull();
  });

  test('of a week and more are their own trend', () => {
    expect(trendRange('LAST_7_DAYS', { start: '2025-01-01', end: '2025-01-07' })).toEqual({ preset: 'LAST_7_DAYS' });
  });

  test.each([
    ['2025-01-01', '2025-03-31', 'DAY'],
    ['2025-01-01', '2025-12-31', 'WEEK'],
    ['2020-01-01', '2025-12-31', 'MONTH'],
  ])('from %s to %s are drawn by %s', (start, end, interval) => expect(usualInterval({ start, end })).toBe(interval));
});
