import { getEventListeners, setMaxListeners } from 'node:events';
import { describe, expect, test } from '@jest/globals';
import {
  createStay,
  type Flight,
  type Job,
  startFlight,
  WaitedLongEnough,
  type Waiter,
} from '../../src/cache/flight.js';
import type { Clock } from '../../src/clock.js';
import { Disconnected, GatewayError } from '../../src/errors.js';
import { createFakeClock } from '../helpers/fakeClock.js';

/** A job that ends when the test says so, and somebody to start it. */
function startJob({ background = false, deadline = 30_000 } = {}) {
  const clock = createFakeClock();
  const end: { resolve(value: string): void; reject(reason: unknown): void } = { resolve() {}, reject() {} };
  const jobs: Job[] = [];
  const ends: boolean[] = [];
  const work = (job: Job) => {
    jobs.push(job);
    return new Promise<string>((resolve, reject) => {
      Object.assign(end, { resolve, reject });
      job.signal.addEventListener('abort', () => reject(job.signal.reason), { once: true });
    });
  };
  // Who hears of it may still look at the signal: nothing has been stopped yet.
  const onEnd = () => void ends.push(jobs[0]?.signal.aborted ?? true);
  const flight = startFlight({ keys: ['a'], requestId: 'first', deadline, background, onEnd, work });
  const [job] = jobs;
  if (!job) throw new Error('The work was not begun.');
  return { clock, end, flight, job, ends, join: (options: Partial<Waiter> = {}) => join(flight, options, clock) };
}

function join(flight: Flight<string>, options: Partial<Waiter>, clock: Clock) {
  const controller = new AbortController();
  setMaxListeners(0, controller.signal);
  const waiter: Waiter = {
    requestId: 'waiter',
    signal: controller.signal,
    deadline: 30_000,
    maxWaitMs: null,
    maxAgeMs: null,
    ...options,
  };
  const result: { settled: number; value?: string; error?: unknown } = { settled: 0 };
  flight.join(waiter, createStay(waiter, clock)).then(
    (value) => Object.assign(result, { value, settled: result.settled + 1 }),
    (error: unknown) => Object.assign(result, { error, settled: result.settled + 1 }),
  );
  return {
    result,
    signal: controller.signal,
    disconnect: () => controller.abort(new Disconnected()),
    reachDeadline: () => controller.abort(new GatewayError('DEADLINE_EXCEEDED', 'Too late.')),
  };
}

describe('a job', () => {
  test('is begun at once, once, and everybody who waits gets its result', async () => {
    const { clock, end, join } = startJob();
    const waiters = [join(), join(), join({ background: true })];
    end.resolve('value');
    await clock.advance(0);
    expect(waiters.map(({ result }) => result)).toEqual(Array(3).fill({ settled: 1, value: 'value' }));
  });

  test('hands its failure to everybody, as it is', async () => {
    const { clock, end, join } = startJob();
    const waiters = [join(), join()];
    const error = new GatewayError('SOURCE_TIMEOUT', 'No answer.');
    end.reject(error);
    await clock.advance(0);
    for (const { result } of waiters) expect(result).toEqual({ settled: 1, error });
  });

  test('may fail when nobody waits any more, and nobody hears of it', async () => {
    const { clock, end, join } = startJob();
    const waiter = join();
    waiter.reachDeadline();
    await clock.advance(0);
    end.reject(new Error('unheard'));
    await clock.advance(0);
    expect(waiter.result).toMatchObject({ settled: 1, error: { code: 'DEADLINE_EXCEEDED' } });
  });

  test('leaves neither timer nor listener behind, however a waiter went', async () => {
    const { clock, end, join } = startJob();
    const leaving = [join(), join(), join({ maxWaitMs: 100 })];
    const staying = [join({ maxWaitMs: 60_000 }), join()];
    leaving[0]?.disconnect();
    leaving[1]?.reachDeadline();
    await clock.advance(100);
    end.resolve('value');
    await clock.advance(0);
    expect(clock.timers).toBe(0);
    for (const { signal, result } of [...leaving, ...staying]) {
      expect(getEventListeners(signal, 'abort')).toEqual([]);
      expect(result.settled).toBe(1);
    }
  });
});

