import { describe, expect, test } from '@jest/globals';
import { listDays } from '../../src/demo/days.js';
import type { Visit } from '../../src/demo/seed.js';
import { names, pagePath, plan, report, rowsOf, sum, week, world } from '../helpers/reports.js';

const weekVisits = listDays('2025-03-03', '2025-03-09').flatMap((day) => world.visits('shop', day));
const distinctUsers = (visits: readonly Visit[]) => new Set(visits.map(({ userId }) => userId)).size;

describe('the numbers', () => {
  test('count what the visits did', () => {
    const metrics = names('screenPageViews', 'sessions', 'engagedSessions', 'totalUsers', 'newUsers', 'keyEvents');
    const orders = sum(weekVisits.map((visit) => visit.orders.length));
    expect(rowsOf({ metrics })).toEqual([
      [
        sum(weekVisits.map(({ productIds }) => productIds.length)),
        weekVisits.length,
        weekVisits.filter(({ engaged }) => engaged).length,
        distinctUsers(weekVisits),
        weekVisits.filter(({ newUser }) => newUser).length,
        orders,
      ].map(String),
    ]);
  });

  test('give ratios and money as doubles', () => {
    const metrics = names('engagementRate', 'bounceRate', 'averageSessionDuration', 'totalRevenue', 'sessionsPerUser');
    const engaged = weekVisits.filter((visit) => visit.engaged).length / weekVisits.length;
    const active = distinctUsers(weekVisits.filter((visit) => visit.engaged || visit.newUser));
    const [row = []] = rowsOf({ metrics });
    const cents = sum(weekVisits.flatMap((visit) => visit.orders).map((order) => order.revenueCents));
    const seconds = sum(weekVisits.map(({ durationSeconds }) => durationSeconds));
    expect(row.map(Number)).toEqual([
      engaged,
      expect.closeTo(1 - engaged, 12),
      seconds / weekVisits.length,
      cents / 100,
      weekVisits.length / active,
    ]);
  });

  test('of sessions and users are distinct in each row, so they do not add up over pages', () => {
    const metrics = names('sessions', 'totalUsers', 'screenPageViews');
    const [whole = []] = rowsOf({ metrics });
    const pages = rowsOf({ ...pagePath, metrics });
    expect(sum(pages.map((row) => Number(row[1])))).toBeGreaterThan(Number(whole[0]));
    expect(sum(pages.map((row) => Number(row[2])))).toBeGreaterThan(Number(whole[1]));
    expect(sum(pages.map((row) => Number(row[3])))).toBe(Number(whole[2]));
  });

  test('of users do not add up over days, those of sessions do', () => {
    const metrics = names('sessions', 'activeUsers');
    const [whole = []] = rowsOf({ metrics });
    const days = rowsOf({ dimensions: names('date'), metrics });
    expect(sum(days.map((row) => Number(row[1])))).toBe(Number(whole[0]));
    expect(sum(days.map((row) => Number(row[2])))).toBeGreaterThan(Number(whole[1]));
  });

  test('of events, money and time add up over pages', () => {
    const metrics = names('eventCount', 'totalRevenue', 'userEngagementDuration', 'ecommercePurchases');
    const [whole = []] = rowsOf({ metrics });
    const pages = rowsOf({ ...pagePath, metrics });
    const totals = metrics.map((_, index) => sum(pages.map((row) => Number(row[index + 1]))));
    expect(totals).toEqual(whole.map((value) => expect.closeTo(Number(value), 6)));
  });

  test('belong together with those of the partner', () => {
    const range = { start: '2025-03-03', end: '2025-03-09' };
    const purchases = new Map(
      rowsOf({ ...pagePath, metrics: names('ecommercePurchases'), keepEmptyRows: true }).map(([path, count]) => [
        path,
        Number(count),
      ]),
    );
    const products = world.products.filter(({ siteId }) => siteId === 'shop');
    for (const { googleAnalyticsKeys, partnerId } of products) {
      const orders = world.partnerNumbers(partnerId ?? '', range)?.orders;
      expect(orders).toBe(purchases.get(googleAnalyticsKeys[0] ?? ''));
    }
    expect(products).toHaveLength(40);
  });

  test('of carts and checkouts hold every order, and what was left in a cart', () => {
    const metrics = names('addToCarts', 'itemsAddedToCart', 'checkouts', 'ecommercePurchases');
    const [[carts, items, checkouts, purchases] = []] = rowsOf({ metrics });
    const left = weekVisits.filter((visit) => visit.engaged && visit.orders.length === 0 && visit.startsAt % 12 === 0);
    expect(left.length).toBeGreaterThan(0);
    expect([carts, items, checkouts]).toEqual([
      String(Number(purchases) + left.length),
      String(Number(purchases) + left.length),
      purchases,
    ]);
  });

  test('of a custom metric are standard numbers', () => {
    const metrics = names('customEvent:images_viewed');
    const { metricHeaders } = report({ metrics });
    expect(metricHeaders).toEqual([{ name: 'customEvent:images_viewed', type: 'TYPE_STANDARD' }]);
    const views = sum(weekVisits.map(({ productIds }) => productIds.length));
    expect(rowsOf({ metrics })).toEqual([[String(views + 3 * weekVisits.length)]]);
  });

  test('are in the currency that was asked for', () => {
    const metrics = names('totalRevenue');
    const [[euros] = []] = rowsOf({ metrics });
    const [[dollars] = []] = rowsOf({ metrics, currencyCode: 'USD' });
    expect(Number(dollars)).toBeCloseTo(Number(euros) / 0.9, 6);
    expect(report({ metrics, currencyCode: 'USD' }).metadata).toEqual({
      currencyCode: 'USD',
      timeZone: 'Europe/Berlin',
    });
  });
});

