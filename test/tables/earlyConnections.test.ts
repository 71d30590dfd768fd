import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type GatedPartner, startGatedPartner } from '../helpers/gatedPartner.js';
import { type GatewayFile, type RunningGateway, startGateway } from '../helpers/gateway.js';
import { until } from '../helpers/until.js';

const page = (order: string, partner = 'partner { orders }') =>
  `{ site(id: "shop") { products(first: 3, orderBy: { by: ${order} }) { nodes { id googleAnalytics { pageViews } ${partner} } } } }`;

let partner: GatedPartner;
let gateway: RunningGateway;

beforeEach(async () => {
  partner = await startGatedPartner();
  partner.releaseAll();
  gateway = await startGateway({
    products: 8,
    configure: ({ sources }: GatewayFile) => Object.assign(sources.partner ?? {}, { url: partner.url }),
  });
  // Long enough to see what happens while Google is awaited.
  await gateway.google.faults({ keys: '*', fault: 'latency', ms: 700 });
});

afterEach(async () => {
  await gateway.close();
  await partner.close();
});

const opened = () => partner.server.connections.length;

describe('while Google is asked who is on a page', () => {
  test('the connections for its products are opened, and the calls for them open no others', async () => {
    let isAnswered = false;
    const answer = gateway.ask(page('PAGE_VIEWS')).finally(() => {
      isAnswered = true;
    });
    await until(() => opened() === 3, 'three connections');
    expect(partner.asked()).toEqual([]);
    expect(isAnswered).toBe(false);
    expect(await answer).toMatchObject({ data: { site: { products: { nodes: { length: 3 } } } } });
    expect(partner.asked()).toHaveLength(3);
    expect(opened()).toBe(3);
  });

  test('none is opened for a page that asks the partner for nothing', async () => {
    await gateway.ask(page('PAGE_VIEWS', ''));
    expect(opened()).toBe(0);
  });

  test.each([
    ['ids: ["shop-red-shoe-1", "nobody"]', 1],
    ['search: "no product has this name"', 0],
  ])('as many are opened as %s may leave', async (choice, expected) => {
    await gateway.ask(page('PAGE_VIEWS').replace('first: 3', `first: 3, ${choice}`));
    expect(opened()).toBe(expected);
    expect(partner.asked()).toHaveLength(expected);
  });

  test('the same selection in two places is one connection for each product, other days are another', async () => {
    const twice = '...on Product { partner { orders } } partner { revenue }';
    await gateway.ask(page('PAGE_VIEWS', twice));
    expect(opened()).toBe(3);
    await gateway.ask(page('SESSIONS', `partner { orders } other: partner(range: { preset: YESTERDAY }) { orders }`));
    expect(opened()).toBeGreaterThan(3);
  });

  test.each([
    ['partner { orders } other: partner(range: { preset: LAST_28_DAYS }) { revenue }', 'the same days in other words'],
    ['partner { orders } other: partner(range: null) { revenue }', 'the same days in no words'],
    ['combined { revenuePerPageView }', 'a ratio of both sources'],
  ])('%s is one connection for each product: %s', async (figures) => {
    await gateway.ask(page('PAGE_VIEWS', figures));
    expect([opened(), partner.asked().length]).toEqual([3, 3]);
  });

  test('none is opened for days that are none, which is told where they stand', async () => {
    const days = 'range: { start: "2026-02-02", end: "2026-01-01" }';
    const { data, errors } = await gateway.ask(page('PAGE_VIEWS', `partner(${days}) { orders }`));
    expect(data).toMatchObject({ site: { products: { nodes: { length: 3 } } } });
    expect(errors?.map(({ path }) => path)).toContainEqual(['site', 'products', 'nodes', 0, 'partner']);
    expect(opened()).toBe(0);
  });

  test('none is opened for a plan', async () => {
    await gateway.app.plan({ query: page('PAGE_VIEWS') });
    expect(opened()).toBe(0);
  });
});
