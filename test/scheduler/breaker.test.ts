import { describe, expect, test } from '@jest/globals';
import type { GatewayError } from '../../src/errors.js';
import { createScheduler, type SchedulerSettings } from '../../src/scheduler/scheduler.js';
import type { TelemetryEvent } from '../../src/telemetry.js';
import { createFakeClock } from '../helpers/fakeClock.js';
import { type Behaviour, createFakeSource, failures, outcomeOf, type Waiter } from '../helpers/fakeSource.js';

/** The breaker where it works: behind the limiter, in front of the timeout. */
function setUp(overrides: Partial<SchedulerSettings> = {}) {
  const clock = createFakeClock();
  const source = createFakeSource(clock);
  const events: TelemetryEvent[] = [];
  const scheduler = createScheduler({
    source: 'partner',
    settings: {
      concurrency: 32,
      queue: 10_000,
      intervalMs: 0,
      maxPause: 300_000,
      timeout: 180_000,
      retry: { attempts: 1, budget: 0.1 },
      breaker: { failures: 10, slow: 25_000, open: 30_000 },
      ...overrides,
    },
    clock,
    report: (event) => void events.push(event),
    random: () => 0.5,
  });
  const ask = (behaviour: Behaviour | readonly Behaviour[], signal?: AbortSignal) =>
    source.ask(scheduler.run, behaviour, signal ? { signal } : {});
  return {
    clock,
    source,
    scheduler,
    ask,
    states: () => events.flatMap((event) => (event.type === 'breaker.changed' ? [event.state] : [])),
    breaker: () => scheduler.status().breaker,
    /** So many calls, one after the other. */
    async inTurn(count: number, behaviour: () => Behaviour): Promise<Waiter[]> {
      const waiters: Waiter[] = [];
      for (let left = count; left > 0; left -= 1) {
        waiters.push(ask(behaviour()));
        await clock.advance(1);
      }
      return waiters;
    },
  };
}

type SetUp = ReturnType<typeof setUp>;
const failsNow =
  ({ source }: SetUp, failure: () => GatewayError = failures.fault) =>
  () =>
    source.fails(0, failure());

/** Opens it by ten failures. */
async function opened(overrides: Partial<SchedulerSettings> = {}): Promise<SetUp> {
  const all = setUp(overrides);
  await all.inTurn(10, failsNow(all));
  await all.clock.advance(10 * (overrides.intervalMs ?? 0));
  return all;
}

async function halfOpened(overrides: Partial<SchedulerSettings> = {}): Promise<SetUp> {
  const all = await opened(overrides);
  await all.clock.advance(30_000);
  return all;
}

