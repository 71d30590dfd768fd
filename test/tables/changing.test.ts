import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { http } from '../helpers/badScripts.js';
import { type BadServer, startBadServer } from '../helpers/badServer.js';
import { startGateway } from '../helpers/gateway.js';
import { createMovableClock } from '../helpers/movableClock.js';
import { type TableGateway, withLists } from '../helpers/tableGateway.js';

const days = 'range: { start: "2026-03-02", end: "2026-03-08" }';
const longerThanKeptMs = 25 * 3_600_000;
const clock = createMovableClock();
/** What the partner says at this moment, by its own id of the product; null = nothing. */
const orders = new Map<string, number | null>();
let partner: BadServer;
let gateway: TableGateway;

beforeAll(async () => {
  partner = await startBadServer({
    scripts: {
      '*': ({ target }) => {
        const product = new URL(target, 'http://partner').searchParams.get('product') ?? '';
        return [{ send: http(JSON.stringify({ product, orders: orders.get(product) })) }];
      },
    },
  });
  const running = await startGateway({
    products: 12,
    clock,
    configure: ({ sources }) =>
      void Object.assign(sources.partner ?? {}, {
        url: `${partner.url}/summary?product={partnerId}&from={start}&to={end}`,
      }),
  });
  gateway = withLists(running);
});
beforeEach(() => clock.push(longerThanKeptMs));
afterAll(async () => {
  await gateway.close();
  await partner.close();
});

const partnerIdOf = (index: number) => gateway.world.products[index]?.partnerId ?? '';
const page = (place: string, direction: string) =>
  gateway.list(`${place}, orderBy: { by: PARTNER_ORDERS, direction: ${direction}, ${days} }`);

/** Some figures, some of them unknown, and many of them the same. */
const figures = fc.array(fc.option(fc.integer({ min: 0, max: 5 })), { minLength: 12, maxLength: 12 });

describe('a list whose figures change between two of its pages', () => {
  test.each(['forwards', 'backwards'])(
    'holds nothing twice, and loses nothing that stayed in place, %s',
    async (way) => {
      const isForwards = way === 'forwards';
      const property = fc.asyncProperty(
        figures,
        fc.uniqueArray(fc.record({ index: fc.nat(11), value: fc.option(fc.nat(5)) }), {
          selector: ({ index }) => index,
          maxLength: 4,
        }),
        fc.integer({ min: 1, max: 11 }),
        fc.constantFrom('ASC', 'DESC'),
        async (values, changes, size, direction) => {
          for (const [index, value] of values.entries()) orders.set(partnerIdOf(index), value);
          clock.push(longerThanKeptMs);
          const first = await page(`${isForwards ? 'first' : 'last'}: ${size}`, direction);
          for (const { index, value } of changes) orders.set(partnerIdOf(index), value);
          clock.push(longerThanKeptMs);
          const { startCursor, endCursor } = first.pageInfo;
          const rest = await page(
            isForwards ? `first: 12, after: "${endCursor}"` : `last: 12, before: "${startCursor}"`,
            direction,
          );

          const moved = new Set(changes.map(({ index }) => gateway.world.products[index]?.id));
          const seen = [...first.ids, ...rest.ids].filter((id) => !moved.has(id));
          const stayed = gateway.world.products.map(({ id }) => id).filter((id) => !moved.has(id));
          expect(seen.toSorted()).toEqual(stayed.toSorted());
        },
      );
      await fc.assert(property, { numRuns: 40, seed: 3 });
    },
  );

  test('goes on behind the place of its cursor, though the product of the cursor has moved', async () => {
    for (let index = 0; index < 12; index += 1) orders.set(partnerIdOf(index), 100 - index);
    const first = await page('first: 4', 'DESC');
    expect(first.ids).toEqual(gateway.world.products.slice(0, 4).map(({ id }) => id));
    orders.set(partnerIdOf(3), 1);
    clock.push(longerThanKeptMs);
    const second = await page(`first: 4, after: "${first.pageInfo.endCursor}"`, 'DESC');
    expect(second.ids).toEqual(gateway.world.products.slice(4, 8).map(({ id }) => id));
  });

  test.each([
    ['another order', 'orderBy: { by: NAME }'],
    ['the order of the catalog', ''],
    ['the other direction', `orderBy: { by: PARTNER_ORDERS, direction: ASC, ${days} }`],
  ])('takes no cursor of it for a place in %s', async (_, args) => {
    const { pageInfo } = await page('first: 2', 'DESC');
    const { answer } = await gateway.list(`first: 2, after: "${pageInfo.endCursor}", ${args}`);
    expect(answer.errors?.map(({ extensions, message }) => [extensions?.['code'], message])).toEqual([
      ['BAD_USER_INPUT', expect.stringMatching(/^after: .*another order/)],
    ]);
  });
});
