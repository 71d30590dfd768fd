import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { PostgresConfig } from '../../src/catalogConfig.js';
import { createProduct, createSite } from '../helpers/catalogParts.js';
import { fill, gatedSql, gatewayConnections, holdGate, settings, waitingAtGate } from '../helpers/companyDatabase.js';
import { openCatalog, type WatchedCatalog, whyNot } from '../helpers/postgresCatalogs.js';
import { type PostgresServer, startPostgresServer } from '../helpers/postgresServer.js';
import { startToxicProxy, type ToxicProxy } from '../helpers/toxicProxy.js';
import { until } from '../helpers/until.js';

let server: PostgresServer;
let proxy: ToxicProxy;
let watched: WatchedCatalog;
const slowSql = `SELECT code AS id, title AS name, pg_sleep(60)::text AS site FROM articles WHERE shop = $1`;

beforeAll(async () => {
  server = await startPostgresServer();
  proxy = await startToxicProxy({ target: { port: server.port } });
}, 60_000);
afterAll(() => Promise.all([proxy.close(), server.close()]));
beforeEach(() => fill(server, [createSite()], [createProduct('shoe'), createProduct('bag')]));
afterEach(() => watched.catalog.close());

async function open(changes: Partial<PostgresConfig> = {}): Promise<void> {
  watched = await openCatalog(settings(server, changes));
}

const throughProxy = () => server.url.replace(`:${server.port}/`, `:${proxy.port}/`);
const rename = (name: string) => server.query('UPDATE articles SET title = $1', [name]);
const names = () =>
  new Set(
    watched.catalog
      .current()
      .products('shop')
      .map(({ name }) => name),
  );
const rejected = (message: RegExp) => [
  { type: 'catalog.rejected', problems: [{ file: 'gateway.yaml', message: expect.stringMatching(message) }] },
];

/** What every trouble has in common: the catalog from before stays, and the next refresh brings the new one. */
async function expectHealing(name: string): Promise<void> {
  expect(names()).not.toContain(name);
  expect(await watched.refresh()).toEqual([{ type: 'catalog.changed', sites: 1 }]);
  expect(names()).toEqual(new Set([name]));
}

describe('a connection that is broken off', () => {
  test('while nobody uses it is replaced', async () => {
    await open();
    await rename('After');
    const [pid] = await gatewayConnections(server);
    await server.query('SELECT pg_terminate_backend($1)', [pid]);
    await until(async () => (await gatewayConnections(server)).length === 0, 'the connection is gone');
    await expectHealing('After');
    expect(await gatewayConnections(server)).not.toContain(pid);
  });

  const breaks: [string, () => Promise<unknown>, RegExp][] = [
    [
      'by the server',
      () => server.query('SELECT pg_terminate_backend(pid) FROM pg_locks WHERE NOT granted'),
      /products: the database broke the connection off/,
    ],
    ['by the network', () => proxy.set({ down: true }), /products: the connection to the database failed/],
  ];
  test.each(breaks)('%s in the middle of a refresh costs that refresh', async (_, breakOff, message) => {
    await open({ url: throughProxy(), products: gatedSql });
    await rename('After');
    const letGo = await holdGate(server);
    const refreshing = watched.refresh();
    await until(async () => (await waitingAtGate(server)) === 1, 'the refresh is under way');
    await breakOff();
    expect(await refreshing).toEqual(rejected(message));
    await proxy.set({});
    await letGo();
    await expectHealing('After');
  });
});

describe('a server', () => {
  test('that is away at the start is a problem of the configuration', async () => {
    await open();
    await server.stop();
    const problems = await whyNot(settings(server));
    await server.start();
    expect(problems).toEqual(['catalog.postgres: the database cannot be reached; check the host and the port of url.']);
  });

  test('that stops and starts again is read again', async () => {
    await open();
    await rename('After');
    await server.stop();
    // The first one finds out what became of the connection that it had.
    expect(await watched.refresh()).toMatchObject([{ type: 'catalog.rejected' }]);
    expect(await watched.refresh()).toEqual(rejected(/postgres: the database cannot be reached/));
    await server.start();
    await expectHealing('After');
  });

  test('that says nothing any more is left, and asked on another connection', async () => {
    await open({ url: throughProxy() });
    await rename('After');
    await proxy.set({ timeout: true });
    const refreshing = watched.refresh();
    await until(() => proxy.stats().lostBytes > 0, 'the refresh is under way');
    watched.push(20_000 + 5_000);
    expect(await refreshing).toEqual(rejected(/postgres: the database did not answer within 20 s/));
    await proxy.set({});
    await expectHealing('After');
  });

  test('that is slow at its query is told so by its own timeout, and the query ends there', async () => {
    await open();
    const problems = await whyNot(settings(server, { products: slowSql, timeout: 1_500 }));
    expect(problems).toEqual([expect.stringMatching(/products: the query took longer than 1\.5 s/)]);
    expect(
      await server.query(
        `SELECT FROM pg_stat_activity WHERE state = 'active' AND query LIKE '%pg_sleep(60)%' AND pid <> pg_backend_pid()`,
      ),
    ).toEqual([]);
  });

  test('that is slow at one refresh only is read at the next', async () => {
    await open({ products: gatedSql, timeout: 1_500 });
    await rename('After');
    const letGo = await holdGate(server);
    expect(await watched.refresh()).toEqual(rejected(/products: the query took longer than 1\.5 s/));
    await letGo();
    await expectHealing('After');
  });
});

describe('closing', () => {
  test('ends timer and connections', async () => {
    await open();
    expect(watched.timers()).toBe(1);
    await watched.catalog.close();
    expect(watched.timers()).toBe(0);
    await until(async () => (await gatewayConnections(server)).length === 0, 'the connections are gone');
  });

  test('ends a query that runs, on the server as well, and tells nobody', async () => {
    await open({ products: gatedSql });
    const letGo = await holdGate(server);
    watched.push(60_000);
    await until(async () => (await waitingAtGate(server)) === 1, 'the refresh is under way');
    await watched.catalog.close();
    expect(watched.timers()).toBe(0);
    await until(async () => (await waitingAtGate(server)) === 0, 'the query is over, though its lock is held');
    await until(async () => (await gatewayConnections(server)).length === 0, 'the connections are gone');
    await letGo();
    expect(watched.events).toEqual([]);
  });

  test('does not wait for a server that says nothing', async () => {
    await open({ url: throughProxy() });
    await proxy.set({ timeout: true });
    watched.push(60_000);
    await until(() => proxy.stats().lostBytes > 0, 'the refresh is under way');
    const closing = watched.catalog.close();
    await until(() => {
      watched.push(1_000);
      return watched.timers() === 0;
    }, 'nothing is waited for');
    await closing;
    await proxy.set({});
    expect(watched.events).toEqual([]);
  });
});
