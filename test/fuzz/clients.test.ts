import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { fuzzRuns, fuzzSeed, fuzzTimeoutMs, inParallel } from '../helpers/fuzzing.js';
import { type RunningGateway, startGateway } from '../helpers/gateway.js';
import { mishapsDuring } from '../helpers/realProcess.js';

let gateway: RunningGateway;
beforeAll(async () => {
  gateway = await startGateway({ products: 3, alwaysTrace: false });
});
afterAll(() => gateway.close());

const honest = JSON.stringify({
  query:
    'query A($id: ID!, $n: Int = 2) { site(id: $id) { products(first: $n) { nodes { id name partner { orders } } } } }',
  variables: { id: 'shop', n: 1 },
  operationName: 'A',
  extensions: { a: 1 },
});

// biome-ignore format: a list of words
const words = [
  '{', '}', '(', ')', '[', ']', '...', '@', '!', '$', ':', '=', '|', '&', '"', '"""', '#', ',', '\\u{', '\\ud800', '\0',
  'query', 'mutation', 'subscription', 'fragment', 'on', 'Query', 'Product', 'site', 'sites', 'products', 'nodes', 'id',
  '__typename', '__schema', '__type', 'skip', 'include', 'defer', 'if', 'true', 'null', '0', '-1', '1e999', '"shop"', 'first',
  'ids', 'range', 'start', 'F', '$id', 'ID', 'partner', 'orders', 'googleAnalytics', 'series',
];

const document = fc.array(fc.constantFrom(...words), { maxLength: 60 }).map((tokens) => tokens.join(' '));

/** The honest request, with some of its characters gone, doubled or changed. */
const mutated = fc
  .array(
    fc.record({
      at: fc.nat(honest.length),
      cut: fc.nat(4),
      put: fc.oneof(fc.string({ maxLength: 3 }), fc.constantFrom(...words)),
    }),
    {
      minLength: 1,
      maxLength: 4,
    },
  )
  .map((changes) => changes.reduce((text, { at, cut, put }) => text.slice(0, at) + put + text.slice(at + cut), honest));

const body = fc.oneof(
  fc.constant(honest),
  mutated,
  document.map((query) => JSON.stringify({ query })),
  fc
    .record({ query: document, variables: fc.jsonValue(), operationName: fc.jsonValue(), extensions: fc.jsonValue() })
    .map((value) => JSON.stringify(value)),
  fc.jsonValue().map((value) => JSON.stringify(value)),
  fc
    .jsonValue()
    .map((id) => JSON.stringify({ query: 'query ($id: ID!) { product(id: $id) { id } }', variables: { id } })),
  fc.jsonValue().map((range) =>
    JSON.stringify({
      query: 'query ($r: DateRangeInput) { product(id: "shop-red-shoe-1") { partner(range: $r) { orders } } }',
      variables: { r: range },
    }),
  ),
  fc.string({ unit: 'binary', maxLength: 200 }),
);

const type = fc.oneof(
  { weight: 8, arbitrary: fc.constant('application/json') },
  fc.constantFrom(
    'application/json; charset=utf-16',
    'application/json; charset=nonsense',
    'application/graphql',
    'text/plain',
  ),
  fc.constantFrom(
    'multipart/form-data; boundary=x',
    'application/x-www-form-urlencoded',
    'application/json\t',
    'APPLICATION/JSON',
  ),
  fc.string({ maxLength: 20, unit: fc.constantFrom(...'abc/;=+-.,"* '.split('')) }),
);
const method = fc.oneof(
  { weight: 8, arbitrary: fc.constant('POST') },
  fc.constantFrom('GET', 'HEAD', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'PROPFIND', 'BREW', 'post'),
);
const path = fc.oneof(
  { weight: 6, arbitrary: fc.constant('/graphql') },
  fc.constantFrom(
    '/',
    '/livez',
    '/readyz',
    '/metrics',
    '//',
    '/graphql/',
    '/%',
    '/graphql?%',
    '*',
    '/graphql#a',
    'http://[::1/graphql',
  ),
  fc
    .tuple(document, fc.string({ maxLength: 10 }))
    .map(([query, rest]) => `/graphql?query=${encodeURIComponent(query)}&variables=${encodeURIComponent(rest)}`),
  fc.string({ maxLength: 30, unit: fc.constantFrom(...'/?&=%.a1:@#'.split('')) }).map((text) => `/${text}`),
);
const line = fc.string({ maxLength: 40, unit: fc.constantFrom(...'abc-_: ,;=/\t"{}é%'.split('')) });
const header = fc.oneof(
  line,
  fc.constantFrom(
    'host: ',
    'host: [',
    'host: a b',
    'host: %',
    'host: a, b',
    'x-request-id: "',
    'accept: text/html',
    'accept: ;;q=x',
  ),
  fc.constantFrom(
    'authorization: Bearer',
    'expect: 100-continue',
    'connection: upgrade',
    'upgrade: h2c',
    'content-encoding: gzip',
  ),
  fc.constantFrom(
    'apollo-require-preflight: 1',
    'origin: null',
    'accept: multipart/mixed;deferSpec=20220824, application/json',
  ),
  fc.constantFrom(
    'transfer-encoding: chunked',
    'content-length: -1',
    'content-length: 1e9',
    'te: trailers',
    'range: bytes=0-',
  ),
);

