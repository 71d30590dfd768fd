import { describe, expect, test } from '@jest/globals';
import {
  afterOutcome,
  atTime,
  type BreakerState,
  type ClosedBreaker,
  closed,
  type Outcome,
} from '../../src/scheduler/breakerState.js';

const settings = { failures: 10, slow: 25_000, open: 30_000 };

/** The state after these results, one every ms from 1 on. */
function stateAfter(outcomes: readonly Outcome[], from: BreakerState = closed, concurrency = 8): BreakerState {
  return outcomes.reduce<BreakerState>(
    (state, outcome, index) => afterOutcome(state, outcome, { settings, concurrency, now: index + 1 }),
    from,
  );
}

const times = (count: number, ...outcomes: Outcome[]): Outcome[] =>
  Array.from({ length: count }).flatMap(() => outcomes);

describe('a closed breaker', () => {
  test('opens with the tenth failure in a row, for as long as configured, and not with the ninth', () => {
    expect(stateAfter(times(9, 'failed'))).toMatchObject({ name: 'closed', failuresInRow: 9 });
    expect(stateAfter(times(10, 'failed'))).toEqual({ name: 'open', until: 10 + 30_000 });
  });

  test('counts failures in a row anew after a success', () => {
    const state = stateAfter([...times(9, 'failed'), 'succeeded', ...times(9, 'failed')]);
    expect(state).toMatchObject({ name: 'closed', failuresInRow: 9 });
  });

  test.each([
    ['half of the calls', times(500, 'failed', 'succeeded')],
    ['half of the calls, by fives', times(100, ...times(5, 'failed'), ...times(5, 'succeeded'))],
    ['two of three calls', times(300, 'failed', 'failed', 'succeeded')],
  ])('stays closed when %s fail', (_, outcomes) => {
    expect(stateAfter(outcomes).name).toBe('closed');
  });

  test('opens by share when nine of ten fail, although never ten in a row', () => {
    const outcomes = times(20, ...times(9, 'failed'), 'succeeded');
    const opensWith = outcomes.findIndex((_, last) => stateAfter(outcomes.slice(0, last + 1)).name === 'open');
    // One bad stretch alone says little, and a hundred calls are too many.
    expect(opensWith).toBeGreaterThan(25);
    expect(opensWith).toBeLessThan(100);
  });

  test('takes an answer that is no success for a sign of life: it ends a row of failures and counts as none', () => {
    expect(stateAfter(times(1_000, 'answered'))).toEqual(closed);
    const nine = stateAfter(times(9, 'failed'));
    expect(stateAfter(times(5, 'answered'), nine)).toEqual({ ...nine, failuresInRow: 0 });
  });

  test('opens with the third refusal of the credentials in a row', () => {
    expect(stateAfter(['refused', 'refused', 'succeeded', 'refused', 'refused']).name).toBe('closed');
    expect(stateAfter(['refused', 'refused', 'refused'])).toEqual({ name: 'open', until: 3 + 30_000 });
  });
});

describe('an open breaker', () => {
  const open: BreakerState = { name: 'open', until: 1_000 };

  test('becomes half open when its time is over, and not before', () => {
    expect(atTime(open, 999.9)).toBe(open);
    expect(atTime(open, 1_000)).toEqual({ name: 'halfOpen', probing: false });
  });

  test('is not kept open longer by calls in flight that fail', () => {
    expect(stateAfter(['failed', 'refused', 'failed'], open)).toBe(open);
  });

  test.each(['succeeded', 'answered'] as const)('is closed by a call in flight that %s', (outcome) => {
    expect(stateAfter([outcome], open)).toMatchObject({ name: 'closed', failuresInRow: 0, failureShare: 0 });
  });
});

describe('a half open breaker', () => {
  const probing: BreakerState = { name: 'halfOpen', probing: true };

  test('stays what it is, whatever the time', () => {
    expect(atTime(probing, Number.MAX_SAFE_INTEGER)).toBe(probing);
  });

  test.each(['failed', 'refused'] as const)('opens again when its probe %s', (outcome) => {
    expect(stateAfter([outcome], probing)).toEqual({ name: 'open', until: 1 + 30_000 });
  });

  test.each(['succeeded', 'answered'] as const)('closes when its probe %s', (outcome) => {
    expect(stateAfter([outcome], probing).name).toBe('closed');
  });
});

describe('after an outage', () => {
  const allowances = (outcomes: readonly Outcome[], concurrency: number) =>
    outcomes.map((_, index) => {
      const state = stateAfter(outcomes.slice(0, index + 1), { name: 'halfOpen', probing: true }, concurrency);
      return (state as ClosedBreaker).allowance;
    });

  test('lets one more call run for each success, and then as many as there are slots', () => {
    expect(allowances(times(7, 'succeeded'), 8)).toEqual([2, 3, 4, 5, 6, 7, Number.POSITIVE_INFINITY]);
  });

  test('lets one more run with every answer, whatever it says, and none with a failure', () => {
    expect(allowances(['succeeded', 'answered', 'failed', 'answered', 'succeeded'], 8)).toEqual([2, 3, 3, 4, 5]);
  });

  test('begins with a single call where there is a single slot', () => {
    expect(allowances(['succeeded'], 1)).toEqual([Number.POSITIVE_INFINITY]);
  });
});
