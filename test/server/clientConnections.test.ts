import type { ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type ClientConnections, followConnections } from '../../src/server/clientConnections.js';
import { createHttpServer } from '../../src/server/httpServer.js';
import { connectRaw, get } from '../helpers/rawClient.js';
import { until } from '../helpers/until.js';

let server: ReturnType<typeof createHttpServer>;
let connections: ClientConnections;
let responses: ServerResponse[];
/** Of the newest connection. */
let bytesRead: () => number;
/** How often each response has emitted `close`. */
let closes: number[];

beforeEach(async () => {
  responses = [];
  closes = [];
  server = createHttpServer((_, response) => {
    const index = responses.push(response) - 1;
    closes[index] = 0;
    response.on('close', () => {
      closes[index] = (closes[index] ?? 0) + 1;
    });
  });
  connections = followConnections(server);
  server.on('connection', (socket) => {
    bytesRead = () => socket.bytesRead;
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

function connect(requests: number) {
  return connectRaw((server.address() as AddressInfo).port, { send: get('/').repeat(requests) });
}

const openConnections = () =>
  new Promise<number>((resolve, reject) =>
    server.getConnections((error, count) => (error ? reject(error) : resolve(count))),
  );

/** Whatever would still come has come by then. */
async function settle(): Promise<void> {
  const client = connectRaw((server.address() as AddressInfo).port, { send: get('/') });
  const seen = responses.length;
  await until(() => responses.length > seen, 'one more request');
  client.socket.destroy();
  await until(async () => (await openConnections()) === 0, 'every connection to be gone');
  responses.length = seen;
  closes.length = seen;
}

describe('every response is closed once', () => {
  test('when it has been sent, and those behind it have their turn', async () => {
    const client = connect(3);
    await until(() => responses.length === 3, 'three requests');
    for (const response of responses) response.end('done');
    await until(() => closes.join() === '1,1,1', 'all to be closed');
    expect(client.received().split('done')).toHaveLength(4);
    client.socket.destroy();
    await until(async () => (await openConnections()) === 0, 'its connection to be gone');
    expect(closes).toEqual([1, 1, 1]);
  });

  test('when its client leaves, also those that wait behind the first one', async () => {
    const client = connect(3);
    await until(() => responses.length === 3, 'three requests');
    client.socket.destroy();
    await until(() => closes.join() === '1,1,1', 'all to be closed');
    expect(responses.map(({ destroyed }) => destroyed)).toEqual([true, true, true]);
    await settle();
    expect(closes).toEqual([1, 1, 1]);
  });

  test('when the one before it ends the connection', async () => {
    connect(2);
    await until(() => responses.length === 2, 'two requests');
    responses[0]?.writeHead(400, { connection: 'close' }).end();
    await until(() => closes.join() === '1,1', 'both to be closed');
    await settle();
    expect(closes).toEqual([1, 1]);
  });
});

describe('a server that ends', () => {
  test('closes a connection when it has all the responses that it is owed', async () => {
    const client = connect(2);
    await until(() => responses.length === 2, 'two requests');
    const [first, second] = responses;
    const { socket } = client;
    const { req } = first as ServerResponse;
    expect(connections.owed(req.socket)).toBe(2);
    first?.end('first');
    await until(() => connections.owed(req.socket) === 1, 'the first one to be sent');
    connections.endWhenIdle();
    second?.end('second');
    await until(() => client.outcome() !== 'open', 'the connection to be closed');
    expect([client.received().includes('first'), client.received().includes('second')]).toEqual([true, true]);
    expect(connections.owed(req.socket)).toBe(0);
    socket.destroy();
  });

  test('closes at once a connection that is owed nothing, and not one on which a request begins', async () => {
    const idle = connect(1);
    await until(() => responses.length === 1, 'a request');
    responses[0]?.end('done');
    await until(() => closes[0] === 1, 'it to be answered');
    const beginning = connectRaw((server.address() as AddressInfo).port, { send: 'GET / HTTP/1.1\r\n' });
    await until(async () => (await openConnections()) === 2, 'both connections');
    await until(() => bytesRead() > 0, 'the beginning of a request');
    connections.endWhenIdle();
    await until(() => idle.outcome() === 'goodbye', 'the idle one to be closed');
    beginning.socket.write('Host: localhost\r\n\r\n');
    await until(() => responses.length === 2, 'the whole request');
    responses[1]?.end('last');
    await until(() => beginning.outcome() !== 'open', 'its connection to be closed');
    expect(beginning.received()).toContain('last');
  });
});
