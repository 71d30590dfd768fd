import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { formatDouble } from '../../src/demo/doubles.js';

describe('formatDouble', () => {
  test.each([
    [0, '0'],
    [42, '42'],
    [-0.5, '-0.5'],
    [0.1, '0.1'],
    [1 / 3, '0.33333333333333331'],
    [0.9734848484848485, '0.97348484848484851'],
    [0.0001, '0.0001'],
    [0.00001, '1e-05'],
    [123_456_789_012_345, '123456789012345'],
    [1e15, '1e+15'],
    [1.5e300, '1.5e+300'],
    [Number.POSITIVE_INFINITY, 'inf'],
    [Number.NaN, 'nan'],
  ])('writes %p as %s', (value, text) => {
    expect(formatDouble(value)).toBe(text);
  });

  test('loses nothing', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        expect(Number(formatDouble(value))).toBe(value === 0 ? 0 : value);
      }),
    );
  });
});
