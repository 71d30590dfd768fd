import { getEventListeners } from 'node:events';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Answer } from '../../src/cache/answer.js';
import { Disconnected, type ErrorCode, GatewayError } from '../../src/errors.js';
import {
  type CacheBench,
  type CacheClient,
  createCacheBench,
  hour,
  lifetime,
  minute,
  type Outcome,
  type SourceCall,
} from '../helpers/cacheBench.js';
import { createFakeClock } from '../helpers/fakeClock.js';

const failure = (code: ErrorCode) => new GatewayError(code, 'It failed.', { source: 'partner' });

/** A cache that has the value 'a 1'. */
async function createWarmBench(options: Parameters<typeof createCacheBench>[0] = {}): Promise<CacheBench> {
  const bench = createCacheBench(options);
  await bench.ask(['a']);
  bench.call(1).answer();
  await bench.settle();
  return bench;
}

/** The same, when the value is stale and a refresh has been begun. */
async function createStaleBench(): Promise<CacheBench> {
  const bench = await createWarmBench();
  await bench.clock.advance(lifetime.freshMs);
  await bench.ask(['a']);
  return bench;
}

describe('a key that is missing', () => {
  test('is one call, however many ask for it at once or while it is on its way', async () => {
    const bench = createCacheBench();
    const clients = Array.from({ length: 20 }, () => bench.begin(['a', 'b']));
    await bench.settle();
    clients.push(await bench.ask(['b', 'a']));
    expect(bench.calls.map(({ keys }) => keys)).toEqual([['a'], ['b']]);
    for (const call of bench.running()) call.answer();
    await bench.settle();
    expect(clients.at(-1)?.seen()).toEqual(['b 2 FRESH', 'a 1 FRESH']);
    for (const client of clients.slice(0, -1)) expect(client.seen()).toEqual(['a 1 FRESH', 'b 2 FRESH']);
  });

  test('is answered as soon as its own call is done, in the order of the keys', async () => {
    const bench = createCacheBench();
    const client = await bench.ask(['a', 'b', 'c']);
    bench.call(2).answer();
    await bench.settle();
    expect(client.seen()).toEqual(['waiting', 'b 2 FRESH', 'waiting']);
  });

  test('is asked for together with the others that one call can answer, and only once', async () => {
    const bench = createCacheBench();
    const first = await bench.ask(['a', 'b'], { together: true });
    const second = await bench.ask(['b', 'c'], { together: true });
    expect(bench.calls.map(({ keys }) => keys)).toEqual([['a', 'b'], ['c']]);
    bench.call(1).answer();
    bench.call(2).answer();
    await bench.settle();
    expect([first.seen(), second.seen()]).toEqual([
      ['a 1 FRESH', 'b 1 FRESH'],
      ['b 1 FRESH', 'c 2 FRESH'],
    ]);
  });

  test('fails for everybody who waits, with one and the same error', async () => {
    const bench = createCacheBench();
    const clients = [await bench.ask(['a']), await bench.ask(['a'])];
    const error = failure('SOURCE_UNAVAILABLE');
    bench.call(1).fail(error);
    await bench.settle();
    for (const { outcomes } of clients) expect(outcomes).toEqual([{ key: 'a', settled: 1, error }]);
    expect(bench.calls).toHaveLength(1);
  });

  test('says when the source answered', async () => {
    const bench = createCacheBench();
    const client = await bench.ask(['a']);
    await bench.clock.advance(3_000);
    const answeredAt = bench.clock.now();
    bench.call(1).answer();
    await bench.clock.advance(minute);
    const later = await bench.ask(['a']);
    for (const { outcomes } of [client, later]) {
      expect(outcomes[0]?.answer).toEqual({ value: 'a 1', state: 'FRESH', asOf: answeredAt });
    }
  });
});

