import { afterEach, describe, expect, test } from '@jest/globals';
import { type Emulator, sendJson, startEmulator } from '../../src/demo/emulatorServer.js';
import { connectRaw, get, type RawClient } from '../helpers/rawClient.js';
import { until } from '../helpers/until.js';

const answer = JSON.stringify({ hello: 'world', filler: 'x'.repeat(60) });
const half = answer.slice(0, Math.ceil(answer.length / 2));
const cleanUp: (() => unknown)[] = [];

afterEach(async () => {
  for (const undo of cleanUp.splice(0).reverse()) await undo();
});

/** An emulator with this one rule. */
async function start(rule: Record<string, unknown>): Promise<Emulator> {
  const emulator = await startEmulator({
    faults: [],
    async handle(exchange, tools) {
      const key = exchange.url.pathname;
      tools.count(key);
      const taken = tools.takeFault([key]);
      if (taken && (await tools.applyTransportFault(taken, exchange, answer))) return;
      sendJson(exchange.response, 200, JSON.parse(answer));
    },
  });
  cleanUp.push(() => emulator.close());
  await post(emulator, '/__faults', [{ keys: '*', ...rule }]);
  return emulator;
}

async function post(emulator: Emulator, path: string, body?: unknown): Promise<void> {
  const response = await fetch(emulator.url + path, { method: 'POST', body: JSON.stringify(body) ?? null });
  expect([response.status, await response.text()]).toEqual([200, expect.any(String)]);
}

function call(emulator: Emulator): RawClient {
  const client = connectRaw(emulator.port, { send: get('/a') });
  cleanUp.push(() => client.socket.destroy());
  return client;
}

async function seen(rule: Record<string, unknown>): Promise<RawClient> {
  return call(await start(rule));
}

describe('a transport fault on the wire', () => {
  test('latency: the honest answer, later', async () => {
    const begin = performance.now();
    const client = await seen({ fault: 'latency', ms: 80 });
    await until(() => client.received().includes('hello'), 'the answer');
    expect(performance.now() - begin).toBeGreaterThanOrEqual(79);
  });

  test('hang: not a byte', async () => {
    const emulator = await start({ fault: 'hang', keys: ['/a'] });
    const client = call(emulator);
    await (await fetch(`${emulator.url}/b`)).text();
    expect([client.received(), client.outcome()]).toEqual(['', 'open']);
  });

  test('hang-body: half of the promised answer, and then nothing', async () => {
    const client = await seen({ fault: 'hang-body' });
    await until(() => client.received().endsWith(half), 'half of the body');
    expect(client.received()).toContain(`content-length: ${answer.length}`);
    expect(client.outcome()).toBe('open');
  });

  test('drip: all of the answer, byte by byte', async () => {
    const client = await seen({ fault: 'drip', ms: 1 });
    let chunks = 0;
    client.socket.on('data', () => {
      chunks += 1;
    });
    await until(() => client.received().endsWith(answer), 'the whole body');
    expect(chunks).toBeGreaterThan(10);
  });

  test('reset: a reset, without an answer', async () => {
    const client = await seen({ fault: 'reset' });
    await until(() => client.outcome() === 'ECONNRESET', 'the reset');
    expect(client.received()).toBe('');
  });

  test('truncate: half of the promised answer, and a goodbye', async () => {
    const client = await seen({ fault: 'truncate' });
    await until(() => client.outcome() === 'goodbye', 'the end');
    expect(client.received()).toContain(`content-length: ${answer.length}`);
    expect(client.received().endsWith(half)).toBe(true);
  });

  test('status: the status, with the Retry-After and the body that were asked for', async () => {
    const client = await seen({ fault: 'status', status: 429, retryAfter: 5, body: { slow: 'down' } });
    await until(() => client.received().includes('{"slow":"down"}'), 'the body');
    expect(client.received()).toMatch(/^HTTP\/1\.1 429 Too Many Requests\r\nretry-after: 5\r\n/);
    const text = await seen({ fault: 'status', status: 500, body: 'Oops' });
    await until(() => text.received().includes('Oops'), 'the text');
    expect(text.received()).toContain('content-type: text/plain');
    const bare = await seen({ fault: 'status', status: 503 });
    await until(() => bare.received().includes('{"error":"Service Unavailable"}'), 'the default body');
  });

  test('html: a login page with status 200', async () => {
    const client = await seen({ fault: 'html' });
    await until(() => client.received().includes('</form>'), 'the page');
    expect(client.received()).toMatch(/^HTTP\/1\.1 200 OK\r\ncontent-type: text\/html/);
  });

  test('huge: as many bytes as were asked for, and no length', async () => {
    const client = await seen({ fault: 'huge', bytes: 1_000_000 });
    await until(() => client.received().endsWith('\r\n0\r\n\r\n'), 'the end of the last chunk');
    expect(client.received().match(/x/g)?.length).toBe(1_000_000);
    expect(client.received()).not.toMatch(/content-length/i);
  });

  test('huge: 50 MiB by default, and no more of them once the client has left', async () => {
    const emulator = await start({ fault: 'huge' });
    const client = call(emulator);
    await until(() => client.received().includes('x'), 'the first bytes');
    client.socket.destroy();
    await until(async () => {
      await post(emulator, '/__reset');
      const stats = await (await fetch(`${emulator.url}/__stats`)).text();
      return stats.includes('"maxInFlight":0');
    }, 'the emulator has noticed');
  });

  test('redirect: where it was asked to', async () => {
    const client = await seen({ fault: 'redirect', location: 'https://elsewhere.example/login' });
    await until(() => client.received().includes('\r\n\r\n'), 'the head');
    expect(client.received()).toMatch(/^HTTP\/1\.1 302 Found\r\nlocation: https:\/\/elsewhere\.example\/login\r\n/);
  });
});
