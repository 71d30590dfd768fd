import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { FigureType } from '../../src/figureMappings.js';
import type { FigureValue } from '../../src/table/column.js';
import { commonCurrency, sumFigures } from '../../src/table/totals.js';

const sum = (type: FigureType, ...values: FigureValue[]) =>
  sumFigures(
    [{ name: 'x', type }],
    values.map((x) => ({ x })),
  )['x'];

describe('a sum', () => {
  test.each<[FigureType, FigureValue[], FigureValue]>([
    ['Decimal', ['0.10', '0.20'], '0.30'],
    ['Decimal', ['0.1', '0.2'], '0.3'],
    ['Decimal', ['1.5', '1.50', '2'], '5.00'],
    ['Decimal', ['1.25', '-1.25'], '0.00'],
    ['Decimal', ['-3', '1'], '-2'],
    ['Decimal', ['9007199254740993.01', '0.01'], '9007199254740993.02'],
    ['Decimal', ['0.000000000000001', '123456789012345'], '123456789012345.000000000000001'],
    ['Decimal', ['7.10'], '7.10'],
    ['SafeInt', [1, 2, 3], 6],
    ['Int', [2_147_483_647, 1], 2_147_483_648],
    ['Float', [0.1, 0.2], 0.3],
    ['Float', [0.5, -0.25], 0.25],
  ])('of %s figures %j is %j, without rounding', (type, values, expected) => {
    expect(sum(type, ...values)).toBe(expected);
  });

  test('of nothing is null, and not 0', () => {
    expect(sum('Decimal')).toBeNull();
    expect(sum('SafeInt')).toBeNull();
  });

  test('is made of each figure by itself', () => {
    const figures = [
      { name: 'orders', type: 'SafeInt' },
      { name: 'revenue', type: 'Decimal' },
    ] as const;
    const rows = [
      { orders: 1, revenue: '1.00', clicks: 5 },
      { orders: 2, revenue: '0.5', clicks: 5 },
    ];
    expect(sumFigures(figures, rows)).toEqual({ orders: 3, revenue: '1.50' });
    expect(sumFigures([], rows)).toEqual({});
  });

  test('of decimals is exact, keeps the most places of its parts, and does not depend on their order', () => {
    const decimal = fc
      .tuple(fc.bigInt({ min: -(10n ** 15n), max: 10n ** 15n }), fc.nat(6))
      .map(([digits, places]) => ({ digits, places }));
    const write = ({ digits, places }: { digits: bigint; places: number }) => {
      const text = String(digits < 0n ? -digits : digits).padStart(places + 1, '0');
      const whole = text.slice(0, text.length - places);
      return `${digits < 0n ? '-' : ''}${whole}${places > 0 ? `.${text.slice(-places)}` : ''}`;
    };
    fc.assert(
      fc.property(fc.array(decimal, { minLength: 1, maxLength: 20 }), (parts) => {
        const places = Math.max(...parts.map((part) => part.places));
        const digits = parts.reduce((all, part) => all + part.digits * 10n ** BigInt(places - part.places), 0n);
        const texts = parts.map(write);
        expect(sum('Decimal', ...texts)).toBe(write({ digits, places }));
        expect(sum('Decimal', ...texts.toReversed())).toBe(write({ digits, places }));
      }),
    );
  });
});

describe('the currency of many amounts', () => {
  test.each<[(string | null)[], string | null]>([
    [['EUR', 'EUR'], 'EUR'],
    [['EUR'], 'EUR'],
    [['EUR', 'USD'], null],
    [['EUR', null], null],
    [[null, 'EUR'], null],
    [[null], null],
    [[], null],
    [['EUR', 'eur'], null],
  ])('%j is %j', (currencies, expected) => {
    expect(commonCurrency(currencies)).toBe(expected);
  });
});
