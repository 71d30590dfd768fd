import { describe, expect, test } from '@jest/globals';
import { csvRows, flatten, formatTable } from '../../src/commands/flatten.js';
import { formatCsv } from '../../src/csv.js';

/** The table as plain rows: the columns first. */
function rowsOf(data: unknown): string[][] {
  const { columns, rows } = flatten(data);
  return [[...columns], ...rows.map((row) => columns.map((column) => row.get(column) ?? ''))];
}

describe('the table of an answer', () => {
  test('has one row for each item of its list, and one column for each value, named by its path', () => {
    const nodes = [
      { id: 'a', name: 'Hat', partner: { orders: 3, freshness: { state: 'FRESH' } } },
      { id: 'b', name: 'Shoe', partner: { orders: 0, freshness: { state: 'FRESH' } } },
    ];
    expect(rowsOf({ site: { products: { totalCount: 2, nodes } } })).toEqual([
      ['id', 'name', 'partner.orders', 'partner.freshness.state'],
      ['a', 'Hat', '3', 'FRESH'],
      ['b', 'Shoe', '0', 'FRESH'],
    ]);
  });

  test('is one row where there is no list', () => {
    expect(rowsOf({ product: { id: 'a', partner: { orders: 3 } } })).toEqual([
      ['product.id', 'product.partner.orders'],
      ['a', '3'],
    ]);
  });

  test('is that of the list that holds the most', () => {
    expect(rowsOf({ sites: [{ id: 's' }], products: [{ id: 'a' }, { id: 'b' }] })).toEqual([['id'], ['a'], ['b']]);
  });

  test('is that of the list that holds the most, also where it stands inside of another list', () => {
    const sites = [{ products: { nodes: [{ id: 'a' }, { id: 'b' }, { id: 'c' }] } }];
    expect(rowsOf({ sites }).map((row) => row.at(-1))).toEqual([expect.stringMatching(/id$/), 'a', 'b', 'c']);
  });

  test('leaves out what does not exist', () => {
    expect(rowsOf({ products: [{ id: 'a' }, null, { id: 'c' }] })).toEqual([['id'], ['a'], ['c']]);
  });

  test('has an empty cell for null, and words for false and 0', () => {
    expect(rowsOf({ products: [{ a: null, b: false, c: 0, d: '' }] })).toEqual([
      ['a', 'b', 'c', 'd'],
      ['', 'false', '0', ''],
    ]);
  });

  test('keeps the columns in the order selected, also where the first product has nothing to show for some', () => {
    const products = [
      { id: 'a', partner: null, name: 'Hat' },
      { id: 'b', partner: { orders: 3, clicks: 5 }, name: 'Shoe' },
      { id: 'c', partner: { orders: null, clicks: 6 }, name: 'Coat' },
    ];
    expect(rowsOf({ products })).toEqual([
      ['id', 'partner.orders', 'partner.clicks', 'name'],
      ['a', '', '', 'Hat'],
      ['b', '3', '5', 'Shoe'],
      ['c', '', '6', 'Coat'],
    ]);
  });

  test('holds texts of a list of texts', () => {
    expect(rowsOf({ ids: ['a', 'b'] })).toEqual([['value'], ['a'], ['b']]);
  });

  test('of nothing has no rows, and no failure', () => {
    expect(rowsOf({ products: [] })).toEqual([[]]);
    expect(() => [null, undefined, {}, []].map(rowsOf)).not.toThrow();
  });
});

describe('the printed table', () => {
  const print = (data: unknown) => formatTable(flatten(data)).split('\n');

  test('puts numbers to the right and texts to the left, under their names', () => {
    const products = [
      { name: 'Hat', orders: 3, revenue: '1234.50' },
      { name: 'Red shoe', orders: 12_345, revenue: '-9.90' },
    ];
    expect(print({ products })).toEqual([
      'name      orders  revenue',
      'Hat            3  1234.50',
      'Red shoe   12345    -9.90',
    ]);
  });

  test('leaves cells of null empty, and no blanks at the ends', () => {
    const products = [
      { orders: null, name: 'Hat' },
      { orders: 3, name: 'Red shoe' },
    ];
    expect(print({ products })).toEqual(['orders  name', '        Hat', '     3  Red shoe']);
  });

  test('is one line for each row, whatever the values hold', () => {
    expect(print({ products: [{ name: 'two\nlines' }, { name: 'one' }] })).toHaveLength(3);
  });
});

describe('the CSV of an answer', () => {
  const csvOf = (data: unknown) => formatCsv(csvRows(flatten(data))).split('\n');

  test('has the columns first, and an empty cell where there is nothing', () => {
    const products = [
      { id: 'a', name: 'Hat, red', partner: { orders: 3, revenue: '12.50' } },
      { id: 'b', name: 'Shoe', partner: null },
    ];
    expect(csvOf({ products })).toEqual(['id,name,partner.orders,partner.revenue', 'a,"Hat, red",3,12.50', 'b,Shoe,,']);
  });

  test.each([-5, '-5.00', '1e-7', 0])('leaves the number %j as it is', (value) => {
    expect(csvOf({ products: [{ value }] })).toEqual(['value', String(value)]);
  });

  test.each(['=cmd()', '+1', '-1+cmd()', '@x', '-'])('turns no text into a formula: %s', (value) => {
    expect(csvOf({ products: [{ value }] })).toEqual(['value', `'${value}`]);
  });
});