describe('a client that gives up', () => {
  test('by maxWaitMs is told PENDING, without an error, and finds the answer later without a new call', async () => {
    const bench = createCacheBench();
    const impatient = await bench.ask(['a'], { maxWaitMs: 500 });
    await bench.clock.advance(499);
    expect(impatient.seen()).toEqual(['waiting']);
    await bench.clock.advance(1);
    expect(impatient.outcomes).toEqual([
      { key: 'a', settled: 1, answer: { value: undefined, state: 'PENDING', asOf: null } },
    ]);
    bench.call(1).answer();
    await bench.settle();
    const again = await bench.ask(['a'], { maxWaitMs: 500 });
    expect(again.seen()).toEqual(['a 1 FRESH']);
    expect(bench.calls).toHaveLength(1);
  });

  test('by its deadline is told so, with the source, and finds the answer later', async () => {
    const bench = createCacheBench();
    const late = await bench.ask(['a']);
    late.reachDeadline();
    await bench.settle();
    expect(late.outcomes[0]?.error).toMatchObject({ code: 'DEADLINE_EXCEEDED', options: { source: 'partner' } });
    expect(bench.call(1).state).toBe('running');
    bench.call(1).answer();
    await bench.settle();
    expect((await bench.ask(['a'])).seen()).toEqual(['a 1 FRESH']);
    expect(bench.calls).toHaveLength(1);
  });

  test('before its call began is told so of every key', async () => {
    const bench = createCacheBench();
    const leaving = bench.begin(['a', 'b', 'c'], { together: true });
    leaving.disconnect();
    await bench.settle();
    expect(leaving.outcomes.map(({ error }) => error)).toEqual(Array(3).fill(expect.any(Disconnected)));
    expect(bench.running()).toEqual([]);
  });

  test('hurts nobody else, however it goes', async () => {
    const bench = createCacheBench();
    const patient = await bench.ask(['a']);
    (await bench.ask(['a'])).disconnect();
    (await bench.ask(['a'])).reachDeadline();
    await bench.ask(['a'], { maxWaitMs: 100 });
    await bench.clock.advance(100);
    bench.call(1).answer();
    await bench.settle();
    expect(patient.seen()).toEqual(['a 1 FRESH']);
    expect(bench.calls).toHaveLength(1);
  });

  test('by leaving takes its calls with it, and only those that nobody else wants', async () => {
    const bench = createCacheBench();
    const leaving = await bench.ask(['mine', 'ours']);
    const staying = await bench.ask(['ours']);
    leaving.disconnect();
    await bench.settle();
    expect(bench.calls.map(({ keys, state }) => [keys[0], state])).toEqual([
      ['mine', 'cancelled'],
      ['ours', 'running'],
    ]);
    bench.call(2).answer();
    await bench.settle();
    expect(staying.seen()).toEqual(['ours 2 FRESH']);
  });

  test('by leaving does not stop a call of which somebody was told that it goes on', async () => {
    const bench = createCacheBench();
    const leaving = await bench.ask(['a']);
    await bench.ask(['a'], { maxWaitMs: 100 });
    await bench.clock.advance(100);
    leaving.disconnect();
    await bench.settle();
    bench.call(1).answer();
    await bench.settle();
    expect((await bench.ask(['a'])).seen()).toEqual(['a 1 FRESH']);
  });

  test('by leaving leaves no failure behind: who asks next is asked for', async () => {
    const bench = createCacheBench();
    (await bench.ask(['a'])).disconnect();
    await bench.settle();
    const next = await bench.ask(['a']);
    expect(bench.calls).toHaveLength(2);
    bench.call(2).answer();
    await bench.settle();
    expect(next.seen()).toEqual(['a 2 FRESH']);
  });

  test('by leaving does not take along who comes in the same moment', async () => {
    const bench = createCacheBench();
    const leaving = await bench.ask(['a']);
    leaving.disconnect();
    const coming = await bench.ask(['a']);
    for (const call of bench.running()) call.answer();
    await bench.settle();
    expect(coming.seen()).toEqual([expect.stringMatching(/^a \d FRESH$/)]);
  });

  test('by leaving does not take along who comes before the call that was cancelled has ended', async () => {
    const bench = createCacheBench({ stoppingMs: 100 });
    (await bench.ask(['a'])).disconnect();
    await bench.settle();
    const coming = await bench.ask(['a']);
    await bench.clock.advance(100);
    for (const call of bench.running()) call.answer();
    await bench.settle();
    expect(coming.seen()).toEqual(['a 2 FRESH']);
  });
});

