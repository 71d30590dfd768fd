import { describe, expect, test } from '@jest/globals';
import Big from 'big.js';
import fc from 'fast-check';
import { formatDouble } from '../../../src/demo/doubles.js';
import { GatewayError } from '../../../src/errors.js';
import type { FigureType } from '../../../src/figureMappings.js';
import type { MetricFigure } from '../../../src/figures.js';
import { metricKind } from '../../../src/metricKinds.js';
import type { Cell, ReportPlan } from '../../../src/sources/googleAnalytics/planner.js';
import {
  type FigureResult,
  isPlaceholder,
  joinPages,
  notAdditive,
  readCell,
  readFigure,
  readRows,
} from '../../../src/sources/googleAnalytics/rows.js';

const kindNames = { additive: 'screenPageViews', distinct: 'sessions', ratio: 'bounceRate' } as const;

function figure(metric: string, type: FigureType = 'SafeInt'): MetricFigure {
  const kind = metricKind(metric);
  return { name: 'mine', type, metric, kind, additive: kind === 'additive' };
}

const january = { start: '2026-01-01', end: '2026-01-31' };
const common = { property: '1', dimension: 'pagePath', currency: 'EUR', interval: null };

function plan(metrics: readonly string[], parts: Partial<ReportPlan> = {}): ReportPlan {
  const keys = ['/a', '/b', '/c'];
  return { ...common, byKey: true, ranges: [january], metrics, keys, scan: null, offset: 0, limit: 3, ...parts };
}

function cell(metric: string, keys: readonly string[], parts: Partial<Cell> = {}): Cell {
  return { ...common, timeZone: 'Europe/Berlin', keys, range: january, metric, ...parts };
}

/** What Google may send, as far as these tests look into it. */
interface ReportAnswer {
  readonly [member: string]: unknown;
  readonly rows?: readonly object[];
  readonly metadata?: unknown;
}

/** An answer as Google writes it: one row for each key, its values in the order of the metrics. */
function report(
  metrics: readonly string[],
  rows: Record<string, readonly string[]>,
  metadata: object = {},
): ReportAnswer {
  return {
    kind: 'analyticsData#runReport',
    dimensionHeaders: [{ name: 'pagePath' }],
    metricHeaders: metrics.map((name) => ({ name })),
    ...(Object.keys(rows).length > 0 && {
      rows: Object.entries(rows).map(([key, values]) => ({
        dimensionValues: [{ value: key }],
        metricValues: values.map((value) => ({ value })),
      })),
    }),
    metadata,
  };
}

/** What becomes of a figure; an error that is thrown counts like one that is answered. */
function readFrom(
  wanted: MetricFigure,
  keys: readonly string[],
  answer: unknown,
  metrics = [wanted.metric],
): FigureResult {
  try {
    const asked = plan(metrics);
    const { texts } = readCell(cell(wanted.metric, keys), asked, readRows(asked, answer));
    return readFigure(texts[0] ?? null, wanted);
  } catch (error) {
    if (error instanceof GatewayError) return error;
    throw error;
  }
}

/** The same for rows of one metric. */
function read(
  wanted: MetricFigure,
  keys: readonly string[],
  rows: Record<string, string>,
  metadata: object = {},
): FigureResult {
  const values = Object.fromEntries(Object.entries(rows).map(([key, value]) => [key, [value]]));
  return readFrom(wanted, keys, report([wanted.metric], values, metadata));
}

const badResponse = expect.objectContaining({ code: 'SOURCE_BAD_RESPONSE' });

