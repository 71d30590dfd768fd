import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { parse } from 'graphql';
import { ConfigurationError } from '../../src/errors.js';
import { buildSchema } from '../../src/schema/schema.js';
import { limitDocuments } from '../../src/server/documentLimits.js';
import { readDocuments } from '../../src/server/trustedDocuments.js';
import { caught } from '../helpers/caught.js';
import { runCommand } from '../helpers/commandLine.js';
import { type RunningGateway, startGateway } from '../helpers/gateway.js';
import { temporaryFolder } from '../helpers/temporaryFolder.js';

const write = temporaryFolder();
const sites = 'query Sites { sites { id } }';
const site = 'query Site($id: ID!) { site(id: $id) { id } }';
const idOf = (text: string) => createHash('sha256').update(text).digest('hex');
const file = (...documents: string[]) =>
  JSON.stringify(Object.fromEntries(documents.map((text) => [idOf(text), text])));

const start = (mode: 'off' | 'enforce', text = file(sites, site)) =>
  startGateway({
    products: 1,
    alwaysTrace: false,
    configure: (config) => {
      config['documents'] = { file: write(`${mode}.json`, text), mode };
    },
  });

let off: RunningGateway;
let enforce: RunningGateway;
beforeAll(async () => {
  [off, enforce] = await Promise.all([start('off'), start('enforce')]);
});
afterAll(() => Promise.all([off.close(), enforce.close()]));

type Send = (gateway: RunningGateway, parameters: Record<string, unknown>) => Promise<[number, unknown]>;

const post: Send = async ({ url }, parameters) => {
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(parameters) });
  return [response.status, await response.json()];
};
const get: Send = async ({ url }, parameters) => {
  const query = new URLSearchParams(
    Object.entries(parameters).map(([name, value]): [string, string] => [
      name,
      typeof value === 'string' ? value : JSON.stringify(value),
    ]),
  );
  const response = await fetch(`${url}?${query}`, { headers: { 'apollo-require-preflight': '1' } });
  return [response.status, await response.json()];
};
const apollo = (hash: string) => ({ extensions: { persistedQuery: { version: 1, sha256Hash: hash } } });
const methods: [string, Send][] = [
  ['POST', post],
  ['GET', get],
];
const modes = [
  ['off', () => off],
  ['enforce', () => enforce],
] as const;

describe.each(methods)('by %s', (_, send) => {
  describe.each(modes)('with documents: %s', (_mode, gateway) => {
    test.each([
      ['documentId', { documentId: idOf(site) }],
      ['documentId, with the name of its hash', { documentId: `sha256:${idOf(site)}` }],
      ["the extension of Apollo's clients", apollo(idOf(site))],
      ['the extension and its text', { ...apollo(idOf(site)), query: site }],
      ['its text', { query: site }],
    ])('a document of the file is answered by %s', async (__, parameters) => {
      expect(await send(gateway(), { ...parameters, variables: { id: 'shop' } })).toEqual([
        200,
        { data: { site: { id: 'shop' } } },
      ]);
    });

    test('the id of one document with the text of another is refused', async () => {
      const [status, body] = await send(gateway(), { documentId: idOf(sites), query: site });
      expect([status, body]).toMatchObject([403, { errors: [{ extensions: { code: 'FORBIDDEN' } }] }]);
    });
  });

  test('with documents: off another document is answered too', async () => {
    expect(await send(off, { query: '{ __typename }' })).toEqual([200, { data: { __typename: 'Query' } }]);
  });

  test.each([
    ['another document', { query: '{ __typename }' }],
    ['one that differs by a space', { query: `${sites} ` }],
    ['an unknown id', { documentId: idOf('{ __typename }') }],
    [
      'an unknown id, as clients register new documents',
      { ...apollo(idOf('{ __typename }')), query: '{ __typename }' },
    ],
    ['an id that is a member of every object', { documentId: '__proto__' }],
    ['an id that is no text', { documentId: { a: 1 } }],
    ['an empty text', { query: '' }],
    ['introspection', { query: '{ __schema { types { name } } }' }],
  ])('with documents: enforce there is one answer to %s', async (__, parameters) => {
    expect(await send(enforce, parameters)).toEqual([
      403,
      {
        errors: [
          {
            message: 'Only documents that the gateway knows are answered here: send the id of one.',
            extensions: { code: 'FORBIDDEN' },
          },
        ],
      },
    ]);
    expect(enforce.events.at(-1)).toMatchObject({ type: 'request.refused', reason: 'document', address: '127.0.0.1' });
  });
});