describe('a value that is kept', () => {
  test('is fresh for its time, and nobody is asked', async () => {
    const bench = await createWarmBench();
    await bench.clock.advance(lifetime.freshMs - 1);
    expect((await bench.ask(['a'])).seen()).toEqual(['a 1 FRESH']);
    expect(bench.calls).toHaveLength(1);
  });

  test('is shown at once when it is stale, with the time that it is of, and asked again behind, once', async () => {
    const bench = await createWarmBench();
    const asOf = bench.clock.now();
    await bench.clock.advance(lifetime.freshMs);
    const clients = [await bench.ask(['a']), await bench.ask(['a'], { maxWaitMs: 0 }), await bench.ask(['a'])];
    for (const { outcomes } of clients) expect(outcomes[0]?.answer).toEqual({ value: 'a 1', state: 'STALE', asOf });
    expect(bench.calls).toHaveLength(2);
    expect(bench.call(2).job.background).toBe(true);
    bench.call(2).answer();
    await bench.settle();
    expect((await bench.ask(['a'])).seen()).toEqual(['a 2 FRESH']);
    expect(bench.calls).toHaveLength(2);
  });

  test('is asked again behind although the one who saw it stale has left', async () => {
    const bench = await createWarmBench();
    await bench.clock.advance(lifetime.freshMs);
    (await bench.ask(['a'])).disconnect();
    await bench.settle();
    expect(bench.call(2).state).toBe('running');
    expect(bench.call(2).job.deadline()).toBe(Number.POSITIVE_INFINITY);
  });

  test('is missing after its time as a stale one, and waited for again', async () => {
    const bench = await createWarmBench();
    await bench.clock.advance(lifetime.freshMs + lifetime.staleMs);
    const client = await bench.ask(['a']);
    expect(client.seen()).toEqual(['waiting']);
    expect(bench.call(2).job.background).toBe(false);
  });

  test('that is stale, one that is fresh and one that is missing are answered each in its own way', async () => {
    const bench = await createWarmBench();
    await bench.clock.advance(lifetime.freshMs);
    await bench.ask(['b']);
    bench.call(2).answer();
    await bench.settle();
    const client = await bench.ask(['a', 'b', 'c']);
    expect(client.seen()).toEqual(['a 1 STALE', 'b 2 FRESH', 'waiting']);
    expect(bench.running().map(({ keys, job }) => [keys[0], job.background])).toEqual(
      expect.arrayContaining([
        ['a', true],
        ['c', false],
      ]),
    );
  });

  test('whose refresh somebody begins to wait for is no background matter any more', async () => {
    const bench = await createStaleBench();
    expect(bench.call(2).job.promoted.aborted).toBe(false);
    await bench.clock.advance(lifetime.staleMs);
    const waiting = await bench.ask(['a']);
    expect(bench.call(2).job.promoted.aborted).toBe(true);
    bench.call(2).answer();
    await bench.settle();
    expect(waiting.seen()).toEqual(['a 2 FRESH']);
    expect(bench.calls).toHaveLength(2);
  });

  test('tells the request how fresh it is at once, whenever another key of the same load comes', async () => {
    const bench = await createWarmBench();
    await bench.clock.advance(lifetime.freshMs - 1_000);
    const told: { at: number; freshMs: number }[] = [];
    const start = bench.clock.monotonic();
    await bench.ask(['a', 'b'], {
      used: (freshMs) => void told.push({ at: bench.clock.monotonic() - start, freshMs }),
    });
    expect(told).toEqual([{ at: 0, freshMs: 1_000 }]);
    await bench.clock.advance(5_000);
    bench.call(2).answer();
    await bench.settle();
    expect(told[1]).toEqual({ at: 5_000, freshMs: lifetime.freshMs });
  });

  test('counts its age by no wall clock: a jump makes it neither immortal nor stale', async () => {
    for (const jump of [-365 * 24 * hour, 365 * 24 * hour]) {
      const fake = createFakeClock();
      let offset = 0;
      const clock = Object.assign(Object.create(fake) as typeof fake, {
        now: () => fake.now() + offset,
        after: fake.after,
        monotonic: fake.monotonic,
        advance: fake.advance,
      });
      const bench = await createWarmBench({ clock });
      offset = jump;
      expect((await bench.ask(['a'])).seen()).toEqual(['a 1 FRESH']);
      await clock.advance(lifetime.freshMs);
      expect((await bench.ask(['a'])).seen()).toEqual(['a 1 STALE']);
      await clock.advance(lifetime.staleMs);
      expect((await bench.ask(['a'])).seen()).toEqual(['waiting']);
    }
  });

  test('lives up to 10 % shorter or longer, so that what came together does not go together', async () => {
    const ends = await Promise.all(
      [0, 0.25, 0.75, 0.999_999].map(async (random) => {
        const bench = await createWarmBench({ random: () => random });
        let freshFor = 0;
        for (; freshFor <= 2 * lifetime.freshMs; freshFor += minute / 2) {
          const { outcomes } = await bench.ask(['a']);
          if (outcomes[0]?.answer?.state !== 'FRESH') break;
          await bench.clock.advance(minute / 2);
        }
        return freshFor / lifetime.freshMs;
      }),
    );
    expect(ends).toEqual([0.9, 0.95, 1.05, 1.1]);
  });
});

