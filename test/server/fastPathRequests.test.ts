import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createSnapshot } from '../../src/catalog/catalog.js';
import { createFastPath } from '../../src/server/fastPath.js';
import { createKeptAnswers } from '../../src/server/keptAnswers.js';
import type { Viewer } from '../../src/viewer.js';
import { createFakeClock } from '../helpers/fakeClock.js';
import { connectRaw, type RawClient } from '../helpers/rawClient.js';
import { until } from '../helpers/until.js';

const viewer: Viewer = { name: 'program', sites: 'all', limits: {} };
const question = '{"query":"{ a }"}';
/** More than the buffers of two sockets hold. */
const large = `{"data":"${'x'.repeat(33_554_432)}"}`;
const largeQuestion = '{"query":"{ large }"}';
const plain = {
  host: 'localhost',
  authorization: 'known',
  accept: '*/*',
  'content-type': 'application/json',
  'content-length': String(question.length),
};

let server: Server;
let responses: ServerResponse[];
/** What became of the requests: who answered, what was followed, what spans were opened. */
let seen: { framework: string[]; followed: number[]; spans: string[] };
let isDraining: boolean;
let clients: RawClient[];

beforeEach(async () => {
  seen = { framework: [], followed: [], spans: [] };
  responses = [];
  clients = [];
  isDraining = false;
  const clock = createFakeClock();
  const catalog = createSnapshot([], []);
  const kept = createKeptAnswers({ maxBytes: 1_000_000_000, currentCatalog: () => catalog, clock, report: () => {} });
  const lifetime = { freshUntil: 60_000, dayFrom: clock.now(), dayUntil: clock.now() + 60_000 };
  const answer = { body: '{"data":{}}', contentType: 'application/json', operation: null, query: '{ a }', lifetime };
  for (const accept of ['*/*', 'multipart/mixed']) kept.set(kept.keyOf({ viewer, accept, text: question }), answer);
  kept.set(kept.keyOf({ viewer, accept: '*/*', text: largeQuestion }), { ...answer, body: large });
  const fastPath = createFastPath({
    kept,
    recognize: (authorization) => (authorization === 'known' ? viewer : null),
    headers: {},
    packedFromBytes: 5,
    isDraining: () => isDraining,
    requestIdOf: () => 'id',
    nameRequest: ({ id }) => id,
    readers: { follow: (_, bytes) => void seen.followed.push(bytes) },
    spans: {
      listen() {},
      name() {},
      open({ route }, begin) {
        seen.spans.push(route);
        begin();
      },
    },
    clock,
    report: () => {},
  });
  const listener = fastPath((request, response) => {
    seen.framework.push(`${request.method} ${request.url}`);
    response.end('framework');
  });
  server = createServer((request, response) => {
    responses.push(response);
    listener(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterEach(async () => {
  for (const { socket } of clients) socket.destroy();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

function send(text: string): RawClient {
  const client = connectRaw((server.address() as AddressInfo).port, { send: text });
  clients.push(client);
  return client;
}

function headOf(headers: Record<string, string>, line = 'POST /graphql'): string {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return `${line} HTTP/1.1\r\n${lines.join('')}\r\n`;
}

const answered = (client: RawClient) => until(() => client.received().includes('\r\n\r\n'), 'an answer');

describe('a plain question whose answer is kept', () => {
  test('is answered without the framework, in a span, and not followed where it has left at once', async () => {
    const client = send(headOf(plain) + question);
    await until(() => client.received().endsWith('{"data":{}}'), 'the answer');
    expect(seen).toEqual({ framework: [], followed: [], spans: ['/graphql'] });
  });

  test('is followed while it waits for its reader', async () => {
    const head = headOf({ ...plain, 'content-length': String(largeQuestion.length) });
    const client = send(head + largeQuestion);
    client.socket.pause();
    await until(() => seen.followed.length === 1, 'it to be followed');
    expect(seen).toEqual({ framework: [], followed: [large.length], spans: ['/graphql'] });
  });

  test('has not come yet when a part of it has that would be one', async () => {
    const client = send(headOf({ ...plain, 'content-length': String(question.length + 3) }) + question);
    await until(() => client.received().endsWith('framework'), "the framework's answer");
    expect(seen.spans).toEqual([]);
  });

  test('has its answer already when its sender was too slow', async () => {
    const client = send(headOf(plain));
    await until(() => responses.length === 1, 'the head');
    responses[0]?.writeHead(408).end('too slow');
    client.socket.write(question);
    await answered(client);
    // Whatever comes behind it is served.
    client.socket.write(headOf(plain) + question);
    await until(() => client.received().endsWith('{"data":{}}'), 'the next answer');
    expect(client.received()).toMatch(/^HTTP\/1\.1 408 /);
    expect(seen.framework).toEqual([]);
  });

  test("is the framework's when the gateway begins to end before it has come", async () => {
    const client = send(headOf(plain));
    await until(() => responses.length === 1, 'the head');
    isDraining = true;
    client.socket.write(question);
    await answered(client);
    expect(seen).toEqual({ framework: ['POST /graphql'], followed: [], spans: [] });
  });
});

describe('the framework answers', () => {
  test.each<[string, Record<string, string>]>([
    ['a page of any origin', { origin: 'http://localhost' }],
    ['who wants a trace', { 'gateway-trace': '1' }],
    ['who wants a plan', { 'gateway-plan': 'only' }],
    ['who takes parts', { accept: 'multipart/mixed' }],
    ['who takes packed answers', { 'accept-encoding': 'gzip' }],
    ['a packed question', { 'content-encoding': 'gzip' }],
    ['another charset', { 'content-type': 'application/json; charset=latin1' }],
    ['another type', { 'content-type': 'text/plain' }],
    ['a proxy that names the host', { 'x-forwarded-host': 'elsewhere.example' }],
    ['a host that is none', { host: '[' }],
    ['an empty host', { host: '' }],
    ['who is not known', { authorization: 'unknown' }],
  ])('%s', async (_, headers) => {
    await answered(send(headOf({ ...plain, ...headers }) + question));
    expect(seen).toEqual({ framework: ['POST /graphql'], followed: [], spans: [] });
  });

  test.each(['POST /graphql?a=b', 'POST /%67raphql', 'POST /', 'GET /graphql'])('%s', async (line) => {
    await answered(send(headOf(plain, line) + question));
    expect(seen).toEqual({ framework: [line], followed: [], spans: [] });
  });

  test('a question that is too large, as soon as its head says so, and one without a body', async () => {
    await answered(send(headOf({ ...plain, 'content-length': '600000' })));
    await answered(send(headOf({ ...plain, 'content-length': '0' })));
    expect(seen.framework).toHaveLength(2);
  });

  test('everybody while the gateway ends', async () => {
    isDraining = true;
    await answered(send(headOf(plain) + question));
    expect(seen.framework).toHaveLength(1);
  });
});
