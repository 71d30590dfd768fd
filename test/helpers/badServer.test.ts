import { gunzipSync } from 'node:zlib';
import { afterEach, describe, expect, test } from '@jest/globals';
import { badScripts, honest, summaryOf } from './badScripts.js';
import { type BadServer, type BadServerOptions, readCertificate, startBadServer } from './badServer.js';
import { connectRaw, get, type RawClient, type RawClientOptions } from './rawClient.js';
import { until } from './until.js';

const cleanUp: (() => unknown)[] = [];
afterEach(async () => {
  for (const undo of cleanUp.splice(0).reverse()) await undo();
});

async function start(options: BadServerOptions): Promise<BadServer> {
  const server = await startBadServer(options);
  cleanUp.push(() => server.close());
  return server;
}

function call(server: BadServer, options: RawClientOptions = { send: get('/') }): RawClient {
  const client = connectRaw(server.port, options);
  cleanUp.push(() => client.socket.destroy());
  return client;
}

/** A client, trusting if need be, in front of the ready-made script of this name. */
async function face(name: string): Promise<{ server: BadServer; client: RawClient }> {
  const script = badScripts.find((candidate) => candidate.name === name);
  if (!script) throw new Error(`There is no script "${name}"`);
  const server = await start(script.server);
  const trust = script.server.certificate && readCertificate(script.server.certificate);
  return { server, client: call(server, { send: get('/summary?product=P-1'), ...(trust && { trust }) }) };
}

describe('a bad server', () => {
  test('follows the script of the path, and hands out the next request of a connection after it', async () => {
    const server = await start({
      scripts: { '/a': [{ send: 'A' }, { sleep: 5 }, { send: (target) => target }], '*': [{ send: '-' }] },
    });
    const client = call(server, { send: get('/a?product=1') + get('/b') });
    await until(() => client.received() === 'A/a?product=1-', 'both answers');
    expect(server.ledger).toEqual(['/a?product=1', '/b']);
    expect([server.calls('/a'), server.calls('/a?product=1'), server.calls('/a?product=2')]).toEqual([1, 1, 0]);
  });

  test('reads a request that comes in pieces, and its body', async () => {
    const server = await start({ scripts: { '*': [{ send: '.' }] } });
    const client = call(server, {});
    for (const piece of ['POST /a HTTP/1.1\r\nContent-Le', 'ngth: 5\r\n\r', '\nab', 'cde', get('/b')]) {
      await new Promise((resolve) => client.socket.write(piece, resolve));
    }
    await until(() => client.received() === '..', 'both answers');
    expect(server.ledger).toEqual(['/a', '/b']);
  });

  test('repeats as often as it should, or for as long as the client stays', async () => {
    const server = await start({
      scripts: { '/': [{ repeat: [{ send: 'ab' }], times: 3 }, { repeat: [{ send: 'x'.repeat(1_000) }] }] },
    });
    const client = call(server);
    await until(() => client.received().length > 1_000_000, 'a lot');
    expect(client.received().slice(0, 7)).toBe('abababx');
    client.socket.destroy();
    await until(() => server.connections[0]?.closedAt !== undefined, 'the end');
    expect(server.connections[0]).toMatchObject({ closedBy: 'client' });
  });

  test('never answers a path without a script, and notes who left it', async () => {
    const server = await start({});
    const client = call(server);
    await until(() => server.calls('/') === 1, 'the call');
    expect(client.outcome()).toBe('open');
    client.socket.destroy();
    await until(() => server.connections[0]?.closedAt !== undefined, 'the end');
    expect(server.connections).toEqual([
      { bytesIn: get('/').length, bytesOut: 0, closedAt: expect.any(Number), closedBy: 'client', reset: false },
    ]);
  });

  test('notes a reset by the client', async () => {
    const server = await start({});
    const client = call(server);
    await until(() => server.calls('/') === 1, 'the call');
    client.socket.resetAndDestroy();
    await until(() => server.connections[0]?.closedAt !== undefined, 'the end');
    expect(server.connections[0]).toMatchObject({ closedBy: 'client', reset: true });
  });

  test.each([
    [{ fin: true }, 'goodbye', false],
    [{ rst: true }, 'ECONNRESET', true],
  ] as const)('leaves by %p, and says no more', async (step, outcome, reset) => {
    const server = await start({ scripts: { '*': [{ send: '123' }, { sleep: 5 }, step, { send: '456' }] } });
    const client = call(server);
    await until(() => client.outcome() === outcome, outcome);
    await until(() => server.connections[0]?.closedAt !== undefined, 'the end');
    expect(client.received()).toBe('123');
    expect(server.connections[0]).toMatchObject({ bytesOut: 3, closedBy: 'server', reset });
  });

  test.each(['self-signed', 'expired'] as const)('speaks TLS with a certificate that is %s', async (certificate) => {
    const server = await start({ certificate, scripts: { '*': [honest] } });
    const strict = call(server, { send: get('/'), trust: false });
    await until(() => strict.outcome() !== 'open', 'the refusal');
    const trusting = call(server, { send: get('/?product=P-1'), trust: readCertificate(certificate) });
    await until(() => trusting.outcome() !== 'open' || trusting.received() !== '', 'an answer or a refusal');
    const isExpired = certificate === 'expired';
    expect(strict.outcome()).toBe(isExpired ? 'CERT_HAS_EXPIRED' : 'DEPTH_ZERO_SELF_SIGNED_CERT');
    expect(trusting.outcome()).toBe(isExpired ? 'CERT_HAS_EXPIRED' : 'open');
    expect(server.calls('/')).toBe(isExpired ? 0 : 1);
  });
});

