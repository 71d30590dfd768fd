import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type GraphQLObjectType, getNamedType, isObjectType } from 'graphql';
import { isPriced } from '../../src/schema/fieldPrices.js';
import { createProduct, createSite } from '../helpers/catalogParts.js';
import { operationsOf } from '../helpers/generatedOperations.js';
import { createPlanningBench } from '../helpers/planningBench.js';

const sites = [
  createSite('shop'),
  createSite('outlet', { googleAnalytics: { property: '456', dimension: 'pagePath' }, partnerApiKey: 'its own' }),
  createSite('kiosk', { googleAnalytics: null }),
];
const productsOf = (siteId: string, count: number) =>
  Array.from({ length: count }, (_, index) => createProduct(`${siteId}-${index}`, { siteId }));
const products = [
  ...productsOf('shop', 40),
  ...productsOf('outlet', 10),
  ...productsOf('kiosk', 2),
  createProduct('several', { googleAnalyticsKeys: ['/p/a', '/p/b'] }),
  createProduct('unknown', { googleAnalyticsKeys: [], partnerId: null, siteId: 'outlet' }),
];
const bench = createPlanningBench({ sites, products });
const shop = (fields: string) => `{ site(id: "shop") { ${fields} } }`;
const page = (args: string, fields: string) => shop(`products${args && `(${args})`} { nodes { ${fields} } }`);
const partnerCalls = (query: string) => bench.bound(query).partnerCalls;

describe('the most that an operation can cost', () => {
  test.each<[string, number]>([
    [page('first: 25', 'name site { name }'), 0],
    [page('first: 25', 'partner { orders }'), 25],
    [page('', 'partner { orders }'), 20],
    [page('last: 7', 'partner { orders }'), 7],
    [page('first: 100', 'partner { orders }'), 41],
    [page('first: 0', 'partner { orders }'), 0],
    [page('first: 5', 'a: partner { orders } b: partner { clicks }'), 10],
    [page('first: 5, orderBy: { by: PAGE_VIEWS }', 'partner { orders }'), 5],
    [page('first: 5, orderBy: { by: NAME }', 'partner { orders }'), 5],
    [page('first: 5, orderBy: { by: PARTNER_REVENUE }', 'name'), 41],
    [page('first: 5, orderBy: { by: COMBINED_ORDERS_PER_SESSION }', 'name'), 41],
    [page('first: 5, filter: { not: { or: [{ partner: { orders: { gt: 1 } } }] } }', 'name'), 41],
    [page('first: 5, filter: { googleAnalytics: { pageViews: { gt: 1 } } }', 'partner { orders }'), 5],
    [page('first: 5', 'combined { ordersPerSession }'), 5],
    [shop('partner { orders }'), 41],
    [shop('products(first: 1) { totals { partner { orders } } }'), 41],
    [shop('products(first: 3) { edges { node { partner { orders } } } }'), 3],
    ['{ sites { products(first: 3) { nodes { partner { orders } } } } }', 9],
    ['{ sites { partner { orders } } }', 54],
    ['{ product(id: "shop-1") { partner { orders } } }', 1],
    ['{ product(id: "shop-1") { site { partner { orders } } } }', 54],
    ['{ products(ids: ["shop-1", "outlet-1"]) { partner { orders } } }', 2],
    ['{ site(id: "nowhere") { partner { orders } } }', 0],
    ['{ __typename sources { name } }', 0],
  ])('at the partner is, for %s, %i calls', (query, calls) => {
    expect(partnerCalls(query)).toBe(calls);
  });

  test('is read of variables, and of fragments of both kinds', () => {
    const query = `query ($first: Int = 4, $by: ProductOrderField!) {
      site(id: "shop") { products(first: $first, orderBy: { by: $by }) { ... { nodes { ...P ...P } } } } }
      fragment P on Product { partner { orders } }`;
    expect(bench.bound(query, { variables: { by: 'NAME' } }).partnerCalls).toBe(8);
    expect(bench.bound(query, { variables: { by: 'NAME', first: 10 } }).partnerCalls).toBe(20);
    expect(bench.bound(query, { variables: { by: 'PARTNER_ORDERS', first: 10 } }).partnerCalls).toBe(61);
  });

  test('at Google grows with what is asked over other days, and not with the products', () => {
    const reports = (query: string) => bench.bound(query).reports;
    const one = reports(page('first: 1', 'googleAnalytics { pageViews }'));
    expect(one).toBeGreaterThan(0);
    expect(reports(page('first: 40', 'googleAnalytics { pageViews }'))).toBe(one);
    const before = 'googleAnalytics(range: { shift: PREVIOUS_PERIOD }) { pageViews }';
    expect(reports(page('', `a: googleAnalytics { pageViews } b: ${before}`))).toBe(2 * one);
    expect(reports(page('', 'googleAnalytics { series { pageViews } }'))).toBe(2 * one);
    expect(reports('{ sites { googleAnalytics { pageViews } } }')).toBe(3 * one);
    expect(reports(page('', 'partner { orders }'))).toBe(0);
  });
});

