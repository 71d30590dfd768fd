import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { freshDay } from '../helpers/freshDay.js';
import { createGaps, type ReferenceRow, referenceOrder, referenceTable } from '../helpers/referenceTable.js';
import { startTableGateway, type TableGateway, withLimits } from '../helpers/tableGateway.js';

const argument = ({ start, end }: { start: string; end: string }) => `range: { start: "${start}", end: "${end}" }`;

describe('a site of 2,000 products', () => {
  let gateway: TableGateway;
  const day = argument(freshDay());
  const byViews = `orderBy: { by: PAGE_VIEWS, ${day} }`;
  const figures = `googleAnalytics(${day}) { pageViews sessions } partner(${day}) { orders revenue }`;

  beforeAll(async () => {
    gateway = await startTableGateway({ products: 2_000, configure: withLimits({ maxPartnerCalls: 50 }) });
  }, 60_000);
  afterAll(() => gateway.close());

  test('costs one report and 25 partner calls for its first 25 by page views, and 25 calls more for each next page', async () => {
    const first = await gateway.list(`first: 25, ${byViews}`, figures);
    expect(first.answer.errors).toBeUndefined();
    expect(await gateway.asked()).toEqual({ partner: 25, reports: 1 });
    expect([first.nodes.length, first.totalCount]).toEqual([25, 2_000]);

    const second = await gateway.list(`first: 25, after: "${first.pageInfo.endCursor}", ${byViews}`, figures);
    expect(await gateway.asked()).toEqual({ partner: 25, reports: 0 });
    expect(new Set([...first.ids, ...second.ids]).size).toBe(50);
    const views = [...first.nodes, ...second.nodes].map(({ googleAnalytics }) =>
      Number(googleAnalytics?.['pageViews']),
    );
    expect(views).toEqual(views.toSorted((a, b) => b - a));
    for (const { partner } of second.nodes)
      expect(partner).toEqual({ orders: expect.any(Number), revenue: expect.any(String) });
  });

  test('costs no report and no call by name, however it is searched', async () => {
    const { totalCount } = await gateway.list(
      'first: 25, search: "SHOE", orderBy: { by: NAME, direction: ASC }',
      'name',
    );
    expect(totalCount).toBeGreaterThan(25);
    expect(await gateway.asked()).toEqual({ partner: 0, reports: 0 });
  });

  test('asks the partner for nothing when it is ordered by page views and no partner figure is selected', async () => {
    const other = argument(freshDay());
    await gateway.list(`first: 25, orderBy: { by: PAGE_VIEWS, ${other} }`, `googleAnalytics(${other}) { pageViews }`);
    expect(await gateway.asked()).toEqual({ partner: 0, reports: 1 });
  });

  test('is refused by a partner figure that costs more calls than allowed, before anybody is asked', async () => {
    const { answer } = await gateway.list(`first: 25, orderBy: { by: PARTNER_REVENUE, ${argument(freshDay())} }`);
    expect(answer.status).toBe(400);
    expect(answer.errors?.map(({ extensions }) => extensions?.['code'])).toEqual(['QUERY_TOO_EXPENSIVE']);
    const [{ message = '' } = {}] = answer.errors ?? [];
    expect(message).toMatch(/2,000 calls .* 50 /);
    expect(message).toMatch(/first: 25.*Google Analytics/);
    expect(await gateway.asked()).toEqual({ partner: 0, reports: 0 });
  });
});

describe('a site of 2,000 products whose caller may make 2,000 partner calls', () => {
  let gateway: TableGateway;
  const day = argument(freshDay());

  beforeAll(async () => {
    gateway = await startTableGateway({ products: 2_000, configure: withLimits({ maxPartnerCalls: 2_000 }) });
  }, 60_000);
  afterAll(() => gateway.close());

  test('is ordered by a partner figure at 2,000 calls, and at none as long as they are known', async () => {
    const page = () =>
      gateway.list(
        `first: 25, orderBy: { by: PARTNER_REVENUE, ${day} }, maxWaitMs: 30000`,
        `partner(${day}) { revenue }`,
      );
    const cold = await page();
    expect(cold.answer.errors).toBeUndefined();
    expect(cold.ranking).toEqual({ complete: true, missing: 0, reasons: [] });
    expect(await gateway.asked()).toEqual({ partner: 2_000, reports: 0 });
    const warm = await page();
    expect(await gateway.asked()).toEqual({ partner: 0, reports: 0 });
    expect(warm.nodes).toEqual(cold.nodes);
    const amounts = warm.nodes.map(({ partner }) => Number(partner?.['revenue']));
    expect(amounts).toEqual(amounts.toSorted((a, b) => b - a));
  }, 60_000);
});

