import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { createSnapshot } from '../../src/catalog/catalog.js';
import { ownSchemaFile } from '../../src/config.js';
import { createColumns } from '../../src/schema/columns.js';
import type { Context } from '../../src/schema/context.js';
import { readSchema } from '../../src/schema/schema.js';
import { loadTable } from '../../src/table/table.js';
import { createProduct, createSite } from '../helpers/catalogParts.js';
import { createFakeClock } from '../helpers/fakeClock.js';
import { createOrder } from '../helpers/tableParts.js';

const own = { file: 'schema.graphql', text: readFileSync(ownSchemaFile, 'utf8') };
const range = { start: '2026-01-01', end: '2026-01-28' };

describe('a ratio of the partner alone', () => {
  const line = '  "What an order is worth."\n  perOrder: Float @ratio(of: "partner.revenue", per: "partner.orders")\n';
  const text = own.text.replace('type CombinedSummary {\n', (head) => head + line);
  const { figures } = readSchema({ file: 'my.graphql', text }, own, { googleAnalytics: true, partner: true });
  const site = createSite();
  const products = ['a', 'b'].map((id) => createProduct(id));
  const freshness = { state: 'FRESH', asOf: new Date(0) } as const;

  /** The order by revenue for each order, where the partner names these currencies. */
  async function order(currencies: Record<string, string>): Promise<string[]> {
    const context: Context = {
      requestId: 'a request',
      viewer: 'everybody',
      now: Date.parse('2026-02-01T12:00:00Z'),
      catalog: createSnapshot([site], products),
      figures,
      limits: { first: 100, ids: 100, maxPartnerCalls: 100, maxReports: 10 },
      deadlineMs: 30_000,
      elapsedMs: () => 0,
      planning: null,
      googleAnalytics: null,
      partner: {
        hasRange: true,
        expect() {},
        load: async ({ product: { id } }) => ({
          revenue: id === 'a' ? '100.00' : '90.00',
          orders: 10,
          currency: currencies[id] ?? null,
          freshness,
        }),
      },
      sources: () => [],
    };
    const by = { home: 'combined', figure: 'perOrder', type: 'Float', range } as const;
    const loads = createColumns({ site, context, maxWaitMs: null, ahead: [] });
    const request = { all: products, isChosen: () => true, condition: null, order: createOrder(by, 'DESC') };
    return (await loadTable(request, loads)).ranking.rows.map(({ product }) => product.id);
  }

  test('orders products, in whatever currency, if it is the same', async () => {
    expect(await order({ a: 'EUR', b: 'EUR' })).toEqual(['a', 'b']);
    expect(await order({ a: 'USD', b: 'USD' })).toEqual(['a', 'b']);
  });

  test('does not compare an amount of one currency with one of another', async () => {
    await expect(order({ a: 'JPY', b: 'EUR' })).rejects.toMatchObject({
      code: 'BAD_USER_INPUT',
      message: expect.stringContaining('EUR and JPY'),
    });
  });

  test('knows no place for an amount of nobody knows what', async () => {
    expect(await order({ b: 'EUR' })).toEqual(['b', 'a']);
  });
});

describe('the patience of a list', () => {
  const { figures } = readSchema(own, own, { googleAnalytics: true, partner: true });
  const products = [createProduct('a')];

  test('is one for all that is loaded for it, one after the other', async () => {
    const clock = createFakeClock();
    const waits: unknown[] = [];
    const begin = clock.monotonic();
    const context: Context = {
      requestId: 'a request',
      viewer: 'everybody',
      now: clock.now(),
      catalog: createSnapshot([createSite()], products),
      figures,
      limits: { first: 100, ids: 100, maxPartnerCalls: 100, maxReports: 10 },
      deadlineMs: 30_000,
      elapsedMs: () => clock.monotonic() - begin,
      planning: null,
      googleAnalytics: null,
      partner: {
        hasRange: true,
        expect() {},
        async load({ maxWaitMs }) {
          waits.push(maxWaitMs);
          await clock.advance(600);
          return { orders: 1, freshness: { state: 'FRESH', asOf: new Date(0) } };
        },
      },
      sources: () => [],
    };
    const { load } = createColumns({ site: createSite(), context, maxWaitMs: 1_000, ahead: [] });
    for (const end of ['2026-01-01', '2026-01-02', '2026-01-03']) {
      await load(products, [
        { home: 'partner', figure: 'orders', type: 'SafeInt', range: { start: '2026-01-01', end } },
      ]);
    }
    expect(waits).toEqual([1_000, 400, 0]);
  });
});

describe('a list of 5,000 products', () => {
  const { figures } = readSchema(own, own, { googleAnalytics: true, partner: true });
  const products = Array.from({ length: 5_000 }, (_, index) => createProduct(`p${index}`));
  const freshness = { state: 'FRESH', asOf: new Date(0) } as const;

  /** How many of them were asked for when the event loop first came to somebody else, and in the end. */
  async function load(orders: number | Promise<number>): Promise<[first: number, all: number]> {
    let asked = 0;
    const answer = (value: number) => ({ orders: value, freshness });
    const context: Context = {
      requestId: 'a request',
      viewer: 'everybody',
      now: Date.parse('2026-02-01T12:00:00Z'),
      catalog: createSnapshot([createSite()], products),
      figures,
      limits: { first: 100, ids: 100, maxPartnerCalls: 100, maxReports: 10 },
      deadlineMs: 30_000,
      elapsedMs: () => 0,
      planning: null,
      googleAnalytics: null,
      partner: {
        hasRange: true,
        expect() {},
        load() {
          asked += 1;
          return orders instanceof Promise ? orders.then(answer) : answer(orders);
        },
      },
      sources: () => [],
    };
    const first = new Promise<number>((resolve) => setImmediate(() => resolve(asked)));
    const { load: loadColumns } = createColumns({ site: createSite(), context, maxWaitMs: null, ahead: [] });
    await loadColumns(products, [{ home: 'partner', figure: 'orders', type: 'SafeInt', range }]);
    return [await first, asked];
  }

  test('gives way to others in between where its figures are at hand', async () => {
    const [first, all] = await load(1);
    expect(first).toBeGreaterThan(0);
    expect(first).toBeLessThan(3_000);
    expect(all).toBe(5_000);
  });

  test('is asked for without a break where they are not, so that they share their reports', async () => {
    expect(await load(Promise.resolve(1))).toEqual([5_000, 5_000]);
  });
});
