import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { addDays } from '../../src/demo/days.js';
import { createFakeClock } from '../helpers/fakeClock.js';
import { type RunningGateway, startGateway } from '../helpers/gateway.js';

let gateway: RunningGateway;
/** Every question is about days of its own, so that nothing of it is known. */
let day = '2015-09-01';

beforeAll(async () => {
  gateway = await startGateway({
    sites: 3,
    products: 12,
    clock: createFakeClock('2025-12-10T10:00:00.000Z'),
    configure: ({ sources }) => void Object.assign(sources.googleAnalytics ?? {}, { keysPerReport: 5 }),
    catalog({ sites }) {
      // Every third product has two pages.
      for (const { products } of sites) {
        for (const [index, product] of products.entries()) {
          const more = products[(index + 1) % products.length]?.googleAnalytics?.[0] ?? '';
          if (index % 3 === 0) product.googleAnalytics = [...(product.googleAnalytics ?? []), more];
        }
      }
    },
  });
});
beforeEach(() => Promise.all([gateway.google.reset(), gateway.partner.reset()]));
afterAll(() => gateway.close());

const part = fc.record({
  site: fc.constantFrom('shop', 'outlet', 'studio'),
  figures: fc.subarray(['pageViews', 'sessions', 'activeUsers', 'engagementRate', 'totalRevenue'], { minLength: 1 }),
  series: fc.constantFrom('', ' series { date pageViews }', ' series(interval: MONTH) { sessions }'),
  first: fc.integer({ min: 0, max: 12 }),
  isWhole: fc.boolean(),
  days: fc.integer({ min: 1, max: 40 }),
  shift: fc.constantFrom('', ', shift: PREVIOUS_PERIOD'),
  withPartner: fc.boolean(),
});
type Part = typeof part extends fc.Arbitrary<infer T> ? T : never;

/** The world has no visitors in these years, and so many days to ask about. */
function write({ site, figures, series, first, isWhole, days, shift, withPartner }: Part, index: number): string {
  const range = `(range: { start: "${day}", end: "${addDays(day, days - 1)}"${shift} })`;
  const selection = `googleAnalytics${range} { ${figures.join(' ')}${series} }`;
  const products =
    first > 0
      ? `products(first: ${first}) { nodes { ${selection} ${withPartner ? `partner${range} { orders }` : ''} } }`
      : '';
  return `part${index}: site(id: "${site}") { id ${isWhole ? selection : ''} ${products} }`;
}

describe('the plan of a query', () => {
  test('asks nobody, and is what is asked when the query runs', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(part, { minLength: 1, maxLength: 3 }), async (parts) => {
        day = addDays(day, 41 * 3);
        const query = `{ ${parts.map(write).join(' ')} }`;
        const before = { google: await gateway.google.stats(), partner: await gateway.partner.stats() };
        const plan = await gateway.app.plan({ query });
        expect(await gateway.google.stats()).toEqual(before.google);
        expect(await gateway.partner.stats()).toEqual(before.partner);
        expect((await gateway.ask(query)).errors).toBeUndefined();
        const after = { google: await gateway.google.stats(), partner: await gateway.partner.stats() };
        expect({
          calls: after.google.calls - before.google.calls,
          reports: after.google.reports - before.google.reports,
          partner: after.partner.calls - before.partner.calls,
        }).toEqual({
          calls: plan.googleAnalytics.calls,
          reports: plan.googleAnalytics.reports.length,
          partner: plan.partner.calls.length,
        });
      }),
      { numRuns: 25, seed: 7 },
    );
  });

  test('estimates the tokens that Google then takes', async () => {
    const range = '(range: { start: "2025-01-01", end: "2025-03-31" })';
    const query = `{ site(id: "shop") { googleAnalytics${range} { sessions } products { nodes { googleAnalytics${range} { pageViews totalRevenue series { date pageViews } } } } } }`;
    const plan = await gateway.app.plan({ query });
    const { extensions } = await gateway.ask(query);
    const taken = 14_000 - Number(extensions.sources['googleAnalytics']?.['quota']);
    expect(taken).toBeGreaterThan(0);
    expect(plan.googleAnalytics.tokens).toBeGreaterThanOrEqual(taken / 3);
    expect(plan.googleAnalytics.tokens).toBeLessThanOrEqual(taken * 3);
  });
});