describe('a waiter that gives up', () => {
  test('gets its own reason at once, and the others get the value', async () => {
    const { clock, end, job, join } = startJob();
    const [gone, late, impatient, patient] = [join(), join(), join({ maxWaitMs: 500 }), join()];
    gone.disconnect();
    late.reachDeadline();
    await clock.advance(500);
    expect(gone.result).toMatchObject({ settled: 1, error: expect.any(Disconnected) });
    expect(late.result).toMatchObject({ settled: 1, error: { code: 'DEADLINE_EXCEEDED' } });
    expect(impatient.result).toMatchObject({ settled: 1, error: expect.any(WaitedLongEnough) });
    expect(job.signal.aborted).toBe(false);
    end.resolve('value');
    await clock.advance(0);
    expect(patient.result).toEqual({ settled: 1, value: 'value' });
  });

  test('has waited long enough after its own time, and not before', async () => {
    const { clock, join } = startJob();
    const waiter = join({ maxWaitMs: 500 });
    await clock.advance(499);
    expect(waiter.result.settled).toBe(0);
    await clock.advance(1);
    expect(waiter.result.settled).toBe(1);
  });

  test('with a signal that has aborted already is sent away at once', async () => {
    const { clock, join } = startJob();
    const signal = AbortSignal.abort(new Disconnected());
    const { result } = join({ signal });
    await clock.advance(0);
    expect(result).toMatchObject({ settled: 1, error: expect.any(Disconnected) });
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });
});

describe('a job whose waiters have all gone', () => {
  test('is cancelled when they disconnected, with their reason', async () => {
    const { clock, job, join, ends } = startJob();
    const waiters = [join(), join()];
    waiters[0]?.disconnect();
    await clock.advance(0);
    expect([job.signal.aborted, ends]).toEqual([false, []]);
    waiters[1]?.disconnect();
    await clock.advance(0);
    // At once, and once more when its work has ended.
    expect([job.signal.aborted, ends]).toEqual([true, [false, true]]);
    expect(job.signal.reason).toBeInstanceOf(Disconnected);
  });

  test.each([
    ['deadline', 'first'],
    ['deadline', 'last'],
    ['maxWaitMs', 'first'],
    ['maxWaitMs', 'last'],
  ])('goes on when one of them had left by its %s, be it the %s to leave', async (way, when) => {
    const { clock, job, join } = startJob();
    const disconnecting = join();
    const leaving = join({ maxWaitMs: way === 'maxWaitMs' ? 500 : null });
    if (when === 'last') disconnecting.disconnect();
    await clock.advance(0);
    if (way === 'deadline') leaving.reachDeadline();
    await clock.advance(500);
    expect(leaving.result.settled).toBe(1);
    disconnecting.disconnect();
    await clock.advance(0);
    expect(job.signal.aborted).toBe(false);
  });

  test('goes on when it was begun in the background', async () => {
    const { clock, job, join } = startJob({ background: true });
    join().disconnect();
    await clock.advance(0);
    expect(job.signal.aborted).toBe(false);
  });
});

describe('the deadline of a job', () => {
  test('is the latest of those who wait', () => {
    const { job, join } = startJob({ deadline: 1_000 });
    expect(job.deadline()).toBe(1_000);
    join({ deadline: 5_000 });
    join({ deadline: 3_000 });
    expect(job.deadline()).toBe(5_000);
  });

  test('is none once a waiter was told to ask again', async () => {
    const { clock, job, join } = startJob();
    join({ maxWaitMs: 500 });
    await clock.advance(500);
    expect(job.deadline()).toBe(Number.POSITIVE_INFINITY);
  });

  test('is none for a job in the background', () => {
    expect(startJob({ background: true }).job.deadline()).toBe(Number.POSITIVE_INFINITY);
  });
});

describe('a job in the background', () => {
  test('is promoted by the first who waits for its result, not by another one in the background', () => {
    const { job, join } = startJob({ background: true });
    expect(job.background).toBe(true);
    join({ background: true });
    expect(job.promoted.aborted).toBe(false);
    join();
    expect(job.promoted.aborted).toBe(true);
  });
});

test('who waits for a thousand jobs at once has one listener and one timer for all of them', async () => {
  const clock = createFakeClock();
  const { signal } = new AbortController();
  const stay = createStay({ signal, maxWaitMs: 1_000 }, clock);
  const never = new Promise<string>(() => {});
  const errors = Array.from({ length: 1_000 }, () => stay.until(never).catch((error: unknown) => error));
  const done = stay.until(Promise.resolve('there'));
  expect([getEventListeners(signal, 'abort').length, clock.timers]).toEqual([1, 1]);
  expect(await done).toBe('there');
  await clock.advance(1_000);
  for (const error of await Promise.all(errors)) expect(error).toBeInstanceOf(WaitedLongEnough);
  expect([getEventListeners(signal, 'abort').length, clock.timers]).toEqual([0, 0]);
});