describe('a refresh that fails', () => {
  test('never deletes the good value, which is shown for all of its time as a stale one', async () => {
    const bench = await createStaleBench();
    for (let elapsed = lifetime.freshMs; elapsed + hour <= lifetime.freshMs + lifetime.staleMs; elapsed += hour) {
      for (const call of bench.running()) call.fail(failure('SOURCE_UNAVAILABLE'));
      await bench.settle();
      expect((await bench.ask(['a'])).seen()).toEqual(['a 1 STALE']);
      await bench.clock.advance(hour / 2);
      expect((await bench.ask(['a'])).seen()).toEqual(['a 1 STALE']);
      await bench.clock.advance(hour / 2);
    }
    expect(bench.calls.length).toBeGreaterThan(20);
  });

  test('is not tried again for some seconds, and then once', async () => {
    const bench = await createStaleBench();
    bench.call(2).fail(failure('SOURCE_UNAVAILABLE'));
    await bench.settle();
    await bench.ask(['a']);
    await bench.clock.advance(4_000);
    await bench.ask(['a']);
    expect(bench.calls).toHaveLength(2);
    await bench.clock.advance(26_000);
    await bench.ask(['a']);
    await bench.ask(['a']);
    expect(bench.calls).toHaveLength(3);
  });

  test('is forgotten when the next one succeeds', async () => {
    const bench = await createStaleBench();
    bench.call(2).fail(failure('SOURCE_NOT_FOUND'));
    await bench.settle();
    await bench.ask(['a'], { maxAgeMs: 0 });
    bench.call(3).answer();
    await bench.settle();
    expect((await bench.ask(['a'])).seen()).toEqual(['a 3 FRESH']);
    await bench.clock.advance(lifetime.freshMs);
    expect((await bench.ask(['a'])).seen()).toEqual(['a 3 STALE']);
    expect(bench.calls).toHaveLength(4);
  });

  test('is an error only once the old value is too old', async () => {
    const bench = await createStaleBench();
    await bench.clock.advance(lifetime.staleMs);
    const client = await bench.ask(['a']);
    bench.call(2).fail(failure('SOURCE_UNAVAILABLE'));
    await bench.settle();
    expect(client.seen()).toEqual(['SOURCE_UNAVAILABLE']);
  });
});

describe('a refresh that is refused', () => {
  test('is not tried again at once by everybody who sees the old value, but soon', async () => {
    const bench = await createStaleBench();
    bench.call(2).fail(failure('CIRCUIT_OPEN'));
    await bench.settle();
    for (let left = 5; left > 0; left -= 1) expect((await bench.ask(['a'])).seen()).toEqual(['a 1 STALE']);
    expect(bench.calls).toHaveLength(2);
    await bench.clock.advance(6_000);
    expect((await bench.ask(['a'])).seen()).toEqual(['a 1 STALE']);
    expect(bench.calls).toHaveLength(3);
  });

  test('keeps nobody from being asked for who has no value at all', async () => {
    const bench = await createStaleBench();
    bench.call(2).fail(failure('OVERLOADED'));
    await bench.clock.advance(lifetime.staleMs);
    await bench.ask(['a']);
    bench.call(3).fail(failure('OVERLOADED'));
    await bench.settle();
    expect((await bench.ask(['a'])).seen()).toEqual(['waiting']);
    expect(bench.calls).toHaveLength(4);
  });
});

