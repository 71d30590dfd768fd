import { describe, expect, test } from '@jest/globals';
import { type Freshness, joinFreshness } from '../src/freshness.js';

const early = Date.parse('2026-01-01T08:00:00Z');
const late = Date.parse('2026-01-01T09:00:00Z');

describe('figures that came at several times', () => {
  test.each<[Parameters<typeof joinFreshness>[0], Freshness]>([
    [[{ state: 'FRESH', asOf: late }], { state: 'FRESH', asOf: new Date(late) }],
    [
      [
        { state: 'FRESH', asOf: late },
        { state: 'STALE', asOf: new Date(early) },
      ],
      { state: 'STALE', asOf: new Date(early) },
    ],
    [
      [
        { state: 'STALE', asOf: late },
        { state: 'FRESH', asOf: early },
      ],
      { state: 'STALE', asOf: new Date(early) },
    ],
    [
      [
        { state: 'PENDING', asOf: null },
        { state: 'STALE', asOf: early },
      ],
      { state: 'PENDING', asOf: null },
    ],
    [[{ state: 'FRESH', asOf: null }], { state: 'FRESH', asOf: null }],
    [
      [
        { state: 'FRESH', asOf: null },
        { state: 'FRESH', asOf: late },
      ],
      { state: 'FRESH', asOf: new Date(late) },
    ],
    [[], { state: 'FRESH', asOf: null }],
    [[{ state: 'FRESH', asOf: 0 }], { state: 'FRESH', asOf: new Date(0) }],
  ])('are as current as the worst and oldest of them: %j', (parts, expected) => {
    expect(joinFreshness(parts)).toEqual(expected);
    expect(joinFreshness(parts.toReversed())).toEqual(expected);
  });

  test('may be very many', () => {
    const parts = Array.from({ length: 200_000 }, (_, index) => ({ state: 'FRESH', asOf: early + index }) as const);
    expect(joinFreshness(parts)).toEqual({ state: 'FRESH', asOf: new Date(early) });
  });
});
