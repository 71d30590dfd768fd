import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type MetricFigure, metricKind } from '../../../src/figures.js';
import {
  answers,
  type GoogleAnalyticsKey,
  planReports,
  type ReportPlan,
} from '../../../src/sources/googleAnalytics/planner.js';

const figure = (metric: string): MetricFigure => {
  const kind = metricKind(metric);
  return { name: metric, type: 'Float', metric, kind, additive: kind === 'additive' };
};
const key = (parts: Partial<GoogleAnalyticsKey> = {}): GoogleAnalyticsKey => ({
  property: '123',
  dimension: 'pagePath',
  currency: 'EUR',
  timeZone: 'Europe/Berlin',
  keys: ['/p/a'],
  range: { start: '2026-01-01', end: '2026-01-31' },
  figures: [figure('sessions')],
  ...parts,
});
const views = figure('screenPageViews');

describe('reports of one batch', () => {
  test('are one for all products of a site, with every metric that any of them wants, once', () => {
    const keys = [
      key({ keys: ['/p/a'], figures: [figure('sessions'), views] }),
      key({ keys: ['/p/b'], figures: [views, figure('bounceRate')] }),
      key({ keys: ['/p/a', '/p/c'], figures: [views] }),
    ];
    expect(planReports(keys)).toEqual([
      {
        property: '123',
        dimension: 'pagePath',
        currency: 'EUR',
        range: { start: '2026-01-01', end: '2026-01-31' },
        metrics: ['sessions', 'screenPageViews', 'bounceRate'],
        keys: ['/p/a', '/p/b', '/p/c'],
      },
    ]);
  });

  test.each<[string, Partial<GoogleAnalyticsKey>]>([
    ['property', { property: '124' }],
    ['dimension', { dimension: 'itemId' }],
    ['currency', { currency: 'USD' }],
    ['first day', { range: { start: '2026-01-02', end: '2026-01-31' } }],
    ['last day', { range: { start: '2026-01-01', end: '2026-02-01' } }],
  ])('are two for keys with another %s', (_, other) => {
    const plans = planReports([key(), key(other)]);
    expect(plans).toHaveLength(2);
    expect(plans[1]).toMatchObject(other);
  });

  test('of no keys are none', () => {
    expect(planReports([])).toEqual([]);
  });

  test('leave out what must not be summed over the several keys of a product', () => {
    const [plan, ...more] = planReports([
      key({ keys: ['/p/a', '/p/b'], figures: [figure('sessions'), views, figure('bounceRate')] }),
    ]);
    expect([plan?.metrics, more]).toEqual([['screenPageViews'], []]);
  });

  test.each([
    [10, 1],
    [11, 2],
    [20, 2],
    [21, 3],
  ])('of %d metrics are %d', (count, reports) => {
    const figures = Array.from({ length: count }, (_, index) => figure(`customMetric${index}`));
    expect(planReports([key({ figures })])).toHaveLength(reports);
  });
});

describe('whatever the keys', () => {
  const metrics = [
    'screenPageViews',
    'sessions',
    'bounceRate',
    ...Array.from({ length: 22 }, (_, index) => `keyEvents:e${index}`),
  ];
  const day = fc.constantFrom('2026-01-01', '2026-01-02');
  const anyKey = fc.record({
    property: fc.constantFrom('1', '2'),
    dimension: fc.constantFrom('pagePath', 'itemId'),
    currency: fc.constantFrom('EUR', 'USD'),
    timeZone: fc.constant('Europe/Berlin'),
    keys: fc.uniqueArray(fc.constantFrom('/a', '/b', '["', 'é', '(other)', '/c'), { minLength: 1, maxLength: 3 }),
    range: day.map((start) => ({ start, end: '2026-01-03' })),
    figures: fc.subarray(metrics).map((names) => names.map(figure)),
  });
  const batches = fc.array(anyKey, { maxLength: 12 });

  test('each figure of each key that may be read is in exactly one report, together with all values of its key', () => {
    function check(key: GoogleAnalyticsKey, plans: readonly ReportPlan[]): void {
      for (const { metric, additive } of key.figures) {
        const holding = plans.filter((plan) => answers(plan, key, metric));
        if (additive || key.keys.length === 1) expect(holding).toHaveLength(1);
        for (const plan of holding) {
          expect(plan).toMatchObject({
            property: key.property,
            dimension: key.dimension,
            currency: key.currency,
            range: key.range,
          });
          expect(plan.metrics).toContain(metric);
          expect(plan.keys).toEqual(expect.arrayContaining([...key.keys]));
        }
      }
    }
    fc.assert(
      fc.property(batches, (keys) => {
        const plans = planReports(keys);
        for (const each of keys) check(each, plans);
      }),
    );
  });

  test('no report has more than 10 metrics, a repeated one, or one that no key wants', () => {
    function check(plan: ReportPlan, keys: readonly GoogleAnalyticsKey[]): void {
      expect(plan.metrics.length).toBeLessThanOrEqual(10);
      expect(new Set(plan.metrics).size).toBe(plan.metrics.length);
      expect(new Set(plan.keys).size).toBe(plan.keys.length);
      const wanted = keys.flatMap((key) =>
        key.figures.map(({ metric }) => metric).filter((metric) => answers(plan, key, metric)),
      );
      expect(new Set(wanted)).toEqual(new Set(plan.metrics));
    }
    fc.assert(
      fc.property(batches, (keys) => {
        for (const plan of planReports(keys)) check(plan, keys);
      }),
    );
  });

  test('the reports are as few as can be: only the last of a group may have room for more', () => {
    fc.assert(
      fc.property(batches, (keys) => {
        const groups = new Map<string, number[]>();
        for (const { metrics: names, keys: _, ...group } of planReports(keys)) {
          const name = JSON.stringify(group);
          groups.set(name, [...(groups.get(name) ?? []), names.length]);
        }
        for (const sizes of groups.values()) expect(sizes.slice(0, -1).every((size) => size === 10)).toBe(true);
      }),
    );
  });

  test('the same keys make the same plan, and keys that come twice change nothing', () => {
    fc.assert(
      fc.property(batches, (keys) => {
        const plans = planReports(keys);
        expect(planReports(structuredClone(keys))).toEqual(plans);
        expect(planReports([...keys, ...keys])).toEqual(plans);
      }),
    );
  });
});
