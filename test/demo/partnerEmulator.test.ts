import { afterEach, describe, expect, test } from '@jest/globals';
import type { Emulator } from '../../src/demo/emulatorServer.js';
import { createPartnerEmulator, type PartnerEmulatorOptions } from '../../src/demo/partnerEmulator.js';
import type { DemoWorld, PartnerNumbers } from '../../src/demo/seed.js';
import { createFakeClock } from '../helpers/fakeClock.js';

const numbers: Record<string, PartnerNumbers> = {
  'P-1': { impressions: 12_345, clicks: 678, orders: 9, revenueCents: 123_450, currency: 'EUR' },
  'P-2': { impressions: 1, clicks: 0, orders: 0, revenueCents: 5, currency: 'JPY' },
};

const world: DemoWorld = {
  sites: [
    {
      id: 'shop',
      name: 'Shop',
      timeZone: 'Europe/Berlin',
      currency: 'EUR',
      googleAnalytics: null,
      partnerApiKey: 'key-of-the-shop',
    },
  ],
  products: [null, ...Object.keys(numbers)].map((partnerId) => ({
    id: `product-${partnerId}`,
    name: 'Product',
    siteId: 'shop',
    googleAnalyticsKeys: [],
    partnerId,
  })),
  visits: () => [],
  partnerNumbers: (id, range) =>
    Object.hasOwn(numbers, id) && numbers[id]
      ? { ...numbers[id], ...(range && { orders: Date.parse(range.end) - Date.parse(range.start) }) }
      : undefined,
};

const cleanUp: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const undo of cleanUp.splice(0)) await undo();
});

async function start(options: Partial<PartnerEmulatorOptions> = {}): Promise<Emulator> {
  const emulator = await createPartnerEmulator({
    world,
    clock: createFakeClock('2026-05-01T10:30:00.000Z'),
    apiKey: 'secret-key',
    latency: { minMs: 0, maxMs: 0 },
    seed: 1,
    ...options,
  });
  cleanUp.push(() => emulator.close());
  return emulator;
}

function ask(emulator: Emulator, query: Record<string, string>, key: string | null = 'secret-key'): Promise<Response> {
  const parameters = new URLSearchParams({ ...query, ...(key !== null && { api_key: key }) });
  return fetch(`${emulator.url}/summary?${parameters}`);
}

async function spoil(emulator: Emulator, ...rules: Record<string, unknown>[]): Promise<void> {
  const body = JSON.stringify(rules.map((rule) => ({ keys: '*', ...rule })));
  expect((await fetch(`${emulator.url}/__faults`, { method: 'POST', body })).status).toBe(200);
}

describe('the partner answers', () => {
  test('what it knows of a product, with the revenue as a decimal string', async () => {
    const response = await ask(await start(), { product: 'P-1' });
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'application/json']);
    expect(await response.json()).toEqual({
      product: 'P-1',
      impressions: 12_345,
      clicks: 678,
      orders: 9,
      revenue: '1234.50',
      currency: 'EUR',
      updatedAt: expect.stringMatching(/^2026-05-01T(09|10):\d\d:00\.000Z$/),
    });
  });

  test('two decimals for an amount below one, in a currency without decimals', async () => {
    expect(await (await ask(await start(), { product: 'P-2' })).json()).toMatchObject({
      revenue: '0.05',
      currency: 'JPY',
    });
  });

  test('for the days that were asked for, both included', async () => {
    const range = { from: '2026-04-01', to: '2026-04-01' };
    expect(await (await ask(await start(), { product: 'P-1', ...range })).json()).toMatchObject({ orders: 0 });
  });

  test('when it counted last, which is within the last hour and moves with the clock', async () => {
    const clock = createFakeClock();
    const emulator = await start({ clock });
    const ages: number[] = [];
    const times = new Set<string>();
    for (let quarter = 0; quarter < 8; quarter += 1) {
      const { updatedAt } = (await (await ask(emulator, { product: 'P-1' })).json()) as { updatedAt: string };
      ages.push(clock.now() - Date.parse(updatedAt));
      times.add(updatedAt);
      await clock.advance(15 * 60_000);
    }
    expect(Math.min(...ages)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...ages)).toBeLessThan(60 * 60_000);
    expect(times.size).toBeLessThanOrEqual(3);
  });
});

