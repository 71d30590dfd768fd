import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { GatewayError } from '../../src/errors.js';
import type { FigureType } from '../../src/figureMappings.js';
import type { Cell, CellOf, Column } from '../../src/table/column.js';
import { type ColumnOf, type FilterInput, readFilter } from '../../src/table/filter.js';
import type { Order } from '../../src/table/rank.js';
import { arrangeTable, loadTable, needsFigures, type Table, type TableRequest } from '../../src/table/table.js';
import { createProduct } from '../helpers/catalogParts.js';
import { createColumn, createOrder, idsOf } from '../helpers/tableParts.js';
import { numberTruth, possibleTruths, referenceOrder } from '../helpers/tableReference.js';

type Homes = Readonly<Record<string, Readonly<Record<string, Cell>>>>;
/** What the sources would say, by product id and `home.figure`; what is left out does not exist. */
type World = Readonly<Record<string, Readonly<Record<string, Cell>>>>;

const types: Record<string, FigureType> = { revenue: 'Decimal' };
const columnOf: ColumnOf = (home, figure) => createColumn(figure, types[figure] ?? 'SafeInt', { home });
const nameOf = ({ home, figure }: Column) => `${home}.${figure}`;

interface ListOptions {
  filter?: FilterInput;
  order?: Order | null;
  isChosen?: TableRequest['isChosen'];
}

function requestOf(world: World, { filter, order = null, isChosen = () => true }: ListOptions): TableRequest {
  const all = Object.keys(world).map((id) => createProduct(id, { name: id }));
  return { all, isChosen, condition: filter ? readFilter(filter, columnOf, 100) : null, order };
}

/** Sources that say what a world holds, and write down what they were asked for. */
function createSources(world: World, isGenerous = false) {
  const loaded = new Map<string, Cell>();
  const asked: Record<string, string[]> = {};
  const truth = (column: Column, id: string): Cell => world[id]?.[nameOf(column)] ?? { value: null };
  const loads = {
    isGenerous,
    cellOf: ((column, { id }) => loaded.get(`${nameOf(column)} ${id}`)) as CellOf,
    async load(products: TableRequest['all'], columns: readonly Column[]) {
      for (const column of columns) {
        for (const { id } of products) {
          loaded.set(`${nameOf(column)} ${id}`, truth(column, id));
          asked[nameOf(column)] = [...(asked[nameOf(column)] ?? []), id];
        }
      }
    },
  };
  return { loads, asked, truth };
}

async function load(world: World, options: ListOptions, isGenerous = false) {
  const { loads, asked } = createSources(world, isGenerous);
  const table = await loadTable(requestOf(world, options), loads);
  return { ids: idsIn(table), asked, missing: table.missing, reasons: table.reasons };
}

const idsIn = ({ ranking }: Table) => idsOf(ranking.rows.map(({ product }) => product));
const value = (one: string | number, currency?: string): Cell => ({
  value: one,
  ...(currency !== undefined && { currency }),
});
const missing = (reason: string): Cell => ({ missing: reason });
const google = createColumn('views', 'SafeInt');
const partner = createColumn('orders', 'SafeInt', { home: 'partner' });

describe('a table that needs no figures', () => {
  test.each<[ListOptions, boolean]>([
    [{}, false],
    [{ order: createOrder('NAME', 'ASC'), filter: { name: { contains: 'a' } } }, false],
    [{ order: createOrder(google, 'ASC') }, true],
    [{ filter: { not: { or: [{ partner: { orders: { gt: 1 } } }] } } }, true],
    [{ filter: { partner: {} } }, false],
  ])('is known by its order and filter: %j', (options, expected) => {
    expect(needsFigures(requestOf({}, options))).toBe(expected);
  });

  test('is chosen, filtered and ordered at once', () => {
    const request = requestOf(
      { ab: {}, b: {}, aa: {}, ba: {} },
      { filter: { name: { contains: 'a' } }, order: createOrder('NAME', 'ASC'), isChosen: ({ id }) => id !== 'ba' },
    );
    const table = arrangeTable(request);
    expect([idsIn(table), table.missing, table.reasons]).toEqual([['aa', 'ab'], 0, []]);
  });
});

