import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { freshDay } from '../helpers/freshDay.js';
import { formatRevenue } from '../helpers/siteNumbers.js';
import { startTableGateway, type TableGateway, type Totals } from '../helpers/tableGateway.js';

let gateway: TableGateway;
const foreign = ['shop-red-shoe-1', 'shop-blue-bag-1'];
const range = { start: '2026-03-02', end: '2026-03-29' };
const days = `range: { start: "${range.start}", end: "${range.end}" }`;

/** Two products of the site in euros are known to the partner by the ids of products that it sells in dollars. */
beforeAll(async () => {
  gateway = await startTableGateway({
    products: 8,
    sites: 2,
    catalog({ sites: [shop, outlet] }) {
      for (const [index, product] of (shop?.products ?? []).entries()) {
        if (foreign.includes(product.id)) product.partner = outlet?.products[index]?.partner ?? null;
      }
    },
  });
});
beforeEach(() => gateway.asked());
afterAll(() => gateway.close());

describe('money in two currencies', () => {
  test.each([
    ['an order', `orderBy: { by: PARTNER_REVENUE, ${days} }`],
    ['a filter', `filter: { ${days}, partner: { revenue: { gt: "10.00" } } }`],
    ['an opposite', `filter: { ${days}, not: { partner: { revenue: { gt: "10.00" } } } }`],
  ])('is not compared by %s: the error names both', async (_, args) => {
    const { answer } = await gateway.list(args);
    expect(answer.status).toBe(200);
    expect(answer.errors?.map(({ path, extensions }) => [path, extensions?.['code']])).toEqual([
      [['site', 'products'], 'BAD_USER_INPUT'],
    ]);
    expect(answer.errors?.[0]?.message).toMatch(/partner\.revenue is in EUR and USD/);
  });

  test('is told a way out that works', async () => {
    const { answer } = await gateway.list(`orderBy: { by: PARTNER_REVENUE, ${days} }`);
    const [, currency] =
      /filter: \{ partner: \{ currency: \{ eq: "([A-Z]+)" \} \} \}/.exec(answer.errors?.[0]?.message ?? '') ?? [];
    const cured = await gateway.list(
      `orderBy: { by: PARTNER_REVENUE, ${days} }, filter: { ${days}, partner: { currency: { eq: "${currency}" } } }`,
    );
    expect(cured.answer.errors).toBeUndefined();
    expect(cured.ids.length).toBe(currency === 'EUR' ? 6 : 2);
  });

  test.each([
    ['USD', 2],
    ['EUR', 6],
  ])('is ordered and filtered behind a filter of its currency: %s', async (currency, count) => {
    const filter = `filter: { ${days}, partner: { currency: { eq: "${currency}" }, revenue: { gte: "0" } } }`;
    const { answer, nodes } = await gateway.list(
      `orderBy: { by: PARTNER_REVENUE, ${days} }, ${filter}`,
      `partner(${days}) { revenue currency }`,
    );
    expect(answer.errors).toBeUndefined();
    expect(nodes.map(({ partner }) => partner?.['currency'])).toEqual(Array(count).fill(currency));
    const amounts = nodes.map(({ partner }) => Number(partner?.['revenue']));
    expect(amounts).toEqual(amounts.toSorted((a, b) => b - a));
  });

  test('is no hindrance for figures that are no money', async () => {
    const { answer, ids } = await gateway.list(
      `orderBy: { by: PARTNER_ORDERS, ${days} }, filter: { ${days}, partner: { clicks: { gte: 0 } } }`,
    );
    expect(answer.errors).toBeUndefined();
    expect(ids).toHaveLength(8);
  });

  test('is not added up: no sum of money and no currency, and the other sums as ever', async () => {
    const numbers = gateway.world.products.slice(0, 8).map(({ id, partnerId }, index) => {
      const itsId = foreign.includes(id) ? gateway.world.products[8 + index]?.partnerId : partnerId;
      return gateway.world.partnerNumbers(itsId ?? '', range);
    });
    const { data, errors } = await gateway.ask<{ site: { partner: Totals } }>(
      `{ site(id: "shop") { partner(${days}) { orders revenue currency coveredProducts } } }`,
    );
    expect(errors).toBeUndefined();
    const orders = numbers.reduce((total, each) => total + (each?.orders ?? 0), 0);
    expect(data.site.partner).toEqual({ orders, revenue: null, currency: null, coveredProducts: 8 });
  });

  test('is added up where a filter leaves one currency', async () => {
    const dollars = [8, 9].map((index) => gateway.world.products[index]?.partnerId ?? '');
    const cents = dollars.map((id) => gateway.world.partnerNumbers(id, range)?.revenueCents ?? 0);
    const { totals } = await gateway.list(
      `filter: { ${days}, partner: { currency: { eq: "USD" } } }`,
      '',
      `totals { partner(${days}) { revenue currency coveredProducts totalProducts } }`,
    );
    expect(totals.partner).toEqual({
      revenue: formatRevenue(cents.reduce((total, each) => total + each)),
      currency: 'USD',
      coveredProducts: 2,
      totalProducts: 2,
    });
  });

  test('is not divided by what Google counts in the other one: null, and last in the order', async () => {
    const { answer, nodes } = await gateway.list(
      `orderBy: { by: COMBINED_REVENUE_PER_PAGE_VIEW, direction: ASC, ${days} }`,
      `combined(${days}) { revenuePerPageView ordersPerSession }`,
    );
    expect(answer.errors).toBeUndefined();
    expect(nodes.slice(-2).map(({ id }) => id)).toEqual(foreign.toSorted());
    for (const { combined } of nodes.slice(-2)) {
      expect(combined).toEqual({ revenuePerPageView: null, ordersPerSession: expect.any(Number) });
    }
    for (const { combined } of nodes.slice(0, -2)) expect(combined?.['revenuePerPageView']).toEqual(expect.any(Number));
  });

  test('is compared when the product in the other one has been left out by its name', async () => {
    const { start, end } = freshDay();
    const { answer, ids } = await gateway.list(
      `ids: ["shop-green-lamp-1", "shop-black-mug-1"], orderBy: { by: PARTNER_REVENUE, range: { start: "${start}", end: "${end}" } }`,
    );
    expect(answer.errors).toBeUndefined();
    expect(ids).toHaveLength(2);
    expect((await gateway.asked()).partner).toBe(2);
  });
});