describe('a failure', () => {
  const remembered: [ErrorCode, number][] = [
    ['SOURCE_TIMEOUT', 30_000],
    ['SOURCE_UNAVAILABLE', 30_000],
    ['SOURCE_BAD_RESPONSE', 30_000],
    ['SOURCE_REJECTED', 30_000],
    ['SOURCE_QUOTA_EXHAUSTED', 30_000],
    ['SOURCE_NOT_FOUND', 330_000],
  ];
  test.each(remembered)('%s is remembered, and for no longer than %i ms', async (code, longestMs) => {
    const bench = createCacheBench();
    await bench.ask(['a']);
    const error = failure(code);
    bench.call(1).fail(error);
    await bench.clock.advance(1_000);
    expect((await bench.ask(['a'])).outcomes).toEqual([{ key: 'a', settled: 1, error }]);
    expect(bench.calls).toHaveLength(1);
    await bench.clock.advance(longestMs);
    expect((await bench.ask(['a'])).seen()).toEqual(['waiting']);
  });

  test('of a product that the partner does not know is remembered for 5 minutes, give or take 10 %', async () => {
    for (const [random, minutes] of [
      [0, 4.5],
      [1, 5.5],
    ] as const) {
      const bench = createCacheBench({ random: () => random });
      await bench.ask(['a']);
      bench.call(1).fail(failure('SOURCE_NOT_FOUND'));
      await bench.clock.advance(minutes * minute - 1);
      expect((await bench.ask(['a'])).seen()).toEqual(['SOURCE_NOT_FOUND']);
      await bench.clock.advance(1);
      expect((await bench.ask(['a'])).seen()).toEqual(['waiting']);
    }
  });

  test.each(['CIRCUIT_OPEN', 'OVERLOADED', 'SOURCE_RATE_LIMITED', 'DEADLINE_EXCEEDED'] as const)(
    '%s says nothing of the next call, which is made',
    async (code) => {
      const bench = createCacheBench();
      const client = await bench.ask(['a']);
      bench.call(1).fail(failure(code));
      await bench.settle();
      expect(client.seen()).toEqual([code]);
      expect((await bench.ask(['a'])).seen()).toEqual(['waiting']);
      expect(bench.calls).toHaveLength(2);
    },
  );

  test('that is a fault of the gateway itself is not remembered either', async () => {
    const bench = createCacheBench();
    const client = await bench.ask(['a']);
    bench.call(1).fail(new TypeError('x is undefined'));
    await bench.settle();
    expect(client.seen()).toEqual(['TypeError']);
    expect((await bench.ask(['a'])).seen()).toEqual(['waiting']);
  });

  test('of a call for many is the failure of each of them', async () => {
    const bench = createCacheBench();
    await bench.ask(['a', 'b'], { together: true });
    bench.call(1).fail(failure('SOURCE_UNAVAILABLE'));
    await bench.settle();
    expect((await bench.ask(['b', 'a', 'c'])).seen()).toEqual(['SOURCE_UNAVAILABLE', 'SOURCE_UNAVAILABLE', 'waiting']);
  });
});

describe('an answer with a figure that could not be read', () => {
  const partial = { isWhole: false };

  test('is given to who waits, and remembered as briefly as a failure', async () => {
    const bench = createCacheBench();
    const client = await bench.ask(['a']);
    bench.call(1).answer(partial);
    await bench.clock.advance(1_000);
    expect(client.seen()).toEqual(['a 1 FRESH']);
    expect((await bench.ask(['a'])).seen()).toEqual(['a 1 FRESH']);
    expect(bench.calls).toHaveLength(1);
    await bench.clock.advance(29_000);
    expect((await bench.ask(['a'])).seen()).toEqual(['waiting']);
  });

  test('never takes the place of a whole one', async () => {
    const bench = await createStaleBench();
    bench.call(2).answer(partial);
    await bench.settle();
    expect((await bench.ask(['a'])).seen()).toEqual(['a 1 STALE']);
    expect(bench.calls).toHaveLength(2);
    await bench.clock.advance(30_000);
    expect((await bench.ask(['a'])).seen()).toEqual(['a 1 STALE']);
    expect(bench.calls).toHaveLength(3);
  });

  test('gives way to a whole one', async () => {
    const bench = createCacheBench();
    await bench.ask(['a']);
    bench.call(1).answer(partial);
    await bench.settle();
    await bench.ask(['a'], { maxAgeMs: 0 });
    bench.call(2).answer();
    await bench.settle();
    expect((await bench.ask(['a'])).seen()).toEqual(['a 2 FRESH']);
  });
});

