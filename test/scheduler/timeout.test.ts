import { getEventListeners, setMaxListeners } from 'node:events';
import { describe, expect, test } from '@jest/globals';
import type { Signal } from '../../src/cancellation.js';
import { createTimeout } from '../../src/scheduler/timeout.js';
import { createCall } from '../helpers/calls.js';
import { createFakeClock } from '../helpers/fakeClock.js';

const never = <T>(_started?: unknown) => new Promise<T>(() => {});
const noSignal = () => new AbortController().signal;

function start(timeoutMs = 5_000) {
  const clock = createFakeClock();
  return { clock, timeout: createTimeout({ source: 'partner', timeoutMs, clock }) };
}

/** How a promise stands, without waiting for it. */
function watch(promise: Promise<unknown>): { state: string; value?: unknown } {
  const seen: { state: string; value?: unknown } = { state: 'pending' };
  promise.then(
    (value) => Object.assign(seen, { state: 'done', value }),
    (value: unknown) => Object.assign(seen, { state: 'failed', value }),
  );
  return seen;
}

describe('a timeout', () => {
  test('ends an attempt at its time and not before, even one that ignores its signal', async () => {
    const { clock, timeout } = start();
    const seen = watch(timeout(createCall(never), noSignal()));
    await clock.advance(4_999);
    expect(seen.state).toBe('pending');
    await clock.advance(1);
    expect(seen).toMatchObject({
      state: 'failed',
      value: {
        message: 'No answer within 5 s.',
        extensions: { code: 'SOURCE_TIMEOUT', source: 'partner', retryable: true },
      },
    });
  });

  test('aborts the signal of the attempt, so that it can stop', async () => {
    const { clock, timeout } = start();
    const signals: Signal[] = [];
    const seen = watch(
      timeout(
        createCall((signal) => never(void signals.push(signal))),
        noSignal(),
      ),
    );
    await clock.advance(5_000);
    expect(signals.map(({ aborted }) => aborted)).toEqual([true]);
    expect(signals[0]?.reason).toBe(seen.value);
  });

  test('leaves a call alone that is done in time', async () => {
    const { clock, timeout } = start();
    const signals: Signal[] = [];
    await expect(
      timeout(
        createCall(async (signal) => signals.push(signal)),
        noSignal(),
      ),
    ).resolves.toBe(1);
    await clock.advance(10_000);
    expect(signals[0]?.aborted).toBe(false);
  });

  test('passes a failure on as it is, also one that is thrown before a promise is made', async () => {
    const { timeout } = start();
    const failure = new Error('no');
    await expect(
      timeout(
        createCall(() => Promise.reject(failure)),
        noSignal(),
      ),
    ).rejects.toBe(failure);
    const thrown = createCall((): Promise<never> => {
      throw failure;
    });
    await expect(timeout(thrown, noSignal())).rejects.toBe(failure);
  });

  test('measures every attempt by itself', async () => {
    const { clock, timeout } = start();
    const first = watch(timeout(createCall(never), noSignal()));
    await clock.advance(3_000);
    const second = watch(timeout(createCall(never), noSignal()));
    await clock.advance(2_000);
    expect([first.state, second.state]).toEqual(['failed', 'pending']);
    await clock.advance(3_000);
    expect(second.state).toBe('failed');
  });

  test("ends at once with the caller's reason when the caller gives up", async () => {
    const { clock, timeout } = start();
    const caller = new AbortController();
    const signals: Signal[] = [];
    const seen = watch(
      timeout(
        createCall((signal) => never(void signals.push(signal))),
        caller.signal,
      ),
    );
    const reason = new Error('gone');
    caller.abort(reason);
    await clock.advance(0);
    expect(seen).toEqual({ state: 'failed', value: reason });
    expect(signals[0]?.reason).toBe(reason);
  });

  test('does not begin an attempt whose caller is gone', async () => {
    const { timeout } = start();
    const reason = new Error('gone');
    let begun = false;
    const attempt = createCall(async () => {
      begun = true;
    });
    await expect(timeout(attempt, AbortSignal.abort(reason))).rejects.toBe(reason);
    expect(begun).toBe(false);
  });

  test('leaves no listener and no timer behind after 1,000 calls on one signal', async () => {
    const { clock, timeout } = start();
    const timers = new Set<() => void>();
    const counting = {
      ...clock,
      after(ms: number, callback: () => void) {
        const stop = clock.after(ms, callback);
        timers.add(stop);
        return () => {
          timers.delete(stop);
          stop();
        };
      },
    };
    const signal = noSignal();
    setMaxListeners(0, signal);
    const counted = createTimeout({ source: 'partner', timeoutMs: 5_000, clock: counting });
    const results = await Promise.allSettled(
      Array.from({ length: 1_000 }, (_, index) =>
        counted(
          createCall(() => {
            if (index % 4 === 0) throw new Error('no, and at once');
            return index % 2 ? Promise.resolve(index) : Promise.reject(new Error('no'));
          }),
          signal,
        ),
      ),
    );
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(500);
    expect([getEventListeners(signal, 'abort').length, timers.size]).toEqual([0, 0]);
    await expect(
      timeout(
        createCall(async () => 1),
        signal,
      ),
    ).resolves.toBe(1);
  });
});
