import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { addDays } from '../src/demo/days.js';
import type { FaultRule } from '../src/demo/faults.js';
import { startBadServer } from './helpers/badServer.js';
import { onFreshDay } from './helpers/freshDay.js';
import { type Answer, type GatewayFile, type RunningGateway, startGateway } from './helpers/gateway.js';
import { type Recorder, startRecorder } from './helpers/recorder.js';
import { until } from './helpers/until.js';

interface Node {
  id: string;
  googleAnalytics: Record<string, unknown> | null;
  partner: Record<string, unknown> | null;
}
interface SiteAnswer {
  site: { products: { nodes: Node[] } };
}

const products = 8;
/** Long enough for the honest answers on a machine that is busy with other tests. */
const timeoutMs = 1_000;
const partnerFigures = 'impressions clicks orders revenue currency';
const every = (on: string) =>
  `{ site(id: "shop") { products { nodes { id googleAnalytics${on} { pageViews } partner${on} { ${partnerFigures} } } } } }`;
/** The product that goes wrong, in the middle of the list. */
const broken = { index: 3, partnerId: 'P-1004' };

/** Short times, and every call once: what a retry does is tested with the scheduler. */
function impatient({ sources: { partner, googleAnalytics } }: GatewayFile): void {
  const once = { retry: { attempts: 1, budget: '10%' } };
  Object.assign(partner ?? {}, { timeout: `${timeoutMs}ms`, ...once });
  Object.assign(googleAnalytics ?? {}, { timeout: `${timeoutMs}ms` });
}

const started: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const each of started.splice(0).reverse()) await each.close();
});

async function closing<T extends { close(): Promise<void> }>(each: Promise<T>): Promise<T> {
  const running = await each;
  started.push(running);
  return running;
}

/** What the two sources say of every product but the broken one. */
function expectOthersIntact({ status, data }: Answer<SiteAnswer>): void {
  expect(status).toBe(200);
  const { nodes } = data.site.products;
  expect(nodes).toHaveLength(products);
  for (const [index, { googleAnalytics, partner }] of nodes.entries()) {
    expect(googleAnalytics).toEqual({ pageViews: expect.any(Number) });
    if (index !== broken.index) expect(partner).toMatchObject({ orders: expect.any(Number), currency: 'EUR' });
  }
}

