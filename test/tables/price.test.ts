import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { freshDay } from '../helpers/freshDay.js';
import type { GatewayOptions } from '../helpers/gateway.js';
import { createMovableClock } from '../helpers/movableClock.js';
import { startTableGateway, type TableGateway, withLimits } from '../helpers/tableGateway.js';

interface Plan {
  partner: { calls: number; refreshes: number };
  googleAnalytics: { reports: number; calls: number; tokens: number; refreshes: number };
  isEstimate: boolean;
}
interface Planned {
  status: number;
  data: unknown;
  errors?: readonly { message: string; extensions?: Record<string, unknown> }[];
  extensions?: { plan?: Plan };
}

const written = ({ start, end }: { start: string; end: string }) => `range: { start: "${start}", end: "${end}" }`;
const page = (args: string, fields: string) => `{ site(id: "shop") { products(${args}) { nodes { ${fields} } } } }`;
const bothOf = (day: string) => `googleAnalytics(${day}) { pageViews } partner(${day}) { orders }`;
const elevenMinutes = 11 * 60_000;

async function planOf(gateway: TableGateway, query: string, variables = {}): Promise<Planned> {
  return (await gateway.ask(query, variables, { headers: { 'gateway-plan': 'only' } })) as unknown as Planned;
}

describe('the plan of a query, on gateway-plan: only', () => {
  const clock = createMovableClock();
  let gateway: TableGateway;
  beforeAll(async () => {
    gateway = await startTableGateway({ products: 30, clock });
  });
  beforeEach(() => gateway.asked());
  afterAll(() => gateway.close());

  test('is its calls and reports, and nobody is asked', async () => {
    const day = written(freshDay());
    const { status, data, errors, extensions } = await planOf(gateway, page('first: 25', bothOf(day)));
    expect({ status, data, errors }).toEqual({ status: 200, data: null, errors: undefined });
    expect(extensions?.plan).toEqual({
      partner: { calls: 25, refreshes: 0 },
      googleAnalytics: { reports: 1, calls: 1, tokens: expect.any(Number), refreshes: 0 },
      isEstimate: false,
    });
    expect(extensions?.plan?.googleAnalytics.tokens).toBeGreaterThan(0);
    expect(await gateway.asked()).toEqual({ partner: 0, reports: 0 });
  });

  test('is asked for by that word only: a slip is refused before anybody is asked', async () => {
    const headers = { 'gateway-plan': '1' };
    const { status, errors } = await gateway.ask(page('first: 25', bothOf(written(freshDay()))), {}, { headers });
    expect(status).toBe(400);
    expect(errors).toMatchObject([{ message: expect.stringMatching(/^gateway-plan: write "only"/) }]);
    expect(await gateway.asked()).toEqual({ partner: 0, reports: 0 });
  });

  test('is what is left after the cache, and what is old is refreshed without being waited for', async () => {
    const day = written(freshDay());
    await gateway.ask(page('first: 10', bothOf(day)));
    const query = page('first: 25', bothOf(day));
    const planned = (await planOf(gateway, query)).extensions?.plan;
    expect(planned?.partner).toEqual({ calls: 15, refreshes: 0 });
    await gateway.ask(query);
    expect((await planOf(gateway, query)).extensions?.plan).toMatchObject({
      partner: { calls: 0, refreshes: 0 },
      googleAnalytics: { reports: 0, calls: 0, tokens: 0, refreshes: 0 },
    });

    clock.push(elevenMinutes);
    await gateway.asked();
    expect((await planOf(gateway, query)).extensions?.plan?.partner).toEqual({ calls: 0, refreshes: 25 });
    expect(await gateway.asked()).toEqual({ partner: 0, reports: 0 });
  });

  test('says when it is the most that it can be, because nobody knows who will be on the page', async () => {
    const day = written(freshDay());
    const byViews = `orderBy: { by: PAGE_VIEWS, ${day} }`;
    const { extensions } = await planOf(gateway, page(`first: 5, ${byViews}`, bothOf(day)));
    expect(extensions?.plan).toMatchObject({
      partner: { calls: 5 },
      googleAnalytics: { reports: 1 },
      isEstimate: true,
    });
    const filter = `filter: { ${day}, googleAnalytics: { pageViews: { gte: 1000000 } } }`;
    const filtered = await planOf(gateway, page(`first: 30, ${filter}`, bothOf(day)));
    expect(filtered.extensions?.plan).toMatchObject({ partner: { calls: 30 }, isEstimate: true });
  });

  test('knows every call of an order by the partner, so it is no estimate', async () => {
    const day = written(freshDay());
    const query = page(`first: 5, orderBy: { by: PARTNER_ORDERS, ${day} }`, `partner(${day}) { orders }`);
    expect((await planOf(gateway, query)).extensions?.plan).toMatchObject({
      partner: { calls: 30 },
      isEstimate: false,
    });
  });

  test('reads variables, and says what is wrong with them', async () => {
    const query =
      'query ($first: Int!) { site(id: "shop") { products(first: $first) { nodes { partner { orders } } } } }';
    expect((await planOf(gateway, query, { first: 3 })).extensions?.plan?.partner.calls).toBe(3);
    const wrong = await planOf(gateway, query, { first: 'three' });
    expect(wrong.extensions?.plan).toBeUndefined();
    expect(wrong.errors?.map(({ extensions }) => extensions?.['code'])).toEqual(['BAD_USER_INPUT']);
  });

  test('says what is wrong with an argument, as the query itself would', async () => {
    const { errors } = await planOf(gateway, page('first: -1', 'partner { orders }'));
    expect(errors?.map(({ message }) => message)).toEqual([expect.stringMatching(/^first: -1/)]);
  });

  test('holds what is sent later, too', async () => {
    const day = written(freshDay());
    const deferred = page('first: 7', `... @defer { partner(${day}) { orders } }`);
    expect((await planOf(gateway, deferred)).extensions?.plan?.partner.calls).toBe(7);
  });
});

