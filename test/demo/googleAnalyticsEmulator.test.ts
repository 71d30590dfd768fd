import { generateKeyPairSync } from 'node:crypto';
import { get } from 'node:http';
import { gunzipSync } from 'node:zlib';
import { afterEach, describe, expect, test } from '@jest/globals';
import type { Emulator } from '../../src/demo/emulatorServer.js';
import {
  createGoogleAnalyticsEmulator,
  type GoogleAnalyticsEmulatorOptions,
} from '../../src/demo/googleAnalyticsEmulator.js';
import { createFakeClock, type FakeClock } from '../helpers/fakeClock.js';
import { names, pagePath, week, world } from '../helpers/reports.js';
import { authorize, postAssertion, readServiceAccount, signAssertion } from '../helpers/serviceAccount.js';

const shop = '123456789';
const outlet = '234567900';
const sessions = { dateRanges: [week], metrics: names('sessions') };

interface Answer {
  status: number;
  headers: Headers;
  text: string;
  body: AnswerBody;
}

/** All that the tests look at; which of it is there depends on what was asked. */
interface AnswerBody {
  kind: string;
  name: string;
  rows: [{ dimensionValues: [{ value: string }]; metricValues: [{ value: string }] }];
  metadata: object;
  reports: { rowCount: number }[];
  propertyQuota: Record<'tokensPerHour' | 'concurrentRequests' | 'serverErrorsPerProjectPerHour', QuotaStatus>;
  metricCompatibilities: object[];
  error: { code: number; message: string; status: string; details: object[] };
}

interface QuotaStatus {
  consumed: number;
  remaining: number;
}

interface Fixture extends Emulator {
  clock: FakeClock;
  authorization: string;
  call(path: string, request?: object, options?: RequestInit): Promise<Answer>;
  post(path: string, value?: unknown): Promise<Response>;
  stats(): Promise<Record<string, unknown>>;
}

const running: Emulator[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((emulator) => emulator.close()));
});

async function start(options: Partial<GoogleAnalyticsEmulatorOptions> = {}): Promise<Fixture> {
  const clock = createFakeClock('2025-03-31T10:00:00.000Z');
  const emulator = await createGoogleAnalyticsEmulator({ world, clock, ...options });
  running.push(emulator);
  const authorization = await authorize(emulator.url);
  return {
    ...emulator,
    clock,
    authorization,
    async call(path, request = sessions, init = {}) {
      const response = await fetch(`${emulator.url}/v1beta/properties/${path}`, {
        method: 'POST',
        headers: { authorization, 'content-type': 'application/json' },
        body: JSON.stringify(request),
        ...init,
      });
      const text = await response.text();
      const isJson = response.headers.get('content-type')?.startsWith('application/json');
      return { status: response.status, headers: response.headers, text, body: isJson ? JSON.parse(text) : undefined };
    },
    post: (path, value) => fetch(emulator.url + path, { method: 'POST', body: JSON.stringify(value) }),
    stats: async () => (await (await fetch(`${emulator.url}/__stats`)).json()) as Record<string, unknown>,
  };
}