describe('what is asked for', () => {
  const world: World = {
    a: { 'googleAnalytics.views': value(10), 'partner.orders': value(1) },
    b: { 'googleAnalytics.views': value(1), 'partner.orders': value(9) },
    c: { 'googleAnalytics.views': value(20), 'partner.orders': value(9) },
    d: { 'partner.orders': value(5) },
  };

  test('of the partner is only what Google leaves open', async () => {
    const filter = { googleAnalytics: { views: { gt: 5 } }, partner: { orders: { gt: 5 } } };
    const { ids, asked } = await load(world, { filter });
    expect(ids).toEqual(['c']);
    expect(asked).toEqual({ 'googleAnalytics.views': ['a', 'b', 'c', 'd'], 'partner.orders': ['a', 'c'] });
  });

  test('of the partner is nothing where Google is enough', async () => {
    const filter = { or: [{ googleAnalytics: { views: { gt: 0 } } }, { partner: { orders: { gt: 5 } } }] };
    expect((await load(world, { filter })).asked['partner.orders']).toEqual(['d']);
  });

  test('for the order by a partner figure is what has passed the filter', async () => {
    const filter = { googleAnalytics: { views: { gte: 10 } } };
    const { ids, asked } = await load(world, { filter, order: createOrder(partner, 'DESC') });
    expect(ids).toEqual(['c', 'a']);
    expect(asked['partner.orders']?.toSorted()).toEqual(['a', 'c']);
  });

  test('is only what is chosen, and what its name lets pass', async () => {
    const filter = { not: { name: { eq: 'b' } } };
    const isChosen: TableRequest['isChosen'] = ({ id }) => id !== 'a';
    const { asked } = await load(world, { filter, isChosen, order: createOrder(partner, 'ASC') });
    expect(asked).toEqual({ 'partner.orders': ['c', 'd'] });
  });
});

describe('a figure that has not come', () => {
  const world: World = {
    a: { 'partner.orders': missing('SOURCE_TIMEOUT') },
    b: { 'partner.orders': value(3) },
    c: { 'partner.orders': missing('PENDING') },
    d: { 'partner.orders': value(8) },
    e: { 'partner.orders': missing('PENDING') },
    f: {},
  };

  test('sorts its product last, and is counted with its reasons; one that does not exist is known', async () => {
    const table = await load(world, { order: createOrder(partner, 'DESC') });
    expect(table).toMatchObject({ ids: ['d', 'b', 'a', 'c', 'e', 'f'], missing: 3 });
    expect(table.reasons).toEqual(['PENDING', 'SOURCE_TIMEOUT']);
  });

  test('leaves its product out of a filter, which says so', async () => {
    const filter = { partner: { orders: { gt: 5 } } };
    expect(await load(world, { filter })).toMatchObject({
      ids: ['d'],
      missing: 3,
      reasons: ['PENDING', 'SOURCE_TIMEOUT'],
    });
    expect(await load(world, { filter: { not: filter } })).toMatchObject({ ids: ['b'], missing: 3 });
  });

  test('is not missed where it was not needed', async () => {
    const filter = { or: [{ partner: { orders: { gt: 5 } } }, { not: { name: { eq: 'none' } } }] };
    expect(await load(world, { filter })).toMatchObject({ missing: 0, reasons: [], asked: {} });
  });

  test('lets its product pass in a plan, which must not promise too little', async () => {
    const filter = { partner: { orders: { gt: 5 } } };
    const table = await load(world, { filter, order: createOrder(google, 'ASC') }, true);
    expect(table).toMatchObject({ ids: ['a', 'c', 'd', 'e'], missing: 3 });
  });
});

describe('money of several currencies', () => {
  const revenue = createColumn('revenue', 'Decimal', { home: 'partner' });
  const world: World = {
    a: { 'partner.revenue': value('1', 'USD'), 'googleAnalytics.views': value(1) },
    b: { 'partner.revenue': value('2', 'EUR'), 'googleAnalytics.views': value(9) },
    c: { 'partner.revenue': value('3', 'EUR'), 'googleAnalytics.views': value(9) },
    d: { 'partner.revenue': { value: null } },
  };
  const refused = async (options: ListOptions) => {
    const error = await load(world, options).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(GatewayError);
    expect(error).toMatchObject({ code: 'BAD_USER_INPUT', message: expect.stringContaining('EUR and USD') });
    expect((error as GatewayError).message).toContain('partner.revenue');
  };

  test('has no order', () => refused({ order: createOrder(revenue, 'ASC') }));

  test('cannot be compared with an amount', () => refused({ filter: { partner: { revenue: { gt: '1' } } } }));

  test('is compared where what is listed has one currency', async () => {
    const filter = { googleAnalytics: { views: { gt: 5 } } };
    expect((await load(world, { filter, order: createOrder(revenue, 'DESC') })).ids).toEqual(['c', 'b']);
    const both = { ...filter, partner: { revenue: { gt: '2' } } };
    expect((await load(world, { filter: both })).ids).toEqual(['c']);
  });

  test('does not matter where something else decides about the others', async () => {
    const filter = { and: [{ partner: { revenue: { gt: '2' } } }, { not: { name: { eq: 'a' } } }] };
    expect((await load(world, { filter })).ids).toEqual(['c']);
  });
});

