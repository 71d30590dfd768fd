import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parseRetryAfter } from '../../src/scheduler/retryAfter.js';

const now = Date.parse('2026-01-15T12:00:00.000Z');

describe('Retry-After', () => {
  test.each([
    ['5', 5_000],
    ['0', 0],
    [' 7 ', 7_000],
    ['007', 7_000],
    ['3600', 3_600_000],
    ['999999999', 999_999_999_000],
  ])('%p is so many seconds', (header, ms) => {
    expect(parseRetryAfter(header, now)).toBe(ms);
  });

  test.each([
    ['Thu, 15 Jan 2026 12:00:05 GMT', 5_000],
    ['Thursday, 15-Jan-26 12:01:00 GMT', 60_000],
    ['Thu Jan 15 12:00:30 2026 GMT', 30_000],
    ['Thu, 15 Jan 2026 11:59:00 GMT', 0],
    ['Thu, 01 Jan 1970 00:00:00 GMT', 0],
  ])('%p is a date, and one in the past is now', (header, ms) => {
    expect(parseRetryAfter(header, now)).toBe(ms);
  });

  test('a date in the old form of C, which has no zone, is in GMT like every HTTP date', () => {
    expect(parseRetryAfter('Thu Jan 15 12:00:30 2026', now)).toBe(30_000);
  });

  test.each([
    [undefined],
    [''],
    ['   '],
    ['-5'],
    ['+5'],
    ['5.5'],
    ['1e3'],
    ['0x10'],
    ['5s'],
    ['5, 10'],
    ['junk'],
    ['soon, please'],
    ['Infinity'],
    ['NaN'],
    ['12345678901234567890'],
    ['Thu, 45 Jan 2026 12:00:00 GMT'],
    ['٥'],
  ])('%p says nothing', (header) => {
    expect(parseRetryAfter(header, now)).toBeNull();
  });

  test('is never a negative or an endless time, whatever it says', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.date().map(String), fc.integer().map(String)), (header) => {
        const ms = parseRetryAfter(header, now);
        return ms === null || (Number.isFinite(ms) && ms >= 0);
      }),
    );
  });
});