describe('the token endpoint', () => {
  test('gives an hour for an assertion of the service account', async () => {
    const { url } = await start();
    const account = await readServiceAccount(url);
    expect(account).toMatchObject({ type: 'service_account', token_uri: 'https://oauth2.googleapis.com/token' });
    const response = await postAssertion(url, signAssertion(account));
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({
      access_token: expect.stringMatching(/^ya29\./),
      expires_in: 3599,
      token_type: 'Bearer',
    });
  });

  const hourAgo = Math.floor(Date.now() / 1000) - 3700;
  test.each<[string, object, string, string]>([
    ['somebody else', { iss: 'else@example.com' }, 'invalid_grant', 'Invalid grant: account not found'],
    ['another audience', { aud: 'https://example.com' }, 'invalid_grant', 'Invalid JWT: Failed audience check.'],
    [
      'another time',
      { iat: hourAgo, exp: hourAgo + 3600 },
      'invalid_grant',
      'Invalid JWT: Token must be a short-lived',
    ],
    ['no scope', { scope: 'email' }, 'invalid_scope', 'Invalid OAuth scope or ID token audience provided.'],
  ])('refuses an assertion of %s', async (_, claims, error, description) => {
    const { url } = await start();
    const response = await postAssertion(url, signAssertion(await readServiceAccount(url), claims));
    expect(response.status).toBe(400);
    expect(await response.json()).toEqual({ error, error_description: expect.stringContaining(description) });
  });

  test('refuses a signature of another key, what is no JWT, and other grants', async () => {
    const { url } = await start();
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const key = String(privateKey.export({ type: 'pkcs8', format: 'pem' }));
    const forged = signAssertion(await readServiceAccount(url), {}, key);
    const refusal = async (...assertion: [string, string?]) => (await postAssertion(url, ...assertion)).json();
    expect(await refusal(forged)).toEqual({ error: 'invalid_grant', error_description: 'Invalid JWT Signature.' });
    expect(await refusal('nonsense')).toMatchObject({ error: 'invalid_grant' });
    expect(await refusal('', 'password')).toEqual({
      error: 'unsupported_grant_type',
      error_description: 'Invalid grant_type: password',
    });
  });
});

describe('credentials', () => {
  test('that are missing are answered with a challenge and a reason', async () => {
    const { call } = await start();
    const { status, headers, body } = await call(`${shop}:runReport`, sessions, { headers: {} });
    expect(status).toBe(401);
    expect(headers.get('www-authenticate')).toBe('Bearer realm="https://accounts.google.com/"');
    expect(body.error).toMatchObject({ code: 401, status: 'UNAUTHENTICATED' });
    expect(body.error.details[0]).toMatchObject({
      reason: 'CREDENTIALS_MISSING',
      metadata: { method: 'google.analytics.data.v1beta.BetaAnalyticsData.RunReport' },
    });
  });

  test('that are wrong are answered without a reason', async () => {
    const { call } = await start();
    const { status, headers, body } = await call(`${shop}:runReport`, sessions, {
      headers: { authorization: 'Bearer x' },
    });
    expect(status).toBe(401);
    expect(headers.get('www-authenticate')).toContain('error="invalid_token"');
    expect(body.error.message).toMatch(/^Request had invalid authentication credentials\. /);
    expect(body.error).not.toHaveProperty('details');
  });

  test('may be a JWT that the service account signed for the API', async () => {
    const { call, url } = await start();
    const account = await readServiceAccount(url);
    const jwt = signAssertion(account, { aud: 'https://analyticsdata.googleapis.com/', scope: undefined });
    const headers = { authorization: `Bearer ${jwt}` };
    expect((await call(`${shop}:runReport`, sessions, { headers })).status).toBe(200);
  });

  test('are looked at before the request', async () => {
    const { call } = await start();
    expect((await call(`${shop}:runReport`, { nonsense: 1 }, { headers: {} })).status).toBe(401);
  });

  test('give no access to other properties', async () => {
    const { call } = await start();
    const { status, body } = await call('1:runReport');
    expect(status).toBe(403);
    expect(body.error).toEqual({
      code: 403,
      status: 'PERMISSION_DENIED',
      message:
        'User does not have sufficient permissions for this property. To learn more about Property ID, see https://developers.google.com/analytics/devguides/reporting/data/v1/property-id.',
    });
    expect((await call('G-ABC:runReport')).body.error.message).toMatch(/^Invalid property ID: G-ABC\. /);
  });
});

describe('routes', () => {
  test.each([
    ['GET', `/v1beta/properties/${shop}:runReport`],
    ['POST', `/v1beta/properties/${shop}/metadata`],
    ['POST', `/v1beta/properties/${shop}:runEverything`],
    ['GET', '/v1beta/'],
    ['GET', '/token'],
  ])('%s %s is a page that says 404', async (method, path) => {
    const { url } = await start();
    const response = await fetch(url + path, { method });
    expect(response.status).toBe(404);
    expect(response.headers.get('content-type')).toMatch(/^text\/html/);
    expect(await response.text()).toContain('was not found on this server');
  });
});

