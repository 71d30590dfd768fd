import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Product } from '../../src/catalog/catalog.js';
import { GatewayError } from '../../src/errors.js';
import { checkIds, type PageRequest, type ProductPage, pageProducts } from '../../src/table/page.js';
import type { ProductOrder } from '../../src/table/rank.js';
import { createProduct } from '../helpers/catalogParts.js';
import { caught } from '../helpers/caught.js';

const limits = { first: 100, ids: 5 };
const page = (products: readonly Product[], request: PageRequest = {}) => pageProducts(products, request, limits);
const ids = ({ nodes }: ProductPage) => nodes.map(({ id }) => id);
const names = ({ nodes }: ProductPage) => nodes.map(({ name }) => name);
const named = (...list: string[]) => list.map((name, index) => createProduct(`p${index}`, { name }));
const numbered = (count: number) => named(...Array.from({ length: count }, (_, index) => `shoe ${index}`));

/** All pages from one end to the other. */
function walk(products: readonly Product[], size: number, request: PageRequest, forwards: boolean): string[] {
  const seen: string[] = [];
  let cursor: string | null = null;
  for (let rounds = 0; rounds <= products.length; rounds += 1) {
    const part: PageRequest = forwards ? { first: size, after: cursor } : { last: size, before: cursor };
    const answer = page(products, { ...request, ...part });
    expect(answer.totalCount).toBe(products.length);
    if (forwards) seen.push(...ids(answer));
    else seen.unshift(...ids(answer));
    const { hasNextPage, hasPreviousPage, startCursor, endCursor } = answer.pageInfo;
    if (!(forwards ? hasNextPage : hasPreviousPage)) return seen;
    cursor = forwards ? endCursor : startCursor;
  }
  throw new Error('The walk does not end.');
}

const orders = fc.constantFrom<ProductOrder | null>(
  null,
  { by: 'NAME' },
  { by: 'NAME', direction: 'ASC' },
  { by: 'NAME', direction: 'DESC' },
);
/** Few different names, so that many are equal, and some that only sort alike. */
const someName = fc.oneof(
  fc.constantFrom('a', 'A', 'b', 'shoe 9', 'shoe 09', 'shoe 10', 'é', 'e\u0301', '', '\u0000'),
  fc.string({ unit: 'binary' }),
);
const catalogs = fc
  .uniqueArray(fc.stringMatching(/^[A-Za-z0-9_-]{1,6}$/), { maxLength: 30 })
  .chain((all) => fc.tuple(...all.map((id) => someName.map((name) => createProduct(id, { name })))));

describe('a page without arguments', () => {
  test('holds the first 20 products in the order of the catalog', () => {
    const answer = page(numbered(25));
    expect(ids(answer)).toEqual(numbered(20).map(({ id }) => id));
    expect(answer.totalCount).toBe(25);
    expect(answer.pageInfo).toMatchObject({ hasNextPage: true, hasPreviousPage: false });
  });

  test('of nothing is empty', () => {
    const pageInfo = { hasNextPage: false, hasPreviousPage: false, startCursor: null, endCursor: null };
    expect(page([])).toEqual({ edges: [], nodes: [], totalCount: 0, pageInfo });
  });

  test('never holds more than the limit of a page', () => {
    expect(pageProducts(numbered(25), {}, { first: 10, ids: 5 }).nodes).toHaveLength(10);
  });

  test('has one edge for each product, and the cursors of its ends', () => {
    const { edges, nodes, pageInfo } = page(numbered(3));
    expect(edges.map(({ node }) => node)).toEqual(nodes);
    expect(new Set(edges.map(({ cursor }) => cursor)).size).toBe(3);
    expect([pageInfo.startCursor, pageInfo.endCursor]).toEqual([edges[0]?.cursor, edges[2]?.cursor]);
  });
});

