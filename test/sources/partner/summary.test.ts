import { describe, expect, test } from '@jest/globals';
import Big from 'big.js';
import fc from 'fast-check';
import { GatewayError } from '../../../src/errors.js';
import type { FigureType } from '../../../src/figureMappings.js';
import type { ValueFigure } from '../../../src/figures.js';
import { scalars } from '../../../src/schema/scalars.js';
import { compilePointer, compileSummaryReader, type FigureResult } from '../../../src/sources/partner/summary.js';
import { caught } from '../../helpers/caught.js';

const figure = (type: FigureType, pointer = '/x', name = 'mine'): ValueFigure => ({
  name,
  type,
  pointer,
  additive: false,
});
const badResponse = expect.objectContaining({ code: 'SOURCE_BAD_RESPONSE' });

/** Reads one value, as it arrives after JSON.parse. */
function read(type: FigureType, value: unknown): FigureResult | undefined {
  return compileSummaryReader([figure(type)], null)({ x: value }, 'P-1')['mine'];
}

/** Reads a number as the partner writes it into its JSON. */
const readJson = (type: FigureType, json: string) => read(type, JSON.parse(json));
const numberTypes = ['Int', 'SafeInt', 'Float', 'Decimal'] as const;

describe('a number', () => {
  test.each<[FigureType, unknown, FigureResult]>([
    ['SafeInt', 0, 0],
    ['SafeInt', 12, 12],
    ['SafeInt', '0', 0],
    ['SafeInt', '12', 12],
    ['SafeInt', '007', 7],
    ['SafeInt', '999999999999999', 999_999_999_999_999],
    ['SafeInt', Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER],
    ['Int', 2_147_483_647, 2_147_483_647],
    ['Int', '2147483647', 2_147_483_647],
    ['Float', 1.5, 1.5],
    ['Float', -1.5, -1.5],
    ['Float', '1.5', 1.5],
    ['Float', '-0.25', -0.25],
    ['Decimal', '1234.50', '1234.50'],
    ['Decimal', '-19.99', '-19.99'],
    ['Decimal', 19.99, '19.99'],
    ['Decimal', 0, '0'],
  ])('%s %j is %j', (type, value, expected) => {
    expect(read(type, value)).toBe(expected);
  });

  const never: readonly unknown[] = [
    '1,234',
    '1.234,50',
    '',
    ' ',
    ' 1',
    '1 ',
    '1\n',
    '\ufeff1',
    'null',
    'NaN',
    'Infinity',
    '-Infinity',
    '0x10',
    '0b1',
    '1e3',
    '1_000',
    '+1',
    '.5',
    '5.',
    '1.2.3',
    '--1',
    '−1',
    '１２',
    '٣',
    '12 EUR',
    '1'.repeat(16),
    null,
    true,
    false,
    [],
    [1],
    {},
    { valueOf: 1 },
  ];
  const rows = numberTypes.flatMap((type) => never.map((value) => [type, value] as const));

  test.each(rows)('%s is never made of %j', (type, value) => {
    expect(read(type, value)).toEqual(badResponse);
  });

  test.each([
    ['SafeInt', '9007199254740993'],
    ['SafeInt', '9007199254740992'],
    ['SafeInt', '1e999'],
    ['SafeInt', '-1'],
    ['SafeInt', '0.5'],
    ['SafeInt', '"-1"'],
    ['SafeInt', '"1.0"'],
    ['Int', '2147483648'],
    ['Int', '"2147483648"'],
    ['Int', '-1'],
    ['Float', '1e999'],
    ['Float', '-1e999'],
    ['Decimal', '1e999'],
    ['Decimal', '1e21'],
    ['Decimal', '1e-7'],
    ['Decimal', '123456789012345.678'],
    ['Decimal', '0.1234567890123456789'],
  ] as const)('%s is never made of the JSON %s', (type, json) => {
    expect(readJson(type, json)).toEqual(badResponse);
  });

  test.each(numberTypes)('%s never comes out of a text that no one would write for it', (type) => {
    const grammar = type === 'Int' || type === 'SafeInt' ? /^\d{1,15}$/ : /^-?\d{1,15}(\.\d{1,15})?$/;
    const nearly = fc.stringMatching(/^[-+]?[\d., _eE]{0,20}$/);
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), nearly), (text) => {
        const value = read(type, text);
        if (!grammar.test(text)) expect(value).toEqual(badResponse);
        else if (!(value instanceof GatewayError)) expect(Number(value)).toBe(Number(text));
      }),
      { numRuns: 500 },
    );
  });

  test('that is money is exact as a text, and as a number up to the 15 digits that a number can keep', () => {
    const whole = fc.stringMatching(/^(0|[1-9]\d{0,14})$/);
    fc.assert(
      fc.property(whole, fc.stringMatching(/^\d{1,15}$/), (before, after) => {
        const text = `${before}.${after}`;
        expect(readJson('Decimal', `"${text}"`)).toBe(text);
        const kept = `${before}.${after.slice(0, 15 - before.length)}`.replace(/\.$/, '');
        const value = readJson('Decimal', kept);
        if (!(value instanceof GatewayError)) expect([kept, new Big(String(value)).eq(kept)]).toEqual([kept, true]);
      }),
      { numRuns: 500 },
    );
  });

  test.each(['0', '1234.5', '99999999999.99', '0.01', '123456789012345', '-12.5'])(
    'that is the money %s is not refused',
    (json) => {
      expect(readJson('Decimal', json)).toBe(json);
    },
  );

  test('that counts is exactly what was sent, or an error', () => {
    fc.assert(
      fc.property(fc.bigInt(0n, 10n ** 20n), (count) => {
        const value = readJson('SafeInt', String(count));
        if (!(value instanceof GatewayError)) expect(BigInt(Number(value))).toBe(count);
      }),
    );
  });

  test('that is missing is an error, and never 0', () => {
    const summary = compileSummaryReader(
      numberTypes.map((type) => figure(type, '/x', type)),
      null,
    )({}, 'P-1');
    expect(Object.values(summary)).toEqual(numberTypes.map(() => badResponse));
  });
});

