import { describe, expect, test } from '@jest/globals';
import type { Patience } from '../../src/cache/flight.js';
import { type ErrorCode, GatewayError } from '../../src/errors.js';
import { type CacheBench, createCacheBench, hour, lifetime, minute } from '../helpers/cacheBench.js';

/** What a peek says of a key: whether somebody would be asked, and the answer at hand. */
async function peek(bench: CacheBench, key = 'a', patience: Partial<Patience> = {}): Promise<string> {
  const [peeked] = await bench.peek([key], patience);
  const { value, state } = peeked?.answer ?? {};
  return [peeked?.asks, value, state].filter((part) => part !== undefined).join(' ');
}

async function createWarmBench(): Promise<CacheBench> {
  const bench = createCacheBench();
  await bench.ask(['a']);
  bench.call(1).answer();
  await bench.settle();
  return bench;
}

const failure = (code: ErrorCode) => new GatewayError(code, 'It failed.', { source: 'partner' });

describe('a look into the cache', () => {
  test('asks nobody, and is not counted', async () => {
    const bench = await createWarmBench();
    const [calls, events, share] = [bench.calls.length, bench.events.length, bench.hitShare()];
    await bench.peek(['a', 'b']);
    await bench.clock.advance(lifetime.freshMs);
    await bench.peek(['a', 'b']);
    await bench.clock.advance(0);
    expect([bench.calls.length, bench.events.length, bench.hitShare()]).toEqual([calls, events, share]);
  });

  test('answers in the order of the keys', async () => {
    const bench = await createWarmBench();
    const peeked = await bench.peek(['b', 'a', 'b']);
    expect(peeked.map(({ asks, answer }) => [asks, answer?.value])).toEqual([
      ['now', undefined],
      ['never', 'a 1'],
      ['now', undefined],
    ]);
  });

  test('says when the source answered', async () => {
    const bench = createCacheBench();
    await bench.ask(['a']);
    const asOf = bench.clock.now();
    bench.call(1).answer();
    await bench.clock.advance(minute);
    expect((await bench.peek(['a']))[0]?.answer).toEqual({ value: 'a 1', state: 'FRESH', asOf });
  });
});

describe('a key', () => {
  test('that is missing would be asked for', async () => {
    expect(await peek(createCacheBench())).toBe('now');
  });

  test('that is fresh is answered, stale is refreshed behind, too old is asked for', async () => {
    const bench = await createWarmBench();
    expect(await peek(bench)).toBe('never a 1 FRESH');
    await bench.clock.advance(lifetime.freshMs);
    expect(await peek(bench)).toBe('behind a 1 STALE');
    await bench.clock.advance(lifetime.staleMs);
    expect(await peek(bench)).toBe('now');
  });

  test('is as old as the client finds it', async () => {
    const bench = await createWarmBench();
    await bench.clock.advance(minute);
    expect(await peek(bench, 'a', { maxAgeMs: hour })).toBe('never a 1 FRESH');
    expect(await peek(bench, 'a', { maxAgeMs: minute / 2 })).toBe('behind a 1 STALE');
    expect(await peek(bench, 'a', { minFreshMs: lifetime.freshMs })).toBe('behind a 1 STALE');
  });

  test('that is on its way is not asked for again', async () => {
    const bench = createCacheBench();
    await bench.ask(['a']);
    expect(await peek(bench)).toBe('never');
    bench.call(1).answer();
    await bench.settle();
    await bench.clock.advance(lifetime.freshMs);
    await bench.ask(['a']);
    expect(await peek(bench)).toBe('never a 1 STALE');
  });

  test('that has just failed is not asked for, until that is forgotten', async () => {
    const bench = createCacheBench();
    await bench.ask(['a']);
    bench.call(1).fail(failure('SOURCE_UNAVAILABLE'));
    await bench.settle();
    expect(await peek(bench)).toBe('never');
    expect(await peek(bench, 'a', { maxAgeMs: 0 })).toBe('now');
    await bench.clock.advance(minute);
    expect(await peek(bench)).toBe('now');
  });

  test('that was refused is asked for when somebody waits', async () => {
    const bench = createCacheBench();
    await bench.ask(['a']);
    bench.call(1).fail(failure('CIRCUIT_OPEN'));
    await bench.settle();
    expect(await peek(bench)).toBe('now');
  });

  test('that was answered in part is answered with that', async () => {
    const bench = createCacheBench();
    await bench.ask(['a']);
    bench.call(1).answer({ isWhole: false });
    await bench.settle();
    expect(await peek(bench)).toBe('never a 1 FRESH');
  });

  test.each<ErrorCode>(['SOURCE_UNAVAILABLE', 'CIRCUIT_OPEN'])(
    'whose refresh has failed with %s still has its stale value, as whoever asks for it would find',
    async (code) => {
      const bench = await createWarmBench();
      await bench.clock.advance(lifetime.freshMs);
      await bench.ask(['a']);
      bench.call(2).fail(failure(code));
      await bench.settle();
      expect(await peek(bench)).toBe('never a 1 STALE');
      expect((await bench.ask(['a'])).seen()).toEqual(['a 1 STALE']);
      expect(bench.calls).toHaveLength(2);
    },
  );
});