describe('dates', () => {
  test('are days of the property, and today holds only what has happened', () => {
    const today = [{ startDate: 'today', endDate: 'today' }];
    const metrics = names('sessions');
    // Noon in Berlin is evening in Tokyo and early morning in New York.
    const until = (siteId: string, seconds: number) =>
      String(world.visits(siteId, '2025-03-31').filter(({ startsAt }) => startsAt <= seconds).length);
    expect(rowsOf({ dateRanges: today, metrics })).toEqual([[until('shop', 12 * 3600)]]);
    expect(rowsOf({ dateRanges: today, metrics }, { site: 'outlet' })).toEqual([[until('outlet', 6 * 3600)]]);
    expect(rowsOf({ dateRanges: today, metrics }, { site: 'studio' })).toEqual([[until('studio', 19 * 3600)]]);
  });

  test('may lie in the future, where nothing is', () => {
    const answer = report({
      dateRanges: [{ startDate: '2025-04-01', endDate: '2025-04-02' }],
      metrics: names('sessions'),
    });
    expect(answer).toEqual({
      metricHeaders: [{ name: 'sessions', type: 'TYPE_INTEGER' }],
      metadata: { currencyCode: 'EUR', timeZone: 'Europe/Berlin' },
      kind: 'analyticsData#runReport',
    });
  });

  test.each([
    ['yesterday', '20250330'],
    ['2daysAgo', '20250329'],
    ['2025-03-05', '20250305'],
  ])('%s is %s', (day, date) => {
    const dateRanges = [{ startDate: day, endDate: day }];
    expect(rowsOf({ dateRanges, dimensions: names('date') })).toEqual([[date]]);
  });

  test.each([
    ['week', ['52', '53', '01', '02']],
    ['yearWeek', ['202452', '202453', '202501', '202502']],
    ['isoWeek', ['52', '01', '02']],
    ['isoYear', ['2024', '2025']],
    ['month', ['12', '01']],
    ['yearMonth', ['202412', '202501']],
    ['day', ['28', '29', '30', '31', '01', '02', '03', '04', '05', '06']],
    ['year', ['2024', '2025']],
  ])('%s is told as Google does over the end of a year', (name, values) => {
    const dateRanges = [{ startDate: '2024-12-28', endDate: '2025-01-06' }];
    const told = rowsOf({ dateRanges, dimensions: names(name), orderBys: [] }).map(([value]) => value);
    expect([...told].sort()).toEqual([...values].sort());
  });

  test('weeks are those of ISO 8601', () => {
    const dateRanges = [{ startDate: '2024-12-29', endDate: '2025-01-06' }];
    expect(rowsOf({ dateRanges, dimensions: names('isoYearIsoWeek') })).toEqual([['202452'], ['202501'], ['202502']]);
  });
});

