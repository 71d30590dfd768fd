import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { addDays } from '../../src/demo/days.js';
import { createFakeClock } from '../helpers/fakeClock.js';
import { type CatalogFile, type RunningGateway, startGateway } from '../helpers/gateway.js';
import {
  countFigures,
  type Days,
  type Interval,
  type ReferenceFigures,
  shiftDays,
  splitDays,
  visitsOf,
} from '../helpers/referenceFigures.js';
import { withLimits } from '../helpers/tableGateway.js';

type Figures = Record<string, unknown> & { series?: Record<string, unknown>[]; quality?: Record<string, unknown> };
interface SiteAnswer {
  googleAnalytics: Figures;
  products: { nodes: { id: string; googleAnalytics: Figures }[] };
}

const allFigures = [
  'pageViews',
  'sessions',
  'activeUsers',
  'newUsers',
  'engagementRate',
  'averageSessionDuration',
  'bounceRate',
  'eventCount',
  'keyEvents',
  'totalRevenue',
] as const satisfies (keyof ReferenceFigures)[];
const pointFigures = ['pageViews', 'sessions', 'activeUsers'] as const;

/** The clocks of Berlin and New York change on these days; those of Tokyo never do. */
const clockChanges = { shop: ['2025-03-30', '2025-10-26'], outlet: ['2025-03-09', '2025-11-02'], studio: [] };
type SiteId = keyof typeof clockChanges;
const siteIds = Object.keys(clockChanges) as SiteId[];
const changeDays = Object.values(clockChanges).flat();

/** Products 0 and 2 take over the pages of those after them, which are products no more. */
function mergeProducts({ sites }: CatalogFile): void {
  for (const site of sites) {
    const [a, b, c, d, e, ...others] = site.products;
    const merge = (first: typeof a, ...more: (typeof a)[]) =>
      first && [{ ...first, googleAnalytics: [first, ...more].flatMap((product) => product?.googleAnalytics ?? []) }];
    site.products = [merge(a, b), merge(c, d, e), others].flatMap((list) => list ?? []);
  }
}

let gateway: RunningGateway;
/** Whose pages the pages of a product have become. */
let owners: Map<string, string>;

beforeAll(async () => {
  const clock = createFakeClock('2026-02-01T10:00:00.000Z');
  gateway = await startGateway({
    sites: 3,
    products: 8,
    clock,
    catalog: mergeProducts,
    configure: withLimits({ maxReports: 100 }),
  });
  owners = new Map(
    siteIds.flatMap((siteId) => {
      const ids = gateway.world.products.filter((product) => product.siteId === siteId).map(({ id }) => id);
      return ids.map((id, index) => [id, ids[[0, 0, 2, 2, 2][index] ?? index] ?? ''] as const);
    }),
  );
});
afterAll(() => gateway.close());

const rangeOf = ({ start, end }: Days, shift: string | null) =>
  `(range: { start: "${start}", end: "${end}"${shift === null ? '' : `, shift: ${shift}`} })`;
const settled = { sampledShare: null, thresholded: false, otherRow: false, complete: true };
const quality = 'quality { sampledShare thresholded otherRow complete }';

/** Within what doubles lose when they are divided and printed; counts are exact. */
function expected(reference: ReferenceFigures, names: readonly (keyof ReferenceFigures)[]): Record<string, unknown> {
  return Object.fromEntries(
    names.map((name) => {
      const value = reference[name];
      return [name, value === null || Number.isInteger(value) ? value : expect.closeTo(value, 9)];
    }),
  );
}

function received(figures: Figures, names: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(
    names.map((name) => [name, typeof figures[name] === 'string' ? Number(figures[name]) : figures[name]]),
  );
}

function expectFigures(figures: Figures, { siteId, days, isOurs, names, interval }: Expectation): void {
  const { world } = gateway;
  expect(received(figures, names)).toEqual(expected(countFigures(visitsOf(world, siteId, days), isOurs), names));
  expect(figures.quality).toEqual(settled);
  const points = splitDays(days, interval).map((part) => ({
    date: part.start,
    ...expected(countFigures(visitsOf(world, siteId, part), isOurs), pointFigures),
  }));
  expect(figures.series).toEqual(points);
}

interface Expectation {
  siteId: SiteId;
  days: Days;
  isOurs(productId: string): boolean;
  names: readonly (keyof ReferenceFigures)[];
  interval: Interval;
}

const start = fc.oneof(
  fc.tuple(fc.constantFrom(...changeDays), fc.integer({ min: -9, max: 0 })).map(([day, days]) => addDays(day, days)),
  fc.integer({ min: 0, max: 270 }).map((days) => addDays('2025-01-01', days)),
);
const days = fc
  .tuple(start, fc.oneof(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 13, max: 65 })))
  .map(([first, length]) => ({ start: first, end: addDays(first, length - 1) }));
const window = fc.record({ days, shift: fc.constantFrom(null, 'PREVIOUS_PERIOD', 'PREVIOUS_YEAR') });
const question = fc.record({
  sites: fc.subarray(siteIds, { minLength: 1 }),
  windows: fc.array(window, { minLength: 1, maxLength: 2 }),
  interval: fc.constantFrom<Interval>('DAY', 'WEEK', 'MONTH'),
  names: fc.subarray([...allFigures], { minLength: 1 }),
  first: fc.integer({ min: 1, max: 5 }),
});

