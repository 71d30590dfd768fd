import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { hashSecret } from '../../src/server/accessKeys.js';
import { type Answer, type RunningGateway, startGateway } from '../helpers/gateway.js';
import { createMovableClock } from '../helpers/movableClock.js';
import { until } from '../helpers/until.js';

const clock = createMovableClock();
const minuteMs = 60_000;
let gateway: RunningGateway;

beforeAll(async () => {
  gateway = await startGateway({
    products: 20,
    clock,
    configure: (file) => {
      file['limits'] = { callsPerMinute: 5 };
      file['access'] = {
        keys: [
          { id: 'poor', hash: hashSecret('p') },
          { id: 'poor-too', hash: hashSecret('p') },
          { id: 'rich', hash: hashSecret('r'), limits: { callsPerMinute: 1_000 } },
        ],
      };
    },
  });
});
beforeEach(async () => {
  clock.push(10 * minuteMs);
  await Promise.all([gateway.google.reset(), gateway.partner.reset()]);
});
afterAll(() => gateway.close());

interface Page {
  site: { products: { nodes: { partner: { orders: number; freshness: { state: string } } | null }[] } };
}

/** The partner's figures of the first products, on the nth day of a month that only one test asks about. */
async function ask(credential: string, first: number, day: string, how = ''): Promise<Answer<Page>> {
  const query = `{ site(id: "shop") { products(first: ${first}) { nodes {
    partner(range: { start: "${day}", end: "${day}" }${how}) { orders freshness { state } } } } } }`;
  return gateway.ask<Page>(query, {}, { headers: { authorization: `Bearer ${credential}` } });
}

const calls = async () => (await gateway.partner.stats()).calls;
const answered = ({ data }: Answer<Page>) => data.site.products.nodes.filter(({ partner }) => partner !== null).length;
const codes = ({ errors = [] }: Answer<Page>) => [...new Set(errors.map(({ extensions }) => extensions?.['code']))];

describe('a viewer that has used up its calls', () => {
  test('is told so for each field that would need another one, and nothing more is asked', async () => {
    const answer = await ask('poor.p', 8, '2026-01-01');
    expect([answer.status, answered(answer), codes(answer)]).toEqual([200, 5, ['QUERY_TOO_EXPENSIVE']]);
    expect(answer.errors).toHaveLength(3);
    expect(answer.errors?.[0]?.extensions).toMatchObject({ retryable: true, retryAfterMs: expect.any(Number) });
    expect(await calls()).toBe(5);
  });

  test('has what is in the cache, whoever brought it there, and loses nothing by asking', async () => {
    await ask('rich.r', 20, '2026-01-02');
    await ask('poor.p', 5, '2026-01-03');
    const before = await calls();
    const answer = await ask('poor.p', 20, '2026-01-02');
    expect([answered(answer), answer.errors]).toEqual([20, undefined]);
    expect(await calls()).toBe(before);
  });

  test('has what another one has asked for and waits for', async () => {
    await gateway.partner.faults({ keys: '*', fault: 'latency', ms: 300 });
    await ask('poor.p', 5, '2026-01-04');
    const rich = ask('rich.r', 10, '2026-01-05');
    await until(async () => (await calls()) === 15, 'the partner has all ten calls');
    const answer = await ask('poor.p', 10, '2026-01-05');
    expect([answered(answer), answer.errors]).toEqual([10, undefined]);
    await rich;
    expect(await calls()).toBe(15);
  });

  test('is shown old values, which it cannot have asked for again', async () => {
    await ask('rich.r', 4, '2026-01-06');
    await ask('poor.p', 5, '2026-01-07');
    const before = await calls();
    const answer = await ask('poor.p', 4, '2026-01-06', ', maxAgeMs: 0');
    expect(answer.data.site.products.nodes.map(({ partner }) => partner?.freshness.state)).toEqual(
      Array(4).fill('STALE'),
    );
    expect([answer.errors, await calls()]).toEqual([undefined, before]);
  });

  test('does not spoil a key for the others who want it', async () => {
    await ask('poor.p', 5, '2026-01-08');
    const [poor, rich] = await Promise.all([ask('poor.p', 10, '2026-01-09'), ask('rich.r', 10, '2026-01-09')]);
    expect([answered(rich), rich.errors]).toEqual([10, undefined]);
    expect(codes(poor).filter((code) => code !== 'QUERY_TOO_EXPENSIVE')).toEqual([]);
  });

  test('may ask again as time goes on', async () => {
    await ask('poor.p', 5, '2026-01-10');
    clock.push(minuteMs / 5);
    expect(answered(await ask('poor.p', 3, '2026-01-11'))).toBe(1);
  });

  test('leaves another one, whose name is only longer, with all of its calls', async () => {
    await ask('poor.p', 5, '2026-01-12');
    expect(answered(await ask('poor-too.p', 5, '2026-01-13'))).toBe(5);
  });
});

test('a call to Google counts as one, however many products it is for', async () => {
  const query = (day: string) =>
    `{ site(id: "shop") { products { nodes { googleAnalytics(range: { start: "${day}", end: "${day}" }) { pageViews } } } } }`;
  const results: unknown[] = [];
  for (let day = 1; day <= 7; day += 1) {
    const { errors } = await gateway.ask(query(`2026-02-0${day}`), {}, { headers: { authorization: 'Bearer poor.p' } });
    results.push(errors?.[0]?.extensions?.['code'] ?? 'ok');
  }
  expect(results).toEqual([...Array(5).fill('ok'), 'QUERY_TOO_EXPENSIVE', 'QUERY_TOO_EXPENSIVE']);
  expect((await gateway.google.stats()).reports).toBe(5);
});
