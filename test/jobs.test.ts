import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { onFreshDay } from './helpers/freshDay.js';
import { type Answer, type GatewayOptions, type RunningGateway, startGateway } from './helpers/gateway.js';
import { createMovableClock } from './helpers/movableClock.js';
import { type Recorder, startRecorder } from './helpers/recorder.js';
import { until } from './helpers/until.js';

interface Freshness {
  state: string;
  asOf: string | null;
}
interface Node {
  id: string;
  googleAnalytics: { pageViews: number | null; freshness: Freshness };
  partner: { orders: number | null; revenue: string | null; freshness: Freshness } | null;
}
interface SiteAnswer {
  site: { products: { nodes: Node[] } };
}

const minute = 60_000;
const freshness = 'freshness { state asOf }';
const partnerFigures = `orders revenue ${freshness}`;
const googleFigures = `pageViews ${freshness}`;
const ofForty = (selection: string) => `{ site(id: "shop") { products(first: 40) { nodes { id ${selection} } } } }`;
const both = (on = '') => ofForty(`googleAnalytics${on} { ${googleFigures} } partner${on} { ${partnerFigures} }`);
const partnerOnly = (args: string) => ofForty(`partner${args} { ${partnerFigures} }`);
const withArguments = (on: string, more: string) => on.replace(')', `, ${more})`);

const started: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const each of started.splice(0).reverse()) await each.close();
});

async function ownGateway(options: GatewayOptions = {}): Promise<RunningGateway> {
  const gateway = await startGateway(options);
  started.push(gateway);
  return gateway;
}

function nodesOf({ data }: Answer<SiteAnswer>): Node[] {
  return data.site.products.nodes;
}

function expectComplete(answer: Answer<SiteAnswer>, state = 'FRESH'): void {
  expect([answer.status, answer.errors]).toEqual([200, undefined]);
  expect(nodesOf(answer)).toHaveLength(40);
  for (const { partner } of nodesOf(answer)) {
    expect(partner).toEqual({
      orders: expect.any(Number),
      revenue: expect.any(String),
      freshness: { state, asOf: expect.any(String) },
    });
  }
}

const finishedCalls = ({ events }: RunningGateway) =>
  events.filter((event) => event.type === 'call.finished' && event.source === 'partner');

/** No call is on its way, in the background neither: time may be pushed without ending one. */
function untilIdle({ ask }: RunningGateway): Promise<void> {
  return until(async () => {
    const { data } = await ask<{ sources: { inFlight: number; queued: number }[] }>('{ sources { inFlight queued } }');
    return data.sources.every(({ inFlight, queued }) => inFlight + queued === 0);
  }, 'the end of every call');
}

async function expectEachAskedOnce({ partner }: RunningGateway): Promise<void> {
  const { byKey } = await partner.stats();
  expect(Object.values(byKey)).toEqual(Array(40).fill(1));
}

describe('20 clients that ask the same of 40 products at once', () => {
  const query = both(onFreshDay());
  let gateway: RunningGateway;
  let answers: Answer<SiteAnswer>[];

  beforeAll(async () => {
    gateway = await startGateway({ latency: { minMs: 400, maxMs: 900 } });
    const leaving = new AbortController();
    const gone = gateway.ask(query, {}, { signal: leaving.signal }).catch((error: Error) => error.name);
    const staying = Array.from({ length: 19 }, () => gateway.ask<SiteAnswer>(query));
    await until(async () => (await gateway.partner.stats()).calls === 40, 'the calls');
    leaving.abort();
    expect(await gone).toBe('AbortError');
    answers = await Promise.all(staying);
  });
  afterAll(() => gateway.close());

  test('make 40 calls and one report', async () => {
    await expectEachAskedOnce(gateway);
    expect(await gateway.google.stats()).toMatchObject({ calls: 1, reports: 1 });
  });

  test('all get the same whole answer, but for the one who left', () => {
    for (const answer of answers) {
      expectComplete(answer);
      expect(answer.data).toEqual(answers[0]?.data);
    }
  });

  test('are told that they waited for calls of somebody else', () => {
    const traces = answers.map(({ extensions }) => extensions.sources['partner'] ?? {});
    for (const { keys, calls = Number.NaN, joined, cacheHits = Number.NaN } of traces) {
      expect(keys).toBe(40);
      expect(calls + (joined ?? Number.NaN) + cacheHits).toBe(40);
    }
    expect(traces.filter(({ joined = 0 }) => joined > 0).length).toBeGreaterThanOrEqual(10);
  });

  test('make no call when they ask again', async () => {
    const again = await Promise.all(Array.from({ length: 20 }, () => gateway.ask<SiteAnswer>(query)));
    for (const { data, extensions } of again) {
      expect(data).toEqual(answers[0]?.data);
      expect(extensions.sources).toMatchObject({
        partner: { keys: 40, calls: 0, cacheHits: 40, staleHits: 0, joined: 0 },
        googleAnalytics: { calls: 0, reports: 0, cacheHits: 40, staleHits: 0, joined: 0 },
      });
    }
    await expectEachAskedOnce(gateway);
    expect(await gateway.google.stats()).toMatchObject({ calls: 1 });
  });

  test('can be seen in the share of what was there at once', async () => {
    const { data } = await gateway.ask<{ sources: { name: string; cacheHitShare: number }[] }>(
      '{ sources { name cacheHitShare } }',
    );
    expect(data.sources).toHaveLength(2);
    for (const { cacheHitShare } of data.sources) {
      expect(cacheHitShare).toBeGreaterThanOrEqual(0.5);
      expect(cacheHitShare).toBeLessThan(1);
    }
  });
});

