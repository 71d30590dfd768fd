import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createGaps, type ReferenceRow, referenceOrder, referenceTable } from '../helpers/referenceTable.js';
import { type ListAnswer, type ProductList, startTableGateway, type TableGateway } from '../helpers/tableGateway.js';

let gateway: TableGateway;
const range = { start: '2026-03-02', end: '2026-03-03' };
const days = `range: { start: "${range.start}", end: "${range.end}" }`;
const withoutGoogle = ['shop-green-lamp-1', 'shop-teal-chair-1'];
const withoutPartner = ['shop-green-lamp-1', 'shop-white-scarf-1'];
const gaps = createGaps({ google: withoutGoogle, partner: withoutPartner });
let rows: ReferenceRow[];

beforeAll(async () => {
  gateway = await startTableGateway({
    products: 24,
    catalog: gaps.catalog,
  });
  rows = referenceTable(gateway.world, range, gaps.knownTo);
});
afterAll(() => gateway.close());

/** null = unknown: it passes neither a comparison nor its opposite. */
type Passes = (row: ReferenceRow) => boolean | null;
interface Filter {
  readonly text: string;
  readonly passes: Passes;
}

const fieldOf: Record<string, [home: string, field: string, quoted?: boolean]> = {
  PAGE_VIEWS: ['googleAnalytics', 'pageViews'],
  SESSIONS: ['googleAnalytics', 'sessions'],
  PARTNER_ORDERS: ['partner', 'orders'],
  PARTNER_CLICKS: ['partner', 'clicks'],
  PARTNER_REVENUE: ['partner', 'revenue', true],
  COMBINED_ORDERS_PER_SESSION: ['combined', 'ordersPerSession'],
};
const operators: Record<string, (value: number, bound: number) => boolean> = {
  eq: (value, bound) => value === bound,
  gt: (value, bound) => value > bound,
  gte: (value, bound) => value >= bound,
  lt: (value, bound) => value < bound,
  lte: (value, bound) => value <= bound,
};

const comparison: fc.Arbitrary<Filter> = fc
  .tuple(
    fc.constantFrom(...Object.keys(fieldOf)),
    fc.constantFrom(...Object.keys(operators)),
    fc.integer({ min: 0, max: 30 }),
  )
  .map(([name, operator, bound]) => {
    const [home, field, quoted] = fieldOf[name] ?? ['', ''];
    const text = `${home}: { ${field}: { ${operator}: ${quoted ? `"${bound}.00"` : bound} } }`;
    const passes: Passes = ({ figures }) => {
      const value = figures[name] ?? null;
      return value === null ? null : (operators[operator]?.(value, bound) ?? null);
    };
    return { text, passes };
  });
const naming: fc.Arbitrary<Filter> = fc.constantFrom('shoe', 'BAG', 'e', '1').map((part) => ({
  text: `name: { contains: "${part}" }`,
  passes: ({ name }) => name.toLowerCase().includes(part.toLowerCase()),
}));

/** false wins in all of them, true in one of them; otherwise one that is unknown makes the whole unknown. */
const join = (winner: boolean, all: readonly (boolean | null)[]): boolean | null => {
  if (all.includes(winner)) return winner;
  return all.includes(null) ? null : !winner;
};
const { filter } = fc.letrec<{ filter: Filter }>((tie) => ({
  filter: fc.oneof(
    { maxDepth: 2 },
    comparison,
    naming,
    fc.array(tie('filter'), { maxLength: 3 }).map((all) => ({
      text: `and: [${all.map(({ text }) => `{ ${text} }`).join(', ')}]`,
      passes: (row: ReferenceRow) =>
        join(
          false,
          all.map(({ passes }) => passes(row)),
        ),
    })),
    fc.array(tie('filter'), { maxLength: 3 }).map((all) => ({
      text: `or: [${all.map(({ text }) => `{ ${text} }`).join(', ')}]`,
      passes: (row: ReferenceRow) =>
        join(
          true,
          all.map(({ passes }) => passes(row)),
        ),
    })),
    tie('filter').map(({ text, passes }) => ({
      text: `not: { ${text} }`,
      passes: (row: ReferenceRow) => {
        const inner = passes(row);
        return inner === null ? null : !inner;
      },
    })),
  ),
}));

const order = fc.record({
  by: fc.constantFrom(
    'NAME',
    'PAGE_VIEWS',
    'ENGAGEMENT_RATE',
    'TOTAL_REVENUE',
    'PARTNER_ORDERS',
    'PARTNER_REVENUE',
    'COMBINED_REVENUE_PER_PAGE_VIEW',
  ),
  direction: fc.constantFrom('ASC' as const, 'DESC' as const),
});

/** The arguments of a page and the way on from it. */
const ways = {
  forwards: {
    page: (size: number, cursor: string | null) => `first: ${size}${cursor === null ? '' : `, after: "${cursor}"`}`,
    next: ({ hasNextPage, endCursor }: ProductList['pageInfo']) => (hasNextPage ? endCursor : null),
  },
  backwards: {
    page: (size: number, cursor: string | null) => `last: ${size}${cursor === null ? '' : `, before: "${cursor}"`}`,
    next: ({ hasPreviousPage, startCursor }: ProductList['pageInfo']) => (hasPreviousPage ? startCursor : null),
  },
};

/** All ids, a page at a time, from one end to the other. */
async function walk(args: string, size: number, way: keyof typeof ways): Promise<string[]> {
  const pages: string[][] = [];
  let cursor: string | null = null;
  do {
    const list: ListAnswer = await gateway.list(`${ways[way].page(size, cursor)}, ${args}`);
    expect(list.answer.errors).toBeUndefined();
    pages.push(list.ids);
    cursor = ways[way].next(list.pageInfo);
    // One page more than there can be: a walk that does not end is a list that is too long.
  } while (cursor !== null && pages.length <= rows.length);
  return (way === 'forwards' ? pages : pages.reverse()).flat();
}

describe('a list that is walked from one end to the other', () => {
  test('is the sequence of the figures themselves, forwards and backwards, for any order, filter and page size', async () => {
    let longest = 0;
    const property = fc.asyncProperty(
      fc.option(order),
      fc.option(filter),
      fc.integer({ min: 1, max: 25 }),
      async (orderBy, wanted, size) => {
        const passed = rows.filter((row) => wanted === null || wanted.passes(row) === true);
        const expected = orderBy ? referenceOrder(passed, orderBy.by, orderBy.direction) : passed.map(({ id }) => id);
        const args = [
          orderBy && `orderBy: { by: ${orderBy.by}, direction: ${orderBy.direction}, ${days} }`,
          wanted && `filter: { ${days}, ${wanted.text} }`,
        ];
        const written = args.filter(Boolean).join(', ');
        expect(await walk(written, size, 'forwards')).toEqual(expected);
        expect(await walk(written, size, 'backwards')).toEqual(expected);
        longest = Math.max(longest, expected.length);
      },
    );
    await fc.assert(property, { numRuns: 60, seed: 5 });
    expect(longest).toBeGreaterThan(12);
  }, 60_000);
});
