import { request } from 'node:http';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createRandom } from '../../src/demo/random.js';
import { errorTable } from '../../src/errors.js';
import { freshDay } from '../helpers/freshDay.js';
import { openFiles } from '../helpers/processFiles.js';
import { type RedisServer, startRedisServer } from '../helpers/redisServer.js';
import { type Fleet, prepareFleet, type Replica } from '../helpers/replicas.js';
import type { Toxics } from '../helpers/toxicLink.js';
import { startToxicProxy, type ToxicProxy } from '../helpers/toxicProxy.js';
import { until } from '../helpers/until.js';
import { type WriteOrder, watchWriteOrder } from '../helpers/writeOrder.js';

// A minute of everything at once, decided by a seed. CHAOS_SEED plays one again, CHAOS_SECONDS makes it longer.
const seed = process.env['CHAOS_SEED'] ?? String(Date.now() % 1_000_000);
const seconds = Number(process.env['CHAOS_SECONDS'] ?? 60);
const patient = (seconds + 180) * 1_000;
const deadlineMs = 5_000;
/** How long a figure of the partner may be shown: fresh, give or take a tenth, and stale. */
const freshMs = 1_000;
const staleMs = 3_000;
/** Longer than a lease outlives its holder (src/cache/lease.ts). */
const frozenMs = 4_000;
const clients = 6;
const canary = 'canary-partner-key-4711';
const days = Array.from({ length: 4 }, () => freshDay().start);
const query = `query ($first: Int!, $day: Date!) { site(id: "shop") { products(first: $first) { nodes {
  id googleAnalytics(range: { start: $day, end: $day }) { pageViews } partner(range: { start: $day, end: $day }) { orders revenue freshness { state asOf } }
} } } }`;

/** A replica, and when it was told to end or killed. */
interface Member {
  readonly replica: Replica;
  /** How many files and sockets it had open before anybody asked it. */
  readonly files: number;
  endedAt: number | null;
  killed: boolean;
}

interface ProductAnswer {
  readonly id: string;
  readonly googleAnalytics: { pageViews: number | null } | null;
  readonly partner: PartnerAnswer | null;
}

interface PartnerAnswer {
  readonly orders: number | null;
  readonly revenue: string | null;
  readonly freshness: { readonly state: 'FRESH' | 'STALE'; readonly asOf: string };
}

interface Body {
  readonly data: { site: { products: { nodes: ProductAnswer[] } } };
  readonly errors?: { path: (string | number)[]; extensions: { code: string } }[];
}

interface Told {
  readonly day: string;
  /** Wall time at which the answer was there, and how long it took (ms). */
  readonly at: number;
  readonly ms: number;
  readonly status: number;
  readonly body: Body;
  readonly raw: string;
}

/** Chance of its own for the story and for each client, so that none depends on how quick another one is. */
function createChance(name: string) {
  const random = createRandom(`${name} ${seed}`);
  return {
    random,
    between: (low: number, high: number) => low + random() * (high - low),
    one: <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T,
  };
}

const { random, between, one } = createChance('chaos');

let redis: RedisServer;
let network: Record<'redis' | 'partner', ToxicProxy>;
let fleet: Fleet;
let order: WriteOrder;
const members: Member[] = [];
const story: string[] = [];

beforeAll(async () => {
  redis = await startRedisServer();
  const toRedis = await startToxicProxy({ target: { port: Number(new URL(redis.url).port) } });
  let toPartner: ToxicProxy | undefined;
  fleet = await prepareFleet({
    redis: `redis://127.0.0.1:${toRedis.port}`,
    partnerKey: canary,
    latencyMs: 20,
    async configure({ server, sources }) {
      Object.assign(server, { deadline: `${deadlineMs}ms`, notice: '300ms', grace: '6s' });
      const { port } = new URL(String(sources.partner?.['url']));
      toPartner = await startToxicProxy({ target: { port: Number(port) } });
      const url = String(sources.partner?.['url']).replace(`:${port}/`, `:${toPartner.port}/`);
      Object.assign(sources.partner ?? {}, {
        url,
        cache: { fresh: `${freshMs}ms`, stale: `${staleMs}ms` },
        breaker: { open: '1s' },
      });
    },
  });
  if (!toPartner) throw new Error('The partner has no proxy.');
  network = { redis: toRedis, partner: toPartner };
  order = watchWriteOrder(redis.client);
  await Promise.all([join(), join()]);
}, patient);

afterAll(async () => {
  // What a failure needs, and what playing it again must show.
  process.stdout.write(`seed ${seed}: ${story.join('; ')}\n`);
  await order?.stop();
  await fleet?.close();
  await Promise.all(Object.values(network ?? {}).map((proxy) => proxy.close()));
  await redis?.close();
}, patient);

async function join(): Promise<void> {
  const replica = await fleet.start();
  members.push({ replica, files: openFiles(replica.pid), endedAt: null, killed: false });
}

const serving = () => members.filter(({ endedAt }) => endedAt === null);

