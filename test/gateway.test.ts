import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { type Clock, systemClock } from '../src/clock.js';
import type { DateRange } from '../src/dateRange.js';
import { productStats } from '../src/demo/operations.js';
import { onFreshDay } from './helpers/freshDay.js';
import { type Answer, type GatewayOptions, type RunningGateway, startGateway } from './helpers/gateway.js';
import { partnerAnswer, type Recorder, startRecorder } from './helpers/recorder.js';
import { countVisits, formatRevenue } from './helpers/siteNumbers.js';
import { until } from './helpers/until.js';

interface Node {
  id: string;
  name: string;
  googleAnalytics: Record<string, unknown> | null;
  partner: Record<string, unknown> | null;
}
interface SiteAnswer {
  site: { products: { nodes: Node[] } };
}

const week: DateRange = { start: '2026-03-02', end: '2026-03-08' };
const days = `{ start: "${week.start}", end: "${week.end}" }`;
/** One product of the site, by what is selected of it. */
const oneProduct = (selection: string) => `{ product(id: "shop-red-shoe-1") { ${selection} } }`;
const forty = (selection: string) => `site(id: "shop") { products(first: 40) { nodes { ${selection} } } }`;

/** Gateways that a test starts for itself are closed after it. */
const started: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const each of started.splice(0).reverse()) await each.close();
});

async function ownGateway(options: GatewayOptions = {}): Promise<RunningGateway> {
  const gateway = await startGateway({ products: 3, ...options });
  started.push(gateway);
  return gateway;
}

async function ownRecorder(): Promise<Recorder> {
  const recorder = await startRecorder();
  started.push(recorder);
  return recorder;
}

/** The time of every partner call that ended, in ms. */
function partnerTimes({ events }: RunningGateway): number[] {
  return events.flatMap((event) => (event.type === 'call.finished' && event.source === 'partner' ? [event.ms] : []));
}

describe('one query for 40 products', () => {
  let gateway: RunningGateway;
  let answer: Answer<SiteAnswer>;

  beforeAll(async () => {
    gateway = await startGateway({ latency: { minMs: 400, maxMs: 1_200 } });
    answer = await gateway.ask<SiteAnswer>(productStats, { site: 'shop', range: week });
  });
  afterAll(() => gateway.close());

  test('asks the partner once for each product and Google for one report', async () => {
    const partner = await gateway.partner.stats();
    const google = await gateway.google.stats();
    expect(partner.calls).toBe(40);
    expect(Object.values(partner.byKey)).toEqual(Array(40).fill(1));
    expect(google).toMatchObject({ calls: 1, reports: 1, tokenCalls: 1 });
    expect(answer.extensions.sources).toMatchObject({
      partner: { keys: 40, calls: 40, failures: 0 },
      googleAnalytics: { keys: 40, reports: 1, calls: 1, failures: 0 },
    });
  });

  test('asks the partner for all of them at once', async () => {
    expect((await gateway.partner.stats()).maxInFlight).toBe(40);
  });

  test('takes the time of the slowest call, not the sum', () => {
    const times = partnerTimes(gateway);
    const { lastMs = Number.NaN } = answer.extensions.sources['partner'] ?? {};
    expect(times).toHaveLength(40);
    expect(lastMs).toBeLessThan(times.reduce((sum, ms) => sum + ms) / 8);
    expect(lastMs).toBeLessThan(3 * 600);
  });

  test("answers with the sources' own numbers", () => {
    expect(answer.errors).toBeUndefined();
    expect(answer.data.site.products.nodes).toHaveLength(40);
    for (const { id, googleAnalytics, partner } of answer.data.site.products.nodes) {
      const product = gateway.world.products.find((each) => each.id === id);
      const { revenueCents, ...numbers } = gateway.world.partnerNumbers(product?.partnerId ?? '', week) ?? {};
      const expected = countVisits(gateway.world, id, week);
      expect(partner).toEqual({ ...numbers, revenue: formatRevenue(revenueCents ?? Number.NaN) });
      expect(googleAnalytics).toEqual({
        ...expected,
        engagementRate: expect.closeTo(expected.engagementRate ?? 0, 10),
      });
    }
  });

  test('starts every call before the first one ends', () => {
    const kinds = gateway.events
      .map(({ type }) => type)
      .filter((type) => type === 'call.started' || type === 'call.finished');
    expect(kinds.slice(0, 41)).toEqual(Array(41).fill('call.started'));
    expect(kinds.slice(41)).toEqual(Array(41).fill('call.finished'));
  });
});

