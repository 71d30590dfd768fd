import { afterEach, describe, expect, test } from '@jest/globals';
import type { CatalogFile, GatewayOptions } from '../helpers/gateway.js';
import { type RecordedGateway, startRecordedGateway } from '../helpers/recordedGateway.js';
import { countFigures, type ReferenceFigures, visitsOf } from '../helpers/referenceFigures.js';

interface Node {
  id: string;
  googleAnalytics: Record<string, unknown> | null;
}
interface SiteAnswer {
  site: { products: { nodes: Node[] } };
}

const started: RecordedGateway[] = [];
afterEach(async () => {
  for (const each of started.splice(0)) await each.close();
});

async function ownGateway(options: GatewayOptions): Promise<RecordedGateway> {
  const gateway = await startRecordedGateway(options);
  started.push(gateway);
  return gateway;
}

const week = { start: '2026-03-02', end: '2026-03-08' };
const on = `(range: { start: "${week.start}", end: "${week.end}" })`;
const products = (selection: string) =>
  `{ site(id: "shop") { products(first: 1000) { nodes { id googleAnalytics${on} { ${selection} } } } } }`;

/** Adds figures to the contract, one line each. */
const withFigures =
  (...lines: string[]) =>
  (schema: string) =>
    schema.replace(
      'type GoogleAnalyticsSummary {',
      ['type GoogleAnalyticsSummary {', ...lines.map((line) => `  "A figure of this test."\n  ${line}`)].join('\n'),
    );

function truthOf(gateway: RecordedGateway, id: string): ReferenceFigures {
  return countFigures(visitsOf(gateway.world, 'shop', week), (productId) => productId === id);
}

describe('every metric of Google', () => {
  test('is one line away, a custom one and the key events of one kind included', async () => {
    const gateway = await ownGateway({
      products: 6,
      schema: withFigures(
        'carts: SafeInt @metric(name: "addToCarts")',
        'images: SafeInt @metric(name: "customEvent:images_viewed")',
        'purchases: Float @metric(name: "keyEvents:purchase")',
      ),
    });
    const { data, errors } = await gateway.ask<SiteAnswer>(products('carts images purchases'));
    expect(errors).toBeUndefined();
    const visits = visitsOf(gateway.world, 'shop', week);
    for (const { id, googleAnalytics } of data.site.products.nodes) {
      const { pageViews, keyEvents } = truthOf(gateway, id);
      const landings = visits.filter(({ productIds }) => productIds[0] === id).length;
      const left = visits.filter(
        (visit) =>
          visit.engaged && visit.orders.length === 0 && visit.startsAt % 12 === 0 && visit.productIds.at(-1) === id,
      );
      expect(googleAnalytics).toEqual({
        carts: keyEvents + left.length,
        images: pageViews + 3 * landings,
        purchases: keyEvents,
      });
    }
  });

  test('that counts items goes with products that are items', async () => {
    const gateway = await ownGateway({
      products: 6,
      schema: withFigures(
        'itemsViewed: SafeInt @metric(name: "itemsViewed")',
        'itemRevenue: Decimal @metric(name: "itemRevenue")',
      ),
      catalog({ sites }) {
        for (const site of sites) {
          Object.assign(site, { googleAnalytics: { property: '123456789', dimension: 'itemId' } });
          for (const product of site.products) product.googleAnalytics = [product.id];
        }
      },
    });
    const { data, errors } = await gateway.ask<SiteAnswer>(products('itemsViewed itemRevenue sessions activeUsers'));
    expect(errors).toBeUndefined();
    for (const { id, googleAnalytics } of data.site.products.nodes) {
      const { pageViews, sessions, activeUsers, totalRevenue } = truthOf(gateway, id);
      expect(googleAnalytics).toMatchObject({ itemsViewed: pageViews, sessions, activeUsers });
      expect(Number(googleAnalytics?.['itemRevenue'])).toBeCloseTo(totalRevenue, 9);
    }
  });
});

