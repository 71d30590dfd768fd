import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Product } from '../../src/catalog/catalog.js';
import type { FigureType } from '../../src/figureMappings.js';
import type { Cell } from '../../src/table/column.js';
import { cutPage } from '../../src/table/page.js';
import type { Order, Ranking } from '../../src/table/rank.js';
import { loadTable } from '../../src/table/table.js';
import { createProduct } from '../helpers/catalogParts.js';
import {
  cellsFrom,
  createColumn,
  createOrder,
  idsOf,
  type KnownCells,
  limits,
  walkPages,
} from '../helpers/tableParts.js';
import { referenceOrder } from '../helpers/tableReference.js';

/** Few different values, so that many are equal, and some that are only written differently. */
const valuesOf: Partial<Record<FigureType, readonly (string | number)[]>> = {
  SafeInt: [0, 1, 2, 9, 10, 2 ** 53 - 1],
  Float: [-1.5, 0, 0.1, 0.3, 1e-12, 1e21],
  Decimal: ['1.5', '1.50', '1.500', '0', '-0.00', '-1.5', '-1.50', '-2', '10', '9.999999999', '1234567890123456.01'],
  Date: ['2025-12-31', '2026-01-01', '2026-01-02'],
  DateTime: ['2026-01-01T00:00:00Z', '2026-01-01T01:00:00+01:00', '2026-01-01T00:00:00.001Z'],
};
const columns = (Object.keys(valuesOf) as FigureType[]).map((type) => createColumn(type, type));

const cellsOfType = (type: FigureType): fc.Arbitrary<Cell> =>
  fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom(...(valuesOf[type] ?? [])).map((value): Cell => ({ value })) },
    { weight: 1, arbitrary: fc.constant<Cell>({ value: null }) },
    { weight: 1, arbitrary: fc.constant<Cell>({ missing: 'PENDING' }) },
  );
const cellsOfProduct = fc.record(Object.fromEntries(columns.map(({ type }) => [type, cellsOfType(type)])), {
  requiredKeys: [],
}) as fc.Arbitrary<Record<string, Cell>>;

const orders = fc.constantFrom<Order | null>(
  null,
  ...(['NAME', ...columns] as const).flatMap((by) => [createOrder(by, 'ASC'), createOrder(by, 'DESC')]),
);
const names = fc.oneof(
  fc.constantFrom('a', 'A', 'b', 'shoe 9', 'shoe 09', 'shoe 10', 'é', 'e\u0301', '', '\u0000'),
  fc.string({ unit: 'binary' }),
);

interface World {
  readonly products: readonly Product[];
  readonly cells: KnownCells;
}

const cellsFor = (ids: readonly string[]): fc.Arbitrary<KnownCells> =>
  fc
    .tuple(...ids.map(() => cellsOfProduct))
    .map((all) => Object.fromEntries(all.map((cells, index) => [ids[index] ?? '', cells])));
const worlds: fc.Arbitrary<World> = fc
  .uniqueArray(fc.stringMatching(/^[A-Za-z0-9_-]{1,6}$/), { maxLength: 30 })
  .chain((ids) =>
    fc.tuple(fc.tuple(...ids.map((id) => names.map((name) => createProduct(id, { name })))), cellsFor(ids)),
  )
  .map(([products, cells]) => ({ products, cells }));
const sizes = fc.integer({ min: 1, max: 7 });

/** The list that a request finds when all of this is at hand. */
async function rank(
  { products, cells }: World,
  order: Order | null,
  isChosen: (product: Product) => boolean = () => true,
): Promise<Ranking> {
  const request = { all: products, isChosen, condition: null, order };
  const loads = { load: async () => {}, cellOf: cellsFrom(cells), isGenerous: false };
  return (await loadTable(request, loads)).ranking;
}
const reference = ({ products, cells }: World, order: Order | null) =>
  idsOf(referenceOrder(products, order, cellsFrom(cells)));

