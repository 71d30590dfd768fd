import { afterEach, describe, expect, test } from '@jest/globals';
import { type Emulator, sendJson, startEmulator } from '../../src/demo/emulatorServer.js';
import { connectRaw, get, type RawClient } from '../helpers/rawClient.js';
import { until } from '../helpers/until.js';

const answer = { hello: 'world' };
const cleanUp: (() => unknown)[] = [];

afterEach(async () => {
  for (const undo of cleanUp.splice(0).reverse()) await undo();
});

/** Answers `/KEY` with `answer`, `/hold/KEY` never, `/broken` with a fault of its own. */
async function start(port = 0): Promise<Emulator> {
  let resets = 0;
  const emulator = await startEmulator({
    port,
    faults: ['own'],
    extraStats: () => ({ resets }),
    onReset: () => {
      resets += 1;
    },
    async handle(exchange, tools) {
      const path = decodeURIComponent(exchange.url.pathname.slice(1));
      const key = path.replace('hold/', '');
      if (path === 'broken') throw new Error('a bug');
      tools.count(key);
      const rule = tools.takeFault([key]);
      if (rule && (await tools.applyTransportFault(rule, exchange, JSON.stringify(answer)))) return;
      if (!path.startsWith('hold/')) sendJson(exchange.response, 200, { ...answer, rule: rule?.fault });
    },
  });
  cleanUp.push(() => emulator.close());
  return emulator;
}

function call(emulator: Emulator, target: string): RawClient {
  const client = connectRaw(emulator.port, { send: get(target) });
  cleanUp.push(() => client.socket.destroy());
  return client;
}

async function post(emulator: Emulator, path: string, body?: unknown): Promise<{ status: number; body: unknown }> {
  const response = await fetch(emulator.url + path, { method: 'POST', body: JSON.stringify(body) ?? null });
  return { status: response.status, body: await response.json() };
}

async function stats(emulator: Emulator): Promise<unknown> {
  return (await fetch(`${emulator.url}/__stats`)).json();
}

async function getJson(emulator: Emulator, path: string): Promise<unknown> {
  return (await fetch(emulator.url + path)).json();
}

describe('an emulator counts', () => {
  test('its calls, by key and at most at the same time, but not the control routes', async () => {
    const emulator = await start();
    await getJson(emulator, '/a');
    await getJson(emulator, '/a');
    await getJson(emulator, '/__proto__');
    expect(await stats(emulator)).toEqual({
      calls: 3,
      maxInFlight: 1,
      byKey: Object.fromEntries([
        ['a', 2],
        ['__proto__', 1],
      ]),
      resets: 0,
    });
  });

  test('a call as in flight until its response is over, hung up by the client included', async () => {
    const emulator = await start();
    const waiting = [call(emulator, '/hold/a'), call(emulator, '/hold/b')];
    await until(async () => JSON.stringify(await stats(emulator)).includes('"maxInFlight":2'), 'both calls arrived');
    for (const { socket } of waiting) socket.destroy();
    await until(async () => {
      await post(emulator, '/__reset');
      return JSON.stringify(await stats(emulator)).includes('"maxInFlight":0');
    }, 'nothing is in flight');
  });

  test('from zero after a reset, which also forgets the faults', async () => {
    const emulator = await start();
    await post(emulator, '/__faults', [{ keys: '*', fault: 'own' }]);
    await getJson(emulator, '/a');
    expect(await post(emulator, '/__reset')).toEqual({ status: 200, body: {} });
    expect(await stats(emulator)).toEqual({ calls: 0, maxInFlight: 0, byKey: {}, resets: 1 });
    expect(await getJson(emulator, '/a')).not.toHaveProperty('rule');
  });
});

describe('fault rules', () => {
  test('the first that matches a key wins, as many times as it says, then the next', async () => {
    const emulator = await start();
    await post(emulator, '/__faults', [
      { keys: ['a', 'b'], fault: 'own', times: 2 },
      { keys: ['a'], fault: 'status', status: 503 },
    ]);
    const statuses: unknown[] = [];
    for (const key of ['c', 'b', 'a', 'a', 'b']) {
      const response = await fetch(`${emulator.url}/${key}`);
      statuses.push([response.status, ((await response.json()) as { rule?: string }).rule]);
    }
    expect(statuses).toEqual([
      [200, undefined],
      [200, 'own'],
      [200, 'own'],
      [503, undefined],
      [200, undefined],
    ]);
  });

  test('are taken all or none, and every problem is told', async () => {
    const emulator = await start();
    await post(emulator, '/__faults', [{ keys: '*', fault: 'own' }]);
    const { status, body } = await post(emulator, '/__faults', [
      { keys: '*', fault: 'hang' },
      { keys: [], fault: 'explode', times: 0 },
      'hang',
      { keys: '*', fault: 'latency' },
      { keys: '*', fault: 'status', status: 99, retryAfter: 'a\r\nb' },
    ]);
    expect(status).toBe(400);
    expect((body as { problems: string[] }).problems).toEqual([
      'rule 1: keys must be "*" or a list of strings, not empty',
      'rule 1: fault must be one of latency, hang, hang-body, drip, reset, truncate, status, html, huge, redirect, own',
      'rule 1: times must be a whole number of at least 1; leave it out for always',
      'rule 2: must be an object',
      'rule 3: latency needs ms, a whole number from 0 to 2147483647',
      'rule 4: status needs status, a whole number from 200 to 599',
      'rule 4: retryAfter must fit into a header',
    ]);
    expect(await getJson(emulator, '/a')).toMatchObject({ rule: 'own' });
  });

  test.each(['not JSON', '{}'])('are a JSON list and not %s', async (body) => {
    const emulator = await start();
    const response = await fetch(`${emulator.url}/__faults`, { method: 'POST', body });
    expect([response.status, await response.json()]).toEqual([
      400,
      { problems: ['the body must be a JSON list of rules'] },
    ]);
  });
});

describe('an emulator as a server', () => {
  test('refuses a body of more than 5 MiB and a wrong method', async () => {
    const emulator = await start();
    const response = await fetch(emulator.url, { method: 'POST', body: Buffer.alloc(5 * 1024 * 1024 + 1) });
    expect(response.status).toBe(413);
    expect((await fetch(`${emulator.url}/__reset`)).status).toBe(405);
  });

  test('answers 400 to a URL that is none, and 500 to a mistake of its own', async () => {
    const emulator = await start();
    const client = call(emulator, '//');
    await until(() => client.received().startsWith('HTTP/1.1 400'), 'the refusal');
    expect(await getJson(emulator, '/broken')).toEqual({ error: 'The emulator failed: a bug' });
  });

  test('closes at once, whoever still waits or keeps a connection, and a second time too', async () => {
    const emulator = await start();
    const idle = call(emulator, '/a');
    const waiting = call(emulator, '/hold/b');
    await until(() => idle.received().includes('hello'), 'an idle connection');
    await until(async () => JSON.stringify(await stats(emulator)).includes('"b":1'), 'a waiting one');
    await emulator.close();
    await until(() => idle.outcome() !== 'open' && waiting.outcome() !== 'open', 'both are closed');
    await emulator.close();
  });

  test('says which port is in use', async () => {
    const { port } = await start();
    await expect(start(port)).rejects.toThrow(`Port ${port} is in use`);
  });
});