describe('the share of what was there at once', () => {
  test('is null before anybody asked, then that of the keys', async () => {
    const gateway = await ownGateway({ products: 2 });
    const shares = async () => {
      const { data } = await gateway.ask<{ sources: { cacheHitShare: number | null }[] }>(
        '{ sources { cacheHitShare } }',
      );
      return data.sources.map(({ cacheHitShare }) => cacheHitShare);
    };
    expect(await shares()).toEqual([null, null]);
    const query = both(onFreshDay());
    await gateway.ask(query);
    expect(await shares()).toEqual([0, 0]);
    await gateway.ask(query);
    expect(await shares()).toEqual([0.5, 0.5]);
  });
});

describe('clients that have all gone', () => {
  test('take their calls with them', async () => {
    const gateway = await ownGateway();
    await gateway.partner.faults({ keys: '*', fault: 'hang' });
    const leaving = new AbortController();
    const query = partnerOnly(onFreshDay());
    const clients = [1, 2].map(() => gateway.ask(query, {}, { signal: leaving.signal }).catch(() => 'gone'));
    await until(async () => (await gateway.partner.stats()).calls === 40, 'the calls');
    leaving.abort();
    const leftAt = performance.now();
    expect(await Promise.all(clients)).toEqual(['gone', 'gone']);
    await until(() => finishedCalls(gateway).length === 40, 'the end of the calls');
    expect(performance.now() - leftAt).toBeLessThan(3 * 250);
    expect(finishedCalls(gateway)).toEqual(Array(40).fill(expect.objectContaining({ failure: 'CANCELLED' })));
    await gateway.partner.reset();
    expectComplete(await gateway.ask<SiteAnswer>(query));
    await expectEachAskedOnce(gateway);
  });
});

