import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { addDays, type DateRangePreset, type DateRangeRequest, dayIn, resolveDateRange } from '../src/dateRange.js';
import { GatewayError } from '../src/errors.js';
import { caught } from './helpers/caught.js';

function resolve(request: DateRangeRequest | null | undefined, nowIso: string, timeZone = 'Europe/Berlin'): string {
  const { start, end } = resolveDateRange(request, { timeZone }, Date.parse(nowIso));
  return `${start}..${end}`;
}

describe('a preset', () => {
  const noon = '2026-03-15T12:00:00Z';

  test.each<[DateRangePreset, string]>([
    ['TODAY', '2026-03-15..2026-03-15'],
    ['YESTERDAY', '2026-03-14..2026-03-14'],
    ['LAST_7_DAYS', '2026-03-08..2026-03-14'],
    ['LAST_28_DAYS', '2026-02-15..2026-03-14'],
    ['LAST_90_DAYS', '2025-12-15..2026-03-14'],
    ['THIS_MONTH', '2026-03-01..2026-03-15'],
    ['LAST_MONTH', '2026-02-01..2026-02-28'],
    ['THIS_YEAR', '2026-01-01..2026-03-15'],
  ])('%s is %s on 15 March 2026', (preset, days) => {
    expect(resolve({ preset }, noon)).toBe(days);
  });

  test.each([null, undefined, {}, { preset: null, start: null, end: null }])('is LAST_28_DAYS for %j', (request) => {
    expect(resolve(request, noon)).toBe('2026-02-15..2026-03-14');
  });

  test.each<[DateRangePreset, string, string]>([
    ['YESTERDAY', '2026-01-01', '2025-12-31..2025-12-31'],
    ['LAST_MONTH', '2026-01-01', '2025-12-01..2025-12-31'],
    ['THIS_MONTH', '2026-01-01', '2026-01-01..2026-01-01'],
    ['THIS_YEAR', '2026-01-01', '2026-01-01..2026-01-01'],
    ['LAST_7_DAYS', '2026-01-03', '2025-12-27..2026-01-02'],
    ['LAST_MONTH', '2028-03-31', '2028-02-01..2028-02-29'],
    ['YESTERDAY', '2028-03-01', '2028-02-29..2028-02-29'],
    ['LAST_MONTH', '2026-12-31', '2026-11-01..2026-11-30'],
    ['THIS_YEAR', '2026-12-31', '2026-01-01..2026-12-31'],
  ])('%s on %s crosses into the right month and year: %s', (preset, day, days) => {
    expect(resolve({ preset }, `${day}T12:00:00Z`)).toBe(days);
  });

  test.each([
    ['LAST_7_DAYS', 7],
    ['LAST_28_DAYS', 28],
    ['LAST_90_DAYS', 90],
  ] as const)('%s holds %d days at every moment and ends yesterday', (preset, count) => {
    const zones = fc.constantFrom('UTC', 'America/New_York', 'Pacific/Kiritimati', 'Australia/Lord_Howe');
    const moments = fc.integer({ min: Date.UTC(2016, 0, 1), max: Date.UTC(2040, 0, 1) });
    fc.assert(
      fc.property(moments, zones, (now, timeZone) => {
        const { start, end } = resolveDateRange({ preset }, { timeZone }, now);
        expect((Date.parse(end) - Date.parse(start)) / 86_400_000 + 1).toBe(count);
        expect(addDays(end, 1)).toBe(dayIn(timeZone, now));
      }),
    );
  });
});

describe("today is the day of the site's zone", () => {
  test.each([
    ['UTC', '2026-01-31T23:59:59.999Z', '2026-01-31'],
    ['UTC', '2026-02-01T00:00:00.000Z', '2026-02-01'],
    ['Europe/Berlin', '2026-01-31T22:59:59.999Z', '2026-01-31'],
    ['Europe/Berlin', '2026-01-31T23:00:00.000Z', '2026-02-01'],
    ['Pacific/Kiritimati', '2026-01-31T10:00:00Z', '2026-02-01'],
    ['Pacific/Pago_Pago', '2026-02-01T10:59:59Z', '2026-01-31'],
    ['Asia/Kathmandu', '2026-01-31T18:14:59Z', '2026-01-31'],
    ['Asia/Kathmandu', '2026-01-31T18:15:00Z', '2026-02-01'],
  ])('in %s at %s: %s', (timeZone, now, day) => {
    expect(resolve({ preset: 'TODAY' }, now, timeZone)).toBe(`${day}..${day}`);
  });

  // Berlin springs forward on 29 March 2026 (23 hours) and falls back on 25 October 2026 (25 hours).
  test.each([
    ['the last moment before the short day', '2026-03-28T22:59:59Z', '2026-03-28'],
    ['its first moment', '2026-03-28T23:00:00Z', '2026-03-29'],
    ['its last moment, in summer time', '2026-03-29T21:59:59Z', '2026-03-29'],
    ['the next one', '2026-03-29T22:00:00Z', '2026-03-30'],
    ['the last moment before the long day', '2026-10-24T21:59:59Z', '2026-10-24'],
    ['its first moment', '2026-10-24T22:00:00Z', '2026-10-25'],
    ['its last moment, in winter time', '2026-10-25T22:59:59Z', '2026-10-25'],
    ['the next one', '2026-10-25T23:00:00Z', '2026-10-26'],
  ])('on the days that clocks change, at %s', (_, now, day) => {
    expect(resolve({ preset: 'TODAY' }, now)).toBe(`${day}..${day}`);
    expect(resolve({ preset: 'YESTERDAY' }, now)).toBe(`${addDays(day, -1)}..${addDays(day, -1)}`);
  });

  test('which may have no midnight: Beirut went from 23:59:59 to 1:00', () => {
    expect(resolve({ preset: 'TODAY' }, '2026-03-28T21:59:59Z', 'Asia/Beirut')).toBe('2026-03-28..2026-03-28');
    expect(resolve({ preset: 'TODAY' }, '2026-03-28T22:00:00Z', 'Asia/Beirut')).toBe('2026-03-29..2026-03-29');
  });
});

