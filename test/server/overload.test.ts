import { setImmediate as turn } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { createOverload, refusalOf } from '../../src/server/overload.js';
import { type GatedPartner, startGatedPartner } from '../helpers/gatedPartner.js';
import { type RunningGateway, startGateway } from '../helpers/gateway.js';
import { preloaded } from '../helpers/preloaded.js';
import { connectRaw, get } from '../helpers/rawClient.js';
import { type Fleet, prepareFleet } from '../helpers/replicas.js';
import { until } from '../helpers/until.js';

const limits = { maxInFlight: 10, maxLag: 500 };
const calm = { inFlight: 0, lagMs: 0, heapShare: 0.1 };
const rejectMs = 50;
const patient = 60_000;
const spellings = [
  '/graphql',
  '/%67raphql',
  '/graph%71l',
  '/graphql#',
  'http://localhost/graphql',
  '/%65xport/products.csv',
  'http://localhost/%67raphql',
];

describe('a request', () => {
  test.each([
    ['begins when there is little to do', calm, null],
    ['begins when it is the last that fits', { ...calm, inFlight: 9 }, null],
    ['is refused when as many run as may', { ...calm, inFlight: 10 }, 'inFlight'],
    ['begins when the event loop is just late enough', { ...calm, lagMs: 500 }, null],
    ['is refused when it is later', { ...calm, lagMs: 501 }, 'lag'],
    [
      "is refused for being late when both are so, because nobody's leaving helps",
      { ...calm, inFlight: 10, lagMs: 501 },
      'lag',
    ],
    ['begins while a tenth of the heap is left', { ...calm, heapShare: 0.9 }, null],
    ['is refused when less is left', { ...calm, heapShare: 0.91 }, 'heap'],
  ])('%s', (_, load, refusal) => {
    expect(refusalOf(load, limits)).toBe(refusal);
  });
});

describe('turns', () => {
  /** What began in each turn of the event loop. */
  async function beginnings(begins: readonly (() => void)[]): Promise<number[]> {
    const overload = createOverload({ ...limits, maxOldMiB: null });
    const order: number[] = [];
    for (const [index, begin] of begins.entries()) {
      overload.takeTurn(() => {
        order.push(index);
        begin();
      });
    }
    expect(order).toEqual([]);
    const perTurn: number[] = [];
    while (order.length < begins.length) {
      const before = order.length;
      await turn();
      perTurn.push(order.length - before);
    }
    expect(order).toEqual(begins.map((_, index) => index));
    overload.close();
    return perTurn;
  }

  test('are taken in the order in which they were wanted, many to a turn of the event loop while they are short', async () => {
    const perTurn = await beginnings(Array.from({ length: 250 }, () => () => {}));
    expect(Math.max(...perTurn)).toBeGreaterThan(20);
  });

  test('end when they have taken 20 ms, so that sockets are read in between', async () => {
    const busy = () => {
      const end = performance.now() + 15;
      while (performance.now() < end);
    };
    const perTurn = await beginnings(Array.from({ length: 6 }, () => busy));
    expect(Math.max(...perTurn)).toBeLessThanOrEqual(2);
  });

  test('come also to one that wants it when nobody waits any more', async () => {
    const overload = createOverload({ ...limits, maxOldMiB: null });
    const begun: string[] = [];
    overload.takeTurn(() => void begun.push('first'));
    await until(() => begun.length === 1, 'the first one');
    overload.takeTurn(() => overload.takeTurn(() => void begun.push('one that was wanted in a turn')));
    await until(() => begun.length === 2, 'the last one');
    overload.close();
  });
});