describe('the partner refuses', () => {
  test.each([null, '', 'wrong-key'])('the key %p with 401, and does not repeat it', async (key) => {
    const response = await ask(await start(), { product: 'P-1' }, key);
    expect([response.status, await response.text()]).toEqual([401, '{"error":"The API key is missing or wrong."}']);
  });

  test('no key that a site has of its own', async () => {
    expect((await ask(await start(), { product: 'P-1' }, 'key-of-the-shop')).status).toBe(200);
  });

  test.each(['P-3', '', '__proto__'])('an unknown product %p with 404', async (product) => {
    const response = await ask(await start(), { product });
    expect([response.status, await response.json()]).toEqual([404, { error: 'The product is unknown.' }]);
  });

  test.each([
    { from: '2026-04-01' },
    { to: '2026-04-01' },
    { from: '2026-02-01', to: '2026-02-30' },
    { from: '2026-04-02', to: '2026-04-01' },
    { from: 'yesterday', to: 'today' },
    { from: '', to: '' },
  ])('the dates %p with 400', async (dates) => {
    expect((await ask(await start(), { product: 'P-1', ...dates })).status).toBe(400);
  });
});

describe('the partner takes its time', () => {
  async function millisecondsOf(emulator: Emulator, product: string): Promise<number> {
    const start = performance.now();
    await (await ask(emulator, { product })).text();
    return performance.now() - start;
  }

  test('between the bounds, and answers different products at the same time', async () => {
    const emulator = await start({ latency: { minMs: 60, maxMs: 120 } });
    const [first = 0, second = 0] = await Promise.all(['P-1', 'P-2'].map((id) => millisecondsOf(emulator, id)));
    expect(Math.min(first, second)).toBeGreaterThanOrEqual(59);
    expect(await (await fetch(`${emulator.url}/__stats`)).json()).toEqual({
      calls: 2,
      maxInFlight: 2,
      byKey: { 'P-1': 1, 'P-2': 1 },
    });
  });

  test('and the same product the same time, which another seed changes', async () => {
    const latency = { minMs: 0, maxMs: 1_000 };
    const quickest: string[] = [];
    for (const seed of [1, 1, 4]) {
      const emulator = await start({ latency, seed });
      quickest.push(await Promise.race(['P-1', 'P-2'].map((id) => millisecondsOf(emulator, id).then(() => id))));
      await emulator.close();
    }
    expect(quickest).toEqual(['P-1', 'P-1', 'P-2']);
  });

  test('unless a latency fault sets another one', async () => {
    const emulator = await start({ latency: { minMs: 60_000, maxMs: 60_000 } });
    await spoil(emulator, { fault: 'latency', ms: 1 });
    expect((await ask(emulator, { product: 'P-1' })).status).toBe(200);
  });
});

describe('the partner goes wrong', () => {
  test.each([
    [{ value: '1,234' }, '"1,234"'],
    [{ value: null }, 'null'],
    [{ value: -1 }, '-1'],
    [{ value: { deep: [] } }, '{"deep":[]}'],
    [{ json: '1e999' }, '1e999'],
    [{ json: '9007199254740993' }, '9007199254740993'],
  ])('with a number that is %p', async (option, text) => {
    const emulator = await start();
    await spoil(emulator, { fault: 'number', ...option });
    expect(await (await ask(emulator, { product: 'P-1' })).text()).toContain(
      `{"product":"P-1","impressions":${text},"clicks":${text},"orders":${text},"revenue":${text},"currency":"EUR",`,
    );
  });

  test('with numbers that are missing', async () => {
    const emulator = await start();
    await spoil(emulator, { fault: 'number' });
    expect(Object.keys((await (await ask(emulator, { product: 'P-1' })).json()) as object)).toEqual([
      'product',
      'currency',
      'updatedAt',
    ]);
  });

  test("with another product's answer", async () => {
    const emulator = await start();
    await spoil(emulator, { fault: 'mismatch', keys: ['P-1'] });
    expect(await (await ask(emulator, { product: 'P-1' })).json()).toMatchObject({ product: 'P-2', revenue: '0.05' });
    expect(await (await ask(emulator, { product: 'P-2' })).json()).toMatchObject({ product: 'P-2' });
  });

  test('as every source can', async () => {
    const emulator = await start({ latency: { minMs: 60_000, maxMs: 60_000 } });
    await spoil(emulator, { fault: 'status', status: 429, retryAfter: 7, keys: ['P-1'] }, { fault: 'truncate' });
    const limited = await ask(emulator, { product: 'P-1' });
    expect([limited.status, limited.headers.get('retry-after')]).toEqual([429, '7']);
    await expect(ask(emulator, { product: 'P-2' }).then((response) => response.text())).rejects.toThrow();
  });
});
