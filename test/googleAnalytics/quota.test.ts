import { afterEach, describe, expect, test } from '@jest/globals';
import { addDays } from '../../src/demo/days.js';
import { createFakeClock, type FakeClock } from '../helpers/fakeClock.js';
import type { Answer, GatewayOptions } from '../helpers/gateway.js';
import { type RecordedGateway, startRecordedGateway } from '../helpers/recordedGateway.js';

interface Figures {
  pageViews: number | null;
  freshness: { state: string };
}
interface ProductAnswer {
  product: { googleAnalytics: Figures | null; partner: { orders: number | null } | null };
}

const started: RecordedGateway[] = [];
afterEach(async () => {
  for (const each of started.splice(0)) await each.close();
});

async function ownGateway(options: GatewayOptions): Promise<RecordedGateway> {
  const gateway = await startRecordedGateway({ products: 2, ...options });
  started.push(gateway);
  return gateway;
}

const minute = 60_000;
const hour = 60 * minute;
/** Before the world's first visit: cheap to count here, and with Google five years cost 27 tokens. */
const longAgo = (index: number) =>
  `(range: { start: "${addDays('2015-08-14', index)}", end: "${addDays('2019-06-01', index)}" })`;
const ask = (gateway: RecordedGateway, on: string) =>
  gateway.ask<ProductAnswer>(
    `{ product(id: "shop-red-shoe-1") { googleAnalytics${on} { pageViews freshness { state } } partner { orders } } }`,
  );
const today = '(range: { preset: TODAY })';

interface Drained {
  gateway: RecordedGateway;
  clock: FakeClock;
  /** What was answered under load, in order. */
  answers: Answer<ProductAnswer>[];
}

/** Twelve clients ask again and again, each for other days every time, until well after the ledger has said stop. */
async function drain(): Promise<Drained> {
  const clock = createFakeClock('2026-01-15T12:00:00.000Z');
  const gateway = await ownGateway({ clock, quotaLimits: { tokensPerProjectPerHour: 2_000 } });
  await ask(gateway, today);
  const answers: Answer<ProductAnswer>[] = [];
  let next = 0;
  const client = async () => {
    for (let round = 0; round < 12; round += 1) {
      next += 1;
      answers.push(await ask(gateway, longAgo(next)));
    }
  };
  await Promise.all(Array.from({ length: 12 }, client));
  return { gateway, clock, answers };
}

const isGoogleCall = (event: { type: string; source?: string }) =>
  event.type === 'call.started' && event.source === 'googleAnalytics';

describe('the tokens of an hour', () => {
  test('are never drained to the end: no call follows once the ledger says stop', async () => {
    const { gateway, answers } = await drain();
    const stopped = gateway.events.findIndex((event) => event.type === 'quota.read' && event.remaining < 280);
    expect(stopped).toBeGreaterThan(0);
    expect(gateway.events.slice(stopped).filter(isGoogleCall)).toEqual([]);
    expect(gateway.events.slice(0, stopped).filter(isGoogleCall).length).toBe(gateway.asked().length);
    // Google itself never had to refuse one.
    const failures = gateway.events.filter((event) => event.type === 'call.finished' && event.failure !== null);
    expect(failures).toEqual([]);
    const { calls } = await gateway.google.stats();
    expect(calls).toBe(gateway.asked().length);
    expect(answers.filter(({ errors }) => errors === undefined).length).toBeGreaterThan(0);
  });

  test('when they are nearly gone: what is new says which bucket and when, and the partner is there', async () => {
    const { gateway, answers } = await drain();
    const refused = [...answers.filter(({ errors }) => errors !== undefined), await ask(gateway, longAgo(500))];
    expect(refused.length).toBeGreaterThan(1);
    for (const { status, data, errors } of refused) {
      expect(status).toBe(200);
      expect(data.product).toEqual({ googleAnalytics: null, partner: { orders: expect.any(Number) } });
      expect(errors).toHaveLength(1);
      const extensions = errors?.[0]?.extensions ?? {};
      expect(extensions).toMatchObject({
        code: 'SOURCE_QUOTA_EXHAUSTED',
        source: 'googleAnalytics',
        bucket: 'tokensPerProjectPerHour',
        retryable: true,
      });
      expect(Number(extensions['retryAfterMs'])).toBeGreaterThan(0);
      expect(Number(extensions['retryAfterMs'])).toBeLessThanOrEqual(hour);
    }
  });

  test('meanwhile: what is known is shown, STALE, without a call', async () => {
    const { gateway, clock } = await drain();
    const before = gateway.asked().length;
    await clock.advance(45 * minute);
    for (let time = 0; time < 3; time += 1) {
      const { data, errors } = await ask(gateway, today);
      expect(errors).toBeUndefined();
      expect(data.product.googleAnalytics).toEqual({
        pageViews: expect.any(Number),
        freshness: { state: 'STALE' },
      });
    }
    expect(gateway.asked().length).toBe(before);
  });

  test('when they are back: everything is asked again', async () => {
    const { gateway, clock } = await drain();
    await clock.advance(hour + minute);
    const { errors } = await ask(gateway, longAgo(600));
    expect(errors).toBeUndefined();
    const revived = await ask(gateway, '(range: { preset: TODAY }, maxAgeMs: 0)');
    expect(revived.errors).toBeUndefined();
    expect(revived.data.product.googleAnalytics?.freshness).toEqual({ state: 'FRESH' });
  });

  test('are kept for those who wait, when few are left: nobody is asked in the background', async () => {
    const clock = createFakeClock('2026-01-15T12:00:00.000Z');
    const gateway = await ownGateway({ clock, quotaLimits: { tokensPerProjectPerHour: 1_000 } });
    await ask(gateway, today);
    await clock.advance(45 * minute);
    const before = gateway.asked().length;
    const { data } = await ask(gateway, today);
    expect(data.product.googleAnalytics?.freshness).toEqual({ state: 'STALE' });
    await clock.advance(minute);
    expect(gateway.asked().length).toBe(before);
    const { errors } = await ask(gateway, longAgo(1));
    expect(errors).toBeUndefined();
    expect(gateway.asked().length).toBe(before + 1);
  });

  test('of another property are its own', async () => {
    const clock = createFakeClock('2026-01-15T12:00:00.000Z');
    const gateway = await ownGateway({ clock, sites: 2 });
    await gateway.google.faults({ keys: ['123456789'], fault: 'quota', bucket: 'tokensPerProjectPerHour', times: 1 });
    const site = (id: string) => `{ site(id: "${id}") { googleAnalytics { sessions } } }`;
    expect((await gateway.ask(site('shop'))).errors).toHaveLength(1);
    expect((await gateway.ask(site('outlet'))).errors).toBeUndefined();
    const calls = gateway.asked().length;
    expect((await gateway.ask(site('shop'))).errors).toHaveLength(1);
    expect(gateway.asked().length).toBe(calls);
  });
});

