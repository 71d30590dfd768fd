import { describe, expect, test } from '@jest/globals';
import type { Answer } from '../../src/cache/answer.js';
import { createCache } from '../../src/cache/cache.js';
import type { Fetched } from '../../src/cache/fetching.js';
import type { Job, Waiter } from '../../src/cache/flight.js';
import { createMemoryStore } from '../../src/cache/memoryStore.js';
import { Disconnected, GatewayError } from '../../src/errors.js';
import { createScheduler } from '../../src/scheduler/scheduler.js';
import { answersOf, lifetime } from '../helpers/cacheBench.js';
import { createFakeClock } from '../helpers/fakeClock.js';

/** A cache in front of a scheduler with few slots, and a source whose calls end when the test says so. */
function createBench({ concurrency = 1, queue = 100, rate = 0 } = {}) {
  const clock = createFakeClock();
  const report = () => {};
  const scheduler = createScheduler({
    source: 'partner',
    settings: {
      concurrency,
      queue,
      intervalMs: rate,
      maxPause: 300_000,
      timeout: 600_000_000,
      retry: { attempts: 1, budget: 0.1 },
      breaker: { failures: 10, slow: 600_000_000, open: 30_000 },
    },
    clock,
    report,
  });
  const store = createMemoryStore<string>({ maxBytes: 1_048_576, clock });
  const cache = createCache<string>({ source: 'partner', store, clock, report, random: () => 0.5 });
  const started: string[] = [];
  const ends = new Map<string, (error?: GatewayError) => void>();
  const cancelled: string[] = [];

  const attempt = (key: string) => (signal: AbortSignal) =>
    new Promise<string>((resolve, reject) => {
      started.push(key);
      ends.set(key, (error) => (error ? reject(error) : resolve(`${key}!`)));
      signal.addEventListener('abort', () => {
        cancelled.push(key);
        reject(signal.reason);
      });
    });

  async function fetchOne(key: string, job: Job): Promise<ReadonlyMap<string, Fetched<string>>> {
    const value = await scheduler.run({ ...job, run: attempt(key) }, job.signal);
    return new Map([[key, { value, asOf: clock.now(), ...lifetime, isWhole: true }]]);
  }

  /** One letter is one key; answers with what was seen so far. */
  async function ask(keys: string, options: Partial<Waiter> = {}) {
    const controller = new AbortController();
    const waiter: Waiter = {
      requestId: `request for ${keys}`,
      signal: controller.signal,
      deadline: Number.POSITIVE_INFINITY,
      maxWaitMs: null,
      maxAgeMs: null,
      ...options,
    };
    const plan = (names: readonly string[]) =>
      names.map((name) => ({ keys: [name], run: (job: Job) => fetchOne(name, job) }));
    const seen: (Answer<string> | string)[] = [];
    for (const answer of answersOf(await cache.load([...keys], plan, waiter), keys.length)) {
      answer.then(
        (value) => seen.push(value),
        (error: unknown) => seen.push(error instanceof GatewayError ? error.code : String(error)),
      );
    }
    await clock.advance(0);
    return { seen, leave: (reason: unknown = new Disconnected()) => controller.abort(reason) };
  }

  return {
    clock,
    started,
    cancelled,
    scheduler,
    ask,
    async end(key: string, error?: GatewayError) {
      ends.get(key)?.(error);
      await clock.advance(0);
    },
  };
}

const inBackground = { background: true };

