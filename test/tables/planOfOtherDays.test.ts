import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type RunningGateway, startGateway } from '../helpers/gateway.js';

let gateway: RunningGateway;
beforeAll(async () => {
  gateway = await startGateway({ products: 30 });
});
afterAll(() => gateway.close());

const day = (month: string) => `range: { start: "2026-${month}-01", end: "2026-${month}-02" }`;
const list = (args: string, fields: string) => `{ site(id: "shop") { products(${args}) { nodes { ${fields} } } } }`;

describe('what is asked only when a page is known', () => {
  test.each([
    [
      'figures of other days than the order has',
      list(`first: 3, orderBy: { by: PAGE_VIEWS, ${day('01')} }`, `googleAnalytics(${day('02')}) { pageViews }`),
    ],
    [
      'figures of Google for an order by both sources, behind a filter by Google',
      list(
        `first: 3, filter: { ${day('03')}, googleAnalytics: { pageViews: { gte: 0 } } }, orderBy: { by: COMBINED_ORDERS_PER_SESSION, ${day('03')} }`,
        'name',
      ),
    ],
  ])('is planned as what it is: reports of their own for %s', async (_, query) => {
    const { googleAnalytics } = await gateway.app.plan({ query });
    await gateway.google.reset();
    expect((await gateway.ask(query)).errors).toBeUndefined();
    const { reports, calls } = await gateway.google.stats();
    expect({ reports: googleAnalytics.reports.length, calls: googleAnalytics.calls }).toEqual({ reports, calls });
  });
});

describe('a variable that is null where there must be something', () => {
  test('is an error of its field, as without prices', async () => {
    const answer = await gateway.ask('query ($id: ID = "shop") { sources { name } site(id: $id) { name } }', {
      id: null,
    });
    expect([answer.status, answer.errors?.[0]?.path]).toEqual([200, ['site']]);
    expect(answer.data).toMatchObject({ site: null, sources: expect.any(Array) });
  });
});