describe('a figure', () => {
  test('is the value in the row of its key', () => {
    const metrics = ['sessions', 'bounceRate'];
    const answer = report(metrics, { '/b': ['7', '0.25'], '/a': ['5', '0.5'] });
    expect(readFrom(figure('sessions'), ['/a'], answer, metrics)).toBe(5);
    expect(readFrom(figure('bounceRate', 'Float'), ['/b'], answer, metrics)).toBe(0.25);
  });

  test('is found by the names of the columns, wherever they stand', () => {
    const values: Record<string, string> = { sessions: '1', screenPageViews: '2', bounceRate: '3' };
    const names = Object.keys(values);
    fc.assert(
      fc.property(
        fc.shuffledSubarray(names, { minLength: 3 }),
        fc.shuffledSubarray(['pagePath', 'hostName'], { minLength: 2 }),
        (order, dimensions) => {
          const answer = {
            kind: 'analyticsData#runReport',
            dimensionHeaders: dimensions.map((name) => ({ name })),
            metricHeaders: ['unasked', ...order].map((name) => ({ name })),
            rows: [
              {
                dimensionValues: dimensions.map((name) => ({ value: name === 'pagePath' ? '/a' : 'host' })),
                metricValues: ['9', ...order.map((name) => values[name])].map((value) => ({ value: value ?? '' })),
              },
            ],
          };
          expect(names.map((name) => readFrom(figure(name), ['/a'], answer, names))).toEqual([1, 2, 3]);
        },
      ),
    );
  });

  test.each(['__proto__', 'constructor'])('of the key %j is its own row or none', (name) => {
    expect(read(figure('sessions'), [name], { '/a': '4' })).toBe(0);
    expect(read(figure('sessions'), [name], { [name]: '4', '/a': '5' })).toBe(4);
  });

  test.each(['', '(other)', '(not set)', '(data not available)'])('is never that of %j, which is no key', (name) => {
    expect(isPlaceholder(name)).toBe(true);
    expect(read(figure('sessions'), [name], { [name]: '4', '/a': '5' })).toBe(0);
  });

  test('is not that of a key in other letters', () => {
    expect(read(figure('sessions'), ['/A'], { '/a': '4' })).toBe(0);
  });
});

describe('several keys', () => {
  test('are summed where events are counted', () => {
    expect(read(figure('screenPageViews'), ['/a', '/b', '/c'], { '/a': '1', '/c': '30' })).toBe(31);
  });

  test('that must not be summed are NOT_ADDITIVE where they cannot be asked for together', () => {
    expect(notAdditive(figure('sessions'), ['/a', '/b'])).toMatchObject({
      message: 'mine must not be summed over the 2 Google keys of this product.',
      extensions: { code: 'NOT_ADDITIVE', source: 'googleAnalytics', retryable: false },
    });
  });

  test('sum money exactly', () => {
    expect(
      read(figure('totalRevenue', 'Decimal'), ['/a', '/b', '/c'], { '/a': '0.1', '/b': '0.2', '/c': '1e-7' }),
    ).toBe('0.3000001');
    const money = fc
      .tuple(fc.bigInt(0n, 10n ** 15n), fc.integer({ min: 0, max: 99 }))
      .map(([whole, cents]) => `${whole}.${String(cents).padStart(2, '0')}`);
    fc.assert(
      fc.property(fc.tuple(money, money), ([a, b]) => {
        const sum = read(figure('totalRevenue', 'Decimal'), ['/a', '/b'], { '/a': a, '/b': b });
        expect(sum).toMatch(/^\d+(\.\d+)?$/);
        expect(new Big(String(sum)).eq(new Big(a).plus(b))).toBe(true);
      }),
    );
  });
});

describe('a missing row', () => {
  const nothing: [string, object][] = [
    ['nothing', {}],
    ['no sampling', { samplingMetadatas: [] }],
    ['no', { dataLossFromOtherRow: false, subjectToThresholding: false }],
  ];
  const withheld: [string, object][] = [
    ['thresholding', { subjectToThresholding: true }],
    ['rows folded into (other)', { dataLossFromOtherRow: true }],
    ['sampling', { samplingMetadatas: [{ samplesReadCount: '500', samplingSpaceSize: '1000' }] }],
    ['truncation', { dataTruncationReasons: [{ dataTruncationType: 'DATA_TRUNCATION_TYPE_DATE_RANGE' }] }],
  ];

  test.each(nothing)('is 0 for a count and null for a ratio when Google tells of %s', (_, metadata) => {
    const values = Object.values(kindNames).map((metric) => read(figure(metric), ['/a'], {}, metadata));
    expect(values).toEqual([0, 0, null]);
  });

  test.each(withheld)('is null for all when Google tells of %s', (_, metadata) => {
    const values = Object.values(kindNames).map((metric) => read(figure(metric), ['/a'], { '/b': '3' }, metadata));
    expect(values).toEqual([null, null, null]);
  });

  test.each(withheld)('of one of several keys makes the sum unknown under %s', (_, metadata) => {
    expect(read(figure('screenPageViews'), ['/a', '/b'], { '/a': '3' }, metadata)).toBeNull();
    expect(read(figure('screenPageViews'), ['/a', '/b'], { '/a': '3', '/b': '4' }, metadata)).toBe(7);
  });

  test('is 0 as money, too', () => {
    expect(read(figure('totalRevenue', 'Decimal'), ['/a'], {})).toBe('0');
  });

  test('of an answer without metadata is read like one that tells of nothing', () => {
    const { metadata: _, ...answer } = report(['sessions'], {});
    expect(readFrom(figure('sessions'), ['/a'], answer)).toBe(0);
  });

  test('of money that our account may not see is never 0', () => {
    const metadata = {
      schemaRestrictionResponse: {
        activeMetricRestrictions: [{ metricName: 'totalRevenue', restrictedMetricTypes: ['REVENUE_DATA'] }],
      },
    };
    expect(read(figure('totalRevenue', 'Decimal'), ['/a'], {}, metadata)).toBeNull();
    expect(read(figure('totalRevenue', 'Decimal'), ['/a'], { '/a': '0' }, metadata)).toBeNull();
    expect(read(figure('screenPageViews'), ['/a'], { '/a': '3' }, metadata)).toBe(3);
  });
});

