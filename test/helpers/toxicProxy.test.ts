import { afterEach, describe, expect, test } from '@jest/globals';
import { type BadServer, startBadServer } from './badServer.js';
import { connectRaw, get, type RawClient } from './rawClient.js';
import type { Toxics } from './toxicLink.js';
import { startToxicProxy, type ToxicProxy } from './toxicProxy.js';
import { until } from './until.js';

const answer = Array.from({ length: 500 }, (_, index) => String(index).padStart(4, '0')).join('');

const cleanUp: (() => unknown)[] = [];
afterEach(async () => {
  for (const undo of cleanUp.splice(0).reverse()) await undo();
});

/** A server of 2,000 bytes that says goodbye on /bye and resets on /reset, behind a proxy. */
async function startProxy(toxics: Toxics = {}): Promise<{ server: BadServer; proxy: ToxicProxy }> {
  const send = { send: answer };
  const scripts = { '/': [send], '/bye': [send, { fin: true }], '/reset': [{ rst: true }] } as const;
  const server = await startBadServer({ scripts });
  const proxy = await startToxicProxy({ target: { port: server.port }, toxics });
  cleanUp.push(
    () => server.close(),
    () => proxy.close(),
  );
  return { server, proxy };
}

function call(proxy: ToxicProxy, path = '/'): RawClient {
  const client = connectRaw(proxy.port, { send: get(path) });
  cleanUp.push(() => client.socket.destroy());
  return client;
}

/** Ms until the whole answer was there. */
async function timeAnswer(proxy: ToxicProxy): Promise<number> {
  const start = performance.now();
  const client = call(proxy);
  await until(() => client.received() === answer, 'the whole answer, in order');
  return performance.now() - start;
}

describe('a toxic proxy without toxics', () => {
  test('carries requests, answers and goodbyes', async () => {
    const { server, proxy } = await startProxy();
    const client = call(proxy, '/bye');
    await until(() => client.outcome() === 'goodbye', 'the end');
    expect(client.received()).toBe(answer);
    expect(server.ledger).toEqual(['/bye']);
    await until(() => proxy.stats().open === 0, 'nothing stays open');
    expect(proxy.stats()).toEqual({ accepted: 1, open: 0, lostBytes: 0 });
  });

  test('carries a reset by either side', async () => {
    const { server, proxy } = await startProxy();
    const left = call(proxy, '/reset');
    await until(() => left.outcome() === 'ECONNRESET', 'the reset by the server');
    const leaving = call(proxy);
    await until(() => leaving.received() === answer, 'the answer');
    leaving.socket.resetAndDestroy();
    await until(() => server.connections[1]?.reset === true, 'the reset by the client');
  });

  test('resets its client when nobody listens behind it', async () => {
    const { server, proxy } = await startProxy();
    await server.close();
    const client = call(proxy);
    await until(() => client.outcome() === 'ECONNRESET', 'the reset');
  });
});

describe('a toxic proxy', () => {
  test('delays an answer, more or less, and keeps its order', async () => {
    const { proxy } = await startProxy({ latency: { ms: 60, jitterMs: 20 }, slicer: { bytes: 100 } });
    expect(await timeAnswer(proxy)).toBeGreaterThanOrEqual(39);
  });

  test('narrows the line', async () => {
    const { proxy } = await startProxy({ bandwidth: { bytesPerSecond: 20_000 } });
    expect(await timeAnswer(proxy)).toBeGreaterThanOrEqual(95);
  });

  test('slices an answer', async () => {
    const { proxy } = await startProxy({ slicer: { bytes: 200, pauseMs: 5 } });
    const client = call(proxy);
    let chunks = 0;
    client.socket.on('data', () => {
      chunks += 1;
    });
    await until(() => client.received() === answer, 'the whole answer, in order');
    expect(chunks).toBeGreaterThan(3);
  });

  test('ends the connection after so many bytes', async () => {
    const { server, proxy } = await startProxy({ limitData: { bytes: 7 } });
    const client = call(proxy);
    await until(() => client.outcome() !== 'open', 'the end');
    expect([client.received(), client.outcome()]).toEqual(['0000000', 'goodbye']);
    await until(() => server.connections[0]?.closedBy === 'client', 'the server is left, too');
  });

  test('resets both sides after a while', async () => {
    const { server, proxy } = await startProxy({ resetPeer: { afterMs: 30 } });
    const client = call(proxy);
    await until(() => client.outcome() === 'ECONNRESET', 'the reset');
    await until(() => server.connections[0]?.reset === true, "the server's, too");
  });

  test('loses every byte in both directions, until it no longer does', async () => {
    const { server, proxy } = await startProxy({ timeout: true });
    const client = call(proxy, '/lost');
    await until(() => proxy.stats().lostBytes === get('/lost').length, 'the request is lost');
    await proxy.set({ latency: { ms: 600_000 } });
    client.socket.write(get('/'));
    await until(() => server.calls('/') === 1, 'a call');
    await proxy.set({ timeout: true });
    await until(() => proxy.stats().lostBytes === get('/lost').length + answer.length, 'the answer is lost');
    await proxy.set({});
    client.socket.write(get('/'));
    await until(() => client.received() === answer, 'an answer');
    expect(server.ledger).toEqual(['/', '/']);
  });

  test('lets a client go that gives up waiting', async () => {
    const { server, proxy } = await startProxy({ timeout: true });
    const client = call(proxy);
    await until(() => server.connections.length === 1, 'the connection behind the proxy');
    client.socket.destroy();
    await until(
      () => proxy.stats().open === 0 && server.connections[0]?.closedAt !== undefined,
      'both sides are closed',
    );
  });

  test('brings the goodbye late', async () => {
    const { proxy } = await startProxy({ slowClose: { ms: 60 } });
    const start = performance.now();
    const client = call(proxy, '/bye');
    await until(() => client.outcome() === 'goodbye', 'the end');
    expect(client.received()).toBe(answer);
    expect(performance.now() - start).toBeGreaterThanOrEqual(59);
  });

  test('refuses connections while it is down, closes the open ones, and comes back on the same port', async () => {
    const { proxy } = await startProxy();
    const before = call(proxy);
    await until(() => before.received() === answer, 'the answer');
    await proxy.set({ down: true });
    const during = call(proxy);
    await until(() => before.outcome() !== 'open' && during.outcome() === 'ECONNREFUSED', 'both are refused');
    await proxy.set({});
    await timeAnswer(proxy);
  });

  test('wakes up what the old toxics had put to sleep', async () => {
    const { server, proxy } = await startProxy({ latency: { ms: 600_000 } });
    const client = call(proxy);
    await until(() => server.calls('/') === 1, 'the call');
    await proxy.set({ slicer: { bytes: 10 } });
    await until(() => client.received() === answer, 'the answer');
  });
});
