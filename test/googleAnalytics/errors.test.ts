import { afterEach, describe, expect, test } from '@jest/globals';
import { createFakeClock } from '../helpers/fakeClock.js';
import { onFreshDay } from '../helpers/freshDay.js';
import type { Answer, GatewayFile, GatewayOptions } from '../helpers/gateway.js';
import { googleErrors } from '../helpers/googleErrors.js';
import { type RecordedGateway, startRecordedGateway } from '../helpers/recordedGateway.js';
import { until } from '../helpers/until.js';

interface Node {
  googleAnalytics: Record<string, unknown> | null;
  partner: Record<string, unknown> | null;
}
interface SiteAnswer {
  site: { googleAnalytics: Record<string, unknown> | null; products: { nodes: Node[] } };
}

const products = 4;
const started: RecordedGateway[] = [];
afterEach(async () => {
  for (const each of started.splice(0)) await each.close();
});

async function ownGateway(options: GatewayOptions = {}): Promise<RecordedGateway> {
  const gateway = await startRecordedGateway({ products, ...options });
  started.push(gateway);
  return gateway;
}

/** Both sources' figures of every product, on a day that nobody asked about. */
const every = (on = onFreshDay(), figures = 'pageViews') =>
  `{ site(id: "shop") { products { nodes { googleAnalytics${on} { ${figures} } partner${on} { orders revenue currency } } } } }`;

function expectPartnerIntact({ status, data }: Answer<SiteAnswer>): void {
  expect(status).toBe(200);
  const { nodes } = data.site.products;
  expect(nodes).toHaveLength(products);
  for (const { partner } of nodes) {
    expect(partner).toEqual({ orders: expect.any(Number), revenue: expect.any(String), currency: 'EUR' });
  }
}

const impatient = ({ sources }: GatewayFile) => void Object.assign(sources.googleAnalytics ?? {}, { timeout: '1s' });

describe('what Google Analytics answers', () => {
  test.each(googleErrors)('$name: its figures say $code, and those of the partner are there', async (wrong) => {
    const { answer, code, retryable, bucket } = wrong;
    const gateway = await ownGateway();
    gateway.recorder.answerWith(() => answer);
    const told = await gateway.ask<SiteAnswer>(every());
    expectPartnerIntact(told);
    expect(told.data.site.products.nodes.map(({ googleAnalytics }) => googleAnalytics)).toEqual(
      Array(products).fill(null),
    );
    expect(told.errors).toHaveLength(products);
    for (const { message, path, extensions } of told.errors ?? []) {
      expect(path?.at(-1)).toBe('googleAnalytics');
      expect(extensions).toMatchObject({ code, retryable, source: 'googleAnalytics', ...(bucket && { bucket }) });
      expect(message).not.toMatch(/https?:|<|Exhausted|Field|developers\.google/);
    }
    // Too many at once is over in a moment, and a token may be too old; nothing else is asked again.
    const most = { 401: 2, 429: bucket === 'concurrentRequests' ? 4 : 1 }[answer.status ?? 200] ?? 1;
    expect(gateway.asked().length).toBeLessThanOrEqual(most);
  });

  test('once, and then as it should, is forgotten', async () => {
    const gateway = await ownGateway();
    await gateway.google.faults({ keys: '*', fault: 'unavailable', times: 1 });
    const on = onFreshDay();
    expect((await gateway.ask<SiteAnswer>(every(on))).errors).toHaveLength(products);
    const again = `{ site(id: "shop") { products { nodes { googleAnalytics${on.replace(')', ', maxAgeMs: 0)')} { pageViews } } } } }`;
    expect((await gateway.ask<SiteAnswer>(again)).errors).toBeUndefined();
  });

  test('to a token that it has withdrawn: a new one is taken, once', async () => {
    const gateway = await ownGateway();
    await gateway.ask(every());
    await gateway.google.faults({ keys: '*', fault: 'status', status: 401, times: 1 });
    const told = await gateway.ask<SiteAnswer>(every());
    expect(told.errors).toBeUndefined();
    expect(await gateway.google.stats()).toMatchObject({ calls: 3, tokenCalls: 2 });
  });
});

describe('the token endpoint', () => {
  async function expectRecovery(gateway: RecordedGateway): Promise<void> {
    await gateway.google.reset();
    const healed = await gateway.ask<SiteAnswer>(every());
    expect(healed.errors).toBeUndefined();
    expectPartnerIntact(healed);
  }

  test.each([
    { name: 'is down', rule: { fault: 'token-down' }, codes: ['SOURCE_UNAVAILABLE'], retryable: true },
    {
      name: 'is slow',
      rule: { fault: 'token-slow', ms: 60_000 },
      codes: ['SOURCE_TIMEOUT', 'SOURCE_UNAVAILABLE'],
      retryable: true,
    },
    { name: 'refuses', rule: { fault: 'token-refused' }, codes: ['SOURCE_REJECTED'], retryable: false },
  ])('$name: no report is asked, the partner is there, and it recovers', async ({ rule, codes, retryable }) => {
    const gateway = await ownGateway({ configure: impatient });
    await gateway.google.faults({ keys: ['token'], ...rule });
    const told = await gateway.ask<SiteAnswer>(every());
    expectPartnerIntact(told);
    expect(told.errors).toHaveLength(products);
    for (const { extensions } of told.errors ?? []) {
      expect(codes).toContain(extensions?.['code']);
      expect(extensions).toMatchObject({ source: 'googleAnalytics', retryable });
    }
    const { calls, tokenCalls } = await gateway.google.stats();
    expect(calls).toBe(0);
    // Not the auth library's four.
    expect(tokenCalls).toBeLessThanOrEqual(2);
    await expectRecovery(gateway);
  });
});