describe('first, last, after and before', () => {
  const five = numbered(5);
  const cursorOf = (index: number) => page(five).edges[index]?.cursor ?? '';

  test.each<[string, PageRequest, string[], [boolean, boolean]]>([
    ['first', { first: 2 }, ['p0', 'p1'], [false, true]],
    ['first: 0', { first: 0 }, [], [false, true]],
    ['first beyond the end', { first: 9 }, ['p0', 'p1', 'p2', 'p3', 'p4'], [false, false]],
    ['last', { last: 2 }, ['p3', 'p4'], [true, false]],
    ['last: 0', { last: 0 }, [], [true, false]],
    ['after', { first: 2, after: cursorOf(1) }, ['p2', 'p3'], [true, true]],
    ['after the last', { after: cursorOf(4) }, [], [true, false]],
    ['before', { last: 2, before: cursorOf(3) }, ['p1', 'p2'], [true, true]],
    ['before the first', { last: 2, before: cursorOf(0) }, [], [false, true]],
    ['between two', { after: cursorOf(0), before: cursorOf(3) }, ['p1', 'p2'], [true, true]],
    ['the last between two', { last: 1, after: cursorOf(0), before: cursorOf(3) }, ['p2'], [true, true]],
    ['after and before the wrong way round', { after: cursorOf(3), before: cursorOf(1) }, [], [true, true]],
  ])('%s', (_, request, expected, [hasPreviousPage, hasNextPage]) => {
    const answer = page(five, request);
    expect(ids(answer)).toEqual(expected);
    expect(answer.pageInfo).toMatchObject({ hasPreviousPage, hasNextPage });
  });

  test.each<[PageRequest, RegExp]>([
    [{ first: 1, last: 1 }, /first and last exclude each other/],
    [{ first: 0, last: 0 }, /first and last exclude each other/],
    [{ first: -1 }, /^first: -1 is negative/],
    [{ last: -5 }, /^last: -5 is negative/],
    [{ first: 101 }, /^first: 101 is too many; ask for at most 100 and go on with a cursor/],
    [{ last: 101 }, /^last: 101 is too many/],
    [{ after: 'x' }, /^after: this is not a cursor/],
    [{ before: '' }, /^before: this is not a cursor/],
    [{ after: Buffer.from('["CATALOG","third","gone"]').toString('base64url') }, /^after: /],
  ])('refuses %j in words', (request, message) => {
    const error = caught(GatewayError, () => page(five, request));
    expect(error.code).toBe('BAD_USER_INPUT');
    expect(error.message).toMatch(message);
  });

  test('refuse a cursor of another order', () => {
    const { endCursor } = page(five, { first: 1, orderBy: { by: 'NAME', direction: 'ASC' } }).pageInfo;
    const other: ProductOrder[] = [{ by: 'NAME', direction: 'DESC' }];
    for (const orderBy of [null, ...other])
      expect(() => page(five, { after: endCursor, orderBy })).toThrow('another order');
  });

  test('allow a page as large as the limit', () => {
    expect(page(five, { first: 100 }).nodes).toHaveLength(5);
  });
});

describe('walking', () => {
  const sizes = fc.integer({ min: 1, max: 7 });

  test('forwards gives every product exactly once, in the order of one big page', () => {
    fc.assert(
      fc.property(catalogs, orders, sizes, (products, orderBy, size) => {
        expect(walk(products, size, { orderBy }, true)).toEqual(ids(page(products, { first: 100, orderBy })));
      }),
    );
  });

  test('backwards gives the same list', () => {
    fc.assert(
      fc.property(catalogs, orders, sizes, (products, orderBy, size) => {
        expect(walk(products, size, { orderBy }, false)).toEqual(ids(page(products, { first: 100, orderBy })));
      }),
    );
  });

  test('goes on at the same place when the product of the cursor was removed meanwhile', () => {
    fc.assert(
      fc.property(catalogs, orders, fc.nat(), (products, orderBy, at) => {
        fc.pre(products.length > 0);
        const { edges } = page(products, { first: 100, orderBy });
        const index = at % edges.length;
        const gone = edges[index];
        const left = products.filter(({ id }) => id !== gone?.node.id);
        const before = edges.slice(0, index).map(({ node }) => node.id);
        const after = edges.slice(index + 1).map(({ node }) => node.id);
        expect(ids(page(left, { first: 100, orderBy, after: gone?.cursor }))).toEqual(after);
        expect(ids(page(left, { last: 100, orderBy, before: gone?.cursor }))).toEqual(before);
      }),
    );
  });

  test('by name skips nothing that was there all the time, whatever else came and went', () => {
    const orderBy: ProductOrder = { by: 'NAME', direction: 'ASC' };
    const start = named('b', 'd', 'f', 'h');
    const { endCursor } = page(start, { first: 2, orderBy }).pageInfo;
    const changed = [
      ...start.filter(({ name }) => name !== 'b' && name !== 'd'),
      createProduct('new', { name: 'a' }),
      createProduct('newer', { name: 'g' }),
    ];
    expect(names(page(changed, { after: endCursor, orderBy }))).toEqual(['f', 'g', 'h']);
  });
});

