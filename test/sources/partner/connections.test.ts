import { createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { systemClock } from '../../../src/clock.js';
import { exchange } from '../../../src/sources/partner/exchange.js';
import { type Connections, createConnections } from '../../../src/sources/partner/transport.js';
import type { Script } from '../../helpers/badConnection.js';
import { http } from '../../helpers/badScripts.js';
import { type BadServer, type BadServerOptions, startBadServer } from '../../helpers/badServer.js';
import { createFakeClock, type FakeClock } from '../../helpers/fakeClock.js';
import { until } from '../../helpers/until.js';

const most = 4;

let clock: FakeClock;
let server: BadServer;
let connections: Connections;

async function start(options: Partial<BadServerOptions> = {}): Promise<void> {
  server = await startBadServer({ scripts: { '*': [{ send: http('{}') }] }, ...options });
  connections = createConnections(server.url, most, clock);
}

beforeEach(() => {
  clock = createFakeClock();
});
afterEach(async () => {
  await connections.close();
  await server.close();
});

function ask(signal = new AbortController().signal): Promise<{ body: Buffer }> {
  const options = {
    connections,
    clock: systemClock,
    judge: () => null,
    maxBytes: 1_000,
    tooLarge: () => new Error('too large'),
  };
  return exchange({ path: '/', headers: {} }, signal, options);
}

const call = () =>
  ask().then(
    ({ body }) => body.toString(),
    ({ cause }: { cause: { code?: string } }) => cause.code,
  );
const failureOf = () => ask().catch((error: unknown) => error);

const calls = (count: number) => Promise.all(Array.from({ length: count }, call));
const opened = () => server.connections.length;
const open = () => server.connections.filter(({ closedBy }) => closedBy === undefined).length;

describe('connections', () => {
  test('serve one call after the other, and as many at once as there are', async () => {
    await start();
    for (const _ of [1, 2, 3]) expect(await call()).toBe('{}');
    expect(opened()).toBe(1);
    for (const _ of [1, 2, 3]) expect(await calls(most)).toEqual(Array(most).fill('{}'));
    expect(opened()).toBe(most);
  });

  test('end with the call that failed on them, and the next one has another', async () => {
    await start({ scripts: { '*': [{ send: http('x'.repeat(2_000)) }] } });
    for (const _ of [1, 2]) expect(await failureOf()).toEqual(new Error('too large'));
    await until(() => open() === 0, 'both to be closed');
    expect(opened()).toBe(2);
  });
});

describe('a call that is given up before its connection is open', () => {
  const giveUp = async () => {
    const controller = new AbortController();
    const left = ask(controller.signal).catch((error: unknown) => error);
    controller.abort('gone');
    return left;
  };

  test('ends at once, and what was opened for it is for the next call', async () => {
    await start();
    expect(await giveUp()).toBe('gone');
    expect(await call()).toBe('{}');
    expect(opened()).toBe(1);
  });

  test('leaves no more connections than there may be, however often that happens', async () => {
    await start();
    for (let round = 0; round < 10; round += 1) {
      const left = Promise.all(Array.from({ length: most }, giveUp));
      expect(await left).toEqual(Array(most).fill('gone'));
    }
    expect(await calls(most)).toEqual(Array(most).fill('{}'));
    expect(opened()).toBe(most);
  });
});

describe('a connection that breaks', () => {
  test.each<[string, Script]>([
    ['after early hints', [{ send: 'HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n' }, { rst: true }]],
    ['in the head of its first answer', [{ send: 'HTTP/1.1 200 OK\r\nContent-' }, { rst: true }]],
  ])('%s was not idle', async (_, script) => {
    await start({ scripts: { '*': script } });
    for (const __ of [1, 2]) expect(await failureOf()).toMatchObject({ wasIdle: false });
  });

  test('where its last call was answered was idle', async () => {
    await start({
      scripts: { '*': ({ onConnection }) => (onConnection > 1 ? [{ rst: true }] : [{ send: http('{}') }]) },
    });
    expect(await call()).toBe('{}');
    expect(await failureOf()).toMatchObject({ wasIdle: true });
    expect(await call()).toBe('{}');
    expect(opened()).toBe(2);
  });
});

describe('closing', () => {
  test('ends calls and idle connections alike, and what comes later fails without opening any', async () => {
    await start({
      scripts: { '*': ({ call: number }) => (number === 1 ? [{ send: http('{}') }] : [{ halfOpen: true }]) },
    });
    await calls(1);
    const running = calls(2);
    await until(() => server.ledger.length === 3, 'both to be asked');
    await connections.close();
    expect(await running).toEqual(['UND_ERR_DESTROYED', 'UND_ERR_DESTROYED']);
    connections.prepare(2);
    expect(await call()).toBe('UND_ERR_DESTROYED');
    await until(() => open() === 0, 'all to be closed');
    expect(opened()).toBe(2);
  });
});

describe('connections that are opened early', () => {
  test('are taken by the calls that come, and no others are opened', async () => {
    await start();
    connections.prepare(3);
    await until(() => opened() === 3, 'three connections');
    expect(server.ledger).toEqual([]);
    expect(await calls(3)).toEqual(['{}', '{}', '{}']);
    expect(opened()).toBe(3);
  });

  test('are waited for by calls that come while they are on their way', async () => {
    await start();
    connections.prepare(3);
    expect(await calls(4)).toEqual(['{}', '{}', '{}', '{}']);
    expect(opened()).toBe(4);
  });

  test('are as many as calls lack, and never more than there may be', async () => {
    await start();
    await calls(2);
    connections.prepare(2);
    connections.prepare(3);
    connections.prepare(3);
    await until(() => opened() === 3, 'a third connection');
    connections.prepare(100);
    await until(() => opened() === most, 'as many as there may be');
    for (const _ of [1, 2]) expect(await calls(most)).toEqual(Array(most).fill('{}'));
    expect(opened()).toBe(most);
  });

  test('are more than those that calls have', async () => {
    let answer = () => {};
    const answered = new Promise<void>((resolve) => {
      answer = resolve;
    });
    await start({ scripts: { '*': [{ until: answered }, { send: http('{}') }] } });
    const running = calls(2);
    await until(() => server.ledger.length === 2, 'both to be asked');
    connections.prepare(1);
    await until(() => opened() === 3, 'a third connection');
    answer();
    expect(await running).toEqual(['{}', '{}']);
  });

  test('are closed when nobody takes them', async () => {
    await start();
    connections.prepare(2);
    await until(() => opened() === 2 && clock.timers === 2, 'two connections');
    await clock.advance(10_000);
    await until(() => open() === 0, 'both to be closed');
    expect(await call()).toBe('{}');
    expect(opened()).toBe(3);
  });

  test('are not used when the partner has closed them', async () => {
    const sockets: Socket[] = [];
    const partner = createServer((_, response) => response.end('{}'));
    partner.on('connection', (socket) => sockets.push(socket));
    await new Promise<void>((resolve) => partner.listen(0, '127.0.0.1', resolve));
    await start();
    await connections.close();
    connections = createConnections(`http://127.0.0.1:${(partner.address() as AddressInfo).port}`, most, clock);
    connections.prepare(1);
    await until(() => sockets.length === 1 && clock.timers === 1, 'a connection');
    sockets[0]?.end();
    await until(() => clock.timers === 0, 'it to be gone');
    expect(await call()).toBe('{}');
    expect(sockets).toHaveLength(2);
    partner.closeAllConnections();
    await new Promise((resolve) => partner.close(resolve));
  });

  test('are not used when the partner has said something on them before it was asked', async () => {
    const sockets: Socket[] = [];
    const partner = createServer((_, response) => response.end('{}'));
    partner.on('connection', (socket) => sockets.push(socket));
    await new Promise<void>((resolve) => partner.listen(0, '127.0.0.1', resolve));
    await start();
    await connections.close();
    connections = createConnections(`http://127.0.0.1:${(partner.address() as AddressInfo).port}`, most, clock);
    connections.prepare(1);
    await until(() => sockets.length === 1 && clock.timers === 1, 'a connection');
    sockets[0]?.end('HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\nConnection: close\r\n\r\n');
    await until(() => clock.timers === 0, 'it to be gone');
    expect(await call()).toBe('{}');
    expect(sockets).toHaveLength(2);
    partner.closeAllConnections();
    await new Promise((resolve) => partner.close(resolve));
  });

  test('count as idle ones when the partner ends them as a call leaves, which is repeated freely then', async () => {
    await start({ scripts: { '*': [{ rst: true }] } });
    connections.prepare(1);
    await until(() => opened() === 1 && clock.timers === 1, 'a connection');
    expect(await failureOf()).toMatchObject({ wasIdle: true });
    // The next one was opened for its call.
    expect(await failureOf()).toMatchObject({ wasIdle: false });
  });

  test('are no more than there may be together with those that calls are opening', async () => {
    await start();
    const answers = calls(most);
    connections.prepare(most);
    expect(await answers).toEqual(Array(most).fill('{}'));
    connections.prepare(most);
    expect(await calls(most)).toEqual(Array(most).fill('{}'));
    expect(opened()).toBe(most);
  });

  test('are no more than there may be at the moment in which they are taken', async () => {
    await start();
    connections.prepare(most);
    await until(() => opened() === most && clock.timers === most, 'all of them');
    const answers = calls(most);
    connections.prepare(most);
    expect(await answers).toEqual(Array(most).fill('{}'));
    expect(opened()).toBe(most);
  });

  test('are closed with the others, also those that are still on their way', async () => {
    await start();
    connections.prepare(2);
    await connections.close();
    await until(() => opened() === 2 && open() === 0, 'both to have come and gone');
    expect(clock.timers).toBe(0);
  });

  test('fail the calls that wait for them, where the partner refuses them', async () => {
    await start({ refuses: true });
    connections.prepare(2);
    expect(await calls(3)).toEqual(['ECONNREFUSED', 'ECONNREFUSED', 'ECONNREFUSED']);
    expect(await call()).toBe('ECONNREFUSED');
  });
});
