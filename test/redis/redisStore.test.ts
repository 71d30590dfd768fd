import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Entry } from '../../src/cache/entry.js';
import type { RedisConnection } from '../../src/cache/redisConnection.js';
import { connectRedis, createRedisStore } from '../../src/cache/redisStore.js';
import { systemClock } from '../../src/clock.js';
import { measureCodec } from '../../src/sources/googleAnalytics/codec.js';
import { partnerCodec } from '../../src/sources/partner/codec.js';
import type { TelemetryEvent } from '../../src/telemetry.js';
import { type RedisServer, startRedisServer } from '../helpers/redisServer.js';

let redis: RedisServer;
let connection: RedisConnection;
const events: TelemetryEvent[] = [];
const report = (event: TelemetryEvent) => void events.push(event);
const quality = { sampledShare: null, thresholded: false, otherRow: false, truncated: false };
const measureOf = (text: string) => ({ texts: [text], quality });
const eventsOf = <T extends TelemetryEvent['type']>(type: T) =>
  events.filter((event): event is Extract<TelemetryEvent, { type: T }> => event.type === type);

beforeAll(async () => {
  redis = await startRedisServer();
  connection = await connectRedis(redis.url, { clock: systemClock, report });
});
beforeEach(async () => {
  await redis.client.flushall();
  events.length = 0;
});
afterAll(async () => {
  connection?.close();
  await redis?.close();
});

const codec = partnerCodec(['orders', 'revenue', 'name', 'active']);
const shared = { source: 'partner', clock: systemClock, report } as const;
const storeOf = (namespace = 'agw:1:partner:a:', to = connection) =>
  createRedisStore({ ...shared, connection: to, namespace, codec });

function entryOf(orders: number): Entry<Readonly<Record<string, string | number | boolean | null>>> {
  const value = { orders, revenue: '12345678901234.10', name: null, active: true };
  return { value, asOf: Date.now() - 1_000, freshMs: 600_000, staleMs: 86_400_000 };
}

const everything = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 400 }),
  fc.json(),
  fc.json().map((json) => `agw1 0000000000000000000000 ${json}`),
);

describe('values in Redis', () => {
  test('come back as they were, with their age by the clock of Redis, until they are no longer even stale', async () => {
    const store = storeOf();
    const entry = entryOf(7);
    expect(await store.setMany(new Map([['a', entry]]))).toBe(true);
    const [absent, found] = await store.getMany(['b', 'a']);
    expect(absent).toBeUndefined();
    expect(found?.entry).toEqual(entry);
    expect(found?.ageMs).toBeGreaterThanOrEqual(999);
    expect(found?.ageMs).toBeLessThan(3_000);
    const left = await redis.client.pttl('agw:1:partner:a:a');
    expect(left).toBeGreaterThan(entry.freshMs + entry.staleMs - 3_000);
    expect(left).toBeLessThanOrEqual(entry.freshMs + entry.staleMs - 1_000);
  });

  test('come back for thousands of keys, in their order', async () => {
    const store = createRedisStore({
      ...shared,
      connection,
      namespace: 'agw:1:googleAnalytics:a:',
      codec: measureCodec,
    });
    const keys = Array.from({ length: 3_000 }, (_, index) => `key ${index}`);
    const entries = keys.map((key, index) => [key, { ...entryOf(0), value: measureOf(`${index}.5`) }] as const);
    await store.setMany(new Map(entries));
    const found = await store.getMany(['missing', ...keys]);
    expect(found.map((one) => one?.entry.value)).toEqual([undefined, ...entries.map(([, { value }]) => value)]);
  });

  test('are kept neither with an error in them nor with figures that nobody knows', async () => {
    const { value, ...rest } = entryOf(1);
    const spoiled = { ...value, orders: new Error('a secret') as never };
    const partial = { orders: 1 };
    await storeOf().setMany(
      new Map([
        ['a', { value: spoiled, ...rest }],
        ['b', { value: partial as never, ...rest }],
      ]),
    );
    expect(await redis.client.dbsize()).toBe(0);
  });

  test('of a replica whose clock is wrong are as old as they are, and never of the future', async () => {
    for (const skew of [-3_600_000, 3_600_000]) {
      const now = () => Date.now() + skew;
      const other = createRedisStore({ ...shared, clock: { ...systemClock, now }, connection, namespace: 'x:', codec });
      await other.setMany(new Map([['a', { ...entryOf(1), asOf: now() }]]));
      const [found] = await createRedisStore({ ...shared, connection, namespace: 'x:', codec }).getMany(['a']);
      expect(found?.ageMs).toBeLessThan(2_000);
      expect(found?.entry.asOf).toBeLessThanOrEqual(Date.now());
      expect(found?.entry.asOf).toBeGreaterThan(Date.now() - 3_000);
    }
  });
});