describe('what is no number', () => {
  test.each<[FigureType, unknown]>([
    ['String', 'EUR'],
    ['String', ''],
    ['String', 'x'.repeat(1_000)],
    ['String', null],
    ['ID', 'a'],
    ['ID', null],
    ['Boolean', true],
    ['Boolean', false],
    ['Boolean', null],
    ['Date', '2028-02-29'],
    ['Date', null],
    ['DateTime', '2026-01-31T09:30:00Z'],
    ['DateTime', '2026-01-31T09:30:00.123+01:00'],
    ['DateTime', null],
  ])('%s %j is read as it is', (type, value) => {
    expect(read(type, value)).toBe(value);
  });

  test.each<[FigureType, unknown]>([
    ['String', 5],
    ['String', 'x'.repeat(1_001)],
    ['ID', 'x'.repeat(1_001)],
    ['String', true],
    ['String', {}],
    ['ID', 5],
    ['Boolean', 'true'],
    ['Boolean', 0],
    ['Date', '2026-02-29'],
    ['Date', '2026-02-30'],
    ['Date', '2026-13-01'],
    ['Date', '26-01-01'],
    ['Date', '2026-1-1'],
    ['Date', '2026-01-01T00:00:00Z'],
    ['Date', 1_767_225_600],
    ['Date', ''],
    ['DateTime', '2026-01-31'],
    ['DateTime', '2026-01-31 09:30:00'],
    ['DateTime', '2026-01-31T09:30:00'],
    ['DateTime', '2026-02-30T09:30:00Z'],
    ['DateTime', '2026-01-31T24:00:00Z'],
    ['DateTime', '2026-01-31T25:00:00Z'],
    ['DateTime', '2026-01-31T09:30:00+99:99'],
    ['DateTime', 'Sat, 31 Jan 2026 09:30:00 GMT'],
    ['DateTime', 1_767_225_600_000],
    ['DateTime', ''],
  ])('%s is never made of %j', (type, value) => {
    expect(read(type, value)).toEqual(badResponse);
  });

  test.each([
    ['Date', /^20\d{2}-[01]\d-[0-3]\d$/],
    ['DateTime', /^20\d{2}-[01]\d-[0-3]\d[Tt][0-2]\d:[0-6]\d:[0-6]\d(\.\d{1,9})?([Zz]|[+-][0-2]\d:[0-6]\d)$/],
    ['Decimal', /^-?\d{1,15}(\.\d{1,15})?$/],
  ] as const)('%s that is read can be printed by the schema', (type, grammar) => {
    fc.assert(
      fc.property(fc.stringMatching(grammar), (text) => {
        const value = read(type, text);
        if (!(value instanceof GatewayError)) expect(() => scalars[type].serialize(value)).not.toThrow();
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('a JSON Pointer', () => {
  const document = {
    '': 'empty',
    a: { b: [10, { c: 'deep' }], 'x/y': 'slash', 'm~n': 'tilde', '~1': 'both', ' ': 'space', 'é%41': 'as written' },
    zero: 0,
    no: null,
    own: JSON.parse('{"__proto__": "own", "constructor": "mine"}'),
  };

  test.each<[string, unknown]>([
    ['/zero', 0],
    ['/no', null],
    ['/a/b/0', 10],
    ['/a/b/1/c', 'deep'],
    ['/', 'empty'],
    ['/a/ ', 'space'],
    ['/a/x~1y', 'slash'],
    ['/a/m~0n', 'tilde'],
    ['/a/~01', 'both'],
    ['/a/é%41', 'as written'],
    ['/own/__proto__', 'own'],
    ['/own/constructor', 'mine'],
  ])('%j finds %j', (pointer, value) => {
    expect(compilePointer(pointer)(document)).toEqual(value);
  });

  test('"" is the whole document, whatever it is', () => {
    for (const whole of [document, 5, 'text', null]) expect(compilePointer('')(whole)).toBe(whole);
  });

  test.each([
    '/gone',
    '/zero/x',
    '/no/x',
    '/a/b/2',
    '/a/b/00',
    '/a/b/-',
    '/a/b/-1',
    '/a/b/length',
    '/a/b/1e0',
    '/a/b/map',
    '/a/c/d',
    '/__proto__',
    '/constructor/name',
    '/toString',
    '/hasOwnProperty',
    '/a/__proto__/b',
    '/a/b/1/c/length',
    '/a/b/1/c/0',
  ])('%j finds nothing', (pointer) => {
    expect(compilePointer(pointer)(document)).toBeUndefined();
  });

  test('finds nothing in what is no object, and does not fail', () => {
    for (const whole of [5, 'text', true, null, undefined]) expect(compilePointer('/a')(whole)).toBeUndefined();
  });

  test('finds every member by its escaped name', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (outer, inner) => {
        const step = (name: string) => `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;
        const holder = Object.fromEntries([[outer, Object.fromEntries([[inner, 'found']])]]);
        expect(compilePointer(step(outer) + step(inner))(holder)).toBe('found');
      }),
    );
  });
});

describe('a summary', () => {
  const figures = [
    figure('SafeInt', '/stats/orders', 'orders'),
    figure('Decimal', '/stats/revenue', 'revenue'),
    figure('String', '/currency', 'currency'),
  ];

  test('holds every figure; one that is wrong is an error in its place and leaves the others alone', () => {
    const summary = compileSummaryReader(figures, null)({ stats: { orders: 'canary', revenue: '12.50' } }, 'P-1');
    expect(summary).toEqual({ orders: badResponse, revenue: '12.50', currency: badResponse });
    expect(String(summary['orders'])).toMatch(/orders/);
    expect(String(summary['orders'])).not.toContain('canary');
  });

  test.each([null, 5, 'text', true, [], {}])('of the answer %j has an error for every figure', (answer) => {
    expect(Object.values(compileSummaryReader(figures, null)(answer, 'P-1'))).toEqual([
      badResponse,
      badResponse,
      badResponse,
    ]);
  });

  test('of a text is the text itself, at the pointer ""', () => {
    const readText = compileSummaryReader([figure('SafeInt', '')], null);
    expect([readText('42', 'P-1')['mine'], readText('4 2', 'P-1')['mine']]).toEqual([42, badResponse]);
  });

  test('pollutes nothing, whatever the answer names', () => {
    compileSummaryReader(figures, null)(
      JSON.parse('{"__proto__": {"polluted": 1}, "stats": {"__proto__": {"polluted": 1}}}'),
      'P-1',
    );
    expect('polluted' in {}).toBe(false);
  });
});

describe('the identity of an answer', () => {
  const readAs = (product: unknown, id: string) =>
    compileSummaryReader([figure('Int')], '/product')({ product, x: 1 }, id);

  test.each([
    ['P-1', 'P-1'],
    ['7', '7'],
    [7, '7'],
  ])('%j is that of %s', (product, id) => {
    expect(readAs(product, id)).toEqual({ mine: 1 });
  });

  test.each([
    ['P-2', 'P-1'],
    ['p-1', 'P-1'],
    ['P-1 ', 'P-1'],
    ['', 'P-1'],
    [7, '07'],
    [7, '8'],
    [null, 'null'],
    [true, 'true'],
    [['P-1'], 'P-1'],
    [{ toString: 'P-1' }, 'P-1'],
  ])('%j is not that of %s: nothing of the answer is used', (product, id) => {
    const error = caught(GatewayError, () => readAs(product, id));
    expect([error.code, error.message]).toEqual(['SOURCE_BAD_RESPONSE', "The partner's answer is another product's."]);
  });

  test('that is not there is told as such', () => {
    const error = caught(GatewayError, () => readAs(undefined, 'undefined'));
    expect(error.message).toBe('The partner\'s answer has no product id at "/product", which identity points to.');
  });

  test('is not checked where none is configured', () => {
    expect(compileSummaryReader([figure('Int')], null)({ product: 'P-2', x: 1 }, 'P-1')).toEqual({ mine: 1 });
  });
});
