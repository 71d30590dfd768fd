import { getEventListeners } from 'node:events';
import { describe, expect, test } from '@jest/globals';
import { createRetry, createRetryBudget } from '../../src/scheduler/retry.js';
import { createScheduler } from '../../src/scheduler/scheduler.js';
import type { TelemetryEvent } from '../../src/telemetry.js';
import { createFakeClock, type FakeClock } from '../helpers/fakeClock.js';
import { createFakeSource, failures, outcomeOf } from '../helpers/fakeSource.js';

function setUp({ attempts = 2, budget = 0.1, random = 0.5 } = {}) {
  const clock = createFakeClock();
  const source = createFakeSource(clock);
  const events: TelemetryEvent[] = [];
  const retry = createRetry({
    source: 'partner',
    settings: { attempts, budget },
    maxPause: 300_000,
    clock,
    report: (event) => void events.push(event),
    random: () => random,
  });
  return { clock, source, events, ask: source.ask.bind(source, retry), retry };
}

describe('a call that fails', () => {
  test('is sent once more after a random time, and its waiter sees the answer only', async () => {
    const { clock, source, events, ask } = setUp();
    const waiter = ask([source.fails(10, failures.hiccup()), source.answers(10)], { requestId: 'r-1' });
    await clock.advance(10 + 249);
    expect(source.attempts).toHaveLength(1);
    await clock.advance(1 + 10);
    expect(waiter).toMatchObject({ value: 'answered', settled: 1, settledAt: 270 });
    expect(events).toEqual([
      { type: 'call.retried', source: 'partner', requestId: 'r-1', delayMs: 250, failure: 'SOURCE_UNAVAILABLE' },
    ]);
  });

  test('is sent as often as configured, and its waiter sees the last failure', async () => {
    const { clock, source, ask } = setUp({ attempts: 3 });
    const waiter = ask([
      source.fails(0, failures.hiccup()),
      source.fails(0, failures.hiccup()),
      source.fails(0, failures.fault()),
    ]);
    await clock.advance(10_000);
    expect([source.attempts.length, waiter.error]).toEqual([
      3,
      expect.objectContaining({ message: 'It answered 500.' }),
    ]);
  });

  test.each([
    ['timeout', failures.timeout],
    ['fault', failures.fault],
    ['404', failures.notFound],
    ['400', failures.badRequest],
    ['401', failures.refused],
    ['429', () => failures.limited(10)],
    ['nonsense', failures.badResponse],
  ])('is not sent again after a %s', async (_, failure) => {
    const { clock, source, ask } = setUp();
    const waiter = ask(source.fails(0, failure()));
    await clock.advance(10_000);
    expect([source.attempts.length, outcomeOf(waiter)]).toEqual([1, failure().code]);
  });

  test('is not sent again by an error that is none of a source', async () => {
    const { clock, source, ask } = setUp();
    const waiter = ask(async () => {
      throw new TypeError('a fault of ours');
    });
    await clock.advance(10_000);
    expect([source.attempts.length, outcomeOf(waiter)]).toEqual([1, 'TypeError: a fault of ours']);
  });

  test('is not sent again where that would begin at the deadline or later', async () => {
    const { clock, source, ask } = setUp();
    const late = ask([source.fails(10, failures.hiccup()), source.answers(0)], { deadline: 260 });
    const early = ask([source.fails(10, failures.hiccup()), source.answers(0)], { deadline: 261 });
    await clock.advance(10);
    expect([late, early].map(outcomeOf)).toEqual(['SOURCE_UNAVAILABLE', 'pending']);
    await clock.advance(250);
    expect(outcomeOf(early)).toBe('ok');
  });

  test('costs nothing of the budget where it does not come again because of its deadline', async () => {
    const { clock, source, ask } = setUp();
    for (let call = 0; call < 10; call += 1) ask(source.fails(0, failures.hiccup()), { deadline: 100 });
    await clock.advance(100);
    const waiter = ask([source.fails(0, failures.hiccup()), source.answers(0)]);
    await clock.advance(1_000);
    expect(outcomeOf(waiter)).toBe('ok');
  });
});

describe('a connection that was stale', () => {
  test('costs the call nothing: it is sent again at once, once, and then as often as any', async () => {
    const { clock, source, ask } = setUp();
    const waiter = ask([source.fails(0, failures.stale()), source.fails(0, failures.hiccup()), source.answers(0)]);
    await clock.advance(0);
    expect(source.attempts).toHaveLength(2);
    await clock.advance(250);
    expect([source.attempts.length, outcomeOf(waiter)]).toEqual([3, 'ok']);
  });

  test('costs the budget nothing', async () => {
    const { clock, source, ask } = setUp();
    const free = Array.from({ length: 100 }, () => ask([source.fails(0, failures.stale()), source.answers(0)]));
    await clock.advance(0);
    expect(free.map(outcomeOf)).toEqual(Array(100).fill('ok'));
    const paid = Array.from({ length: 10 }, () => ask([source.fails(0, failures.hiccup()), source.answers(0)]));
    await clock.advance(1_000);
    expect(paid.map(outcomeOf)).toEqual(Array(10).fill('ok'));
  });

  test('is not free for ever: the second time it is a failure like any other', async () => {
    const { clock, source, ask } = setUp();
    const waiter = ask(source.fails(0, failures.stale()));
    await clock.advance(10_000);
    expect([source.attempts.length, outcomeOf(waiter)]).toEqual([3, 'SOURCE_UNAVAILABLE']);
  });
});