describe('maxAgeMs', () => {
  test('0 asks again, and shows what there is until then', async () => {
    const bench = await createWarmBench();
    expect((await bench.ask(['a'], { maxAgeMs: 0 })).seen()).toEqual(['a 1 STALE']);
    expect(bench.calls).toHaveLength(2);
  });

  test('0 of many at once is one call', async () => {
    const bench = await createWarmBench();
    for (let left = 10; left > 0; left -= 1) bench.begin(['a'], { maxAgeMs: 0 });
    await bench.settle();
    expect(bench.calls).toHaveLength(2);
  });

  test('0 asks again after a failure, also an unknown product', async () => {
    const bench = createCacheBench();
    await bench.ask(['a']);
    bench.call(1).fail(failure('SOURCE_NOT_FOUND'));
    await bench.settle();
    const client = await bench.ask(['a'], { maxAgeMs: 0 });
    bench.call(2).answer();
    await bench.settle();
    expect(client.seen()).toEqual(['a 2 FRESH']);
  });

  test('lets a value that is young enough be', async () => {
    const bench = await createWarmBench();
    await bench.clock.advance(1_000);
    expect((await bench.ask(['a'], { maxAgeMs: 1_001 })).seen()).toEqual(['a 1 FRESH']);
    expect((await bench.ask(['a'], { maxAgeMs: 1_000 })).seen()).toEqual(['a 1 STALE']);
    expect(bench.calls).toHaveLength(2);
  });
});

describe('minFreshMs', () => {
  test('refreshes behind what would not stay fresh for so long, and leaves the rest alone', async () => {
    const bench = await createWarmBench();
    await bench.clock.advance(minute);
    await bench.ask(['a'], { minFreshMs: 9 * minute - 1, background: true });
    expect(bench.calls).toHaveLength(1);
    await bench.ask(['a'], { minFreshMs: 9 * minute, background: true });
    expect(bench.calls).toHaveLength(2);
    expect((await bench.ask(['a'])).seen()).toEqual(['a 1 FRESH']);
    bench.call(2).answer();
    await bench.settle();
    expect((await bench.ask(['a'])).seen()).toEqual(['a 2 FRESH']);
  });
});

describe('what is told of the cache', () => {
  test('each load says what it found: fresh, stale, and on its way by another request', async () => {
    const bench = createCacheBench();
    await bench.ask(['a', 'b']);
    bench.call(1).answer();
    await bench.settle();
    await bench.ask(['a', 'b', 'c'], { requestId: 'second' });
    await bench.clock.advance(lifetime.freshMs);
    await bench.ask(['a'], { requestId: 'third' });
    const reads = bench.events.filter(({ type }) => type === 'cache.read');
    expect(reads).toMatchObject([
      { hits: 0, staleHits: 0, joined: 0 },
      { requestId: 'second', hits: 1, staleHits: 0, joined: 1 },
      { requestId: 'third', hits: 0, staleHits: 1, joined: 0 },
    ]);
  });

  test('the share of keys that needed no waiting is null before anybody asked', async () => {
    const bench = createCacheBench();
    expect(bench.hitShare()).toBeNull();
    await bench.ask(['a', 'b']);
    expect(bench.hitShare()).toBe(0);
    bench.call(1).answer();
    await bench.settle();
    await bench.ask(['a', 'b']);
    expect(bench.hitShare()).toBe(0.25);
  });
});

describe('closing', () => {
  test('cancels what is on its way, tells who waits, and leaves nothing behind', async () => {
    const bench = await createStaleBench();
    const clients = [await bench.ask(['b', 'c']), await bench.ask(['c'], { maxWaitMs: 60_000 })];
    await bench.close();
    await bench.settle();
    expect(bench.running()).toEqual([]);
    for (const { outcomes, signal } of clients) {
      for (const { settled, error } of outcomes) {
        expect([settled, error]).toEqual([1, expect.objectContaining({ code: 'DEADLINE_EXCEEDED' })]);
      }
      expect(getEventListeners(signal, 'abort')).toEqual([]);
    }
    expect(bench.clock.timers).toBe(0);
  });
});

