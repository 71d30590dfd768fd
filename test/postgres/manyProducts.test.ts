import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { statementsOf, urlOf } from '../helpers/companyDatabase.js';
import { openCatalog, type WatchedCatalog } from '../helpers/postgresCatalogs.js';
import { type PostgresServer, startPostgresServer } from '../helpers/postgresServer.js';

const total = 100_000;
const perPage = 5_000;
let server: PostgresServer;
let watched: WatchedCatalog;
let statements: string[];

beforeAll(async () => {
  server = await startPostgresServer('log_statement=all');
  await server.query(`CREATE TABLE articles AS
    SELECT number, 'p-' || number AS code, 'Product ' || number AS title FROM generate_series(1, ${total}) AS number`);
  watched = await openCatalog({
    url: urlOf('counted', server),
    sites: `SELECT 'shop' AS id, 'Shop' AS name, 'Europe/Berlin' AS time_zone, 'EUR' AS currency`,
    products: `SELECT code AS id, title AS name, ARRAY['/p/' || number] AS google_keys, 'P-' || number AS partner_id
      FROM articles WHERE $1 = 'shop' ORDER BY number`,
    refresh: 60_000,
    timeout: 20_000,
  });
  statements = await statementsOf('counted', server);
}, 60_000);
afterAll(async () => {
  await watched.catalog.close();
  await server.close();
});

test('a hundred thousand products of one site are all there, in the order of the rows', () => {
  const products = watched.catalog.current().products('shop');
  expect(products).toHaveLength(total);
  expect([products[0]?.id, products[perPage]?.id, products.at(-1)?.id]).toEqual([
    'p-1',
    `p-${perPage + 1}`,
    `p-${total}`,
  ]);
  expect(new Set(products.map(({ siteId }) => siteId))).toEqual(new Set(['shop']));
});

test('they come from one query in pages, and not at once', () => {
  const begun = statements.filter((line) => /execute <unnamed>\/C_\d+:/.test(line));
  const fetched = statements.filter((line) => /execute fetch from <unnamed>\/C_\d+:/.test(line));
  // The sites are a query of their own, and the last page of the products is empty.
  expect(begun).toHaveLength(2);
  expect(fetched).toHaveLength(total / perPage);
});

test('a refresh of them that brings nothing new leaves the catalog that there is', async () => {
  const before = watched.catalog.current();
  expect(await watched.refresh()).toEqual([]);
  expect(watched.catalog.current()).toBe(before);
});