describe('start and end', () => {
  const now = '2026-03-15T12:00:00Z';

  test.each([
    ['2026-01-01', '2026-01-31'],
    ['2026-03-15', '2026-03-15'],
    ['2015-08-14', '2015-08-14'],
    ['2026-03-15', '2026-12-31'],
    ['2026-01-01', '2999-12-31'],
  ])('%s to %s are taken as they are', (start, end) => {
    expect(resolve({ start, end }, now)).toBe(`${start}..${end}`);
  });

  test.each<[DateRangeRequest, string]>([
    [{ start: '2026-02-01', end: '2026-01-31' }, 'range: start 2026-02-01 is after end 2026-01-31.'],
    [{ start: '2026-01-01' }, 'range: end is missing: start and end go together.'],
    [{ end: '2026-01-01' }, 'range: start is missing: start and end go together.'],
    [
      { preset: 'TODAY', start: '2026-01-01', end: '2026-01-02' },
      'range: give either a preset, or start and end, not both.',
    ],
    [{ preset: 'TODAY', end: '2026-01-02' }, 'range: give either a preset, or start and end, not both.'],
    [{ start: '2015-08-13', end: '2026-01-01' }, 'range: start 2015-08-13 is too early: the first day is 2015-08-14.'],
    [
      { start: '2026-03-16', end: '2026-03-17' },
      'range: start 2026-03-16 lies in the future: today is 2026-03-15 in Europe/Berlin.',
    ],
  ])('refuses %j in words', (request, message) => {
    const error = caught(GatewayError, () => resolve(request, now));
    expect([error.code, error.message]).toEqual(['BAD_USER_INPUT', message]);
  });

  test('refuses an end that Google Analytics would refuse: 3000-01-01 and later', () => {
    const error = caught(GatewayError, () => resolve({ start: '2026-01-01', end: '3000-01-01' }, now));
    expect(error.code).toBe('BAD_USER_INPUT');
    expect(error.message).toMatch(/end 3000-01-01/);
  });

  test("may begin today by the site's clock, when it is tomorrow elsewhere", () => {
    const days = { start: '2026-03-16', end: '2026-03-16' };
    expect(resolve(days, now, 'Pacific/Kiritimati')).toBe('2026-03-16..2026-03-16');
    expect(() => resolve(days, now, 'America/New_York')).toThrow('today is 2026-03-15 in America/New_York');
  });
});

describe('shift', () => {
  const now = '2026-03-15T12:00:00Z';

  test.each<[DateRangeRequest, string]>([
    [{}, '2026-01-18..2026-02-14'],
    [{ preset: 'TODAY' }, '2026-03-14..2026-03-14'],
    [{ preset: 'THIS_MONTH' }, '2026-02-14..2026-02-28'],
    [{ start: '2026-03-29', end: '2026-03-30' }, '2026-03-27..2026-03-28'],
    [{ start: '2026-01-01', end: '2026-01-01' }, '2025-12-31..2025-12-31'],
  ])('PREVIOUS_PERIOD of %j is %s: as many days, just before', (request, days) => {
    const at = request.start ? '2026-04-15T12:00:00Z' : now;
    expect(resolve({ ...request, shift: 'PREVIOUS_PERIOD' }, at)).toBe(days);
  });

  test.each([
    ['2026-01-05', '2026-02-28', '2025-01-05..2025-02-28'],
    ['2024-02-01', '2024-02-29', '2023-02-01..2023-02-28'],
    ['2024-02-29', '2024-02-29', '2023-02-28..2023-02-28'],
    ['2025-02-28', '2025-03-01', '2024-02-28..2024-03-01'],
  ])('PREVIOUS_YEAR of %s to %s is %s: the same days', (start, end, days) => {
    expect(resolve({ start, end, shift: 'PREVIOUS_YEAR' }, now)).toBe(days);
  });

  test.each(['PREVIOUS_PERIOD', 'PREVIOUS_YEAR'] as const)('%s may not reach before the first day', (shift) => {
    const error = caught(GatewayError, () => resolve({ start: '2015-08-14', end: '2015-08-14', shift }, now));
    expect([error.code, error.message]).toEqual([
      'BAD_USER_INPUT',
      expect.stringMatching(/^range: shifted, it starts/),
    ]);
  });

  test('does not excuse a range that is wrong by itself', () => {
    const request = { start: '2026-03-16', end: '2026-03-17', shift: 'PREVIOUS_YEAR' } as const;
    expect(caught(GatewayError, () => resolve(request, now)).code).toBe('BAD_USER_INPUT');
  });
});