describe('any table at all', () => {
  const cell = (values: fc.Arbitrary<string | number>): fc.Arbitrary<Cell> =>
    fc.oneof(
      { weight: 4, arbitrary: values.map((one) => value(one)) },
      fc.constantFrom<Cell>({ value: null }, missing('PENDING'), missing('CIRCUIT_OPEN')),
    );
  const cells: fc.Arbitrary<Homes[string]> = fc.record({
    'googleAnalytics.views': cell(fc.nat(3)),
    'partner.orders': cell(fc.nat(3)),
    'partner.revenue': cell(fc.constantFrom('1.5', '1.50', '-1.5', '0', '10')),
    'combined.ratio': cell(fc.nat(2)),
  });
  const worlds = fc
    .uniqueArray(fc.stringMatching(/^[a-c]{1,3}$/), { maxLength: 12 })
    .chain((ids) => fc.tuple(fc.constant(ids), fc.tuple(...ids.map(() => cells))))
    .map(([ids, all]): World => Object.fromEntries(all.map((one, index) => [ids[index] ?? '', one])));
  const comparison = fc.record({ gt: fc.nat(2), lte: fc.nat(3) }, { requiredKeys: [] });
  const leaf = fc.oneof<fc.Arbitrary<FilterInput>[]>(
    comparison.map((views) => ({ googleAnalytics: { views } })),
    comparison.map((orders) => ({ partner: { orders } })),
    fc.constantFrom('1.5', '0').map((gte) => ({ partner: { revenue: { gte } } })),
    comparison.map((ratio) => ({ combined: { ratio } })),
    fc.constantFrom('a', 'b').map((contains) => ({ name: { contains } })),
  );
  const { filter } = fc.letrec<{ filter: FilterInput }>((tie) => ({
    filter: fc.oneof(
      { maxDepth: 2 },
      leaf,
      fc.array(tie('filter'), { maxLength: 3 }).map((and) => ({ and })),
      fc.array(tie('filter'), { maxLength: 3 }).map((or) => ({ or })),
      tie('filter').map((not) => ({ not })),
    ),
  }));
  const by = fc.constantFrom<Order['by']>(
    'NAME',
    google,
    partner,
    createColumn('revenue', 'Decimal', { home: 'partner' }),
    createColumn('ratio', 'Float', { home: 'combined' }),
  );
  const orders = fc.option(
    fc.tuple(by, fc.constantFrom('ASC', 'DESC')).map(([each, direction]) => createOrder(each, direction)),
  );

  test('is what plain filtering and sorting of everything gives, and counts what it did not know', async () => {
    await fc.assert(
      fc.asyncProperty(worlds, filter, orders, fc.boolean(), async (world, filter, order, isGenerous) => {
        const { loads, truth } = createSources(world, isGenerous);
        const request = requestOf(world, { filter, order });
        const judged = request.all.map((product) => ({
          product,
          truths: possibleTruths(filter, product.name, (home, figure, comparisons) => {
            const column = columnOf(home as Column['home'], figure, null);
            const one = truth(column, product.id);
            if ('missing' in one) return undefined;
            return one.value === null ? 'unknown' : numberTruth(column.type, one.value, comparisons);
          }),
        }));
        const open = judged.filter(({ truths }) => truths.has('yes') && truths.size > 1);
        const passed = judged.filter(({ truths }) => truths.has('yes') && (isGenerous || truths.size === 1));
        const column = order && order.by !== 'NAME' ? order.by : null;
        const unordered = passed.filter(({ product }) => column && 'missing' in truth(column, product.id));

        const table = await loadTable(request, loads);
        const expected = referenceOrder(
          passed.map(({ product }) => product),
          order,
          (each, { id }) => truth(each, id),
        );
        expect(idsIn(table)).toEqual(idsOf(expected));
        const unknown = new Set([...open, ...unordered].map(({ product }) => product.id));
        expect(table.missing).toBe(unknown.size);
        expect(table.reasons.length > 0).toBe(unknown.size > 0);
      }),
      { numRuns: 500 },
    );
  });
});
