import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { addDays } from '../../src/demo/days.js';
import { createFakeClock, type FakeClock } from '../helpers/fakeClock.js';
import type { Answer, GatewayOptions } from '../helpers/gateway.js';
import { type RecordedGateway, startRecordedGateway } from '../helpers/recordedGateway.js';
import { until } from '../helpers/until.js';

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

const isGoogleCall = (event: { type: string; source?: string }) =>
  event.type === 'call.started' && event.source === 'googleAnalytics';

/** Twelve clients ask again and again, each for other days every time, until well after the ledger has said stop. */
async function drain(gateway: RecordedGateway): Promise<Answer<ProductAnswer>[]> {
  const answers: Answer<ProductAnswer>[] = [];
  let next = 0;
  const client = async () => {
    for (let round = 0; round < 12; round += 1) {
      next += 1;
      answers.push(await ask(gateway, longAgo(next)));
    }
  };
  await Promise.all(Array.from({ length: 12 }, client));
  return answers;
}

/** One story, told in the order of its tests. */
describe('the tokens of an hour, under load', () => {
  let gateway: RecordedGateway;
  let clock: FakeClock;
  let answers: Answer<ProductAnswer>[];

  beforeAll(async () => {
    clock = createFakeClock('2026-01-15T12:00:00.000Z');
    gateway = await startRecordedGateway({ products: 2, clock, quotaLimits: { tokensPerProjectPerHour: 2_000 } });
    await ask(gateway, today);
    answers = await drain(gateway);
  });
  afterAll(() => gateway.close());

  test('are never drained to the end: no call follows once the ledger says stop', async () => {
    const stopped = gateway.events.findIndex((event) => event.type === 'quota.read' && event.remaining < 280);
    expect(stopped).toBeGreaterThan(0);
    expect(gateway.events.slice(stopped).filter(isGoogleCall)).toEqual([]);
    expect(gateway.events.slice(0, stopped).filter(isGoogleCall).length).toBe(gateway.asked().length);
    // Google itself never had to refuse one.
    const failures = gateway.events.filter((event) => event.type === 'call.finished' && event.failure !== null);
    expect(failures).toEqual([]);
    expect((await gateway.google.stats()).calls).toBe(gateway.asked().length);
    expect(answers.filter(({ errors }) => errors === undefined).length).toBeGreaterThan(0);
  });

  test('when they are nearly gone: what is new says which bucket and when, and the partner is there', async () => {
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
    const before = gateway.asked().length;
    await clock.advance(45 * minute);
    for (let time = 0; time < 3; time += 1) {
      const { data, errors } = await ask(gateway, today);
      expect(errors).toBeUndefined();
      expect(data.product.googleAnalytics).toEqual({ pageViews: expect.any(Number), freshness: { state: 'STALE' } });
    }
    expect(gateway.asked().length).toBe(before);
  });

  test('when they are back: everything is asked again', async () => {
    await clock.advance(16 * minute);
    expect((await ask(gateway, longAgo(600))).errors).toBeUndefined();
    const before = gateway.asked().length;
    await ask(gateway, today);
    await until(() => gateway.asked().length > before, 'what was stale is asked again');
    await until(
      async () => (await ask(gateway, today)).data.product.googleAnalytics?.freshness.state === 'FRESH',
      'it is fresh',
    );
  });
});

describe('the tokens of an hour', () => {
  test('are kept for those who wait, when few are left: nobody is asked in the background', async () => {
    const clock = createFakeClock('2026-01-15T12:00:00.000Z');
    const gateway = await ownGateway({ clock, quotaLimits: { tokensPerProjectPerHour: 1_000 } });
    await ask(gateway, today);
    const before = gateway.asked().length;
    const stateAfter = async (minutes: number) => {
      await clock.advance(minutes * minute);
      return (await ask(gateway, today)).data.product.googleAnalytics?.freshness.state;
    };
    // Today's figures count as new for 10 minutes, for 40 while few tokens are left.
    expect(await stateAfter(35)).toBe('FRESH');
    expect(await stateAfter(10)).toBe('STALE');
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
