import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { formatServerTiming } from '../src/server/serverTiming.js';
import { type RunningGateway, startGateway } from './helpers/gateway.js';
import { preloaded } from './helpers/preloaded.js';
import { type Recorder, startRecorder } from './helpers/recorder.js';
import { type Fleet, prepareFleet, type Replica } from './helpers/replicas.js';

const patient = 60_000;

interface Span {
  readonly name: string;
  readonly kind: number;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly attributes: { key: string; value: { stringValue?: string; intValue?: number } }[];
}

/** Everything that was sent to the collector, in OTLP's JSON. */
function spansOf({ requests }: Recorder): Span[] {
  return requests.flatMap(({ body }) =>
    (JSON.parse(body) as { resourceSpans: { scopeSpans: { spans: Span[] }[] }[] }).resourceSpans.flatMap(
      ({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans),
    ),
  );
}

const attribute = ({ attributes }: Span, name: string) => {
  const value = attributes.find(({ key }) => key === name)?.value;
  return value?.stringValue ?? Number(value?.intValue);
};

describe('with a collector in OTEL_EXPORTER_OTLP_ENDPOINT', () => {
  const traceId = '0af7651916cd43dd8448eb211c80319c';
  const clientSpan = 'b7ad6b7169203331';
  let collector: Recorder;
  let upstream: Recorder;
  let fleet: Fleet;
  let gateway: Replica;
  let spans: Span[];
  let output: string;

  beforeAll(async () => {
    [collector, upstream] = await Promise.all([startRecorder(), startRecorder()]);
    collector.answerWith(() => ({ body: '{}' }));
    fleet = await prepareFleet({
      products: 3,
      configure({ server, sources }) {
        server['notice'] = '1ms';
        const url = new URL(String(sources.partner?.['url']));
        upstream.forwardTo(url.origin);
        Object.assign(sources.partner ?? {}, {
          url: String(sources.partner?.['url']).replace(url.origin, upstream.url),
        });
      },
    });
    gateway = await fleet.start(
      preloaded('modules', {
        OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
        OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
      }),
    );
    const response = await fetch(`${gateway.url}/graphql`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        traceparent: `00-${traceId}-${clientSpan}-01`,
        baggage: 'account=of-the-client',
        // A client may name a request as it likes, also by what it should not know.
        'x-request-id': 'test-partner-key',
      },
      body: JSON.stringify({
        query:
          'query Products { site(id: "shop") { products { nodes { googleAnalytics { pageViews } partner { orders } } } } }',
      }),
    });
    expect(((await response.json()) as { errors?: unknown }).errors).toBeUndefined();
    output = (await gateway.end('SIGTERM')).stdout;
    spans = spansOf(collector);
  }, patient);
  afterAll(async () => {
    await fleet.close();
    await Promise.all([collector.close(), upstream.close()]);
  });

  const called = (name: string) => spans.filter((span) => span.name === name);
  const childrenOf = (parent: Span | undefined) => spans.filter(({ parentSpanId }) => parentSpanId === parent?.spanId);

  test('a request is a span named by its type, below that of its client', () => {
    const [query, ...others] = called('query');
    expect(others).toEqual([]);
    expect(query).toMatchObject({ traceId, parentSpanId: clientSpan, kind: 2 });
    expect(new Set(spans.map((span) => span.traceId))).toEqual(new Set([traceId]));
  });

  test('below it is a batch for each source, and below those the calls', () => {
    const [query] = called('query');
    const batches = childrenOf(query);
    expect(batches.map(({ name }) => name).sort()).toEqual(['googleAnalytics batch', 'partner batch']);
    const [google, partner] = batches.toSorted((a, b) => a.name.localeCompare(b.name));
    expect(partner && attribute(partner, 'gateway.keys')).toBe(3);
    expect(childrenOf(partner).map(({ name, kind }) => [name, kind])).toEqual(Array(3).fill(['GET', 3]));
    const urls = childrenOf(google).map((span) => attribute(span, 'url.full'));
    expect(urls.some((url) => /:runReport$/.test(String(url)))).toBe(true);
  });

  test('each call to the partner carries its own span in traceparent', () => {
    const sent = upstream.requests.map(({ headers }) => headers['traceparent']);
    const [partner] = called('partner batch');
    const expected = childrenOf(partner).map(({ spanId }) => `00-${traceId}-${spanId}-01`);
    expect(sent.toSorted()).toEqual(expected.toSorted());
  });

  test('nothing else that a client sent along reaches a source', () => {
    expect(upstream.requests).toHaveLength(3);
    for (const { headers } of upstream.requests) expect(JSON.stringify(headers)).not.toMatch(/baggage|of-the-client/);
  });

  test('a key that comes into an attribute all the same is taken out', () => {
    const [query] = called('query');
    expect(query && attribute(query, 'gateway.request_id')).toMatch(/^\[secret\]\./);
  });

  test('no span holds a query, a key, or an id of the partner', () => {
    const sent = collector.requests.map(({ body }) => body).join('\n');
    expect(sent).not.toMatch(/api_key|test-partner-key|P-1001|pageViews|products \{/);
    expect(spans.length).toBeGreaterThan(5);
  });

  test('the library is loaded', () => {
    expect(output).toMatch(/loaded: \[.*"@opentelemetry-sdk-node.js"/);
  });
});

describe('without OTEL_*', () => {
  test(
    'no library of what is not used is loaded: OpenTelemetry, Redis, PostgreSQL',
    async () => {
      const fleet = await prepareFleet({
        products: 1,
        configure: ({ server }) => Object.assign(server, { notice: '1ms' }),
      });
      const gateway = await fleet.start(preloaded('modules'));
      await gateway.ask(
        '{ site(id: "shop") { products { nodes { googleAnalytics { pageViews } partner { orders } } } } }',
      );
      const { stdout } = await gateway.end('SIGTERM');
      await fleet.close();
      const loaded = JSON.parse(/loaded: (\[.*\])/.exec(stdout)?.[1] ?? '[]') as string[];
      expect(loaded).toEqual(expect.arrayContaining(['cli.js', 'app.js']));
      expect(loaded.filter((file) => /opentelemetry|ioredis|postgres/.test(file))).toEqual([]);
    },
    patient,
  );
});

describe('Server-Timing', () => {
  test('names each source with its numbers', () => {
    const numbers = { keys: 3, cacheHits: 1, staleHits: 0, joined: 0, calls: 2, retries: 0, failures: 0, queuedMs: 4 };
    expect(
      formatServerTiming({
        googleAnalytics: { ...numbers, reports: 1, quota: null, firstMs: null, lastMs: null },
        partner: { ...numbers, firstMs: 10, lastMs: 25 },
      }),
    ).toBe(
      'googleAnalytics;dur=0;desc="keys=3 cacheHits=1 staleHits=0 joined=0 calls=2 retries=0 failures=0 queuedMs=4 reports=1 quota=none firstMs=none", ' +
        'partner;dur=25;desc="keys=3 cacheHits=1 staleHits=0 joined=0 calls=2 retries=0 failures=0 queuedMs=4 firstMs=10"',
    );
  });

  describe('of an answer', () => {
    let gateway: RunningGateway;
    beforeAll(async () => {
      gateway = await startGateway({ products: 3, alwaysTrace: false });
    });
    afterAll(() => gateway.close());

    const ask = (headers: Record<string, string>) =>
      fetch(gateway.url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: '{"query":"{ site(id: \\"shop\\") { products { nodes { googleAnalytics { pageViews } partner { orders } } } } }"}',
      });

    test('says the same as extensions.sources', async () => {
      const response = await ask({ 'gateway-trace': '1' });
      const { extensions } = (await response.json()) as {
        extensions: { sources: Record<string, Record<string, number | null>> };
      };
      const written = response.headers.get('server-timing') ?? '';
      const found = [...written.matchAll(/(\w+);dur=(\d+);desc="([^"]*)"/g)].map(([, source, lastMs, rest = '']) => [
        source,
        { lastMs, ...Object.fromEntries(rest.split(' ').map((pair) => pair.split('='))) },
      ]);
      const expected = Object.entries(extensions.sources).map(([source, numbers]) => [
        source,
        Object.fromEntries(Object.entries(numbers).map(([name, value]) => [name, String(value ?? 'none')])),
      ]);
      expect(Object.fromEntries(found)).toEqual(Object.fromEntries(expected));
      expect(found).toHaveLength(2);
    });

    test('is not sent to whoever did not ask for the trace', async () => {
      expect((await ask({})).headers.get('server-timing')).toBeNull();
    });
  });
});
