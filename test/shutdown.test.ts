import { request } from 'node:http';
import { json } from 'node:stream/consumers';
import { afterEach, describe, expect, test } from '@jest/globals';
import { type GatedPartner, startGatedPartner } from './helpers/gatedPartner.js';
import { preloaded } from './helpers/preloaded.js';
import { connectRaw, get } from './helpers/rawClient.js';
import { type Fleet, type FleetOptions, prepareFleet, type Replica } from './helpers/replicas.js';
import { until } from './helpers/until.js';

const patient = 90_000;
/** How long the process may go on after its last answer; it would be 200 if this machine had nothing else to do. */
const exitMs = 1_000;
const query = 'query ($id: ID!) { product(id: $id) { partner { orders } } }';

let fleet: Fleet;
let gated: GatedPartner | undefined;
afterEach(async () => {
  await fleet.close();
  await gated?.close();
  gated = undefined;
});

interface StartOptions extends FleetOptions {
  server?: object;
  environment?: Record<string, string>;
  /** Of another partner than the emulator. */
  partnerUrl?: string;
}

async function start(options: StartOptions): Promise<Replica> {
  const { server, environment, partnerUrl, ...rest } = options;
  fleet = await prepareFleet({
    ...rest,
    configure: (file) => {
      Object.assign(file.server, server);
      Object.assign(file.sources.partner ?? {}, { concurrency: 2_000, ...(partnerUrl && { url: partnerUrl }) });
    },
  });
  return fleet.start(environment);
}

interface ClientAnswer {
  readonly status: number | undefined;
  readonly connection: string | undefined;
  readonly data?: { product: { partner: { orders: number } | null } };
  readonly errors?: { extensions: { code: string } }[];
}

/** A client with a connection of its own; rejects when the connection breaks. */
function askAlone({ url }: Replica, id: string | undefined): Promise<ClientAnswer> {
  const headers = { 'content-type': 'application/json', connection: 'keep-alive' };
  const outgoing = request(`${url}/graphql`, { method: 'POST', agent: false, headers });
  const answer = new Promise<ClientAnswer>((resolve, reject) => {
    outgoing.once('error', reject);
    outgoing.once('response', (response) => {
      const { statusCode: status, headers } = response;
      json(response).then((body) => resolve({ status, connection: headers.connection, ...(body as object) }), reject);
    });
  });
  outgoing.end(JSON.stringify({ query, variables: { id } }));
  return answer;
}

const partnerWasAsked = (times: number) =>
  until(async () => (await fleet.partner.stats()).calls === times, `the partner is asked ${times} times`, 30_000);
const portOf = ({ url }: Replica) => Number(new URL(url).port);
const logLines = (text: string) =>
  text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);

