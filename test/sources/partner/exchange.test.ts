import { afterEach, describe, expect, test } from '@jest/globals';
import { systemClock } from '../../../src/clock.js';
import { exchange } from '../../../src/sources/partner/exchange.js';
import { createConnections } from '../../../src/sources/partner/transport.js';
import type { Script } from '../../helpers/badConnection.js';
import { http } from '../../helpers/badScripts.js';
import { type BadServer, startBadServer } from '../../helpers/badServer.js';
import { until } from '../../helpers/until.js';

const maxBytes = 1_000;
const head = (length: number) => `HTTP/1.1 200 OK\r\nContent-Length: ${length}\r\n\r\n`;

let server: BadServer;
let pool: ReturnType<typeof createConnections>;
afterEach(async () => {
  await pool.close();
  await server.close();
});

async function start(script: Script): Promise<void> {
  server = await startBadServer({ scripts: { '*': script } });
  pool = createConnections(server.url, 1, systemClock);
}

/** The body, or what the exchange failed with. */
async function ask({
  failure = null as Error | null,
  judge = (_: number): Error | null => failure,
  signal = new AbortController().signal,
} = {}): Promise<unknown> {
  const options = {
    connections: pool,
    clock: systemClock,
    judge,
    maxBytes,
    tooLarge: () => new Error('too large'),
  };
  return exchange({ path: '/', headers: {} }, signal, options).then(
    ({ body }) => body.toString(),
    (error: unknown) => error,
  );
}

describe('an exchange', () => {
  test('joins a body that comes byte by byte, even inside a letter', async () => {
    const body = Buffer.from('"ü€😀"');
    await start([{ send: head(body.length) }, ...Array.from(body, (byte) => ({ send: Uint8Array.of(byte) }))]);
    expect(await ask()).toBe('"ü€😀"');
  });

  test('reads a body of the largest size, and ends the connection at one byte more', async () => {
    await start([{ send: http('x'.repeat(maxBytes)) }]);
    expect(await ask()).toBe('x'.repeat(maxBytes));
    await pool.close();
    await server.close();
    await start([{ send: http('x'.repeat(maxBytes + 1)) }]);
    expect(await ask()).toEqual(new Error('too large'));
  });

  test('goes on after early hints, whatever they would mean as an answer', async () => {
    await start([{ send: 'HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n' }, { send: http('{}') }]);
    const judged: number[] = [];
    const judge = (statusCode: number) => {
      judged.push(statusCode);
      return null;
    };
    expect(await ask({ judge })).toBe('{}');
    expect(judged).toEqual([200]);
  });

  test('ends an endless body at its bound', async () => {
    await start([{ send: head(100_000_000) }, { repeat: [{ send: 'x'.repeat(500) }] }]);
    expect(await ask()).toEqual(new Error('too large'));
    await until(() => server.connections[0]?.closedBy === 'client', 'the connection to be closed');
  });

  test('fails with what broke it', async () => {
    await start([{ send: head(10) }, { send: '"a' }, { fin: true }]);
    expect(await ask()).toMatchObject({ cause: { code: 'UND_ERR_SOCKET' }, wasIdle: false });
  });

  test('reads past the body of an answer that is refused by its head, and uses its connection again', async () => {
    await start([{ send: http('not for us') }]);
    const refused = new Error('refused');
    expect(await ask({ failure: refused })).toBe(refused);
    expect(await ask()).toBe('not for us');
    expect(server.connections).toHaveLength(1);
  });

  test('gives a connection up whose unwanted body has no end', async () => {
    await start([{ send: head(100_000_000) }, { repeat: [{ send: 'x'.repeat(500) }] }]);
    const refused = new Error('refused');
    expect(await ask({ failure: refused })).toBe(refused);
    await until(() => server.connections[0]?.closedBy === 'client', 'the connection to be closed');
  });

  test.each<[string, Script]>([
    ['before the answer', [{ halfOpen: true }]],
    ['inside the body', [{ send: head(10) }, { send: '"a' }, { halfOpen: true }]],
  ])('ends with the reason of its signal, %s', async (_, script) => {
    await start(script);
    const controller = new AbortController();
    const answer = ask({ signal: controller.signal });
    await until(() => server.ledger.length === 1, 'the call to arrive');
    const reason = new Error('enough');
    controller.abort(reason);
    expect(await answer).toBe(reason);
  });
});