describe('a partner that fails for one product', () => {
  let gateway: RunningGateway;
  let elsewhere: Recorder;

  beforeAll(async () => {
    elsewhere = await startRecorder();
    gateway = await startGateway({ products, configure: impatient });
  });
  beforeEach(() => gateway.partner.reset());
  afterAll(() => Promise.all([gateway.close(), elsewhere.close()]));

  interface Case {
    name: string;
    rule: { fault: string; [option: string]: unknown };
    code: string;
    retryable: boolean;
    /** How often the product is asked for; 1 by default. */
    calls?: number;
  }
  const unavailable = { code: 'SOURCE_UNAVAILABLE', retryable: true };
  const badResponse = { code: 'SOURCE_BAD_RESPONSE', retryable: false };
  const rejected = { code: 'SOURCE_REJECTED', retryable: false };
  const timeout = { code: 'SOURCE_TIMEOUT', retryable: true };
  const cases: Case[] = [
    { name: '500', rule: { fault: 'status', status: 500 }, ...unavailable },
    { name: '503', rule: { fault: 'status', status: 503 }, ...unavailable },
    { name: 'nothing at all', rule: { fault: 'hang' }, ...timeout },
    { name: 'half a body and then nothing', rule: { fault: 'hang-body' }, ...timeout },
    { name: 'a byte now and then', rule: { fault: 'drip', ms: 100 }, ...timeout },
    { name: 'an answer that comes too late', rule: { fault: 'latency', ms: 10_000 }, ...timeout },
    // Of a connection that had been used before, which says nothing of the call.
    { name: 'a reset', rule: { fault: 'reset' }, ...unavailable, calls: 2 },
    { name: 'a body that is cut off', rule: { fault: 'truncate' }, ...unavailable },
    { name: 'an HTML page', rule: { fault: 'html' }, ...badResponse },
    { name: "another product's answer", rule: { fault: 'mismatch' }, ...badResponse },
    { name: '50 MB', rule: { fault: 'huge' }, ...badResponse },
    { name: '204', rule: { fault: 'status', status: 204 }, ...badResponse },
    { name: 'text that is no JSON', rule: { fault: 'status', status: 200, body: 'orders: 3' }, ...badResponse },
    { name: '400', rule: { fault: 'status', status: 400 }, ...rejected },
    { name: '401', rule: { fault: 'status', status: 401 }, ...rejected },
    { name: '403', rule: { fault: 'status', status: 403 }, ...rejected },
    { name: '404', rule: { fault: 'status', status: 404 }, code: 'SOURCE_NOT_FOUND', retryable: false },
  ];

  test.each(cases)('$name costs this product its partner figures, and nothing else', async (expected) => {
    await gateway.partner.faults({ ...expected.rule, keys: [broken.partnerId] });
    const answer = await gateway.ask<SiteAnswer>(every(onFreshDay()));
    expectOthersIntact(answer);
    expect(answer.data.site.products.nodes[broken.index]?.partner).toBeNull();
    expect(answer.errors).toEqual([
      {
        message: expect.any(String),
        locations: expect.any(Array),
        path: ['site', 'products', 'nodes', broken.index, 'partner'],
        extensions: { code: expected.code, source: 'partner', retryable: expected.retryable },
      },
    ]);
    const { calls = 1 } = expected;
    const asked = { calls: products - 1 + calls, byKey: { [broken.partnerId]: calls } };
    expect(await gateway.partner.stats()).toMatchObject(asked);
  });

  test('a slow product is given up after the time of one attempt', async () => {
    await gateway.partner.faults({ keys: [broken.partnerId], fault: 'hang' });
    const before = performance.now();
    await gateway.ask(every(onFreshDay()));
    expect(performance.now() - before).toBeLessThan(3 * timeoutMs);
  });

  test('a redirect is not followed', async () => {
    await gateway.partner.faults({ keys: [broken.partnerId], fault: 'redirect', location: `${elsewhere.url}/login` });
    const answer = await gateway.ask<SiteAnswer>(every(onFreshDay()));
    expectOthersIntact(answer);
    expect(answer.errors).toMatchObject([
      { path: ['site', 'products', 'nodes', broken.index, 'partner'], extensions: badResponse },
    ]);
    expect(elsewhere.requests).toEqual([]);
  });

  test.each([
    ['"1,234"', '1,234'],
    ['an empty text', ''],
    ['null', null],
    ['true', true],
    ['"NaN"', 'NaN'],
    ['a hexadecimal number', '0x10'],
    ['a number with a space', ' 7'],
    ['a list', [7]],
    ['an object', { value: 7 }],
    ['more than a double can hold', { json: '1e999' }],
    ['more than a whole number can hold', { json: '9007199254740993' }],
    ['nothing', { json: undefined }],
  ])('%s in the place of a number is null and an error, never a number', async (_, value) => {
    const spoiled = typeof value === 'object' && value !== null && 'json' in value ? value : { value };
    await gateway.partner.faults({ keys: [broken.partnerId], fault: 'number', ...spoiled });
    const answer = await gateway.ask<SiteAnswer>(every(onFreshDay()));
    expectOthersIntact(answer);
    const { partner } = answer.data.site.products.nodes[broken.index] ?? {};
    expect(partner).toEqual({ impressions: null, clicks: null, orders: null, revenue: null, currency: 'EUR' });
    expect(answer.errors?.map(({ path, extensions }) => ({ figure: path?.at(-1), ...extensions }))).toEqual(
      ['impressions', 'clicks', 'orders', 'revenue'].map((figure) => ({ figure, source: 'partner', ...badResponse })),
    );
  });

  test.each([[-1], [1.5]])('%s is no count, though it is money', async (value) => {
    await gateway.partner.faults({ keys: [broken.partnerId], fault: 'number', value });
    const answer = await gateway.ask<SiteAnswer>(every(onFreshDay()));
    const { partner } = answer.data.site.products.nodes[broken.index] ?? {};
    expect(partner).toMatchObject({ impressions: null, clicks: null, orders: null, revenue: String(value) });
    expect(answer.errors).toHaveLength(3);
  });
});