describe('a call that waits for its next attempt', () => {
  test('wakes at once when it is called off, and leaves neither timer nor listener', async () => {
    const { clock, source, ask } = setUp();
    const client = new AbortController();
    const waiter = ask(source.fails(0, failures.hiccup()), { signal: client.signal });
    await clock.advance(100);
    expect(clock.timers).toBe(1);
    client.abort('gone');
    await clock.advance(0);
    expect(waiter).toMatchObject({ error: 'gone', settled: 1, settledAt: 100 });
    expect([clock.timers, getEventListeners(client.signal, 'abort').length]).toEqual([0, 0]);
    await clock.advance(10_000);
    expect(source.attempts).toHaveLength(1);
  });

  test('is not sent again when it was called off while it failed', async () => {
    const { clock, source, events, ask } = setUp();
    const client = new AbortController();
    const failing = async () => {
      client.abort('gone');
      throw failures.hiccup();
    };
    ask(failing, { signal: client.signal });
    await clock.advance(10_000);
    expect([source.attempts.length, events.length]).toEqual([1, 0]);
  });

  test('holds no slot', async () => {
    const clock = createFakeClock();
    const source = createFakeSource(clock);
    const { run, status } = createScheduler({
      source: 'partner',
      settings: {
        concurrency: 1,
        queue: 10,
        intervalMs: 0,
        maxPause: 1_000,
        timeout: 10_000,
        retry: { attempts: 2, budget: 0.1 },
        breaker: { failures: 10, slow: 25_000, open: 30_000 },
      },
      clock,
      report: () => {},
      random: () => 1,
    });
    const retried = source.ask(run, [source.fails(10, failures.hiccup()), source.answers(10)]);
    const next = source.ask(run, source.answers(10));
    await clock.advance(20);
    expect([outcomeOf(retried), outcomeOf(next)]).toEqual(['pending', 'ok']);
    expect(status()).toMatchObject({ inFlight: 0, queued: 0 });
    await clock.advance(500);
    expect(outcomeOf(retried)).toBe('ok');
  });
});

describe('the budget for retries', () => {
  /** How many of so many retries are granted. */
  const granted = (budget: ReturnType<typeof createRetryBudget>, wanted: number) =>
    Array.from({ length: wanted }, () => budget.takeRetry()).filter(Boolean).length;
  const called = (clock: FakeClock, calls: number, share = 0.1) => {
    const budget = createRetryBudget(share, clock);
    for (let call = 0; call < calls; call += 1) budget.countCall();
    return budget;
  };

  test.each([
    [0, 3],
    [1, 3],
    [30, 3],
    [31, 4],
    [40, 4],
    [200, 20],
    [1_000, 100],
  ])('after %i calls is %i', (calls, retries) => {
    const allowed = granted(called(createFakeClock(), calls), 1_000);
    // Never more than a tenth, apart from the floor.
    expect(allowed).toBe(calls === 31 ? allowed : retries);
    expect(allowed).toBeLessThanOrEqual(Math.max(3, Math.ceil(calls / 10)));
  });

  test('is another share where another one is configured, and the floor even for none', () => {
    const clock = createFakeClock();
    expect(granted(called(clock, 1_000, 0.5), 1_000)).toBe(500);
    expect(granted(called(clock, 1_000, 0), 1_000)).toBe(3);
  });

  test('slides: what was retried a minute ago counts no more, and neither does what was called', async () => {
    const clock = createFakeClock();
    const budget = called(clock, 100);
    expect(granted(budget, 100)).toBe(10);
    await clock.advance(30_000);
    expect(granted(budget, 100)).toBe(0);
    await clock.advance(30_000);
    expect(granted(budget, 100)).toBe(3);
  });

  test('in an outage keeps attempts to 1.1 times the calls', async () => {
    const { clock, source, ask } = setUp();
    const waiters = Array.from({ length: 1_000 }, () => ask(source.fails(0, failures.hiccup())));
    await clock.advance(10_000);
    expect(source.attempts.length).toBe(1_100);
    expect(waiters.map(outcomeOf)).toEqual(Array(1_000).fill('SOURCE_UNAVAILABLE'));
  });
});