const names = ['a', 'b', 'c', 'd'] as const;
const anyKeys = fc.uniqueArray(fc.constantFrom(...names), { minLength: 1, maxLength: 4 });
const anyPatience = fc.record({
  maxWaitMs: fc.constantFrom(null, null, 0, 50, 20_000),
  maxAgeMs: fc.constantFrom(null, null, null, 0, 5_000),
  background: fc.constantFrom(false, false, true),
  together: fc.boolean(),
});
const anyStep = fc.oneof(
  { weight: 4, arbitrary: fc.record({ type: fc.constant('ask' as const), keys: anyKeys, patience: anyPatience }) },
  { weight: 4, arbitrary: fc.record({ type: fc.constant('answer' as const), which: fc.nat(20) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      type: fc.constant('fail' as const),
      which: fc.nat(20),
      code: fc.constantFrom<ErrorCode[]>('SOURCE_UNAVAILABLE', 'OVERLOADED', 'SOURCE_NOT_FOUND'),
    }),
  },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('partial' as const), which: fc.nat(20) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      type: fc.constant('leave' as const),
      which: fc.nat(20),
      way: fc.constantFrom('disconnect' as const, 'reachDeadline' as const),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      type: fc.constant('wait' as const),
      ms: fc.constantFrom(1, 50, 6_000, lifetime.freshMs, lifetime.freshMs + lifetime.staleMs),
    }),
  },
  { weight: 2, arbitrary: fc.constant({ type: 'turn' as const }) },
);
type Step = typeof anyStep extends fc.Arbitrary<infer S> ? S : never;

function runningAt(bench: CacheBench, which: number): SourceCall | undefined {
  const running = bench.running();
  return running[which % Math.max(1, running.length)];
}

/** Steps follow each other without a pause, so that they meet in the middle of whatever goes on; `turn` and `wait` let it go on. */
async function take(step: Step, bench: CacheBench, clients: CacheClient[]): Promise<void> {
  switch (step.type) {
    case 'ask':
      clients.push(bench.begin(step.keys, step.patience));
      return;
    case 'answer':
      return runningAt(bench, step.which)?.answer();
    case 'partial':
      return runningAt(bench, step.which)?.answer({ isWhole: false });
    case 'fail':
      return runningAt(bench, step.which)?.fail(failure(step.code));
    case 'leave':
      return clients[step.which % Math.max(1, clients.length)]?.[step.way]();
    case 'wait':
      return bench.clock.advance(step.ms);
    case 'turn':
      return bench.settle();
  }
}

/** However it came about, a key has no more than one call that runs. */
function expectOneCallPerKey(bench: CacheBench): void {
  const keys = bench.running().flatMap((call) => call.keys);
  expect(keys).toEqual([...new Set(keys)]);
}

/** A client that left may see that it left; nobody else sees another one's leaving. */
function expectHonest({ outcomes, signal }: CacheClient): void {
  for (const { key, settled, answer, error } of outcomes as readonly Outcome[]) {
    expect(settled).toBe(1);
    if (answer) expectOwnValue(key, answer);
    else if (!signal.aborted) expect(error).toMatchObject({ code: expect.stringMatching(/^(SOURCE_|OVERLOADED)/) });
  }
  expect(getEventListeners(signal, 'abort')).toEqual([]);
}

function expectOwnValue(key: string, { value, state, asOf }: Answer<string>): void {
  if (state === 'PENDING') expect([value, asOf]).toEqual([undefined, null]);
  else expect([value?.split(' ')[0], typeof asOf]).toEqual([key, 'number']);
}

describe('whatever happens in whatever order', () => {
  test('a key has one call at most, every waiter is answered once and with its own key, nothing stays behind', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyStep, { maxLength: 25 }), async (steps) => {
        const bench = createCacheBench();
        const clients: CacheClient[] = [];
        for (const step of steps) {
          await take(step, bench, clients);
          expectOneCallPerKey(bench);
        }
        for (let left = 10; left > 0; left -= 1) {
          await bench.settle();
          for (const call of bench.running()) call.answer();
        }
        for (const client of clients) expectHonest(client);
        expect(bench.clock.timers).toBe(0);
        await bench.close();
      }),
      { numRuns: 1_000 },
    );
  });
});
