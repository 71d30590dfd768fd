import { getEventListeners } from 'node:events';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { GatewayError } from '../../src/errors.js';
import { createScheduler, type SchedulerSettings } from '../../src/scheduler/scheduler.js';
import { createRequestScope } from '../../src/server/requestScope.js';
import type { TelemetryEvent } from '../../src/telemetry.js';
import { createFakeClock } from '../helpers/fakeClock.js';
import {
  type Behaviour,
  type CallOptions,
  createFakeSource,
  type FakeSource,
  failures,
  outcomeOf,
  type Waiter,
} from '../helpers/fakeSource.js';
import { warningsDuring } from '../helpers/realProcess.js';

function setUp(overrides: Partial<SchedulerSettings> = {}, random = () => 0.5) {
  const clock = createFakeClock();
  const source = createFakeSource(clock);
  const events: TelemetryEvent[] = [];
  const scheduler = createScheduler({
    source: 'partner',
    settings: {
      concurrency: 10,
      queue: 10_000,
      intervalMs: 0,
      maxPause: 300_000,
      timeout: 180_000,
      retry: { attempts: 2, budget: 0.1 },
      breaker: { failures: 10, slow: 25_000, open: 30_000 },
      ...overrides,
    },
    clock,
    report: (event) => void events.push(event),
    random,
  });
  return {
    clock,
    source,
    scheduler,
    events,
    ask: (behaviours: Behaviour | readonly Behaviour[], options?: CallOptions) =>
      source.ask(scheduler.run, behaviours, options),
    count: (type: TelemetryEvent['type']) => events.filter((event) => event.type === type).length,
  };
}

const many = <T>(count: number, make: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, index) => make(index));
/** How many calls reached the source, their further attempts not counted. */
const askedOf = (source: FakeSource): number => new Set(source.attempts.map(({ name }) => name)).size;

/** How many waiters ended in which way. */
function tally(waiters: readonly Waiter[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const outcome of waiters.map(outcomeOf)) counts[outcome] = (counts[outcome] ?? 0) + 1;
  return counts;
}

describe('200 calls of 50 ms on 10 slots', () => {
  test('take 20 rounds, with exactly 10 in flight', async () => {
    const { clock, source, ask } = setUp();
    const waiters = many(200, () => ask(source.answers(50)));
    await clock.advance(20 * 50 - 1);
    expect(tally(waiters)).toEqual({ ok: 190, pending: 10 });
    await clock.advance(1);
    expect(tally(waiters)).toEqual({ ok: 200 });
    expect([source.maxInFlight, source.inFlight]).toEqual([10, 0]);
    expect(new Set(source.attempts.map(({ startedAt }) => startedAt))).toEqual(
      new Set(many(20, (round) => round * 50)),
    );
  });

  test('tell what happened: queued, admitted, started, finished', async () => {
    const { clock, source, ask, count, events, scheduler } = setUp();
    for (let call = 0; call < 200; call += 1) ask(source.answers(50));
    expect(scheduler.status()).toEqual({
      name: 'partner',
      breaker: 'closed',
      inFlight: 10,
      queued: 190,
      p50Ms: null,
      p95Ms: null,
    });
    await clock.advance(1_000);
    expect(
      ['call.queued', 'call.admitted', 'call.started', 'call.finished'].map((type) =>
        count(type as TelemetryEvent['type']),
      ),
    ).toEqual([190, 200, 200, 200]);
    const waits = events.flatMap((event) => (event.type === 'call.admitted' ? [event.queuedMs] : []));
    expect([Math.min(...waits), Math.max(...waits)]).toEqual([0, 950]);
    expect(scheduler.status()).toMatchObject({ inFlight: 0, queued: 0, p50Ms: 50, p95Ms: 50 });
  });
});

