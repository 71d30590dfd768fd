import { describe, expect, test } from '@jest/globals';
import { checkCompatibility, describeMetadata } from '../../src/demo/googleMetadata.js';
import { runRealtimeReport } from '../../src/demo/googleRealtime.js';
import { transcode } from '../../src/demo/googleTranscoding.js';
import type { Visit } from '../../src/demo/seed.js';
import { names, noon, only, pagePath, propertyOf } from '../helpers/reports.js';

describe('realtime', () => {
  const ask = (request: object, now = noon, data = propertyOf('shop')) =>
    runRealtimeReport(data, transcode('RunRealtimeReportRequest', JSON.stringify(request)), now);

  test('counts the last 30 minutes', () => {
    const recent = ask({ metrics: names('activeUsers', 'screenPageViews'), dimensions: names('unifiedScreenName') });
    expect(recent.kind).toBe('analyticsData#runRealtimeReport');
    expect(recent).not.toHaveProperty('metadata');
    expect(recent.rows?.[0]?.dimensionValues?.[0]?.value).toMatch(/^\w+ \w+ \d+ \| Shop$/);
  });

  test('sees an evening’s visit after midnight, each page at its own time', () => {
    const [visit] = propertyOf('shop').visits('2025-03-05');
    const productIds = ['shop-red-shoe-1', 'shop-blue-bag-1'];
    const late = { ...visit, startsAt: 86_100, durationSeconds: 600, productIds } as Visit;
    const data = { ...propertyOf('shop'), visits: (date: string) => (date === '2025-03-05' ? [late] : []) };
    const request = { dimensions: names('unifiedScreenName', 'minutesAgo'), metrics: names('screenPageViews') };
    const oneAfterMidnight = Date.parse('2025-03-05T23:01:00.000Z');
    expect(ask(request, oneAfterMidnight, data).rows?.map(({ dimensionValues }) => dimensionValues)).toEqual([
      [{ value: 'Blue Bag 1 | Shop' }, { value: '01' }],
      [{ value: 'Red Shoe 1 | Shop' }, { value: '06' }],
    ]);
  });

  test('is just its kind when nothing happened', () => {
    const nothing = only('unifiedScreenName', { stringFilter: { value: 'nothing' } });
    expect(ask({ metrics: names('activeUsers'), dimensionFilter: nothing })).toEqual({
      kind: 'analyticsData#runRealtimeReport',
    });
  });

  test('has no pages, and at most two ranges of minutes', () => {
    expect(() => ask(pagePath)).toThrow('Field pagePath is not a valid dimension.');
    expect(() => ask({ metrics: names('activeUsers'), minuteRanges: [{}, {}, {}] })).toThrow(
      'limited to 2 minuteRanges',
    );
  });
});

describe('metadata and compatibility', () => {
  test('describe every field, and leave out what is false or empty', () => {
    const metadata = describeMetadata('123456789');
    expect(metadata.name).toBe('properties/123456789/metadata');
    expect(metadata.comparisons).toHaveLength(9);
    expect(metadata.metrics.find(({ apiName }) => apiName === 'keyEvents')).toMatchObject({
      type: 'TYPE_FLOAT',
      deprecatedApiNames: ['conversions'],
    });
    expect(metadata.dimensions.find(({ apiName }) => apiName === 'pagePath')).not.toHaveProperty('customDefinition');
    expect(metadata.dimensions.find(({ apiName }) => apiName === 'customEvent:color')).toMatchObject({
      customDefinition: true,
    });
  });

  test('of property 0 are what all properties have', () => {
    const metadata = describeMetadata('0');
    expect(metadata).not.toHaveProperty('comparisons');
    expect(metadata.dimensions.some(({ apiName }) => apiName.startsWith('customEvent'))).toBe(false);
  });

  const check = (request: object) =>
    checkCompatibility(transcode('CheckCompatibilityRequest', JSON.stringify(request)));

  test('say which fields could be added', () => {
    const compatible = check({ dimensions: names('itemId'), compatibilityFilter: 'COMPATIBLE' });
    const fits = compatible.metricCompatibilities?.map(({ metricMetadata }) => metricMetadata.apiName);
    expect(fits).toContain('itemsViewed');
    expect(fits).toContain('sessions');
    expect(fits).not.toContain('eventCount');
  });

  test('refuse a request that does not fit together', () => {
    expect(() => check({ dimensions: names('itemId'), metrics: names('eventCount') })).toThrow(
      new Error('The dimensions and metrics are incompatible.'),
    );
  });
});
