import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { download } from '../helpers/csv.js';
import { startTableGateway, type TableGateway } from '../helpers/tableGateway.js';

let gateway: TableGateway;
beforeAll(async () => {
  gateway = await startTableGateway({ products: 4 });
});
beforeEach(() => gateway.asked());
afterAll(async () => {
  await gateway.close();
});

const query = 'query ($filter: ProductFilter) { site(id: "shop") { products(filter: $filter) { totalCount } } }';
const ask = (filter: object) => gateway.ask<{ site: { products: { totalCount: number } } | null }>(query, { filter });
const conditions = (count: number) =>
  Array.from({ length: count }, (_, gt) => ({ googleAnalytics: { pageViews: { gt } } }));

/** `not` inside `not`, so many times. */
function nested(levels: number): object {
  let filter: object = { name: { contains: 'e' } };
  for (let level = 0; level < levels; level += 1) filter = { not: filter };
  return filter;
}

describe('a filter that is larger than any question', () => {
  test.each<[string, object, RegExp]>([
    ['conditions', { or: conditions(150) }, /^filter: over 100 conditions are too many/],
    ['names', { or: Array.from({ length: 200 }, () => ({ name: { eq: 'x' } })) }, /^filter: over 100 conditions/],
    ['values of a list', { name: { in: Array.from({ length: 201 }, (_, index) => `${index}`) } }, /201 texts .* 200/],
  ])('by its %s is wrong input that names the limit, and nobody is asked', async (_, filter, message) => {
    const { data, errors } = await ask(filter);
    expect(data.site).toBeNull();
    expect(errors).toEqual([
      expect.objectContaining({
        path: ['site', 'products'],
        message: expect.stringMatching(message),
        extensions: { code: 'BAD_USER_INPUT', retryable: false },
      }),
    ]);
    expect(await gateway.asked()).toEqual({ partner: 0, reports: 0 });
  });

  test.each([
    ['depth', nested(4_000)],
    ['values', { or: conditions(5_000) }],
  ])('by its %s is wrong input before anybody reads it, and no failure of the gateway', async (_, filter) => {
    const { status, errors } = await ask(filter);
    expect(status).toBe(400);
    expect(errors).toEqual([
      expect.objectContaining({
        message: 'variables: more than 2,000 values, or nested more than 50 levels deep.',
        extensions: expect.objectContaining({ code: 'BAD_USER_INPUT' }),
      }),
    ]);
    expect(gateway.events.filter(({ type }) => type === 'request.failed')).toEqual([]);
  });

  test('is wrong input of a download as well', async () => {
    const { status, text } = await download(gateway, { site: 'shop', filter: JSON.stringify(nested(500)) });
    expect([status, JSON.parse(text).errors[0].extensions.code]).toEqual([400, 'BAD_USER_INPUT']);
  });
});

test('a filter of as many conditions as are allowed, nested as people nest them, is answered', async () => {
  // A condition is three objects: its own, the source's and the figure's; the filter is one more.
  const { data, errors } = await ask({ or: conditions(33) });
  expect(errors).toBeUndefined();
  expect(data.site?.products.totalCount).toBe(4);
  expect((await ask(nested(30))).data.site?.products.totalCount).toBeLessThan(5);
});
