import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { metricKind } from '../../../src/metricKinds.js';
import { planRest } from '../../../src/sources/googleAnalytics/paging.js';
import {
  type Cell,
  countRows,
  needsOwnReport,
  type PlannedReport,
  planReports,
} from '../../../src/sources/googleAnalytics/planner.js';

const january = { start: '2026-01-01', end: '2026-01-31' };
const february = { start: '2026-02-01', end: '2026-02-28' };
const options = { keysPerReport: 500 };

const cell = (parts: Partial<Cell> = {}): Cell => ({
  property: '123',
  dimension: 'pagePath',
  currency: 'EUR',
  timeZone: 'Europe/Berlin',
  keys: ['/p/a'],
  range: january,
  interval: null,
  metric: 'sessions',
  ...parts,
});

/** Every product with every metric over every range. */
function cellsOf(counts: { products: number; metrics: number; ranges?: number }, parts: Partial<Cell> = {}): Cell[] {
  const list = (count: number) => Array.from({ length: count }, (_, index) => index);
  return list(counts.products).flatMap((product) =>
    list(counts.metrics).flatMap((metric) =>
      list(counts.ranges ?? 1).map((range) =>
        cell({
          keys: [`/p/${product}`],
          metric: `keyEvents:e${metric}`,
          range: { start: `2026-01-0${range + 1}`, end: '2026-01-31' },
          ...parts,
        }),
      ),
    ),
  );
}

const site = { dimension: null, keys: [] };
const shapeOf = ({ cells: _, ...plan }: PlannedReport) => plan;

describe('reports of one tick', () => {
  test('are one for all products, metrics and ranges of a site', () => {
    const [plan, ...more] = planReports(
      [
        cell({ keys: ['/p/a'] }),
        cell({ keys: ['/p/b'], metric: 'bounceRate' }),
        cell({ keys: ['/p/a', '/p/c'], metric: 'screenPageViews', range: february }),
      ],
      options,
    );
    expect(more).toEqual([]);
    expect(plan && shapeOf(plan)).toEqual({
      property: '123',
      dimension: 'pagePath',
      currency: 'EUR',
      interval: null,
      byKey: true,
      ranges: [january, february],
      metrics: ['sessions', 'bounceRate', 'screenPageViews'],
      keys: ['/p/a', '/p/b', '/p/c'],
      scan: null,
      offset: 0,
      limit: 6,
    });
  });

  test.each([
    [{ products: 100, metrics: 12, ranges: 2 }, 2],
    [{ products: 500, metrics: 10, ranges: 4 }, 1],
    [{ products: 1, metrics: 11, ranges: 5 }, 4],
    [{ products: 2_000, metrics: 3 }, 1],
    [{ products: 0, metrics: 3 }, 0],
  ])('of %j are %d', (counts, reports) => {
    expect(planReports(cellsOf(counts), options)).toHaveLength(reports);
  });

  test.each<[string, Partial<Cell>]>([
    ['property', { property: '124' }],
    ['dimension', { dimension: 'itemId' }],
    ['currency', { currency: 'USD' }],
    ['interval', { interval: 'WEEK' }],
    ['subject, the site as a whole', site],
  ])('are two for cells with another %s', (_, other) => {
    expect(planReports([cell(), cell(other)], options)).toHaveLength(2);
  });

  test('leave the column of the keys out for what must not be summed over them, and for the site as a whole', () => {
    const several = { keys: ['/p/a', '/p/b'] };
    const plans = planReports([cell(several), cell({ ...several, metric: 'screenPageViews' }), cell(site)], options);
    expect(plans.map(({ byKey, keys, metrics }) => [byKey, keys, metrics])).toEqual([
      [false, ['/p/a', '/p/b'], ['sessions']],
      [true, ['/p/a', '/p/b'], ['screenPageViews']],
      [false, [], ['sessions']],
    ]);
  });

  test('list no more keys than they may, but keep those of one product together', () => {
    const cells = [...cellsOf({ products: 5, metrics: 1 }), cell({ keys: ['/x', '/y', '/z'], metric: 'eventCount' })];
    const plans = planReports(cells, { keysPerReport: 2 });
    expect(plans.map(({ keys }) => keys)).toEqual([['/p/0', '/p/1'], ['/p/2', '/p/3'], ['/p/4'], ['/x', '/y', '/z']]);
  });

  test('read the whole table for most of a site, or what begins like all its keys', () => {
    const [byStart] = planReports(cellsOf({ products: 501, metrics: 1 }), options);
    expect(byStart).toMatchObject({ scan: '/p/', limit: 10_000 });
    const mixed = [...cellsOf({ products: 501, metrics: 1 }), cell({ keys: ['/q'], metric: 'keyEvents:e0' })];
    expect(planReports(mixed, options)).toMatchObject([{ scan: '' }]);
  });

  test('write out as many rows as there can be: one for each key, range and interval', () => {
    const limitOf = (cells: Cell[]) => planReports(cells, options)[0]?.limit;
    expect(limitOf(cellsOf({ products: 40, metrics: 2, ranges: 2 }))).toBe(80);
    expect(limitOf(cellsOf({ products: 40, metrics: 2 }, { interval: 'DAY' }))).toBe(40 * 31);
    expect(limitOf([cell({ ...site, interval: 'WEEK', range: february })])).toBe(5);
    expect(
      limitOf(
        cellsOf(
          { products: 2_000, metrics: 1 },
          { interval: 'DAY', range: { start: '2025-01-01', end: '2025-12-31' } },
        ),
      ),
    ).toBe(250_000);
  });
});