describe('the order', () => {
  test('by name counts numbers in names as numbers', () => {
    const products = named('shoe 10', 'shoe 9', 'hat', 'Shoe 9b');
    expect(names(page(products, { orderBy: { by: 'NAME', direction: 'ASC' } }))).toEqual([
      'hat',
      'shoe 9',
      'Shoe 9b',
      'shoe 10',
    ]);
  });

  test.each([undefined, null, 'DESC'] as const)('with direction %s goes down', (direction) => {
    expect(names(page(named('a', 'c', 'b'), { orderBy: { by: 'NAME', direction } }))).toEqual(['c', 'b', 'a']);
  });

  test('of equal names is that of the ids, up and down', () => {
    const products = ['z', 'B', 'a'].map((id) => createProduct(id, { name: 'same' }));
    for (const direction of ['ASC', 'DESC'] as const) {
      expect(ids(page(products, { orderBy: { by: 'NAME', direction } }))).toEqual(['B', 'a', 'z']);
    }
  });

  test('is total: it does not depend on the order of the catalog', () => {
    const shuffled = catalogs.chain((products) =>
      fc.tuple(fc.constant(products), fc.shuffledSubarray(products, { minLength: products.length })),
    );
    fc.assert(
      fc.property(shuffled, fc.constantFrom('ASC', 'DESC'), ([products, others], direction) => {
        const orderBy = { by: 'NAME', direction } as const;
        expect(ids(page(others, { first: 100, orderBy }))).toEqual(ids(page(products, { first: 100, orderBy })));
      }),
    );
  });

  test('leaves the catalog itself as it was', () => {
    const products = Object.freeze(named('b', 'a'));
    page(products, { orderBy: { by: 'NAME', direction: 'ASC' } });
    expect(products.map(({ name }) => name)).toEqual(['b', 'a']);
  });
});

describe('search', () => {
  const products = [
    createProduct('SKU-1', { name: 'Red Shoe' }),
    createProduct('sku-2', { name: 'Blue hat' }),
    createProduct('x', { name: 'Straße (50%) [a.b]' }),
  ];

  test.each([
    ['shoe', ['SKU-1']],
    ['SHOE', ['SKU-1']],
    ['sku', ['SKU-1', 'sku-2']],
    ['  hat ', ['sku-2']],
    ['e h', ['sku-2']],
    ['[a.b]', ['x']],
    ['.*', []],
    ['50%', ['x']],
    ['straße', ['x']],
    ['nothing', []],
    ['', ['SKU-1', 'sku-2', 'x']],
    ['   ', ['SKU-1', 'sku-2', 'x']],
  ])('for %j finds %j in names and ids', (search, expected) => {
    const answer = page(products, { search });
    expect(ids(answer)).toEqual(expected);
    expect(answer.totalCount).toBe(expected.length);
  });

  test('counts all that it finds, and cuts pages from that', () => {
    const answer = page(numbered(30), { search: 'shoe 1', first: 2 });
    expect([ids(answer), answer.totalCount, answer.pageInfo.hasNextPage]).toEqual([['p1', 'p10'], 11, true]);
  });
});

describe('ids', () => {
  const products = numbered(10);

  test.each<[string[], string[]]>([
    [
      ['p3', 'p1'],
      ['p1', 'p3'],
    ],
    [['p1', 'p1', 'p1'], ['p1']],
    [['gone', 'p2', 'constructor'], ['p2']],
    [[], []],
  ])('%j choose %j, in the order of the catalog', (wanted, expected) => {
    const answer = page(products, { ids: wanted });
    expect([ids(answer), answer.totalCount]).toEqual([expected, expected.length]);
  });

  test('work together with search', () => {
    expect(ids(page(products, { ids: ['p1', 'p2'], search: 'shoe 2' }))).toEqual(['p2']);
  });

  test('are at most as many as the limit', () => {
    const six = ['1', '2', '3', '4', '5', '6'];
    for (const ask of [() => page(products, { ids: six }), () => checkIds(six, limits)]) {
      const error = caught(GatewayError, ask);
      expect([error.code, error.message]).toEqual([
        'BAD_USER_INPUT',
        'ids: 6 ids are too many; ask for at most 5 at a time.',
      ]);
    }
    expect(checkIds(six.slice(1), limits)).toEqual(six.slice(1));
  });
});