describe('SIGTERM', () => {
  test(
    'with 1,000 requests in flight loses none of them, and resets no idle connection',
    async () => {
      const partner = await startGatedPartner();
      gated = partner;
      const gateway = await start({
        products: 1_000,
        server: { notice: '1s', maxInFlight: 1_100, maxLag: '60s' },
        partnerUrl: partner.url,
      });
      const idle = Array.from({ length: 50 }, () => connectRaw(portOf(gateway), { send: get('/livez') }));
      const unused = connectRaw(portOf(gateway));
      await until(() => idle.every((client) => client.received().includes('alive')), 'idle connections');
      const asked = fleet.world.products.map(({ id }) => askAlone(gateway, id));
      await until(() => partner.asked().length === 1_000, 'every call to be on its way', 30_000);

      gateway.signal('SIGTERM');
      await until(async () => !(await gateway.isReady()), 'it is not ready any more');
      // Until others have noticed, whoever still comes is served.
      const late = await fetch(`${gateway.url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: '{"query":"{ sites { id } }"}',
      });
      expect([late.status, late.headers.get('connection')]).toEqual([200, 'close']);
      const isRefused = () =>
        fetch(`${gateway.url}/livez`).then(
          () => false,
          () => true,
        );
      await until(isRefused, 'new connections are refused');
      await until(() => [unused, ...idle].every((client) => client.outcome() !== 'open'), 'idle connections to end');
      expect(new Set([unused, ...idle].map((client) => client.outcome()))).toEqual(new Set(['goodbye']));

      partner.releaseAll();
      const answers = await Promise.all(asked);
      const answeredAt = performance.now();
      expect(answers.filter(({ data }) => data?.product.partner?.orders === 9)).toHaveLength(1_000);
      expect(
        answers.filter(({ status, connection, errors }) => status !== 200 || connection !== 'close' || errors),
      ).toEqual([]);
      const { code } = await gateway.ended;
      expect(code).toBe(0);
      expect(performance.now() - answeredAt).toBeLessThan(3 * exitMs);
      expect(partner.asked()).toHaveLength(1_000);
    },
    patient,
  );

  test(
    'in the moment in which it says where it listens is heard, and who comes then is served',
    async () => {
      const gateway = await start({
        products: 1,
        server: { notice: '2s' },
        environment: preloaded('mishaps', { MISHAP: 'early end' }),
      });
      const answer = await askAlone(gateway, fleet.world.products[0]?.id);
      expect(answer).toMatchObject({ status: 200, data: { product: { partner: { orders: expect.any(Number) } } } });
      const { code, stderr } = await gateway.ended;
      expect(code).toBe(0);
      expect(logLines(stderr).at(-1)).toMatchObject({ msg: 'all is answered' });
    },
    patient,
  );

  test(
    'tells those whose calls take longer than the grace to ask again, and resets nobody',
    async () => {
      const gateway = await start({ products: 100, latencyMs: 60_000, server: { notice: '50ms', grace: '500ms' } });
      const asked = fleet.world.products.map(({ id }) => askAlone(gateway, id));
      await partnerWasAsked(100);
      const { code, stderr } = await gateway.end('SIGTERM');
      expect(code).toBe(0);
      for (const { status, data, errors } of await Promise.all(asked)) {
        expect([status, data]).toEqual([200, { product: { partner: null } }]);
        expect(errors?.map(({ extensions }) => extensions)).toEqual([
          { code: 'DEADLINE_EXCEEDED', source: 'partner', retryable: true },
        ]);
      }
      const told = logLines(stderr).map(({ msg }) => msg);
      expect(told).toContain('ending; what runs is answered');
      expect(told.at(-1)).toBe('all is answered');
    },
    patient,
  );

  test(
    'a second time ends at once',
    async () => {
      const gateway = await start({ products: 1, latencyMs: 60_000 });
      const asked = askAlone(gateway, fleet.world.products[0]?.id).catch(() => 'lost');
      await partnerWasAsked(1);
      gateway.signal('SIGTERM');
      await until(async () => !(await gateway.isReady()), 'the first one to be heard');
      expect(await gateway.end('SIGTERM')).toMatchObject({ code: 1 });
      expect(await asked).toBe('lost');
    },
    patient,
  );
});

test(
  'Ctrl-C waits for what runs, and for nobody to notice',
  async () => {
    const gateway = await start({ products: 1, latencyMs: 500, server: { notice: '60s' } });
    const asked = askAlone(gateway, fleet.world.products[0]?.id);
    await partnerWasAsked(1);
    expect(await gateway.end('SIGINT')).toMatchObject({ code: 0 });
    expect(await asked).toMatchObject({ status: 200, data: { product: { partner: { orders: expect.any(Number) } } } });
  },
  patient,
);

describe('a fault that nobody caught', () => {
  test.each(['throw', 'reject'])(
    'ends the process when what runs is answered, with one line and no secret in it (%s)',
    async (mishap) => {
      const gateway = await start({
        products: 20,
        latencyMs: 1_000,
        environment: preloaded('mishaps', { MISHAP: mishap }),
      });
      const asked = fleet.world.products.map(({ id }) => askAlone(gateway, id));
      await partnerWasAsked(20);
      gateway.signal('SIGUSR2');
      const answers = await Promise.all(asked);
      expect(answers.filter(({ data }) => typeof data?.product.partner?.orders === 'number')).toHaveLength(20);
      const { code, stderr } = await gateway.ended;
      expect(code).toBe(1);
      const fatal = logLines(stderr).filter(({ level }) => level === 60);
      expect(fatal).toEqual([
        expect.objectContaining({
          error: 'Error',
          stack: expect.arrayContaining([expect.stringContaining('mishaps')]),
        }),
      ]);
      expect(stderr).not.toMatch(/canary|partner\.example/);
    },
    patient,
  );

  test(
    'gives calls that hang five seconds, and then ends all the same',
    async () => {
      const gateway = await start({
        products: 1,
        latencyMs: 60_000,
        environment: preloaded('mishaps', { MISHAP: 'throw' }),
      });
      const asked = askAlone(gateway, fleet.world.products[0]?.id);
      await partnerWasAsked(1);
      gateway.signal('SIGUSR2');
      expect(await asked).toMatchObject({ status: 200, errors: [{ extensions: { code: 'DEADLINE_EXCEEDED' } }] });
      expect(await gateway.ended).toMatchObject({ code: 1 });
    },
    patient,
  );
});