describe('maxWaitMs', () => {
  const maxWaitMs = 500;
  const args = withArguments(onFreshDay(), `maxWaitMs: ${maxWaitMs}`);

  test('against calls of 3 s answers in its time with PENDING; later all is there, and each key was asked for once', async () => {
    const gateway = await ownGateway({ latency: { minMs: 3_000, maxMs: 3_000 } });
    const askedAt = performance.now();
    const early = await gateway.ask<SiteAnswer>(partnerOnly(args));
    expect(performance.now() - askedAt).toBeLessThan(3 * maxWaitMs);
    expect(performance.now() - askedAt).toBeGreaterThanOrEqual(maxWaitMs - 5);
    expect(early.errors).toBeUndefined();
    const pending = { orders: null, revenue: null, freshness: { state: 'PENDING', asOf: null } };
    expect(nodesOf(early).map(({ partner }) => partner)).toEqual(Array(40).fill(pending));
    await until(() => finishedCalls(gateway).length === 40, 'the end of the calls');
    const later = await gateway.ask<SiteAnswer>(partnerOnly(args));
    expectComplete(later);
    expect(later.extensions.sources['partner']).toMatchObject({ cacheHits: 40, calls: 0 });
    await expectEachAskedOnce(gateway);
  });

  test('costs no call that still waited for its turn', async () => {
    const gateway = await ownGateway({
      latency: { minMs: 60, maxMs: 60 },
      configure: ({ sources: { partner } }) => Object.assign(partner ?? {}, { concurrency: 8 }),
    });
    const impatient = withArguments(onFreshDay(), 'maxWaitMs: 0');
    const early = await gateway.ask<SiteAnswer>(partnerOnly(impatient));
    expect(early.errors).toBeUndefined();
    await until(() => finishedCalls(gateway).length === 40, 'the end of the calls');
    expectComplete(await gateway.ask<SiteAnswer>(partnerOnly(impatient)));
    await expectEachAskedOnce(gateway);
  });

  test('asked again while the calls run joins them', async () => {
    const gateway = await ownGateway({ latency: { minMs: 300, maxMs: 300 } });
    const on = onFreshDay();
    await gateway.ask(partnerOnly(withArguments(on, 'maxWaitMs: 0')));
    const patient = await gateway.ask<SiteAnswer>(partnerOnly(on));
    expectComplete(patient);
    expect(patient.extensions.sources['partner']).toMatchObject({ joined: 40, calls: 0 });
    await expectEachAskedOnce(gateway);
  });

  test('does not hold up what Google says', async () => {
    const gateway = await ownGateway();
    await gateway.partner.faults({ keys: '*', fault: 'hang' });
    const on = onFreshDay();
    const answer = await gateway.ask<SiteAnswer>(
      ofForty(
        `googleAnalytics${on} { ${googleFigures} } partner${withArguments(on, 'maxWaitMs: 200')} { ${partnerFigures} }`,
      ),
    );
    expect(answer.errors).toBeUndefined();
    for (const { googleAnalytics, partner } of nodesOf(answer)) {
      expect(googleAnalytics).toMatchObject({ pageViews: expect.any(Number), freshness: { state: 'FRESH' } });
      expect(partner).toMatchObject({ orders: null, freshness: { state: 'PENDING' } });
    }
  });

  test.each(['maxWaitMs', 'maxAgeMs'])('a negative %s is refused', async (argument) => {
    const gateway = await ownGateway({ products: 1 });
    const { errors } = await gateway.ask(`{ product(id: "shop-red-shoe-1") { partner(${argument}: -1) { orders } } }`);
    expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
    expect((await gateway.partner.stats()).calls).toBe(0);
  });
});

describe("a request's deadline", () => {
  test('is told field by field; the calls go on, and asking again finds their answers', async () => {
    const gateway = await ownGateway({
      latency: { minMs: 1_500, maxMs: 1_500 },
      configure: ({ server, sources: { partner } }) => {
        // Google has answered long before, on a machine that is busy as well.
        server['deadline'] = '1s';
        // Three rounds: two of them begin after the deadline.
        Object.assign(partner ?? {}, { concurrency: 14 });
      },
    });
    const query = both(onFreshDay());
    const early = await gateway.ask<SiteAnswer>(query);
    expect(nodesOf(early).map(({ partner }) => partner)).toEqual(Array(40).fill(null));
    expect(early.errors).toHaveLength(40);
    for (const { extensions } of early.errors ?? []) {
      expect(extensions).toEqual({ code: 'DEADLINE_EXCEEDED', source: 'partner', retryable: true });
    }
    await until(() => finishedCalls(gateway).length === 40, 'the end of the calls');
    expectComplete(await gateway.ask<SiteAnswer>(query));
    await expectEachAskedOnce(gateway);
  });
});

describe('a partner that is dead for an hour', () => {
  test('is not noticed but for STALE and asOf; healed, all is fresh again with one call for each key', async () => {
    const clock = createMovableClock();
    const gateway = await ownGateway({
      clock,
      configure: ({ sources: { partner } }) => Object.assign(partner ?? {}, { retry: { attempts: 1 } }),
    });
    const query = both('(range: { start: "2026-01-01", end: "2026-01-28" })');
    expectComplete(await gateway.ask<SiteAnswer>(query));
    const warmAt = clock.now();

    await gateway.partner.faults({ keys: '*', fault: 'status', status: 503 });
    for (let elapsed = 12 * minute; elapsed <= 72 * minute; elapsed += 12 * minute) {
      clock.push(12 * minute);
      const answer = await gateway.ask<SiteAnswer>(query);
      expectComplete(answer, 'STALE');
      expect(answer.extensions.sources['partner']).toMatchObject({ staleHits: 40, cacheHits: 0, joined: 0 });
      for (const { partner } of nodesOf(answer)) {
        expect(Date.parse(partner?.freshness.asOf ?? '')).toBeLessThanOrEqual(warmAt);
      }
      await untilIdle(gateway);
    }

    await gateway.partner.reset();
    clock.push(minute);
    await until(async () => {
      const answer = await gateway.ask<SiteAnswer>(query);
      expect(answer.errors).toBeUndefined();
      return nodesOf(answer).every(({ partner }) => partner?.freshness.state === 'FRESH');
    }, 'fresh figures');
    expectComplete(await gateway.ask<SiteAnswer>(query));
    await expectEachAskedOnce(gateway);
  });

  test('is asked again one after the other call while it is down, not for every client', async () => {
    const clock = createMovableClock();
    const gateway = await ownGateway({ clock });
    const query = both('(range: { start: "2026-01-01", end: "2026-01-28" })');
    await gateway.ask(query);
    await gateway.partner.reset();
    await gateway.partner.faults({ keys: '*', fault: 'status', status: 503 });
    clock.push(12 * minute);
    for (let left = 5; left > 0; left -= 1) expectComplete(await gateway.ask<SiteAnswer>(query), 'STALE');
    const { byKey } = await gateway.partner.stats();
    expect(Math.max(...Object.values(byKey))).toBeLessThanOrEqual(2);
  });
});

