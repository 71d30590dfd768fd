import { ApolloClient, gql, HttpLink, InMemoryCache } from '@apollo/client';
import { Defer20220824Handler } from '@apollo/client/incremental';
import { afterEach, describe, expect, test } from '@jest/globals';
import { failing } from './helpers/badScripts.js';
import { onFreshDay } from './helpers/freshDay.js';
import { type GatedPartner, startGatedPartner } from './helpers/gatedPartner.js';
import { type GatewayFile, type RunningGateway, startGateway } from './helpers/gateway.js';
import { type AnswerPart, askInParts, type DeferredPart } from './helpers/multipart.js';
import { until } from './helpers/until.js';

interface Node {
  id: string;
  googleAnalytics?: { pageViews: number };
  partner?: { orders: number; freshness: { state: string } } | null;
}
interface SiteAnswer {
  site: { products: { nodes: Node[] } };
}

const products = 40;
const deferred = (on: string) => `{
  site(id: "shop") { products(first: 40) { nodes {
    id
    googleAnalytics${on} { pageViews }
    ... @defer { partner${on} { orders freshness { state } } }
  } } }
}`;
const partnerIds = Array.from({ length: products }, (_, index) => `P-${1001 + index}`);
const idAt = (index: number) => partnerIds[index] ?? '';

const started: { close(): unknown }[] = [];
afterEach(async () => {
  for (const each of started.splice(0).reverse()) await each.close();
});

/** A gateway whose partner answers when the test says so. */
async function start(): Promise<{ gateway: RunningGateway; partner: GatedPartner }> {
  const partner = await startGatedPartner();
  started.push(partner);
  const configure = ({ sources }: GatewayFile) => {
    Object.assign(sources.partner ?? {}, { url: partner.url, concurrency: products, retry: { attempts: 1 } });
  };
  const gateway = await startGateway({ products, configure });
  started.push(gateway);
  return { gateway, partner };
}

/** The places of the products that a part is about, in its order. */
function placesOf({ incremental = [] }: AnswerPart): unknown[] {
  return incremental.map(({ path }) => path.at(-1));
}

async function nextPart(parts: { next(): Promise<AnswerPart | undefined> }): Promise<AnswerPart> {
  const part = await parts.next();
  if (!part) throw new Error('The answer ended where a part was expected.');
  return part;
}

const callsOf = ({ events }: RunningGateway, type: 'call.started' | 'call.finished') =>
  events.filter((event) => event.type === type && event.source === 'partner');

describe('@defer over 40 products', () => {
  test('brings what Google says before the partner has said anything', async () => {
    const { gateway, partner } = await start();
    const parts = await askInParts(gateway.url, deferred(onFreshDay()));
    expect(parts.contentType).toMatch(/^multipart\/mixed/);
    const first = await nextPart(parts);
    expect(first.hasNext).toBe(true);
    const { nodes } = (first.data as SiteAnswer).site.products;
    expect(nodes).toHaveLength(products);
    for (const node of nodes) expect(Object.keys(node)).toEqual(['id', 'googleAnalytics']);
    expect(nodes[0]?.googleAnalytics?.pageViews).toEqual(expect.any(Number));
    // All were asked at once, and none has answered.
    await until(() => partner.asked().length === products, 'the calls');
    expect(callsOf(gateway, 'call.finished')).toEqual([]);
    partner.releaseAll();
    await parts.rest();
  });

  test('brings the products of the partner in the order in which they are complete', async () => {
    const { gateway, partner } = await start();
    const parts = await askInParts(gateway.url, deferred(onFreshDay()));
    await nextPart(parts);
    for (const index of [7, 2, 31]) {
      partner.release(idAt(index));
      const part = await nextPart(parts);
      expect(placesOf(part)).toEqual([index]);
      expect(part.hasNext).toBe(true);
      expect(part.incremental?.[0]?.data).toEqual({
        partner: { orders: expect.any(Number), freshness: { state: 'FRESH' } },
      });
    }
    partner.releaseAll();
    const rest = await parts.rest();
    const places = rest.flatMap(placesOf);
    expect(new Set(places).size).toBe(products - 3);
    expect(places).toHaveLength(products - 3);
    expect(rest.map(({ hasNext }) => hasNext)).toEqual([...Array(rest.length - 1).fill(true), false]);
  });

  test('joins what comes at about the same time into few parts', async () => {
    const { gateway, partner } = await start();
    const parts = await askInParts(gateway.url, deferred(onFreshDay()));
    await nextPart(parts);
    await until(() => partner.asked().length === products, 'the calls');
    partner.releaseAll();
    const rest = await parts.rest();
    expect(rest.flatMap(placesOf)).toHaveLength(products);
    expect(rest.length).toBeLessThanOrEqual(10);
  });

  test('keeps the errors of a product inside its own part, and says nothing of the inside', async () => {
    const { gateway, partner } = await start();
    partner.spoil(idAt(3), failing(500, '', '{"error":"at Handler.run (/srv/partner/secret.js:1)"}'));
    const parts = await askInParts(gateway.url, deferred(onFreshDay()));
    const first = await nextPart(parts);
    partner.releaseAll();
    const rest = await parts.rest();
    expect([first, ...rest].map(({ errors }) => errors)).toEqual(Array(rest.length + 1).fill(undefined));
    const items = rest.flatMap(({ incremental = [] }): readonly DeferredPart[] => incremental);
    for (const { path, errors, data } of items) {
      if (path.at(-1) !== 3) expect([errors, data]).toEqual([undefined, { partner: expect.anything() }]);
    }
    const broken = items.find(({ path }) => path.at(-1) === 3);
    expect(broken).toMatchObject({
      data: { partner: null },
      errors: [
        {
          path: ['site', 'products', 'nodes', 3, 'partner'],
          extensions: { code: 'SOURCE_UNAVAILABLE', source: 'partner', retryable: true },
        },
      ],
    });
    const text = JSON.stringify(broken);
    for (const secret of ['secret.js', 'test-partner-key', partner.server.url, 'stacktrace', 'node_modules']) {
      expect(text).not.toContain(secret);
    }
  });

  test('brings the trace with the last part, and with no other', async () => {
    const { gateway, partner } = await start();
    const parts = await askInParts(gateway.url, deferred(onFreshDay()));
    const first = await nextPart(parts);
    partner.release(idAt(0));
    const second = await nextPart(parts);
    partner.releaseAll();
    const rest = await parts.rest();
    for (const part of [first, second, ...rest.slice(0, -1)]) expect(part.extensions).toBeUndefined();
    expect(rest.at(-1)?.extensions?.sources).toMatchObject({
      partner: { keys: products, calls: products, failures: 0 },
      googleAnalytics: { reports: 1, calls: 1 },
    });
    const finished = gateway.events.filter(({ type }) => type === 'request.finished');
    expect(finished).toHaveLength(1);
  });

  test('brings everything as one JSON to a client that asks for JSON', async () => {
    const { gateway, partner } = await start();
    partner.releaseAll();
    const { status, data, errors, extensions } = await gateway.ask<SiteAnswer>(deferred(onFreshDay()));
    expect([status, errors]).toEqual([200, undefined]);
    for (const node of data.site.products.nodes) {
      expect(node.partner).toEqual({ orders: expect.any(Number), freshness: { state: 'FRESH' } });
    }
    expect(extensions.sources['partner']).toMatchObject({ calls: products });
  });

  test('that finds everything in the cache is complete without a call', async () => {
    const { gateway, partner } = await start();
    partner.releaseAll();
    const query = deferred(onFreshDay());
    await gateway.ask(query);
    const parts = await askInParts(gateway.url, query);
    const all = await parts.rest();
    expect(all.flatMap(placesOf)).toHaveLength(products);
    expect(partner.asked()).toHaveLength(products);
  });
});