interface Parts {
  method: string;
  path: string;
  type: string;
  body: string;
  headers: readonly string[];
  host: boolean;
  /** By how much the length that is told differs from the body's. */
  length: number;
}

/** Nothing is mended on its way. */
function bytesOf(parts: Parts): Buffer {
  const length = Math.max(0, Buffer.byteLength(parts.body) + parts.length);
  const head = [
    `${parts.method} ${parts.path} HTTP/1.1`,
    ...(parts.host ? ['host: gateway'] : []),
    `content-type: ${parts.type}`,
    `content-length: ${length}`,
    ...parts.headers,
    'connection: close',
  ];
  return Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`, 'latin1'), Buffer.from(parts.body)]);
}

const request = fc
  .record({
    method,
    path,
    type,
    body,
    headers: fc.oneof(fc.constant([]), fc.array(header, { maxLength: 3 })),
    host: fc.nat(9).map((n) => n > 0),
    length: fc.oneof({ weight: 9, arbitrary: fc.constant(0) }, fc.integer({ min: -5, max: 5 })),
  })
  .map(bytesOf);
const garbage = fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes));
const sound = bytesOf({
  method: 'POST',
  path: '/graphql',
  type: 'application/json',
  body: honest,
  headers: [],
  host: true,
  length: 0,
});
const anything = fc.oneof({ weight: 19, arbitrary: request }, garbage, fc.constant(sound));

/** The status lines of all that came back; a connection that ends without one is no answer, and no failure of ours. */
function send(port: number, bytes: Buffer): Promise<string[]> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    const socket = connect(port, '127.0.0.1', () => socket.end(bytes));
    socket.setTimeout(15_000, () => socket.destroy(new Error('no answer')));
    socket.on('data', (chunk) => chunks.push(chunk));
    socket.on('error', () => {});
    socket.once('close', () =>
      resolve(
        Buffer.concat(chunks)
          .toString('latin1')
          .match(/^HTTP\/1\.1 \d{3}/gm) ?? [],
      ),
    );
  });
}

describe('a client that sends what it likes', () => {
  test(
    `never brings the gateway to 5xx, to an error that nobody catches, or down (seed ${fuzzSeed})`,
    async () => {
      // These clients end their side at once, and are taken for gone where somebody has to be asked for their answer.
      await fetch(gateway.url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: honest });
      const inputs = fc.sample(anything, { numRuns: fuzzRuns, seed: fuzzSeed });
      const port = Number(new URL(gateway.url).port);
      const failures: string[] = [];
      const statuses = new Map<string, number>();
      const mishaps = await mishapsDuring(() =>
        inParallel(inputs.length, 50, async (index) => {
          const bytes = inputs[index] ?? Buffer.of();
          for (const answer of await send(port, bytes)) {
            const status = answer.slice(-3);
            statuses.set(status, (statuses.get(status) ?? 0) + 1);
            if (status >= '500') failures.push(`${status}: ${JSON.stringify(bytes.toString('latin1'))}`);
          }
        }),
      );
      expect(failures.slice(0, 5)).toEqual([]);
      expect(mishaps).toEqual([]);
      expect(gateway.events.filter(({ type: kind }) => kind === 'request.failed')).toEqual([]);
      // It was really heard: some requests are refused, and about one in twenty is sound.
      expect(statuses.get('400')).toBeGreaterThan(fuzzRuns / 10);
      expect(statuses.get('200')).toBeGreaterThan(fuzzRuns / 100);
      expect(await gateway.ask('{ site(id: "shop") { id } }')).toMatchObject({ data: { site: { id: 'shop' } } });
    },
    fuzzTimeoutMs,
  );
});
