import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { http } from '../helpers/badScripts.js';
import { freshDay } from '../helpers/freshDay.js';
import { type GatedPartner, startGatedPartner } from '../helpers/gatedPartner.js';
import type { RunningGateway } from '../helpers/gateway.js';
import { type ReferenceRow, referenceTable } from '../helpers/referenceTable.js';
import { formatRevenue } from '../helpers/siteNumbers.js';
import { startTableGateway, type TableGateway, type Totals } from '../helpers/tableGateway.js';
import { until } from '../helpers/until.js';

type Range = { start: string; end: string };
const written = ({ start, end }: Range) => `range: { start: "${start}", end: "${end}" }`;
const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);
const figures = 'impressions clicks orders revenue currency coveredProducts totalProducts';

async function askSite(gateway: RunningGateway, args: string, fields: string) {
  const query = `{ site(id: "shop") { partner${args && `(${args})`} { ${fields} } } }`;
  const { data, errors } = await gateway.ask<{ site: { partner: Totals | null } }>(query);
  return { totals: data.site.partner, errors };
}

describe('the totals of a site', () => {
  let gateway: TableGateway;
  const withoutPartner = 'shop-green-lamp-1';

  beforeAll(async () => {
    gateway = await startTableGateway({
      products: 12,
      catalog({ sites }) {
        for (const product of sites[0]?.products ?? []) if (product.id === withoutPartner) product.partner = null;
      },
    });
  });
  beforeEach(() => gateway.asked());
  afterEach(() => gateway.partner.reset());
  afterAll(() => gateway.close());

  function expected(range: Range, isIn: (partnerId: string) => boolean) {
    const known = gateway.world.products.filter(({ id, partnerId }) => id !== withoutPartner && isIn(partnerId ?? ''));
    const numbers = known.flatMap(({ partnerId }) => gateway.world.partnerNumbers(partnerId ?? '', range) ?? []);
    return {
      impressions: sum(numbers.map(({ impressions }) => impressions)),
      clicks: sum(numbers.map(({ clicks }) => clicks)),
      orders: sum(numbers.map(({ orders }) => orders)),
      revenue: formatRevenue(sum(numbers.map(({ revenueCents }) => revenueCents))),
      currency: 'EUR',
      coveredProducts: numbers.length,
      totalProducts: 12,
    };
  }

  test('are the sums over the products that the partner knows, of all products that there are', async () => {
    const range = freshDay();
    const { totals, errors } = await askSite(gateway, written(range), `${figures} freshness { state }`);
    expect(errors).toBeUndefined();
    expect(totals).toEqual({ ...expected(range, () => true), freshness: { state: 'FRESH' } });
    expect(totals?.coveredProducts).toBe(11);
    expect(await gateway.asked()).toEqual({ partner: 11, reports: 0 });
  });

  test('leave out a product whose call fails, and say so', async () => {
    await gateway.partner.faults({ keys: ['P-1001'], fault: 'status', status: 404 });
    const range = freshDay();
    const { totals, errors } = await askSite(gateway, written(range), figures);
    expect(errors).toBeUndefined();
    expect(totals).toEqual(expected(range, (id) => id !== 'P-1001'));
    expect(totals).toMatchObject({ coveredProducts: 10, totalProducts: 12 });
  });

  test('tell what has failed from what the partner does not know', async () => {
    await gateway.partner.faults(
      { keys: ['P-1001', 'P-1002'], fault: 'status', status: 404 },
      { keys: ['P-1004'], fault: 'mismatch' },
    );
    const { totals } = await askSite(gateway, written(freshDay()), 'orders coveredProducts missing reasons');
    expect(totals).toMatchObject({
      coveredProducts: 8,
      missing: 3,
      reasons: ['SOURCE_BAD_RESPONSE', 'SOURCE_NOT_FOUND'],
    });
    const whole = await askSite(gateway, '', 'missing reasons');
    expect(whole.totals).toMatchObject({ missing: 3 });
    await gateway.partner.reset();
    const later = await askSite(gateway, written(freshDay()), 'orders missing reasons');
    expect(later.totals).toMatchObject({ missing: 0, reasons: [] });
  });

  test('are an error and no 0 when the partner answered for nobody', async () => {
    await gateway.partner.faults({ keys: '*', fault: 'status', status: 404 });
    const { totals, errors } = await askSite(gateway, written(freshDay()), 'orders coveredProducts');
    expect(totals).toBeNull();
    expect(errors?.map(({ path, extensions }) => [path, extensions?.['code']])).toEqual([
      [['site', 'partner'], 'SOURCE_NOT_FOUND'],
    ]);
  });

  test('cost no call more for the products of a page beside them', async () => {
    const day = written(freshDay());
    const query = `{ site(id: "shop") { partner(${day}) { orders } products(first: 5) { nodes { partner(${day}) { orders revenue } } } } }`;
    expect((await gateway.ask(query)).errors).toBeUndefined();
    expect(await gateway.asked()).toEqual({ partner: 11, reports: 0 });
  });

  test('have no sum of a figure that must not be added up', async () => {
    const { errors } = await gateway.ask(
      '{ site(id: "shop") { products { totals { googleAnalytics { pageViews sessions } partner { updatedAt } } } } }',
    );
    expect(errors?.map(({ message }) => message)).toEqual([
      expect.stringContaining('Cannot query field "sessions" on type "GoogleAnalyticsTotals"'),
      expect.stringContaining('Cannot query field "updatedAt" on type "PartnerTotals"'),
    ]);
  });

  describe('of a list', () => {
    const totals = (day: string, args = '') =>
      `totals { partner(${day}) { orders revenue coveredProducts totalProducts }
        googleAnalytics(${day}) { pageViews totalRevenue coveredProducts totalProducts ${args} } }`;
    const add = (rows: readonly ReferenceRow[], name: string) => sum(rows.map((row) => row.figures[name] ?? 0));

    test('hold every page of what the filter lets through, and nothing else', async () => {
      const range = freshDay();
      const day = written(range);
      const rows = referenceTable(gateway.world, range, (id) => ({ google: true, partner: id !== withoutPartner }));
      const passed = rows.filter((row) => (row.figures['PAGE_VIEWS'] ?? 0) >= 5);
      const covered = passed.filter(({ id }) => id !== withoutPartner);
      const list = await gateway.list(
        `first: 1, filter: { ${day}, googleAnalytics: { pageViews: { gte: 5 } } }`,
        '',
        totals(day),
      );
      expect(list.answer.errors).toBeUndefined();
      expect([passed.length > 1, passed.length < 12]).toEqual([true, true]);
      expect(list.nodes).toHaveLength(1);
      expect(list.totals.partner).toEqual({
        orders: add(passed, 'PARTNER_ORDERS'),
        revenue: formatRevenue(Math.round(100 * add(passed, 'PARTNER_REVENUE'))),
        coveredProducts: covered.length,
        totalProducts: passed.length,
      });
      expect(list.totals.googleAnalytics).toMatchObject({
        pageViews: add(passed, 'PAGE_VIEWS'),
        coveredProducts: passed.length,
        totalProducts: passed.length,
      });
      expect(Number(list.totals.googleAnalytics?.['totalRevenue'])).toBeCloseTo(add(passed, 'TOTAL_REVENUE'), 6);
      expect((await gateway.asked()).partner).toBe(covered.length);
    });

    test('ask the partner for nobody when only Google is summed', async () => {
      const day = written(freshDay());
      await gateway.list('first: 3', '', `totals { googleAnalytics(${day}) { pageViews } }`);
      expect(await gateway.asked()).toEqual({ partner: 0, reports: 1 });
    });

    test('of no product are unknown, not 0', async () => {
      const list = await gateway.list('search: "no such product"', '', totals(written(freshDay())));
      expect(list.answer.errors).toBeUndefined();
      expect(list.totals.partner).toEqual({ orders: null, revenue: null, coveredProducts: 0, totalProducts: 0 });
      expect(await gateway.asked()).toEqual({ partner: 0, reports: 0 });
    });
  });
});

