import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { validateAgainst } from '../helpers/discovery.js';
import { type RecordedGateway, startRecordedGateway } from '../helpers/recordedGateway.js';

const week = '(range: { start: "2026-03-02", end: "2026-03-08" })';
const before = '(range: { start: "2026-03-02", end: "2026-03-08", shift: PREVIOUS_YEAR })';
const selection = `{ pageViews sessions activeUsers newUsers engagementRate averageSessionDuration bounceRate eventCount
  keyEvents totalRevenue series(interval: WEEK) { date sessions } quality { complete } }`;
const messageOf: Record<string, string> = {
  runReport: 'RunReportRequest',
  batchRunReports: 'BatchRunReportsRequest',
  checkCompatibility: 'CheckCompatibilityRequest',
};

let gateway: RecordedGateway;

beforeAll(async () => {
  gateway = await startRecordedGateway({
    sites: 2,
    products: 8,
    // The first product has two pages.
    catalog({ sites }) {
      for (const { products } of sites) {
        const [first, second] = products.map(({ googleAnalytics = [] }) => googleAnalytics);
        Object.assign(products[0] ?? {}, { googleAnalytics: [...(first ?? []), ...(second ?? [])] });
      }
    },
  });
});
afterAll(() => gateway.close());

test.each([
  ['one report', `{ product(id: "shop-blue-bag-1") { googleAnalytics${week} { pageViews } } }`],
  [
    'two ranges',
    `{ product(id: "shop-blue-bag-1") { a: googleAnalytics${week} { keyEvents } b: googleAnalytics${before} { keyEvents } } }`,
  ],
  ['a series of days', `{ product(id: "shop-blue-bag-1") { googleAnalytics${week} { series { date pageViews } } } }`],
  ['a product of two pages', `{ product(id: "shop-red-shoe-1") { googleAnalytics${week} ${selection} } }`],
  ['a whole site', `{ site(id: "outlet") { googleAnalytics${week} ${selection} } }`],
  [
    'everything',
    `{ sites { googleAnalytics${before} ${selection} products { nodes { a: googleAnalytics${week} ${selection} b: googleAnalytics${before} ${selection} } } } }`,
  ],
])('every request for %s is one that Google describes', async (_, query) => {
  const known = gateway.recorder.requests.length;
  const { errors } = await gateway.ask(query);
  expect(errors).toBeUndefined();
  const requests = gateway.recorder.requests.slice(known);
  expect(requests.length).toBeGreaterThan(0);
  for (const { target, body } of requests) {
    const message = messageOf[/:(\w+)/.exec(target)?.[1] ?? ''] ?? `the request ${target}`;
    expect(validateAgainst(message, JSON.parse(body))).toEqual([]);
  }
});