describe('a variable that only the execution can refuse', () => {
  test.each([
    ['query ($id: ID = "shop") { site(id: $id) { partner { orders } } }', { id: null }],
    [
      'query ($by: ProductOrderField = NAME) { site(id: "shop") { products(orderBy: { by: $by }) { totalCount } } }',
      { by: null },
    ],
    ['query ($ids: [ID!] = ["shop-1"]) { products(ids: $ids) { partner { orders } } }', { ids: null }],
  ])('is left to it: %s', (query, variables) => {
    expect(() => bench.bound(query, { variables })).not.toThrow();
  });
});

describe('every field that leads to others', () => {
  /** What costs nothing itself: it is in the catalog, or was paid for above. */
  const free = [
    'Query.sites',
    'Query.site',
    'Query.product',
    'Query.products',
    'Query.sources',
    'Product.site',
    'ProductConnection.edges',
    'ProductConnection.nodes',
    'ProductConnection.pageInfo',
    'ProductConnection.ranking',
    'ProductConnection.totals',
    'ProductEdge.node',
    'GoogleAnalyticsSummary.quality',
    'GoogleAnalyticsSummary.freshness',
    'GoogleAnalyticsTotals.freshness',
    'PartnerSummary.freshness',
    'PartnerTotals.freshness',
    'CombinedSummary.freshness',
  ];

  test('has a price, or is known to cost nothing', () => {
    const paths = Object.values(bench.schema.getTypeMap())
      .filter((type) => isObjectType(type) && !type.name.startsWith('__'))
      .flatMap((type) =>
        Object.values((type as GraphQLObjectType).getFields())
          .filter((field) => isObjectType(getNamedType(field.type)))
          .map((field) => `${type.name}.${field.name}`),
      );
    expect(paths.filter((path) => !isPriced(path)).toSorted()).toEqual(free.toSorted());
  });
});

describe('a bomb of fragments', () => {
  /** Each fragment spreads the next one twice. */
  const bomb = (size: number, inner: (next: string) => string) => {
    const fragments = Array.from(
      { length: size },
      (_, index) => `fragment F${index} on Product { ${inner(`...F${index + 1}`)} }`,
    );
    return [page('first: 1', '...F0'), ...fragments, `fragment F${size} on Product { partner { orders } }`].join('\n');
  };
  /** How often fragments are looked up to price it. */
  const visits = (query: string) => {
    let count = 0;
    bench.bound(query, {
      fragments: (all) =>
        new Proxy(all, {
          get(target, name) {
            count += 1;
            return Reflect.get(target, name);
          },
        }),
    });
    return count;
  };

  test('is priced in steps that grow with its size, and not with what it would select', () => {
    const spread = (next: string) => `${next} ${next}`;
    expect([8, 16].map((size) => visits(bomb(size, spread)))).toEqual([9, 17]);
    expect(partnerCalls(bomb(16, spread))).toBe(2 ** 16);
  });

  test('that goes from products to sites and back is not worse', () => {
    const there = (next: string) =>
      `a: site { products(first: 1) { nodes { ${next} } } } b: site { products(first: 2) { nodes { ${next} } } }`;
    const [small = 0, large = 0] = [6, 12].map((size) => visits(bomb(size, there)));
    expect(large).toBeLessThan(small * 3);
  });
});

