import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Product } from '../../src/catalog/catalog.js';
import { GatewayError } from '../../src/errors.js';
import type { FigureType } from '../../src/figureMappings.js';
import type { CellOf } from '../../src/table/column.js';
import { cutPage } from '../../src/table/page.js';
import { arrangeProducts, type Order, type Ranking, rankProducts } from '../../src/table/rank.js';
import { createProduct } from '../helpers/catalogParts.js';
import { caught } from '../helpers/caught.js';
import { cellsOfFigure, createColumn, createOrder, idsOf, limits } from '../helpers/tableParts.js';

const none: CellOf = () => undefined;
const rank = (products: readonly Product[], order: Order | null, cellOf = none): Ranking =>
  rankProducts({ all: products, arranged: arrangeProducts(products, order), order, cellOf });
const ids = ({ rows }: Ranking) => idsOf(rows.map(({ product }) => product));
const directions = ['ASC', 'DESC'] as const;
const named = (...names: string[]) => names.map((name, index) => createProduct(`p${index}`, { name }));
const products = (...list: string[]) => list.map((id) => createProduct(id));

describe('the order by name', () => {
  const namesOf = ({ rows }: Ranking) => rows.map(({ product }) => product.name);

  test('counts numbers in names as numbers, up and down', () => {
    const some = named('shoe 10', 'shoe 9', 'hat', 'Shoe 9b');
    const up = ['hat', 'shoe 9', 'Shoe 9b', 'shoe 10'];
    expect(namesOf(rank(some, createOrder('NAME', 'ASC')))).toEqual(up);
    expect(namesOf(rank(some, createOrder('NAME', 'DESC')))).toEqual(up.toReversed());
  });

  test('of equal names is that of the ids, up and down', () => {
    const same = ['z', 'B', 'a'].map((id) => createProduct(id, { name: 'same' }));
    for (const direction of directions)
      expect(ids(rank(same, createOrder('NAME', direction)))).toEqual(['B', 'a', 'z']);
  });

  test('does not depend on the order of the catalog', () => {
    const name = fc.oneof(fc.constantFrom('a', 'A', 'é', 'e\u0301', '', '\u0000', '9', '09'), fc.string());
    const catalogs = fc
      .uniqueArray(fc.stringMatching(/^[A-Za-z0-9_-]{1,4}$/), { maxLength: 20 })
      .chain((all) => fc.tuple(...all.map((id) => name.map((each) => createProduct(id, { name: each })))))
      .chain((all) => fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length })));
    fc.assert(
      fc.property(catalogs, fc.constantFrom(...directions), ([some, others], direction) => {
        const order = createOrder('NAME', direction);
        expect(ids(rank(others, order))).toEqual(ids(rank(some, order)));
      }),
    );
  });

  test('leaves the catalog itself as it was, and is found once for each list of it', () => {
    const some = Object.freeze(named('b', 'a'));
    const order = createOrder('NAME', 'ASC');
    expect(arrangeProducts(some, order)).toBe(arrangeProducts(some, order));
    expect(some.map(({ name }) => name)).toEqual(['b', 'a']);
    expect(arrangeProducts(some, null)).toBe(some);
  });
});

