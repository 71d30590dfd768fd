import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { GatewayOptions } from '../helpers/gateway.js';
import { type AskedReport, type RecordedGateway, startRecordedGateway } from '../helpers/recordedGateway.js';
import { countFigures, visitsOf } from '../helpers/referenceFigures.js';
import { until } from '../helpers/until.js';

interface Nodes {
  products: { nodes: { id: string; [field: string]: unknown }[] };
}

const started: RecordedGateway[] = [];
afterEach(async () => {
  for (const each of started.splice(0)) await each.close();
});

async function ownGateway(options: GatewayOptions = {}): Promise<RecordedGateway> {
  const gateway = await startRecordedGateway(options);
  started.push(gateway);
  return gateway;
}

const week = { start: '2026-03-02', end: '2026-03-08' };
const weekBefore = { start: '2026-02-23', end: '2026-03-01' };
const on = ({ start, end }: typeof week) => `(range: { start: "${start}", end: "${end}" })`;
const twelve =
  'pageViews sessions activeUsers newUsers engagementRate averageSessionDuration bounceRate eventCount keyEvents totalRevenue carts images';
/** Two more figures, one of them a metric of the customer's own. */
const twoMore = (schema: string) =>
  schema.replace(
    /type GoogleAnalyticsSummary \{/,
    `$&
      "How often something was put into a cart."
      carts: SafeInt @metric(name: "addToCarts")
      "Images that were looked at."
      images: SafeInt @metric(name: "customEvent:images_viewed")`,
  );
const metricsOf = ({ metrics = [] }: AskedReport) => metrics.map(({ name }) => name);
const keysOf = ({ dimensionFilter }: AskedReport) => dimensionFilter?.filter?.inListFilter?.values ?? [];

describe('100 products, 12 metrics, 2 ranges', () => {
  let gateway: RecordedGateway;
  let nodes: Nodes['products']['nodes'];

  beforeAll(async () => {
    gateway = await startRecordedGateway({ products: 100, schema: twoMore });
    const { data, errors } = await gateway.ask<{ site: Nodes }>(`{ site(id: "shop") { products(first: 100) { nodes {
      id now: googleAnalytics${on(week)} { ${twelve} } before: googleAnalytics${on(weekBefore)} { ${twelve} }
    } } } }`);
    expect(errors).toBeUndefined();
    nodes = data.site.products.nodes;
  });
  afterAll(() => gateway.close());

  test('are one call with two reports', async () => {
    expect(await gateway.google.stats()).toMatchObject({ calls: 1, reports: 2, tokenCalls: 1 });
    const [call, ...others] = gateway.asked();
    expect(others).toEqual([]);
    expect(call).toMatchObject({ method: 'batchRunReports', property: '123456789' });
  });

  test('ask each metric once, and both ranges and all products in each report, with the limit written out', () => {
    const reports = gateway.asked()[0]?.reports ?? [];
    expect(reports.map((report) => metricsOf(report).length).sort((a, b) => b - a)).toEqual([10, 2]);
    expect(new Set(reports.flatMap(metricsOf)).size).toBe(12);
    for (const report of reports) {
      const ranges = report.dateRanges.map(({ startDate, endDate }) => ({ start: startDate, end: endDate }));
      expect(ranges).toEqual(expect.arrayContaining([week, weekBefore]));
      expect(ranges).toHaveLength(2);
      expect(report.dateRanges.map(({ name = '' }) => name)).not.toContainEqual(
        expect.stringMatching(/^$|^date_range_|^RESERVED_/),
      );
      expect(new Set(keysOf(report)).size).toBe(100);
      expect(Number(report.limit)).toBeGreaterThanOrEqual(200);
      expect(report).toMatchObject({ currencyCode: 'EUR', returnPropertyQuota: true });
    }
  });

  test('are answered with the figures of each range', () => {
    expect(nodes).toHaveLength(100);
    for (const [field, days] of [['now', week] as const, ['before', weekBefore] as const]) {
      const visits = visitsOf(gateway.world, 'shop', days);
      for (const node of nodes) {
        const { pageViews, sessions, activeUsers, eventCount } = countFigures(visits, (id) => id === node.id);
        expect(node[field]).toMatchObject({ pageViews, sessions, activeUsers, eventCount });
      }
    }
  });
});

describe('a large site', () => {
  test('of 2,000 products is read whole in one report rather than by 2,000 keys', async () => {
    const gateway = await ownGateway({ products: 2000 });
    const selection = `nodes { id googleAnalytics${on({ start: '2026-03-02', end: '2026-03-02' })} { pageViews sessions totalRevenue } }`;
    const { data, errors } = await gateway.ask<Record<'a' | 'b', Nodes>>(
      `{ a: site(id: "shop") { products(first: 1000) { ${selection} } } b: site(id: "shop") { products(last: 1000) { ${selection} } } }`,
    );
    expect(errors).toBeUndefined();
    expect(await gateway.google.stats()).toMatchObject({ calls: 1, reports: 1 });
    expect(gateway.asked()[0]?.reports.flatMap(keysOf)).toEqual([]);
    const nodes = [data.a, data.b].flatMap(({ products }) => products.nodes);
    expect(new Set(nodes.map(({ id }) => id)).size).toBe(2000);
    const visits = gateway.world.visits('shop', '2026-03-02');
    const views = new Map<string, number>();
    for (const id of visits.flatMap(({ productIds }) => productIds)) views.set(id, (views.get(id) ?? 0) + 1);
    for (const { id, googleAnalytics } of nodes) {
      expect(googleAnalytics).toMatchObject({ pageViews: views.get(id) ?? 0 });
    }
  });

  test('is asked for a few of its products by their keys', async () => {
    const gateway = await ownGateway({ products: 2000 });
    await gateway.ask(
      `{ site(id: "shop") { products(first: 30) { nodes { googleAnalytics${on(week)} { sessions } } } } }`,
    );
    const [report] = gateway.asked()[0]?.reports ?? [];
    expect(report && keysOf(report)).toHaveLength(30);
  });
});

describe('several sites in one query', () => {
  test('are one call for each property, at the same time', async () => {
    const gateway = await ownGateway({ products: 5, sites: 3 });
    const release = gateway.recorder.holdBack();
    const asking = gateway.ask<{ sites: Nodes[] }>(
      `{ sites { googleAnalytics${on(week)} { sessions } products { nodes { googleAnalytics${on(week)} { sessions } } } } }`,
    );
    await until(() => gateway.asked().length === 3, 'three calls wait');
    release();
    const { errors } = await asking;
    expect(errors).toBeUndefined();
    expect(await gateway.google.stats()).toMatchObject({
      calls: 3,
      reports: 6,
      byKey: { '123456789': 1, '234567900': 1, '345679011': 1 },
    });
    const currencies = gateway.asked().map(({ reports }) => new Set(reports.map((report) => report.currencyCode)));
    expect(currencies.flatMap((set) => [...set]).sort()).toEqual(['EUR', 'JPY', 'USD']);
  });
});

describe('what a query asks', () => {
  test('of a site as a whole has no dimension, and travels with its products', async () => {
    const gateway = await ownGateway({ products: 5 });
    await gateway.ask(
      `{ site(id: "shop") { googleAnalytics${on(week)} { sessions } products { nodes { googleAnalytics${on(week)} { sessions } } } } }`,
    );
    const [call, ...others] = gateway.asked();
    expect(others).toEqual([]);
    const dimensions = call?.reports.map((report) => (report.dimensions ?? []).map(({ name }) => name));
    expect(dimensions).toEqual(expect.arrayContaining([[], ['pagePath']]));
    expect(dimensions).toHaveLength(2);
  });

  test('and its shifts, up to four ranges, is one report', async () => {
    const gateway = await ownGateway({ products: 3 });
    const { start, end } = week;
    const shifted = (shift: string) => `(range: { start: "${start}", end: "${end}", shift: ${shift} })`;
    const { errors } = await gateway.ask(`{ product(id: "shop-red-shoe-1") {
      now: googleAnalytics${on(week)} { sessions } earlier: googleAnalytics${on({ start: '2026-01-05', end: '2026-01-11' })} { sessions }
      period: googleAnalytics${shifted('PREVIOUS_PERIOD')} { sessions } year: googleAnalytics${shifted('PREVIOUS_YEAR')} { sessions }
    } }`);
    expect(errors).toBeUndefined();
    expect(await gateway.google.stats()).toMatchObject({ calls: 1, reports: 1 });
    const ranges = gateway.asked()[0]?.reports[0]?.dateRanges.map(({ startDate }) => startDate) ?? [];
    expect([...ranges].sort()).toEqual(['2025-03-02', '2026-01-05', '2026-02-23', '2026-03-02']);
  });

  test('twice is one report, and none the second time', async () => {
    const gateway = await ownGateway({ products: 3 });
    const field = `googleAnalytics${on(week)} { sessions series(interval: DAY) { date pageViews } }`;
    const query = `{ a: product(id: "shop-red-shoe-1") { ${field} } b: product(id: "shop-red-shoe-1") { ${field} } }`;
    const first = await gateway.ask(query);
    expect(first.errors).toBeUndefined();
    const { calls, reports } = await gateway.google.stats();
    expect(calls).toBe(1);
    expect(await gateway.ask(query)).toMatchObject({ data: first.data });
    expect(await gateway.google.stats()).toMatchObject({ calls, reports });
  });

  test('of what is not selected is nothing', async () => {
    const gateway = await ownGateway({ products: 3 });
    const { errors } = await gateway.ask('{ sites { id name products { nodes { id name } } } }');
    expect(errors).toBeUndefined();
    expect(await gateway.google.stats()).toMatchObject({ calls: 0, tokenCalls: 0 });
  });
});