test('a thousand products that get old together are shown without a wait, and asked for again as many at a time as may be', async () => {
  const clock = createMovableClock();
  const concurrency = 32;
  const gateway = await ownGateway({
    products: 1_000,
    clock,
    configure: ({ sources: { partner } }) => Object.assign(partner ?? {}, { concurrency }),
  });
  const query = `{ site(id: "shop") { products(first: 1000) { nodes { partner(range: { start: "2026-01-01", end: "2026-01-28" }) { ${partnerFigures} } } } } }`;
  const states = async () => {
    const answer = await gateway.ask<SiteAnswer>(query);
    expect(answer.errors).toBeUndefined();
    return new Set(nodesOf(answer).map(({ partner }) => partner?.freshness.state));
  };
  expect(await states()).toEqual(new Set(['FRESH']));
  await untilIdle(gateway);
  await gateway.partner.reset();

  clock.push(12 * minute);
  // So that nothing comes back while they are read.
  await gateway.partner.faults({ keys: '*', fault: 'latency', ms: 50 });
  expect(await states()).toEqual(new Set(['STALE']));
  await until(async () => (await gateway.partner.stats()).calls === 1_000, 'each to be asked for again', 60_000);
  await untilIdle(gateway);
  const { byKey, maxInFlight } = await gateway.partner.stats();
  expect(new Set(Object.values(byKey))).toEqual(new Set([1]));
  expect(maxInFlight).toBeLessThanOrEqual(concurrency);
  expect(await states()).toEqual(new Set(['FRESH']));
}, 90_000);

describe('a later query that selects more', () => {
  let gateway: RunningGateway;
  let google: Recorder;

  beforeAll(async () => {
    google = await startRecorder();
    gateway = await startGateway({
      configure: ({ sources }) => {
        google.forwardTo(String(sources.googleAnalytics?.['rootUrl']));
        Object.assign(sources.googleAnalytics ?? {}, { rootUrl: google.url });
      },
    });
  });
  beforeEach(() => Promise.all([gateway.google.reset(), gateway.partner.reset()]));
  afterAll(() => Promise.all([gateway.close(), google.close()]));

  const lastMetrics = () => {
    const { metrics } = JSON.parse(google.requests.at(-1)?.body ?? '{}') as { metrics: { name: string }[] };
    return metrics.map(({ name }) => name);
  };

  test('asks Google for the one metric that is missing, and the partner for nothing', async () => {
    const on = onFreshDay();
    await gateway.ask(ofForty(`googleAnalytics${on} { pageViews sessions } partner${on} { orders }`));
    expect(lastMetrics()).toEqual(['screenPageViews', 'sessions']);
    const { errors } = await gateway.ask(
      ofForty(`googleAnalytics${on} { pageViews sessions eventCount } partner${on} { orders revenue clicks }`),
    );
    expect(errors).toBeUndefined();
    expect(lastMetrics()).toEqual(['eventCount']);
    expect(await gateway.google.stats()).toMatchObject({ calls: 2, reports: 2 });
    expect((await gateway.partner.stats()).calls).toBe(40);
  });

  test('that selects less asks for nothing', async () => {
    const on = onFreshDay();
    await gateway.ask(ofForty(`googleAnalytics${on} { pageViews sessions }`));
    await gateway.ask(ofForty(`googleAnalytics${on} { sessions }`));
    expect((await gateway.google.stats()).reports).toBe(1);
  });
});
