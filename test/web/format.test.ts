import { describe, expect, test } from '@jest/globals';
import type { FigureFormat } from '../../web/src/figures.js';
import {
  type FigureValue,
  formatAge,
  formatClock,
  formatCompact,
  formatDay,
  formatDays,
  formatExact,
  formatFigure,
  localeOf,
} from '../../web/src/format.js';

/** Intl writes narrow and hard spaces, which look like spaces. */
const plain = (text: string) => text.replace(/[\u00a0\u202f\u2009]/g, ' ');
const german = { locale: 'de-DE', currency: 'EUR' };
const american = { locale: 'en-US', currency: 'EUR' };
const british = { locale: 'en-GB', currency: 'EUR' };

describe('a figure', () => {
  test.each<[FigureValue, FigureFormat, string, string]>([
    [1234567, 'count', '1.234.567', '1,234,567'],
    [2.5, 'count', '2,5', '2.5'],
    ['1234.5', 'money', '1.234,50 €', '€1,234.50'],
    [0.8, 'share', '80,0 %', '80.0%'],
    [0.01234, 'ratio', '0,0123', '0.0123'],
    [125.4, 'duration', '2:05', '2:05'],
    [null, 'count', '–', '–'],
  ])('%p as %s is written as the reader does: %s, %s', (value, format, inGerman, inEnglish) => {
    expect(plain(formatFigure(value, format, german))).toBe(inGerman);
    expect(plain(formatFigure(value, format, british))).toBe(inEnglish);
  });

  test('keeps every digit in its tooltip, also beyond what a number holds', () => {
    expect(formatExact('12345678901234567.8912', 'money', british)).toBe('€12,345,678,901,234,567.8912');
    expect(formatExact(0.123456, 'share', british)).toBe('12.3456%');
    expect(formatExact(null, 'count', british)).toBe('unknown');
  });

  test('is money only where its currency is known', () => {
    expect(formatFigure('10', 'money', { locale: 'en-GB', currency: null })).toBe('10.00');
  });

  test('is short in a tile, once it is long', () => {
    expect(formatCompact(9_999, 'count', british)).toBe('9,999');
    expect(formatCompact(1_234_567, 'count', american)).toBe('1.2M');
    expect(formatCompact('54321.10', 'money', american)).toBe('€54.3K');
    expect(formatCompact(null, 'count', british)).toBe('–');
  });
});

describe('days and times', () => {
  test('a calendar day is the same day everywhere', () => {
    expect(formatDay('2025-03-30', 'en-GB')).toBe('30 Mar 2025');
    expect(plain(formatDays({ start: '2024-12-30', end: '2025-01-02' }, 'en-GB'))).toMatch(
      /30 Dec.* 2024.+2 Jan.* 2025/,
    );
  });

  test.each([
    [0, 'just now'],
    [59_999, 'just now'],
    [4 * 60_000, '4 min ago'],
    [3 * 3_600_000, '3 hr ago'],
    [3 * 86_400_000, '3 days ago'],
  ])('an age of %d ms is %s', (ms, text) => expect(formatAge(ms, 'en-US').replace('.', '')).toBe(text));

  test('a time of day names its day where that is not today', () => {
    const now = Date.parse('2026-01-05T12:00:00Z');
    const options = { locale: 'en-GB', timeZone: 'Europe/Berlin' };
    expect(formatClock(now + 3_600_000, now, options)).toBe('14:00');
    expect(formatClock(now + 86_400_000, now, options)).toMatch(/^Tue,? 13:00$/);
  });
});

test('whoever has a language that is none reads the next one, or English', () => {
  expect(localeOf(['de-AT', 'en'])).toBe('de-AT');
  expect(localeOf(['en-US@posix', 'fr'])).toBe('fr');
  expect(localeOf(['C.UTF-8'])).toBe('en');
  expect(localeOf([])).toBe('en');
});
