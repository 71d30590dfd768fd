import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { addDays } from '../../src/demo/days.js';
import { type Asked, startTableGateway, type TableGateway } from '../helpers/tableGateway.js';

let gateway: TableGateway;

beforeAll(async () => {
  gateway = await startTableGateway({
    products: 12,
    sites: 2,
    catalog({ sites: [shop] }) {
      for (const [index, product] of (shop?.products ?? []).entries()) {
        if (index === 2) delete product.googleAnalytics;
        if (index === 5) product.partner = null;
      }
    },
  });
});
afterAll(() => gateway.close());

const orders = ['', 'NAME', 'PAGE_VIEWS', 'ENGAGEMENT_RATE', 'PARTNER_REVENUE', 'COMBINED_ORDERS_PER_SESSION'] as const;
const filters = [
  '',
  'name: { contains: "e" }',
  'googleAnalytics: { pageViews: { gte: 8 } }',
  'partner: { orders: { gt: 0 } }',
  'name: { contains: "bag" }, partner: { orders: { gte: 0 } }',
  'combined: { ordersPerSession: { gte: 0 } }',
  'googleAnalytics: { sessions: { gt: 3 } }, not: { partner: { clicks: { lt: 2 } } }',
] as const;
const selections = [
  'googleAnalytics(RANGE) { pageViews sessions }',
  'partner(RANGE) { orders revenue }',
  'combined(RANGE) { ordersPerSession }',
  'combined(RANGE) { revenuePerPageView freshness { state } }',
] as const;
const totals = [
  '',
  'totals { partner(RANGE) { orders } }',
  'totals { googleAnalytics(RANGE) { pageViews } partner(RANGE) { revenue } }',
] as const;

const operation = fc.record({
  site: fc.constantFrom('shop', 'outlet'),
  by: fc.constantFrom(...orders),
  filter: fc.constantFrom(...filters),
  first: fc.integer({ min: 0, max: 12 }),
  selected: fc.subarray([...selections]),
  total: fc.constantFrom(...totals),
  ofSite: fc.boolean(),
  /** How many products are known before. */
  known: fc.integer({ min: 0, max: 6 }),
});
type Operation = typeof operation extends fc.Arbitrary<infer T> ? T : never;

/** Every question is about days of its own, so that nothing of it is known unless it was asked for on purpose. */
let day = '2024-01-01';

function write({ site, by, filter, first, selected, total, ofSite }: Operation, range: string): string {
  const args = [
    `first: ${first}`,
    by && `orderBy: { by: ${by}${by === 'NAME' ? '' : `, ${range}`} }`,
    filter && `filter: { ${filter}, ${range} }`,
  ].filter(Boolean);
  const text = `{ site(id: "${site}") { ${ofSite ? 'partner(RANGE) { orders }' : ''}
    products(${args.join(', ')}) { nodes { id ${selected.join(' ')} } ${total} } } }`;
  return text.replaceAll('RANGE', range);
}

interface Outcome {
  planned: Asked & { isEstimate: boolean };
  asked: Asked;
  /** What would be asked if it were run once more. */
  left: Asked;
}

/** Plans an operation over days that nothing is known of, beside what is asked for on purpose; and runs it. */
async function planAndRun(parts: Operation): Promise<Outcome> {
  day = addDays(day, 1);
  const range = `range: { start: "${day}", end: "${day}" }`;
  await gateway.ask(
    `{ site(id: "${parts.site}") { products(first: ${parts.known}) { nodes { partner(${range}) { orders } } } } }`,
  );
  await gateway.asked();
  const query = write(parts, range);
  const planned = await planOf(query);
  expect(await gateway.asked()).toEqual({ partner: 0, reports: 0 });
  expect((await gateway.ask(query)).errors).toBeUndefined();
  const asked = await gateway.asked();
  const { isEstimate: _, ...left } = await planOf(query);
  return { planned, asked, left };
}

async function planOf(query: string): Promise<Outcome['planned']> {
  const { partner, googleAnalytics, isEstimate } = await gateway.app.plan({ query });
  return { partner: partner.calls.length, reports: googleAnalytics.reports.length, isEstimate };
}

