import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createRandom } from '../../src/demo/random.js';
import { hashSecret } from '../../src/server/accessKeys.js';
import { freshDay } from '../helpers/freshDay.js';
import { fuzzRuns, fuzzSeed, fuzzTimeoutMs, inParallel } from '../helpers/fuzzing.js';
import { type RunningGateway, startGateway } from '../helpers/gateway.js';
import { type RecordedRequest, type Recorder, startRecorder } from '../helpers/recorder.js';
import { findSecrets } from '../helpers/secretForms.js';

/** Each tenant has a site, a key for it, and an account with the partner; their products are the same to both sources. */
const tenants = {
  shop: { key: 'shop.secret-of-the-shop', account: 'account-of-the-shop', orders: 111 },
  outlet: { key: 'outlet.secret-of-the-outlet', account: 'account-of-the-outlet', orders: 222 },
} as const;
type Tenant = keyof typeof tenants;
const other = { shop: 'outlet', outlet: 'shop' } as const;
const random = createRandom(`tenants ${fuzzSeed}`);
const oneOf = <T>(...choices: readonly T[]): T => choices[Math.floor(random() * choices.length)] as T;

let gateway: RunningGateway;
let partner: Recorder;

/** Says whose account it was asked with; now and then it fails. */
function answer({ target }: RecordedRequest) {
  const query = new URL(target, 'http://partner').searchParams;
  const whose = Object.values(tenants).find(({ account }) => account === query.get('api_key'));
  if (random() < 0.05) return { status: 500, body: '{}' };
  return {
    body: JSON.stringify({
      product: query.get('product'),
      orders: whose?.orders,
      currency: query.get('api_key') && 'EUR',
    }),
  };
}

beforeAll(async () => {
  partner = await startRecorder();
  partner.answerWith(answer);
  gateway = await startGateway({
    products: 4,
    sites: 2,
    alwaysTrace: false,
    configure: (file) => {
      Object.assign(file.sources.partner ?? {}, {
        url: `${partner.url}/summary?product={partnerId}&from={start}&to={end}`,
        apiKey: { query: 'api_key', value: tenants.shop.account },
        breaker: { failures: 1_000, slow: '1h', open: '1ms' },
      });
      file['access'] = {
        keys: Object.entries(tenants).map(([site, { key }]) => ({
          id: site,
          hash: hashSecret(key.slice(site.length + 1)),
          sites: [site],
        })),
      };
    },
    catalog: ({ sites: [shop, outlet] }) => {
      if (!shop || !outlet) throw new Error('There must be two sites.');
      outlet.partner = { apiKey: tenants.outlet.account };
      outlet.products.forEach((product, index) => {
        const same = shop.products[index];
        product.partner = same?.partner ?? null;
        product.googleAnalytics = same?.googleAnalytics ?? [];
      });
    },
  });
});
afterAll(() => Promise.all([gateway.close(), partner.close()]));

interface Seen {
  mine: { id: string; products: { nodes: Row[] } } | null;
  theirs: object | null;
  product: object | null;
  products: (object | null)[];
  sites: { id: string }[];
}
interface Row {
  googleAnalytics: { pageViews: number } | null;
  partner: { orders: number } | null;
}

const idsOf = (site: Tenant) => gateway.world.products.filter(({ siteId }) => siteId === site).map(({ id }) => id);

function ask(tenant: Tenant, day: string, how = '') {
  const on = `(range: { start: "${day}", end: "${day}" }${how})`;
  const row = `googleAnalytics${on} { pageViews } partner${on} { orders }`;
  const query = `query ($mine: ID!, $theirs: ID!, $product: ID!, $products: [ID!]!) {
    mine: site(id: $mine) { id products(first: 4) { nodes { ${row} } } }
    theirs: site(id: $theirs) { id products { nodes { ${row} } } }
    product(id: $product) { ${row} } products(ids: $products) { ${row} } sites { id }
  }`;
  const theirIds = idsOf(other[tenant]);
  return gateway.ask<Seen>(
    query,
    { mine: tenant, theirs: other[tenant], product: theirIds[0], products: theirIds },
    { headers: { authorization: `Bearer ${tenants[tenant].key}` } },
  );
}

describe('two tenants whose products have the same Google keys and partner ids', () => {
  const count = Math.min(fuzzRuns / 4, 10_000);

  test(
    `never see a number, a name or an error of each other, in whatever order they ask (${count} times, seed ${fuzzSeed})`,
    async () => {
      const days = Array.from({ length: 5 }, () => freshDay().start);
      const views = new Map<string, string>();
      for (const day of days) {
        for (const tenant of ['shop', 'outlet'] as const) {
          const { data } = await ask(tenant, day);
          views.set(`${tenant} ${day}`, viewsIn(data));
        }
      }
      // The tenants' numbers differ, or one could not be told from the other.
      for (const day of days) expect(views.get(`shop ${day}`)).not.toBe(views.get(`outlet ${day}`));

      const wrong: string[] = [];
      const answers = new Map<string, string>();
      let numbers = 0;

      await inParallel(count, 20, async (index) => {
        const tenant = oneOf<Tenant>('shop', 'outlet');
        const day = oneOf(...days);
        const { data, errors } = await ask(tenant, day, oneOf('', ', maxAgeMs: 0', ', maxAgeMs: 1', ', maxAgeMs: 50'));
        const { mine, ...others } = data;
        const hidden = { theirs: null, product: null, products: [null, null, null, null], sites: [{ id: tenant }] };
        if (JSON.stringify(others) !== JSON.stringify(hidden)) wrong.push(JSON.stringify(others));
        const orders = mine?.products.nodes.flatMap(({ partner: figures }) => figures?.orders ?? []) ?? [];
        if (orders.some((each) => each !== tenants[tenant].orders)) wrong.push(`${tenant} saw ${orders}`);
        if (viewsIn(data) !== views.get(`${tenant} ${day}`)) wrong.push(`${tenant} saw ${viewsIn(data)} on ${day}`);
        numbers += orders.length;
        if (errors) answers.set(`${index}`, JSON.stringify(errors));
      });
      expect(wrong.slice(0, 5)).toEqual([]);
      expect(numbers).toBeGreaterThan(count);
      expect(findSecrets(answers, { shop: tenants.shop.account, outlet: tenants.outlet.account })).toEqual([]);
    },
    fuzzTimeoutMs,
  );
});

function viewsIn({ mine }: Seen): string {
  return JSON.stringify(mine?.products.nodes.map(({ googleAnalytics }) => googleAnalytics?.pageViews));
}
