import { tracingChannel } from 'node:diagnostics_channel';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { request } from 'undici';
import { hashSecret } from '../../src/server/accessKeys.js';
import { type CatalogFile, editYaml, type GatewayFile, type RunningGateway, startGateway } from '../helpers/gateway.js';
import { connectRaw } from '../helpers/rawClient.js';
import { until } from '../helpers/until.js';

// A long answer, with characters of two and of four bytes in it.
const question = '{ site(id: "shop") { products(first: 40) { nodes { id name } } } }';
const body = JSON.stringify({ query: question });
const names = ['Stühle & Tische', 'Lampe 💡'];
const bearer = (id: string) => `Bearer ${id}.the-secret-of-${id}`;
const key = (id: string, rest: object = {}) => ({ id, hash: hashSecret(`the-secret-of-${id}`), ...rest });

const accesses: Record<string, { configure: (file: GatewayFile) => void; headers: Record<string, string> }> = {
  'everybody may ask': { configure: () => {}, headers: {} },
  'keys are needed': {
    configure: (file) => Object.assign(file, { access: { keys: [key('program')] } }),
    headers: { authorization: bearer('program') },
  },
  'pages of another origin may ask': {
    configure: (file) =>
      Object.assign(file, { access: { keys: [key('page', { origins: ['https://shop.example'] })] } }),
    headers: { authorization: bearer('page') },
  },
};

describe.each(Object.entries(accesses))('where %s, an answer that is kept', (_, { configure, headers }) => {
  let gateway: RunningGateway;

  beforeAll(async () => {
    gateway = await startGateway({ products: 40, alwaysTrace: false, configure });
    await editYaml(`${gateway.folder}/catalog.yaml`, (catalog: CatalogFile) => {
      for (const [index, name] of names.entries()) Object.assign(catalog.sites[0]?.products[index] ?? {}, { name });
    });
    await until(() => gateway.events.some(({ type }) => type === 'catalog.changed'), 'the catalog is read');
    await post();
  });
  afterAll(() => gateway.close());

  async function post(more: Record<string, string> = {}) {
    const all = { 'content-type': 'application/json', 'x-request-id': 'the-same', ...headers, ...more };
    const response = await request(gateway.url, { method: 'POST', headers: all, body });
    const { date: _, 'cache-control': caching, ...others } = response.headers;
    const maxAge = Number(/^private, max-age=(\d+)$/.exec(String(caching))?.[1]);
    return { status: response.statusCode, headers: others, maxAge, text: await response.body.text() };
  }

  /** How many answers were kept ones, and how many requests there were. */
  const counts = () => ({
    kept: gateway.events.filter((event) => event.type === 'answer.shared' && event.how === 'kept').length,
    finished: gateway.events.filter(({ type }) => type === 'request.finished').length,
  });

  test('is the same with and without the framework, in every header and byte', async () => {
    const before = counts();
    // Any value of this header makes it the framework's.
    const { maxAge, ...byFramework } = await post({ 'gateway-trace': 'no' });
    const { maxAge: maxAgeThen, ...byFastPath } = await post();
    expect(byFastPath).toEqual(byFramework);
    // It gets less while the test runs.
    expect(maxAge - maxAgeThen).toBeLessThan(60);
    expect(maxAgeThen).toBeGreaterThan(0);
    expect(byFastPath.text).toContain(names[0]);
    expect(byFastPath.text).toContain(names[1]);
    expect(counts()).toEqual({ kept: before.kept + 2, finished: before.finished + 2 });
  });

  test('is sent before the framework sees the request', async () => {
    // The framework tells this channel of every request that it handles.
    const { start } = tracingChannel('fastify.request.handler');
    let handled = 0;
    const count = () => {
      handled += 1;
    };
    start.subscribe(count);
    await post();
    expect(handled).toBe(0);
    await post({ 'gateway-trace': 'no' });
    expect(handled).toBe(1);
    start.unsubscribe(count);
  });

  test('is packed for a client that takes it packed', async () => {
    const packed = await post({ 'accept-encoding': 'gzip' });
    expect(packed.headers['content-encoding']).toBe('gzip');
  });

  function rawHead(): string {
    const lines = {
      host: 'localhost',
      'content-type': 'application/json',
      'content-length': `${body.length}`,
      ...headers,
    };
    const head = Object.entries(lines).map(([name, value]) => `${name}: ${value}\r\n`);
    return `POST /graphql HTTP/1.1\r\n${head.join('')}\r\n`;
  }

  test('waits for a question that comes bit by bit', async () => {
    const before = counts();
    const { port } = new URL(gateway.url);
    const client = connectRaw(Number(port));
    client.socket.write(rawHead());
    for (const part of [body.slice(0, 9), body.slice(9, 30), body.slice(30)]) {
      const { bytesWritten } = client.socket;
      client.socket.write(part);
      await until(() => client.socket.bytesWritten > bytesWritten, 'the part is sent');
    }
    await until(() => client.received().includes('}}'), 'there is an answer');
    expect(client.received()).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    expect(Buffer.from(client.received(), 'latin1').toString()).toContain(names[0]);
    expect(counts().kept).toBe(before.kept + 1);
    client.socket.destroy();
  });

  test('is given again and again over one connection', async () => {
    const { port } = new URL(gateway.url);
    const client = connectRaw(Number(port));
    client.socket.write(`${rawHead()}${body}`.repeat(5));
    const answers = () => client.received().split('HTTP/1.1 200 OK').length - 1;
    await until(() => answers() === 5 && client.received().endsWith('}\n'), 'there are five answers');
    client.socket.destroy();
  });
});

describe('where keys are needed', () => {
  let gateway: RunningGateway;

  beforeAll(async () => {
    const access = { keys: [key('all'), key('outlet-only', { sites: ['outlet'] })] };
    gateway = await startGateway({
      products: 4,
      sites: 2,
      alwaysTrace: false,
      configure: (file) => Object.assign(file, { access }),
    });
  });
  afterAll(() => gateway.close());

  const ask = async (authorization?: string) => {
    const headers = { 'content-type': 'application/json', ...(authorization && { authorization }) };
    const response = await request(gateway.url, { method: 'POST', headers, body });
    return { status: response.statusCode, answer: await response.body.json() };
  };

  test('a kept answer is for those with the same rights, and for nobody without a key', async () => {
    const whole = await ask(bearer('all'));
    expect(await ask(bearer('all'))).toEqual(whole);
    expect(whole.status).toBe(200);
    expect((await ask(bearer('outlet-only'))).answer).toMatchObject({ data: { site: null } });
    expect(await ask()).toMatchObject({ status: 401 });
    expect(await ask('Bearer all.wrong')).toMatchObject({ status: 401 });
  });

  test('a kept answer is not for a page of an origin that its key is not for', async () => {
    await ask(bearer('all'));
    const headers = {
      'content-type': 'application/json',
      authorization: bearer('all'),
      origin: 'https://elsewhere.example',
    };
    const { statusCode, body: answer } = await request(gateway.url, { method: 'POST', headers, body });
    expect([statusCode, await answer.json()]).toMatchObject([403, { errors: [{ extensions: { code: 'FORBIDDEN' } }] }]);
  });

  test('a wrong key is counted once', async () => {
    const refused = () => gateway.events.filter(({ type }) => type === 'request.refused').length;
    const before = refused();
    await ask('Bearer all.wrong-again');
    expect(refused()).toBe(before + 1);
  });
});