describe('more requests than may be in progress', () => {
  let gateway: RunningGateway;
  let partner: GatedPartner;
  afterEach(async () => {
    partner.releaseAll();
    await gateway.close();
    await partner.close();
  });

  const query = 'query ($id: ID!) { product(id: $id) { partner { orders } } }';
  const getPage = (path: string) => fetch(new URL(path, gateway.url));
  const post = async (id: string | undefined) => {
    const begin = performance.now();
    const headers = { 'content-type': 'application/json' };
    const body = JSON.stringify({ query, variables: { id } });
    const response = await fetch(gateway.url, { method: 'POST', headers, body });
    return {
      status: response.status,
      response,
      body: (await response.json()) as object,
      ms: performance.now() - begin,
    };
  };

  test('are told at once to come again, while those in progress are answered and the health checks too', async () => {
    partner = await startGatedPartner();
    gateway = await startGateway({
      products: 30,
      configure(file) {
        file.server['maxInFlight'] = 5;
        Object.assign(file.sources.partner ?? {}, { url: partner.url });
      },
    });
    const ids = gateway.world.products.map(({ id }) => id);
    const running = ids.slice(0, 5).map(post);
    await until(() => partner.asked().length === 5, 'five requests to wait for the partner');

    const refused = await Promise.all(ids.slice(5).map(post));
    for (const { status, response, body } of refused) {
      expect([status, response.headers.get('retry-after')]).toEqual([503, '1']);
      expect(response.headers.get('content-type')).toMatch(/^application\/json/);
      expect(body).toEqual({
        errors: [
          { message: expect.any(String), extensions: { code: 'OVERLOADED', retryable: true, retryAfterMs: 1_000 } },
        ],
      });
    }
    // One by one: twenty-five at once wait for the test's own process more than for the gateway.
    const alone: number[] = [];
    for (const id of ids.slice(5, 15)) alone.push((await post(id)).ms);
    expect(Math.min(...alone)).toBeLessThan(3 * rejectMs);
    expect((await getPage('/export/products.csv?site=shop&columns=id')).status).toBe(503);
    expect((await getPage('/livez')).status).toBe(200);
    expect((await getPage('/readyz')).status).toBe(200);
    const metrics = await (await getPage('/metrics')).text();
    expect(metrics).toContain('gateway_requests_shed_total{reason="inFlight"} 36');
    expect(metrics).toContain('gateway_requests_in_flight 5');
    expect(partner.asked()).toHaveLength(5);

    partner.releaseAll();
    for (const { status, body } of await Promise.all(running)) {
      expect([status, body]).toEqual([200, expect.objectContaining({ data: { product: { partner: { orders: 9 } } } })]);
    }
    expect((await post(ids[5])).status).toBe(200);
  });
});

describe('a request that is begun and not sent', () => {
  let gateway: RunningGateway;
  let partner: GatedPartner;
  afterEach(async () => {
    await gateway.close();
    await partner.close();
  });

  test('gives its place to one that comes, and one that is whole keeps it', async () => {
    partner = await startGatedPartner();
    gateway = await startGateway({
      products: 2,
      configure(file) {
        file.server['maxInFlight'] = 3;
        Object.assign(file.sources.partner ?? {}, { url: partner.url });
      },
    });
    const port = Number(new URL(gateway.url).port);
    const whole = gateway.ask('{ site(id: "shop") { products { nodes { partner { orders } } } } }');
    await until(() => partner.asked().length === 2, 'a request to be in progress');
    const head =
      'POST /graphql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{';
    const inFlight = async () => (await (await fetch(new URL('/metrics', gateway.url))).text()).includes('in_flight 3');
    const begun = [0, 1].map(() => connectRaw(port, { send: head }));
    await until(inFlight, 'every place to be taken');

    const cheap = async () => (await gateway.ask('{ sites { id } }')).status;
    await until(async () => (await cheap()) === 200, 'one that comes to be answered');
    await until(() => begun.some((client) => client.outcome() !== 'open'), 'one that was begun to be let go');
    // One place is free now, so nobody else has to go.
    expect(await cheap()).toBe(200);
    expect(begun.map((client) => client.received().slice(0, 12)).sort()).toEqual(['', 'HTTP/1.1 408']);
    partner.releaseAll();
    expect((await whole).status).toBe(200);
    for (const { socket } of begun) socket.destroy();
  });
});