describe('a partner that wants fewer calls', () => {
  test.each([
    { name: 'in seconds', retryAfter: 7, from: 1_000, to: 7_000 },
    { name: 'without a time', retryAfter: undefined, from: 0, to: 60_000 },
  ])('429 $name is SOURCE_RATE_LIMITED and says when to come back', async ({ retryAfter, from, to }) => {
    const gateway = await closing(startGateway({ products: 1, configure: impatient }));
    const rule = { keys: '*', fault: 'status', status: 429, ...(retryAfter && { retryAfter }) } as const;
    await gateway.partner.faults(rule);
    const answer = await gateway.ask<SiteAnswer>(every(onFreshDay()));
    expect(answer.status).toBe(200);
    expect(answer.data.site.products.nodes).toMatchObject([
      { googleAnalytics: { pageViews: expect.any(Number) }, partner: null },
    ]);
    expect(answer.errors).toMatchObject([
      {
        extensions: {
          code: 'SOURCE_RATE_LIMITED',
          source: 'partner',
          retryable: true,
          retryAfterMs: expect.any(Number),
        },
      },
    ]);
    const retryAfterMs = Number(answer.errors?.[0]?.extensions?.['retryAfterMs']);
    expect(retryAfterMs).toBeGreaterThanOrEqual(from);
    expect(retryAfterMs).toBeLessThanOrEqual(to);
    expect((await gateway.partner.stats()).calls).toBe(1);
  });
});

describe('a partner that cannot be reached', () => {
  test('costs the partner figures only', async () => {
    const nobody = await startBadServer({ refuses: true });
    const gateway = await closing(
      startGateway({
        products,
        configure(file) {
          impatient(file);
          Object.assign(file.sources.partner ?? {}, {
            url: `${nobody.url}/summary?product={partnerId}&from={start}&to={end}`,
          });
        },
      }),
    );
    const answer = await gateway.ask<SiteAnswer>(every(onFreshDay()));
    expect(answer.status).toBe(200);
    expect(answer.errors).toHaveLength(products);
    for (const { extensions } of answer.errors ?? []) {
      expect(extensions).toMatchObject({
        code: expect.stringMatching(/^(SOURCE_UNAVAILABLE|CIRCUIT_OPEN)$/),
        source: 'partner',
        retryable: true,
      });
    }
    expect(answer.errors?.[0]?.extensions).toEqual({ code: 'SOURCE_UNAVAILABLE', source: 'partner', retryable: true });
    for (const { googleAnalytics, partner } of answer.data.site.products.nodes) {
      expect({ googleAnalytics, partner }).toEqual({
        googleAnalytics: { pageViews: expect.any(Number) },
        partner: null,
      });
    }
  });
});

