import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { askAtOnce, withFigures } from '../helpers/crowd.js';
import { freshDay } from '../helpers/freshDay.js';
import { type RedisServer, startRedisServer } from '../helpers/redisServer.js';
import { type Fleet, prepareFleet } from '../helpers/replicas.js';
import { until } from '../helpers/until.js';

const patient = 90_000;
const product = 'shop-red-shoe-1';
let redis: RedisServer;
let fleet: Fleet;

beforeAll(async () => {
  redis = await startRedisServer();
  fleet = await prepareFleet({
    redis: redis.url,
    configure: ({ server }) => Object.assign(server, { notice: '50ms', grace: '300ms' }),
  });
}, patient);
afterAll(async () => {
  await fleet?.close();
  await redis?.close();
}, patient);

test(
  'a replica that ends gives its leases back, and another one asks at once',
  async () => {
    const [leaving, staying] = await Promise.all([fleet.start(), fleet.start()]);
    await fleet.partner.faults({ keys: '*', fault: 'latency', ms: 60_000, times: 1 });
    const { start: day } = freshDay();
    const asked = { products: [product], day, clients: 5, seed: 1 };
    const told = askAtOnce([leaving], asked);
    await until(async () => (await fleet.partner.stats()).calls === 1, 'the partner is asked');
    const leases = async () => (await redis.client.mget('none', ...(await redis.client.keys('*lease:*')))).join();
    expect(await leases()).toContain('held');

    expect(await leaving.end('SIGTERM')).toMatchObject({ code: 0 });
    expect(await leases()).not.toContain('held');
    for (const { errors } of await told) expect(errors?.[0]?.extensions['code']).toBe('DEADLINE_EXCEEDED');
    expect(withFigures(await askAtOnce([staying], asked))).toHaveLength(5);
    expect((await fleet.partner.stats()).calls).toBe(2);
  },
  patient,
);
