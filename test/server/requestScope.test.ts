import { expect, test } from '@jest/globals';
import { createRequestScope } from '../../src/server/requestScope.js';
import { createFakeClock } from '../helpers/fakeClock.js';

const scopeOf = (elapsedMs?: number) => {
  const clock = createFakeClock();
  return {
    clock,
    scope: createRequestScope({ requestId: 'r', deadlineMs: 3_000, ...(elapsedMs && { elapsedMs }), clock }),
  };
};

test.each([[0], [1_200]])(
  'a request that has taken %i ms already has what is left, and is told the whole of it',
  async (elapsedMs) => {
    const { clock, scope } = scopeOf(elapsedMs);
    expect(scope.deadline - clock.monotonic()).toBe(3_000 - elapsedMs);
    await clock.advance(3_000 - elapsedMs - 1);
    expect(scope.signal.aborted).toBe(false);
    await clock.advance(1);
    expect(scope.signal.reason).toMatchObject({ code: 'DEADLINE_EXCEEDED', message: expect.stringContaining(' 3 s ') });
  },
);

test('a request that has taken longer than it may is over at once', async () => {
  const { clock, scope } = scopeOf(4_000);
  await clock.advance(0);
  expect(scope.signal.reason).toMatchObject({ code: 'DEADLINE_EXCEEDED' });
});

test('an answer is fresh until the first of its parts is not', async () => {
  const { clock, scope } = scopeOf();
  expect(scope.freshUntil()).toBe(Number.POSITIVE_INFINITY);
  scope.used(2_000);
  const until = clock.monotonic() + 2_000;
  await clock.advance(500);
  scope.used(5_000);
  expect(scope.freshUntil()).toBe(until);
  scope.used(0);
  expect(scope.freshUntil()).toBeLessThan(clock.monotonic());
});
