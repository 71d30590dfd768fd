import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { failing, honest } from '../helpers/badScripts.js';
import { type FaultyGateway, startFaultyGateway } from '../helpers/faultyGateway.js';
import { type RunningGateway, startGateway } from '../helpers/gateway.js';

/** Every sample by its name and labels, such as `a_total{source="partner"}`; labels in the order of the alphabet. */
async function readMetrics({
  url,
}: RunningGateway): Promise<{ text: string; type: string | null; samples: Map<string, number> }> {
  const response = await fetch(new URL('/metrics', url));
  const text = await response.text();
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  const samples = lines.map((line): [string, number] => {
    const [, name = '', labels = '', value] = /^(\w+)(?:\{(.*)\})? (\S+)$/.exec(line) ?? [];
    const sorted = labels.split(',').filter(Boolean).sort().join(',');
    return [sorted ? `${name}{${sorted}}` : name, Number(value)];
  });
  return { text, type: response.headers.get('content-type'), samples: new Map(samples) };
}

const partner = (name: string, label = '') => `gateway_source_${name}{${label && `${label},`}source="partner"}`;
const google = (name: string, label = '') => `gateway_source_${name}{${label && `${label},`}source="googleAnalytics"}`;

describe('the metrics of a gateway that was asked nothing', () => {
  test('are Prometheus text with every source at rest', async () => {
    const gateway = await startGateway({ products: 1 });
    const { type, samples } = await readMetrics(gateway);
    await gateway.close();
    expect(type).toContain('text/plain; version=0.0.4');
    for (const name of ['in_flight', 'queued', 'breaker_state']) {
      expect([samples.get(partner(name)), samples.get(google(name))]).toEqual([0, 0]);
    }
  });
});

