import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { FigureValue } from '../../src/table/column.js';
import { divide } from '../../src/table/ratio.js';

describe('a ratio', () => {
  test.each<[FigureValue, FigureValue, number | null]>([
    [3, 4, 0.75],
    [0, 4, 0],
    ['0.30', 3, 0.1],
    ['-1.5', '0.5', -3],
    [1, 3, 1 / 3],
    ['9007199254740993', '9007199254740993', 1],
    ['1234567890123456789.50', '1234567890123456789.5', 1],
    [null, 4, null],
    [3, null, null],
    [null, null, null],
    [null, 0, null],
    [3, 0, null],
    [0, 0, null],
    ['1.00', '0.00', null],
    ['1.00', '-0', null],
    [3, -0, null],
  ])('of %j to %j is %j', (of, per, expected) => {
    expect(divide(of, per)).toBe(expected);
  });

  test.each<[FigureValue, FigureValue]>([
    [1, 1_234_567],
    [1, 2 ** 53 - 1],
  ])('that is small has all the digits of a double: %j to %j', (of, per) => {
    expect(divide(of, per)).toBe(Number(of) / Number(per));
  });

  test('of two decimals is their quotient to the digits of a double', () => {
    const amount = fc.bigInt({ min: 1n, max: 10n ** 15n });
    fc.assert(
      fc.property(amount, amount, fc.boolean(), (of, per, isNegative) => {
        const cents = (each: bigint) => `${each / 100n}.${String(each % 100n).padStart(2, '0')}`;
        const ratio = divide((isNegative ? '-' : '') + cents(of), cents(per)) ?? Number.NaN;
        const exact = (Number(of) / Number(per)) * (isNegative ? -1 : 1);
        expect(Math.abs(ratio / exact - 1)).toBeLessThan(4e-16);
      }),
    );
  });
});
