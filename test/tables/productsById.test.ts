import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { freshDay } from '../helpers/freshDay.js';
import { startTableGateway, type TableGateway, withLimits } from '../helpers/tableGateway.js';

let gateway: TableGateway;
const written = ({ start, end }: { start: string; end: string }) => `range: { start: "${start}", end: "${end}" }`;

beforeAll(async () => {
  gateway = await startTableGateway({ products: 4, sites: 2, configure: withLimits({ ids: 5, maxPartnerCalls: 3 }) });
});
beforeEach(() => gateway.asked());
afterAll(() => gateway.close());

const ask = (ids: string[], fields = 'id') =>
  gateway.ask<{ products: (Record<string, unknown> | null)[] }>(
    `query ($ids: [ID!]!) { products(ids: $ids) { ${fields} } }`,
    { ids },
  );

describe('products asked for by their ids', () => {
  test('come in the order asked, from any site, repeats included; null for one that does not exist', async () => {
    const ids = ['outlet-blue-bag-1', 'shop-red-shoe-1', 'nothing', 'shop-red-shoe-1'];
    const { data, errors } = await ask(ids, 'id site { id }');
    expect(errors).toBeUndefined();
    expect(data.products).toEqual([
      { id: ids[0], site: { id: 'outlet' } },
      { id: ids[1], site: { id: 'shop' } },
      null,
      { id: ids[3], site: { id: 'shop' } },
    ]);
  });

  test('cost one call for each different product, and one report for each site', async () => {
    const day = written(freshDay());
    const ids = ['shop-red-shoe-1', 'shop-blue-bag-1', 'shop-red-shoe-1', 'outlet-red-shoe-1', 'nothing'];
    const { data, errors } = await ask(ids, `partner(${day}) { orders } googleAnalytics(${day}) { pageViews }`);
    expect(errors).toBeUndefined();
    expect(data.products[0]).toEqual(data.products[2]);
    expect(await gateway.asked()).toEqual({ partner: 3, reports: 2 });
  });

  test('are refused above the limit of ids, and above what the caller may pay', async () => {
    const tooMany = await ask(Array(6).fill('shop-red-shoe-1'), `partner(${written(freshDay())}) { orders }`);
    expect(tooMany.errors?.map(({ message }) => message)).toEqual([expect.stringMatching(/^ids: 6 .*at most 5/)]);
    const ids = gateway.world.products.slice(0, 4).map(({ id }) => id);
    const tooDear = await ask(ids, `partner(${written(freshDay())}) { orders }`);
    expect(tooDear.errors?.map(({ extensions }) => extensions?.['code'])).toEqual(['QUERY_TOO_EXPENSIVE']);
    expect(await gateway.asked()).toEqual({ partner: 0, reports: 0 });
  });
});

describe('a list of some products of a site', () => {
  test('passes over ids that the site does not have, in the order of the catalog', async () => {
    const { ids, totalCount } = await gateway.list(
      'ids: ["shop-blue-bag-1", "outlet-red-shoe-1", "shop-red-shoe-1", "nothing"]',
    );
    expect(ids).toEqual(['shop-red-shoe-1', 'shop-blue-bag-1']);
    expect(totalCount).toBe(2);
  });

  test('asks the partner for nobody else, whatever it is ordered by', async () => {
    const day = written(freshDay());
    const { answer } = await gateway.list(
      `ids: ["shop-blue-bag-1", "shop-red-shoe-1"], orderBy: { by: PARTNER_ORDERS, ${day} }`,
    );
    expect(answer.errors).toBeUndefined();
    expect(await gateway.asked()).toEqual({ partner: 2, reports: 0 });
  });
});
