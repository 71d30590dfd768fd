import { describe, expect, test } from '@jest/globals';
import type { Product } from '../../../src/catalog/catalog.js';
import { GatewayError } from '../../../src/errors.js';
import {
  createLoaderBench,
  createProduct,
  createSite,
  december,
  january,
  metric,
  reportOf,
} from '../../helpers/loaderBench.js';

const site = createSite('shop');
const [one, two, three] = [1, 2, 3].map((number) => createProduct(site, number)) as [Product, Product, Product];
const numberOf = (key: string, name: string) => 10 * Number(key.slice(-1)) + name.length;

/** Loads as a request of its own, and says what was asked and what came. */
function createBench() {
  const bench = createLoaderBench();
  let requests = 0;
  return {
    ...bench,
    load(
      products: readonly Product[],
      names: readonly string[],
      { range = january, maxAgeMs = null as null | 0 } = {},
    ) {
      requests += 1;
      const { google } = bench.request(`request ${requests}`);
      const figures = names.map(metric);
      return Promise.all(products.map((product) => google.load({ product, site, range, figures, maxAgeMs })));
    },
    /** Answers what is on its way, as Google would. */
    async answerAll() {
      await bench.clock.advance(0);
      for (const call of bench.reports) call.answer(reportOf(call.request, numberOf));
      await bench.clock.advance(0);
    },
    asked: () => bench.reports.map(({ request: { keys, metrics } }) => ({ keys, metrics })),
  };
}

describe('a request for figures of Google Analytics', () => {
  test('is one report for all of its products', async () => {
    const { load, answerAll, asked } = createBench();
    const loaded = load([one, two], ['pageViews', 'sessions']);
    await answerAll();
    expect(asked()).toEqual([{ keys: ['/p/1', '/p/2'], metrics: ['screenPageViews', 'sessions'] }]);
    expect(await loaded).toMatchObject([
      { pageViews: 25, sessions: 18 },
      { pageViews: 35, sessions: 28 },
    ]);
  });

  test('asks only for the metric that no earlier one had', async () => {
    const { load, answerAll, asked } = createBench();
    void load([one, two], ['pageViews', 'sessions']);
    await answerAll();
    const second = load([one, two], ['pageViews', 'sessions', 'eventCount']);
    await answerAll();
    expect(asked().slice(1)).toEqual([{ keys: ['/p/1', '/p/2'], metrics: ['eventCount'] }]);
    expect(await second).toMatchObject([{ pageViews: 25, eventCount: 20, freshness: { state: 'FRESH' } }, {}]);
  });

  test('asks only for the product that no earlier one had', async () => {
    const { load, answerAll, asked } = createBench();
    void load([one, two], ['pageViews']);
    await answerAll();
    void load([one, two, three], ['pageViews']);
    await answerAll();
    expect(asked().slice(1)).toEqual([{ keys: ['/p/3'], metrics: ['screenPageViews'] }]);
  });

  test('for other days asks for all of them', async () => {
    const { load, answerAll, asked } = createBench();
    void load([one], ['pageViews']);
    await answerAll();
    void load([one], ['pageViews'], { range: december });
    await answerAll();
    expect(asked()).toHaveLength(2);
  });

  test('joins a report that is on its way, and asks for the rest when that has come', async () => {
    const { load, answerAll, asked, clock } = createBench();
    const first = load([one], ['pageViews']);
    await clock.advance(0);
    const second = load([one, two], ['pageViews', 'eventCount']);
    await clock.advance(0);
    expect(asked()).toEqual([{ keys: ['/p/1'], metrics: ['screenPageViews'] }]);
    await answerAll();
    await answerAll();
    expect(asked()).toHaveLength(2);
    expect([...(await first), ...(await second)]).toMatchObject([
      { pageViews: 25 },
      { pageViews: 25, eventCount: 20 },
      { pageViews: 35, eventCount: 30 },
    ]);
  });

  test('with 0 as the oldest age asks again, and shows what there is as STALE', async () => {
    const { load, answerAll, asked, clock } = createBench();
    void load([one], ['pageViews']);
    await answerAll();
    await clock.advance(1_000);
    expect(await load([one], ['pageViews'], { maxAgeMs: 0 })).toMatchObject([
      { pageViews: 25, freshness: { state: 'STALE' } },
    ]);
    await answerAll();
    expect(asked()).toHaveLength(2);
  });

  test('is as fresh as the oldest of its figures', async () => {
    const { load, answerAll, clock } = createBench();
    void load([one], ['pageViews']);
    await answerAll();
    const oldest = new Date(clock.now());
    await clock.advance(60_000);
    const both = load([one], ['pageViews', 'eventCount']);
    await answerAll();
    expect(await both).toMatchObject([{ freshness: { state: 'FRESH', asOf: oldest } }]);
  });

  test('for a product that Google does not know is null, without a report', async () => {
    const { load, answerAll, asked } = createBench();
    const loaded = load([{ ...one, googleAnalyticsKeys: [] }], ['pageViews']);
    await answerAll();
    expect([await loaded, asked()]).toEqual([[null], []]);
  });
});

describe('a figure that Google sends as no number', () => {
  test('is an error of this figure, and is asked for again soon, alone', async () => {
    const { load, answerAll, asked, reports, clock } = createBench();
    const first = load([one], ['pageViews', 'eventCount']);
    await clock.advance(0);
    reports[0]?.answer(
      reportOf(reports[0].request, (key, name) => (name === 'eventCount' ? NaN : numberOf(key, name))),
    );
    expect(await first).toMatchObject([{ pageViews: 25, eventCount: expect.any(GatewayError) }]);
    expect(await load([one], ['eventCount'])).toMatchObject([{ eventCount: expect.any(GatewayError) }]);
    expect(asked()).toHaveLength(1);
    await clock.advance(30_000);
    const second = load([one], ['pageViews', 'eventCount']);
    await answerAll();
    expect(asked().slice(1)).toEqual([{ keys: ['/p/1'], metrics: ['eventCount'] }]);
    expect(await second).toMatchObject([{ pageViews: 25, eventCount: 20 }]);
  });
});
