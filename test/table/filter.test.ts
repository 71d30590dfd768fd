import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { DateRangeRequest } from '../../src/dateRange.js';
import { GatewayError } from '../../src/errors.js';
import type { FigureType } from '../../src/figureMappings.js';
import type { Cell, CellOf } from '../../src/table/column.js';
import { type ColumnOf, columnsOf, type FilterInput, judge, readFilter } from '../../src/table/filter.js';
import { createProduct } from '../helpers/catalogParts.js';
import { caught } from '../helpers/caught.js';
import { createColumn } from '../helpers/tableParts.js';
import { numberTruth, possibleTruths, type Truth, textTruth } from '../helpers/tableReference.js';

const types: Record<string, FigureType> = {
  views: 'SafeInt',
  rate: 'Float',
  revenue: 'Decimal',
  currency: 'String',
  sku: 'ID',
  active: 'Boolean',
  day: 'Date',
  at: 'DateTime',
};
const days = (request: DateRangeRequest | null | undefined) =>
  request?.start && request.end ? { start: request.start, end: request.end } : null;
const columnOf: ColumnOf = (home, figure, range) =>
  createColumn(figure, types[figure] ?? 'SafeInt', { home, range: days(range) });

const judged = (filter: FilterInput, cell: Cell | undefined, name = 'Red shoe') =>
  judge(readFilter(filter, columnOf, 100), createProduct('a', { name }), () => cell);
/** yes, no or unknown for sure; open while it depends on what has not come. */
function verdict(...args: Parameters<typeof judged>): Truth | 'open' {
  const { least, most } = judged(...args);
  if (least !== most) return 'open';
  return least === 1 ? 'yes' : least === 0 ? 'no' : 'unknown';
}

describe('a comparison', () => {
  test.each<[string, object, string | number | boolean, boolean]>([
    ['views', { eq: 5 }, 5, true],
    ['views', { eq: 5 }, 6, false],
    ['views', { gt: 5 }, 5, false],
    ['views', { gte: 5 }, 5, true],
    ['views', { lt: 5 }, 5, false],
    ['views', { lte: 5 }, 5, true],
    ['views', { gt: 9 }, 10, true],
    ['views', { gt: 1, lt: 3 }, 2, true],
    ['views', { gt: 1, lt: 3 }, 3, false],
    ['views', { gt: 0 }, 0, false],
    ['views', { gte: 0 }, 0, true],
    ['rate', { lt: 0.3 }, 0.1, true],
    ['revenue', { eq: '1.5' }, '1.50', true],
    ['revenue', { gt: '1.49' }, '1.5', true],
    ['revenue', { gt: '9' }, '10', true],
    ['revenue', { lt: '-1' }, '-1.01', true],
    ['revenue', { gt: '1234567890123456789.49' }, '1234567890123456789.50', true],
    ['active', { eq: true }, true, true],
    ['active', { eq: false }, true, false],
    ['active', { eq: false }, false, true],
    ['day', { gte: '2026-01-02' }, '2026-01-10', true],
    ['at', { gt: new Date('2026-01-01T08:30:00Z') }, '2026-01-01T09:00:00+01:00', false],
    ['at', { eq: new Date('2026-01-01T08:00:00Z') }, '2026-01-01T09:00:00+01:00', true],
    ['currency', { eq: 'EUR' }, 'EUR', true],
    ['currency', { eq: 'eur' }, 'EUR', false],
    ['currency', { in: ['USD', 'EUR'] }, 'EUR', true],
    ['currency', { in: [] }, 'EUR', false],
    ['currency', { contains: 'uR' }, 'EUR', true],
    ['currency', { contains: '' }, 'EUR', true],
    ['currency', { contains: 'E', in: ['USD'] }, 'EUR', false],
    ['sku', { eq: '7' }, '7', true],
  ])('%s %j of %j is %s', (figure, comparisons, value, expected) => {
    for (const home of ['googleAnalytics', 'partner', 'combined'] as const) {
      expect(verdict({ [home]: { [figure]: comparisons } }, { value })).toBe(expected ? 'yes' : 'no');
    }
  });

  test.each<[object, boolean]>([
    [{ contains: 'SHOE' }, true],
    [{ contains: '.*' }, false],
    [{ eq: 'Red shoe' }, true],
    [{ eq: 'red shoe' }, false],
    [{ in: ['Hat', 'Red shoe'] }, true],
    [{ in: ['Hat'], contains: 'shoe' }, false],
    [{}, true],
    [{ contains: null, eq: null }, true],
  ])('of the name with %j is %s, whatever figures are known', (name, expected) => {
    expect(verdict({ name }, undefined)).toBe(expected ? 'yes' : 'no');
  });

  test('leaves out what is null, as if it had not been given', () => {
    expect(verdict({ partner: { views: { gt: null, lt: 3 } } }, { value: 2 })).toBe('yes');
    const nothing = { and: null, or: null, not: null, range: null, name: null, googleAnalytics: null, partner: {} };
    expect(verdict(nothing, undefined)).toBe('yes');
    expect(columnsOf(readFilter({ partner: { views: null } }, columnOf, 100))).toEqual([]);
  });
});