describe('numbers as Google prints them', () => {
  test.each<[FigureType, string, FigureResult]>([
    ['SafeInt', '0', 0],
    ['SafeInt', '12', 12],
    ['SafeInt', '9007199254740991', 9_007_199_254_740_991],
    ['SafeInt', '1e+06', 1_000_000],
    ['SafeInt', '3.0', 3],
    ['Int', '2147483647', 2_147_483_647],
    ['Float', '0.33333333333333331', 1 / 3],
    ['Float', '1.0000000000000001e-05', 0.00001],
    ['Float', '2e-07', 2e-7],
    ['Float', '-1.5', -1.5],
    ['Decimal', '1234.5', '1234.5'],
    ['Decimal', '1e+21', '1000000000000000000000'],
    ['Decimal', '0.1000000000000000055511151231257827', '0.1000000000000000055511151231257827'],
    ['Decimal', '-19.99', '-19.99'],
  ])('%s %s is %j', (type, text, value) => {
    expect(read(figure('totalRevenue', type), ['/a'], { '/a': text })).toBe(value);
  });

  test.each<[FigureType, string]>([
    ['SafeInt', '9007199254740992'],
    ['SafeInt', '0.5'],
    ['SafeInt', '1e+16'],
    ['Int', '2147483648'],
    ['Int', '1.5'],
    ['Float', '1e+999'],
    ['Float', 'NaN'],
    ['Float', 'nan'],
    ['Float', 'Infinity'],
    ['Float', '-inf'],
    ['Float', ''],
    ['Float', ' 1'],
    ['Float', '1 '],
    ['Float', '1\n'],
    ['Float', '+1'],
    ['Float', '.5'],
    ['Float', '5.'],
    ['Float', '1,234'],
    ['Float', '0x10'],
    ['Float', '1_000'],
    ['Float', '1e'],
    ['Float', '(not set)'],
    ['Decimal', 'NaN'],
    ['Decimal', ''],
  ])('%s %j is SOURCE_BAD_RESPONSE of this figure, and never another number', (type, text) => {
    expect(read(figure('totalRevenue', type), ['/a'], { '/a': text })).toEqual(badResponse);
  });

  test('keep every double that protobuf can print', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        expect(Number(read(figure('totalRevenue', 'Float'), ['/a'], { '/a': formatDouble(value) }))).toBe(value + 0);
      }),
    );
  });

  test('say which figure is wrong, and quote nothing of the answer', () => {
    const error = read(figure('totalRevenue', 'Float'), ['/a'], { '/a': 'canary' });
    expect(error).toBeInstanceOf(GatewayError);
    expect(String(error)).toMatch(/mine|totalRevenue/);
    expect(String(error)).not.toContain('canary');
  });
});

