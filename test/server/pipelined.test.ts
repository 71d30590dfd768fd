import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type GatedPartner, startGatedPartner } from '../helpers/gatedPartner.js';
import { type GatewayFile, type RunningGateway, startGateway } from '../helpers/gateway.js';
import { connectRaw, type RawClient } from '../helpers/rawClient.js';
import { until } from '../helpers/until.js';

let gateway: RunningGateway;
let partner: GatedPartner;
let clients: RawClient[];

beforeEach(async () => {
  clients = [];
  partner = await startGatedPartner();
});
afterEach(async () => {
  for (const { socket } of clients) socket.destroy();
  await gateway.close();
  await partner.close();
});

async function start(more: (file: GatewayFile) => void = () => {}): Promise<void> {
  gateway = await startGateway({
    products: 2,
    alwaysTrace: false,
    configure(file) {
      Object.assign(file.sources.partner ?? {}, { url: partner.url });
      more(file);
    },
  });
}

function send(text: string): RawClient {
  const client = connectRaw(Number(new URL(gateway.url).port), { send: text });
  clients.push(client);
  return client;
}

const head = (first: string, more = '') => `${first} HTTP/1.1\r\nHost: localhost\r\n${more}\r\n`;
const livez = head('GET /livez');
const slowQuestion = '{ product(id: "shop-red-shoe-1") { partner { orders } } }';
const ask = (query: string, more = '') =>
  head(`GET /graphql?query=${encodeURIComponent(query)}`, `Apollo-Require-Preflight: 1\r\n${more}`);
const orders = '"orders":9';

/** Longer than a request may be on its way while others wait for its place. */
const sendingMs = 250;
const aWhile = () => {
  const begin = performance.now();
  return until(() => performance.now() - begin > 2 * sendingMs, 'a while');
};

describe('when every place is taken, a request whose body nobody waits for', () => {
  const lacking = 'Content-Length: 10\r\n';
  const inParts = 'Accept: multipart/mixed;deferSpec=20220824, application/json\r\n';
  const refusedByHead = head('POST /graphql', `Content-Type: application/json; charset=latin1\r\n${lacking}`);

  test.each([
    ['is being answered', [ask(slowQuestion, lacking), ask(slowQuestion, lacking)]],
    [
      'is answered in parts',
      Array<string>(2).fill(
        ask('{ product(id: "shop-red-shoe-1") { name ... @defer { partner { orders } } } }', inParts + lacking),
      ),
    ],
    [
      'is given a file',
      Array<string>(2).fill(head('GET /export/products.csv?site=shop&columns=id,partner.orders', lacking)),
    ],
    ['was refused and waits behind another one', [ask(slowQuestion) + refusedByHead]],
  ])('keeps its place: it %s', async (_, texts) => {
    await start(({ server }) => Object.assign(server, { maxInFlight: 2 }));
    for (const text of texts) send(text);
    await until(() => partner.asked().length > 0, 'the partner to be asked');
    await aWhile();
    expect((await gateway.ask('{ sites { id } }')).status).toBe(503);
    partner.releaseAll();
    await until(async () => (await gateway.ask('{ sites { id } }')).status === 200, 'a place to be free again');
    expect(clients[0]?.received()).toMatch(/^HTTP\/1\.1 200 /);
  });
});

test.each(['POST', 'PUT', 'PATCH', 'DELETE'])('half a %s gives its place to one that comes', async (method) => {
  await start(({ server }) => Object.assign(server, { maxInFlight: 2 }));
  const half = `${head(`${method} /graphql`, 'Content-Type: application/json\r\nContent-Length: 100\r\n')}{`;
  for (const text of [half, half]) send(text);
  await until(async () => (await gateway.ask('{ sites { id } }')).status === 200, 'one that comes to be answered');
  expect(clients.map((client) => client.received().slice(0, 12)).sort()).toContain('HTTP/1.1 408');
});

describe('when the gateway ends, requests that came in a row', () => {
  test('have all of their answers, also where the first one is still running', async () => {
    await start(({ server }) => Object.assign(server, { grace: '10s' }));
    const client = send(ask(slowQuestion) + ask(slowQuestion.replace('red-shoe', 'blue-bag')));
    await until(() => partner.asked().length === 2, 'both to be running');
    const ended = gateway.app.close();
    await until(() => gateway.events.some(({ type }) => type === 'drain.started'), 'the end to begin');
    partner.release('P-1001');
    await until(() => client.received().includes(orders), 'the first answer');
    partner.releaseAll();
    await ended;
    await until(() => client.outcome() !== 'open', 'the connection to be closed');
    expect(client.received().split(orders)).toHaveLength(3);
    expect(client.received().match(/^connection: close/gim)).toHaveLength(1);
  });

  test('have the rest of their answers', async () => {
    await start(({ server }) => Object.assign(server, { grace: '10s' }));
    const client = send(livez + ask(slowQuestion));
    await until(() => client.received().includes('alive') && partner.asked().length === 1, 'the first answer');
    const ended = gateway.app.close();
    await until(() => gateway.events.some(({ type }) => type === 'drain.started'), 'the end to begin');
    expect(client.outcome()).toBe('open');
    partner.releaseAll();
    await ended;
    await until(() => client.outcome() !== 'open', 'the connection to be closed');
    expect(client.received()).toContain(orders);
  });
});

describe('those who ask the same at the same moment', () => {
  const body = JSON.stringify({ query: slowQuestion });
  const post = head('POST /graphql', `Content-Type: application/json\r\nContent-Length: ${body.length}\r\n`) + body;
  const inFlight = () =>
    gateway.events.flatMap((event) => (event.type === 'drain.started' ? [event.inFlight] : [])).at(-1);
  const taken = async () =>
    /gateway_requests_in_flight (\d+)/.exec(await (await fetch(new URL('/metrics', gateway.url))).text())?.[1];

  test('and all leave, leave nothing behind: nothing is begun for them', async () => {
    await start();
    for (const round of [1, 2]) {
      const crowd = Array.from({ length: 5 }, () => send(post));
      await until(async () => (await taken()) === '5' && partner.asked().length === round, 'all of them');
      for (const { socket } of crowd) socket.destroy();
      await until(async () => (await taken()) === '0', 'all to be gone');
    }
    await gateway.app.close();
    expect([inFlight(), partner.asked().length]).toEqual([0, 2]);
  });

  test('and leave before its answer turns out to be none for others, are not executed', async () => {
    await start();
    partner.spoil('P-1001', [{ send: 'HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n' }]);
    const leader = send(post);
    await until(() => partner.asked().length === 1, 'the first one');
    const crowd = Array.from({ length: 4 }, () => send(post));
    await until(async () => (await taken()) === '5', 'the others');
    for (const { socket } of crowd) socket.destroy();
    await until(async () => (await taken()) === '1', 'the others to be gone');
    partner.releaseAll();
    await until(() => leader.received().includes('SOURCE_UNAVAILABLE'), 'its answer');
    expect(gateway.events.filter(({ type }) => type === 'request.finished')).toHaveLength(1);
    await gateway.app.close();
    expect(inFlight()).toBe(0);
  });
});