describe('a figure that does not exist', () => {
  const some: FilterInput = { partner: { views: { gt: 5 } } };
  const absent: Cell = { value: null };

  test('passes no comparison, and not its opposite either', () => {
    expect(verdict(some, absent)).toBe('unknown');
    expect(verdict({ not: some }, absent)).toBe('unknown');
    expect(verdict({ not: { not: some } }, absent)).toBe('unknown');
  });

  test('does not matter where something else decides', () => {
    expect(verdict({ or: [some, { name: { contains: 'shoe' } }] }, absent)).toBe('yes');
    expect(verdict({ and: [some], name: { contains: 'hat' } }, absent)).toBe('no');
    expect(verdict({ not: { and: [some], name: { contains: 'hat' } } }, absent)).toBe('yes');
  });
});

describe('a figure that has not come', () => {
  const some: FilterInput = { partner: { views: { gt: 5 } } };

  test.each([undefined, { missing: 'PENDING' }])('leaves it open: %j', (cell) => {
    expect(verdict(some, cell)).toBe('open');
    expect(verdict({ not: some }, cell)).toBe('open');
    expect(verdict({ or: [some, { name: { eq: 'Hat' } }] }, cell)).toBe('open');
  });

  test('does not matter where something else decides', () => {
    expect(verdict({ or: [some, { name: { contains: 'shoe' } }] }, undefined)).toBe('yes');
    expect(verdict({ ...some, name: { contains: 'hat' } }, undefined)).toBe('no');
  });
});

describe('and, or and not', () => {
  const yes: FilterInput = { name: { contains: 'shoe' } };
  const no: FilterInput = { name: { contains: 'hat' } };

  test.each<[FilterInput, boolean]>([
    [{}, true],
    [{ and: [] }, true],
    [{ or: [] }, false],
    [{ not: {} }, false],
    [{ and: [yes, no] }, false],
    [{ or: [no, yes] }, true],
    [{ or: [no], ...yes }, false],
    [{ not: no, and: [yes], or: [yes] }, true],
    [{ not: { or: [no, no] } }, true],
  ])('%j is %s', (filter, expected) => {
    expect(verdict(filter, undefined)).toBe(expected ? 'yes' : 'no');
  });
});

describe('a filter that nests deeper than a stack', () => {
  test('is wrong input', () => {
    let filter: FilterInput = {};
    for (let level = 0; level < 100_000; level += 1) filter = { not: filter };
    expect(caught(GatewayError, () => readFilter(filter, columnOf, 100)).code).toBe('BAD_USER_INPUT');
  });
});

describe('the days of a filter', () => {
  const january = { start: '2026-01-01', end: '2026-01-31' };
  const may = { start: '2026-05-01', end: '2026-05-31' };
  const views = { views: { gt: 1 } };
  const rangesOf = (filter: FilterInput) => columnsOf(readFilter(filter, columnOf, 100)).map(({ range }) => range);

  test('hold for what stands inside, unless it says otherwise', () => {
    expect(rangesOf({ range: january, and: [{ partner: views }] })).toEqual([january]);
    expect(rangesOf({ range: january, not: { or: [{ partner: views }] } })).toEqual([january]);
    expect(rangesOf({ range: january, or: [{ range: may, partner: views, not: { combined: views } }] })).toEqual([
      may,
      may,
    ]);
    expect(rangesOf({ and: [{ range: may }], partner: views })).toEqual([null]);
  });

  test('make two columns of one figure; the same days make one', () => {
    const both: FilterInput = {
      range: january,
      partner: views,
      or: [{ partner: views }, { range: may, partner: views }],
    };
    expect(rangesOf(both)).toEqual(expect.arrayContaining([january, may]));
    expect(rangesOf(both)).toHaveLength(2);
  });
});