describe('answers', () => {
  test('are reports of the property in the path', async () => {
    const { call } = await start();
    const { status, body } = await call(`${outlet}:runReport`);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      metricHeaders: [{ name: 'sessions', type: 'TYPE_INTEGER' }],
      rows: [{ metricValues: [{ value: expect.stringMatching(/^\d+$/) }] }],
      rowCount: 1,
      metadata: { currencyCode: 'USD', timeZone: 'America/New_York' },
      kind: 'analyticsData#runReport',
    });
  });

  test('are indented unless told otherwise, and escape what HTML would read', async () => {
    const { call } = await start();
    const request = { ...sessions, dimensions: names('pageTitle'), limit: 1 };
    const pretty = await call(`${outlet}:runReport`, request);
    expect(pretty.text).toMatch(/^\{\n {2}"/);
    expect(pretty.text).toContain('Outlet \\u0026 More');
    expect(pretty.body.rows[0].dimensionValues[0].value).toMatch(/ \| Outlet & More$/);
    const compact = await call(`${outlet}:runReport?prettyPrint=false`, request);
    expect(compact.text).not.toContain('\n');
    expect(compact.body).toEqual(pretty.body);
  });

  test('are compressed for those who accept it', async () => {
    const { url, authorization } = await start();
    const path = `${url}/v1beta/properties/${shop}/metadata`;
    const compressed = await new Promise<Buffer>((resolve, reject) => {
      const headers = { authorization, 'accept-encoding': 'gzip' };
      get(path, { headers }, async (response) => {
        expect(response.headers['content-encoding']).toBe('gzip');
        resolve(Buffer.concat(await response.toArray()));
      }).on('error', reject);
    });
    expect(JSON.parse(gunzipSync(compressed).toString())).toMatchObject({ name: `properties/${shop}/metadata` });
    const plain = await fetch(path, { headers: { authorization, 'accept-encoding': 'identity' } });
    expect(plain.headers.get('content-encoding')).toBeNull();
  });

  test('of a batch stand in its order', async () => {
    const { call, stats } = await start();
    const requests = [sessions, { ...sessions, ...pagePath, property: `properties/${shop}` }];
    const { body } = await call(`${shop}:batchRunReports`, { requests });
    expect(body.kind).toBe('analyticsData#batchRunReports');
    expect(body.reports.map(({ rowCount }) => rowCount)).toEqual([1, 40]);
    expect(await stats()).toMatchObject({ calls: 1, reports: 2 });
  });

  test.each<[string, object[], string]>([
    ['none', [], 'The batchRunReportsRequest must contain at least one runReportRequest.'],
    [
      'six',
      Array(6).fill(sessions),
      'Batch requests are limited to 5 requests.\n  This batch request contains 6 requests.',
    ],
    ['one that is wrong', [sessions, { metrics: names('sessions') }], 'A dateRange is required.'],
  ])('refuse a batch of %s', async (_, requests, message) => {
    const { call } = await start();
    const { status, body } = await call(`${shop}:batchRunReports`, { requests });
    expect(status).toBe(400);
    expect(body).toEqual({ error: { code: 400, message, status: 'INVALID_ARGUMENT' } });
  });

  test('name what the JSON layer does not know, one violation each', async () => {
    const { call } = await start();
    const { body } = await call(`${shop}:batchRunReports`, { requests: [{ dateRanges: [{ x: 1 }] }] });
    const place = 'requests[0].date_ranges[0]';
    const description = `Invalid JSON payload received. Unknown name "x" at '${place}': Cannot find field.`;
    expect(body.error).toEqual({
      code: 400,
      message: description,
      status: 'INVALID_ARGUMENT',
      details: [
        { '@type': 'type.googleapis.com/google.rpc.BadRequest', fieldViolations: [{ field: place, description }] },
      ],
    });
  });

  test('follow the clock', async () => {
    const { call, clock } = await start();
    const today = { ...sessions, dateRanges: [{ startDate: 'today', endDate: 'today' }] };
    const count = async () => Number((await call(`${shop}:runReport`, today)).body.rows[0].metricValues[0].value);
    const atNoon = await count();
    await clock.advance(6 * 3_600_000);
    expect(await count()).toBeGreaterThan(atNoon);
  });
});