/** A metric that Google does not have. */
const withBogus = (schema: string) =>
  schema.replace(
    /type GoogleAnalyticsSummary \{/,
    '$&\n  "What Google has never heard of."\n  bogus: SafeInt @metric(name: "bogusMetric")',
  );
/** Two reports: the site's is wrong, that of its products is not. */
const twoReports = (on: string) =>
  `{ site(id: "shop") { googleAnalytics${on} { bogus } products { nodes { googleAnalytics${on} { pageViews } partner${on} { orders revenue currency } } } } }`;

describe('a batch with one wrong report', () => {
  function expectOnlyTheGuilty(told: Answer<SiteAnswer>): void {
    expectPartnerIntact(told);
    for (const { googleAnalytics } of told.data.site.products.nodes) {
      expect(googleAnalytics).toEqual({ pageViews: expect.any(Number) });
    }
    expect(told.errors).toHaveLength(1);
    expect(told.errors?.[0]?.path?.slice(0, 2)).toEqual(['site', 'googleAnalytics']);
    expect(told.errors?.[0]?.extensions).toMatchObject({ code: 'SOURCE_REJECTED', source: 'googleAnalytics' });
  }

  test('is taken apart once: only the guilty fails', async () => {
    const gateway = await ownGateway({ schema: withBogus });
    expectOnlyTheGuilty(await gateway.ask<SiteAnswer>(twoReports(onFreshDay())));
    expect(gateway.asked().map(({ reports }) => reports.length)).toEqual([2, 1, 1]);
  });

  test('teaches which one: it is not asked again for ten minutes', async () => {
    const clock = createFakeClock();
    const gateway = await ownGateway({ schema: withBogus, clock });
    const on = '(range: { start: "2025-06-02", end: "2025-06-02" })';
    expectOnlyTheGuilty(await gateway.ask<SiteAnswer>(twoReports(on)));
    const before = gateway.asked().length;
    expectOnlyTheGuilty(await gateway.ask<SiteAnswer>(twoReports(on)));
    expect(gateway.asked().length).toBe(before);
    await clock.advance(11 * 60_000);
    expectOnlyTheGuilty(await gateway.ask<SiteAnswer>(twoReports(on)));
    expect(gateway.asked().length).toBe(before + 1);
  });

  test('that fails for another reason is not taken apart', async () => {
    const gateway = await ownGateway({ schema: withBogus });
    await gateway.google.faults({ keys: '*', fault: 'unavailable' });
    const told = await gateway.ask<SiteAnswer>(twoReports(onFreshDay()));
    expectPartnerIntact(told);
    expect(told.errors?.length).toBe(products + 1);
    expect(gateway.asked()).toHaveLength(1);
  });

  test('costs its client errors, and does not stop the source', async () => {
    const gateway = await ownGateway({ schema: withBogus });
    for (let round = 0; round < 8; round += 1) {
      const told = await gateway.ask<SiteAnswer>(twoReports(onFreshDay()));
      expectOnlyTheGuilty(told);
    }
    const { sources } = (
      await gateway.ask<{ sources: { name: string; breaker: string }[] }>('{ sources { name breaker } }')
    ).data;
    expect(sources.find(({ name }) => name === 'googleAnalytics')?.breaker).toBe('CLOSED');
  });
});

describe('fields that do not go together', () => {
  test('are refused, and say so in their own place', async () => {
    const gateway = await ownGateway({
      catalog: ({ sites }) => {
        for (const site of sites)
          Object.assign(site, { googleAnalytics: { property: '123456789', dimension: 'itemId' } });
      },
    });
    const told = await gateway.ask<SiteAnswer>(every(onFreshDay(), 'eventCount'));
    expectPartnerIntact(told);
    expect(told.errors).toHaveLength(products);
    for (const { extensions } of told.errors ?? []) expect(extensions).toMatchObject({ code: 'SOURCE_REJECTED' });
  });
});

describe('a query that waits for its turn behind a report', () => {
  test('that fails is asked all the same', async () => {
    const gateway = await ownGateway();
    const release = gateway.recorder.holdBack();
    await gateway.google.faults({ keys: '*', fault: 'unavailable', times: 1 });
    const first = gateway.ask<SiteAnswer>(every());
    await until(() => gateway.asked().length === 1, 'the first report is on its way');
    const second = gateway.ask<SiteAnswer>(every());
    await until(() => gateway.wanted() === 2 * products, 'the second query waits');
    release();
    expect((await first).errors).toHaveLength(products);
    expect((await second).errors).toBeUndefined();
  });
});