describe('an order by figures', () => {
  let gateway: TableGateway;
  const range = freshDay();
  const day = argument(range);
  const withoutGoogle = ['shop-green-lamp-1', 'shop-black-mug-1'];
  const withoutPartner = ['shop-green-lamp-1', 'shop-white-scarf-1'];
  const gaps = createGaps({ google: withoutGoogle, partner: withoutPartner });
  let rows: ReferenceRow[];

  beforeAll(async () => {
    gateway = await startTableGateway({
      products: 40,
      catalog: gaps.catalog,
    });
    rows = referenceTable(gateway.world, range, gaps.knownTo);
  });
  beforeEach(() => gateway.asked());
  afterAll(() => gateway.close());

  test('of the partner asks for every product once, and for nothing when they are known', async () => {
    const cold = argument(freshDay());
    const first = await gateway.list(
      `first: 5, orderBy: { by: PARTNER_REVENUE, ${cold} }`,
      `partner(${cold}) { revenue }`,
    );
    expect(first.answer.errors).toBeUndefined();
    expect(await gateway.asked()).toEqual({ partner: 38, reports: 0 });
    const up = await gateway.list(`first: 40, orderBy: { by: PARTNER_CLICKS, direction: ASC, ${cold} }`);
    expect(up.ranking).toEqual({ complete: true, missing: 0, reasons: [] });
    expect(await gateway.asked()).toEqual({ partner: 0, reports: 0 });
  });

  test('of both sources asks both, each once', async () => {
    const cold = argument(freshDay());
    const orderBy = `orderBy: { by: COMBINED_REVENUE_PER_PAGE_VIEW, ${cold} }`;
    const selected = `combined(${cold}) { revenuePerPageView } partner(${cold}) { revenue }`;
    const { answer } = await gateway.list(`first: 40, ${orderBy}`, selected);
    expect(answer.errors).toBeUndefined();
    expect(await gateway.asked()).toEqual({ partner: 38, reports: 1 });
    await gateway.list(`first: 40, ${orderBy}`, selected);
    expect(await gateway.asked()).toEqual({ partner: 0, reports: 0 });
  });

  const orders = ['NAME', 'PAGE_VIEWS', 'ENGAGEMENT_RATE', 'TOTAL_REVENUE', 'PARTNER_REVENUE', 'PARTNER_ORDERS']
    .concat('COMBINED_ORDERS_PER_SESSION', 'COMBINED_REVENUE_PER_PAGE_VIEW')
    .flatMap((by) => (['ASC', 'DESC'] as const).map((direction) => ({ by, direction })));

  test.each(orders)(
    '$by $direction is the order of the figures themselves, ties by id, and what is unknown last',
    async ({ by, direction }) => {
      const { ids, ranking } = await gateway.list(`first: 40, orderBy: { by: ${by}, direction: ${direction}, ${day} }`);
      expect(ids).toEqual(referenceOrder(rows, by, direction));
      // A figure that does not exist is known not to.
      expect(ranking).toEqual({ complete: true, missing: 0, reasons: [] });
    },
  );

  test.each(['ASC', 'DESC'])('puts products last that a source does not know, %s', async (direction) => {
    const { ids } = await gateway.list(`first: 40, orderBy: { by: PAGE_VIEWS, direction: ${direction}, ${day} }`);
    expect(ids.slice(-2)).toEqual(withoutGoogle.toSorted());
  });

  test('is down unless it is said to be up', async () => {
    const { ids } = await gateway.list(`first: 40, orderBy: { by: SESSIONS, ${day} }`);
    expect(ids).toEqual(referenceOrder(rows, 'SESSIONS', 'DESC'));
  });
});
