import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { onFreshDay } from './helpers/freshDay.js';
import { type Answer, type RunningGateway, startGateway } from './helpers/gateway.js';
import { partnerAnswer, type Recorder, startRecorder } from './helpers/recorder.js';

const hostile: [name: string, id: string][] = [
  ['a path upwards', '../../admin?x='],
  ['two dots', '..'],
  ['one dot', '.'],
  ['encoded dots', '%2e%2e'],
  ['encoded dots and slashes', '..%2f..%2fadmin'],
  ['a slash', 'a/b'],
  ['a query', 'a?b'],
  ['a fragment', 'a#f'],
  ['another parameter', 'a&api_key=evil'],
  ['backslashes', '..\\..'],
  ['a line break and a header', 'a\r\nX-Injected: 1'],
  ['NUL', 'a\0b'],
  ['nothing', ''],
  ['10 kB', 'x'.repeat(10_240)],
  ['a member of every object', '__proto__'],
  ['a real id with a space', ' shop-red-shoe-1'],
  ['a real id with another site', 'shop-red-shoe-1/../shop-blue-bag-1'],
];
const both = (on: string) => `id googleAnalytics${on} { pageViews } partner${on} { orders }`;

describe('a hostile id of a client', () => {
  let gateway: RunningGateway;

  beforeAll(async () => {
    gateway = await startGateway({ products: 3 });
  });
  beforeEach(() => Promise.all([gateway.google.reset(), gateway.partner.reset()]));
  afterAll(() => gateway.close());

  async function expectNoCalls(): Promise<void> {
    expect(await gateway.partner.stats()).toMatchObject({ calls: 0, byKey: {} });
    expect(await gateway.google.stats()).toMatchObject({ calls: 0, tokenCalls: 0 });
  }

  async function expectRefused({ errors = [] }: Answer): Promise<void> {
    expect(errors.map(({ extensions }) => extensions?.['code'])).toEqual(['BAD_USER_INPUT']);
    await expectNoCalls();
  }

  test.each([...hostile, ['half of a pair', '\ud800']])('%s finds nothing and asks nobody', async (_, id) => {
    const on = onFreshDay();
    const query = `query ($id: ID!, $ids: [ID!]!) {
      product(id: $id) { ${both(on)} }
      site(id: $id) { products { nodes { ${both(on)} } } }
      products(ids: $ids) { ${both(on)} }
      shop: site(id: "shop") { products(ids: $ids) { totalCount nodes { ${both(on)} } } }
    }`;
    const { status, data, errors } = await gateway.ask(query, { id, ids: [id, id] });
    expect({ status, errors }).toEqual({ status: 200 });
    expect(data).toEqual({
      product: null,
      site: null,
      products: [null, null],
      shop: { products: { totalCount: 0, nodes: [] } },
    });
    await expectNoCalls();
  });

  test.each(hostile)('%s is no cursor', async (_, cursor) => {
    const on = onFreshDay();
    const page = (argument: string) => `site(id: "shop") { products(${argument}: $cursor) { nodes { ${both(on)} } } }`;
    await expectRefused(await gateway.ask(`query ($cursor: String) { ${page('after')} }`, { cursor }));
    await expectRefused(await gateway.ask(`query ($cursor: String) { ${page('before')} }`, { cursor }));
  });

  test.each(hostile)('a cursor that was made up around %s asks for known products only', async (_, id) => {
    const cursor = Buffer.from(JSON.stringify(['CATALOG', 0, id])).toString('base64url');
    const query = `query ($cursor: String) { site(id: "shop") { products(after: $cursor) { nodes { ${both(onFreshDay())} } } } }`;
    const { status } = await gateway.ask(query, { cursor });
    expect(status).toBe(200);
    const known = gateway.world.products.map(({ partnerId }) => partnerId);
    for (const key of Object.keys((await gateway.partner.stats()).byKey)) expect(known).toContain(key);
  });

  test.each([
    ['ids of products', 'products(ids: $ids)', ''],
    ['ids of a connection', 'site(id: "shop") { products(ids: $ids) { nodes', '} }'],
  ])('too many %s are refused', async (_, before, after) => {
    const query = `query ($ids: [ID!]!) { ${before} { ${both(onFreshDay())} } ${after} }`;
    const ids = Array(201).fill('shop-red-shoe-1');
    await expectRefused(await gateway.ask(query, { ids }));
  });

  test('100,000 ids are refused', async () => {
    const query = `query ($ids: [ID!]!) { products(ids: $ids) { ${both(onFreshDay())} } }`;
    await expectRefused(await gateway.ask(query, { ids: Array(100_000).fill('a') }));
  });

  test('200 times the same id is one call', async () => {
    const query = `query ($ids: [ID!]!) { products(ids: $ids) { partner${onFreshDay()} { orders } } }`;
    const { errors } = await gateway.ask(query, { ids: Array(200).fill('shop-red-shoe-1') });
    expect(errors).toBeUndefined();
    expect((await gateway.partner.stats()).calls).toBe(1);
  });

  test.each([
    ['first: 1001'],
    ['first: -1'],
    ['last: 1001'],
    ['last: -1'],
    ['first: 1, last: 1'],
    ['first: 2147483647'],
  ])('%s is refused', async (size) => {
    await expectRefused(
      await gateway.ask(`{ site(id: "shop") { products(${size}) { nodes { ${both(onFreshDay())} } } } }`),
    );
  });
});

