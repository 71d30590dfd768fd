import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { boundReports, countCalls, estimateTokens } from '../../../src/sources/googleAnalytics/cost.js';
import {
  type Cell,
  maxOwnReports,
  needsOwnReport,
  planReports,
  type ReportPlan,
} from '../../../src/sources/googleAnalytics/planner.js';

const cell = (keys: readonly string[], metric: string): Cell => ({
  property: '1',
  dimension: 'pagePath',
  currency: 'EUR',
  timeZone: 'Europe/Berlin',
  keys,
  range: { start: '2026-01-01', end: '2026-01-28' },
  interval: null,
  metric,
});
const report = (parts: Partial<ReportPlan>): ReportPlan => ({
  property: '1',
  dimension: 'pagePath',
  currency: 'EUR',
  interval: null,
  byKey: true,
  ranges: [{ start: '2026-01-01', end: '2026-01-28' }],
  metrics: ['sessions'],
  keys: ['/a'],
  scan: null,
  offset: 0,
  limit: 10,
  ...parts,
});
const metricNames = (count: number) => Array.from({ length: count }, (_, index) => `metric${index}`);

describe('the calls of reports', () => {
  test.each<[string[], number]>([
    [[], 0],
    [['1'], 1],
    [['1', '1', '1', '1', '1'], 1],
    [['1', '1', '1', '1', '1', '1'], 2],
    [['1', '2', '1'], 2],
  ])('of the properties %j are %i', (properties, calls) => {
    expect(countCalls(properties.map((property) => report({ property })))).toBe(calls);
  });
});

describe('the tokens of a report', () => {
  test.each<[string, Partial<ReportPlan>, number]>([
    ['a short and narrow one', {}, 1],
    ['10 metrics of a day', { metrics: metricNames(10), ranges: [{ start: '2026-01-01', end: '2026-01-01' }] }, 2],
    ['a year', { ranges: [{ start: '2025-01-01', end: '2025-12-31' }] }, 7],
  ])('are what was measured: %s', (_, parts, tokens) => {
    expect(estimateTokens(report(parts))).toBe(tokens);
  });

  test('are never fewer for more metrics, days or ranges', () => {
    const day = fc.integer({ min: 10, max: 28 }).map((each) => `2026-01-${each}`);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 9 }), day, fc.boolean(), (count, end, byKey) => {
        const ranges = [{ start: '2026-01-01', end }];
        const few = estimateTokens(report({ byKey, metrics: metricNames(count), ranges }));
        expect(few).toBeGreaterThanOrEqual(1);
        expect(estimateTokens(report({ byKey, metrics: metricNames(count + 1), ranges }))).toBeGreaterThanOrEqual(few);
        expect(
          estimateTokens(report({ byKey, metrics: metricNames(count), ranges: [...ranges, ...ranges] })),
        ).toBeGreaterThanOrEqual(few);
      }),
    );
  });
});

describe('the most reports of one selection', () => {
  const additive = ['screenPageViews', 'eventCount', 'keyEvents'];
  const others = ['sessions', 'activeUsers', 'bounceRate', ...metricNames(9)];
  const keyCounts = fc.array(fc.oneof({ weight: 3, arbitrary: fc.constant(1) }, fc.integer({ min: 2, max: 60 })), {
    maxLength: 60,
  });
  const metrics = fc.subarray([...additive, ...others], { minLength: 1 });

  test('are at least those that are planned, however the keys are spread over the products', () => {
    fc.assert(
      fc.property(
        keyCounts,
        metrics,
        fc.oneof(
          fc.integer({ min: 1, max: 10 }),
          fc.nat(150).map((n) => n + 1),
        ),
        (counts, names, keysPerReport) => {
          const products = counts.map((count, index) => Array.from({ length: count }, (_, key) => `/${index}/${key}`));
          const several = products.filter((keys) => keys.length > 1);
          // As cells are handed out: so many products at most may have reports of their own.
          const granted = new Set(several.slice(0, maxOwnReports));
          const cells = products
            .flatMap((keys) => names.map((name) => ({ keys, cell: cell(keys, name) })))
            .filter((each) => !needsOwnReport(each.cell) || granted.has(each.keys))
            .map((each) => each.cell);
          const most = boundReports({ metrics: names.length, keysPerReport, withSeveralKeys: several.length });
          expect(planReports(cells, { keysPerReport }).length).toBeLessThanOrEqual(most);
        },
      ),
      { numRuns: 500 },
    );
  });

  test('are enough when no two products fit into one report, because together they have more keys than it may list', () => {
    const products = Array.from({ length: 83 }, (_, index) =>
      ['a', 'b', 'c', 'd', 'e', 'f'].map((key) => `/${index}/${key}`),
    );
    const planned = planReports(
      products.map((keys) => cell(keys, 'screenPageViews')),
      { keysPerReport: 10 },
    );
    expect(planned).toHaveLength(83);
    expect(boundReports({ metrics: 1, keysPerReport: 10, withSeveralKeys: 83 })).toBeGreaterThanOrEqual(83);
  });

  test('do not grow with the number of products, because a long list is read as a whole', () => {
    const products = Array.from({ length: 5_000 }, (_, index) => [`/${index}`]);
    const planned = planReports(
      products.map((keys) => cell(keys, 'sessions')),
      { keysPerReport: 100 },
    );
    expect(planned).toHaveLength(1);
    expect(boundReports({ metrics: 1, keysPerReport: 100, withSeveralKeys: 0 })).toBeLessThan(20);
  });
});