/** A request on a connection of its own; null = it could not be answered, and need not have been. */
function ask(member: Member, day: string, first: number): Promise<Told | null> {
  const begin = performance.now();
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json' };
    const outgoing = request(`${member.replica.url}/graphql`, { method: 'POST', agent: false, headers }, (response) => {
      text(response).then((raw) => {
        const ms = performance.now() - begin;
        resolve({ day, at: Date.now(), ms, status: response.statusCode ?? 0, body: JSON.parse(raw) as Body, raw });
      }, lost);
    });
    function lost(error: unknown): void {
      // Killed, or asked when it had been told to end: nobody can answer then.
      if (member.killed || (member.endedAt !== null && begin >= member.endedAt)) resolve(null);
      else reject(new Error(`A request was lost (${String(error)}). ${story.join('; ')}`));
    }
    outgoing.once('error', lost);
    outgoing.end(JSON.stringify({ query, variables: { first, day } }));
  });
}

async function beClient(index: number, until: number, told: Told[]): Promise<void> {
  const { random, between, one } = createChance(`client ${index}`);
  while (performance.now() < until) {
    const member = one(serving());
    const answer = await ask(member, one(days), 1 + Math.floor(random() * 10));
    if (answer) told.push(answer);
    await sleep(between(5, 60));
  }
}

const badNetwork: readonly (() => Toxics)[] = [
  () => ({}),
  () => ({ latency: { ms: between(20, 300), jitterMs: 20 } }),
  () => ({ timeout: true }),
  () => ({ down: true }),
  () => ({ resetPeer: { afterMs: between(10, 300) } }),
  () => ({ limitData: { bytes: Math.floor(between(50, 2_000)) } }),
  () => ({ slicer: { bytes: 20, pauseMs: 1 } }),
];

const mischief: Record<string, () => Promise<unknown>> = {
  'bad network to Redis': () => network.redis.set(one(badNetwork)()),
  'bad network to the partner': () => network.partner.set(one(badNetwork)()),
  'the partner fails': () =>
    fleet.partner.faults({ keys: '*', fault: 'status', status: one([429, 500, 503]), times: 20 }),
  'the partner answers wrongly': () =>
    fleet.partner.faults({ keys: '*', fault: one(['html', 'mismatch', 'truncate']), times: 20 } as never),
  'all heals': () => Promise.all([network.redis.set({}), network.partner.set({}), fleet.partner.faults()]),
  'Redis is emptied': async () => {
    await redis.client.flushall();
    order.forget();
  },
  'a replica is stuck': freeze,
  'a replica is told to end': () => replace('SIGTERM'),
  'a replica is killed': () => replace('SIGKILL'),
};

/** It wakes up as if nothing had happened, while others have long taken what it was asking for. */
async function freeze(): Promise<void> {
  const { replica } = one(serving());
  replica.signal('SIGSTOP');
  await sleep(frozenMs);
  replica.signal('SIGCONT');
}

/** Another one is there before it goes, as in a rolling update. */
async function replace(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
  const leaving = one(serving());
  await join();
  leaving.endedAt = performance.now();
  leaving.killed = signal === 'SIGKILL';
  const { code } = await leaving.replica.end(signal);
  if (signal === 'SIGTERM') expect(code).toBe(0);
}

async function beChaos(until: number): Promise<void> {
  const names = Object.keys(mischief);
  // Everything once, in an order of its own, then whatever comes.
  const plan = names.toSorted(() => random() - 0.5);
  while (performance.now() < until) {
    const name = plan.shift() ?? one(names);
    story.push(name);
    await mischief[name]?.();
    await sleep(between(500, 2_500));
  }
}

/** What both sources say of a day when nothing is wrong. */
async function truthOf(day: string): Promise<Map<string, ProductAnswer>> {
  const [member] = serving();
  let whole: ProductAnswer[] = [];
  await until(
    async () => {
      const answer = (await member?.replica.ask(query, { first: 10, day })) as Body | undefined;
      whole = answer?.errors ? [] : (answer?.data.site.products.nodes ?? []);
      return whole.length === 10;
    },
    `a whole answer for ${day} when all has healed`,
    60_000,
  );
  return new Map(whole.map((product) => [product.id, product]));
}

/** Every figure is the one that its source has, or none. */
function expectTruth(told: readonly Told[], truth: ReadonlyMap<string, ProductAnswer>): void {
  const products = told.flatMap(({ body }) => body.data.site.products.nodes);
  for (const product of products) {
    const { id, googleAnalytics, partner } = truth.get(product.id) ?? product;
    expect(product).toEqual({
      id,
      googleAnalytics: product.googleAnalytics && googleAnalytics,
      partner: product.partner && partner && { ...partner, freshness: product.partner.freshness },
    });
  }
}

/** Nothing is shown for longer than it may be, as new or at all, and nothing is of the future. */
function expectNoneTooOld(told: readonly Told[]): void {
  const toleranceMs = 1_000;
  for (const { at, ms, body } of told) {
    const shown = body.data.site.products.nodes.flatMap(({ partner }) => partner?.freshness ?? []);
    for (const { state, asOf } of shown) {
      const ageMs = at - Date.parse(asOf);
      const mostMs = 1.1 * freshMs + (state === 'STALE' ? staleMs : 0);
      expect(ageMs).toBeGreaterThanOrEqual(0);
      expect(ageMs).toBeLessThan(mostMs + ms + toleranceMs);
    }
  }
}