describe('products of several pages', () => {
  /** Each takes over the page of the one after it as well. */
  function overlap({ sites }: CatalogFile): void {
    for (const { products: list } of sites) {
      const pages = list.map(({ googleAnalytics = [] }) => googleAnalytics);
      for (const [index, product] of list.entries()) {
        product.googleAnalytics = [...(pages[index] ?? []), ...(pages[(index + 1) % pages.length] ?? [])];
      }
    }
  }

  test('that share pages have each the figures of all of its own', async () => {
    const gateway = await ownGateway({ products: 6, catalog: overlap });
    const { data, errors } = await gateway.ask<SiteAnswer>(products('pageViews sessions activeUsers newUsers'));
    expect(errors).toBeUndefined();
    const ids = gateway.world.products.map(({ id }) => id);
    const visits = visitsOf(gateway.world, 'shop', week);
    for (const [index, { googleAnalytics }] of data.site.products.nodes.entries()) {
      const own = [ids[index], ids[(index + 1) % ids.length]];
      const { pageViews, sessions, activeUsers, newUsers } = countFigures(visits, (id) => own.includes(id));
      expect(googleAnalytics).toEqual({ pageViews, sessions, activeUsers, newUsers });
    }
  });

  test('take one report each for what must not be summed, and no more than twenty in a query', async () => {
    const gateway = await ownGateway({ products: 24, catalog: overlap });
    const { data, errors } = await gateway.ask<SiteAnswer>(products('pageViews sessions'));
    expect(await gateway.google.stats()).toMatchObject({ reports: 21, calls: 5 });
    expect(errors).toHaveLength(4);
    for (const { path, extensions } of errors ?? []) {
      expect(extensions).toMatchObject({ code: 'NOT_ADDITIVE', source: 'googleAnalytics', retryable: false });
      expect(path?.at(-1)).toBe('sessions');
    }
    const { nodes } = data.site.products;
    expect(nodes.filter(({ googleAnalytics }) => googleAnalytics?.['sessions'] === null)).toHaveLength(4);
    for (const { googleAnalytics } of nodes) expect(googleAnalytics?.['pageViews']).toEqual(expect.any(Number));
  });
});

describe('two sites of one property', () => {
  test('share a call, each in its own currency', async () => {
    const gateway = await ownGateway({
      products: 4,
      sites: 2,
      catalog({ sites }) {
        const [shop, outlet] = sites;
        if (!shop || !outlet) return;
        Object.assign(outlet, { googleAnalytics: { property: '123456789', dimension: 'pagePath' } });
      },
    });
    const { data, errors } = await gateway.ask<{ sites: { currency: string; products: { nodes: Node[] } }[] }>(
      `{ sites { currency products { nodes { id googleAnalytics${on} { totalRevenue sessions } } } } }`,
    );
    expect(errors).toBeUndefined();
    expect(await gateway.google.stats()).toMatchObject({ calls: 1, reports: 2 });
    const [shop, outlet] = data.sites;
    for (const [index, { id, googleAnalytics }] of (shop?.products.nodes ?? []).entries()) {
      const { totalRevenue, sessions } = truthOf(gateway, id);
      const dollars = outlet?.products.nodes[index]?.googleAnalytics;
      expect(Number(googleAnalytics?.['totalRevenue'])).toBeCloseTo(totalRevenue, 6);
      expect(Number(dollars?.['totalRevenue'])).toBeCloseTo(totalRevenue / 0.9, 6);
      expect([googleAnalytics?.['sessions'], dollars?.['sessions']]).toEqual([sessions, sessions]);
    }
  });
});

describe('a selection of few words', () => {
  test('of a series of dates, or of the quality alone, is answered', async () => {
    const gateway = await ownGateway({ products: 1 });
    const { data, errors, status } = await gateway.ask(
      `{ site(id: "shop") { a: googleAnalytics${on} { series(interval: MONTH) { date } } b: googleAnalytics${on} { quality { complete } } c: googleAnalytics${on} { freshness { state } } } }`,
    );
    expect(errors).toBeUndefined();
    expect(status).toBe(200);
    expect(data).toMatchObject({
      site: { a: { series: [{ date: '2026-03-02' }] }, b: { quality: { complete: true } } },
    });
  });

  test('of one interval twice, with other figures, is one report', async () => {
    const gateway = await ownGateway({ products: 1 });
    const { data, errors } = await gateway.ask<{ site: { googleAnalytics: Record<string, object[]> } }>(
      `{ site(id: "shop") { googleAnalytics${on} { a: series { date pageViews } b: series { sessions } c: series(interval: WEEK) { sessions } } } }`,
    );
    expect(errors).toBeUndefined();
    const { a, b, c } = data.site.googleAnalytics;
    expect([a?.length, b?.length, c?.length]).toEqual([7, 7, 1]);
    expect(a?.[0]).toEqual({ date: week.start, pageViews: expect.any(Number) });
    expect(b?.[0]).toEqual({ sessions: expect.any(Number) });
    expect(await gateway.google.stats()).toMatchObject({ calls: 1, reports: 2 });
  });
});

describe('a metric that Google does not know', () => {
  test('costs its own figure, not those beside it', async () => {
    const gateway = await ownGateway({
      products: 2,
      schema: withFigures('bogus: SafeInt @metric(name: "bogusMetric")'),
    });
    const { data, errors } = await gateway.ask<SiteAnswer>(products('pageViews bogus'));
    for (const { googleAnalytics } of data.site.products.nodes) {
      expect(googleAnalytics).toEqual({ pageViews: expect.any(Number), bogus: null });
    }
    expect(errors?.map(({ path }) => path?.at(-1))).toEqual(['bogus', 'bogus']);
  });
});