describe('what is asked of the sources', () => {
  let gateway: RunningGateway;
  let google: Recorder;

  beforeAll(async () => {
    google = await startRecorder();
    gateway = await startGateway({
      configure: ({ sources }) => {
        google.forwardTo(String(sources.googleAnalytics?.['rootUrl']));
        Object.assign(sources.googleAnalytics ?? {}, { rootUrl: google.url });
      },
    });
  });
  beforeEach(() => Promise.all([gateway.google.reset(), gateway.partner.reset()]));
  afterAll(() => Promise.all([gateway.close(), google.close()]));

  const counts = async () => {
    const [partner, analytics] = await Promise.all([gateway.partner.stats(), gateway.google.stats()]);
    return { partner: partner.calls, reports: analytics.reports };
  };
  const lastReport = () => JSON.parse(google.requests.at(-1)?.body ?? 'null');

  test('ten aliases of the whole selection make not one call more', async () => {
    const on = onFreshDay();
    const selection = forty(`name googleAnalytics${on} { pageViews sessions } partner${on} { orders revenue }`);
    const aliases = Array.from({ length: 10 }, (_, index) => `copy${index}: ${selection}`);
    const { data, errors } = await gateway.ask<Record<string, SiteAnswer['site']>>(`{ ${aliases.join(' ')} }`);
    expect(errors).toBeUndefined();
    expect(await counts()).toEqual({ partner: 40, reports: 1 });
    for (const copy of Object.values(data)) expect(copy).toEqual(data['copy0']);
  });

  test('a product under two fields is one call', async () => {
    const on = onFreshDay();
    await gateway.ask(`{
      product(id: "shop-red-shoe-1") { partner${on} { orders } }
      products(ids: ["shop-red-shoe-1", "shop-red-shoe-1"]) { partner${on} { clicks } }
    }`);
    expect(await counts()).toEqual({ partner: 1, reports: 0 });
  });

  test('no partner figure selected: no partner call', async () => {
    await gateway.ask(`{ ${forty(`name googleAnalytics${onFreshDay()} { pageViews }`)} }`);
    expect(await counts()).toEqual({ partner: 0, reports: 1 });
  });

  test('no Google figure selected: no report', async () => {
    await gateway.ask(`{ ${forty(`name partner${onFreshDay()} { orders }`)} }`);
    expect(await counts()).toEqual({ partner: 40, reports: 0 });
  });

  test('neither selected: nothing is asked', async () => {
    const { data } = await gateway.ask<SiteAnswer>(`{ ${forty('id name site { id currency }')} }`);
    expect(data.site.products.nodes).toHaveLength(40);
    expect(await counts()).toEqual({ partner: 0, reports: 0 });
  });

  test('a selection that a directive leaves out is not asked', async () => {
    const query = `query ($no: Boolean!) { ${forty('partner @include(if: $no) { orders } googleAnalytics @skip(if: true) { pageViews }')} }`;
    await gateway.ask(query, { no: false });
    expect(await counts()).toEqual({ partner: 0, reports: 0 });
  });

  test('a type name is no figure: nothing is asked for it', async () => {
    const on = onFreshDay();
    await gateway.ask(oneProduct(`googleAnalytics${on} { __typename } partner${on} { __typename }`));
    expect(await counts()).toEqual({ partner: 0, reports: 0 });
  });

  test('Google is asked for the selected metrics only, of the products of the page only', async () => {
    const query = `query ($no: Boolean!) {
      site(id: "shop") { products(first: 2) { nodes { googleAnalytics(range: ${days}) {
        views: pageViews ...more ... @include(if: $no) { bounceRate }
      } } } }
    }
    fragment more on GoogleAnalyticsSummary { engagementRate newUsers @skip(if: true) }`;
    const { errors } = await gateway.ask(query, { no: false });
    expect(errors).toBeUndefined();
    expect(lastReport()).toMatchObject({
      metrics: [{ name: 'screenPageViews' }, { name: 'engagementRate' }],
      dimensions: [{ name: 'pagePath' }],
      dateRanges: [{ startDate: week.start, endDate: week.end }],
      dimensionFilter: {
        filter: { fieldName: 'pagePath', inListFilter: { values: ['/p/red-shoe-1', '/p/blue-bag-1'] } },
      },
    });
  });

  test('aliases with different days are different questions', async () => {
    const { data, errors } = await gateway.ask<{ product: Record<string, Record<string, unknown>> }>(
      oneProduct(`
        one: partner(range: { start: "2026-02-10", end: "2026-02-10" }) { impressions }
        two: partner(range: { start: "2026-02-11", end: "2026-02-11" }) { impressions }
        both: partner(range: { start: "2026-02-10", end: "2026-02-11" }) { impressions }
        first: googleAnalytics(range: { start: "2026-02-10", end: "2026-02-10" }) { pageViews }
        second: googleAnalytics(range: { start: "2026-02-11", end: "2026-02-11" }) { pageViews }
      `),
    );
    expect(errors).toBeUndefined();
    // Both ranges stand in one report.
    expect(await counts()).toEqual({ partner: 3, reports: 1 });
    const { one, two, both, first, second } = data.product;
    expect(both?.['impressions']).toBe(Number(one?.['impressions']) + Number(two?.['impressions']));
    const views = (day: string) => countVisits(gateway.world, 'shop-red-shoe-1', { start: day, end: day }).pageViews;
    expect(first).toEqual({ pageViews: views('2026-02-10') });
    expect(second).toEqual({ pageViews: views('2026-02-11') });
  });

  test('pages of a connection hold every product once, and only a page is asked about', async () => {
    const on = onFreshDay();
    const query = `query ($after: String) { site(id: "shop") { products(first: 15, after: $after) {
      totalCount nodes { id partner${on} { orders } } pageInfo { hasNextPage hasPreviousPage endCursor }
    } } }`;
    type Page = { totalCount: number; nodes: Node[]; pageInfo: { hasNextPage: boolean; endCursor: string } };
    const seen: string[] = [];
    const calls: number[] = [];
    for (let after: string | null = null, more = true; more; ) {
      const answer: Answer<{ site: { products: Page } }> = await gateway.ask(query, { after });
      const { nodes, pageInfo, totalCount } = answer.data.site.products;
      expect(totalCount).toBe(40);
      seen.push(...nodes.map(({ id }) => id));
      calls.push((await counts()).partner);
      ({ hasNextPage: more, endCursor: after } = pageInfo);
    }
    expect(seen).toEqual(gateway.world.products.map(({ id }) => id));
    expect(calls).toEqual([15, 30, 40]);
  });

  test.each([
    ['a range that ends before it begins', '{ start: "2026-03-08", end: "2026-03-02" }'],
    ['half a range', '{ start: "2026-03-08" }'],
    ['a range with a preset', '{ preset: YESTERDAY, start: "2026-03-02", end: "2026-03-08" }'],
    ['a range before Google Analytics', '{ start: "2015-08-13", end: "2026-03-08" }'],
    ['a range that begins in the future', '{ start: "2999-01-01", end: "2999-01-02" }'],
    ['a day that does not exist', '{ start: "2026-02-01", end: "2026-02-30" }'],
    ['a year of five digits', '{ start: "2026-02-01", end: "20260-02-03" }'],
  ])('%s is refused before anything is asked', async (_, range) => {
    const query =
      'query ($range: DateRangeInput) { product(id: "shop-red-shoe-1") { name partner(range: $range) { orders } googleAnalytics(range: $range) { pageViews } } }';
    const variables = {
      range: JSON.parse(range.replace(/(\w+): (?=["A-Z])/g, '"$1": ').replace('YESTERDAY', '"YESTERDAY"')),
    };
    const { errors = [] } = await gateway.ask(query, variables);
    expect(errors.length).toBeGreaterThan(0);
    expect(errors.map(({ extensions }) => extensions?.['code'])).toEqual(errors.map(() => 'BAD_USER_INPUT'));
    expect(await counts()).toEqual({ partner: 0, reports: 0 });
  });
});

describe('the two sources', () => {
  test.each([{ slow: 'googleAnalytics' }, { slow: 'partner' }])(
    'start in the same tick: the other one is asked while $slow hangs',
    async ({ slow }) => {
      const gateway = await ownGateway();
      await (slow === 'partner' ? gateway.partner : gateway.google).faults({ keys: '*', fault: 'hang' });
      const leave = new AbortController();
      const asked = gateway
        .ask(`{ ${forty('googleAnalytics { pageViews } partner { orders }')} }`, {}, { signal: leave.signal })
        .catch(() => null);
      await until(async () => (await gateway.partner.stats()).calls === 3, 'the partner is asked for all products');
      await until(async () => (await gateway.google.stats()).reports === 1, 'Google is asked for the report');
      leave.abort();
      await asked;
    },
  );
});

describe('the configured concurrency', () => {
  test('is what the partner sees at most, and is used in full', async () => {
    const gateway = await ownGateway({
      products: 40,
      latency: { minMs: 20, maxMs: 20 },
      configure: ({ sources }) => void Object.assign(sources.partner ?? {}, { concurrency: 7 }),
    });
    const { errors } = await gateway.ask(`{ ${forty('partner { orders }')} }`);
    expect(errors).toBeUndefined();
    expect(await gateway.partner.stats()).toMatchObject({ calls: 40, maxInFlight: 7 });
  });
});

describe('days', () => {
  /** It is Sunday in New York and Monday in Berlin. */
  const clock: Clock = { ...systemClock, now: () => Date.parse('2026-03-01T23:30:00.000Z') };
  let gateway: RunningGateway;

  beforeAll(async () => {
    gateway = await startGateway({ products: 2, sites: 2, clock });
  });
  afterAll(() => gateway.close());

  test.each([
    ['YESTERDAY', { start: '2026-03-01', end: '2026-03-01' }, { start: '2026-02-28', end: '2026-02-28' }],
    ['LAST_7_DAYS', { start: '2026-02-23', end: '2026-03-01' }, { start: '2026-02-22', end: '2026-02-28' }],
    ['LAST_28_DAYS', { start: '2026-02-02', end: '2026-03-01' }, { start: '2026-02-01', end: '2026-02-28' }],
    ['LAST_MONTH', { start: '2026-02-01', end: '2026-02-28' }, { start: '2026-02-01', end: '2026-02-28' }],
  ])('%s counts in the time zone of the site', async (preset, berlin, newYork) => {
    const { data, errors } = await gateway.ask<{ sites: { products: { nodes: Node[] } }[] }>(
      `{ sites { products { nodes { id partner(range: { preset: ${preset} }) { impressions } googleAnalytics(range: { preset: ${preset} }) { pageViews } } } } }`,
    );
    expect(errors).toBeUndefined();
    data.sites.forEach(({ products: { nodes } }, index) => {
      for (const { id, partner, googleAnalytics } of nodes) {
        const range = index === 0 ? berlin : newYork;
        const product = gateway.world.products.find((each) => each.id === id);
        const { impressions } = gateway.world.partnerNumbers(product?.partnerId ?? '', range) ?? {};
        expect({ id, preset, partner }).toEqual({ id, preset, partner: { impressions } });
        expect(googleAnalytics).toEqual({ pageViews: countVisits(gateway.world, id, range).pageViews });
      }
    });
  });

  test('without a range it is the last 28 days', async () => {
    const { data } = await gateway.ask<{ product: Record<string, unknown> }>(
      oneProduct('default: partner { impressions } named: partner(range: { preset: LAST_28_DAYS }) { impressions }'),
    );
    expect(data.product['default']).toEqual(data.product['named']);
  });
});

describe('a product that a source does not know as one', () => {
  let gateway: RunningGateway;

  beforeAll(async () => {
    gateway = await startGateway({
      products: 4,
      catalog: ({ sites: [shop] }) => {
        const [first, second, third, fourth] = shop?.products ?? [];
        if (!first || !second || !third || !fourth) throw new Error('The demo has fewer products than asked for.');
        first.googleAnalytics = [...(first.googleAnalytics ?? []), ...(second.googleAnalytics ?? [])];
        third.partner = null;
        fourth.googleAnalytics = [];
      },
    });
  });
  beforeEach(() => Promise.all([gateway.google.reset(), gateway.partner.reset()]));
  afterAll(() => gateway.close());

  test('with several Google keys: sums are summed, everything else is asked for all keys together', async () => {
    const [first, second] = gateway.world.products;
    const { data, errors, status } = await gateway.ask<{ product: { googleAnalytics: Record<string, number> } & Node }>(
      oneProduct(
        `googleAnalytics(range: ${days}) { pageViews sessions engagementRate freshness { state } } partner { orders }`,
      ),
    );
    const counted = [first, second].map((product) => countVisits(gateway.world, product?.id ?? '', week));
    const sum = (figure: 'pageViews' | 'sessions') => counted.reduce((total, each) => total + each[figure], 0);
    const { googleAnalytics } = data.product;
    expect([status, errors]).toEqual([200, undefined]);
    expect(googleAnalytics).toMatchObject({ pageViews: sum('pageViews'), freshness: { state: 'FRESH' } });
    expect(googleAnalytics['sessions']).toBeGreaterThan(0);
    expect(googleAnalytics['sessions']).toBeLessThanOrEqual(sum('sessions'));
    expect(data.product.partner).toEqual({ orders: expect.any(Number) });
    expect(await gateway.google.stats()).toMatchObject({ calls: 1, reports: 2 });
  });

  test('without a partner id: null, no call and no error', async () => {
    const id = gateway.world.products[2]?.id;
    const { data, errors } = await gateway.ask<{ product: Node }>(
      `query ($id: ID!) { product(id: $id) { partner${onFreshDay()} { orders } googleAnalytics${onFreshDay()} { pageViews } } }`,
      { id },
    );
    expect(errors).toBeUndefined();
    expect(data.product).toEqual({ partner: null, googleAnalytics: { pageViews: expect.any(Number) } });
    expect((await gateway.partner.stats()).calls).toBe(0);
  });

  test('without Google keys: null, no report and no error', async () => {
    const id = gateway.world.products[3]?.id;
    const { data, errors } = await gateway.ask<{ product: Node }>(
      `query ($id: ID!) { product(id: $id) { partner${onFreshDay()} { orders } googleAnalytics${onFreshDay()} { pageViews } } }`,
      { id },
    );
    expect(errors).toBeUndefined();
    expect(data.product).toEqual({ partner: { orders: expect.any(Number) }, googleAnalytics: null });
    expect((await gateway.google.stats()).calls).toBe(0);
  });
});

describe('how the partner is asked', () => {
  test('a URL without days answers for all time and refuses an explicit range', async () => {
    const gateway = await ownGateway({
      configure: ({ sources: { partner } }) =>
        void Object.assign(partner ?? {}, { url: String(partner?.['url']).replace('&from={start}&to={end}', '') }),
    });
    const answer = await gateway.ask<{ product: Record<string, unknown> }>(
      oneProduct(`always: partner { impressions } days: partner(range: ${days}) { impressions }`),
    );
    const { impressions } = gateway.world.partnerNumbers('P-1001') ?? {};
    expect(answer).toMatchObject({
      status: 200,
      data: { product: { always: { impressions }, days: null } },
      errors: [{ path: ['product', 'days'], extensions: { code: 'BAD_USER_INPUT' } }],
    });
    expect((await gateway.partner.stats()).calls).toBe(1);
  });

  test("a site's own key is sent for its products, and the source's for the others", async () => {
    const partner = await ownRecorder();
    partner.answerWith(partnerAnswer);
    const gateway = await ownGateway({
      products: 1,
      sites: 2,
      partnerKey: 'key-of-all',
      configure: ({ sources }) =>
        void Object.assign(sources.partner ?? {}, {
          url: `${partner.url}/v1?product={partnerId}&from={start}&to={end}`,
        }),
      catalog: ({ sites: [shop] }) => void Object.assign(shop ?? {}, { partner: { apiKey: 'key of & the shop' } }),
    });
    const { errors } = await gateway.ask(`{ sites { products { nodes { partner(range: ${days}) { orders } } } } }`);
    expect(errors).toBeUndefined();
    expect(partner.requests.map(({ target }) => target).toSorted()).toEqual([
      `/v1?product=P-1001&from=${week.start}&to=${week.end}&api_key=key%20of%20%26%20the%20shop`,
      `/v1?product=P-2001&from=${week.start}&to=${week.end}&api_key=key-of-all`,
    ]);
  });

  test('a key that belongs into a header is sent there and nowhere else', async () => {
    const partner = await ownRecorder();
    partner.answerWith(partnerAnswer);
    const gateway = await ownGateway({
      configure: ({ sources }) =>
        void Object.assign(sources.partner ?? {}, {
          url: `${partner.url}/v1/{partnerId}`,
          apiKey: { header: 'X-Api-Key', value: 'secret-of-the-header' },
          identity: null,
        }),
    });
    const { errors } = await gateway.ask(oneProduct('partner { orders }'));
    expect(errors).toBeUndefined();
    expect(partner.requests).toMatchObject([
      {
        method: 'GET',
        target: '/v1/P-1001',
        headers: { 'x-api-key': 'secret-of-the-header', accept: 'application/json' },
      },
    ]);
  });
});

describe('two requests with one x-request-id', () => {
  test('each have a trace of their own', async () => {
    const gateway = await ownGateway({ products: 2 });
    await gateway.partner.faults({ keys: ['P-1001'], fault: 'latency', ms: 150 });
    const headers = { 'x-request-id': 'the-same' };
    const ask = (id: string) =>
      gateway.ask('query ($id: ID!) { product(id: $id) { partner { orders } } }', { id }, { headers });
    const slow = ask('shop-red-shoe-1');
    await until(async () => (await gateway.partner.stats()).calls === 1, 'the slow product is asked for');
    const fast = await ask('shop-blue-bag-1');
    expect(fast.extensions.sources).toMatchObject({ partner: { keys: 1, calls: 1 } });
    expect((await slow).extensions.sources).toMatchObject({ partner: { keys: 1, calls: 1 } });
  });
});
