import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { askAtOnce, differentAnswers, withFigures } from '../helpers/crowd.js';
import { freshDay } from '../helpers/freshDay.js';
import { type RedisServer, startRedisServer } from '../helpers/redisServer.js';
import { type Replicas, startReplicas } from '../helpers/replicas.js';
import { until } from '../helpers/until.js';

const patient = 120_000;
const product = 'shop-red-shoe-1';
/** What a Redis that hangs may cost each of the few commands of one question, in ms. */
const mostLostMs = 3 * 150;

let redis: RedisServer;
let setup: Replicas;

const calls = async () => (await setup.partner.stats()).calls;
const isUp = async (up: boolean) => {
  const values = await Promise.all(setup.replicas.map((replica) => replica.metric('gateway_redis_up')));
  return values.every((value) => value === (up ? 1 : 0));
};

/** How long one question to a replica takes for which the partner must be asked. */
async function coldMs(): Promise<number> {
  const startedAt = performance.now();
  const { start: day } = freshDay();
  const answers = await askAtOnce([setup.replicas[0]], { products: [product], day, clients: 1, seed: 1 });
  expect(withFigures(answers)).toHaveLength(1);
  return performance.now() - startedAt;
}

/** The middle one of five: a machine that has a moment's other work to do makes one of them long, a Redis that is waited for all. */
async function usualColdMs(): Promise<number> {
  const rounds: number[] = [];
  for (let round = 0; round < 5; round += 1) rounds.push(await coldMs());
  return rounds.sort((a, b) => a - b)[2] ?? Number.NaN;
}

/** 200 clients of two processes at once: all are served, by at most one call of each process. */
async function expectAtMostOneCallEach(): Promise<void> {
  await setup.partner.reset();
  await setup.partner.faults({ keys: '*', fault: 'latency', ms: 300 });
  const { start: day } = freshDay();
  const answers = await askAtOnce(setup.replicas, { products: [product], day, clients: 200, seed: 5 });
  expect(differentAnswers(answers)).toHaveLength(1);
  expect(withFigures(answers)).toHaveLength(200);
  expect(await calls()).toBeLessThanOrEqual(2);
  await setup.partner.reset();
}

async function expectReady(): Promise<void> {
  expect(await Promise.all(setup.replicas.map((replica) => replica.isReady()))).toEqual([true, true]);
}

