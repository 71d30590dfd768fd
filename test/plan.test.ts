import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { formatPlan } from '../src/commands/plan.js';
import { type RunningGateway, startGateway } from './helpers/gateway.js';

let gateway: RunningGateway;
const twelve = `pageViews sessions activeUsers newUsers engagementRate averageSessionDuration bounceRate eventCount keyEvents totalRevenue engaged perSession`;

beforeAll(async () => {
  gateway = await startGateway({
    products: 100,
    schema: (text) =>
      text.replace(
        '  totalRevenue: Decimal',
        `  engaged: SafeInt @metric(name: "engagedSessions")
  perSession: Float @metric(name: "screenPageViewsPerSession")
  unknown: Float @metric(name: "customEvent:nobody")
  whole: SafeInt @metric(name: "keyEvents:purchase")
  totalRevenue: Decimal`,
      ),
  });
});
afterAll(() => gateway.close());

const page = (fields: string, first = 100) =>
  `{ site(id: "shop") { products(first: ${first}) { nodes { ${fields} } } } }`;
const compared = page(`
  now: googleAnalytics { ${twelve} }
  before: googleAnalytics(range: { shift: PREVIOUS_PERIOD }) { ${twelve} }
  partner { orders }`);

describe('the plan of an operation', () => {
  test('is one call of two reports for 100 products with 12 metrics over 2 ranges, and a call for each at the partner', async () => {
    const { googleAnalytics, partner } = await gateway.app.plan({ query: compared });
    expect(googleAnalytics).toMatchObject({
      calls: 1,
      reports: [{ metrics: { length: 10 } }, { metrics: { length: 2 } }],
    });
    for (const { keys, ranges, limit } of googleAnalytics.reports) {
      expect([keys.length, ranges.length, limit]).toEqual([100, 2, 200]);
    }
    expect(partner.calls).toHaveLength(100);
    expect(partner.refreshes).toBe(0);
  });

  test('asks nobody', async () => {
    await gateway.google.reset();
    await gateway.partner.reset();
    await gateway.app.plan({ query: compared });
    expect([(await gateway.google.stats()).calls, (await gateway.partner.stats()).calls]).toEqual([0, 0]);
  });

  test('is what is asked then', async () => {
    const { googleAnalytics } = await gateway.app.plan({ query: compared });
    await gateway.google.reset();
    expect((await gateway.ask(compared)).errors).toBeUndefined();
    const { calls, reports } = await gateway.google.stats();
    expect({ calls, reports }).toEqual({ calls: googleAnalytics.calls, reports: googleAnalytics.reports.length });
  });

  test('says what is wrong with an operation', async () => {
    await expect(gateway.app.plan({ query: '{ nothing }' })).rejects.toThrow('Cannot query field "nothing"');
  });

  test('is told in words', async () => {
    const range = '(range: { start: "2026-01-01", end: "2026-01-31" })';
    const query = `{ site(id: "shop") { googleAnalytics${range} { series(interval: WEEK) { sessions } } products(first: 1) { nodes {
      googleAnalytics${range} { pageViews } partner${range} { orders } } } } }`;
    const [partnerId = ''] = gateway.world.products.map((product) => product.partnerId ?? '');
    expect(formatPlan(await gateway.app.plan({ query }))).toEqual([
      'Google Analytics: 2 reports in 1 call, about 2 tokens',
      '  property 123456789: the whole site by week, at most 5 rows a page, about 1 token',
      '    2026-01-01 to 2026-01-31',
      '    sessions',
      '  property 123456789: 1 pagePath, at most 1 row a page, about 1 token',
      '    2026-01-01 to 2026-01-31',
      '    screenPageViews',
      'Partner: 1 call',
      `  ${partnerId} 2026-01-01 to 2026-01-31`,
    ]);
  });
});

describe('a metric that Google does not know', () => {
  test('costs its own figure only, and is not asked for again for a while', async () => {
    const query = (day: string) =>
      page(`googleAnalytics(range: { start: "${day}", end: "${day}" }) { pageViews unknown }`, 2);
    await gateway.google.reset();
    const { data, errors } = await gateway.ask<{ site: { products: { nodes: unknown[] } } }>(query('2026-02-03'));
    expect(data.site.products.nodes).toEqual(
      Array.from({ length: 2 }, () => ({ googleAnalytics: { pageViews: expect.any(Number), unknown: null } })),
    );
    expect(errors?.map(({ message, path }) => [message, path?.at(-1)])).toEqual(
      Array.from({ length: 2 }, () => ['Google Analytics refused customEvent:nobody (400).', 'unknown']),
    );
    expect(await gateway.google.stats()).toMatchObject({ calls: 2, reports: 2 });
    await gateway.ask(query('2026-02-04'));
    expect(await gateway.google.stats()).toMatchObject({ calls: 3, reports: 3 });
  });

  test('is found by comparing with what the property has, and so is a wrong type', async () => {
    expect(await gateway.app.checkFields()).toEqual([
      {
        place: 'schema',
        message: 'property 123456789: GoogleAnalyticsSummary.unknown: there is no metric customEvent:nobody.',
      },
      {
        place: 'schema',
        message:
          'property 123456789: GoogleAnalyticsSummary.whole: keyEvents:purchase may have a fraction (TYPE_FLOAT), which SafeInt does not hold; use Float or Decimal.',
      },
    ]);
  });
});