describe('a breaker opens', () => {
  test('after ten failures in a row, and the source is asked no more', async () => {
    const all = setUp();
    const waiters = await all.inTurn(12, failsNow(all));
    expect(waiters.map(outcomeOf)).toEqual([...Array(10).fill('SOURCE_UNAVAILABLE'), 'CIRCUIT_OPEN', 'CIRCUIT_OPEN']);
    expect(all.source.attempts).toHaveLength(10);
    expect(all.states()).toEqual(['open']);
  });

  test('says how long it will stay open', async () => {
    const { ask, source, clock } = await opened();
    await clock.advance(9_999);
    const waiter = ask(source.answers(0));
    await clock.advance(0);
    expect(waiter.error).toMatchObject({ code: 'CIRCUIT_OPEN', options: { source: 'partner', retryAfterMs: 20_000 } });
  });

  test.each([
    ['timeouts', failures.timeout],
    ['failures worth another try', failures.hiccup],
  ])('because of %s as well', async (_, failure) => {
    const all = setUp();
    await all.inTurn(10, failsNow(all, failure));
    expect(all.breaker()).toBe('open');
  });

  test.each([
    ['404', failures.notFound],
    ['400', failures.badRequest],
    ['nonsense', failures.badResponse],
    ['429', () => failures.limited(0)],
  ])('not because of %s, however often', async (_, failure) => {
    const all = setUp();
    const waiters = await all.inTurn(100, failsNow(all, failure));
    expect(new Set(waiters.map(outcomeOf))).toEqual(new Set([failure().code]));
    expect(all.states()).toEqual([]);
  });

  test('not because of connections that had gone stale while idle, however many at once', async () => {
    const { ask, source, clock, states } = setUp();
    const waiters = Array.from({ length: 30 }, () => ask([source.fails(0, failures.stale()), source.answers(10)]));
    await clock.advance(10);
    expect(waiters.map(outcomeOf)).toEqual(Array(30).fill('ok'));
    expect(states()).toEqual([]);
  });

  test('not because of waiters that leave', async () => {
    const { ask, source, clock, breaker } = setUp();
    for (let call = 0; call < 50; call += 1) {
      const client = new AbortController();
      ask(source.hangs, client.signal);
      await clock.advance(10);
      client.abort();
    }
    await clock.advance(0);
    expect([source.attempts.length, source.inFlight, breaker()]).toEqual([50, 0, 'closed']);
  });

  test('after three refusals of the credentials in a row', async () => {
    const all = setUp();
    const waiters = await all.inTurn(5, failsNow(all, failures.refused));
    expect(waiters.map(outcomeOf).slice(2)).toEqual(['SOURCE_REJECTED', 'CIRCUIT_OPEN', 'CIRCUIT_OPEN']);
    expect(all.source.attempts).toHaveLength(3);
  });

  test('by share, although never ten fail in a row', async () => {
    const all = setUp();
    for (let round = 0; round < 20 && all.breaker() === 'closed'; round += 1) {
      await all.inTurn(9, failsNow(all));
      if (all.breaker() === 'closed') await all.inTurn(1, () => all.source.answers(0));
    }
    expect(all.breaker()).toBe('open');
    expect(all.source.attempts.length).toBeLessThan(100);
  });

  test('cancels nothing that is in flight, and sends away what waits', async () => {
    const { ask, source, clock } = setUp({ concurrency: 12 });
    const slow = [ask(source.answers(5_000)), ask(source.answers(6_000))];
    const failing = Array.from({ length: 10 }, () => ask(source.fails(100, failures.fault())));
    const waiting = Array.from({ length: 20 }, () => ask(source.answers(6_000)));
    await clock.advance(100);
    expect(failing.map(outcomeOf)).toEqual(Array(10).fill('SOURCE_UNAVAILABLE'));
    // Nine places became free before the tenth failure.
    expect(waiting.map(outcomeOf)).toEqual([...Array(9).fill('pending'), ...Array(11).fill('CIRCUIT_OPEN')]);
    expect(slow.map(outcomeOf)).toEqual(['pending', 'pending']);
    await clock.advance(6_000);
    expect(slow.map(outcomeOf)).toEqual(['ok', 'ok']);
    expect(waiting.map(outcomeOf).slice(0, 9)).toEqual(Array(9).fill('ok'));
  });
});

describe('a source that hangs', () => {
  test('is known as dead when its calls are as old as `slow`, long before their timeout', async () => {
    const { ask, source, clock, states, breaker } = setUp();
    const waiters = Array.from({ length: 32 }, () => ask(source.hangs));
    await clock.advance(24_999);
    expect(breaker()).toBe('closed');
    await clock.advance(1);
    expect(breaker()).toBe('open');
    expect(states()).toEqual(['open']);
    expect(waiters.map(outcomeOf)).toEqual(Array(32).fill('pending'));
    expect(source.inFlight).toBe(32);
  });

  test('is known as dead within 30 s of the first call even when calls go on being asked', async () => {
    const { ask, source, clock, breaker } = setUp({ concurrency: 1_000 });
    for (let second = 0; second < 30 && breaker() === 'closed'; second += 1) {
      for (let call = 0; call < 5; call += 1) ask(source.hangs);
      await clock.advance(1_000);
    }
    expect([breaker(), clock.monotonic()]).toEqual(['open', 25_000]);
  });

  test('is judged by its last sign of life, not by calls that it answered before', async () => {
    const { ask, source, clock, breaker } = setUp();
    ask(source.hangs);
    await clock.advance(20_000);
    ask(source.answers(0));
    await clock.advance(24_999);
    expect(breaker()).toBe('closed');
    await clock.advance(1);
    expect(breaker()).toBe('open');
  });

  test.each([
    ['404', failures.notFound],
    ['500', failures.fault],
  ])('is not one that still answers %s', async (_, failure) => {
    const { ask, source, clock, states } = setUp();
    ask(source.hangs);
    for (let call = 0; call < 8; call += 1) {
      ask(source.fails(0, failure()));
      await clock.advance(20_000);
    }
    expect(states()).toEqual([]);
  });

  test('shows no life by timeouts', async () => {
    const { ask, source, clock, breaker } = setUp({ timeout: 20_000 });
    for (let call = 0; call < 3; call += 1) {
      ask(source.hangs);
      await clock.advance(10_000);
    }
    expect(breaker()).toBe('closed');
    await clock.advance(10_000);
    expect(outcomeOf(ask(source.answers(0)))).toBe('pending');
  });

  test('does not open it while nothing is asked', async () => {
    const { ask, source, clock, states } = setUp();
    ask(source.answers(10));
    await clock.advance(600_000);
    ask(source.answers(10));
    await clock.advance(600_000);
    expect(states()).toEqual([]);
    expect(clock.timers).toBe(0);
  });
});

