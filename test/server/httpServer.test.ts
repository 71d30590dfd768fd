import type { ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createHttpServer } from '../../src/server/httpServer.js';
import { connectRaw, get } from '../helpers/rawClient.js';
import { until } from '../helpers/until.js';

let server: ReturnType<typeof createHttpServer>;
let responses: ServerResponse[];
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
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

function connect(requests: number) {
  return connectRaw((server.address() as AddressInfo).port, { send: get('/').repeat(requests) });
}

const connections = () =>
  new Promise<number>((resolve, reject) =>
    server.getConnections((error, count) => (error ? reject(error) : resolve(count))),
  );

describe('every response is closed once', () => {
  test('when it has been sent, and those behind it have their turn', async () => {
    const client = connect(3);
    await until(() => responses.length === 3, 'three requests');
    for (const response of responses) response.end('done');
    await until(() => closes.join() === '1,1,1', 'all to be closed');
    expect(client.received().split('done')).toHaveLength(4);
    client.socket.destroy();
    await until(async () => (await connections()) === 0, 'its connection to be gone');
    expect(closes).toEqual([1, 1, 1]);
  });

  test('when its client leaves, also those that wait behind the first one', async () => {
    const client = connect(3);
    await until(() => responses.length === 3, 'three requests');
    client.socket.destroy();
    await until(() => closes.join() === '1,1,1', 'all to be closed');
    expect(responses.map(({ destroyed }) => destroyed)).toEqual([true, true, true]);
  });

  test('when the one before it ends the connection', async () => {
    connect(2);
    await until(() => responses.length === 2, 'two requests');
    responses[0]?.writeHead(400, { connection: 'close' }).end();
    await until(() => closes.join() === '1,1', 'both to be closed');
  });
});