describe('the order by a figure', () => {
  test.each<[FigureType, [string | number, string | number, string | number]]>([
    ['SafeInt', [9, 10, 2 ** 53 - 1]],
    ['Int', [-1, 0, 1]],
    ['Float', [-0.5, 0, 1e-300]],
    ['Decimal', ['-1.50', '-1.49', '0.000000000000001']],
    ['Decimal', ['9', '10.0', '1234567890123456789.50']],
    ['Decimal', ['1234567890123456789.49', '1234567890123456789.50', '1234567890123456789.51']],
    ['Date', ['2025-12-31', '2026-01-01', '2026-01-02']],
    ['DateTime', ['2026-01-01T09:00:00+02:00', '2026-01-01T08:00:00Z', '2026-01-01T08:00:00.001Z']],
  ])('compares a %s by what it means: %j', (type, [low, middle, high]) => {
    const column = createColumn('x', type);
    const cells = cellsOfFigure('x', { a: middle, b: high, c: low });
    expect(ids(rank(products('a', 'b', 'c'), createOrder(column, 'ASC'), cells))).toEqual(['c', 'a', 'b']);
    expect(ids(rank(products('a', 'b', 'c'), createOrder(column, 'DESC'), cells))).toEqual(['b', 'a', 'c']);
  });

  test.each<[FigureType, string | number, string | number]>([
    ['Decimal', '1.50', '1.5'],
    ['Decimal', '-0', '0.00'],
    ['DateTime', '2026-01-01T09:00:00+01:00', '2026-01-01T08:00:00.000Z'],
  ])('takes two writings of one %s for the same, and goes by id then: %j and %j', (type, one, other) => {
    const column = createColumn('x', type);
    for (const direction of directions) {
      for (const values of [
        { a: one, b: other },
        { a: other, b: one },
      ]) {
        const ranking = rank(products('b', 'a'), createOrder(column, direction), cellsOfFigure('x', values));
        expect(ids(ranking)).toEqual(['a', 'b']);
      }
    }
  });

  test('puts what does not exist, has not come or was not loaded last, by id, up and down', () => {
    const cells = cellsOfFigure('x', { z: 1, y: 2, c: null, b: { missing: 'SOURCE_TIMEOUT' } });
    const all = products('z', 'y', 'c', 'b', 'a');
    expect(ids(rank(all, createOrder(createColumn('x'), 'ASC'), cells))).toEqual(['z', 'y', 'a', 'b', 'c']);
    expect(ids(rank(all, createOrder(createColumn('x'), 'DESC'), cells))).toEqual(['y', 'z', 'a', 'b', 'c']);
  });
});

describe('a cursor that was not made for this list', () => {
  const forged = (...parts: unknown[]) => Buffer.from(JSON.stringify(parts)).toString('base64url');
  const values = { a: 1, b: 2 };
  const rankings: [string, Ranking, readonly unknown[]][] = [
    ['the catalog', rank(products('a', 'b'), null), ['third', null]],
    ['names', rank(products('a', 'b'), createOrder('NAME', 'ASC')), [1, null]],
    ...(
      [
        ['SafeInt', ['1', 'x']],
        ['Float', ['0.5']],
        ['Decimal', [1, '', 'much', '1,5', 'Infinity', '1e']],
        ['Date', [20_260_101, 'soon', '2026-13-01']],
        ['DateTime', [1_767_225_600_000, 'soon', '']],
      ] as const
    ).map(([type, wrong]): [string, Ranking, readonly unknown[]] => [
      type,
      rank(products('a', 'b'), createOrder(createColumn('x', type), 'ASC'), cellsOfFigure('x', {})),
      wrong,
    ]),
  ];
  const cases = rankings.flatMap(([what, ranking, wrong]) => wrong.map((value) => ({ what, value, ranking })));

  test.each(cases)('is BAD_USER_INPUT in a list by $what with the value $value', ({ ranking, value }) => {
    for (const argument of ['after', 'before'] as const) {
      const request = { [argument]: forged(ranking.order, value, 'gone') };
      const error = caught(GatewayError, () => cutPage(ranking, request, limits));
      expect([error.code, error.message]).toEqual(['BAD_USER_INPUT', expect.stringContaining(`${argument}: `)]);
    }
  });

  test('is a place or BAD_USER_INPUT whatever stands in it, and never breaks anything', () => {
    const value = fc.oneof(fc.jsonValue(), fc.constantFrom('1e400', '-1e-400', '1e9999999', 1e308, -5, 0.5));
    fc.assert(
      fc.property(fc.constantFrom(...rankings), value, fc.string(), fc.boolean(), ([, ranking], each, id, isAfter) => {
        const request = { [isAfter ? 'after' : 'before']: forged(ranking.order, each, id) };
        try {
          const { nodes } = cutPage(ranking, request, limits);
          expect(nodes.length).toBeLessThanOrEqual(Object.keys(values).length);
        } catch (error) {
          expect(error).toMatchObject({ code: 'BAD_USER_INPUT' });
        }
      }),
    );
  });
});
