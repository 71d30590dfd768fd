import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { failing, http } from '../helpers/badScripts.js';
import { freshDay } from '../helpers/freshDay.js';
import { type GatedPartner, startGatedPartner } from '../helpers/gatedPartner.js';
import { type RunningGateway, startGateway } from '../helpers/gateway.js';
import { startTableGateway, type TableGateway, withLists } from '../helpers/tableGateway.js';
import { until } from '../helpers/until.js';

const argument = ({ start, end }: { start: string; end: string }) => `range: { start: "${start}", end: "${end}" }`;
const partnerIds = ['P-1001', 'P-1002', 'P-1003', 'P-1004'];

describe('a list that is ordered by a partner who is slow', () => {
  let partner: GatedPartner;
  let gateway: TableGateway;

  beforeAll(async () => {
    partner = await startGatedPartner();
    // Products by their orders, the most first: P-1003, P-1001, P-1004, P-1002.
    const orders: Record<string, number> = { 'P-1001': 30, 'P-1002': 10, 'P-1003': 40, 'P-1004': 20 };
    for (const [product, count] of Object.entries(orders)) {
      partner.spoil(product, [{ send: http(JSON.stringify({ product, orders: count })) }]);
    }
    const running = await startGateway({
      products: partnerIds.length,
      configure: ({ sources }) => void Object.assign(sources.partner ?? {}, { url: partner.url }),
    });
    gateway = withLists(running);
  });
  afterAll(async () => {
    await gateway.close();
    await partner.close();
  });

  const idsOf = (...ids: string[]) =>
    ids.map((id) => gateway.world.products.find(({ partnerId }) => partnerId === id)?.id);

  test('says of how many products it knows nothing yet, puts them last, and costs no new call when they are there', async () => {
    const day = argument(freshDay());
    const orderBy = `orderBy: { by: PARTNER_ORDERS, ${day} }`;
    partner.release('P-1001', 'P-1002');
    const nothing = await gateway.list(`${orderBy}, maxWaitMs: 0`);
    expect(nothing.ranking).toEqual({ complete: false, missing: 4, reasons: ['PENDING'] });
    expect(nothing.ids).toEqual(nothing.ids.toSorted());
    await until(() => partner.asked().length === 4, 'the partner is asked, though nobody waits');
    expect(partner.asked().toSorted()).toEqual(partnerIds);

    let half = nothing;
    const untilTwoArrived = async () => {
      half = await gateway.list(`${orderBy}, maxWaitMs: 0`);
      return half.ranking.missing <= 2;
    };
    await until(untilTwoArrived, 'two answers of the partner have arrived');
    expect(half.answer.errors).toBeUndefined();
    expect(half.ranking).toEqual({ complete: false, missing: 2, reasons: ['PENDING'] });
    expect(half.ids).toEqual([...idsOf('P-1001', 'P-1002'), ...idsOf('P-1003', 'P-1004').toSorted()]);

    partner.releaseAll();
    const whole = await gateway.list(orderBy);
    expect(whole.ranking).toEqual({ complete: true, missing: 0, reasons: [] });
    expect(whole.ids).toEqual(idsOf('P-1003', 'P-1001', 'P-1004', 'P-1002'));
    expect(partner.asked()).toHaveLength(4);
  });
});

describe('a list that is ordered by a partner who hangs', () => {
  let gateway: TableGateway;

  beforeAll(async () => {
    gateway = await startTableGateway({
      products: 4,
      configure(file) {
        file.server['deadline'] = '2s';
      },
    });
    await gateway.partner.faults({ keys: ['P-1002'], fault: 'hang' });
  });
  afterAll(() => gateway.close());

  test('waits for half of the deadline of the request, and answers with what is there', async () => {
    const { answer, ranking, ids } = await gateway.list(`orderBy: { by: PARTNER_ORDERS, ${argument(freshDay())} }`);
    expect(answer.errors).toBeUndefined();
    expect(ranking).toEqual({ complete: false, missing: 1, reasons: ['PENDING'] });
    expect(ids.at(-1)).toBe(gateway.world.products[1]?.id);
  });
});

describe('a list that is ordered by a source that fails', () => {
  let gateway: TableGateway;

  beforeAll(async () => {
    gateway = await startTableGateway({ products: 6 });
  });
  afterEach(() => Promise.all([gateway.partner.reset(), gateway.google.reset()]));
  afterAll(() => gateway.close());

  test.each(['ASC', 'DESC'])('puts the products last whose call failed, and gives the codes, %s', async (direction) => {
    await gateway.partner.faults(
      { keys: ['P-1002'], fault: 'status', status: 404 },
      { keys: ['P-1004'], fault: 'html' },
    );
    const { answer, ranking, ids } = await gateway.list(
      `orderBy: { by: PARTNER_CLICKS, direction: ${direction}, ${argument(freshDay())} }`,
    );
    expect(answer.errors).toBeUndefined();
    expect(ranking).toEqual({ complete: false, missing: 2, reasons: ['SOURCE_BAD_RESPONSE', 'SOURCE_NOT_FOUND'] });
    const failed = [1, 3].map((index) => gateway.world.products[index]?.id ?? '');
    expect(ids.slice(-2)).toEqual(failed.toSorted());
  });

  test('says of the figures of the page what it said of the order', async () => {
    await gateway.partner.faults({ keys: ['P-1003'], fault: 'status', status: 404 });
    const day = argument(freshDay());
    const { answer, nodes } = await gateway.list(
      `orderBy: { by: PARTNER_CLICKS, ${day} }`,
      `partner(${day}) { clicks }`,
    );
    expect(nodes.map(({ partner }) => partner === null)).toEqual([false, false, false, false, false, true]);
    expect(answer.errors?.map(({ path, extensions }) => [path?.slice(-2), extensions?.['code']])).toEqual([
      [[5, 'partner'], 'SOURCE_NOT_FOUND'],
    ]);
  });

  test('still lists every product by page views when Google is down, and says why they have no order', async () => {
    await gateway.google.faults({ keys: '*', fault: 'unavailable' });
    const day = argument(freshDay());
    const list = await gateway.list(`orderBy: { by: PAGE_VIEWS, ${day} }`, `partner(${day}) { orders }`);
    expect(list.answer.errors).toBeUndefined();
    expect(list.ranking).toEqual({ complete: false, missing: 6, reasons: ['SOURCE_UNAVAILABLE'] });
    expect(list.ids).toEqual(list.ids.toSorted());
    expect(list.nodes.map(({ partner }) => partner)).toEqual(Array(6).fill({ orders: expect.any(Number) }));
  });
});

describe('a partner that fails while the page is ordered by a combined figure', () => {
  let partner: GatedPartner;
  let running: RunningGateway;

  beforeAll(async () => {
    partner = await startGatedPartner();
    partner.spoil('P-1002', failing(404));
    partner.releaseAll();
    running = await startGateway({
      products: 3,
      configure: ({ sources }) => void Object.assign(sources.partner ?? {}, { url: partner.url }),
    });
  });
  afterAll(async () => {
    await running.close();
    await partner.close();
  });

  test('costs the place of its product only', async () => {
    const { ids, ranking } = await withLists(running).list(
      `orderBy: { by: COMBINED_ORDERS_PER_SESSION, ${argument(freshDay())} }`,
    );
    expect(ranking).toEqual({ complete: false, missing: 1, reasons: ['SOURCE_NOT_FOUND'] });
    expect(ids.at(-1)).toBe(running.world.products[1]?.id);
  });
});
