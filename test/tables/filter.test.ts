import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { freshDay } from '../helpers/freshDay.js';
import { createGaps, type ReferenceRow, referenceTable } from '../helpers/referenceTable.js';
import { startTableGateway, type TableGateway } from '../helpers/tableGateway.js';

let gateway: TableGateway;
const withoutGoogle = 'shop-green-lamp-1';
const withoutPartner = 'shop-white-scarf-1';
const gaps = createGaps({ google: [withoutGoogle], partner: [withoutPartner] });
const { knownTo } = gaps;

beforeAll(async () => {
  gateway = await startTableGateway({
    products: 30,
    catalog: gaps.catalog,
  });
});
beforeEach(async () => {
  await Promise.all([gateway.google.reset(), gateway.partner.reset()]);
  await gateway.asked();
});
afterAll(() => gateway.close());

const written = ({ start, end }: { start: string; end: string }) => `range: { start: "${start}", end: "${end}" }`;
const figure = (row: ReferenceRow, name: string) => row.figures[name] ?? null;
const is = (row: ReferenceRow, name: string, holds: (value: number) => boolean) => {
  const value = figure(row, name);
  return value !== null && holds(value);
};

interface Case {
  readonly filter: string;
  /** What the filter says, without knowing how. */
  readonly passes: (row: ReferenceRow) => boolean;
}

const cases: Case[] = [
  { filter: 'name: { contains: "SHOE" }', passes: ({ name }) => name.includes('Shoe') },
  { filter: 'name: { eq: "Red Shoe 1" }', passes: ({ name }) => name === 'Red Shoe 1' },
  { filter: 'name: { in: ["Blue Bag 1", "No Bag"] }', passes: ({ name }) => name === 'Blue Bag 1' },
  { filter: 'googleAnalytics: { pageViews: { gte: 10 } }', passes: (row) => is(row, 'PAGE_VIEWS', (n) => n >= 10) },
  {
    filter: 'googleAnalytics: { pageViews: { gt: 5, lte: 15 } }',
    passes: (row) => is(row, 'PAGE_VIEWS', (n) => n > 5 && n <= 15),
  },
  {
    filter: 'googleAnalytics: { engagementRate: { lt: 0.6 } }',
    passes: (row) => is(row, 'ENGAGEMENT_RATE', (n) => n < 0.6),
  },
  { filter: 'partner: { orders: { gt: 0 } }', passes: (row) => is(row, 'PARTNER_ORDERS', (n) => n > 0) },
  { filter: 'partner: { orders: { eq: 0 } }', passes: (row) => is(row, 'PARTNER_ORDERS', (n) => n === 0) },
  { filter: 'partner: { revenue: { gte: "0.01" } }', passes: (row) => is(row, 'PARTNER_REVENUE', (n) => n >= 0.01) },
  { filter: 'partner: { currency: { in: ["EUR", "USD"] } }', passes: (row) => is(row, 'PARTNER_ORDERS', () => true) },
  {
    filter: 'combined: { ordersPerSession: { gt: 0 } }',
    passes: (row) => is(row, 'COMBINED_ORDERS_PER_SESSION', (n) => n > 0),
  },
  {
    filter: 'googleAnalytics: { pageViews: { gte: 5 } }, partner: { clicks: { gte: 2 } }',
    passes: (row) => is(row, 'PAGE_VIEWS', (n) => n >= 5) && is(row, 'PARTNER_CLICKS', (n) => n >= 2),
  },
  {
    filter:
      'and: [{ name: { contains: "e" } }, { or: [{ partner: { orders: { gt: 0 } } }, { name: { contains: "bag" } }] }]',
    passes: (row) => row.name.includes('e') && (is(row, 'PARTNER_ORDERS', (n) => n > 0) || row.name.includes('Bag')),
  },
  {
    filter: 'not: { googleAnalytics: { pageViews: { gte: 10 } } }',
    passes: (row) => is(row, 'PAGE_VIEWS', (n) => n < 10),
  },
  {
    filter: 'not: { or: [{ partner: { clicks: { gt: 3 } } }, { name: { contains: "Lamp" } }] }',
    passes: (row) => is(row, 'PARTNER_CLICKS', (n) => n <= 3) && !row.name.includes('Lamp'),
  },
  { filter: 'or: []', passes: () => false },
  { filter: 'and: []', passes: () => true },
];

describe('a filter', () => {
  const range = freshDay();
  let rows: ReferenceRow[];
  beforeAll(() => {
    rows = referenceTable(gateway.world, range, knownTo);
  });

  test.each(cases)('{ $filter } lists exactly what it holds for', async ({ filter, passes }) => {
    const list = await gateway.list(`first: 30, filter: { ${filter}, ${written(range)} }`);
    expect(list.answer.errors).toBeUndefined();
    expect(list.ids).toEqual(rows.filter(passes).map(({ id }) => id));
    expect(list.totalCount).toBe(list.ids.length);
    expect(list.ranking).toEqual({ complete: true, missing: 0, reasons: [] });
  });

  test('holds neither for a figure that does not exist, nor does its opposite', async () => {
    const positive = await gateway.list(`first: 30, filter: { partner: { orders: { gte: 0 } }, ${written(range)} }`);
    const negative = await gateway.list(
      `first: 30, filter: { not: { partner: { orders: { lt: 0 } } }, ${written(range)} }`,
    );
    for (const { ids } of [positive, negative]) {
      expect(ids).not.toContain(withoutPartner);
      expect(ids).toHaveLength(29);
    }
  });

  test('takes its range over to what stands inside, and what stands inside may have another', async () => {
    const other = freshDay();
    const views = (row: ReferenceRow) => figure(row, 'PAGE_VIEWS') ?? 0;
    const inside = `${written(other)}, googleAnalytics: { pageViews: { gte: 10 } }`;
    const { ids } = await gateway.list(
      `first: 30, filter: { ${written(range)}, and: [{ googleAnalytics: { pageViews: { gte: 10 } } }, { ${inside} }] }`,
    );
    const then = referenceTable(gateway.world, other, knownTo);
    const both = rows.filter((row, index) => views(row) >= 10 && views(then[index] ?? row) >= 10);
    expect(ids).toEqual(both.map(({ id }) => id));
    expect(both.length).toBeLessThan(rows.filter((row) => views(row) >= 10).length);
  });

  test('works together with ids, search and an order', async () => {
    const { ids } = await gateway.list(
      `first: 30, ids: ["shop-red-shoe-1", "shop-blue-bag-1", "shop-nothing"], search: "bag", orderBy: { by: NAME }, filter: { name: { contains: "1" } }`,
    );
    expect(ids).toEqual(['shop-blue-bag-1']);
  });
});

