import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Emulator } from '../../src/demo/emulatorServer.js';
import { createGoogleAnalyticsEmulator } from '../../src/demo/googleAnalyticsEmulator.js';
import { choices, enums, messages } from '../../src/demo/googleMessages.js';
import { type DiscoverySchema, readDiscoverySchema, validateAgainst } from '../helpers/discovery.js';
import { createFakeClock } from '../helpers/fakeClock.js';
import { names, only, pagePath, week, world } from '../helpers/reports.js';
import { authorize } from '../helpers/serviceAccount.js';

const property = '123456789';
const day = { startDate: '2025-03-05', endDate: '2025-03-05' };
const future = { startDate: '2030-01-01', endDate: '2030-01-02' };
const metrics = names('screenPageViews', 'sessions', 'activeUsers', 'engagementRate', 'totalRevenue', 'keyEvents');

let emulator: Emulator;
let authorization: string;

beforeAll(async () => {
  const clock = createFakeClock('2025-03-31T10:00:00.000Z');
  emulator = await createGoogleAnalyticsEmulator({ world, clock, quotaLimits: { serverErrorsPerProjectPerHour: 100 } });
  authorization = await authorize(emulator.url);
});
afterAll(() => emulator.close());

async function post(method: string, request: object): Promise<{ status: number; body: unknown }> {
  const response = await fetch(`${emulator.url}/v1beta/properties/${property}:${method}`, {
    method: 'POST',
    headers: { authorization },
    body: JSON.stringify(request),
  });
  return { status: response.status, body: await response.json() };
}

async function spoil(...rules: object[]): Promise<void> {
  await fetch(`${emulator.url}/__faults`, { method: 'POST', body: JSON.stringify(rules) });
}

const everything = {
  dateRanges: [{ ...week, name: 'week' }, day],
  dimensions: names('pagePath', 'date'),
  metrics,
  dimensionFilter: {
    andGroup: {
      expressions: [
        only('pagePath', { inListFilter: { values: ['/p/red-shoe-1', '/p/blue-bag-1'], caseSensitive: true } }),
        { notExpression: only('hostName', { stringFilter: { matchType: 'CONTAINS', value: 'x.org' } }) },
        { orGroup: { expressions: [only('date', { stringFilter: { matchType: 'BEGINS_WITH', value: '2025' } })] } },
        { notExpression: only('pageTitle', { emptyFilter: {} }) },
      ],
    },
  },
  metricFilter: only('sessions', { numericFilter: { operation: 'GREATER_THAN', value: { int64Value: '0' } } }),
  metricAggregations: ['TOTAL', 'MAXIMUM', 'MINIMUM'],
  orderBys: [
    { metric: { metricName: 'sessions' }, desc: true },
    { dimension: { dimensionName: 'date', orderType: 'NUMERIC' } },
  ],
  currencyCode: 'USD',
  keepEmptyRows: true,
  limit: '100',
  offset: '1',
  returnPropertyQuota: true,
};

describe('reports', () => {
  test.each<[string, object]>([
    ['a plain one', { ...pagePath, metrics, dateRanges: [week] }],
    ['one that uses everything', everything],
    ['an empty one', { ...pagePath, metrics, dateRanges: [future] }],
    ['one without dimensions', { metrics, dateRanges: [week] }],
    ['one without metrics', { ...pagePath, dateRanges: [week] }],
  ])('%s is a RunReportRequest, and its answer a RunReportResponse', async (_, request) => {
    const { status, body } = await post('runReport', request);
    expect(status).toBe(200);
    expect(validateAgainst('RunReportRequest', request)).toEqual([]);
    expect(validateAgainst('RunReportResponse', body)).toEqual([]);
  });

  test.each([{ fault: 'thresholded' }, { fault: 'sampled', share: 0.5 }, { fault: 'other-row' }, { fault: 'late' }])(
    'with %j are still RunReportResponses',
    async (rule) => {
      await spoil({ keys: '*', times: 1, ...rule });
      const { body } = await post('runReport', { ...pagePath, metrics, dateRanges: [week, day] });
      expect(validateAgainst('RunReportResponse', body)).toEqual([]);
    },
  );

  test('travel in a BatchRunReportsResponse', async () => {
    const request = { requests: [everything, { metrics, dateRanges: [future] }] };
    const { body } = await post('batchRunReports', request);
    expect(validateAgainst('BatchRunReportsRequest', request)).toEqual([]);
    expect(validateAgainst('BatchRunReportsResponse', body)).toEqual([]);
  });

  test.each<[string, object]>([
    ['full', { metrics: names('activeUsers'), dimensions: names('minutesAgo'), returnPropertyQuota: true }],
    ['of two ranges', { metrics: names('eventCount'), minuteRanges: [{ startMinutesAgo: 9 }, { name: 'all' }] }],
    [
      'empty',
      { metrics: names('eventCount'), dimensionFilter: only('unifiedScreenName', { stringFilter: { value: '-' } }) },
    ],
  ])('in realtime, %s, are RunRealtimeReportResponses', async (_, request) => {
    const { status, body } = await post('runRealtimeReport', request);
    expect(status).toBe(200);
    expect(validateAgainst('RunRealtimeReportRequest', request)).toEqual([]);
    expect(validateAgainst('RunRealtimeReportResponse', body)).toEqual([]);
  });
});