describe('a Redis that is there', () => {
  beforeAll(async () => {
    redis = await startRedisServer();
    setup = await startReplicas({ redis: redis.url });
  }, patient);
  beforeEach(async () => {
    await until(() => isUp(true), 'both processes use Redis');
    await setup.partner.reset();
    await coldMs();
  }, patient);
  // A test that fails half-way must not leave the next one without a Redis.
  afterEach(() => redis.revive(), patient);
  afterAll(async () => {
    await setup.close();
    await redis.close();
  }, patient);

  test(
    'and freezes costs a moment once, then nothing, and is used again when it thaws',
    async () => {
      redis.freeze();
      expect(await coldMs()).toBeLessThan(mostLostMs);
      expect(await usualColdMs()).toBeLessThan(100);
      await expectAtMostOneCallEach();
      await until(() => isUp(false), 'both processes leave Redis alone');
      await expectReady();
      redis.thaw();
      await until(() => isUp(true), 'both processes use Redis again');
    },
    patient,
  );

  test(
    'and freezes while everybody waits for one call costs no answer',
    async () => {
      await setup.partner.reset();
      await setup.partner.faults({ keys: '*', fault: 'latency', ms: 500 });
      const { start: day } = freshDay();
      const asked = askAtOnce(setup.replicas, { products: [product], day, clients: 100, seed: 5 });
      await until(async () => (await calls()) > 0, 'the partner is asked');
      redis.freeze();
      expect(withFigures(await asked)).toHaveLength(100);
      expect(await calls()).toBeLessThanOrEqual(2);
    },
    patient,
  );

  test(
    'and dies costs nothing, and is used again when it is back',
    async () => {
      await redis.kill();
      expect(await coldMs()).toBeLessThan(mostLostMs);
      expect(await usualColdMs()).toBeLessThan(100);
      await expectAtMostOneCallEach();
      expect(await isUp(false)).toBe(true);
      await expectReady();
      await redis.restart();
      await until(() => isUp(true), 'both processes use Redis again');
      await coldMs();
      expect(await redis.client.keys('agw:1:partner:*')).not.toHaveLength(0);
    },
    patient,
  );

  test(
    'and is emptied again and again while it is used costs at most one more call of each process',
    async () => {
      await setup.partner.reset();
      await setup.partner.faults({ keys: '*', fault: 'latency', ms: 400 });
      const { start: day } = freshDay();
      const ask = (seed: number) => askAtOnce(setup.replicas, { products: [product], day, clients: 50, seed });
      const early = ask(1);
      await until(async () => (await calls()) > 0, 'the partner is asked');
      await redis.client.flushall();
      const answers = await early;
      for (let seed = 2; seed < 12; seed += 1) {
        await redis.client.flushall();
        answers.push(...(await ask(seed)));
      }
      expect(withFigures(answers)).toHaveLength(550);
      expect(await calls()).toBeLessThanOrEqual(3);
    },
    patient,
  );

  test(
    'with garbage in place of a value costs one call, which mends it',
    async () => {
      await setup.partner.reset();
      const { start: day } = freshDay();
      const [one, other] = setup.replicas;
      await askAtOnce([one], { products: [product], day, clients: 1, seed: 1 });
      const [key = ''] = (await redis.client.keys('agw:1:partner:*')).filter((name) => name.includes(day));
      await redis.client.set(key, 'garbage', 'PX', 60_000);
      const answers = await askAtOnce([other], { products: [product], day, clients: 20, seed: 1 });
      expect(withFigures(answers)).toHaveLength(20);
      expect(await calls()).toBe(2);
      expect(await other.metric('gateway_cache_corrupt_total')).toBeGreaterThan(0);
      expect(await redis.client.get(key)).toMatch(/^agw1 /);
    },
    patient,
  );
});

describe('a Redis', () => {
  afterEach(async () => {
    await setup.close();
    await redis.close();
  }, patient);

  test(
    'that is away at the start is done without, until it comes',
    async () => {
      redis = await startRedisServer();
      await redis.kill();
      setup = await startReplicas({ redis: redis.url });
      await expectReady();
      expect(await isUp(false)).toBe(true);
      await expectAtMostOneCallEach();
      await redis.restart();
      await until(() => isUp(true), 'both processes use Redis');
    },
    patient,
  );

  test(
    'that hangs at the start is done without',
    async () => {
      redis = await startRedisServer();
      redis.freeze();
      setup = await startReplicas({ redis: redis.url });
      await expectReady();
      await expectAtMostOneCallEach();
      redis.thaw();
      await until(() => isUp(true), 'both processes use Redis');
    },
    patient,
  );

  test(
    'that is full keeps nothing, and costs at most one call of each process',
    async () => {
      redis = await startRedisServer('--maxmemory', '3mb', '--maxmemory-policy', 'noeviction');
      setup = await startReplicas({ redis: redis.url });
      await redis.fill();
      await expectAtMostOneCallEach();
      const [one] = setup.replicas;
      expect(await one.metric('gateway_redis_failures_total')).toBeGreaterThan(0);
      expect(await isUp(true)).toBe(true);
    },
    patient,
  );

  test(
    'that refuses the password is done without',
    async () => {
      redis = await startRedisServer();
      await redis.client.config('SET', 'requirepass', 'another');
      setup = await startReplicas({ redis: redis.url.replace('//', '//:wrong-password@') });
      await expectAtMostOneCallEach();
      expect(setup.replicas[0].stderr()).not.toContain('wrong-password');
    },
    patient,
  );
});
