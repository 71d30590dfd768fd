import { afterEach, expect, test } from '@jest/globals';
import { hashSecret } from '../../src/server/accessKeys.js';
import { type Fleet, prepareFleet } from '../helpers/replicas.js';
import { until } from '../helpers/until.js';

/** Row 70 of the faults: who sends ten thousand wrong requests does not fill the disk. */

let fleet: Fleet;
afterEach(() => fleet.close());

interface Line {
  readonly time: string;
  readonly msg: string;
  readonly reason?: string;
  readonly codes?: readonly string[];
  readonly address?: string;
  readonly leftOut?: number;
}

const flood = 200;
const headers = { 'content-type': 'application/json', authorization: 'Bearer page.right' };

test('a flood of refused requests is ten lines a second for each reason, and one line says how many more there were', async () => {
  fleet = await prepareFleet({
    products: 1,
    configure: (file) =>
      Object.assign(file, {
        access: { keys: [{ id: 'page', hash: hashSecret('right') }] },
        server: { ...file.server, notice: '1ms' },
      }),
  });
  const gateway = await fleet.start();
  const ask = async (init: RequestInit) =>
    (await fetch(`${gateway.url}/graphql`, { method: 'POST', headers, body: '{"query":"{ nothing }"}', ...init }))
      .status;
  const many = (init: RequestInit) => Promise.all(Array.from({ length: flood }, () => ask(init)));
  const statuses = await Promise.all([
    many({ headers: { ...headers, authorization: 'Bearer page.wrong' } }),
    many({ headers: { 'content-type': 'application/json' } }),
    many({ body: '{"query":' }),
    many({}),
  ]);
  expect(new Set(statuses.flat())).toEqual(new Set([401, 429, 400]));

  const lines = () =>
    gateway
      .stderr()
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line) as Line)
      .filter(({ msg }) => msg.startsWith('a request was'));
  /** How many of the requests the log knows of, by reason or code; and how many lines it took. */
  const accounts = () => {
    const found: Record<string, { requests: number; lines: number }> = {};
    for (const { reason, codes, leftOut = 1 } of lines()) {
      const { requests, lines: before } = found[reason ?? String(codes)] ?? { requests: 0, lines: 0 };
      found[reason ?? String(codes)] = { requests: requests + leftOut, lines: before + 1 };
    }
    return found;
  };
  const total = () => Object.values(accounts()).reduce((sum, { requests }) => sum + requests, 0);
  await until(() => total() === 4 * flood, 'the log has told of every request', 10_000);

  const times = lines().map(({ time }) => Date.parse(time));
  const seconds = Math.ceil((Math.max(...times) - Math.min(...times)) / 1_000) + 1;
  for (const { lines: written } of Object.values(accounts())) expect(written).toBeLessThanOrEqual(10 * seconds);
  expect(accounts()).toMatchObject({
    // Ten wrong keys a minute; those who sent none have guessed nothing.
    unauthenticated: { requests: flood + 10 },
    tooManyAttempts: { requests: flood - 10 },
    malformed: { requests: flood },
    GRAPHQL_VALIDATION_FAILED: { requests: flood },
  });
  expect(lines().find(({ reason }) => reason === 'unauthenticated')?.address).toBe('127.0.0.1');
  const metrics = await (await fetch(`${gateway.url}/metrics`, { headers })).text();
  expect(metrics).toContain(`gateway_requests_refused_total{reason="malformed"} ${flood}`);
}, 60_000);
