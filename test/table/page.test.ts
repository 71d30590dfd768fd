import { describe, expect, test } from '@jest/globals';
import type { Product } from '../../src/catalog/catalog.js';
import { GatewayError } from '../../src/errors.js';
import {
  checkCounts,
  checkIds,
  choiceOf,
  cutPage,
  type PageRequest,
  type ProductChoice,
  type ProductPage,
} from '../../src/table/page.js';
import type { Order } from '../../src/table/rank.js';
import { arrangeTable } from '../../src/table/table.js';
import { createProduct } from '../helpers/catalogParts.js';
import { caught } from '../helpers/caught.js';
import { createOrder, idsOf, limits } from '../helpers/tableParts.js';

interface ListRequest extends PageRequest, ProductChoice {
  order?: Order;
}

/** A page of a list that needs no figures. */
function page(all: readonly Product[], { order, ...request }: ListRequest = {}, most = limits): ProductPage {
  const isChosen = choiceOf(request, most);
  const { ranking } = arrangeTable({ all, isChosen, condition: null, order: order ?? null });
  return cutPage(ranking, request, most);
}

const ids = ({ nodes }: ProductPage) => idsOf(nodes);
const named = (...list: string[]) => list.map((name, index) => createProduct(`p${index}`, { name }));
const numbered = (count: number) => named(...Array.from({ length: count }, (_, index) => `shoe ${index}`));

describe('a page without arguments', () => {
  test('holds the first 20 products in the order of the catalog', () => {
    const answer = page(numbered(25));
    expect(ids(answer)).toEqual(idsOf(numbered(20)));
    expect(answer.totalCount).toBe(25);
    expect(answer.pageInfo).toMatchObject({ hasNextPage: true, hasPreviousPage: false });
  });

  test('of nothing is empty', () => {
    const pageInfo = { hasNextPage: false, hasPreviousPage: false, startCursor: null, endCursor: null };
    expect(page([])).toEqual({ edges: [], nodes: [], totalCount: 0, pageInfo });
  });

  test('never holds more than the limit of a page', () => {
    expect(page(numbered(25), {}, { first: 10, ids: 5 }).nodes).toHaveLength(10);
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
    ['the first between two', { first: 1, after: cursorOf(0), before: cursorOf(3) }, ['p1'], [true, true]],
    ['the last between two', { last: 1, after: cursorOf(0), before: cursorOf(3) }, ['p2'], [true, true]],
    ['after and before the wrong way round', { after: cursorOf(3), before: cursorOf(1) }, [], [true, true]],
  ])('%s', (_, request, expected, [hasPreviousPage, hasNextPage]) => {
    const answer = page(five, request);
    expect(ids(answer)).toEqual(expected);
    expect(answer.pageInfo).toMatchObject({ hasPreviousPage, hasNextPage });
    expect(answer.totalCount).toBe(5);
  });

  test.each<[PageRequest, RegExp]>([
    [{ first: 1, last: 1 }, /first and last exclude each other/],
    [{ first: 0, last: 0 }, /first and last exclude each other/],
    [{ first: -1 }, /^first: -1 is negative/],
    [{ last: -5 }, /^last: -5 is negative/],
    [{ first: 101 }, /^first: 101 is too many; ask for at most 100 and go on with a cursor/],
    [{ last: 101 }, /^last: 101 is too many/],
  ])('are refused before a list is made: %j', (request, message) => {
    const error = caught(GatewayError, () => checkCounts(request, limits));
    expect([error.code, error.message]).toEqual(['BAD_USER_INPUT', expect.stringMatching(message)]);
  });

  test.each<PageRequest>([{}, { first: 0 }, { first: 100 }, { last: 100 }, { first: null, last: 3 }])(
    'are taken up to the limit: %j',
    (request) => {
      expect(() => checkCounts(request, limits)).not.toThrow();
    },
  );

  test('name the argument whose text is no cursor', () => {
    for (const [request, argument] of [
      [{ after: 'x' }, 'after'],
      [{ before: '' }, 'before'],
    ] as const) {
      const error = caught(GatewayError, () => page(five, request));
      expect([error.code, error.message]).toEqual(['BAD_USER_INPUT', expect.stringContaining(`${argument}: `)]);
    }
  });

  test('refuse a cursor of another order', () => {
    const { endCursor } = page(five, { first: 1, order: createOrder('NAME', 'ASC') }).pageInfo;
    expect(() => page(five, { after: endCursor })).toThrow('another order');
    expect(() => page(five, { after: endCursor, order: createOrder('NAME', 'DESC') })).toThrow('another order');
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
    for (const ask of [() => choiceOf({ ids: six }, limits), () => checkIds(six, limits)]) {
      const error = caught(GatewayError, ask);
      expect([error.code, error.message]).toEqual([
        'BAD_USER_INPUT',
        'ids: 6 ids are too many; ask for at most 5 at a time.',
      ]);
    }
    expect(checkIds(six.slice(1), limits)).toEqual(six.slice(1));
  });
});