describe('walking through all pages', () => {
  test.each([true, false])('gives exactly the sequence of one plain sort (forwards: %s)', async (forwards) => {
    await fc.assert(
      fc.asyncProperty(worlds, orders, sizes, async (world, order, size) => {
        expect(await walkPages(() => rank(world, order), size, forwards)).toEqual(reference(world, order));
      }),
      { numRuns: 400 },
    );
  });

  test('goes on at the same place when the product of the cursor has vanished', async () => {
    await fc.assert(
      fc.asyncProperty(worlds, orders, fc.nat(), async ({ products, cells }, order, at) => {
        fc.pre(products.length > 0);
        const { edges } = cutPage(await rank({ products, cells }, order), { first: 100 }, limits);
        const index = at % edges.length;
        const { cursor, node } = edges[index] as (typeof edges)[number];
        const left = await rank({ products: products.filter(({ id }) => id !== node.id), cells }, order);
        const all = idsOf(edges.map((edge) => edge.node));
        expect(idsOf(cutPage(left, { first: 100, after: cursor }, limits).nodes)).toEqual(all.slice(index + 1));
        expect(idsOf(cutPage(left, { last: 100, before: cursor }, limits).nodes)).toEqual(all.slice(0, index));
      }),
    );
  });
});

describe('walking while figures change between the pages', () => {
  /** A world, and for every page after the first the cells of some products as they are by then. */
  const changing = worlds.chain((world) => {
    const ids = idsOf(world.products);
    const someIds = ids.length === 0 ? fc.constant([]) : fc.uniqueArray(fc.constantFrom(...ids), { maxLength: 5 });
    return fc.tuple(fc.constant(world), fc.array(someIds.chain(cellsFor), { maxLength: 8 }));
  });

  test.each([true, false])(
    'nothing that stayed in its place is lost or comes twice, and all of it in order (forwards: %s)',
    async (forwards) => {
      await fc.assert(
        fc.asyncProperty(changing, orders, sizes, async ([world, changes], order, size) => {
          const statesAt = (page: number): World => ({
            products: world.products,
            cells: Object.assign({}, world.cells, ...changes.slice(0, page)),
          });
          const moved = new Set(changes.flatMap((change) => Object.keys(change)));
          const seen = await walkPages((page) => rank(statesAt(page), order), size, forwards);
          const stayed = order && order.by !== 'NAME' ? (id: string) => !moved.has(id) : () => true;
          expect(seen.filter(stayed)).toEqual(reference(world, order).filter(stayed));
        }),
        { numRuns: 400 },
      );
    },
  );

  /** A world, and for every page the products that a filter lets pass by then: some always, others now and then. */
  const filtered = worlds.chain((world) => {
    const all = idsOf(world.products);
    return fc.subarray(all).chain((fickle) => {
      const steady = all.filter((id) => !fickle.includes(id));
      const passing = fc.subarray(fickle).map((some) => [...steady, ...some]);
      return fc.tuple(fc.constant(world), fc.array(passing, { minLength: 1, maxLength: 6 }));
    });
  });
  const listOrders = fc.oneof(fc.constant(null), orders);

  test.each([true, false])(
    'nothing that a filter kept all the time is lost or comes twice, whatever else it let in and out (forwards: %s)',
    async (forwards) => {
      await fc.assert(
        fc.asyncProperty(filtered, listOrders, sizes, async ([world, passing], order, size) => {
          const rankingAt = (page: number) => {
            const passes = new Set(passing[Math.min(page, passing.length - 1)]);
            return rank(world, order, ({ id }) => passes.has(id));
          };
          const stayed = (id: string) => passing.every((passes) => passes.includes(id));
          const seen = await walkPages(rankingAt, size, forwards);
          expect(seen.filter(stayed)).toEqual(reference(world, order).filter(stayed));
        }),
        { numRuns: 400 },
      );
    },
  );

  test('a list in the order of the catalog goes on behind a product that its filter has dropped meanwhile', async () => {
    const world = { products: ['a', 'b', 'c', 'd', 'e'].map((id) => createProduct(id)), cells: {} };
    const { pageInfo } = cutPage(await rank(world, null), { first: 3 }, limits);
    const later = await rank(world, null, ({ id }) => id !== 'a' && id !== 'c');
    expect(idsOf(cutPage(later, { first: 3, after: pageInfo.endCursor }, limits).nodes)).toEqual(['d', 'e']);
  });
});