describe('an answer of the wrong shape is SOURCE_BAD_RESPONSE:', () => {
  const whole = report(['sessions'], { '/a': ['1'] });
  const row = { dimensionValues: [{ value: '/a' }], metricValues: [{ value: '1' }] };

  test.each<[string, object]>([
    ['another kind', { ...whole, kind: 'analyticsData#batchRunReports' }],
    ['no kind', { rows: whole.rows }],
    ['an empty object', {}],
    ['no header of the dimension', { ...whole, dimensionHeaders: [] }],
    ['the header of another dimension', { ...whole, dimensionHeaders: [{ name: 'pageTitle' }] }],
    ['no header of the metric', { ...whole, metricHeaders: null }],
    ['the header of another metric', { ...whole, metricHeaders: [{ name: 'activeUsers' }] }],
    ['a row without values', { ...whole, rows: [{}] }],
    ['a row without its metric', { ...whole, rows: [{ ...row, metricValues: [] }] }],
    ['a row without its key', { ...whole, rows: [{ ...row, dimensionValues: [{}] }] }],
    ['a number where a text should be', { ...whole, rows: [{ ...row, metricValues: [{ value: 1 }] }] }],
    ['rows that are no list', { ...whole, rows: {} }],
    ['rows that are a text', { ...whole, rows: 'none' }],
    ['a row that is null', { ...whole, rows: [null] }],
    ['headers that are no list', { ...whole, metricHeaders: { name: 'sessions' } }],
    ['a header that is null', { ...whole, metricHeaders: [null] }],
    ['two rows of one key', { ...whole, rows: [row, { ...row, metricValues: [{ value: '2' }] }] }],
  ])('%s', (_, answer) => {
    expect(readFrom(figure('sessions'), ['/a'], answer)).toEqual(badResponse);
  });
});

describe('several ranges', () => {
  const february = { start: '2026-02-01', end: '2026-02-28' };
  const asked = plan(['sessions'], { ranges: [january, february] });
  const names = ['r_2026-01-01_2026-01-31', 'r_2026-02-01_2026-02-28'];
  const answer = (rows: readonly (readonly string[])[], metadata: object = {}) => ({
    kind: 'analyticsData#runReport',
    dimensionHeaders: [{ name: 'pagePath' }, { name: 'dateRange' }],
    metricHeaders: [{ name: 'sessions' }],
    rows: rows.map(([key = '', range = '', value = '']) => ({
      dimensionValues: [{ value: key }, { value: range }],
      metricValues: [{ value }],
    })),
    metadata,
  });
  const readBoth = (given: object) =>
    [january, february].map((range) => {
      const { texts, quality } = readCell(cell('sessions', ['/a'], { range }), asked, readRows(asked, given));
      return [texts, quality.sampledShare];
    });

  test('are told apart by their names, in whatever order the rows come', () => {
    expect(
      readBoth(
        answer([
          ['/a', names[1] ?? '', '2'],
          ['/a', names[0] ?? '', '1'],
        ]),
      ),
    ).toEqual([
      [['1'], null],
      [['2'], null],
    ]);
  });

  test('are sampled each by itself', () => {
    const samples = (read: string) => ({ samplesReadCount: read, samplingSpaceSize: '4' });
    const samplingMetadatas = [samples('4'), samples('1')];
    expect(readBoth(answer([], { samplingMetadatas }))).toEqual([
      [['0'], null],
      [[null], 0.25],
    ]);
  });

  test('that were not asked for make the answer a bad one', () => {
    expect(() => readRows(asked, answer([['/a', 'date_range_0', '1']]))).toThrow(/range that was not asked for/);
  });
});

describe('a series', () => {
  const asked = plan(['sessions'], {
    interval: 'DAY',
    byKey: false,
    ranges: [{ start: '2026-01-01', end: '2026-01-03' }],
  });
  const rows = (metadata: object = {}) =>
    readRows(asked, {
      ...report(['sessions'], {}),
      dimensionHeaders: [{ name: 'date' }],
      rows: [{ dimensionValues: [{ value: '20260102' }], metricValues: [{ value: '7' }] }],
      metadata,
    });
  const days = cell('sessions', ['/a', '/b'], { interval: 'DAY', range: { start: '2026-01-01', end: '2026-01-03' } });

  test('has every day, in order; one without a row is 0 unless rows were withheld', () => {
    expect(readCell(days, asked, rows()).texts).toEqual(['0', '7', '0']);
    expect(readCell(days, asked, rows({ subjectToThresholding: true })).texts).toEqual([null, '7', null]);
  });
});

test('pages are read as one, and what holds for one of them holds for all', () => {
  const asked = plan(['sessions']);
  const [one, two] = [
    report(['sessions'], { '/a': ['1'] }),
    report(['sessions'], { '/b': ['2'] }, { dataLossFromOtherRow: true }),
  ];
  const rows = joinPages([readRows(asked, one), readRows(asked, two)]);
  expect(['/a', '/b', '/c'].map((key) => readCell(cell('sessions', [key]), asked, rows).texts[0])).toEqual([
    '1',
    '2',
    null,
  ]);
});
