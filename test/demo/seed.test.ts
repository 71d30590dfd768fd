import { describe, expect, test } from '@jest/globals';
import { listDays } from '../../src/demo/days.js';
import { createDemoWorld, type DemoWorld, type Visit } from '../../src/demo/seed.js';

const march = { start: '2025-03-01', end: '2025-03-28' };
const world = createDemoWorld({ products: 40, sites: 2, seed: 1 });

function visitsOf(some: DemoWorld, siteId: string, { start, end } = march): Visit[] {
  return listDays(start, end).flatMap((day) => some.visits(siteId, day));
}

describe('the catalog', () => {
  test('has sites of different zones and currencies, each with its own property', () => {
    const { sites } = createDemoWorld({ products: 1, sites: 3, seed: 1 });
    expect(sites.map(({ id, timeZone, currency }) => [id, timeZone, currency])).toEqual([
      ['shop', 'Europe/Berlin', 'EUR'],
      ['outlet', 'America/New_York', 'USD'],
      ['studio', 'Asia/Tokyo', 'JPY'],
    ]);
    expect(sites.map(({ googleAnalytics }) => googleAnalytics?.property)).toEqual([
      '123456789',
      '234567900',
      '345679011',
    ]);
  });

  test('names products, their pages and their partner ids', () => {
    expect(world.products[0]).toEqual({
      id: 'shop-red-shoe-1',
      name: 'Red Shoe 1',
      siteId: 'shop',
      googleAnalyticsKeys: ['/p/red-shoe-1'],
      partnerId: 'P-1001',
    });
    expect(world.products[40]).toMatchObject({ id: 'outlet-red-shoe-1', partnerId: 'P-2001' });
  });

  test.each([
    { products: 40, sites: 2 },
    { products: 2500, sites: 8 },
  ])('keeps $products products on $sites sites apart by every id', ({ products, sites }) => {
    const large = createDemoWorld({ products, sites, seed: 1 });
    expect(large.products).toHaveLength(products * sites);
    const ids = large.products.map(({ id }) => id);
    const partnerIds = large.products.map(({ partnerId }) => partnerId ?? '');
    expect(new Set(ids).size).toBe(ids.length);
    expect(new Set(partnerIds).size).toBe(partnerIds.length);
    expect([...ids, ...partnerIds].filter((id) => !/^[A-Za-z0-9_-]{1,64}$/.test(id))).toEqual([]);
    expect(large.products.every(({ googleAnalyticsKeys }) => googleAnalyticsKeys.length === 1)).toBe(true);
    expect(new Set(large.sites.map(({ id }) => id)).size).toBe(sites);
  });
});