describe('a query that costs more than its caller may pay', () => {
  let gateway: TableGateway;
  beforeAll(async () => {
    gateway = await startTableGateway({
      products: 30,
      sites: 2,
      configure: withLimits({ maxPartnerCalls: 5, maxReports: 1 }),
    });
  });
  beforeEach(() => gateway.asked());
  afterAll(() => gateway.close());

  const expensive = (day: string): [name: string, query: string, message: RegExp][] => [
    ['a page that is too long', page('first: 6', `partner(${day}) { orders }`), /make 6 calls to the partner.* 5 /],
    ['an order by the partner', page(`first: 1, orderBy: { by: PARTNER_ORDERS, ${day} }`, 'id'), /make 30 calls/],
    ['a filter by the partner', page(`filter: { ${day}, partner: { orders: { gt: 0 } } }`, 'id'), /make 30 calls/],
    ['totals of a site', `{ site(id: "shop") { partner(${day}) { orders } } }`, /make 30 calls/],
    [
      'totals of a list',
      `{ site(id: "shop") { products(first: 0) { totals { partner(${day}) { orders } } } } }`,
      /make 30 calls/,
    ],
    ['a combined figure', page('first: 7', `combined(${day}) { ordersPerSession }`), /make 7 calls/],
    ['many sites', `{ sites { products(first: 4) { nodes { partner(${day}) { orders } } } } }`, /make 8 calls/],
    [
      'two aliases',
      `{ a: ${page('first: 5', `partner(${day}) { orders }`).slice(1, -1)} b: site(id: "shop") { products(last: 3) { nodes { partner(${day}) { orders } } } } }`,
      /make 8 calls/,
    ],
    ['a fragment', `fragment F on Product { partner(${day}) { orders } } ${page('first: 9', '...F')}`, /make 9 calls/],
    [
      'two date ranges',
      `{ site(id: "shop") { a: googleAnalytics(${day}) { pageViews } googleAnalytics { series(interval: WEEK) { pageViews } sessions } } }`,
      /for [23] reports.* 1 /,
    ],
    ['reports of two sites', `{ sites { googleAnalytics(${day}) { pageViews } } }`, /for 2 reports/],
  ];

  test.each(expensive(written(freshDay())))('is refused before anybody is asked: %s', async (_, query, message) => {
    const { status, data, errors } = await gateway.ask(query);
    expect(errors?.map(({ extensions }) => [extensions?.['code'], extensions?.['retryable']])).toEqual([
      ['QUERY_TOO_EXPENSIVE', false],
    ]);
    expect(errors?.[0]?.message).toMatch(message);
    expect([status, data]).toEqual([400, undefined]);
    expect(await gateway.asked()).toEqual({ partner: 0, reports: 0 });
  });

  test('is planned all the same, so that its caller learns the price', async () => {
    const { status, extensions } = await planOf(
      gateway,
      page('first: 30', `partner(${written(freshDay())}) { orders }`),
    );
    expect([status, extensions?.plan?.partner.calls]).toEqual([200, 30]);
  });

  test('is none when what looks like more calls is the same ones', async () => {
    const day = written(freshDay());
    const fields = `partner(${day}) { orders } again: partner(${day}) { revenue } combined(${day}) { ordersPerSession }`;
    expect((await gateway.ask(page('first: 5', fields))).errors).toBeUndefined();
    expect(await gateway.asked()).toEqual({ partner: 5, reports: 1 });
  });

  test('is none as far as the answers are known already', async () => {
    const day = written(freshDay());
    const fields = `partner(${day}) { orders }`;
    for (const first of [5, 10, 15])
      expect((await gateway.ask(page(`first: ${first}`, fields))).errors).toBeUndefined();
    expect(await gateway.asked()).toEqual({ partner: 15, reports: 0 });
    expect((await gateway.ask(page('first: 30', fields))).status).toBe(400);
    expect((await gateway.ask(page('last: 30', `name ${fields}`))).status).toBe(400);
    expect(await gateway.asked()).toEqual({ partner: 0, reports: 0 });
  });

  test('is refused by its own operation only, where a document has several', async () => {
    const day = written(freshDay());
    const query = `query Cheap { sites { id } } query Dear { site(id: "shop") { partner(${day}) { orders } } }`;
    const send = (operationName: string) =>
      gateway.ask('', {}, { body: JSON.stringify({ query, operationName }) }).then(({ status }) => status);
    expect([await send('Cheap'), await send('Dear')]).toEqual([200, 400]);
  });
});

describe('in production', () => {
  let gateway: TableGateway;
  beforeAll(async () => {
    const options: GatewayOptions = {
      products: 8,
      environment: { NODE_ENV: 'production' },
      alwaysTrace: false,
      configure: withLimits({ maxPartnerCalls: 3 }),
    };
    gateway = await startTableGateway(options);
  });
  afterAll(() => gateway.close());

  test('a refused query still says the number and the way out', async () => {
    const { status, errors } = await gateway.ask(page('first: 8', 'partner { orders }'));
    expect(status).toBe(400);
    expect(errors).toEqual([
      {
        message: expect.stringMatching(
          /^This query would make 8 calls to the partner, and you may make 3 at once\. .*first: 3,/,
        ),
        extensions: { code: 'QUERY_TOO_EXPENSIVE', retryable: false },
      },
    ]);
    expect(gateway.events.filter(({ type }) => type === 'request.failed')).toEqual([]);
  });
});