/** Exactly what is asked, or where it is an estimate, the most that it can be. */
function expectKept(what: keyof Asked, { planned, asked }: Outcome): void {
  if (planned.isEstimate) expect(asked[what]).toBeLessThanOrEqual(planned[what]);
  else expect(asked[what]).toBe(planned[what]);
}

const simple: Operation = {
  site: 'outlet',
  by: '',
  filter: '',
  first: 3,
  selected: [],
  total: '',
  ofSite: false,
  known: 0,
};

describe('the plan of a table', () => {
  test('holds the partner calls that are made then, or the most that can be, and asks nobody', async () => {
    const estimates: boolean[] = [];
    const property = fc.asyncProperty(operation, async (parts) => {
      const outcome = await planAndRun(parts);
      expectKept('partner', outcome);
      expect(outcome.left).toEqual({ partner: 0, reports: 0 });
      estimates.push(outcome.planned.isEstimate);
    });
    await fc.assert(property, { numRuns: 60, seed: 11 });
    expect(new Set(estimates)).toEqual(new Set([true, false]));
  }, 60_000);

  test('holds the reports that are asked for then, or the most that can be', async () => {
    const property = fc.asyncProperty(operation, async (parts) => expectKept('reports', await planAndRun(parts)));
    await fc.assert(property, { numRuns: 60, seed: 11 });
  }, 60_000);

  test.each<[string, Partial<Operation>]>([
    ['an order by the partner behind a filter by Google', { by: 'PARTNER_REVENUE', filter: filters[2] }],
    ['an order by both behind a filter by Google', { by: 'COMBINED_ORDERS_PER_SESSION', filter: filters[2] }],
    ['an order by Google', { by: 'PAGE_VIEWS', selected: [selections[1]] }],
    ['a filter by Google', { filter: filters[2], selected: [selections[1]] }],
  ])('is an estimate where unknown figures decide whom the partner is asked about: %s', async (_, parts) => {
    const { planned, asked } = await planAndRun({ ...simple, ...parts });
    expect(planned.isEstimate).toBe(true);
    expect(asked.partner).toBeLessThanOrEqual(planned.partner);
  });

  test('is the most that it can be, though the page that it guesses holds a product that the partner does not know', async () => {
    const { planned, asked } = await planAndRun({
      ...simple,
      site: 'shop',
      by: 'PAGE_VIEWS',
      first: 1,
      selected: [selections[1]],
    });
    expect(asked.partner).toBe(1);
    expect(planned).toMatchObject({ partner: 1, isEstimate: true });
  });

  test('counts every page whose products are not known, because two may have none in common', async () => {
    day = addDays(day, 1);
    const range = `range: { start: "${day}", end: "${day}" }`;
    const list = (direction: string) =>
      `products(first: 4, orderBy: { by: SESSIONS, direction: ${direction}, ${range} }) { nodes { partner(${range}) { orders } } }`;
    const query = `{ site(id: "outlet") { most: ${list('DESC')} least: ${list('ASC')} } }`;
    await gateway.asked();
    const planned = await planOf(query);
    expect(planned).toMatchObject({ partner: 8, isEstimate: true });
    expect((await gateway.ask(query)).errors).toBeUndefined();
    expect((await gateway.asked()).partner).toBe(8);
  });

  test.each<[string, Partial<Operation>]>([
    ['combined figures on a page ordered by Google', { by: 'ENGAGEMENT_RATE', selected: [selections[2]] }],
    ['totals of Google beside an order by Google', { by: 'ENGAGEMENT_RATE', total: totals[2] }],
    ['totals of Google beside a filter by both', { filter: filters[5], total: totals[2] }],
    ['two combined figures, one of them the order', { by: 'COMBINED_ORDERS_PER_SESSION', selected: [selections[3]] }],
  ])('does not promise fewer reports than are asked for: %s', async (_, parts) => {
    const { planned, asked } = await planAndRun({ ...simple, ...parts });
    expect(asked.reports).toBeLessThanOrEqual(planned.reports);
  });
});
