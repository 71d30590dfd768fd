import { describe, expect, test } from '@jest/globals';
import { listDays } from '../../src/demo/days.js';
import { names, only, pagePath, report, rowsOf, week, world } from '../helpers/reports.js';

const weekVisits = listDays('2025-03-03', '2025-03-09').flatMap((day) => world.visits('shop', day));

describe('filters', () => {
  const paths = (dimensionFilter: object) => rowsOf({ ...pagePath, dimensionFilter }).map(([path]) => path);

  test.each([
    ['EXACT, in any case', { stringFilter: { matchType: 'EXACT', value: '/P/RED-SHOE-1' } }, 1],
    ['EXACT, in this case only', { stringFilter: { value: '/P/RED-SHOE-1', caseSensitive: true } }, 0],
    ['BEGINS_WITH', { stringFilter: { matchType: 'BEGINS_WITH', value: '/p/red' } }, 4],
    ['ENDS_WITH', { stringFilter: { matchType: 'ENDS_WITH', value: 'shoe-1' } }, 5],
    ['CONTAINS', { stringFilter: { matchType: 'CONTAINS', value: 'shoe' } }, 5],
    ['FULL_REGEXP', { stringFilter: { matchType: 'FULL_REGEXP', value: '/p/(red|blue)-.*' } }, 8],
    ['PARTIAL_REGEXP', { stringFilter: { matchType: 'PARTIAL_REGEXP', value: 'shoe|bag' } }, 10],
    ['a list', { inListFilter: { values: ['/p/red-shoe-1', '/p/blue-bag-1', '/p/nothing'] } }, 2],
    ['what is empty', { emptyFilter: {} }, 0],
  ])('by %s', (_, filter, count) => {
    expect(paths(only('pagePath', filter))).toHaveLength(count);
  });

  test('combine by and, or and not', () => {
    const red = only('pagePath', { stringFilter: { matchType: 'CONTAINS', value: 'red' } });
    const shoe = only('pagePath', { stringFilter: { matchType: 'CONTAINS', value: 'shoe' } });
    expect(paths({ andGroup: { expressions: [red, shoe] } })).toEqual(['/p/red-shoe-1']);
    expect(paths({ orGroup: { expressions: [red, shoe] } })).toHaveLength(8);
    expect(paths({ notExpression: red })).toHaveLength(36);
  });

  test('of dimensions come before counting, so a total obeys them, and need not be shown', () => {
    const dimensionFilter = only('customEvent:color', { stringFilter: { value: 'red' } });
    const metrics = names('sessions');
    const seen = weekVisits.filter(({ productIds }) => productIds.some((id) => id.startsWith('shop-red-')));
    expect(rowsOf({ metrics, dimensionFilter })).toEqual([[String(seen.length)]]);
  });

  test('of metrics come after counting, and need not be shown', () => {
    const metrics = names('screenPageViews');
    const all = rowsOf({ ...pagePath, metrics });
    const metricFilter = only('screenPageViews', {
      numericFilter: { operation: 'GREATER_THAN', value: { int64Value: '100' } },
    });
    expect(rowsOf({ ...pagePath, metrics, metricFilter })).toEqual(all.filter(([, views]) => Number(views) > 100));
    expect(rowsOf({ ...pagePath, metricFilter })).toHaveLength(all.filter(([, views]) => Number(views) > 100).length);
    const between = only('screenPageViews', {
      betweenFilter: { fromValue: { int64Value: 50 }, toValue: { doubleValue: 100 } },
    });
    expect(rowsOf({ ...pagePath, metrics, metricFilter: between })).toEqual(
      all.filter(([, views]) => Number(views) >= 50 && Number(views) <= 100),
    );
  });
});