describe('quotas', () => {
  const counted = { ...sessions, returnPropertyQuota: true };

  test('are told to those who ask, and drain', async () => {
    const { call } = await start();
    const first = await call(`${shop}:runReport`, counted);
    expect(first.body.propertyQuota.tokensPerHour).toEqual({ consumed: 1, remaining: 39_999 });
    expect(first.body.propertyQuota.concurrentRequests).toEqual({ consumed: 0, remaining: 10 });
    await call(`${shop}:runReport`);
    const third = await call(`${shop}:runReport`, counted);
    expect(third.body.propertyQuota.tokensPerHour.remaining).toBe(39_997);
  });

  test('that are used up refuse every call until the hour is over', async () => {
    const { call, clock } = await start({ quotaLimits: { tokensPerHour: 2 } });
    await call(`${shop}:runReport`);
    await call(`${shop}:runReport`);
    const refused = await call(`${shop}:runReport`);
    expect(refused.status).toBe(429);
    expect(refused.headers.get('retry-after')).toBeNull();
    expect(refused.body.error.message).toMatch(/^Exhausted property tokens per hour\. /);
    expect((await call(`${outlet}:runReport`)).status).toBe(200);
    await clock.advance(3_600_000);
    expect((await call(`${shop}:runReport`)).status).toBe(200);
  });

  test('allow ten calls at once', async () => {
    const { call, stats } = await start({ latencyMs: 300 });
    const answers = await Promise.all(Array.from({ length: 12 }, () => call(`${shop}:runReport`)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(10);
    expect(answers.find(({ status }) => status === 429)?.body.error.message).toBe(
      'Exhausted concurrent requests quota.',
    );
    expect(await stats()).toMatchObject({ calls: 12, maxInFlight: 12 });
  });

  test('are full after a reset', async () => {
    const { call, post } = await start({ quotaLimits: { tokensPerHour: 1 } });
    await call(`${shop}:runReport`);
    await post('/__reset');
    expect((await call(`${shop}:runReport`)).status).toBe(200);
  });
});

describe('faults', () => {
  test.each([
    ['tokensPerProjectPerHour', 'Exhausted property tokens for a project per hour.'],
    ['tokensPerDay', 'Exhausted property tokens per day.'],
    ['concurrentRequests', 'Exhausted concurrent requests quota.'],
    ['potentiallyThresholdedRequestsPerHour', 'Exhausted potentially thresholded requests quota.'],
    ['serverErrorsPerProjectPerHour', 'Exhausted server errors quota.'],
  ])('quota %s', async (bucket, message) => {
    const { call, post } = await start();
    await post('/__faults', [{ keys: [shop], fault: 'quota', bucket, times: 1 }]);
    expect((await call(`${outlet}:runReport`)).status).toBe(200);
    const { status, body } = await call(`${shop}:runReport`);
    expect(status).toBe(429);
    expect(body.error).toMatchObject({ code: 429, status: 'RESOURCE_EXHAUSTED' });
    expect(body.error.message).toContain(message);
    expect((await call(`${shop}:runReport`)).status).toBe(200);
  });

  test('unavailable, which is a server error that counts', async () => {
    const { call, post } = await start();
    await post('/__faults', [{ keys: '*', fault: 'unavailable', times: 1 }]);
    const { status, body } = await call(`${shop}:runReport`);
    expect(status).toBe(503);
    expect(body.error.status).toBe('UNAVAILABLE');
    const next = await call(`${shop}:runReport`, { ...sessions, returnPropertyQuota: true });
    expect(next.body.propertyQuota.serverErrorsPerProjectPerHour).toEqual({ consumed: 0, remaining: 9 });
  });

  test.each([
    [500, 'INTERNAL'],
    [503, 'UNAVAILABLE'],
    [504, 'DEADLINE_EXCEEDED'],
  ])('unavailable with status %i is %s', async (status, name) => {
    const { call, post } = await start();
    await post('/__faults', [{ keys: '*', fault: 'unavailable', status, times: 1 }]);
    expect(await call(`${shop}:runReport`)).toMatchObject({ status, body: { error: { code: status, status: name } } });
  });

  test('api-disabled, which says how to enable it', async () => {
    const { call, post } = await start();
    await post('/__faults', [{ keys: '*', fault: 'api-disabled', times: 1 }]);
    const { status, body } = await call(`${shop}:runReport`);
    expect(status).toBe(403);
    expect(body.error).toMatchObject({ status: 'PERMISSION_DENIED', details: [{ reason: 'SERVICE_DISABLED' }] });
  });

  test('token-refused, as for an account that is gone', async () => {
    const { url, post } = await start();
    await post('/__faults', [{ keys: ['token'], fault: 'token-refused', times: 1 }]);
    const assertion = signAssertion(await readServiceAccount(url));
    const refused = await postAssertion(url, assertion);
    expect(refused.status).toBe(400);
    expect(await refused.json()).toMatchObject({ error: 'invalid_grant' });
    expect((await postAssertion(url, assertion)).status).toBe(200);
  });

  test.each([
    [{ fault: 'thresholded' }, { subjectToThresholding: true }],
    [{ fault: 'sampled', share: 0.1 }, { samplingMetadatas: [{ samplesReadCount: expect.any(String) }] }],
    [{ fault: 'other-row' }, { dataLossFromOtherRow: true }],
  ])('%j marks the answer', async (rule, metadata) => {
    const { call, post } = await start();
    await post('/__faults', [{ keys: '*', ...rule }]);
    expect((await call(`${shop}:runReport`, { ...sessions, ...pagePath })).body.metadata).toMatchObject(metadata);
  });

  test('of the transport spoil an honest answer', async () => {
    const { call, post, stats } = await start();
    await post('/__faults', [{ keys: [shop], fault: 'status', status: 502, times: 1 }]);
    expect((await call(`${shop}:runReport`)).status).toBe(502);
    await post('/__faults', [{ keys: [shop], fault: 'truncate' }]);
    await expect(call(`${shop}:runReport`)).rejects.toThrow();
    expect(await stats()).toMatchObject({ calls: 2, byKey: { [shop]: 2 } });
  });

  test('of the token endpoint leave the API alone, and the other way round', async () => {
    const { url, call, post, stats } = await start();
    await post('/__faults', [
      { keys: '*', fault: 'status', status: 500, times: 1 },
      { keys: '*', fault: 'token-down', times: 1 },
      { keys: '*', fault: 'token-slow', ms: 150 },
    ]);
    const assertion = signAssertion(await readServiceAccount(url));
    expect((await postAssertion(url, assertion)).status).toBe(503);
    const begun = performance.now();
    expect((await postAssertion(url, assertion)).status).toBe(200);
    expect(performance.now() - begun).toBeGreaterThan(140);
    expect((await call(`${shop}:runReport`)).status).toBe(500);
    expect((await call(`${shop}:runReport`)).status).toBe(200);
    expect(await stats()).toMatchObject({ calls: 2, tokenCalls: 3 });
  });

  test('that nobody knows are refused', async () => {
    const { post } = await start();
    const response = await post('/__faults', [{ keys: '*', fault: 'earthquake' }]);
    expect(response.status).toBe(400);
    expect(await response.text()).toContain('token-slow');
  });
});

describe('other methods', () => {
  test('describe the property, check fields and watch the last half hour', async () => {
    const { call, authorization } = await start();
    const metadata = await call(`${shop}/metadata`, undefined, {
      method: 'GET',
      body: null,
      headers: { authorization },
    });
    expect(metadata.body.name).toBe(`properties/${shop}/metadata`);
    const universal = await call('0/metadata', undefined, { method: 'GET', body: null, headers: { authorization } });
    expect(universal.status).toBe(200);
    const check = await call(`${shop}:checkCompatibility`, {
      dimensions: names('itemId'),
      compatibilityFilter: 'INCOMPATIBLE',
    });
    expect(check.body.metricCompatibilities[0]).toMatchObject({ compatibility: 'INCOMPATIBLE' });
    const realtime = await call(`${shop}:runRealtimeReport`, {
      metrics: names('activeUsers'),
      returnPropertyQuota: true,
    });
    expect(realtime.body.kind).toBe('analyticsData#runRealtimeReport');
    expect(realtime.body.propertyQuota.tokensPerHour.consumed).toBe(40);
  });
});