test('a source that is merely slow never opens it, although every call takes far longer than `slow`', async () => {
  const { ask, source, clock, states } = setUp({ concurrency: 10, timeout: 600_000 });
  // Three minutes each; the first ten were on their way already, so that one comes back every 18 s.
  const waiters = Array.from({ length: 100 }, (_, index) =>
    ask(source.answers(index < 10 ? 18_000 * (index + 1) : 180_000)),
  );
  await clock.advance(10 * 180_000 + 18_000);
  expect(waiters.map(outcomeOf)).toEqual(Array(100).fill('ok'));
  expect(states()).toEqual([]);
});

describe('while it is open', () => {
  test('one call in flight that succeeds closes it', async () => {
    const { ask, source, clock, states, inTurn } = setUp();
    ask(source.answers(5_000));
    await inTurn(10, () => source.fails(0, failures.fault()));
    const refused = ask(source.answers(0));
    await clock.advance(5_000);
    const welcome = ask(source.answers(0));
    await clock.advance(0);
    expect([refused, welcome].map(outcomeOf)).toEqual(['CIRCUIT_OPEN', 'ok']);
    expect(states()).toEqual(['open', 'closed']);
  });

  test('calls in flight that fail do not keep it open longer', async () => {
    const { ask, source, clock, breaker, inTurn } = setUp();
    ask(source.fails(20_000, failures.fault()));
    await inTurn(10, () => source.fails(0, failures.fault()));
    await clock.advance(30_000);
    expect(breaker()).toBe('halfOpen');
  });
});