describe('the tokens of a day', () => {
  test('return at midnight in California', async () => {
    const clock = createFakeClock('2026-01-15T12:00:00.000Z');
    const gateway = await ownGateway({ clock });
    await gateway.google.faults({ keys: '*', fault: 'quota', bucket: 'tokensPerDay', times: 1 });
    const { errors } = await ask(gateway, longAgo(1));
    const { bucket, retryAfterMs } = errors?.[0]?.extensions ?? {};
    expect(bucket).toBe('tokensPerDay');
    expect(Math.abs(Number(retryAfterMs) - 20 * hour)).toBeLessThan(minute);
    await clock.advance(19 * hour);
    expect((await ask(gateway, longAgo(2))).errors).toHaveLength(1);
    expect(gateway.asked()).toHaveLength(1);
    await clock.advance(hour + minute);
    expect((await ask(gateway, longAgo(3))).errors).toBeUndefined();
  });
});

describe('server errors', () => {
  test('of which ten in an hour lock the property, are not made more by asking', async () => {
    const clock = createFakeClock('2026-01-15T12:00:00.000Z');
    const gateway = await ownGateway({ clock });
    await gateway.google.faults({ keys: '*', fault: 'unavailable', status: 500 });
    for (let index = 0; index < 30; index += 1) {
      const { errors } = await ask(gateway, longAgo(index));
      expect(errors).toHaveLength(1);
      await clock.advance(90_000);
    }
    expect(gateway.asked().length).toBeLessThan(10);
  });
});

describe('too many requests at once', () => {
  /** 100 ranges are 25 reports, and so 5 calls. */
  const hundred = (offset: number) => {
    const fields = Array.from(
      { length: 100 },
      (_, index) => `r${index}: googleAnalytics${longAgo(offset + index)} { pageViews }`,
    );
    return `{ product(id: "shop-red-shoe-1") { ${fields.join(' ')} } }`;
  };

  test('make fewer of them go at once, and no figure is lost', async () => {
    const gateway = await ownGateway({ quotaLimits: { concurrentRequests: 2 } });
    await gateway.google.faults({ keys: '*', fault: 'latency', ms: 50 });
    const first = await gateway.ask(hundred(0));
    for (const { extensions } of first.errors ?? []) {
      expect(extensions).toMatchObject({ code: 'SOURCE_QUOTA_EXHAUSTED', bucket: 'concurrentRequests' });
    }
    const failures = gateway.events.filter((event) => event.type === 'call.finished' && event.failure !== null);
    expect(failures.length).toBeGreaterThan(0);
    await gateway.google.reset();
    await gateway.google.faults({ keys: '*', fault: 'latency', ms: 50 });
    const second = await gateway.ask(hundred(200));
    expect(second.errors).toBeUndefined();
    expect((await gateway.google.stats()).maxInFlight).toBeLessThanOrEqual(2);
  });
});

describe('what is left', () => {
  const sources = '{ sources { name quotaRemaining } }';

  test('is told by Query.sources and by the trace, as soon as Google has said it', async () => {
    const gateway = await ownGateway({});
    const unknown = await gateway.ask(sources);
    expect(unknown.errors).toBeUndefined();
    expect(unknown.data).toEqual({
      sources: expect.arrayContaining([
        { name: 'googleAnalytics', quotaRemaining: null },
        { name: 'partner', quotaRemaining: null },
      ]),
    });
    const { extensions } = await ask(gateway, '(range: { preset: YESTERDAY })');
    expect(extensions.sources['googleAnalytics']).toMatchObject({ calls: 1, quota: 13_999 });
    expect((await gateway.ask(sources)).data).toEqual({
      sources: expect.arrayContaining([
        { name: 'googleAnalytics', quotaRemaining: 13_999 },
        { name: 'partner', quotaRemaining: null },
      ]),
    });
  });
});