describe('the ready-made scripts', () => {
  test('cover rows 1 to 17, each under a name of its own', () => {
    expect([...new Set(badScripts.map(({ row }) => row))]).toEqual(Array.from({ length: 17 }, (_, index) => index + 1));
    expect(new Set(badScripts.map(({ name }) => name)).size).toBe(badScripts.length);
  });

  test.each<[name: string, seen: (client: RawClient) => boolean]>([
    ['hangs after the head', (client) => client.received().endsWith('\r\n\r\n')],
    ['hangs in the body', (client) => client.received().endsWith('{"pro')],
    ['drips a byte every 100 ms', (client) => client.received().endsWith('{"pro  ')],
    ['sends early hints for ever', (client) => client.received().split('103 Early Hints').length > 3],
    [
      'answers twice',
      (client) => client.received().split('200 OK').length === 3 && client.received().includes('"OTHER"'),
    ],
    ['gives two lengths', (client) => client.received().endsWith('chunked\r\n\r\n{}')],
    ['speaks no HTTP', (client) => client.received().startsWith('SSH')],
    ['sends a head of 70 kB', (client) => client.received().length > 70_000],
    ['sends chunks for ever', (client) => client.received().length > 2_000_000],
    ['codes ten times', (client) => client.received().includes('Content-Encoding: gzip, gzip, gzip')],
    ['moves to another address', (client) => client.received().endsWith(summaryOf('?product=P-1'))],
    ['has a certificate that nobody vouches for', (client) => client.received().endsWith(summaryOf('?product=P-1'))],
    ['redirects to a login', (client) => client.received().includes('Location: https://login.example/')],
  ])('%s, and the connection stays', async (name, seen) => {
    const { client } = await face(name);
    await until(() => seen(client), name);
    expect(client.outcome()).toBe('open');
  });

  test.each([
    ['refuses the connection', 'ECONNREFUSED', ''],
    ['resets in the body', 'ECONNRESET', '{"pro'],
    ['resets in the body, TLS', 'ECONNRESET', '{"pro'],
    ['ends before its content length', 'goodbye', '{"pro'],
    ['ends inside a chunk', 'goodbye', '20\r\n{"product":'],
    ['cuts a text without a length', 'goodbye', '\r\n\r\n123'],
    ['cuts a text without a length, TLS', 'goodbye', '\r\n\r\n123'],
    ['closes an idle connection in silence', 'goodbye', summaryOf('?product=P-1')],
    ['has an expired certificate', 'CERT_HAS_EXPIRED', ''],
  ])('%s: %s', async (name, outcome, lastBytes) => {
    const { client } = await face(name);
    await until(() => client.outcome() !== 'open', name);
    expect(client.outcome()).toBe(outcome);
    expect(client.received().endsWith(lastBytes)).toBe(true);
  });

  test.each(['hangs before the head', 'never speaks after the connect', 'never answers the TLS handshake'])(
    '%s: bytes go in and none come out',
    async (name) => {
      const { server, client } = await face(name);
      await until(() => server.connections.length === 1 && client.socket.bytesWritten > 0, 'the request');
      client.socket.destroy();
      await until(() => server.connections[0]?.closedAt !== undefined, 'the end');
      expect(server.connections[0]).toMatchObject({ bytesOut: 0, closedBy: 'client' });
      expect(server.ledger).toHaveLength(name === 'hangs before the head' ? 1 : 0);
    },
  );

  test('leave TLS without its goodbye only where that is said', async () => {
    const certificate = 'self-signed';
    const wireBytes: number[] = [];
    for (const fin of [true, 'abrupt'] as const) {
      const server = await start({ certificate, scripts: { '*': [{ send: '123' }, { sleep: 5 }, { fin }] } });
      const client = call(server, { send: get('/'), trust: readCertificate(certificate) });
      await until(() => client.outcome() === 'goodbye', 'the end');
      wireBytes.push(client.wireBytes());
    }
    const [polite = 0, abrupt = 0] = wireBytes;
    // The alert record has 24 bytes; a signature of the handshake is a byte or two longer or shorter each time.
    expect(polite - abrupt).toBeGreaterThan(16);
  });

  test('send as much as they say: 50 MB, and a bomb that is a thousandth of what it becomes', async () => {
    const { client: large } = await face('sends 50 MB');
    await until(() => large.wireBytes() > 50_000_000, '50 MB');
    const { client: bomb } = await face('sends a gzip bomb');
    await until(() => bomb.received().includes('\r\n\r\n'), 'the head');
    const length = Number(/content-length: (\d+)/i.exec(bomb.received())?.[1]);
    await until(
      () => bomb.received().split('\r\n\r\n', 1)[0]?.length === bomb.received().length - 4 - length,
      'the bomb',
    );
    const body = Buffer.from(bomb.received().slice(-length), 'latin1');
    expect([length < 200_000, gunzipSync(body).length]).toEqual([true, 100 * 1024 * 1024]);
  });
});
