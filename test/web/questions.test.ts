import { describe, expect, test } from '@jest/globals';
import { exportUrl, writeCsv } from '../../web/src/csv.js';
import { figureById } from '../../web/src/figures.js';
import { filterOf, hopsTo, pageVariables, siteVariables } from '../../web/src/questions.js';
import { defaultState, type State } from '../../web/src/state.js';

const site = { id: 'shop', name: 'Shop', timeZone: 'Europe/Berlin', currency: 'EUR' };
const now = Date.parse('2026-01-05T12:00:00Z');
const state = (change: Partial<State>): State => ({ ...defaultState, ...change });

describe('what is asked for', () => {
  test('is ordered and filtered by the days that are shown', () => {
    const filter = [{ figure: 'partner.revenue', operator: 'gte', value: '10.50' }] as const;
    const asked = pageVariables(state({ range: 'TODAY', sort: 'partner.orders', filter }), site, { after: 'x', now });
    expect(asked).toMatchObject({
      site: 'shop',
      first: 25,
      after: 'x',
      range: { preset: 'TODAY' },
      orderBy: { by: 'PARTNER_ORDERS', direction: 'DESC', range: { preset: 'TODAY' } },
      filter: { and: [{ partner: { revenue: { gte: '10.50' } } }], range: { preset: 'TODAY' } },
      compare: false,
    });
  });

  test('compares the same days, moved', () => {
    const range = { start: '2025-03-01', end: '2025-03-31' };
    const asked = siteVariables(state({ range, compare: 'PREVIOUS_YEAR' }), site, now);
    expect(asked).toMatchObject({
      compare: true,
      range,
      before: { ...range, shift: 'PREVIOUS_YEAR' },
      interval: 'DAY',
    });
  });

  test('has a trend of four weeks where the range is too short for a line', () => {
    const range = { start: '2025-03-30', end: '2025-03-30' };
    expect(pageVariables(state({ range }), site, { after: null, now }).trend).toEqual({
      start: '2025-03-03',
      end: '2025-03-30',
    });
  });

  test('filters numbers as numbers and exact money as a text', () => {
    const filter = [
      { figure: 'googleAnalytics.sessions', operator: 'gt', value: '3' },
      { figure: 'combined.revenuePerPageView', operator: 'lt', value: '0.5' },
    ] as const;
    expect(filterOf({ filter, range: 'TODAY' })?.and).toEqual([
      { googleAnalytics: { sessions: { gt: 3 } } },
      { combined: { revenuePerPageView: { lt: 0.5 } } },
    ]);
    expect(filterOf({ filter: [], range: 'TODAY' })).toBeNull();
  });

  test.each([
    [0, []],
    [25, [25]],
    [1000, [1000]],
    [2075, [1000, 1000, 75]],
  ])('passes over %d rows in steps of %j', (start, hops) => expect(hopsTo(start)).toEqual(hops));
});

describe('a CSV', () => {
  test('of everything is asked for as the list is shown', () => {
    const filter = [{ figure: 'partner.orders', operator: 'gte', value: '3' }] as const;
    const url = new URL(
      exportUrl(state({ filter, search: 'red & blue', columns: ['partner.orders'] }), site),
      'http://x',
    );
    expect(url.pathname).toBe('/export/products.csv');
    expect(Object.fromEntries(url.searchParams)).toEqual({
      site: 'shop',
      range: 'LAST_28_DAYS',
      columns: 'id,name,partner.orders',
      orderBy: 'PAGE_VIEWS',
      direction: 'DESC',
      search: 'red & blue',
      filter: JSON.stringify(filterOf({ filter, range: 'LAST_28_DAYS' })),
    });
  });

  test('of the page holds every digit, leaves unknown figures empty, and runs no formula', () => {
    const columns = [figureById('partner.revenue'), figureById('partner.orders')].filter(
      (figure) => figure !== undefined,
    );
    const freshness = { state: 'FRESH', asOf: null } as const;
    const rows = [
      { id: 'a', name: 'Shoe, "red"', failures: new Map(), partner: { freshness, revenue: '1234.5600', orders: -2 } },
      { id: 'b', name: '=HYPERLINK("x")', failures: new Map(), partner: { freshness, revenue: null, orders: 0 } },
    ];
    expect(writeCsv(rows, columns)).toBe(
      [
        'id,name,partner.revenue,partner.orders',
        'a,"Shoe, ""red""",1234.5600,-2',
        `b,"'=HYPERLINK(""x"")",,0`,
        '',
      ].join('\r\n'),
    );
  });
});
