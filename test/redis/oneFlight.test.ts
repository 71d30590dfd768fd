import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { askAtOnce, differentAnswers, withFigures } from '../helpers/crowd.js';
import { freshDay } from '../helpers/freshDay.js';
import { type RedisServer, startRedisServer } from '../helpers/redisServer.js';
import { type Replica, type Replicas, startReplicas } from '../helpers/replicas.js';
import { until } from '../helpers/until.js';

const patient = 180_000;
const seeds = Array.from({ length: 20 }, (_, index) => index + 1);
let redis: RedisServer;
let setup: Replicas;

beforeAll(async () => {
  redis = await startRedisServer();
  setup = await startReplicas({ redis: redis.url, products: 100 });
}, patient);
afterAll(async () => {
  await setup?.close();
  await redis?.close();
}, patient);

const productIds = async (): Promise<string[]> => {
  const [replica] = setup.replicas;
  const { data } = await replica.ask<{ site: { products: { nodes: { id: string }[] } } }>(
    '{ site(id: "shop") { products(first: 100) { nodes { id } } } }',
  );
  return data.site.products.nodes.map(({ id }) => id);
};

const calls = async () => (await setup.partner.stats()).calls;
const partnerIsAsked = () => until(async () => (await calls()) > 0, 'the partner is asked');
const slow = (ms: number) => setup.partner.faults({ keys: '*', fault: 'latency', ms });
/** How often Redis was asked for anything. */
const scriptsRun = async () =>
  Number(/cmdstat_evalsha:calls=(\d+)/.exec(await redis.client.info('commandstats'))?.[1] ?? 0);
const product = 'shop-red-shoe-1';

beforeEach(() => setup.partner.reset());

describe('cold clients of two processes', () => {
  test.each(seeds)(
    'make one call when 500 of them want one product (seed %i)',
    async (seed) => {
      await slow(20 * seed);
      const { start: day } = freshDay();
      const answers = await askAtOnce(setup.replicas, { products: [product], day, clients: 500, seed });
      expect(differentAnswers(answers)).toHaveLength(1);
      expect(withFigures(answers)).toHaveLength(500);
      expect(await calls()).toBe(1);
    },
    patient,
  );

  test(
    'make 100 calls when 1,000 of them want 100 products, each product once',
    async () => {
      await slow(300);
      const products = await productIds();
      expect(products).toHaveLength(100);
      const { start: day } = freshDay();
      const answers = await askAtOnce(setup.replicas, { products, day, clients: 1_000, seed: 7 });
      expect(withFigures(answers)).toHaveLength(1_000);
      const { byKey } = await setup.partner.stats();
      expect(Object.values(byKey)).toEqual(Array.from({ length: 100 }, () => 1));
    },
    patient,
  );

  test(
    'make one report when both want the same figures of Google',
    async () => {
      await setup.google.reset();
      const { start: day } = freshDay();
      const page = `{ site(id: "shop") { products(first: 40) { nodes { googleAnalytics(range: { start: "${day}", end: "${day}" }) { pageViews } } } } }`;
      const answers = await Promise.all(
        Array.from({ length: 40 }, (_, index) => setup.replicas[index % 2 === 0 ? 0 : 1].ask(page)),
      );
      expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
      expect((await setup.google.stats()).reports).toBe(1);
    },
    patient,
  );

  test('find in the one what the other has brought', async () => {
    const [one, other] = setup.replicas;
    const { start: day } = freshDay();
    const asked = { products: [product], day, clients: 1, seed: 1 };
    const first = await askAtOnce([one], asked);
    const second = await askAtOnce([other], asked);
    expect(differentAnswers([...first, ...second])).toHaveLength(1);
    expect(await calls()).toBe(1);
  });
});

describe('a partner that fails', () => {
  test.each([
    ['at once', 0],
    ['after a while', 400],
  ])(
    'is asked once, and once more by the budget, and 500 clients are told the same (%s)',
    async (_, ms) => {
      const { start: day } = freshDay();
      await setup.partner.faults({ keys: '*', fault: 'status', status: 503, ...(ms > 0 && { ms }) });
      const answers = await askAtOnce(setup.replicas, { products: [product], day, clients: 500, seed: 3 });
      expect(differentAnswers(answers)).toHaveLength(1);
      expect(answers[0]?.errors?.[0]?.extensions).toEqual({
        code: 'SOURCE_UNAVAILABLE',
        source: 'partner',
        retryable: true,
      });
      expect(await calls()).toBeLessThanOrEqual(2);
    },
    patient,
  );
});

describe('the process that asks', () => {
  let extra: Replica[] = [];
  beforeEach(async () => {
    extra = await Promise.all([setup.start(), setup.start()]);
  }, patient);
  afterEach(() => Promise.all(extra.map((replica) => replica.end('SIGKILL'))));

  test(
    'may be killed: another one asks once more, and everybody else is served',
    async () => {
      const [leader, survivor] = extra as [Replica, Replica];
      await slow(2_000);
      const { start: day } = freshDay();
      const lost = askAtOnce([leader], { products: [product], day, clients: 20, seed: 1 }).catch(() => 'lost');
      await partnerIsAsked();
      const served = askAtOnce([survivor], { products: [product], day, clients: 200, seed: 2 });
      const before = await scriptsRun();
      await until(async () => (await scriptsRun()) > before + 2, 'they ask again and again whether it is done');
      await leader.end('SIGKILL');
      const killedAt = performance.now();
      expect(withFigures(await served)).toHaveLength(200);
      expect(performance.now() - killedAt).toBeLessThan(7_000);
      expect(await lost).toBe('lost');
      expect(await calls()).toBe(2);
    },
    patient,
  );

  test(
    'may sleep beyond its lease: another one asks, and what it brings itself is refused',
    async () => {
      const [zombie, other] = extra as [Replica, Replica];
      await slow(1_500);
      const { start: day } = freshDay();
      const asked = { products: [product], day, clients: 10, seed: 1 };
      const late = askAtOnce([zombie], asked);
      await partnerIsAsked();
      zombie.signal('SIGSTOP');
      const answers = await askAtOnce([other], asked);
      expect(withFigures(answers)).toHaveLength(10);
      const keys = (await redis.client.keys('agw:1:partner:*')).filter((key) => key.includes(day));
      const kept = await redis.client.mget(keys);
      expect(kept).toHaveLength(1);
      zombie.signal('SIGCONT');
      expect(withFigures(await late)).toHaveLength(10);
      expect(await zombie.metric('gateway_cache_lease_fenced_total')).toBe(1);
      expect(await redis.client.mget(keys)).toEqual(kept);
      expect(await calls()).toBe(2);
    },
    patient,
  );

  test(
    'lets go of what nobody wants any more',
    async () => {
      const [leader] = extra as [Replica];
      await slow(60_000);
      const { start: day } = freshDay();
      const client = new AbortController();
      const query = `{ product(id: "${product}") { partner(range: { start: "${day}", end: "${day}" }) { orders } } }`;
      const asked = leader.ask(query, {}, client.signal).catch(() => 'gone');
      await partnerIsAsked();
      const leases = async () => (await redis.client.mget('none', ...(await redis.client.keys('*lease:*')))).join();
      expect(await leases()).toContain('held');
      client.abort();
      expect(await asked).toBe('gone');
      await until(async () => !(await leases()).includes('held'), 'the lease is given back', 1_000);
    },
    patient,
  );
});