describe('a pace of 100 calls a second', () => {
  test('is kept within 10 %, however many slots are free', async () => {
    const { clock, source, ask } = setUp({ intervalMs: 10, concurrency: 1_000 });
    const waiters = many(500, () => ask(source.answers(5)));
    await clock.advance(1_000);
    expect(Math.abs(source.attempts.length - 100)).toBeLessThanOrEqual(10);
    await clock.advance(4_000 + 10);
    expect(tally(waiters)).toEqual({ ok: 500 });
    const last = source.attempts.at(-1)?.startedAt ?? 0;
    expect(Math.abs(last - 5_000)).toBeLessThanOrEqual(500);
  });

  test('holds in every second, and is not made up for after a time without calls', async () => {
    const { clock, source, ask } = setUp({ intervalMs: 10, concurrency: 1_000 });
    for (let call = 0; call < 150; call += 1) ask(source.answers(5));
    await clock.advance(60_000);
    for (let call = 0; call < 300; call += 1) ask(source.answers(5));
    await clock.advance(10_000);
    const starts = source.attempts.map(({ startedAt }) => startedAt);
    const busiest = Math.max(...starts.map((from) => starts.filter((at) => at >= from && at < from + 1_000).length));
    expect(busiest).toBeLessThanOrEqual(110);
  });

  test('holds for retries as well', async () => {
    const { clock, source, ask } = setUp(
      { intervalMs: 10, concurrency: 1_000, breaker: { failures: 1_000, slow: 25_000, open: 30_000 } },
      Math.random,
    );
    for (let call = 0; call < 100; call += 1) {
      ask(call % 2 === 0 ? source.answers(1) : [source.fails(1, failures.hiccup()), source.answers(1)]);
    }
    await clock.advance(10_000);
    const starts = source.attempts.map(({ startedAt }) => startedAt);
    expect(starts.length).toBeGreaterThan(100);
    const busiest = Math.max(...starts.map((from) => starts.filter((at) => at >= from && at < from + 500).length));
    expect(busiest).toBeLessThanOrEqual(50 + 10);
  });
});

describe('a source that asks for a pause', () => {
  test('gets it: what waits starts afterwards, in turn', async () => {
    const { clock, source, ask, scheduler } = setUp();
    const limited = ask(source.fails(10, failures.limited(5_000)));
    await clock.advance(10);
    const waiters = many(30, () => ask(source.answers(100)));
    await clock.advance(4_999);
    expect([outcomeOf(limited), source.attempts.length, scheduler.status().queued]).toEqual([
      'SOURCE_RATE_LIMITED',
      1,
      30,
    ]);
    await clock.advance(1);
    expect(source.attempts).toHaveLength(11);
    await clock.advance(300);
    expect(tally(waiters)).toEqual({ ok: 30 });
    expect(source.maxInFlight).toBe(10);
  });

  test('is told nothing during the pause by calls that were queued before it', async () => {
    const { clock, source, ask } = setUp({ concurrency: 1 });
    ask(source.fails(10, failures.limited(5_000)));
    const waiters = many(5, () => ask(source.answers(10)));
    await clock.advance(5_009);
    expect(source.attempts).toHaveLength(1);
    await clock.advance(1 + 50);
    expect(tally(waiters)).toEqual({ ok: 5 });
  });

  test('turns away at once whoever cannot wait that long, and says when to come back', async () => {
    const { clock, source, ask, events } = setUp({ concurrency: 1 });
    ask(source.fails(10, failures.limited(5_000)));
    const patient = ask(source.answers(10), { deadline: 5_011 });
    const hasty = ask(source.answers(10), { deadline: 5_010 });
    await clock.advance(10);
    expect([outcomeOf(patient), outcomeOf(hasty)]).toEqual(['pending', 'SOURCE_RATE_LIMITED']);
    expect(hasty).toMatchObject({ settledAt: 10, error: { options: { source: 'partner', retryAfterMs: 5_000 } } });
    await clock.advance(2_000);
    const later = ask(source.answers(10), { deadline: 3_000 });
    await clock.advance(0);
    expect(later).toMatchObject({
      settledAt: 2_010,
      error: { code: 'SOURCE_RATE_LIMITED', options: { retryAfterMs: 3_000 } },
    });
    expect(events.filter(({ type }) => type === 'call.rejected')).toHaveLength(2);
    await clock.advance(10_000);
    expect([outcomeOf(patient), source.attempts.length]).toEqual(['ok', 2]);
  });

  test('gets no longer a pause than is configured', async () => {
    const { clock, source, ask, events } = setUp({ maxPause: 60_000 });
    ask(source.fails(0, failures.limited(3_600_000)));
    await clock.advance(0);
    const waiter = ask(source.answers(0));
    await clock.advance(59_999);
    expect(outcomeOf(waiter)).toBe('pending');
    await clock.advance(1);
    expect(outcomeOf(waiter)).toBe('ok');
    expect(events).toContainEqual({ type: 'source.paused', source: 'partner', ms: 60_000 });
  });

  test('does not get a pause shortened by another answer that asks for less', async () => {
    const { clock, source, ask } = setUp();
    ask(source.fails(0, failures.limited(10_000)));
    ask(source.fails(100, failures.limited(1_000)));
    await clock.advance(100);
    const waiter = ask(source.answers(0));
    await clock.advance(9_899);
    expect(outcomeOf(waiter)).toBe('pending');
    await clock.advance(1);
    expect(outcomeOf(waiter)).toBe('ok');
  });

  test('lets what is in flight finish, and whoever waits leave', async () => {
    const { clock, source, ask, scheduler } = setUp();
    const running = ask(source.answers(1_000));
    ask(source.fails(10, failures.limited(5_000)));
    const client = new AbortController();
    await clock.advance(10);
    const leaving = ask(source.answers(0), { signal: client.signal });
    await clock.advance(990);
    client.abort('gone');
    await clock.advance(0);
    expect([outcomeOf(running), leaving.error, scheduler.status().queued]).toEqual(['ok', 'gone', 0]);
    await clock.advance(10_000);
    expect([source.attempts.length, clock.timers]).toEqual([2, 0]);
  });

  test('is paced after the pause', async () => {
    const { clock, source, ask } = setUp({ intervalMs: 100, concurrency: 100 });
    ask(source.fails(0, failures.limited(5_000)));
    await clock.advance(0);
    for (let call = 0; call < 20; call += 1) ask(source.answers(0));
    await clock.advance(5_000 + 999);
    expect(source.attempts.length).toBeGreaterThanOrEqual(1 + 9);
    expect(source.attempts.length).toBeLessThanOrEqual(1 + 11);
  });
});