describe('the rows', () => {
  test('come with the highest first metric first, ties by the dimensions', () => {
    const rows = rowsOf({ ...pagePath, metrics: names('ecommercePurchases', 'screenPageViews') });
    const expected = [...rows].sort(
      ([pathA = '', a], [pathB = '', b]) => Number(b) - Number(a) || (pathA < pathB ? -1 : 1),
    );
    expect(rows).toEqual(expected);
    expect(new Set(rows.map((row) => row[1])).size).toBeLessThan(rows.length);
  });

  test('come by their dimensions where there is no metric, and have no metricValues', () => {
    const answer = report(pagePath);
    expect(answer.metricHeaders).toBeUndefined();
    expect(answer.rows?.[0]).toEqual({ dimensionValues: [{ value: '/p/amber-chair-1' }] });
    expect(answer.rowCount).toBe(40);
  });

  test('come as orderBys say', () => {
    const orderBys = [{ dimension: { dimensionName: 'hour', orderType: 'NUMERIC' }, desc: true }];
    const hours = rowsOf({ dimensions: names('hour'), metrics: names('sessions'), orderBys }).map(([hour]) =>
      Number(hour),
    );
    expect(hours).toEqual([...hours].sort((a, b) => b - a));
    const ascending = [{ metric: { metricName: 'sessions' } }];
    const sessions = rowsOf({ ...pagePath, metrics: names('sessions'), orderBys: ascending }).map((row) =>
      Number(row[1]),
    );
    expect(sessions).toEqual([...sessions].sort((a, b) => a - b));
  });

  test('are cut by limit and offset, which rowCount ignores', () => {
    const metrics = names('screenPageViews');
    const all = rowsOf({ ...pagePath, metrics });
    expect(rowsOf({ ...pagePath, metrics, limit: 5, offset: '10' })).toEqual(all.slice(10, 15));
    expect(report({ ...pagePath, metrics, limit: 5 }).rowCount).toBe(40);
    expect(rowsOf({ ...pagePath, metrics, limit: 0 })).toHaveLength(40);
    expect(report({ ...pagePath, metrics, offset: 40 })).not.toHaveProperty('rows');
  });

  test('that are all zero appear only when they are kept', () => {
    const quiet = { ...pagePath, metrics: names('ecommercePurchases') };
    const kept = rowsOf({ ...quiet, keepEmptyRows: true });
    expect(kept).toHaveLength(40);
    expect(rowsOf(quiet)).toEqual(kept.filter(([, purchases]) => purchases !== '0'));
  });
});

describe('several date ranges', () => {
  const dateRanges = [
    { startDate: '2025-03-05', endDate: '2025-03-05', name: 'now' },
    { startDate: '2025-03-04', endDate: '2025-03-04' },
  ];
  const request = { ...pagePath, metrics: names('ecommercePurchases'), dateRanges };

  test('add a last column with their names', () => {
    const answer = report({ ...request, metrics: names('sessions') });
    expect(answer.dimensionHeaders).toEqual([{ name: 'pagePath' }, { name: 'dateRange' }]);
    const labels = (answer.rows ?? []).map(({ dimensionValues }) => dimensionValues?.at(-1)?.value);
    expect(new Set(labels)).toEqual(new Set(['now', 'date_range_1']));
  });

  test('count combinations in rowCount, not rows', () => {
    const answer = report({ ...request, keepEmptyRows: true });
    expect(answer.rowCount).toBe(40);
    expect(answer.rows).toHaveLength(80);
  });

  test('fill in each other’s combinations only with keepEmptyRows', () => {
    const pages = (day: string) =>
      new Set(rowsOf({ ...request, dateRanges: [{ startDate: day, endDate: day }] }).map(([path]) => path));
    const [first, second] = [pages('2025-03-05'), pages('2025-03-04')];
    const answer = report(request);
    expect(answer.rows).toHaveLength(first.size + second.size);
    expect(answer.rowCount).toBe(new Set([...first, ...second]).size);
  });

  test('are each aggregated by themselves, under a reserved name', () => {
    const answer = report({
      ...request,
      metrics: names('totalUsers'),
      metricAggregations: ['TOTAL', 'MAXIMUM', 'MINIMUM'],
    });
    expect(answer.totals?.map(({ dimensionValues }) => dimensionValues?.map(({ value }) => value))).toEqual([
      ['RESERVED_TOTAL', 'now'],
      ['RESERVED_TOTAL', 'date_range_1'],
    ]);
    expect(answer.maximums?.[0]?.dimensionValues?.[0]).toEqual({ value: 'RESERVED_MAX' });
    expect(answer.minimums?.[0]?.dimensionValues?.[0]).toEqual({ value: 'RESERVED_MIN' });
  });
});