describe('the visits', () => {
  test('are the same for the same options, whatever was asked before', () => {
    const again = createDemoWorld({ products: 40, sites: 2, seed: 1 });
    visitsOf(again, 'outlet');
    expect(again.visits('shop', '2025-03-05')).toEqual(world.visits('shop', '2025-03-05'));
    const other = createDemoWorld({ products: 40, sites: 2, seed: 2 });
    expect(other.visits('shop', '2025-03-05')).not.toEqual(world.visits('shop', '2025-03-05'));
  });

  test('come about five times a day for each product, with one to five pages', () => {
    const visits = visitsOf(world, 'shop');
    expect(visits.length / (40 * 28)).toBeGreaterThan(4.5);
    expect(visits.length / (40 * 28)).toBeLessThan(5.5);
    expect(new Set(visits.map(({ productIds }) => productIds.length))).toEqual(new Set([1, 2, 3, 4, 5]));
  });

  test('stand in the order of the day', () => {
    const starts = world.visits('shop', '2025-03-05').map(({ startsAt }) => startsAt);
    expect(starts).toEqual([...starts].sort((a, b) => a - b));
    expect(starts.every((start) => start >= 0 && start < 86_400)).toBe(true);
  });

  test('are those of users who come back, but are new only once', () => {
    const visits = visitsOf(world, 'shop');
    const users = new Set(visits.map(({ userId }) => userId));
    expect(users.size).toBeLessThan(0.7 * visits.length);
    const newcomers = visits.filter(({ newUser }) => newUser).map(({ userId }) => userId);
    expect(new Set(newcomers).size).toBe(newcomers.length);
    const returned = visits.filter(({ newUser, userId }) => !newUser && newcomers.includes(userId));
    expect(returned.length).toBeGreaterThan(100);
  });

  test('fall on a few products mostly, and on every product sometimes', () => {
    const views = new Map<string, number>();
    for (const { productIds } of visitsOf(world, 'shop')) {
      for (const id of productIds) views.set(id, (views.get(id) ?? 0) + 1);
    }
    const counts = [...views.values()].sort((a, b) => b - a);
    expect(counts).toHaveLength(40);
    expect(counts[0]).toBeGreaterThan(5 * (counts[39] ?? 0));
  });

  test('are more at weekends', () => {
    const count = (day: string) => world.visits('shop', day).length;
    expect(count('2025-03-09')).toBeGreaterThan(count('2025-03-12'));
  });

  test('lead to an order of a viewed product in about three of a hundred', () => {
    const visits = visitsOf(world, 'shop');
    const buyers = visits.filter(({ orders }) => orders.length > 0);
    expect(buyers.length / visits.length).toBeGreaterThan(0.015);
    expect(buyers.length / visits.length).toBeLessThan(0.05);
    expect(
      buyers.every(({ orders, productIds }) => orders.every((order) => productIds.includes(order.productId))),
    ).toBe(true);
  });

  test('do not exist before the company opened, nor on an unknown site', () => {
    expect(world.visits('shop', '2019-12-31')).toEqual([]);
    expect(world.visits('nowhere', '2025-03-05')).toEqual([]);
  });

  test('of 2,000 products and 28 days are there in well under two seconds', () => {
    const large = createDemoWorld({ products: 2000, sites: 1, seed: 1 });
    const start = performance.now();
    expect(visitsOf(large, 'shop').length).toBeGreaterThan(250_000);
    expect(performance.now() - start).toBeLessThan(2000);
  });
});

describe('what the partner knows', () => {
  test('is counted from the visits', () => {
    const visits = visitsOf(world, 'shop');
    const id = 'shop-red-shoe-1';
    const orders = visits.flatMap((visit) => visit.orders).filter(({ productId }) => productId === id);
    expect(world.partnerNumbers('P-1001', march)).toMatchObject({
      clicks: visits.filter(({ productIds }) => productIds[0] === id).length,
      orders: orders.length,
      revenueCents: orders.reduce((sum, { revenueCents }) => sum + revenueCents, 0),
      currency: 'EUR',
    });
  });

  test('adds up over days', () => {
    const first = world.partnerNumbers('P-1002', { start: '2025-03-01', end: '2025-03-14' });
    const second = world.partnerNumbers('P-1002', { start: '2025-03-15', end: '2025-03-28' });
    const both = world.partnerNumbers('P-1002', march);
    expect(both?.impressions).toBe((first?.impressions ?? 0) + (second?.impressions ?? 0));
    expect(both?.clicks).toBe((first?.clicks ?? 0) + (second?.clicks ?? 0));
  });

  test('is, without days, that of a year', () => {
    const year = { start: '2025-01-01', end: '2025-12-31' };
    expect(world.partnerNumbers('P-1001')).toEqual(world.partnerNumbers('P-1001', year));
    const short = createDemoWorld({ products: 40, sites: 1, seed: 1, allTime: march });
    expect(short.partnerNumbers('P-1001')).toEqual(world.partnerNumbers('P-1001', march));
  });

  test('is nothing for an unknown id', () => {
    expect(world.partnerNumbers('P-9999', march)).toBeUndefined();
  });
});