describe('Apollo Client', () => {
  test('merges the parts into the list as they come', async () => {
    const { gateway, partner } = await start();
    const client = new ApolloClient({
      cache: new InMemoryCache(),
      link: new HttpLink({ uri: gateway.url, fetch }),
      incrementalHandler: new Defer20220824Handler(),
    });
    started.push({ close: () => client.stop() });
    const seen: Node[][] = [];
    const failures: unknown[] = [];
    const query = client.watchQuery<SiteAnswer>({ query: gql(deferred(onFreshDay())), errorPolicy: 'all' });
    let isLoading = true;
    const subscription = query.subscribe(({ data, error, loading }) => {
      const nodes = (data as SiteAnswer | undefined)?.site?.products.nodes;
      if (nodes) seen.push(nodes);
      if (error) failures.push(error);
      isLoading = loading;
    });
    const withPartner = () => (seen.at(-1) ?? []).flatMap((node, index) => (node.partner ? [index] : []));

    await until(() => seen.length > 0, 'the first part');
    expect(withPartner()).toEqual([]);
    expect(seen[0]?.map(({ googleAnalytics }) => typeof googleAnalytics?.pageViews)).toEqual(
      Array(products).fill('number'),
    );
    partner.release(idAt(5));
    await until(() => withPartner().length === 1, 'the first product of the partner');
    expect(withPartner()).toEqual([5]);
    expect(isLoading).toBe(true);
    partner.releaseAll();
    await until(() => !isLoading, 'the whole answer');
    expect(withPartner()).toHaveLength(products);
    expect(failures).toEqual([]);
    const { data } = await gateway.ask<SiteAnswer>(deferred(onFreshDay()));
    expect(seen.at(-1)?.map(({ id }) => id)).toEqual(data.site.products.nodes.map(({ id }) => id));
    subscription.unsubscribe();
  });
});

describe('a client that disconnects in the middle of its parts', () => {
  test('takes the calls with it that nobody else wants, and no other', async () => {
    const { gateway, partner } = await start();
    const on = onFreshDay();
    const parts = await askInParts(gateway.url, deferred(on));
    await nextPart(parts);
    partner.release(idAt(0));
    await nextPart(parts);
    const other = gateway.ask<{ product: Node }>(`{ product(id: "shop-blue-bag-1") { id partner${on} { orders } } }`);
    await until(
      () => gateway.events.some((event) => event.type === 'cache.read' && event.joined === 1),
      'the other one',
    );

    parts.disconnect();
    const closedByUs = () => partner.server.connections.filter(({ closedBy }) => closedBy === 'client').length;
    await until(() => closedByUs() === products - 2, 'the end of the calls');
    expect(callsOf(gateway, 'call.finished').filter((event) => 'failure' in event && event.failure)).toHaveLength(
      products - 2,
    );
    partner.release(idAt(1));
    expect(await other).toMatchObject({ data: { product: { partner: { orders: expect.any(Number) } } } });
    expect(partner.asked()).toHaveLength(products);
    expect(gateway.events.filter(({ type }) => type === 'request.failed')).toEqual([]);
  });
});