describe('aggregations', () => {
  test('count users anew for the total, over all rows and not only the page', () => {
    const answer = report({ ...pagePath, metrics: names('totalUsers'), metricAggregations: ['TOTAL'], limit: 1 });
    expect(answer.totals).toEqual([
      { dimensionValues: [{ value: 'RESERVED_TOTAL' }], metricValues: [{ value: String(distinctUsers(weekVisits)) }] },
    ]);
  });

  test('leave rows that were only filled in out of the minimum', () => {
    const dateRanges = [week, { startDate: '2025-04-10', endDate: '2025-04-10' }];
    const answer = report({
      ...pagePath,
      metrics: names('sessions'),
      dateRanges,
      keepEmptyRows: true,
      metricAggregations: ['MINIMUM'],
    });
    expect(Number(answer.minimums?.[0]?.metricValues?.[0]?.value)).toBeGreaterThan(0);
  });
});

describe('other dimensions', () => {
  test('tell pages with and without what newsletters add', () => {
    const values = rowsOf({ dimensions: names('pagePathPlusQueryString') }).map(([value]) => value);
    expect(values).toContain('/p/red-shoe-1');
    expect(values).toContain('/p/red-shoe-1?utm_source=newsletter&utm_medium=email');
  });

  test('know sessions whose landing page nobody saw', () => {
    const values = rowsOf({ dimensions: names('landingPage'), metrics: names('sessions') });
    expect(values.map(([value]) => value)).toContain('(not set)');
    expect(sum(values.map((row) => Number(row[1])))).toBe(weekVisits.length);
  });

  test('of items go with sessions and items, not with events', () => {
    const rows = rowsOf({ dimensions: names('itemId', 'itemName'), metrics: names('itemsViewed', 'sessions') });
    expect(rows.find(([id]) => id === 'shop-red-shoe-1')?.[1]).toBe('Red Shoe 1');
    expect(() => report({ dimensions: names('itemId'), metrics: names('eventCount') })).toThrow(
      "Please remove itemId to make the request compatible. The request's dimensions & metrics are incompatible.",
    );
  });
});

describe('the cost', () => {
  const costOf = (dimensions: number, metrics: number, startDate: string) => {
    const request = {
      dimensions: names(
        'hour',
        'date',
        'year',
        'yearMonth',
        'dayOfWeek',
        'hostName',
        'pagePath',
        'newVsReturning',
        'pageTitle',
      ).slice(0, dimensions),
      metrics: names(
        'sessions',
        'activeUsers',
        'newUsers',
        'totalUsers',
        'eventCount',
        'keyEvents',
        'bounceRate',
        'engagementRate',
        'transactions',
        'totalRevenue',
      ).slice(0, metrics),
      dateRanges: [{ startDate, endDate: 'yesterday' }],
    };
    return plan(request).tokens;
  };

  test.each([
    [1, 1, '7daysAgo', 1],
    [1, 10, '7daysAgo', 2],
    [9, 10, '30daysAgo', 4],
    [1, 1, '365daysAgo', 7],
  ])('of %i x %i from %s on is %i', (dimensions, metrics, start, tokens) => {
    expect(costOf(dimensions, metrics, start)).toBe(tokens);
  });
});
