import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { RedisConnection } from '../../src/cache/redisConnection.js';
import { createRedisPace } from '../../src/cache/redisPace.js';
import { connectRedis } from '../../src/cache/redisStore.js';
import { systemClock } from '../../src/clock.js';
import { askAtOnce, withFigures } from '../helpers/crowd.js';
import { freshDay } from '../helpers/freshDay.js';
import { type RedisServer, startRedisServer } from '../helpers/redisServer.js';
import { type Replicas, startReplicas } from '../helpers/replicas.js';
import { until } from '../helpers/until.js';

const patient = 120_000;
let redis: RedisServer;
beforeAll(async () => {
  redis = await startRedisServer();
}, patient);
beforeEach(() => redis.client.flushall());
afterAll(() => redis.close());

describe('the pace that all replicas keep together', () => {
  let connections: readonly [RedisConnection, RedisConnection];
  const connect = () => connectRedis(redis.url, { clock: systemClock, report: () => {} });
  beforeAll(async () => {
    connections = [await connect(), await connect()];
  });
  afterAll(() => {
    for (const connection of connections) connection.close();
  });
  const pacesOf = (intervalMs: number) =>
    connections.map((connection) => createRedisPace({ connection, namespace: 'agw:1:partner:a:', intervalMs }));

  test('gives each turn once, whoever asks', async () => {
    const paces = pacesOf(1_000);
    const turns = await Promise.all(Array.from({ length: 20 }, (_, index) => paces[index % 2]?.turn(true)));
    const waits = turns.map((turn) => turn?.waitMs ?? Number.NaN).sort((a, b) => a - b);
    waits.forEach((wait, index) => {
      expect(wait).toBeGreaterThan(index * 1_000 - 1_000);
      expect(wait).toBeLessThanOrEqual(index * 1_000);
    });
  });

  test('takes no turn for a look', async () => {
    const [pace] = pacesOf(1_000);
    for (let look = 0; look < 5; look += 1) expect(await pace?.turn(false)).toEqual({ pauseMs: 0, waitMs: 0 });
    expect(await pace?.turn(true)).toEqual({ pauseMs: 0, waitMs: 0 });
  });

  test('stops for the longest pause that anybody was asked for', async () => {
    const [one, other] = pacesOf(0);
    one?.pause(60_000);
    one?.pause(1_000);
    await until(async () => ((await other?.turn(true))?.pauseMs ?? 0) > 0, 'the other one knows of the pause');
    expect((await other?.turn(true))?.pauseMs).toBeGreaterThan(50_000);
    expect((await other?.turn(true))?.waitMs).toBe(0);
  });
});

describe('two processes', () => {
  let setup: Replicas;
  const configured = (partner: Record<string, unknown>) =>
    startReplicas({
      redis: redis.url,
      products: 40,
      configure: (gateway) => Object.assign(gateway.sources.partner ?? {}, partner),
    });
  const page = (day: string) =>
    `{ site(id: "shop") { products(first: 40) { nodes { partner(range: { start: "${day}", end: "${day}" }) { orders } } } } }`;

  test(
    'start no more calls in a second together than one of them may',
    async () => {
      setup = await configured({ rate: '20/s' });
      try {
        const startedAt = performance.now();
        const days = [freshDay().start, freshDay().start];
        await Promise.all(setup.replicas.map((replica, index) => replica.ask(page(days[index] ?? ''))));
        const seconds = (performance.now() - startedAt) / 1_000;
        const { calls } = await setup.partner.stats();
        expect(calls).toBe(80);
        expect(calls / seconds).toBeLessThan(22);
        expect(calls / seconds).toBeGreaterThan(15);
      } finally {
        await setup.close();
      }
    },
    patient,
  );

  test(
    'make no call while a pause lasts that either of them was asked for',
    async () => {
      setup = await configured({});
      try {
        const [one, other] = setup.replicas;
        await setup.partner.faults({ keys: '*', fault: 'status', status: 429, retryAfter: '3600', times: 1 });
        const asked = { products: ['shop-red-shoe-1'], clients: 1, seed: 1 };
        const [first] = await askAtOnce([one], { ...asked, day: freshDay().start });
        expect(first?.errors?.[0]?.extensions).toMatchObject({ code: 'SOURCE_RATE_LIMITED' });
        const answers = await askAtOnce([one, other], { ...asked, clients: 40, day: freshDay().start });
        expect(withFigures(answers)).toEqual([]);
        for (const { errors } of answers) {
          expect(errors?.[0]?.extensions).toMatchObject({ code: 'SOURCE_RATE_LIMITED', source: 'partner' });
          expect(errors?.[0]?.extensions['retryAfterMs']).toBeGreaterThan(200_000);
          expect(errors?.[0]?.extensions['retryAfterMs']).toBeLessThanOrEqual(300_000);
        }
        expect((await setup.partner.stats()).calls).toBe(1);
        expect(await other.metric('gateway_source_pauses_total')).toBe(1);
      } finally {
        await setup.close();
      }
    },
    patient,
  );

  test(
    'go on when the pause is over',
    async () => {
      setup = await configured({});
      try {
        const [one, other] = setup.replicas;
        await setup.partner.faults({ keys: '*', fault: 'status', status: 429, retryAfter: '1', times: 1 });
        const asked = { products: ['shop-red-shoe-1'], clients: 1, seed: 1 };
        await askAtOnce([one], { ...asked, day: freshDay().start });
        const pausedAt = performance.now();
        const answers = await askAtOnce([other], { ...asked, clients: 20, day: freshDay().start });
        expect(withFigures(answers)).toHaveLength(20);
        expect(performance.now() - pausedAt).toBeGreaterThan(800);
        expect((await setup.partner.stats()).calls).toBe(2);
      } finally {
        await setup.close();
      }
    },
    patient,
  );
});