describe('an outage', () => {
  /** A thousand keys, asked at once; the source answers every one with 503 after 20 ms. */
  async function outage(concurrency: number, random: () => number) {
    const all = setUp({ concurrency }, random);
    const waiters = many(1_000, () => all.ask(all.source.fails(20, failures.hiccup())));
    await all.clock.advance(10_000);
    return { ...all, waiters, calls: all.source.attempts.length };
  }

  test.each([
    [1, 0],
    [2, 0],
    [5, 0],
    [1, 0.01],
    [10, 0.5],
    [40, 0],
    [40, 0.5],
  ])('on %i slots, with chance %d: few calls are made, and fewer again', async (concurrency, chance) => {
    const { waiters, source, scheduler } = await outage(concurrency, () => chance);
    const calls = source.attempts.length;
    expect(calls).toBeLessThanOrEqual(10 + concurrency);
    expect(calls).toBeLessThanOrEqual(1.1 * askedOf(source) + 3);
    expect(tally(waiters).pending).toBeUndefined();
    expect(scheduler.status()).toMatchObject({ breaker: 'open', inFlight: 0, queued: 0 });
  });

  test('is answered at once while the breaker is open, and probed once in each window', async () => {
    const { clock, source, ask, calls } = await outage(10, () => 0.5);
    for (let second = 0; second < 120; second += 1) {
      const waiters = many(10, () => ask(source.fails(20, failures.fault())));
      const before = clock.monotonic();
      await clock.advance(20);
      for (const { settledAt = Number.NaN } of waiters) expect(settledAt - before).toBeLessThanOrEqual(20);
      await clock.advance(980);
    }
    const probes = source.attempts.slice(calls).map(({ startedAt }) => startedAt);
    expect(probes.length).toBeGreaterThanOrEqual(3);
    expect(probes.length).toBeLessThanOrEqual(4);
    expect(Math.min(...probes.slice(1).map((at, index) => at - (probes[index] ?? 0)))).toBeGreaterThanOrEqual(30_000);
  });

  test('is looked into by one call, and meanwhile everybody else is told to come back in a second', async () => {
    const { clock, source, scheduler, ask } = await outage(10, () => 0.5);
    expect(scheduler.takesCalls()).toBe(false);
    await clock.advance(30_000);
    const probe = ask(source.answers(500));
    await clock.advance(100);
    expect(scheduler.status().breaker).toBe('halfOpen');
    expect(scheduler.takesCalls()).toBe(false);
    const other = ask(source.answers(1));
    await clock.advance(1);
    expect(other.error).toMatchObject({ code: 'CIRCUIT_OPEN', options: { retryAfterMs: 1_000 } });
    await clock.advance(500);
    expect(outcomeOf(probe)).toBe('ok');
    expect(scheduler.takesCalls()).toBe(true);
  });

  test('is over without a burst: all is served, by one call more for each that succeeds', async () => {
    const { clock, source, ask, calls } = await outage(40, () => 0.5);
    await clock.advance(30_000);
    const probe = ask(source.answers(20));
    await clock.advance(20);
    const healed = clock.monotonic();
    const waiters = many(1_000, () => ask(source.answers(20)));
    await clock.advance(2_000);
    expect([outcomeOf(probe), tally(waiters)]).toEqual(['ok', { ok: 1_000 }]);
    const starts = source.attempts.slice(calls + 1).map(({ startedAt }) => startedAt - healed);
    const startsAt = (ms: number) => starts.filter((at) => at === ms).length;
    expect([0, 20, 40, 60, 80].map(startsAt)).toEqual([2, 4, 8, 16, 32]);
    expect(startsAt(100)).toBe(40);
  });
});