describe('the figures of every product and site', () => {
  test('are those of a count of the visits, whatever range, shift, interval and selection', async () => {
    await fc.assert(
      fc.asyncProperty(question, async ({ sites, windows, interval, names, first }) => {
        const selection = `{ ${names.join(' ')} ${quality} series(interval: ${interval}) { date ${pointFigures.join(' ')} } }`;
        const fields = windows.flatMap(({ days, shift }, index) =>
          sites.map(
            (siteId) => `${siteId}${index}: site(id: "${siteId}") {
              googleAnalytics${rangeOf(days, shift)} ${selection}
              products(first: ${first}) { nodes { id googleAnalytics${rangeOf(days, shift)} ${selection} } }
            }`,
          ),
        );
        const { data, errors } = await gateway.ask<Record<string, SiteAnswer>>(`{ ${fields.join('\n')} }`);
        expect(errors).toBeUndefined();
        for (const [index, window] of windows.entries()) {
          const shifted = shiftDays(window.days, window.shift);
          for (const siteId of sites) {
            const site = data[`${siteId}${index}`];
            const common = { siteId, days: shifted, names, interval };
            expectFigures(site?.googleAnalytics ?? {}, { ...common, isOurs: () => true });
            expect(site?.products.nodes).toHaveLength(first);
            for (const { id, googleAnalytics } of site?.products.nodes ?? []) {
              expectFigures(googleAnalytics, { ...common, isOurs: (productId) => owners.get(productId) === id });
            }
          }
        }
      }),
      { numRuns: 20, seed: 5 },
    );
  });

  test.each(siteIds.flatMap((siteId) => clockChanges[siteId].map((day) => ({ siteId, day }))))(
    'of $siteId are whole on $day, when the clocks change',
    async ({ siteId, day }) => {
      const range = { start: addDays(day, -1), end: addDays(day, 1) };
      const selection = `{ ${allFigures.join(' ')} ${quality} series { date ${pointFigures.join(' ')} } }`;
      const { data, errors } = await gateway.ask<{ site: SiteAnswer }>(
        `{ site(id: "${siteId}") { googleAnalytics${rangeOf(range, null)} ${selection} } }`,
      );
      expect(errors).toBeUndefined();
      const common = { siteId, days: range, names: allFigures, interval: 'DAY' } as const;
      expectFigures(data.site.googleAnalytics, { ...common, isOurs: () => true });
    },
  );

  test('are 0 where there was nothing, in every interval, and unknown where nothing is divided by nothing', async () => {
    const range = { start: '2019-12-30', end: '2019-12-31' };
    const selection = `{ pageViews sessions engagementRate totalRevenue series { date pageViews sessions activeUsers } }`;
    const { data, errors } = await gateway.ask<{ site: SiteAnswer }>(
      `{ site(id: "shop") { googleAnalytics${rangeOf(range, null)} ${selection}
           products(first: 2) { nodes { id googleAnalytics${rangeOf(range, null)} ${selection} } } } }`,
    );
    expect(errors).toBeUndefined();
    const zero = { pageViews: 0, sessions: 0, activeUsers: 0 };
    const nothing = {
      pageViews: 0,
      sessions: 0,
      engagementRate: null,
      totalRevenue: '0',
      series: [
        { date: '2019-12-30', ...zero },
        { date: '2019-12-31', ...zero },
      ],
    };
    expect(data.site.googleAnalytics).toEqual(nothing);
    expect(data.site.products.nodes.map(({ googleAnalytics }) => googleAnalytics)).toEqual([nothing, nothing]);
  });

  test('tell a share of 0 from a share of nothing, though Google leaves out rows of zeros', async () => {
    const { id, day } = findBounced();
    const silent = rangeOf({ start: '2019-12-30', end: '2019-12-31' }, null);
    const rate = '{ engagementRate }';
    const { data, errors } = await gateway.ask(
      `{ product(id: "${id}") { seen: googleAnalytics${rangeOf({ start: day, end: day }, null)} ${rate} unseen: googleAnalytics${silent} ${rate} } site(id: "shop") { googleAnalytics${silent} ${rate} } }`,
    );
    expect(errors).toBeUndefined();
    expect(data).toEqual({
      product: { seen: { engagementRate: 0 }, unseen: { engagementRate: null } },
      site: { googleAnalytics: { engagementRate: null } },
    });
  });
});

/** A product and a day on which it was seen, but by nobody who stayed. */
function findBounced(): { id: string; day: string } {
  for (let day = '2024-01-01'; day < '2025-12-01'; day = addDays(day, 1)) {
    const visits = gateway.world.visits('shop', day);
    for (const id of new Set(owners.values())) {
      const { engagementRate } = countFigures(visits, (productId) => owners.get(productId) === id);
      if (engagementRate === 0) return { id, day };
    }
  }
  throw new Error('Everybody stays.');
}