describe('after failures, a retry and an outage', () => {
  let gateway: FaultyGateway;
  let retried: Record<string, Record<string, number>>;
  let traced: Record<string, Record<string, number>>;
  let metrics: Awaited<ReturnType<typeof readMetrics>>;

  beforeAll(async () => {
    gateway = await startFaultyGateway(
      {
        scripts: {
          '/P-1001': [honest],
          '/P-1002': ({ call }) => (call === 1 ? failing(503) : [honest]),
          '/P-1003': failing(404),
          '*': failing(500),
        },
      },
      { products: 30, partner: { concurrency: 1 } },
    );
    retried = (await gateway.askProduct(1)).extensions.sources;
    traced = (await gateway.askSite(30)).extensions.sources;
    metrics = await readMetrics(gateway);
  });
  afterAll(() => gateway.close());

  test('extensions.sources counts keys, calls, retries and failures of the request', () => {
    expect(retried['partner']).toMatchObject({ keys: 1, calls: 2, retries: 1, failures: 1, cacheHits: 0 });
    expect(traced['partner']).toMatchObject({ keys: 30, retries: 0, cacheHits: 1 });
    expect(traced['partner']?.['calls']).toBe(gateway.bad.ledger.length - 2);
    expect(traced['partner']?.['failures']).toBe(
      gateway.bad.ledger.length - 1 - numberOf('calls_total', 'result="ok"'),
    );
    expect(traced['googleAnalytics']).toMatchObject({ keys: 30, reports: 1, calls: 1, retries: 0, failures: 0 });
  });

  test('extensions.sources says how long calls waited for their turn', () => {
    const { queuedMs = Number.NaN, firstMs = Number.NaN, lastMs = Number.NaN } = traced['partner'] ?? {};
    expect(queuedMs).toBeGreaterThan(0);
    expect(queuedMs).toBeLessThanOrEqual(lastMs);
    expect(firstMs).toBeLessThanOrEqual(lastMs);
  });

  function numberOf(name: string, label = ''): number {
    return metrics.samples.get(partner(name, label)) ?? 0;
  }

  test('the counters agree with what the partner saw', () => {
    const byResult = ['ok', 'SOURCE_UNAVAILABLE', 'SOURCE_NOT_FOUND'].map((result) =>
      numberOf('calls_total', `result="${result}"`),
    );
    expect(byResult.reduce((sum, count) => sum + count)).toBe(gateway.bad.ledger.length);
    expect(byResult[0]).toBeGreaterThanOrEqual(1);
    expect(byResult[1]).toBeGreaterThanOrEqual(10);
    expect(byResult[2]).toBe(1);
    expect(numberOf('retries_total', 'code="SOURCE_UNAVAILABLE"')).toBe(1);
    expect(numberOf('call_duration_seconds_count')).toBe(gateway.bad.ledger.length);
    expect(numberOf('queue_wait_seconds_count')).toBe(gateway.bad.ledger.length);
  });

  test('the counters show what was not asked because the breaker was open', () => {
    const rejected = numberOf('rejections_total', 'code="CIRCUIT_OPEN"');
    const keysAsked = new Set(gateway.bad.ledger).size;
    expect(rejected).toBeGreaterThanOrEqual(30 - keysAsked);
    expect(numberOf('breaker_state')).toBe(2);
    expect(metrics.samples.get(google('breaker_state'))).toBe(0);
  });

  test('Google is counted for itself', () => {
    expect(metrics.samples.get(google('calls_total', 'result="ok"'))).toBe(2);
    expect(
      [...metrics.samples.keys()].filter((name) => /retries|rejections/.test(name) && name.includes('google')),
    ).toEqual([]);
  });

  test('requests are counted by result', async () => {
    expect(metrics.samples.get('gateway_requests_total{result="errors"}')).toBe(1);
    expect(metrics.samples.get('gateway_requests_total{result="ok"}')).toBe(1);
    await gateway.ask('{ sources { name } }');
    expect((await readMetrics(gateway)).samples.get('gateway_requests_total{result="ok"}')).toBe(2);
  });

  test('no URL, no id and no key is in them, and labels are names and codes only', () => {
    const { text, samples } = metrics;
    for (const secret of [
      'http:',
      'https:',
      '127.0.0.1',
      'localhost',
      'P-1001',
      'shop',
      'api_key',
      'test-partner-key',
    ]) {
      expect(text).not.toContain(secret);
    }
    for (const name of samples.keys()) expect(name).toMatch(/^\w+(\{[^{}]*\})?$/);
    const labels = [...samples.keys()].flatMap((name) =>
      [...name.matchAll(/(\w+)="([^"]*)"/g)].map(([, key, value]) => `${key}=${value}`),
    );
    const others = labels.filter(
      (label) =>
        !/^(source=(partner|googleAnalytics)|(result|code)=(ok|errors|[A-Z_]+)|state=(closed|open|halfOpen)|le=.*|\w*=v?[\d.]+)$/.test(
          label,
        ),
    );
    expect([...new Set(others)].filter((label) => !label.startsWith('kind=') && !label.startsWith('type='))).toEqual(
      [],
    );
  });

  test('Query.sources shows the open breaker and the times of the calls that were answered', async () => {
    const { data } = await gateway.ask<{ sources: object[] }>(
      '{ sources { name breaker inFlight queued p50Ms p95Ms } }',
    );
    expect(data.sources).toEqual([
      expect.objectContaining({ name: 'googleAnalytics', breaker: 'CLOSED', p50Ms: expect.any(Number) }),
      {
        name: 'partner',
        breaker: 'OPEN',
        inFlight: 0,
        queued: 0,
        p50Ms: expect.any(Number),
        p95Ms: expect.any(Number),
      },
    ]);
  });
});

test('Query.sources shows what is on its way and what waits', async () => {
  const gateway = await startFaultyGateway(
    { scripts: {} },
    { products: 5, deadline: '300ms', partner: { concurrency: 2, timeout: '5s' } },
  );
  await gateway.askSite(5);
  // The deadline has passed; the calls are the gateway's own and go on.
  const { data } = await gateway.ask<{ sources: object[] }>('{ sources { name breaker inFlight queued p50Ms } }');
  const { samples } = await readMetrics(gateway);
  await gateway.close();
  expect(data.sources[1]).toEqual({ name: 'partner', breaker: 'CLOSED', inFlight: 2, queued: 3, p50Ms: null });
  expect([samples.get(partner('in_flight')), samples.get(partner('queued'))]).toEqual([2, 3]);
});

test('a pause that the source asked for is counted', async () => {
  const gateway = await startFaultyGateway({ scripts: { '*': failing(429, 'Retry-After: 60\r\n') } }, { products: 2 });
  await gateway.askProduct(0);
  await gateway.askProduct(1);
  const { samples } = await readMetrics(gateway);
  await gateway.close();
  expect(samples.get(partner('pauses_total'))).toBe(1);
  expect(samples.get(partner('calls_total', 'result="SOURCE_RATE_LIMITED"'))).toBe(1);
  expect(samples.get(partner('rejections_total', 'code="SOURCE_RATE_LIMITED"'))).toBe(1);
});