describe('what counts as missing', () => {
  test('any text that stands where a value should', async () => {
    const store = storeOf();
    await fc.assert(
      fc.asyncProperty(everything, async (text) => {
        events.length = 0;
        await redis.client.set('agw:1:partner:a:a', text, 'PX', 60_000);
        expect(await store.getMany(['a'])).toEqual([undefined]);
        expect(eventsOf('cache.corrupt')).toEqual([{ type: 'cache.corrupt', source: 'partner', keys: 1 }]);
      }),
      { numRuns: 500 },
    );
  });

  test('a value of which one byte was changed, cut off or added', async () => {
    const store = storeOf();
    await store.setMany(new Map([['a', entryOf(42)]]));
    const whole = await redis.client.getBuffer('agw:1:partner:a:a');
    if (!whole) throw new Error('Nothing was written.');
    const spoil = fc.oneof(
      fc.tuple(fc.nat(whole.length - 1), fc.integer({ min: 1, max: 255 })).map(([at, flip]) => {
        const bytes = Buffer.from(whole);
        bytes[at] = (bytes[at] ?? 0) ^ flip;
        return bytes;
      }),
      fc.nat(whole.length - 1).map((length) => whole.subarray(0, length)),
      fc.uint8Array({ minLength: 1, maxLength: 9 }).map((more) => Buffer.concat([whole, more])),
    );
    await fc.assert(
      fc.asyncProperty(spoil, async (bytes) => {
        await redis.client.set('agw:1:partner:a:a', bytes, 'PX', 60_000);
        expect(await store.getMany(['a'])).toEqual([undefined]);
      }),
      { numRuns: 500 },
    );
  });

  test('a value under the key of another account, source or schema', async () => {
    await storeOf('agw:1:partner:a:').setMany(new Map([['["one","P-1"]', entryOf(42)]]));
    const text = await redis.client.get('agw:1:partner:a:["one","P-1"]');
    await redis.client.set('agw:1:partner:a:["two","P-1"]', text ?? '', 'PX', 60_000);
    await redis.client.set('agw:1:partner:b:["one","P-1"]', text ?? '', 'PX', 60_000);
    expect(await storeOf('agw:1:partner:a:').getMany(['["two","P-1"]'])).toEqual([undefined]);
    expect(await storeOf('agw:1:partner:b:').getMany(['["one","P-1"]'])).toEqual([undefined]);
  });

  test('a value that never goes away, because none of ours is like that', async () => {
    await storeOf().setMany(new Map([['a', entryOf(42)]]));
    await redis.client.persist('agw:1:partner:a:a');
    expect(await storeOf().getMany(['a'])).toEqual([undefined]);
  });

  test('another type of Redis, which the next value takes the place of', async () => {
    await redis.client.lpush('agw:1:partner:a:a', 'x');
    expect(await storeOf().getMany(['a'])).toEqual([undefined]);
    await storeOf().setMany(new Map([['a', entryOf(42)]]));
    expect(await storeOf().getMany(['a'])).toMatchObject([{ entry: { value: { orders: 42 } } }]);
  });
});

describe('a Redis that keeps nothing', () => {
  test('because it is full is counted, and read as before', async () => {
    const full = await startRedisServer('--maxmemory', '3mb', '--maxmemory-policy', 'noeviction');
    const toFull = await connectRedis(full.url, { clock: systemClock, report });
    try {
      const store = storeOf('agw:1:partner:a:', toFull);
      await store.setMany(new Map([['early', entryOf(1)]]));
      await full.fill();
      expect(await store.setMany(new Map([['late', entryOf(2)]]))).toBe(true);
      expect(eventsOf('redis.failed')).toEqual([{ type: 'redis.failed', failure: 'OOM' }]);
      expect(await store.getMany(['early', 'late'])).toMatchObject([{ entry: { value: { orders: 1 } } }, undefined]);
      expect(eventsOf('redis.changed').filter(({ up }) => !up)).toEqual([]);
    } finally {
      toFull.close();
      await full.close();
    }
  });

  test('because it only follows another one is counted', async () => {
    await redis.client.config('SET', 'replica-serve-stale-data', 'yes');
    await redis.client.replicaof('127.0.0.1', 1);
    try {
      expect(await storeOf().setMany(new Map([['a', entryOf(1)]]))).toBe(true);
      expect(eventsOf('redis.failed')).toEqual([{ type: 'redis.failed', failure: 'READONLY' }]);
    } finally {
      await redis.client.replicaof('NO', 'ONE');
    }
  });
});