describe('what is wrong with a request', () => {
  const schema =
    'For a list of valid dimensions and metrics, see https://developers.google.com/analytics/devguides/reporting/data/v1/api-schema ';
  const many = (count: number) =>
    names(
      ...[
        'hour',
        'date',
        'year',
        'yearMonth',
        'dayOfWeek',
        'hostName',
        'itemId',
        'itemName',
        'pageTitle',
        'dateHour',
      ].slice(0, count),
    );
  const elevenMetrics = names(
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
    'itemRevenue',
  );
  const day = (startDate: string, endDate = startDate) => ({ dateRanges: [{ startDate, endDate }] });

  test.each<[string, object, string]>([
    ['an unknown dimension', { dimensions: names('colour') }, `Field colour is not a valid dimension. ${schema}`],
    ['an unknown metric', { metrics: names('colour') }, `Field colour is not a valid metric.  ${schema}`],
    [
      'a name in the wrong case',
      { metrics: names('Sessions') },
      `Did you mean sessions? Field Sessions is not a valid metric.  ${schema}`,
    ],
    [
      'an old name',
      { metrics: names('conversions') },
      `Did you mean keyEvents? Field conversions is not a valid metric.  ${schema}`,
    ],
    [
      'a metric twice',
      { metrics: names('sessions', 'sessions') },
      'Duplicate metrics are not allowed. Found duplicate metrics: sessions',
    ],
    ['a dimension twice', { dimensions: names('date', 'date') }, 'Found duplicate dimensions: date'],
    ['a negative limit', { limit: -1 }, 'limit must be positive. The API received limit = -1'],
    ['a negative offset', { offset: -1 }, 'offset must be positive. The API received offset = -1'],
    ['no range', { dateRanges: [] }, 'A dateRange is required.'],
    [
      'five ranges',
      { dateRanges: Array(5).fill(week) },
      'Requests are limited to 4 dateRanges.\n  This request contains 5 dateRanges.',
    ],
    [
      'a day that is none',
      day('2025-02-30'),
      'Invalid startDate : 2025-02-30. startDate must be YYYY-MM-DD, NdaysAgo, yesterday, or today.',
    ],
    [
      'a day too early',
      day('2015-08-13'),
      'start_date = 2015-08-13 must be greater than 2015-08-13 and less than 3000-01-01.',
    ],
    [
      'days the wrong way round',
      day('2025-03-02', '2025-03-01'),
      'start_date must be less than or equal to end_date. start_date = 2025-03-02 and end_date = 2025-03-01',
    ],
    [
      'eleven metrics',
      { metrics: elevenMetrics },
      'Requests are limited to 10 metrics within a nested request.\n  This request is for 11 metrics.',
    ],
    [
      'ten dimensions',
      { dimensions: many(10) },
      'Requests are limited to 9 dimensions within a nested request.\n  This request is for 10 dimensions.',
    ],
    ['nothing asked', {}, 'Requests require dimensions and/or metrics. Most requests include both.'],
    [
      'a metric in the dimension filter',
      { metrics: names('sessions'), dimensionFilter: only('sessions', { emptyFilter: {} }) },
      'Found duplicate dimensions/metrics.',
    ],
    [
      'an order by what is not shown',
      { metrics: names('sessions'), orderBys: [{ metric: { metricName: 'newUsers' } }] },
      'Field newUsers exists in OrderBy but is not defined in input Dimensions/Metrics list',
    ],
    [
      'the count of rows',
      { metrics: names('sessions'), metricAggregations: ['COUNT'] },
      'Metric aggregation Count is not supported in ReportRequest.',
    ],
  ])('%s is told in Google’s words', (_, request, message) => {
    expect(() => report(request)).toThrow(new Error(message));
  });

  test('is told in Google’s order: names, limit, ranges, counts', () => {
    expect(() => report({ dimensions: [...many(10), { name: 'x' }], limit: -1, dateRanges: [] })).toThrow('Field x');
    expect(() => report({ dimensions: many(10), limit: -1, dateRanges: [] })).toThrow('limit');
    expect(() => report({ dimensions: many(10), dateRanges: [] })).toThrow('A dateRange is required.');
  });

  test('is found by the JSON layer first, all faults at once', () => {
    const body = {
      metrics: names('x'),
      dateRanges: [{ start: '2025-03-01' }],
      limit: 'many',
      metricAggregations: ['SUM'],
      keepEmptyRows: 1,
    };
    expect(() => report(body)).toThrow(
      new Error(
        [
          'Invalid value at \'limit\' (TYPE_INT64), "many"',
          'Invalid value at \'metric_aggregations[0]\' (type.googleapis.com/google.analytics.data.v1beta.MetricAggregation), "SUM"',
          'Invalid JSON payload received. Unknown name "start" at \'date_ranges[0]\': Cannot find field.',
          "Invalid value at 'keep_empty_rows' (TYPE_BOOL), 1",
        ].join('\n'),
      ),
    );
  });

  test('is not that a filter sets two conditions unnoticed', () => {
    const dimensionFilter = { filter: { fieldName: 'date' }, notExpression: { filter: { fieldName: 'date' } } };
    expect(() => report({ dimensionFilter })).toThrow(
      "Invalid value at 'dimension_filter' (oneof), oneof field 'expr' is already set. Cannot set 'not_expression'",
    );
  });

  test('is never that a field was ignored: what the emulator cannot do it refuses', () => {
    expect(() => report({ cohortSpec: {} })).toThrow('The emulator does not support cohort_spec.');
  });
});