describe('work in the background', () => {
  test('takes a slot that nobody wants', async () => {
    const { ask, started } = createBench();
    await ask('a', inBackground);
    expect(started).toEqual(['a']);
  });

  test('lets everybody go first who waits, however late they come', async () => {
    const { ask, end, started } = createBench();
    await ask('x');
    await ask('abc', inBackground);
    await ask('de');
    await end('x');
    await ask('f');
    await end('d');
    await end('e');
    await end('f');
    await end('a');
    expect(started).toEqual(['x', 'd', 'e', 'f', 'a', 'b']);
  });

  test('that refreshes what was seen stale lets everybody go first, too', async () => {
    const { ask, end, clock, started } = createBench();
    await ask('a');
    await end('a');
    await clock.advance(lifetime.freshMs);
    await ask('x');
    const { seen } = await ask('a');
    await ask('y');
    await end('x');
    await end('y');
    expect(seen).toEqual([{ value: 'a!', state: 'STALE', asOf: expect.any(Number) }]);
    expect(started).toEqual(['a', 'x', 'y', 'a']);
  });

  test('goes before the rest of its kind as soon as somebody begins to wait for it', async () => {
    const { ask, end, started } = createBench();
    await ask('x');
    await ask('abc', inBackground);
    const { seen } = await ask('c');
    await end('x');
    await end('c');
    expect(started).toEqual(['x', 'c', 'a']);
    expect(seen).toMatchObject([{ value: 'c!', state: 'FRESH' }]);
  });

  test('that is promoted stands behind those who waited before it', async () => {
    const { ask, end, started } = createBench();
    await ask('x');
    await ask('a', inBackground);
    await ask('d', { requestId: 'request' });
    await ask('a', { requestId: 'request' });
    await end('x');
    await end('d');
    expect(started).toEqual(['x', 'd', 'a']);
  });

  test('is not promoted by more of its kind', async () => {
    const { ask, end, started } = createBench();
    await ask('x');
    await ask('ab', { ...inBackground, requestId: 'first' });
    await ask('b', { ...inBackground, requestId: 'second' });
    await end('x');
    await end('a');
    expect(started).toEqual(['x', 'a', 'b']);
  });

  test('that runs already is joined, and its waiter does not wait for a slot', async () => {
    const { ask, end, started } = createBench();
    await ask('a', inBackground);
    const { seen } = await ask('a');
    await end('a');
    expect(started).toEqual(['a']);
    expect(seen).toMatchObject([{ value: 'a!', state: 'FRESH' }]);
  });

  test('waits for its pace as all calls do, and is passed meanwhile', async () => {
    const { ask, clock, started } = createBench({ concurrency: 10, rate: 1_000 });
    await ask('x');
    await ask('a', inBackground);
    await clock.advance(500);
    await ask('y');
    await clock.advance(500);
    expect(started).toEqual(['x', 'y']);
    await clock.advance(1_000);
    expect(started).toEqual(['x', 'y', 'a']);
  });

  test('is bounded by the queue: what is too much is refused and harms nothing', async () => {
    const { ask, end, started } = createBench({ queue: 2 });
    await ask('x');
    const { seen } = await ask('abc', inBackground);
    expect(seen).toEqual(['OVERLOADED']);
    await end('x');
    await end('a');
    await end('b');
    expect(started).toEqual(['x', 'a', 'b']);
  });
});

describe('a call that still waits for its turn', () => {
  test.each([
    ['maxWaitMs', undefined],
    ['its deadline', new GatewayError('DEADLINE_EXCEEDED', 'Too late.')],
  ])('is made although its waiter left by %s', async (_, reason) => {
    const { ask, end, clock, started } = createBench();
    await ask('x');
    const client = await ask('ab', { maxWaitMs: reason ? null : 500, deadline: 30_000 });
    if (reason) client.leave(reason);
    await clock.advance(60_000);
    await end('x');
    await end('a');
    await end('b');
    expect(started).toEqual(['x', 'a', 'b']);
    expect((await ask('ab')).seen).toMatchObject([{ state: 'FRESH' }, { state: 'FRESH' }]);
    expect(started).toHaveLength(3);
  });

  test('is never made when its waiter has disconnected, and leaves its place in the queue', async () => {
    const { ask, end, clock, started, scheduler } = createBench();
    await ask('x');
    const client = await ask('ab');
    expect(scheduler.status().queued).toBe(2);
    client.leave();
    await clock.advance(0);
    expect(scheduler.status().queued).toBe(0);
    await end('x');
    expect(started).toEqual(['x']);
  });

  test('is cancelled with its slot when it runs already', async () => {
    const { ask, clock, cancelled, scheduler } = createBench();
    const client = await ask('a');
    client.leave();
    await clock.advance(0);
    expect(cancelled).toEqual(['a']);
    expect(scheduler.status().inFlight).toBe(0);
  });
});

describe('refusals of the scheduler', () => {
  test('are not remembered: the next one is asked for as soon as there is room', async () => {
    const { ask, end, started } = createBench({ queue: 1 });
    await ask('x');
    await ask('a');
    expect((await ask('b')).seen).toEqual(['OVERLOADED']);
    await end('x');
    expect((await ask('b')).seen).toEqual([]);
    await end('a');
    expect(started).toEqual(['x', 'a', 'b']);
  });

  test('by the breaker are not remembered, while the old value is shown on', async () => {
    const { ask, end, clock, started } = createBench({ concurrency: 20 });
    await ask('a');
    await end('a');
    await clock.advance(lifetime.freshMs);
    await ask('bcdefghijk');
    for (const key of 'bcdefghijk')
      await end(key, new GatewayError('SOURCE_UNAVAILABLE', '500.', { source: 'partner' }));
    expect((await ask('l')).seen).toEqual(['CIRCUIT_OPEN']);
    expect((await ask('a')).seen).toMatchObject([{ value: 'a!', state: 'STALE' }]);
    expect(started).toHaveLength(11);
    await clock.advance(40_000);
    await ask('a');
    await end('a');
    expect((await ask('a')).seen).toMatchObject([{ value: 'a!', state: 'FRESH' }]);
  });
});