describe('a Google Analytics that fails', () => {
  let gateway: RunningGateway;

  beforeAll(async () => {
    gateway = await startGateway({ products, configure: impatient });
    // The first query takes the token that the others use.
    await gateway.ask(every(onFreshDay()));
  });
  beforeEach(() => gateway.google.reset());
  afterAll(() => gateway.close());

  function expectPartnerOnly({ status, data, errors }: Answer<SiteAnswer>, extensions: object): void {
    expect(status).toBe(200);
    for (const { googleAnalytics, partner } of data.site.products.nodes) {
      expect(googleAnalytics).toBeNull();
      expect(partner).toMatchObject({ orders: expect.any(Number), currency: 'EUR' });
    }
    expect(errors?.map(({ path }) => path)).toEqual(
      Array.from({ length: products }, (_, index) => ['site', 'products', 'nodes', index, 'googleAnalytics']),
    );
    for (const error of errors ?? []) {
      expect(error.extensions).toEqual({ source: 'googleAnalytics', ...extensions });
    }
  }

  const badResponse = { code: 'SOURCE_BAD_RESPONSE', retryable: false };
  test.each([
    { name: 'an HTML page', fault: 'html', ...badResponse },
    { name: 'a redirect', fault: 'redirect', ...badResponse },
    { name: 'a JSON text instead of a report', fault: 'status', status: 200, body: '"ok"', ...badResponse },
    { name: 'an empty object instead of a report', fault: 'status', status: 200, body: {}, ...badResponse },
    { name: 'nothing at all', fault: 'hang', code: 'SOURCE_TIMEOUT', retryable: true },
    { name: 'half a body and then nothing', fault: 'hang-body', code: 'SOURCE_TIMEOUT', retryable: true },
    { name: '403', fault: 'status', status: 403, code: 'SOURCE_REJECTED', retryable: false },
    // The last one: a report that Google calls wrong is not asked again for a while.
    { name: '400', fault: 'status', status: 400, code: 'SOURCE_REJECTED', retryable: false },
  ])('$name costs the Google figures, and nothing else', async ({ name: _, code, retryable, ...rule }) => {
    await gateway.google.faults({ keys: '*', ...rule } as FaultRule);
    expectPartnerOnly(await gateway.ask<SiteAnswer>(every(onFreshDay())), { code, retryable });
    expect((await gateway.google.stats()).calls).toBe(1);
  });

  test.each([
    ['tokensPerHour', 3_600_000],
    ['tokensPerDay', 86_400_000],
    ['tokensPerProjectPerHour', 3_600_000],
    ['serverErrorsPerProjectPerHour', 3_600_000],
    ['potentiallyThresholdedRequestsPerHour', 3_600_000],
    ['clientErrorsPerProjectPerQuarterHour', 900_000],
  ])('an empty quota says which and when: %s', async (bucket, longest) => {
    const own = await closing(startGateway({ products, configure: impatient }));
    await own.google.faults({ keys: '*', fault: 'quota', bucket });
    const answer = await own.ask<SiteAnswer>(every(onFreshDay()));
    const retryAfterMs = Number(answer.errors?.[0]?.extensions?.['retryAfterMs']);
    expectPartnerOnly(answer, { code: 'SOURCE_QUOTA_EXHAUSTED', retryable: true, bucket, retryAfterMs });
    expect(retryAfterMs).toBeGreaterThan(0);
    expect(retryAfterMs).toBeLessThanOrEqual(longest);
    expect((await own.google.stats()).calls).toBe(1);
  });

  test.each([
    {
      name: 'the concurrency quota',
      rule: { fault: 'quota', bucket: 'concurrentRequests' },
      code: 'SOURCE_QUOTA_EXHAUSTED',
    },
    { name: '503 of the API', rule: { fault: 'unavailable' }, code: 'SOURCE_UNAVAILABLE' },
    { name: 'a reset', rule: { fault: 'reset' }, code: 'SOURCE_UNAVAILABLE' },
    { name: 'a token endpoint that is down', rule: { fault: 'token-down' }, code: 'SOURCE_UNAVAILABLE' },
    { name: 'a token endpoint that is slow', rule: { fault: 'token-slow', ms: 10_000 }, code: 'SOURCE_TIMEOUT' },
  ])('$name costs the Google figures, and is worth another try', async ({ rule, code }) => {
    const own = await closing(startGateway({ products, configure: impatient }));
    await own.google.faults({ keys: '*', ...rule });
    const { data, errors, status } = await own.ask<SiteAnswer>(every(onFreshDay()));
    expect(status).toBe(200);
    expect(data.site.products.nodes.map(({ googleAnalytics }) => googleAnalytics)).toEqual(Array(products).fill(null));
    expect(data.site.products.nodes.map(({ partner }) => partner?.['currency'])).toEqual(Array(products).fill('EUR'));
    expect(errors).toHaveLength(products);
    for (const { extensions } of errors ?? []) {
      expect(extensions).toMatchObject({ code, source: 'googleAnalytics', retryable: true });
    }
    await own.google.reset();
    const healed = await own.ask<SiteAnswer>(every(onFreshDay()));
    expect(healed.errors).toBeUndefined();
  });

  test('a slow token endpoint within the limits costs nothing', async () => {
    const own = await closing(startGateway({ products: 1 }));
    await own.google.faults({ keys: '*', fault: 'token-slow', ms: 50 });
    expect((await own.ask(every(onFreshDay()))).errors).toBeUndefined();
    expect(await own.google.stats()).toMatchObject({ tokenCalls: 1, reports: 1 });
  });

  test.each([
    { name: 'held back for privacy', rule: { fault: 'thresholded', users: 1_000_000 } },
    { name: 'folded into (other)', rule: { fault: 'other-row' } },
  ])('rows that were $name are unknown, not 0', async ({ rule }) => {
    await gateway.google.faults({ keys: '*', ...rule });
    const on = onFreshDay();
    const query = `{ site(id: "shop") { products { nodes { googleAnalytics${on} { pageViews sessions engagementRate } } } } }`;
    const { data, errors, status } = await gateway.ask<SiteAnswer>(query);
    expect(status).toBe(200);
    expect(errors).toBeUndefined();
    const missing = data.site.products.nodes.filter(({ googleAnalytics }) => googleAnalytics?.['pageViews'] === null);
    expect(missing.length).toBeGreaterThan(0);
    for (const { googleAnalytics } of missing) {
      expect(googleAnalytics).toEqual({ pageViews: null, sessions: null, engagementRate: null });
    }
    expect(data.site.products.nodes.some(({ googleAnalytics }) => googleAnalytics?.['pageViews'] === 0)).toBe(false);
  });

  test('a row that a sampled report lacks is unknown, one that it has is a number', async () => {
    const before = addDays('2015-08-13', 100);
    const on = `(range: { start: "${before}", end: "${before}" })`;
    await gateway.google.faults({ keys: '*', fault: 'sampled', share: 0.5 });
    const query = (days: string) =>
      `{ site(id: "shop") { products { nodes { googleAnalytics${days} { pageViews sessions } } } } }`;
    const sampled = await gateway.ask<SiteAnswer>(query(onFreshDay()));
    expect(sampled.errors).toBeUndefined();
    expect(
      sampled.data.site.products.nodes.some(({ googleAnalytics }) => Number(googleAnalytics?.['pageViews']) > 0),
    ).toBe(true);
    const empty = await gateway.ask<SiteAnswer>(query(on));
    for (const { googleAnalytics } of empty.data.site.products.nodes) {
      expect(googleAnalytics).toEqual({ pageViews: null, sessions: null });
    }
  });

  test('a row that is missing where nothing was held back is 0 for counts, unknown for shares', async () => {
    const on = '(range: { start: "2016-01-01", end: "2016-01-02" })';
    const query = `{ product(id: "shop-red-shoe-1") { googleAnalytics${on} { pageViews sessions totalRevenue engagementRate } } }`;
    expect(await gateway.ask(query)).toMatchObject({
      data: { product: { googleAnalytics: { pageViews: 0, sessions: 0, totalRevenue: '0', engagementRate: null } } },
    });
  });
});

