import { afterEach, describe, expect, test } from '@jest/globals';
import { addDays } from '../../src/demo/days.js';
import { createFakeClock } from '../helpers/fakeClock.js';
import type { GatewayOptions } from '../helpers/gateway.js';
import { type RecordedGateway, startRecordedGateway } from '../helpers/recordedGateway.js';
import { withLimits } from '../helpers/tableGateway.js';

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

/** Before the world's first visit: cheap to count here, and with Google five years cost 27 tokens. */
const longAgo = (index: number) =>
  `(range: { start: "${addDays('2015-08-14', index)}", end: "${addDays('2019-06-01', index)}" })`;
const ask = (gateway: RecordedGateway, on: string) =>
  gateway.ask<ProductAnswer>(
    `{ product(id: "shop-red-shoe-1") { googleAnalytics${on} { pageViews freshness { state } } partner { orders } } }`,
  );

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
    const configure = withLimits({ aliases: 100, maxReports: 25 });
    const gateway = await ownGateway({ quotaLimits: { concurrentRequests: 2 }, configure });
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

  test('is told to Prometheus, beside what was used', async () => {
    const gateway = await ownGateway({});
    const scrape = async () => (await fetch(new URL('/metrics', gateway.url))).text();
    expect(await scrape()).not.toMatch(/^gateway_source_quota_tokens\{/m);
    await ask(gateway, '(range: { preset: YESTERDAY })');
    const text = await scrape();
    expect(text).toContain('gateway_source_quota_tokens{source="googleAnalytics"} 13999');
    expect(text).toContain('gateway_source_quota_tokens_total{source="googleAnalytics"} 1');
  });
});