/** When all has healed, the replicas are one again: what nobody has asked for yet is asked for once, however many want it. */
async function expectOneCallForEach(): Promise<void> {
  const replicas = serving().map(({ replica }) => replica);
  const isWell = async (replica: Replica) => {
    // A breaker finds out by a call whether its source is back.
    await replica.ask(query, { first: 1, day: freshDay().start });
    const [redisUp, breakers] = await Promise.all(
      ['gateway_redis_up', 'gateway_source_breaker_state'].map((name) => replica.metric(name)),
    );
    return redisUp === 1 && breakers === 0;
  };
  await until(
    async () => (await Promise.all(replicas.map(isWell))).every(Boolean),
    'every replica to have Redis and its sources back',
    60_000,
  );
  // A crowd that waits for longer than a figure is fresh, as in a breaker's slow start, may rightly ask twice: the next one is judged.
  await until(expectFewCalls, 'a crowd to be served while its figures are fresh', 60_000);
}

/** Many want what nobody has; false = it took so long that some may have become stale, and nothing can be said. */
async function expectFewCalls(): Promise<boolean> {
  const newDays = Array.from({ length: 4 }, () => freshDay().start);
  await fleet.partner.reset();
  // Long enough that all of them want it while it is on its way.
  await fleet.partner.faults({ keys: '*', fault: 'latency', ms: 300 });
  const begin = performance.now();
  const crowd = newDays.flatMap((day) => Array.from({ length: 20 }, () => ask(one(serving()), day, 10)));
  const figures = (await Promise.all(crowd)).flatMap((told) => told?.body.data.site.products.nodes ?? []);
  expect(figures).toHaveLength(10 * crowd.length);
  expect(figures.filter(({ partner }) => typeof partner?.orders !== 'number')).toEqual([]);
  const tookMs = performance.now() - begin;
  const { calls } = await fleet.partner.stats();
  await fleet.partner.faults();
  const missing = newDays.length * 10;
  expect(calls).toBeGreaterThanOrEqual(missing);
  if (tookMs > 0.9 * freshMs) return false;
  expect(calls).toBeLessThanOrEqual(1.1 * missing);
  return true;
}

test(
  `chaos of seed ${seed} for ${seconds} s`,
  async () => {
    const told: Told[] = [];
    const end = performance.now() + seconds * 1_000;
    await Promise.all([beChaos(end), ...Array.from({ length: clients }, (_, index) => beClient(index, end, told))]);
    await mischief['all heals']?.();

    // One answer to each request, in its time, with codes that clients know.
    expect(told.length).toBeGreaterThan(seconds);
    expect(told.filter(({ status }) => status !== 200).map(({ status, raw }) => ({ status, raw }))).toEqual([]);
    expect(Math.max(...told.map(({ ms }) => ms))).toBeLessThan(3 * (deadlineMs + 100));
    const errors = told.flatMap(({ body }) => body.errors ?? []);
    expect(errors.filter(({ extensions: { code } }) => !(code in errorTable))).toEqual([]);
    // Google is well all the time.
    expect(
      errors.filter(
        ({ path, extensions: { code } }) => path.includes('googleAnalytics') && code !== 'DEADLINE_EXCEEDED',
      ),
    ).toEqual([]);

    for (const day of days)
      expectTruth(
        told.filter((answer) => answer.day === day),
        await truthOf(day),
      );

    expectNoneTooOld(told);
    await expectOneCallForEach();
    expect(order.looks).toBeGreaterThan(seconds);
    expect(order.violations).toEqual([]);

    // Nothing stays behind, neither in the replicas nor in Redis.
    for (const { replica, files } of serving()) {
      await until(
        async () => (await replica.metric('gateway_source_in_flight')) === 0,
        'no call to be on its way',
        30_000,
      );
      expect(await replica.metric('gateway_requests_in_flight')).toBe(0);
      const isBack = () => Number.isNaN(files) || openFiles(replica.pid) <= files + 5;
      await until(isBack, `its sockets to be closed (${openFiles(replica.pid)} files, ${files} before)`, 30_000);
    }
    const leases = async () => (await redis.client.mget('none', ...(await redis.client.keys('*lease:*')))).join();
    await until(async () => !(await leases()).includes('held'), 'no lease to be held', 30_000);

    const outputs = members.map(({ replica }) => replica.stdout() + replica.stderr());
    expect([...outputs, ...told.map(({ raw }) => raw)].filter((output) => output.includes(canary))).toEqual([]);
    for (const { replica } of members) {
      for (const line of replica.stderr().trim().split('\n').slice(0, -1))
        expect(JSON.parse(line)).toHaveProperty('msg');
    }
    process.stdout.write(
      `${told.length} answers, ${errors.length} errors of fields, ${story.length} mishaps (seed ${seed})\n`,
    );
  },
  patient,
);
