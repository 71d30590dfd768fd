import { describe, expect, test } from '@jest/globals';
import { GatewayError } from '../../../src/errors.js';
import type { PartnerKey } from '../../../src/sources/partner/loader.js';
import {
  createLoaderBench,
  createProduct,
  createSite,
  december,
  january,
  summaryOf,
} from '../../helpers/loaderBench.js';

const site = createSite('shop');
const product = createProduct(site, 1);
const whole: PartnerKey = { product, site, range: january, maxWaitMs: null, maxAgeMs: null };

describe('a request for a summary of the partner', () => {
  test('is one call, however many fields of one request want it, impatient ones among them', async () => {
    const { request, summaries, clock } = createLoaderBench();
    const { partner } = request();
    const patient = [partner.load(whole), partner.load(whole)];
    const impatient = partner.load({ ...whole, maxWaitMs: 500 });
    await clock.advance(500);
    expect(await impatient).toEqual({ freshness: { state: 'PENDING', asOf: null } });
    expect(summaries).toHaveLength(1);
    summaries[0]?.answer(summaryOf('P-1', { orders: 7 }));
    for (const summary of patient) expect(await summary).toMatchObject({ orders: 7, freshness: { state: 'FRESH' } });
  });

  test('for other days is another call', async () => {
    const { request, summaries, clock } = createLoaderBench();
    const { partner } = request();
    void partner.load(whole);
    void partner.load({ ...whole, range: december });
    await clock.advance(0);
    expect(summaries.map((call) => call.request.range)).toEqual([january, december]);
  });

  test('for a product that the partner does not know is null, without a call', async () => {
    const { request, summaries } = createLoaderBench();
    expect(await request().partner.load({ ...whole, product: { ...product, partnerId: null } })).toBeNull();
    expect(summaries).toEqual([]);
  });

  test('finds every figure of it the next time, whichever were selected the first time', async () => {
    const { request, summaries, clock } = createLoaderBench();
    void request('first').partner.load(whole);
    await clock.advance(0);
    summaries[0]?.answer(summaryOf('P-1', { orders: 7, clicks: 9 }));
    await clock.advance(0);
    expect(await request('second').partner.load(whole)).toMatchObject({ orders: 7, clicks: 9, revenue: '1.00' });
    expect(summaries).toHaveLength(1);
  });

  test('settles by itself: a slow product delays no other', async () => {
    const { request, summaries, clock } = createLoaderBench();
    const { partner } = request();
    let isThere = false;
    void Promise.resolve(partner.load(whole)).then(() => {
      isThere = true;
    });
    const quick = partner.load({ ...whole, product: createProduct(site, 2) });
    await clock.advance(0);
    summaries[1]?.answer(summaryOf('P-2', { orders: 2 }));
    expect(await quick).toMatchObject({ orders: 2 });
    expect(isThere).toBe(false);
  });
});

describe('a summary with a figure that is no number', () => {
  test('is shown with the error in its place, and asked for again soon', async () => {
    const { request, summaries, clock } = createLoaderBench();
    const first = request('first').partner.load(whole);
    await clock.advance(0);
    summaries[0]?.answer(summaryOf('P-1', { orders: 'many' }));
    expect(await first).toMatchObject({ orders: expect.any(GatewayError), clicks: 1, freshness: { state: 'FRESH' } });
    await clock.advance(30_000);
    const second = request('second').partner.load(whole);
    await clock.advance(0);
    summaries[1]?.answer(summaryOf('P-1', { orders: 7 }));
    expect(await second).toMatchObject({ orders: 7 });
  });

  test('does not take the place of the whole one that was there before', async () => {
    const { request, summaries, clock } = createLoaderBench();
    void request('first').partner.load(whole);
    await clock.advance(0);
    summaries[0]?.answer(summaryOf('P-1', { orders: 7 }));
    await clock.advance(700_000);
    await request('second').partner.load(whole);
    await clock.advance(0);
    summaries[1]?.answer(summaryOf('P-1', { orders: 'many' }));
    await clock.advance(0);
    expect(await request('third').partner.load(whole)).toMatchObject({ orders: 7, freshness: { state: 'STALE' } });
    expect(summaries).toHaveLength(2);
  });
});

describe('summaries that are expected', () => {
  test('have a connection each while nothing is known of the cache', () => {
    const { request, prepared } = createLoaderBench();
    request().partner.expect(20);
    expect(prepared).toEqual([20]);
  });

  test('have fewer connections, the more of the others were in the cache', async () => {
    const { request, summaries, clock, prepared } = createLoaderBench();
    const first = request('first').partner.load(whole);
    await clock.advance(0);
    summaries[0]?.answer(summaryOf('P-1', {}));
    await first;
    for (const name of ['second', 'third', 'fourth']) await request(name).partner.load(whole);
    request('fifth').partner.expect(20);
    expect(prepared).toEqual([5]);
  });

  test('have none while the partner takes no calls', () => {
    const { request, prepared, partnerState } = createLoaderBench();
    partnerState.takesCalls = false;
    request().partner.expect(20);
    expect(prepared).toEqual([]);
  });
});