describe('what is still to be asked after a page', () => {
  const list = planReports(cellsOf({ products: 3, metrics: 1 }), options)[0] as PlannedReport;
  const scan = planReports(cellsOf({ products: 600, metrics: 1 }), options)[0] as PlannedReport;
  const seenBut = (count: number) => new Set(scan.keys.slice(count));

  test('is nothing for a list that has all its rows', () => {
    expect(planRest(list, { rows: 3, rowCount: 3, seen: new Set() }, options)).toEqual([]);
    expect(planRest(list, { rows: 1, rowCount: 1, seen: new Set() }, options)).toEqual([]);
  });

  test('is the next page of a list that was cut off', () => {
    const long = { ...list, limit: 2 };
    expect(planRest(long, { rows: 2, rowCount: 3, seen: new Set() }, options)).toEqual([{ ...long, offset: 2 }]);
  });

  test('is nothing for a table of which nothing is left, or nothing that is wanted', () => {
    expect(planRest(scan, { rows: 700, rowCount: 700, seen: seenBut(5) }, options)).toEqual([]);
    expect(planRest(scan, { rows: 10_000, rowCount: 90_000, seen: seenBut(0) }, options)).toEqual([]);
  });

  test('is the next page, or a list of what is missing where that takes no more reports', () => {
    const page = { rows: 10_000, rowCount: 20_000, seen: seenBut(600) };
    expect(planRest(scan, page, options)).toEqual([{ ...scan, offset: 10_000 }]);
    expect(planRest(scan, { ...page, seen: seenBut(2) }, options)).toMatchObject([
      { scan: null, keys: ['/p/0', '/p/1'], offset: 0, limit: 2 },
    ]);
  });
});

describe('whatever the cells', () => {
  const metrics = [
    'screenPageViews',
    'sessions',
    'bounceRate',
    ...Array.from({ length: 22 }, (_, i) => `keyEvents:e${i}`),
  ];
  const day = fc.constantFrom(...Array.from({ length: 6 }, (_, index) => `2026-01-0${index + 1}`));
  const anyCell: fc.Arbitrary<Cell> = fc.record({
    property: fc.constantFrom('1', '2'),
    dimension: fc.constantFrom('pagePath', 'itemId'),
    currency: fc.constantFrom('EUR', 'USD'),
    timeZone: fc.constant('Europe/Berlin'),
    keys: fc.uniqueArray(fc.constantFrom('/a', '/b', '["', 'é', '__proto__', '/c'), { maxLength: 3 }),
    range: day.map((start) => ({ start, end: '2026-01-09' })),
    interval: fc.constantFrom(null, 'DAY' as const, 'MONTH' as const),
    metric: fc.constantFrom(...metrics),
  });
  const ticks = fc.array(anyCell, { maxLength: 60 });
  const limits = fc.constantFrom({ keysPerReport: 1 }, { keysPerReport: 2 }, options);

  test('each is in exactly one report, which holds what it needs', () => {
    fc.assert(
      fc.property(ticks, limits, (cells, limit) => {
        const plans = planReports(cells, limit);
        expect(plans.flatMap((plan) => plan.cells).toSorted(byText)).toEqual(cells.toSorted(byText));
        for (const plan of plans) {
          for (const held of plan.cells) {
            expect(plan).toMatchObject({ property: held.property, dimension: held.dimension, currency: held.currency });
            expect(plan.interval).toBe(held.interval);
            expect(plan.byKey).toBe(held.keys.length > 0 && !needsOwnReport(held));
            expect(plan.metrics).toContain(held.metric);
            expect(plan.ranges).toContainEqual(held.range);
            expect(plan.keys).toEqual(expect.arrayContaining([...held.keys]));
            // Without the column of the keys there is one row for all of them, so they must be the cell's own.
            if (!plan.byKey) expect(plan.keys).toEqual(held.keys);
          }
        }
      }),
    );
  });

  test('no report is over a limit, asks for anything twice, or for what no cell wants', () => {
    fc.assert(
      fc.property(ticks, limits, (cells, limit) => {
        for (const plan of planReports(cells, limit)) {
          const most = Math.max(limit.keysPerReport, ...plan.cells.map(({ keys }) => keys.length));
          expect([plan.metrics.length <= 10, plan.ranges.length <= 4, plan.keys.length <= most]).toEqual([
            true,
            true,
            true,
          ]);
          expect(new Set(plan.metrics)).toEqual(new Set(plan.cells.map(({ metric }) => metric)));
          expect(new Set(plan.keys).size).toBe(plan.keys.length);
          expect(new Set(plan.ranges.map(({ start }) => start)).size).toBe(plan.ranges.length);
          expect(plan.limit).toBe(countRows(plan));
          expect(plan.limit).toBeGreaterThan(0);
        }
      }),
    );
  });

  test('the same cells make the same plan, and what cannot be summed never shares a row', () => {
    fc.assert(
      fc.property(ticks, limits, (cells, limit) => {
        const plans = planReports(cells, limit);
        expect(planReports(structuredClone(cells), limit)).toEqual(plans);
        for (const { byKey, cells: held } of plans) {
          for (const { keys, metric } of held)
            if (byKey && keys.length > 1) expect(metricKind(metric)).toBe('additive');
        }
      }),
    );
  });

  function byText(a: Cell, b: Cell): number {
    return JSON.stringify(a) < JSON.stringify(b) ? -1 : 1;
  }
});