describe('the deadline of a request', () => {
  const deadlineMs = 400;

  test.each([
    { silent: 'partner', spoken: 'googleAnalytics' },
    { silent: 'googleAnalytics', spoken: 'partner' },
  ] as const)('is kept when $silent hangs: what is missing says so', async ({ silent, spoken }) => {
    const gateway = await closing(
      startGateway({
        products,
        configure: (file) => void Object.assign(file.server, { deadline: `${deadlineMs}ms` }),
      }),
    );
    await gateway.ask(every(onFreshDay()));
    await (silent === 'partner' ? gateway.partner : gateway.google).faults({ keys: '*', fault: 'hang' });
    const before = performance.now();
    const { status, data, errors } = await gateway.ask<SiteAnswer>(every(onFreshDay()));
    expect(performance.now() - before).toBeLessThan(3 * deadlineMs);
    expect(status).toBe(200);
    for (const node of data.site.products.nodes) {
      expect(node[silent]).toBeNull();
      expect(node[spoken]).not.toBeNull();
    }
    expect(errors).toHaveLength(products);
    for (const { path, extensions } of errors ?? []) {
      expect(path?.at(-1)).toBe(silent);
      expect(extensions).toEqual({ code: 'DEADLINE_EXCEEDED', source: silent, retryable: true });
    }
  });

  test('holds for what still waits for its turn', async () => {
    const gateway = await closing(
      startGateway({
        products,
        configure({ server, sources }) {
          Object.assign(server, { deadline: `${deadlineMs}ms` });
          Object.assign(sources.partner ?? {}, { concurrency: 2 });
        },
      }),
    );
    await gateway.partner.faults({ keys: '*', fault: 'hang' });
    const before = performance.now();
    const { errors } = await gateway.ask<SiteAnswer>(every(onFreshDay()));
    expect(performance.now() - before).toBeLessThan(3 * deadlineMs);
    expect(errors?.map(({ extensions }) => extensions?.['code'])).toEqual(Array(products).fill('DEADLINE_EXCEEDED'));
    expect((await gateway.partner.stats()).calls).toBe(2);
  });
});