describe('descriptions', () => {
  test.each([property, '0'])('metadata of property %s is Metadata', async (id) => {
    const response = await fetch(`${emulator.url}/v1beta/properties/${id}/metadata`, { headers: { authorization } });
    expect(validateAgainst('Metadata', await response.json())).toEqual([]);
  });

  test.each<[object]>([
    [{ ...pagePath, metrics }],
    [{ dimensions: names('itemId'), compatibilityFilter: 'INCOMPATIBLE' }],
    [{}],
  ])('the compatibility of %j is a CheckCompatibilityResponse', async (request) => {
    const { status, body } = await post('checkCompatibility', request);
    expect(status).toBe(200);
    expect(validateAgainst('CheckCompatibilityRequest', request)).toEqual([]);
    expect(validateAgainst('CheckCompatibilityResponse', body)).toEqual([]);
  });
});

describe('errors', () => {
  interface ErrorBody {
    error: { code: number; message: string; status: string; details?: { '@type': string }[] };
  }

  const errorNames = {
    400: 'INVALID_ARGUMENT',
    403: 'PERMISSION_DENIED',
    429: 'RESOURCE_EXHAUSTED',
    500: 'INTERNAL',
    503: 'UNAVAILABLE',
    504: 'DEADLINE_EXCEEDED',
  };

  test.each<[keyof typeof errorNames, object, object[]]>([
    [400, { dimensions: names('nothing') }, []],
    [400, { unknown: true }, []],
    [429, everything, [{ keys: '*', fault: 'quota', bucket: 'tokensPerDay', times: 1 }]],
    [403, everything, [{ keys: '*', fault: 'api-disabled', times: 1 }]],
    [500, everything, [{ keys: '*', fault: 'unavailable', status: 500, times: 1 }]],
    [503, everything, [{ keys: '*', fault: 'unavailable', times: 1 }]],
    [504, everything, [{ keys: '*', fault: 'unavailable', status: 504, times: 1 }]],
  ])('%i is a Status in an envelope, with its name', async (code, request, faults) => {
    await spoil(...faults);
    const { status, body } = await post('runReport', request);
    const { error, ...rest } = body as ErrorBody;
    const { status: name, ...message } = error;
    expect([status, error.code, name]).toEqual([code, code, errorNames[code]]);
    expect(rest).toEqual({});
    expect(validateAgainst('Status', message)).toEqual([]);
    expect((error.details ?? []).every((detail) => detail['@type'].startsWith('type.googleapis.com/'))).toBe(true);
  });
});

describe('the messages that the emulator reads', () => {
  const scalars: Record<string, string> = { string: 'string', boolean: 'bool', number: 'double', integer: 'int32' };

  /** The type of a field in the notation of the emulator's table, but for the `?` of scalars that know whether they were sent. */
  function typeOf(schema: DiscoverySchema): string {
    if (schema.type === 'array') return `${typeOf(schema.items ?? {})}[]`;
    if (schema.$ref !== undefined) return schema.$ref;
    if (schema.enum) return Object.keys(enums).find((name) => `${enums[name]?.values}` === `${schema.enum}`) ?? 'enum';
    return schema.format === 'int64' ? 'int64' : (scalars[schema.type ?? ''] ?? 'unknown');
  }

  test.each(Object.keys(messages))('%s has exactly the fields that Google describes', (name) => {
    const described = Object.entries(readDiscoverySchema(name).properties ?? {});
    const read = messages[name] ?? {};
    const expected = described.map(([field, schema]) => [
      field,
      read[field] === 'unsupported' ? 'unsupported' : typeOf(schema),
    ]);
    const types = Object.entries(read).map(([field, type]) => [field, type.replace('?', '')]);
    expect(Object.fromEntries(types)).toEqual(Object.fromEntries(expected));
  });

  test('choose among fields that exist', () => {
    for (const [name, { fields }] of Object.entries(choices)) {
      expect(Object.keys(messages[name] ?? {})).toEqual(expect.arrayContaining([...fields]));
    }
  });
});