describe('a half open breaker', () => {
  test('sends one call, and nothing else until it is back', async () => {
    const { ask, source, clock } = await halfOpened();
    const probe = ask(source.answers(500));
    const others = Array.from({ length: 20 }, () => ask(source.answers(500)));
    await clock.advance(499);
    others.push(ask(source.answers(500)));
    await clock.advance(0);
    expect(others.map(outcomeOf)).toEqual(Array(21).fill('CIRCUIT_OPEN'));
    await clock.advance(1);
    expect(outcomeOf(probe)).toBe('ok');
    expect(source.attempts).toHaveLength(11);
  });

  test.each([
    ['one slot is there', { concurrency: 1 }],
    ['calls are paced', { intervalMs: 1_000 }],
    ['both', { concurrency: 1, intervalMs: 1_000 }],
  ])('turns the others away at once also where %s', async (_, overrides) => {
    const { ask, source, clock } = await opened(overrides);
    await clock.advance(60_000);
    const before = { calls: source.attempts.length, at: clock.monotonic() };
    const probe = ask(source.answers(5_000));
    const others = Array.from({ length: 20 }, () => ask(source.answers(0)));
    await clock.advance(100);
    expect(others.map(outcomeOf)).toEqual(Array(20).fill('CIRCUIT_OPEN'));
    expect(others.every(({ settledAt }) => settledAt === before.at)).toBe(true);
    expect([outcomeOf(probe), source.attempts.length - before.calls]).toEqual(['pending', 1]);
  });

  test('opens for another window when the call fails: one call in each', async () => {
    const { ask, source, clock, states } = await halfOpened();
    for (let window = 0; window < 5; window += 1) {
      for (let call = 0; call < 10; call += 1) {
        ask(source.fails(0, failures.fault()));
        await clock.advance(3_000);
      }
    }
    expect(source.attempts).toHaveLength(10 + 5);
    expect(states()).toEqual(['open', ...Array(5).fill(['halfOpen', 'open']).flat()]);
  });

  test.each([
    ['is answered', (source: SetUp['source']) => source.answers(0)],
    ['is answered with 404', (source: SetUp['source']) => source.fails(0, failures.notFound())],
  ])('closes when the call %s', async (_, behaviour) => {
    const { ask, source, clock, breaker } = await halfOpened();
    ask(behaviour(source));
    await clock.advance(0);
    expect(breaker()).toBe('closed');
  });

  test('opens again when the credentials are still refused', async () => {
    const { ask, source, clock, breaker } = await halfOpened();
    ask(source.fails(0, failures.refused()));
    await clock.advance(0);
    expect(breaker()).toBe('open');
  });

  test('lets the next call find out when the one before was called off', async () => {
    const { ask, source, clock, breaker } = await halfOpened();
    const client = new AbortController();
    ask(source.hangs, client.signal);
    await clock.advance(100);
    client.abort(new Error('gone'));
    await clock.advance(0);
    expect(breaker()).toBe('halfOpen');
    const next = ask(source.answers(0));
    await clock.advance(0);
    expect([outcomeOf(next), breaker()]).toEqual(['ok', 'closed']);
  });

  test('opens again when the call hangs for `slow`', async () => {
    const { ask, source, clock, breaker } = await halfOpened();
    const probe = ask(source.hangs);
    await clock.advance(24_999);
    expect(breaker()).toBe('halfOpen');
    await clock.advance(1);
    expect([breaker(), outcomeOf(probe)]).toEqual(['open', 'pending']);
  });

  test('sends another call in the next window although the one before still hangs', async () => {
    const { ask, source, clock, breaker } = await halfOpened();
    ask(source.hangs);
    await clock.advance(25_000 + 30_000);
    const next = ask(source.answers(0));
    await clock.advance(0);
    expect([outcomeOf(next), breaker()]).toEqual(['ok', 'closed']);
  });

  test('sends a call although some from before it opened still hang', async () => {
    const { ask, source, clock, breaker } = setUp();
    for (let call = 0; call < 5; call += 1) ask(source.hangs);
    await clock.advance(25_000 + 30_000);
    const probe = ask(source.answers(0));
    await clock.advance(0);
    expect([outcomeOf(probe), breaker()]).toEqual(['ok', 'closed']);
    const next = ask(source.answers(0));
    await clock.advance(0);
    expect(outcomeOf(next)).toBe('ok');
  });

  test('sends no second call because one from before it opened was called off', async () => {
    const { ask, source, clock, inTurn } = setUp();
    const client = new AbortController();
    ask(source.hangs, client.signal);
    await inTurn(10, () => source.fails(0, failures.fault()));
    await clock.advance(30_000);
    ask(source.hangs);
    await clock.advance(0);
    client.abort();
    await clock.advance(0);
    const before = source.attempts.length;
    const next = ask(source.answers(0));
    await clock.advance(0);
    expect([outcomeOf(next), source.attempts.length - before]).toEqual(['CIRCUIT_OPEN', 0]);
  });
});

describe('after an outage', () => {
  test('what waits is let in one more for each success, not all at once', async () => {
    const { ask, source, clock } = await halfOpened({ concurrency: 8 });
    ask(source.answers(100));
    await clock.advance(100);
    const waiters = Array.from({ length: 40 }, () => ask(source.answers(100)));
    const running: number[] = [];
    for (let round = 0; round < 5; round += 1) {
      await clock.advance(0);
      running.push(source.inFlight);
      await clock.advance(100);
    }
    expect(running).toEqual([2, 4, 8, 8, 8]);
    await clock.advance(1_000);
    expect(waiters.map(outcomeOf)).toEqual(Array(40).fill('ok'));
    expect(source.maxInFlight).toBeLessThanOrEqual(8);
  });

  test('a breaker that is closed on the way holds no timer', async () => {
    const { ask, source, clock, scheduler } = setUp();
    ask(source.hangs);
    await clock.advance(10);
    scheduler.close();
    // The timeout of the call itself.
    expect(clock.timers).toBe(1);
  });
});
