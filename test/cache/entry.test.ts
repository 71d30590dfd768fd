import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { ageOf, dated, type Entry, jitter } from '../../src/cache/entry.js';

const entry: Entry<string> = { value: 'v', asOf: 0, freshMs: 600, staleMs: 1_000 };
const foundAt = (ageMs: number) => ({ entry, ageMs });

describe('the age of a value', () => {
  test.each([
    [0, 'fresh'],
    [599, 'fresh'],
    [600, 'stale'],
    [1_599, 'stale'],
    [1_600, 'missing'],
    [Number.MAX_SAFE_INTEGER, 'missing'],
  ])('after %i ms of 600 fresh and 1,000 stale ones is %s', (ageMs, age) => {
    expect(ageOf(foundAt(ageMs), null)).toBe(age);
  });

  test('nothing found is missing, whatever age is asked for', () => {
    expect([ageOf(undefined, null), ageOf(undefined, 0), ageOf(undefined, 1e9)]).toEqual(Array(3).fill('missing'));
  });

  test('maxAgeMs makes it stale sooner, and never keeps it longer', () => {
    expect(ageOf(foundAt(100), 101)).toBe('fresh');
    expect(ageOf(foundAt(100), 100)).toBe('stale');
    expect(ageOf(foundAt(0), 0)).toBe('stale');
    expect(ageOf(foundAt(600), 10_000)).toBe('stale');
    expect(ageOf(foundAt(1_600), 10_000)).toBe('missing');
  });

  test('minFreshMs makes it stale as much sooner, and never keeps it longer', () => {
    expect(ageOf(foundAt(499), null, 100)).toBe('fresh');
    expect(ageOf(foundAt(500), null, 100)).toBe('stale');
    expect(ageOf(foundAt(0), null, 600)).toBe('stale');
    expect(ageOf(foundAt(1_599), null, 600)).toBe('stale');
    expect(ageOf(foundAt(1_600), null, 0)).toBe('missing');
  });

  test('only ever goes from fresh to stale to missing', () => {
    const order = { fresh: 0, stale: 1, missing: 2 } as const;
    fc.assert(
      fc.property(fc.nat(3_000), fc.nat(3_000), fc.option(fc.nat(3_000)), (a, b, maxAgeMs) => {
        const [younger, older] = a < b ? [a, b] : [b, a];
        const ageNow = order[ageOf(foundAt(younger), maxAgeMs)];
        expect(order[ageOf(foundAt(older), maxAgeMs)]).toBeGreaterThanOrEqual(ageNow);
        expect(ageNow).toBeGreaterThanOrEqual(order[ageOf(foundAt(younger), null)]);
      }),
    );
  });
});

describe('the date of a value', () => {
  test('stays as it is where its age and the clock agree, give or take a second', () => {
    for (const ageMs of [4_000, 5_000, 6_000]) expect(dated(entry, ageMs, 5_000)).toBe(entry);
  });

  test('is what its age says where the clock was set, and never of the future', () => {
    const time = fc.integer({ min: -1e9, max: 1e9 });
    fc.assert(
      fc.property(time, fc.nat(1e9), time, (asOf, ageMs, now) => {
        const shownMs = now - dated({ ...entry, asOf }, ageMs, now).asOf;
        expect(shownMs).toBeGreaterThanOrEqual(0);
        expect(Math.abs(shownMs - ageMs)).toBeLessThanOrEqual(1_000);
      }),
    );
  });
});

describe('a lifetime', () => {
  test('is up to 10 % shorter or longer', () => {
    expect([jitter(1_000, 0), jitter(1_000, 0.5), jitter(1_000, 1)]).toEqual([900, 1_000, 1_100]);
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e9 }), fc.double({ min: 0, max: 1, noNaN: true }), (ms, random) => {
        expect(Math.abs(jitter(ms, random) - ms)).toBeLessThanOrEqual(ms * 0.1 + 1e-6);
      }),
    );
  });
});