describe('the totals of a partner that says what the test wants', () => {
  let partner: GatedPartner;
  let gateway: TableGateway;
  const revenues = ['0.1', '0.20', '90071992547409.93'];

  beforeAll(async () => {
    partner = await startGatedPartner();
    for (const [index, revenue] of revenues.entries()) {
      const product = `P-${1001 + index}`;
      partner.spoil(product, [{ send: http(JSON.stringify({ product, orders: 1, revenue, currency: 'EUR' })) }]);
    }
    gateway = await startTableGateway({
      products: 3,
      configure: ({ sources }) => void Object.assign(sources.partner ?? {}, { url: partner.url }),
    });
  });
  afterAll(async () => {
    await gateway.close();
    await partner.close();
  });

  test('add decimals exactly, and answer in time with what is there', async () => {
    const day = written(freshDay());
    const fields = 'orders revenue currency coveredProducts totalProducts freshness { state asOf }';
    const ask = () => askSite(gateway, `${day}, maxWaitMs: 0`, fields);
    const none = await ask();
    expect(none.errors).toBeUndefined();
    expect(none.totals).toEqual({
      orders: null,
      revenue: null,
      currency: null,
      coveredProducts: 0,
      totalProducts: 3,
      freshness: { state: 'PENDING', asOf: null },
    });

    partner.releaseAll();
    let { totals } = none;
    const isWhole = async () => {
      ({ totals } = await ask());
      return totals?.coveredProducts === 3;
    };
    await until(isWhole, 'every answer of the partner has arrived');
    expect(totals).toMatchObject({
      orders: 3,
      revenue: '90071992547410.23',
      currency: 'EUR',
      freshness: { state: 'FRESH' },
    });
    expect(partner.asked()).toHaveLength(3);
  });
});

describe('a site of which the partner knows no product', () => {
  let gateway: TableGateway;
  beforeAll(async () => {
    gateway = await startTableGateway({
      products: 2,
      catalog({ sites }) {
        for (const product of sites[0]?.products ?? []) product.partner = null;
      },
    });
  });
  afterAll(() => gateway.close());

  test('has no totals of it, and no call', async () => {
    const { totals, errors } = await askSite(gateway, '', 'orders coveredProducts totalProducts');
    expect([totals, errors]).toEqual([null, undefined]);
    expect(await gateway.asked()).toEqual({ partner: 0, reports: 0 });
  });
});
