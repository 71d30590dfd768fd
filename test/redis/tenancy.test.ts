import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createRandom } from '../../src/demo/random.js';
import { freshDay } from '../helpers/freshDay.js';
import { startGateway } from '../helpers/gateway.js';
import { type RecordedRequest, type Recorder, startRecorder } from '../helpers/recorder.js';
import { type RedisServer, startRedisServer } from '../helpers/redisServer.js';
import { findSecrets } from '../helpers/secretForms.js';

const patient = 120_000;
let redis: RedisServer;
beforeAll(async () => {
  redis = await startRedisServer();
}, patient);
afterAll(() => redis.close());

/** All that Redis has: keys, and values, which are texts. */
async function dump(): Promise<string> {
  const keys = await redis.client.keys('*');
  const values = await Promise.all(keys.map((key) => redis.client.get(key)));
  return [...keys, ...values].join('\n');
}

describe('what is written to Redis', () => {
  test(
    'holds no secret, in whatever form',
    async () => {
      const own = 'canary/+"key=1&ä';
      const ofSite = 'canary/+"key=2&ö';
      const gateway = await startGateway({
        products: 3,
        partnerKey: own,
        configure: (file) => {
          file['cache'] = { redis: redis.url };
        },
        catalog: ({ sites: [site] }) => {
          if (site) site.partner = { apiKey: ofSite };
        },
      });
      try {
        const { start: day } = freshDay();
        const range = `(range: { start: "${day}", end: "${day}" })`;
        const page = `{ site(id: "shop") { products(first: 3) { nodes { googleAnalytics${range} { pageViews } partner${range} { orders } } } } }`;
        await gateway.ask(page);
        await gateway.partner.faults({ keys: '*', fault: 'status', status: 429, retryAfter: '2' });
        await gateway.ask(page.replaceAll(day, freshDay().start));
        const text = await dump();
        expect(text).toContain(day);
        expect(text).toContain('agw:1:partner:');
        expect(findSecrets(new Map([['Redis', text]]), { own, ofSite })).toEqual([]);
        expect(text).not.toMatch(/api_key|PRIVATE KEY|Bearer|ya29|127\.0\.0\.1/);
      } finally {
        await gateway.close();
      }
    },
    patient,
  );
});

describe('two partner accounts with the same product ids', () => {
  const accounts = { shop: 'key-of-shop', outlet: 'key-of-outlet' } as const;
  const figuresOf = { [accounts.shop]: 111, [accounts.outlet]: 222 } as Record<string, number>;
  let partner: Recorder;

  /** Says whose key it was asked with. */
  function answer({ target }: RecordedRequest) {
    const query = new URL(target, 'http://partner').searchParams;
    const orders = figuresOf[query.get('api_key') ?? ''];
    const rest = { impressions: 1, clicks: 1, revenue: '1.00', currency: 'EUR', updatedAt: '2026-01-02T03:04:05.000Z' };
    return { body: JSON.stringify({ product: query.get('product'), orders, ...rest }) };
  }

  const start = () =>
    startGateway({
      products: 4,
      sites: 2,
      alwaysTrace: false,
      configure: (file) => {
        file['cache'] = { redis: redis.url };
        Object.assign(file.sources.partner ?? {}, {
          url: `${partner.url}/summary?product={partnerId}&from={start}&to={end}`,
          apiKey: { query: 'api_key', value: accounts.shop },
        });
      },
      catalog: ({ sites }) => {
        const [first, second] = sites;
        if (!first || !second) throw new Error('There must be two sites.');
        second.partner = { apiKey: accounts.outlet };
        second.products.forEach((product, index) => {
          product.partner = first.products[index]?.partner ?? null;
        });
      },
    });

  test(
    'never see the figures of each other, in any order of questions, failures and faults of Redis',
    async () => {
      partner = await startRecorder();
      partner.answerWith(answer);
      const gateways = [await start(), await start()] as const;
      const sites = ['shop', 'outlet'] as const;
      const seen = { shop: new Set<unknown>(), outlet: new Set<unknown>() };
      const days = Array.from({ length: 6 }, () => freshDay().start);
      const step = fc.record({ seed: fc.nat(1_000_000), day: fc.constantFrom(...days), spoil: fc.boolean() });

      /** One question of one site to one of the gateways, about all of the site's products. */
      async function askOne(random: () => number, day: string): Promise<void> {
        const pick = <T>(pair: readonly [T, T]): T => pair[random() < 0.5 ? 0 : 1];
        const site = pick(sites);
        const figures = `partner(range: { start: "${day}", end: "${day}" }, maxAgeMs: ${pick([1, 60_000])}) { orders }`;
        const { data } = await pick(gateways).ask<{
          site: { products: { nodes: { partner: { orders: number } | null }[] } };
        }>(`{ site(id: "${site}") { products(first: 4) { nodes { ${figures} } } } }`);
        for (const node of data.site.products.nodes) seen[site].add(node.partner?.orders);
      }

      try {
        await fc.assert(
          fc.asyncProperty(step, async ({ seed, day, spoil }) => {
            const random = createRandom(`tenancy ${seed}`);
            if (spoil) await swapValues(redis);
            await Promise.all(Array.from({ length: 10 }, () => askOne(random, day)));
          }),
          { numRuns: 100 },
        );
        expect(gateways.some(({ events }) => events.some(({ type }) => type === 'cache.corrupt'))).toBe(true);
        expect([...seen.shop]).toEqual([111]);
        expect([...seen.outlet]).toEqual([222]);
      } finally {
        await Promise.all(gateways.map((gateway) => gateway.close()));
        await partner.close();
      }
    },
    patient,
  );
});

/** The worst that somebody else in the same Redis can do: every value under the key of another one. */
async function swapValues({ client }: RedisServer): Promise<void> {
  const keys = (await client.keys('agw:1:partner:*')).filter((key) => !key.includes('lease:'));
  const values = await client.mget(['nothing', ...keys]);
  await Promise.all(keys.map((key, index) => client.set(key, values[index] ?? '', 'PX', 60_000)));
}