describe('a hostile partner id in the catalog', () => {
  let gateway: RunningGateway | undefined;
  let partner: Recorder;

  beforeEach(async () => {
    partner = await startRecorder();
    partner.answerWith(partnerAnswer);
  });
  afterEach(async () => {
    await gateway?.close();
    await partner.close();
  });

  /** Ids that a catalog can hold. */
  const ids = hostile.map(([, id]) => id).filter((id) => id.length > 0 && id.length <= 256);
  const start = async (path: string) => {
    gateway = await startGateway({
      products: ids.length,
      partnerKey: 'the-key',
      configure: ({ sources }) =>
        void Object.assign(sources.partner ?? {}, { url: partner.url + path, idPattern: '[\\s\\S]+', identity: null }),
      catalog: ({ sites }) => {
        sites[0]?.products.forEach((product, index) => {
          product.partner = ids[index] ?? null;
        });
      },
    });
    return gateway.ask<{ site: { products: { nodes: { partner: object | null }[] } } }>(
      '{ site(id: "shop") { products(first: 1000) { nodes { partner { orders } } } } }',
    );
  };
  const isDots = (id: string) => id === '.' || id === '..';
  const seen = () => partner.requests.map(({ target }) => target).toSorted();

  test('stays one segment of the path, or is not asked at all', async () => {
    const { data, errors } = await start('/v1/{partnerId}/summary');
    const asked = ids.filter((id) => !isDots(id));
    expect(seen()).toEqual(asked.map((id) => `/v1/${encodeURIComponent(id)}/summary?api_key=the-key`).toSorted());
    expect(partner.requests.filter(({ headers }) => 'x-injected' in headers)).toEqual([]);
    expect(data.site.products.nodes.map((node) => node.partner === null)).toEqual(ids.map(isDots));
    expect(errors?.map(({ extensions }) => extensions?.['code'])).toEqual(['BAD_USER_INPUT', 'BAD_USER_INPUT']);
  });

  test('stays one value of the query', async () => {
    await start('/v1/summary?product={partnerId}&v=2');
    for (const { target } of partner.requests) {
      const { pathname, searchParams } = new URL(target, partner.url);
      expect(pathname).toBe('/v1/summary');
      expect([...searchParams.keys()]).toEqual(['product', 'v', 'api_key']);
      expect(ids).toContain(searchParams.get('product'));
      expect(searchParams.get('api_key')).toBe('the-key');
    }
    expect(partner.requests.length).toBeGreaterThanOrEqual(ids.length - 2);
  });
});
