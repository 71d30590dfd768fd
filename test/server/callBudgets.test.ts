import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createCallBudgets } from '../../src/server/callBudgets.js';
import { createFakeClock } from '../helpers/fakeClock.js';

describe('the calls of a viewer', () => {
  test('are as many at once as it has in a minute, and then refused with the time to wait', () => {
    const spend = createCallBudgets(createFakeClock()).spendingOf('a', 60);
    expect(Array.from({ length: 60 }, () => spend?.(1))).toEqual(Array(60).fill(null));
    expect(spend?.(1)?.extensions).toEqual({ code: 'QUERY_TOO_EXPENSIVE', retryable: true, retryAfterMs: 1_000 });
    expect(spend?.(10)?.extensions['retryAfterMs']).toBe(10_000);
  });

  test('come back evenly, and never more than a minute of them', async () => {
    const clock = createFakeClock();
    const spend = createCallBudgets(clock).spendingOf('a', 60);
    spend?.(60);
    await clock.advance(500);
    expect(spend?.(1)?.extensions['retryAfterMs']).toBe(500);
    await clock.advance(500);
    expect([spend?.(1), spend?.(1)?.code]).toEqual([null, 'QUERY_TOO_EXPENSIVE']);
    await clock.advance(3_600_000);
    expect([spend?.(60), spend?.(1)?.code]).toEqual([null, 'QUERY_TOO_EXPENSIVE']);
  });

  test('are its own: another one has all of its calls', () => {
    const budgets = createCallBudgets(createFakeClock());
    budgets.spendingOf('a', 5)?.(5);
    expect(budgets.spendingOf('a', 5)?.(1)?.code).toBe('QUERY_TOO_EXPENSIVE');
    expect(budgets.spendingOf('b', 5)?.(5)).toBeNull();
  });

  test('are not counted where there is no limit', () => {
    expect(createCallBudgets(createFakeClock()).spendingOf('a', null)).toBeUndefined();
  });

  test('are never more than two minutes of them in any minute, whatever the times between', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(20_000), { minLength: 30, maxLength: 60 }), async (waits) => {
        const clock = createFakeClock();
        const spend = createCallBudgets(clock).spendingOf('a', 10);
        const granted: number[] = [];
        for (const wait of waits) {
          for (let n = 0; n < 5; n += 1) if (spend?.(1) === null) granted.push(clock.monotonic());
          await clock.advance(wait);
        }
        for (const start of granted) {
          expect(granted.filter((at) => at >= start && at < start + 60_000).length).toBeLessThanOrEqual(20);
        }
      }),
      { numRuns: 100 },
    );
  });
});
