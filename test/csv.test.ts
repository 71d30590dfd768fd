import { pipeline } from 'node:stream';
import { buffer, text } from 'node:stream/consumers';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type CsvRow, createCsvFile, formatCsv } from '../src/csv.js';
import { readCsv } from './helpers/csv.js';
import { until } from './helpers/until.js';

/** Byte by byte: readers of text take the byte order mark off. */
const fileOf = async (rows: readonly CsvRow[]) =>
  (await buffer(pipeline(rows, createCsvFile(), () => {}))).toString('utf8');

describe('a cell', () => {
  test.each(['=cmd()', '+1', '-1', '@x', '\t=1', '\r=1', '\uFF1D1'])(
    'that a spreadsheet would take for a formula has an apostrophe before it: %j',
    (name) => {
      expect(readCsv(formatCsv([[name]]))).toEqual([[`'${name}`]]);
    },
  );

  test.each([
    [-5, '-5'],
    [{ exact: '-5.00' }, '-5.00'],
    [{ exact: '1234.50' }, '1234.50'],
    [0, '0'],
    [true, 'true'],
    [false, 'false'],
    [null, ''],
    ['', ''],
    ['Red=Shoe', 'Red=Shoe'],
    ['a,b', '"a,b"'],
    ['12" plate', '"12"" plate"'],
    ['two\nlines', '"two\nlines"'],
  ])('%j is written %j', (cell, written) => {
    expect(formatCsv([[cell, 'next']])).toBe(`${written},next`);
  });
});

describe('a file', () => {
  test('begins with a byte order mark, and every line ends in CR and LF', async () => {
    expect(await fileOf([['näme'], ['Größe']])).toBe('\uFEFFnäme\r\nGröße\r\n');
  });

  test('holds every text as it was, but for the apostrophes', async () => {
    const cell = fc.string({ unit: fc.constantFrom('a', 'é', '"', ',', '\n', '\r', ' ', '=', '-', '😀') });
    const table = fc.array(fc.array(cell, { minLength: 2, maxLength: 2 }), { minLength: 1, maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(table, async (rows) => {
        const read = readCsv((await fileOf([['a', 'b'], ...rows])).slice(1));
        expect(read.slice(1)).toEqual(rows.map((row) => row.map((each) => each.replace(/^(?=[=\-\r])/, "'"))));
      }),
    );
  });

  test('takes no more rows than it has room for, while nobody reads it', async () => {
    const total = 100_000;
    let taken = 0;
    function* count() {
      for (; taken < total; taken += 1) yield [`row ${taken}`, 'x'.repeat(100)];
    }
    const file = pipeline(count(), createCsvFile(), () => {});
    await until(() => file.readableLength >= file.readableHighWaterMark, 'a full buffer');
    const whileFull = taken;
    expect(whileFull).toBeLessThan(total / 10);
    expect((await text(file)).match(/\n/g)).toHaveLength(total);
    expect(taken).toBe(total);
  });
});