describe('any operation', () => {
  const preset = fc.constantFrom('{ preset: LAST_7_DAYS }', '{ preset: LAST_28_DAYS }', '{ shift: PREVIOUS_PERIOD }');
  const count = fc.option(fc.constantFrom('0', '1', '3', '10'), { nil: undefined });
  const idOf = fc.constantFrom('"shop"', '"outlet"', '"kiosk"', '"shop-1"', '"several"', '"unknown"', '"nobody"');
  const none = fc.constant(undefined);
  const range = fc.option(preset, { nil: undefined });
  const args = {
    range,
    first: count,
    last: none,
    after: none,
    before: none,
    id: idOf,
    search: none,
    maxAgeMs: none,
    maxWaitMs: none,
  };
  const operations = operationsOf(bench.schema, { args, maxDepth: 7 });

  test('costs at most what was said before it was planned', async () => {
    const seen = { calls: 0, reports: 0 };
    await fc.assert(
      fc.asyncProperty(operations, async (query) => {
        const most = bench.bound(query);
        const { partner, googleAnalytics } = await bench.plan(query);
        seen.calls += Number(partner.calls.length > 0);
        seen.reports += Number(googleAnalytics.reports.length > 0);
        expect(partner.calls.length).toBeLessThanOrEqual(most.partnerCalls);
        expect(googleAnalytics.reports.length).toBeLessThanOrEqual(most.reports);
      }),
      { numRuns: 150 },
    );
    expect(Math.min(seen.calls, seen.reports)).toBeGreaterThan(10);
  });

  test('costs at most that with figures whose names begin like the names of other homes', async () => {
    const odd = createPlanningBench({
      sites,
      products,
      schema: (text) =>
        text.replace('type GoogleAnalyticsSummary {\n', (head) =>
          ['partnerVisits', 'combinedVisits'].reduce(
            (all, name) => `${all}  "${name}"\n  ${name}: SafeInt @metric(name: "sessions")\n`,
            head,
          ),
        ),
    });
    for (const by of ['PARTNER_VISITS', 'COMBINED_VISITS']) {
      const query = page(`orderBy: { by: ${by} }`, 'name');
      const { googleAnalytics } = await odd.plan(query);
      expect(googleAnalytics.reports.length).toBeGreaterThan(0);
      expect(odd.bound(query).reports).toBeGreaterThanOrEqual(googleAnalytics.reports.length);
    }
  });

  test('costs at most that with more figures in a series than beside it', async () => {
    const names = Array.from({ length: 45 }, (_, index) => `extra${index}`);
    const long = createPlanningBench({
      sites,
      products: productsOf('shop', 2),
      schema: (text) =>
        text.replace('type GoogleAnalyticsPoint {\n', (head) =>
          names.reduce(
            (all, name) => `${all}  "${name}"\n  ${name}: Float @metric(name: "customEvent:${name}")\n`,
            head,
          ),
        ),
    });
    const query = shop(`googleAnalytics { series { ${names.join(' ')} } }`);
    const { googleAnalytics } = await long.plan(query);
    expect(googleAnalytics.reports).toHaveLength(5);
    expect(long.bound(query).reports).toBeGreaterThanOrEqual(5);
  });
});

describe('the plan of a page whose products are not known yet', () => {
  test('is the most that it can be: products that cost nothing do not stand for those that do', async () => {
    const free = Array.from({ length: 30 }, (_, index) => createProduct(`a${index}`, { partnerId: null }));
    const mixed = createPlanningBench({ sites, products: [...free, ...productsOf('shop', 40)] });
    const { partner, isEstimate } = await mixed.plan(
      page('first: 25, orderBy: { by: PAGE_VIEWS }', 'partner { orders }'),
    );
    expect(isEstimate).toBe(true);
    expect(partner.calls).toHaveLength(25);
  });
});

describe('finding the price', () => {
  test('looks each product up a few times, also where the sums of its site stand below every product', async () => {
    const before = bench.loads.partner;
    await bench.plan(page('first: 40', 'site { partner { orders } }'));
    expect(bench.loads.partner - before).toBeLessThanOrEqual(products.length * 2);
  });
});
