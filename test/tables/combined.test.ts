import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { freshDay } from '../helpers/freshDay.js';
import { createGaps, referenceTable } from '../helpers/referenceTable.js';
import { startTableGateway, type TableGateway } from '../helpers/tableGateway.js';

let gateway: TableGateway;
const withoutGoogle = 'shop-green-lamp-1';
const withoutPartner = 'shop-black-mug-1';
const gaps = createGaps({ google: [withoutGoogle], partner: [withoutPartner] });
const written = ({ start, end }: { start: string; end: string }) => `range: { start: "${start}", end: "${end}" }`;
const ratios = 'ordersPerSession revenuePerPageView';

beforeAll(async () => {
  gateway = await startTableGateway({
    products: 8,
    schema: (text) =>
      text.replace(
        '  ordersPerSession: Float',
        `  ordersPerClick: Float @ratio(of: "partner.orders", per: "partner.clicks")
  viewsPerSession: Float @ratio(of: "googleAnalytics.pageViews", per: "googleAnalytics.sessions")
  ordersPerSession: Float`,
      ),
    catalog: gaps.catalog,
  });
});
beforeEach(async () => {
  await Promise.all([gateway.google.reset(), gateway.partner.reset()]);
  await gateway.asked();
});
afterAll(() => gateway.close());

const page = (fields: string) => gateway.list('first: 8', fields);
const ask = (fields: string, id = 'shop-red-shoe-1') =>
  gateway.ask<{ product: Record<string, Record<string, unknown> | null> }>(`{ product(id: "${id}") { ${fields} } }`);

describe('figures of both sources', () => {
  test('are one divided by the other, and null for a product that one of them does not know', async () => {
    const range = freshDay();
    const { answer, nodes } = await page(`combined(${written(range)}) { ${ratios} }`);
    expect(answer.errors).toBeUndefined();
    const rows = referenceTable(gateway.world, range, gaps.knownTo);
    const close = (value: number | null | undefined) => (value == null ? null : expect.closeTo(value, 10));
    expect(nodes.map(({ combined }) => combined)).toEqual(
      rows.map(({ figures }) => ({
        ordersPerSession: close(figures['COMBINED_ORDERS_PER_SESSION']),
        revenuePerPageView: close(figures['COMBINED_REVENUE_PER_PAGE_VIEW']),
      })),
    );
    expect(nodes.some(({ combined }) => Number(combined?.['ordersPerSession']) > 0)).toBe(true);
  });

  test('are null, and no infinity, where the divisor is 0', async () => {
    // Nobody had visited yet.
    const day = written({ start: '2019-05-06', end: '2019-05-06' });
    const { data, errors } = await ask(`googleAnalytics(${day}) { sessions pageViews } combined(${day}) { ${ratios} }`);
    expect(errors).toBeUndefined();
    expect(data.product).toEqual({
      googleAnalytics: { sessions: 0, pageViews: 0 },
      combined: { ordersPerSession: null, revenuePerPageView: null },
    });
  });

  test('cost no call more than the figures themselves', async () => {
    const day = written(freshDay());
    const { answer } = await page(
      `googleAnalytics(${day}) { pageViews sessions } partner(${day}) { orders revenue } combined(${day}) { ${ratios} freshness { state } }`,
    );
    expect(answer.errors).toBeUndefined();
    expect(await gateway.asked()).toEqual({ partner: 7, reports: 1 });
  });

  test('ask only the sources of what is selected', async () => {
    await ask(`combined(${written(freshDay())}) { ordersPerClick }`);
    expect(await gateway.asked()).toEqual({ partner: 1, reports: 0 });
    await ask(`combined(${written(freshDay())}) { viewsPerSession }`);
    expect(await gateway.asked()).toEqual({ partner: 0, reports: 1 });
    const { data } = await ask('combined { __typename }');
    expect(data.product).toEqual({ combined: { __typename: 'CombinedSummary' } });
    expect(await gateway.asked()).toEqual({ partner: 0, reports: 0 });
  });

  test('are not there yet while one side is not', async () => {
    const day = written(freshDay());
    const { data, errors } = await ask(
      `combined(${day}, maxWaitMs: 0) { ${ratios} viewsPerSession freshness { state asOf } }`,
    );
    expect(errors).toBeUndefined();
    expect(data.product['combined']).toEqual({
      ordersPerSession: null,
      revenuePerPageView: null,
      viewsPerSession: expect.any(Number),
      freshness: { state: 'PENDING', asOf: null },
    });
  });
});

describe('a source that fails', () => {
  test('costs the ratios that need it, and no other', async () => {
    await gateway.partner.faults({ keys: ['P-1001'], fault: 'status', status: 404 });
    const day = written(freshDay());
    const { data, errors } = await ask(
      `name combined(${day}) { ordersPerSession ordersPerClick viewsPerSession } googleAnalytics(${day}) { sessions }`,
    );
    expect(data.product).toEqual({
      name: 'Red Shoe 1',
      combined: { ordersPerSession: null, ordersPerClick: null, viewsPerSession: expect.any(Number) },
      googleAnalytics: { sessions: expect.any(Number) },
    });
    expect(errors?.map(({ path, extensions }) => [path, extensions?.['code'], extensions?.['source']])).toEqual([
      [['product', 'combined', 'ordersPerSession'], 'SOURCE_NOT_FOUND', 'partner'],
      [['product', 'combined', 'ordersPerClick'], 'SOURCE_NOT_FOUND', 'partner'],
    ]);
  });

  test('costs it in the same way when it is Google', async () => {
    await gateway.google.faults({ keys: '*', fault: 'unavailable' });
    const { data, errors } = await ask(`combined(${written(freshDay())}) { ordersPerSession ordersPerClick }`);
    expect(data.product['combined']).toHaveProperty('ordersPerSession', null);
    expect(errors?.map(({ path, extensions }) => [path?.at(-1), extensions?.['code'], extensions?.['source']])).toEqual(
      [['ordersPerSession', 'SOURCE_UNAVAILABLE', 'googleAnalytics']],
    );
  });

  test('costs the whole when both fail', async () => {
    await gateway.google.faults({ keys: '*', fault: 'unavailable' });
    await gateway.partner.faults({ keys: '*', fault: 'status', status: 404 });
    const { data, errors } = await ask(`combined(${written(freshDay())}) { ordersPerSession }`);
    expect(data.product['combined']).toBeNull();
    expect(errors?.map(({ path }) => path)).toEqual([['product', 'combined']]);
  });

  test('costs its own product only', async () => {
    await gateway.partner.faults({ keys: ['P-1002'], fault: 'status', status: 404 });
    const { answer, nodes } = await page(`combined(${written(freshDay())}) { ordersPerSession }`);
    expect(answer.errors?.map(({ path }) => path)).toEqual([
      ['site', 'products', 'nodes', 1, 'combined', 'ordersPerSession'],
    ]);
    expect(nodes.filter(({ combined }) => combined?.['ordersPerSession'] === null).map(({ id }) => id)).toEqual([
      'shop-blue-bag-1',
      withoutGoogle,
      withoutPartner,
    ]);
  });
});