describe.each(modes)('a link, as any page can hold one, with documents: %s', (_, gateway) => {
  const follow = async (parameters: Record<string, string>, headers: Record<string, string> = {}) =>
    (await fetch(`${gateway().url}?${new URLSearchParams(parameters)}`, { headers })).status;

  test('to a document of the file is answered', async () => {
    expect(await follow({ documentId: idOf(sites) })).toBe(200);
    expect(await follow({ query: sites })).toBe(200);
  });

  test('to another document is not, nor to any when a page of another site follows it', async () => {
    expect([400, 403]).toContain(await follow({ query: '{ __typename }' }));
    expect(await follow({ documentId: idOf(sites) }, { 'sec-fetch-site': 'cross-site' })).toBe(400);
  });
});

describe('with documents: enforce', () => {
  const ask = (search: string) => fetch(`${enforce.url}?${search}`, { headers: { 'apollo-require-preflight': '1' } });

  test.each([
    ['a second query', `query=${encodeURIComponent(sites)}&query=%7B__typename%7D`],
    ['a second id', `documentId=${idOf(sites)}&documentId=x`],
    ['a query behind the id', `documentId=${idOf(sites)}&query=%7B__typename%7D`],
  ])('nothing slips in by %s', async (_, search) => {
    expect((await ask(search)).status).toBe(403);
  });

  test.each(['{}', '[]', 'null', '7', '[{"query":"{ __typename }"}]', '{"operationName":"Sites"}'])(
    'the body %s asks for nothing, and is answered with nothing',
    async (body) => {
      const response = await fetch(enforce.url, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body,
      });
      expect(response.status).toBe(400);
      expect(await response.text()).not.toContain('"data"');
    },
  );

  test('whoever runs the gateway asks in process what it likes', async () => {
    expect(await enforce.app.execute({ query: '{ __typename }' })).toMatchObject({ data: { __typename: 'Query' } });
  });
});

describe('a file of documents', () => {
  const problemsOf = (text: string) => {
    const schema = readFileSync(new URL('../../schema.graphql', import.meta.url), 'utf8');
    const rules = [limitDocuments({ depth: 10, aliases: 50, fields: 400 })];
    const read = () => readDocuments({ file: 'd.json', text }, buildSchema(parse(schema)), rules);
    return caught(ConfigurationError, read).message;
  };

  test('is checked at the start, and every problem of every document is told', () => {
    const text = JSON.stringify({
      'syntax-error-of-mine': '{ sites { id }',
      unknown: '{ sites { nothing } nowhere }',
      deep: `{ sites { ${'products { nodes { site { '.repeat(4)} id ${'} } }'.repeat(4)} } }`,
      number: 7,
      fine: sites,
    });
    const messages = problemsOf(text);
    expect(messages).toMatch(/d\.json: syntax-error…: Syntax Error/);
    expect(messages).toMatch(/unknown: Cannot query field "nothing"/);
    expect(messages).toMatch(/unknown: Cannot query field "nowhere"/);
    expect(messages).toMatch(/deep: .*more than 10 fields deep/);
    expect(messages).toMatch(/number: write the text of a document/);
    expect(messages).not.toMatch(/fine:/);
  });

  test.each(['[]', '7', '{ "a": ', ''])('that is %j is a problem', (text) => {
    expect(problemsOf(text)).toMatch(/d\.json: write a JSON object of documents/);
  });

  test('is checked by `check`', async () => {
    const name = join(off.folder, 'gateway.yaml');
    expect(await runCommand(['check', '--config', name])).toMatchObject({ code: 0 });
    write('off.json', '{ "a": "{ nothing }" }');
    const { code, stdout } = await runCommand(['check', '--config', name]);
    expect([code, stdout]).toEqual([1, expect.stringContaining('off.json: a: Cannot query field "nothing"')]);
  }, 60_000);
});
