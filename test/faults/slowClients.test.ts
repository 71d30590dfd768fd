import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type RunningGateway, startGateway } from '../helpers/gateway.js';
import { connectRaw, type RawClient } from '../helpers/rawClient.js';
import { until } from '../helpers/until.js';

const patient = 60_000;
/** A client may take 10 s to send its request; it is looked for every second. */
const limitMs = 11_000;
let gateway: RunningGateway;
let clients: RawClient[] = [];

beforeAll(async () => {
  gateway = await startGateway({ products: 1 });
});
afterAll(async () => {
  for (const { socket } of clients) socket.destroy();
  await gateway.close();
});

test(
  'clients that never finish their request are told so and let go, and nobody waits for them',
  async () => {
    const port = Number(new URL(gateway.url).port);
    const head = 'POST /graphql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n';
    const halves = [head, `${head}Content-Length: 100\r\n\r\n{"query":"{`, `${head}Transfer-Encoding: chunked\r\n\r\n`];
    const openedAt = performance.now();
    clients = Array.from({ length: 300 }, (_, index) =>
      connectRaw(port, { send: halves[index % halves.length] ?? head }),
    );
    // Each of them keeps its connection busy, byte by byte, as an attacker would.
    const drip = setInterval(() => {
      for (const { socket } of clients) if (socket.writable) socket.write('a');
    }, 1_000);
    try {
      const { status } = await gateway.ask('{ sites { id } }');
      expect(status).toBe(200);
      await until(() => clients.every((client) => client.outcome() !== 'open'), 'all of them to be let go', 30_000);
    } finally {
      clearInterval(drip);
    }
    expect(performance.now() - openedAt).toBeLessThan(3 * limitMs);
    for (const client of clients) expect(client.received()).toMatch(/^HTTP\/1\.1 408 /);
    expect(gateway.events.filter(({ type }) => type === 'call.started' || type === 'request.failed')).toEqual([]);
    expect((await gateway.ask('{ sites { id } }')).status).toBe(200);
  },
  patient,
);
