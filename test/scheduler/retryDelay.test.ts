import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { GatewayError, type GatewayErrorOptions } from '../../src/errors.js';
import { type Attempt, retryDelay } from '../../src/scheduler/retryDelay.js';

function delay(options: GatewayErrorOptions, attempt: Partial<Omit<Attempt, 'error'>> = {}): number | null {
  return retryDelay({
    maxPause: 300_000,
    error: new GatewayError('SOURCE_UNAVAILABLE', 'It failed.', options),
    attempt: 1,
    hadFree: false,
    attempts: 2,
    remainingMs: 60_000,
    random: 0.5,
    ...attempt,
  });
}

describe('the time before the next attempt', () => {
  test.each([
    [1, 500],
    [2, 1_000],
    [3, 2_000],
    [4, 4_000],
    [5, 5_000],
    [9, 5_000],
  ])('after attempt %i is random, from nothing to %i ms', (attempt, bound) => {
    const at = (random: number) => delay({ again: 'budgeted' }, { attempt, attempts: 10, random });
    expect([at(0), at(0.25), at(1)]).toEqual([0, bound / 4, bound]);
  });

  test('is what the source asked for, plus the jitter', () => {
    expect(delay({ again: 'budgeted', retryAfterMs: 2_000 })).toBe(2_250);
  });

  test('is none for a failure that asking again does not heal', () => {
    expect(delay({})).toBeNull();
    expect(delay({ retryAfterMs: 10 })).toBeNull();
  });

  test('is none when the call was sent as often as it may be', () => {
    expect(delay({ again: 'budgeted' }, { attempt: 2, attempts: 2 })).toBeNull();
    expect(delay({ again: 'budgeted' }, { attempt: 1, attempts: 1 })).toBeNull();
  });

  test('is nothing, once, for a connection that was stale, whatever the number of attempts', () => {
    expect(delay({ again: 'free' }, { attempts: 1 })).toBe(0);
    expect(delay({ again: 'free' }, { attempts: 1, hadFree: true })).toBeNull();
    expect(delay({ again: 'free' }, { attempts: 2, hadFree: true })).toBe(250);
  });

  test('never reaches the deadline', () => {
    expect(delay({ again: 'budgeted' }, { remainingMs: 250 })).toBeNull();
    expect(delay({ again: 'budgeted' }, { remainingMs: 250.1 })).toBe(250);
    expect(delay({ again: 'budgeted', retryAfterMs: 60_000 })).toBeNull();
    expect(delay({ again: 'free' }, { remainingMs: 0 })).toBeNull();
    expect(delay({ again: 'free' }, { remainingMs: -5 })).toBeNull();
  });

  test('never reaches the deadline, whatever the source asks for and chance says', () => {
    const options = fc.record({
      again: fc.constantFrom('free' as const, 'budgeted' as const),
      retryAfterMs: fc.nat(100_000),
    });
    const attempt = fc.record({
      attempt: fc.integer({ min: 1, max: 9 }),
      hadFree: fc.boolean(),
      remainingMs: fc.double({ min: -10, max: 100_000, noNaN: true }),
      random: fc.double({ min: 0, max: 1, noNaN: true }),
    });
    fc.assert(
      fc.property(options, attempt, (error, state) => {
        const ms = delay(error, { ...state, attempts: 10 });
        return ms === null || (ms >= 0 && ms < state.remainingMs);
      }),
    );
  });
});