describe('a client that goes away', () => {
  async function hangingGateway(concurrency: number) {
    const silent = await closing(startBadServer({}));
    const gateway = await closing(
      startGateway({
        products,
        configure: ({ sources: { partner } }) =>
          void Object.assign(partner ?? {}, {
            url: `${silent.url}/summary?product={partnerId}&from={start}&to={end}`,
            concurrency,
          }),
      }),
    );
    return { silent, gateway };
  }

  test('takes its partner calls with it, down to the sockets', async () => {
    const { silent, gateway } = await hangingGateway(products);
    const leave = new AbortController();
    const asked = gateway.ask(every(onFreshDay()), {}, { signal: leave.signal }).catch(() => 'gone');
    await until(() => silent.ledger.length === products, 'all products are asked for');
    leave.abort();
    expect(await asked).toBe('gone');
    await until(() => silent.connections.every(({ closedAt }) => closedAt !== undefined), 'every socket is closed');
    expect(new Set(silent.connections.map(({ closedBy }) => closedBy))).toEqual(new Set(['client']));
    expect(silent.ledger).toHaveLength(products);
  });

  test('never starts what still waits for its turn', async () => {
    const { silent, gateway } = await hangingGateway(2);
    const leave = new AbortController();
    const asked = gateway.ask(every(onFreshDay()), {}, { signal: leave.signal }).catch(() => 'gone');
    await until(() => silent.ledger.length === 2, 'the first two are asked for');
    leave.abort();
    await asked;
    await until(() => silent.connections.every(({ closedAt }) => closedAt !== undefined), 'every socket is closed');
    const leaveToo = new AbortController();
    const other = gateway.ask(every(onFreshDay()), {}, { signal: leaveToo.signal }).catch(() => 'gone');
    await until(() => silent.ledger.length > 2, 'the next request has its turn');
    const [, , ...days] = silent.ledger.map((target) => new URL(target, silent.url).searchParams.get('from'));
    expect(days).not.toContain(new URL(silent.ledger[0] ?? '', silent.url).searchParams.get('from'));
    leaveToo.abort();
    await other;
  });

  test('does not disturb another one that asks the same', async () => {
    const gateway = await closing(startGateway({ products: 1 }));
    await gateway.partner.faults({ keys: '*', fault: 'latency', ms: 200 });
    const query = `{ product(id: "shop-red-shoe-1") { partner${onFreshDay()} { orders } } }`;
    const leave = new AbortController();
    const gone = gateway.ask(query, {}, { signal: leave.signal }).catch(() => 'gone');
    await until(async () => (await gateway.partner.stats()).calls === 1, 'the partner is asked');
    const staying = gateway.ask(query);
    leave.abort();
    expect(await gone).toBe('gone');
    expect(await staying).toMatchObject({
      status: 200,
      data: { product: { partner: { orders: expect.any(Number) } } },
    });
  });

  test('leaves nothing behind, however early it goes', async () => {
    const { silent, gateway } = await hangingGateway(products);
    const query = `{ product(id: "shop-red-shoe-1") { partner${onFreshDay()} { orders } } }`;
    for (let round = 0; round < 20; round += 1) {
      const leave = new AbortController();
      const asked = gateway.ask(query, {}, { signal: leave.signal }).catch(() => 'gone');
      for (let turn = 0; turn < round; turn += 1) await new Promise((resolve) => setImmediate(resolve));
      leave.abort();
      expect(await asked).toBe('gone');
    }
    const count = (wanted: string) => gateway.events.filter(({ type }) => type === wanted).length;
    await until(
      () =>
        count('call.started') === count('call.finished') &&
        silent.connections.every(({ closedAt }) => closedAt !== undefined),
      'every call is over and every socket closed',
    );
  });
});
