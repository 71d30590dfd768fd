import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { getIntrospectionQuery } from 'graphql';
import { type RunningGateway, startGateway } from '../helpers/gateway.js';

/**
 * The twelve checks that graphql-cop makes, as requests of our own: what each sends, and what an answer must not be.
 *
 * @see https://github.com/dolevf/graphql-cop
 */
let gateway: RunningGateway;
beforeAll(async () => {
  gateway = await startGateway({ products: 1, alwaysTrace: false, environment: { NODE_ENV: 'production' } });
});
afterAll(() => gateway.close());

interface Body {
  data?: Record<string, unknown> | null;
  errors?: { message: string; extensions?: Record<string, unknown> }[];
  extensions?: Record<string, unknown>;
}

async function send(init: RequestInit, search = ''): Promise<{ status: number; text: string; body: Body }> {
  const response = await fetch(gateway.url + search, init);
  const text = await response.text();
  return { status: response.status, text, body: JSON.parse(text) };
}

const post = (payload: unknown, type = 'application/json') =>
  send({
    method: 'POST',
    headers: { 'content-type': type },
    body: typeof payload === 'string' ? payload : JSON.stringify(payload),
  });
const times = (count: number, text: (n: number) => string) =>
  Array.from({ length: count }, (_, n) => text(n)).join(' ');

describe('the twelve checks of graphql-cop', () => {
  test.each([
    ['alias overloading', () => post({ query: `query cop { ${times(101, (n) => `alias${n}:__typename \n`)} }` })],
    ['directive overloading', () => post({ query: `query cop { __typename ${'@aa'.repeat(10)} }` })],
    ['batched queries', () => post(Array(10).fill({ query: 'query cop { __typename }' }))],
    ['introspection', () => post({ query: 'query cop { __schema { types { name fields { name } } } }' })],
    ['introspection by every tool', () => post({ query: getIntrospectionQuery() })],
    [
      'introspection in a circle',
      () =>
        post({
          query: `query cop { __schema { types { ${times(4, () => 'fields { type {')} name ${times(4, () => '} }')} } } }`,
        }),
    ],
    ['a form instead of JSON', () => post('query=%7B__typename%7D', 'application/x-www-form-urlencoded')],
    ['a query by GET, as any page can send it', () => send({}, '?query=query%20cop%7B__typename%7D')],
    ['a mutation by GET', () => send({}, '?query=mutation%20cop%7B__typename%7D')],
    [
      'a mutation by GET, with the header',
      () => send({ headers: { 'apollo-require-preflight': '1' } }, '?query=mutation%20cop%7B__typename%7D'),
    ],
  ])('%s is not answered', async (_, attempt) => {
    const { status, body } = await attempt();
    expect(status).toBeGreaterThanOrEqual(400);
    expect(status).toBeLessThan(500);
    expect(body.data ?? null).toBeNull();
    expect(body.errors?.length).toBeGreaterThan(0);
  });

  test.each([
    '{ __schema { directive } }',
    '{ prodct { id } }',
    '{ product(idd: 1) { id } }',
    '{ product(id: "a") { nme } }',
    '{ site(id: "a") { products(orderBy: { by: NAM }) { totalCount } } }',
  ])('no field is suggested: %s', async (query) => {
    const { text } = await post({ query });
    expect(text).not.toMatch(/did you mean/i);
  });

  test.each(['/graphiql', '/playground', '/console', '/altair', '/graphql'])('there is no IDE at %s', async (path) => {
    const response = await fetch(new URL(path, gateway.url), { headers: { accept: 'text/html' } });
    expect(response.status).toBeGreaterThanOrEqual(400);
    expect(response.headers.get('content-type')).toMatch(/^application\/(graphql-response\+)?json/);
    expect(await response.text()).not.toMatch(/<|sandbox/i);
  });

  test('no trace is answered to whoever does not ask for it', async () => {
    const { status, body } = await post({ query: 'query cop { __typename }' });
    expect([status, body]).toEqual([200, { data: { __typename: 'Query' } }]);
  });

  test.each([{ query: 'qwerty cop { abc }' }, { query: '{ site(id: {}) { id } }' }, { query: 7 }])(
    'no error tells of the inside: %j',
    async (payload) => {
      const { text, body } = await post(payload);
      expect(text).not.toMatch(/exception|stacktrace|node_modules|\.js:/i);
      for (const { extensions } of body.errors ?? []) expect(Object.keys(extensions ?? {})).not.toContain('exception');
    },
  );
});

describe('what else is no question', () => {
  test.each([
    ['@stream', { query: '{ sites @stream { id } }' }],
    ['a subscription', { query: 'subscription { sites { id } }' }],
    ['a mutation', { query: 'mutation { a }' }],
    ['an upload', { query: 'query ($f: Upload!) { a(f: $f) }' }],
  ])('%s', async (_, payload) => {
    const { status, body } = await post(payload);
    expect([400, 405]).toContain(status);
    expect(body.data ?? null).toBeNull();
  });

  test.each([
    'multipart/form-data; boundary=x',
    'text/plain',
    'application/json-patch+json',
    'application/xml',
    'application/x-www-form-urlencoded; charset=utf-8',
    'text/plain, application/json',
    'text/plain; application/json',
    ' text/plain',
    'json',
  ])('a body of type %j is not read as JSON', async (type) => {
    expect([400, 415]).toContain((await post({ query: '{ __typename }' }, type)).status);
  });

  const asked = JSON.stringify({ query: '{ __typename }' });
  test.each([
    ['another charset', { 'content-type': 'application/json; charset=utf-16' }, asked],
    ['a charset of old', { 'content-type': 'application/json; charset="iso-8859-1"' }, asked],
    ['a charset that does not exist', { 'content-type': 'application/json;CHARSET = nonsense' }, asked],
    ['a charset that is empty', { 'content-type': 'application/json; charset=' }, asked],
    ['gzip', { 'content-encoding': 'gzip' }, gzipSync(asked)],
    ['gzip, and is not', { 'content-encoding': 'gzip' }, asked],
    ['two encodings', { 'content-encoding': 'identity, br' }, asked],
  ])('a body that says that it is %s is not read', async (_, headers, body) => {
    const { status } = await send({
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body,
    });
    expect(status).toBe(415);
  });

  test.each(['application/json;charset=utf-8', 'application/json; charset="UTF-8"', 'application/json; x=y'])(
    'a body of type %j is',
    async (type) => {
      expect((await post({ query: '{ __typename }' }, type)).status).toBe(200);
    },
  );

  test('@defer, for a client that does not take parts, is one answer', async () => {
    const { body } = await post({ query: '{ sites { id ... @defer { name } } }' });
    expect(body.data?.['sites']).toEqual([{ id: 'shop', name: expect.any(String) }]);
  });
});