describe('a request whose target is spelled in another way', () => {
  let gateway: RunningGateway;
  let partner: GatedPartner;
  beforeAll(async () => {
    partner = await startGatedPartner();
    gateway = await startGateway({
      products: 1,
      configure(file) {
        file.server['maxInFlight'] = 1;
        Object.assign(file.sources.partner ?? {}, { url: partner.url });
      },
    });
  });
  afterAll(async () => {
    await gateway.close();
    await partner.close();
  });

  async function statusOf(target: string): Promise<number> {
    const client = connectRaw(Number(new URL(gateway.url).port), { send: get(target) });
    await until(() => client.received().includes('\r\n\r\n'), 'an answer');
    client.socket.destroy();
    return Number(client.received().split(' ', 2)[1]);
  }

  const unread = '?query={__typename}';
  test('is no other request for the router, which is why each of these counts', async () => {
    for (const target of spellings) {
      const status = await statusOf(target + unread);
      expect([target, status === 404 || status === 503]).toEqual([target, false]);
    }
  });

  test('is refused like any other, while health checks are answered', async () => {
    const asked = gateway.ask('{ site(id: "shop") { products { nodes { partner { orders } } } } }');
    await until(() => partner.asked().length === 1, 'a request to be in progress');
    expect(await Promise.all(spellings.map((target) => statusOf(target + unread)))).toEqual(spellings.map(() => 503));
    const free = ['/livez', '/readyz?verbose', '/metrics', '/', '/graphiql'];
    for (const target of free) expect([target, await statusOf(target)]).not.toEqual([target, 503]);
    partner.releaseAll();
    expect((await asked).status).toBe(200);
  });
});

describe('a process that is stuck for two seconds', () => {
  let fleet: Fleet;
  afterEach(() => fleet.close());

  test(
    'says that it is alive but not ready, refuses until it has caught up, and asks nothing twice',
    async () => {
      fleet = await prepareFleet({ products: 1 });
      const gateway = await fleet.start(preloaded('mishaps', { MISHAP: 'block', BLOCK_MS: '2000' }));
      await fleet.partner.faults({ keys: '*', fault: 'latency', ms: 500 });
      const product = fleet.world.products[0]?.id;
      const asked = gateway.ask(`{ product(id: "${product}") { partner { orders } } }`);
      await until(async () => (await fleet.partner.stats()).calls === 1, 'the partner is asked');
      gateway.signal('SIGUSR2');
      const health = async () =>
        Promise.all(['/livez', '/readyz'].map(async (path) => (await fetch(gateway.url + path)).status));
      const seen: number[][] = [];
      await until(
        async () => {
          seen.push(await health());
          return seen.some(([, ready]) => ready === 503) && seen.at(-1)?.[1] === 200;
        },
        'it is not ready, and then ready again',
        30_000,
      );
      expect(new Set(seen.map(([alive]) => alive))).toEqual(new Set([200]));
      expect(await asked).toMatchObject({ data: { product: { partner: { orders: expect.any(Number) } } } });
      expect((await fleet.partner.stats()).calls).toBe(1);
    },
    patient,
  );
});

describe('a process whose memory runs out', () => {
  let fleet: Fleet;
  afterEach(() => fleet.close());

  test(
    'refuses new requests, answers health checks, and takes requests again when it has memory',
    async () => {
      fleet = await prepareFleet({ products: 1 });
      const memory = { MISHAP: 'hoard', HOARD_MIB: '240', NODE_OPTIONS: '--max-old-space-size=256' };
      const gateway = await fleet.start(preloaded('mishaps', memory));
      const product = fleet.world.products[0]?.id;
      const statusOf = async (path: string, body?: object) => {
        const headers = { 'content-type': 'application/json' };
        const init = body ? { method: 'POST', headers, body: JSON.stringify(body) } : {};
        const response = await fetch(gateway.url + path, init);
        await response.arrayBuffer();
        return response.status;
      };
      const ask = () => statusOf('/graphql', { query: `{ product(id: "${product}") { partner { orders } } }` });
      expect(await ask()).toBe(200);

      gateway.signal('SIGUSR2');
      await until(async () => (await ask()) === 503, 'a request is refused');
      expect(await gateway.metric('gateway_requests_shed_total{reason="heap"}')).toBeGreaterThan(0);
      // The hoarding itself took a moment in which nothing else could be done.
      await until(async () => (await statusOf('/readyz')) === 200, 'it is ready, because others would fare no better');
      expect([await statusOf('/livez'), await ask()]).toEqual([200, 503]);

      gateway.signal('SIGUSR2');
      await until(async () => (await ask()) === 200, 'requests are answered again');
    },
    patient,
  );
});