describe('any filter at all', () => {
  const figures = {
    views: fc.oneof(
      fc.constant({}),
      fc.nat(3).map((gt) => ({ gt })),
      fc.record({ gte: fc.nat(2), lt: fc.nat(5) }),
    ),
    revenue: fc.constantFrom({ gte: '1.5' }, { lt: '0' }, { gt: '-2', lte: '1.50' }),
    currency: fc.constantFrom({ eq: 'EUR' }, { contains: 'u' }, { contains: 'x' }),
  };
  const known: Record<keyof typeof figures, fc.Arbitrary<string | number>> = {
    views: fc.nat(4),
    revenue: fc.constantFrom('1.5', '1.500', '-2.0', '-2.01', '9.99', '0'),
    currency: fc.constantFrom('EUR', 'USD', 'CHF'),
  };
  const ofHome = fc.oneof(...Object.entries(figures).map(([figure, some]) => some.map((each) => ({ [figure]: each }))));
  const leaf = fc.oneof<fc.Arbitrary<FilterInput>[]>(
    ofHome.map((googleAnalytics) => ({ googleAnalytics })),
    ofHome.map((partner) => ({ partner })),
    fc.record({ googleAnalytics: ofHome, partner: ofHome }),
    fc.constantFrom('shoe', 'hat').map((contains) => ({ name: { contains } })),
  );
  const { filter: filters } = fc.letrec<{ filter: FilterInput }>((tie) => ({
    filter: fc.oneof(
      { maxDepth: 3 },
      leaf,
      fc.array(tie('filter'), { maxLength: 3 }).map((and) => ({ and })),
      fc.array(tie('filter'), { maxLength: 3 }).map((or) => ({ or })),
      tie('filter').map((not) => ({ not })),
      fc.tuple(leaf, fc.array(tie('filter'), { maxLength: 2 })).map(([each, or]) => ({ ...each, or })),
    ),
  }));
  const cell = (value: fc.Arbitrary<string | number>): fc.Arbitrary<Cell | undefined> =>
    fc.oneof(
      { weight: 4, arbitrary: value.map((each) => ({ value: each })) },
      fc.constantFrom<Cell | undefined>({ value: null }, { missing: 'SOURCE_TIMEOUT' }, undefined),
    );
  const side = fc.record({ views: cell(known.views), revenue: cell(known.revenue), currency: cell(known.currency) });
  const cells = fc.record({ googleAnalytics: side, partner: side });
  const levels = { no: 0, unknown: 0.5, yes: 1 };

  test('is as sure as trying every outcome of what has not come says', () => {
    const counts = { sure: 0, open: 0 };
    fc.assert(
      fc.property(filters, cells, (filter, values) => {
        const at = (home: string, figure: string) =>
          (values as Record<string, Record<string, Cell | undefined>>)[home]?.[figure];
        const cellOf: CellOf = ({ home, figure }) => at(home, figure);
        const truths = possibleTruths(filter, 'Red shoe', (home, figure, comparison) => {
          const one = at(home, figure);
          if (!one || 'missing' in one) return undefined;
          if (one.value === null) return 'unknown';
          const type = types[figure] ?? 'SafeInt';
          return type === 'String'
            ? textTruth(String(one.value), comparison)
            : numberTruth(type, one.value, comparison);
        });
        const possible = [...truths].map((truth) => levels[truth]);
        const { least, most } = judge(
          readFilter(filter, columnOf, 100),
          createProduct('a', { name: 'Red shoe' }),
          cellOf,
        );
        counts[least === most ? 'sure' : 'open'] += 1;
        expect({ least, most }).toEqual({ least: Math.min(...possible), most: Math.max(...possible) });
      }),
      { numRuns: 500 },
    );
    expect(Math.min(counts.sure, counts.open)).toBeGreaterThan(20);
  });
});