test('half of all calls failing by chance leaves the breaker closed, and retries within the budget', async () => {
  const coin = seededCoin(7);
  const { clock, source, ask, count, scheduler } = setUp({ concurrency: 10 });
  const waiters = many(300, () => {
    const behaviours = [0, 1].map(() => (coin() < 0.5 ? source.fails(20, failures.hiccup()) : source.answers(20)));
    return ask(behaviours);
  });
  await clock.advance(60_000);
  expect(scheduler.status().breaker).toBe('closed');
  expect(tally(waiters).ok).toBeGreaterThanOrEqual(120);
  expect(count('call.retried')).toBeLessThanOrEqual(30);
  expect(source.attempts.length).toBeLessThanOrEqual(330);
});

describe('a thousand calls on one signal', () => {
  test('would be warned of, if they were on a signal that does not expect them', async () => {
    const { source, ask } = setUp();
    const client = new AbortController();
    const warnings = await warningsDuring(async () => {
      for (let call = 0; call < 1_000; call += 1) ask(source.hangs, { signal: client.signal });
    });
    client.abort();
    expect(warnings).toEqual(['MaxListenersExceededWarning']);
  });

  test.each([
    ['answer', (source: FakeSource) => source.answers(10)],
    ['fail and are tried again', (source: FakeSource) => [source.fails(5, failures.stale()), source.answers(5)]],
  ])('%s without a warning, and leave no listener and no timer', async (_, behaviours) => {
    const { clock, source, ask } = setUp();
    const scope = createRequestScope({ requestId: 'r', deadlineMs: 60_000, clock });
    const waiters: Waiter[] = [];
    const warnings = await warningsDuring(async () => {
      waiters.push(...many(1_000, () => ask(behaviours(source), { signal: scope.signal })));
      await clock.advance(5_000);
    });
    expect(tally(waiters)).toEqual({ ok: 1_000 });
    expect([getEventListeners(scope.signal, 'abort').length, warnings]).toEqual([0, []]);
    scope.end();
    expect(clock.timers).toBe(0);
  });

  test('end together when it aborts: running, waiting and sleeping ones, once each', async () => {
    const { clock, source, ask, scheduler } = setUp();
    const scope = createRequestScope({ requestId: 'r', deadlineMs: 300, clock });
    const waiters = many(1_000, (index) =>
      ask(index < 5 ? [source.fails(299, failures.hiccup()), source.answers(0)] : source.hangs, {
        signal: scope.signal,
      }),
    );
    await clock.advance(300);
    expect(tally(waiters)).toEqual({ DEADLINE_EXCEEDED: 1_000 });
    expect(waiters.every(({ settled, settledAt }) => settled === 1 && settledAt === 300)).toBe(true);
    expect(scheduler.status()).toMatchObject({ inFlight: 0, queued: 0 });
    expect([getEventListeners(scope.signal, 'abort').length, clock.timers, source.inFlight]).toEqual([0, 0, 0]);
  });
});

