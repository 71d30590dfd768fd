import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { getIntrospectionQuery } from 'graphql';
import { systemClock } from '../src/clock.js';
import { type RunningGateway, startGateway } from './helpers/gateway.js';
import { connectRaw } from './helpers/rawClient.js';
import { until } from './helpers/until.js';

interface GraphQLBody {
  data?: unknown;
  errors: { message: string; extensions: { code: string } }[];
}

let development: RunningGateway;
let production: RunningGateway;

beforeAll(async () => {
  [development, production] = await Promise.all([
    startGateway({ products: 1, alwaysTrace: false }),
    startGateway({ products: 1, alwaysTrace: false, environment: { NODE_ENV: 'production' } }),
  ]);
});
afterAll(() => Promise.all([development.close(), production.close()]));

const at = (path: string, { url } = development) => new URL(path, url).href;
const post = (body: string, headers: Record<string, string> = {}, { url } = development) =>
  fetch(url, { method: 'POST', body, headers: { 'content-type': 'application/json', ...headers } });
const modes = [
  { mode: 'development', gateway: () => development },
  { mode: 'production', gateway: () => production },
];

/** A refusal that a GraphQL client can read, and that says nothing of the inside. */
async function expectRefusal(response: Response, status: number | readonly number[]): Promise<GraphQLBody> {
  const text = await response.text();
  expect([status].flat()).toContain(response.status);
  expect(response.headers.get('content-type')).toMatch(/^application\/(graphql-response\+)?json/);
  const body = JSON.parse(text) as GraphQLBody;
  expect(body.errors.length).toBeGreaterThan(0);
  for (const { message, extensions } of body.errors) {
    expect(message).not.toBe('');
    expect(extensions.code).toMatch(/^[A-Z_]+$/);
  }
  expect(text).not.toMatch(/stack|node_modules|\.js:\d|\.ts:\d|at \w+ \(/i);
  return body;
}

describe('the questions of an orchestrator', () => {
  test.each(['/livez', '/readyz'])('%s is answered', async (path) => {
    const response = await fetch(at(path));
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({ status: path === '/livez' ? 'alive' : 'ready' });
  });
});

describe('x-request-id', () => {
  const idFor = async (header?: string) => {
    const response = await fetch(at('/livez'), { headers: { ...(header && { 'x-request-id': header }) } });
    return response.headers.get('x-request-id');
  };
  const uuid = /^[\da-f]{8}-([\da-f]{4}-){3}[\da-f]{12}$/;

  test('is made where there is none, another one each time', async () => {
    const [first, second] = [await idFor(), await idFor()];
    expect(first).toMatch(uuid);
    expect(second).toMatch(uuid);
    expect(first).not.toBe(second);
  });

  test.each(['a', 'Order-42_b', 'x'.repeat(64)])('%s is kept', async (id) => {
    expect(await idFor(id)).toBe(id);
  });

  test.each([
    ['too long', 'x'.repeat(65)],
    ['a space', 'a b'],
    ['a quote', 'a"b'],
    ['markup', '<script>'],
    ['a line of a log', 'a\\n{"level":50}'],
    ['a letter beyond ASCII', 'é'],
    ['two of them', 'a, b'],
  ])('a hostile one is replaced: %s', async (_, id) => {
    expect(await idFor(id)).toMatch(uuid);
  });

  test('comes with the answer of an operation', async () => {
    const response = await post('{"query":"{ __typename }"}', { 'x-request-id': 'mine' });
    expect([response.status, response.headers.get('x-request-id')]).toEqual([200, 'mine']);
  });
});

describe('the page of Sandbox', () => {
  const open = (gateway: RunningGateway) => fetch(gateway.url, { headers: { accept: 'text/html' } });
  const directives = (policy: string) =>
    new Map(
      policy.split(';').map((part) => {
        const [name = '', ...values] = part.trim().split(/\s+/);
        return [name, values] as const;
      }),
    );

  test('is there in development, under a policy that its own scripts can live with', async () => {
    const response = await open(development);
    const page = await response.text();
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toMatch(/^text\/html/);
    const [, nonce] = /<script nonce="([^"]+)"/.exec(page) ?? [];
    expect(nonce).toMatch(/^.{8,}$/);
    const policy = directives(response.headers.get('content-security-policy') ?? '');
    const sources = (name: string) => policy.get(name) ?? policy.get('default-src') ?? [];
    // Inline scripts are allowed by the header, unless it brings a nonce or hash of its own; the page's policy narrows that.
    expect(sources('script-src')).toContain("'unsafe-inline'");
    expect(sources('script-src').filter((source) => /^'(nonce|sha\d+)-|strict-dynamic/.test(source))).toEqual([]);
    for (const name of ['script-src', 'frame-src', 'style-src', 'img-src', 'manifest-src']) {
      expect({ name, sources: sources(name) }).toEqual({ name, sources: expect.arrayContaining(['https:']) });
    }
    expect(sources('connect-src')).toContain("'self'");
    expect(policy.get('frame-ancestors')).toEqual(["'none'"]);
  });

  test('is not there in production', async () => {
    await expectRefusal(await open(production), [400, 404, 405, 406]);
  });

  test.each(modes)('an answer that is no page allows nothing, $mode', async ({ gateway }) => {
    const policy = directives((await fetch(at('/livez', gateway()))).headers.get('content-security-policy') ?? '');
    expect(policy.get('default-src')).toEqual(["'none'"]);
  });
});

describe('what a client can learn of the schema', () => {
  test('introspection answers in development', async () => {
    const { data, errors } = await development.ask<{ __schema: object }>(getIntrospectionQuery());
    expect(errors).toBeUndefined();
    expect(data.__schema).toBeDefined();
  });

  test.each(['{ __schema { types { name } } }', '{ __type(name: "Product") { name } }'])(
    'introspection is off in production: %s',
    async (query) => {
      const { data, errors } = await production.ask(query);
      expect(data).toBeUndefined();
      expect(errors?.length).toBeGreaterThan(0);
    },
  );

  test.each(['{ prodct(id: "a") { name } }', '{ product(idd: "a") { name } }', '{ product(id: "a") { nam } }'])(
    'a near miss is helped with in development only: %s',
    async (query) => {
      expect((await development.ask(query)).errors?.[0]?.message).toMatch(/did you mean/i);
      const { errors, status } = await production.ask(query);
      expect(status).toBe(400);
      expect(JSON.stringify(errors)).not.toMatch(/did you mean/i);
    },
  );
});

describe.each(modes)('a request that is wrong in itself, $mode', ({ gateway }) => {
  const query = JSON.stringify({ query: '{ __typename }' });

  test.each([
    ['malformed JSON', '{"query": ', {}, 400],
    ['an empty body', '', {}, 400],
    ['JSON null', 'null', {}, 400],
    ['a JSON number', '7', {}, 400],
    ['a JSON text', '"{ __typename }"', {}, 400],
    ['no query', '{}', {}, 400],
    ['a query that is no text', '{"query": 7}', {}, 400],
    ['variables that are no object', '{"query": "{ __typename }", "variables": "a"}', {}, 400],
    ['a query that cannot be parsed', '{"query": "{ site("}', {}, 400],
    ['an unknown field', '{"query": "{ nothing }"}', {}, 400],
    ['a mutation, which does not exist', '{"query": "mutation { a }"}', {}, [400, 405]],
    ['a subscription, which does not exist', '{"query": "subscription { a }"}', {}, [400, 405]],
    ['a prototype', '{"query": "{ __typename }", "__proto__": { "a": 1 }}', {}, 400],
    ['a batch', `[${query}, ${query}]`, {}, 400],
    ['text/plain', query, { 'content-type': 'text/plain' }, [400, 415]],
    ['a form', 'query=%7B__typename%7D', { 'content-type': 'application/x-www-form-urlencoded' }, [400, 415]],
    ['a form of parts', query, { 'content-type': 'multipart/form-data; boundary=x' }, [400, 415]],
    ['compressed', query, { 'content-encoding': 'gzip', 'content-type': 'application/x-gzip' }, [400, 415]],
    ['more than 1 MiB', JSON.stringify({ query: `{ __typename } #${'x'.repeat(1_048_576)}` }), {}, 413],
  ] as [string, string, Record<string, string>, number | number[]][])('%s', async (_, body, headers, status) => {
    await expectRefusal(await post(body, headers, gateway()), status);
  });

  test.each([
    ['is no JSON', { 'content-type': 'text/html' }, query, 'application/json'],
    ['is too large', { 'content-type': 'application/json' }, ' '.repeat(600_000), '512 KiB'],
  ])('a body that %s, with a word on what would be right', async (_, headers, body, cure) => {
    const response = await fetch(gateway().url, { method: 'POST', headers, body });
    const { errors } = await expectRefusal(response, [413, 415]);
    expect(errors[0]?.message).toContain(cure);
  });

  test('GET without a header that a simple form cannot send', async () => {
    const response = await fetch(`${gateway().url}?query=${encodeURIComponent('{ __typename }')}`);
    await expectRefusal(response, 400);
  });

  test('GET with one is answered', async () => {
    const url = `${gateway().url}?query=${encodeURIComponent('{ __typename }')}`;
    const response = await fetch(url, { headers: { 'apollo-require-preflight': '1' } });
    expect([response.status, await response.json()]).toEqual([200, { data: { __typename: 'Query' } }]);
  });

  test.each(['PUT', 'DELETE', 'PATCH'])('%s', async (method) => {
    const response = await fetch(gateway().url, { method });
    expect(response.headers.get('allow')).toBe('GET, POST');
    await expectRefusal(response, 405);
  });

  test.each(['/nothing', '/graphql/', '/.env', '//', '//evil.example', '/%2e%2e/', '/%E0%A4%A', '/graphql%00'])(
    'there is nothing at %s',
    async (path) => {
      const client = connectRaw(Number(new URL(gateway().url).port), {
        send: `GET ${path} HTTP/1.1\r\nHost: gateway\r\nConnection: close\r\n\r\n`,
      });
      await until(() => client.outcome() !== 'open', 'the answer is complete');
      const [head = '', body = ''] = client.received().split('\r\n\r\n');
      expect(head).toMatch(/^HTTP\/1\.1 40[04] /);
      expect(JSON.parse(body)).toMatchObject({ errors: [{ extensions: { code: 'BAD_REQUEST' } }] });
    },
  );
});

describe('a fault of the gateway itself', () => {
  test.each([
    { where: 'a field', now: () => Number.NaN, status: 200 },
    {
      where: 'the request',
      now: () => {
        throw new Error('secret-inside at /srv/app.js:1');
      },
      status: 500,
    },
  ])('that costs $where tells the client nothing and the log everything', async ({ now, status }) => {
    let broken = false;
    const clock = { ...systemClock, now: () => (broken ? now() : systemClock.now()) };
    const gateway = await startGateway({ products: 1, clock });
    broken = true;
    const answer = await gateway.ask('{ product(id: "shop-red-shoe-1") { name partner { orders } } }');
    broken = false;
    await gateway.close();
    const errors = answer.errors ?? [];
    expect(answer.status).toBe(status);
    expect(errors.map(({ extensions }) => extensions)).toEqual([{ code: 'INTERNAL_SERVER_ERROR', retryable: false }]);
    expect(JSON.stringify(answer)).not.toMatch(/secret|invalid|RangeError|stack|\.[jt]s/i);
    expect(gateway.events.map(({ type }) => type)).toContain('request.failed');
  });
});

describe('the trace of a request', () => {
  const query = '{ product(id: "shop-red-shoe-1") { partner(range: { preset: YESTERDAY }) { orders } } }';

  test('is sent to whoever asks for it', async () => {
    const { extensions } = await development.ask(query, {}, { headers: { 'gateway-trace': '1' } });
    expect(Object.keys(extensions.sources)).toEqual(['partner']);
    expect(extensions.sources['partner']).toMatchObject({ keys: 1, failures: 0, queuedMs: expect.any(Number) });
  });

  test.each([{}, { 'gateway-trace': '0' }, { 'gateway-trace': 'yes' }])('and to nobody else: %p', async (headers) => {
    expect(
      (await development.ask(query, {}, { headers: headers as Record<string, string> })).extensions,
    ).toBeUndefined();
  });
});

describe('the end of the gateway', () => {
  test('does not wait for a connection that has never asked anything', async () => {
    const gateway = await startGateway({ products: 1 });
    const client = connectRaw(Number(new URL(gateway.url).port));
    await once(client.socket, 'connect');
    await gateway.ask('{ __typename }');
    let closed = false;
    const closing = gateway.close().then(() => {
      closed = true;
    });
    try {
      await until(() => closed, 'the gateway is closed', 5_000);
    } finally {
      client.socket.destroy();
      await closing;
    }
  });
});
