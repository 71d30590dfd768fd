import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { startTableGateway, type TableGateway, type Totals } from '../helpers/tableGateway.js';

/** A partner that counts since ever: its URL has no days. */
const timeless = ({ sources }: { sources: { partner?: Record<string, unknown> } }) => {
  const { partner } = sources;
  if (partner) partner['url'] = String(partner['url']).replace('&from={start}&to={end}', '');
};
const withOneSided = (text: string) =>
  text.replace(
    'type CombinedSummary {\n',
    (head) =>
      `${head}  "Of each click."\n  ordersPerClick: Float @ratio(of: "partner.orders", per: "partner.clicks")\n`,
  );

let gateway: TableGateway;
beforeAll(async () => {
  gateway = await startTableGateway({ products: 10, configure: timeless, schema: withOneSided });
});
beforeEach(() => gateway.asked());
afterAll(() => gateway.close());

const numbersOf = (id: string) => {
  const product = gateway.world.products.find((each) => each.id === id);
  return gateway.world.partnerNumbers(product?.partnerId ?? '');
};

describe('tables over a partner that answers for all time', () => {
  test('are ordered, filtered and added up without days, at one call for each product in all', async () => {
    const list = await gateway.list(
      'orderBy: { by: PARTNER_CLICKS }, filter: { partner: { clicks: { gt: 0 } } }',
      'partner { clicks }',
      'totals { partner { clicks coveredProducts } }',
    );
    expect(list.answer.errors).toBeUndefined();
    const clicks = list.nodes.map(({ partner }) => Number(partner?.['clicks']));
    expect(clicks).toEqual(list.ids.map((id) => numbersOf(id)?.clicks));
    expect(clicks).toEqual(clicks.toSorted((a, b) => b - a));
    const sum = clicks.reduce((total, each) => total + each);
    expect(list.totals.partner).toEqual({ clicks: sum, coveredProducts: list.ids.length });
    expect(await gateway.asked()).toEqual({ partner: 10, reports: 0 });
    const { data } = await gateway.ask<{ site: { partner: Totals } }>(
      '{ site(id: "shop") { partner { coveredProducts } } }',
    );
    expect(data.site.partner.coveredProducts).toBe(10);
    expect(await gateway.asked()).toEqual({ partner: 0, reports: 0 });
  });

  const days = 'range: { preset: LAST_7_DAYS }';
  test.each([
    ['an order', `orderBy: { by: PARTNER_CLICKS, ${days} }`, ''],
    ['a filter', `filter: { partner: { clicks: { gt: 0 } }, ${days} }`, ''],
    ['totals', '', `totals { partner(${days}) { clicks } }`],
  ])('know no days: %s with a range is refused, and nobody is asked', async (_, args, ofList) => {
    const { answer } = await gateway.list(args, '', ofList);
    expect(answer.errors?.map(({ extensions, message }) => [extensions?.['code'], message])).toEqual([
      ['BAD_USER_INPUT', expect.stringMatching(/^range: the partner answers for all time/)],
    ]);
    expect(await gateway.asked()).toEqual({ partner: 0, reports: 0 });
  });

  test('may be ordered by Google over days, and by what the partner divides by itself', async () => {
    const list = await gateway.list(`first: 10, orderBy: { by: PAGE_VIEWS, ${days} }`, 'partner { orders }');
    expect(list.answer.errors).toBeUndefined();
    const ratios = await gateway.list(
      'first: 10, orderBy: { by: COMBINED_ORDERS_PER_CLICK }',
      'combined { ordersPerClick }',
    );
    expect(ratios.answer.errors).toBeUndefined();
    const shares = ratios.nodes.map(({ combined }) => Number(combined?.['ordersPerClick']));
    expect(shares).toEqual(shares.toSorted((a, b) => b - a));
    expect(shares[0]).toBeCloseTo(
      (numbersOf(ratios.ids[0] ?? '')?.orders ?? 0) / (numbersOf(ratios.ids[0] ?? '')?.clicks ?? 0),
      10,
    );
  });

  test('have no ratio with what Google counted in some days: that figure alone fails, and nothing is ordered by it', async () => {
    const { answer, nodes } = await gateway.list('first: 1', 'combined { ordersPerSession ordersPerClick }');
    expect(nodes[0]?.combined).toEqual({ ordersPerSession: null, ordersPerClick: expect.any(Number) });
    expect(answer.errors).toEqual([
      expect.objectContaining({
        path: ['site', 'products', 'nodes', 0, 'combined', 'ordersPerSession'],
        message: expect.stringContaining('for all time'),
        extensions: expect.objectContaining({ code: 'BAD_USER_INPUT' }),
      }),
    ]);
    const ordered = await gateway.ask(
      '{ site(id: "shop") { products(orderBy: { by: COMBINED_ORDERS_PER_SESSION }) { totalCount } } }',
    );
    expect(ordered.errors?.[0]?.extensions?.['code']).toBe('BAD_USER_INPUT');
  });
});