describe('what a filter asks the sources', () => {
  const filtered = (filter: string, rest = '') => gateway.list(`first: 30, filter: { ${filter} } ${rest}`);

  test('is nothing for names', async () => {
    await filtered('name: { contains: "shoe" }');
    expect(await gateway.asked()).toEqual({ partner: 0, reports: 0 });
  });

  test('is one report for any number of figures of Google', async () => {
    await filtered(
      `${written(freshDay())}, googleAnalytics: { pageViews: { gt: 1 }, sessions: { gt: 1 }, keyEvents: { lt: 9 } }`,
    );
    expect(await gateway.asked()).toEqual({ partner: 0, reports: 1 });
  });

  test('is the partner only for products whose names leave the decision to it', async () => {
    const shoes = gateway.world.products.filter(({ name }) => name.includes('Shoe'));
    await filtered(`${written(freshDay())}, name: { contains: "shoe" }, partner: { orders: { gt: 0 } }`);
    const { byKey } = await gateway.partner.stats();
    expect(Object.keys(byKey).toSorted()).toEqual(shoes.map(({ partnerId }) => partnerId).toSorted());
  });

  test('is the partner only for products that Google lets through', async () => {
    const range = freshDay();
    const popular = referenceTable(gateway.world, range, knownTo).filter((row) =>
      is(row, 'PAGE_VIEWS', (n) => n >= 12),
    );
    await filtered(`${written(range)}, googleAnalytics: { pageViews: { gte: 12 } }, partner: { clicks: { gt: 1 } }`);
    const asked = popular.filter(({ id }) => id !== withoutPartner);
    expect(asked.length).toBeLessThan(29);
    expect(await gateway.asked()).toEqual({ partner: asked.length, reports: 1 });
  });

  test('is the partner for nobody whom an alternative has let through already', async () => {
    const bags = gateway.world.products.filter(({ name }) => name.includes('Bag'));
    await filtered(`${written(freshDay())}, or: [{ name: { contains: "bag" } }, { partner: { orders: { gt: 0 } } }]`);
    const { byKey } = await gateway.partner.stats();
    expect(Object.keys(byKey)).toHaveLength(29 - bags.length);
    for (const { partnerId } of bags) expect(byKey).not.toHaveProperty(partnerId ?? '');
  });

  test('is no second time what the page then shows', async () => {
    const day = written(freshDay());
    const list = await gateway.list(
      `first: 30, filter: { ${day}, partner: { clicks: { gte: 0 } } }`,
      `partner(${day}) { clicks revenue }`,
    );
    expect(list.nodes).toHaveLength(29);
    expect(await gateway.asked()).toEqual({ partner: 29, reports: 0 });
  });
});

describe('a filter by figures that cannot be had', () => {
  test('leaves their products out, counts them, and says why', async () => {
    await gateway.partner.faults({ keys: ['P-1001', 'P-1002'], fault: 'status', status: 404 });
    const { answer, ids, ranking } = await gateway.list(
      `first: 30, filter: { ${written(freshDay())}, partner: { orders: { gte: 0 } } }`,
    );
    expect(answer.errors).toBeUndefined();
    expect(ids).toHaveLength(27);
    expect(ranking).toEqual({ complete: false, missing: 2, reasons: ['SOURCE_NOT_FOUND'] });
  });

  test('counts nobody about whom something else has decided', async () => {
    await gateway.partner.faults({ keys: ['P-1001'], fault: 'status', status: 404 });
    const { ids, ranking } = await gateway.list(
      `first: 30, filter: { ${written(freshDay())}, or: [{ name: { eq: "Red Shoe 1" } }, { partner: { orders: { gte: 0 } } }] }`,
    );
    expect(ids).toContain('shop-red-shoe-1');
    expect(ranking).toEqual({ complete: true, missing: 0, reasons: [] });
  });

  test('lists nothing by a figure of Google while Google is down, and asks the partner for nobody in vain', async () => {
    await gateway.google.faults({ keys: '*', fault: 'unavailable' });
    const { answer, ids, ranking } = await gateway.list(
      `first: 30, filter: { ${written(freshDay())}, googleAnalytics: { pageViews: { gt: 0 } } }`,
    );
    expect(answer.errors).toBeUndefined();
    expect(ids).toEqual([]);
    expect(ranking).toEqual({ complete: false, missing: 29, reasons: ['SOURCE_UNAVAILABLE'] });
    expect((await gateway.asked()).partner).toBe(0);
  });
});