describe('whatever the source does and the clients do', () => {
  const kinds = ['ok', 'hiccup', 'fault', 'stale', 'notFound', 'refused', 'limited', 'hang'] as const;
  const step = fc.record({
    /** Ms after the call before it. */
    gap: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, fc.nat(400)),
    kinds: fc.array(fc.constantFrom(...kinds, 'ok' as const, 'ok' as const), { minLength: 1, maxLength: 3 }),
    ms: fc.nat(300),
    patience: fc.option(fc.nat(1_500)),
    cancelAfter: fc.option(fc.nat(800)),
    request: fc.nat(3),
  });
  type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;
  const settings = fc.record({
    concurrency: fc.integer({ min: 1, max: 5 }),
    queue: fc.integer({ min: 1, max: 12 }),
    intervalMs: fc.constantFrom(0, 0, 20),
    retry: fc.record({ attempts: fc.integer({ min: 1, max: 3 }), budget: fc.constant(0.1) }),
    breaker: fc.record({
      failures: fc.integer({ min: 2, max: 10 }),
      slow: fc.integer({ min: 100, max: 1_000 }),
      open: fc.integer({ min: 50, max: 500 }),
    }),
    timeout: fc.integer({ min: 100, max: 2_000 }),
    maxPause: fc.constant(500),
  });

  function behaviourOf(source: FakeSource, kind: (typeof kinds)[number], ms: number): Behaviour {
    if (kind === 'ok') return source.answers(ms);
    if (kind === 'hang') return source.hangs;
    return source.fails(ms, kind === 'limited' ? failures.limited(ms) : failures[kind]());
  }

  /** Asks step by step, and lets a minute pass. */
  async function carryOut(steps: readonly Step[], all: ReturnType<typeof setUp>) {
    const { clock, source, ask, scheduler } = all;
    const signals: AbortSignal[] = [];
    const waiters: Waiter[] = [];
    let longestQueue = 0;
    for (const { gap, kinds: kindList, ms, patience, cancelAfter, request } of steps) {
      if (gap > 0) await clock.advance(gap);
      const client = new AbortController();
      signals.push(client.signal);
      // As a request does it: its signal aborts at its deadline.
      const over = new GatewayError('DEADLINE_EXCEEDED', 'The time is over.');
      if (patience !== null) clock.after(patience, () => client.abort(over));
      if (cancelAfter !== null) clock.after(cancelAfter, () => client.abort('gone'));
      const deadline = clock.monotonic() + (patience ?? Number.POSITIVE_INFINITY);
      const behaviours = kindList.map((kind) => behaviourOf(source, kind, ms));
      waiters.push(ask(behaviours, { requestId: `${request}`, deadline, signal: client.signal }));
      longestQueue = Math.max(longestQueue, scheduler.status().queued);
    }
    await clock.advance(60_000);
    return { waiters, signals, longestQueue };
  }

  function attemptsByCall({ attempts }: FakeSource): number[] {
    const counts = new Map<string, number>();
    for (const { name } of attempts) counts.set(name, (counts.get(name) ?? 0) + 1);
    return [...counts.values()];
  }

  test('slots are never exceeded, every waiter is settled exactly once, and the budget is kept', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 40 }), settings, async (steps, chosen) => {
        const all = setUp(chosen, () => 0.3);
        const { clock, source, scheduler, events } = all;
        const { waiters, signals, longestQueue } = await carryOut(steps, all);

        expect(source.maxInFlight).toBeLessThanOrEqual(chosen.concurrency);
        expect(longestQueue).toBeLessThanOrEqual(chosen.queue);
        expect(waiters.map(({ settled }) => settled)).toEqual(waiters.map(() => 1));
        expect(waiters.map(outcomeOf).filter((outcome) => !/^(ok|gone|[A-Z_]+)$/.test(outcome))).toEqual([]);
        // Free attempts come at once; with this chance no other one does.
        const retries = events.filter((event) => event.type === 'call.retried' && event.delayMs > 0).length;
        expect(retries).toBeLessThanOrEqual(Math.max(3, Math.ceil(0.1 * waiters.length)));
        expect(Math.max(0, ...attemptsByCall(source))).toBeLessThanOrEqual(chosen.retry.attempts + 1);
        expect([source.inFlight, scheduler.status()]).toMatchObject([0, { inFlight: 0, queued: 0 }]);
        expect(signals.flatMap((signal) => getEventListeners(signal, 'abort'))).toEqual([]);
        expect(clock.timers).toBe(0);
      }),
      { numRuns: 150 },
    );
  });
});

/** 0 to 1, the same for the same seed (a linear congruential generator). */
function seededCoin(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 4_294_967_296;
    return state / 4_294_967_296;
  };
}
