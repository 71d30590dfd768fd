import { inspect } from 'node:util';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { createDemoWorld } from '../../src/demo/seed.js';
import { createProduct, createSite } from '../helpers/catalogParts.js';
import {
  allProductsSql,
  fill,
  gatedSql,
  holdGate,
  settings,
  statementsOf,
  urlOf,
  waitingAtGate,
} from '../helpers/companyDatabase.js';
import { startGateway } from '../helpers/gateway.js';
import { openCatalog, type WatchedCatalog, whyNot } from '../helpers/postgresCatalogs.js';
import { type PostgresServer, startPostgresServer } from '../helpers/postgresServer.js';
import { findSecrets } from '../helpers/secretForms.js';
import { until } from '../helpers/until.js';

const sites = [createSite('outlet'), createSite('shop')];
const products = [
  createProduct('red-shoe', { name: 'Red Shoe', googleAnalyticsKeys: ['/p/red-shoe', '/sale/red-shoe'] }),
  createProduct('gift-card', { googleAnalyticsKeys: [], partnerId: null }),
  createProduct('bag', { siteId: 'outlet' }),
];

let server: PostgresServer;
const opened: WatchedCatalog[] = [];

beforeAll(async () => {
  server = await startPostgresServer('log_statement=all');
}, 60_000);
afterAll(async () => {
  await Promise.all(opened.map(({ catalog }) => catalog.close()));
  await server.close();
});
beforeEach(() => fill(server, sites, products));

async function open(changes: Parameters<typeof settings>[1] = {}): Promise<WatchedCatalog> {
  const watched = await openCatalog(settings(server, changes));
  opened.push(watched);
  return watched;
}

describe("a catalog of the company's own SQL", () => {
  test.each([
    ['asked for each site', {}],
    ['asked for all sites at once', { products: allProductsSql }],
  ])('has its sites and products, in the order of the rows, when products are %s', async (_, changes) => {
    const snapshot = (await open(changes)).catalog.current();
    expect(snapshot.sites).toEqual(sites);
    expect(snapshot.products('shop')).toEqual(products.slice(0, 2));
    expect(snapshot.products('outlet')).toEqual(products.slice(2));
    expect(snapshot.product('bag')).toEqual(products[2]);
  });

  test('takes numbers and UUIDs as ids, and lists of them as keys', async () => {
    const { catalog } = await open({
      sites: `SELECT 7 AS id, 'Shop' AS name, 'Asia/Tokyo' AS time_zone, 'JPY'::varchar AS currency`,
      products: `SELECT '0b9e7c1e-5a3f-4a52-9d4e-111111111111'::uuid AS id, 'A' AS name, ARRAY[1, 2] AS google_keys,
        900719925474099312::bigint AS partner_id WHERE $1 = 7`,
    });
    expect(catalog.current().products('7')).toEqual([
      {
        id: '0b9e7c1e-5a3f-4a52-9d4e-111111111111',
        name: 'A',
        siteId: '7',
        googleAnalyticsKeys: ['1', '2'],
        partnerId: '900719925474099312',
      },
    ]);
  });

  test('is read in one transaction that may only read', async () => {
    await open({ url: urlOf('counted', server) });
    const statements = await statementsOf('counted', server);
    expect(statements.map((text) => text.replace(/^.*?: (\w+).*/, '$1'))).toEqual([
      'BEGIN', // and within it the limits, the sites, and the products of each of the two
      'SELECT',
      'SELECT',
      'SELECT',
      'SELECT',
      'COMMIT',
    ]);
    expect(statements[0]).toBe('statement: BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
  });
});

describe('a gateway over a database', () => {
  test('answers as one over a file does', async () => {
    const world = createDemoWorld({ products: 4, sites: 2, seed: 1 });
    await fill(server, world.sites, world.products);
    const query = `{ site(id: "shop") { name currency products(first: 10) { totalCount nodes {
      id name googleAnalytics(range: { start: "2026-01-01", end: "2026-01-07" }) { pageViews }
      partner(range: { start: "2026-01-01", end: "2026-01-07" }) { orders revenue } } } } }`;
    const options = { products: 4, sites: 2 };
    const overDatabase = await startGateway({
      ...options,
      configure: (file) => {
        const { url, sites, products } = settings(server);
        file.catalog = { postgres: { url, sites, products, refresh: '1h' } };
      },
    });
    const overFile = await startGateway(options);
    const [one, other] = await Promise.all([overDatabase.ask(query), overFile.ask(query)]);
    await Promise.all([overDatabase.close(), overFile.close()]);
    expect(one.errors).toBeUndefined();
    expect(one.data).toEqual(other.data);
    expect(one.extensions.sources['partner']).toMatchObject({ keys: 4, calls: 4 });
  });
});

describe('an edit in the database', () => {
  test('is there after the next refresh, and told; a refresh that brings nothing new is not', async () => {
    const watched = await open();
    const before = watched.catalog.current();
    expect(await watched.refresh()).toEqual([]);
    expect(watched.catalog.current()).toBe(before);
    await server.query(`UPDATE articles SET title = 'Crimson Shoe' WHERE code = 'red-shoe'`);
    expect(await watched.refresh()).toEqual([{ type: 'catalog.changed', sites: 2 }]);
    expect(watched.catalog.current().product('red-shoe')?.name).toBe('Crimson Shoe');
    expect(before.product('red-shoe')?.name).toBe('Red Shoe');
  });

  test('in the middle of a refresh is seen whole by the next one, and not at all by this one', async () => {
    const watched = await open({ products: gatedSql });
    await server.query(`UPDATE shops SET title = 'First'; UPDATE articles SET title = 'First'`);
    const letGo = await holdGate(server);
    const refreshing = watched.refresh();
    await until(async () => (await waitingAtGate(server)) === 1, 'the sites are read, the products are not');
    await server.query(`UPDATE shops SET title = 'Second'; UPDATE articles SET title = 'Second'`);
    expect(watched.catalog.current().site('shop')?.name).toBe('Site shop');

    await letGo();
    await refreshing;
    const names = () => {
      const snapshot = watched.catalog.current();
      return [...snapshot.sites, ...snapshot.products('shop'), ...snapshot.products('outlet')].map(({ name }) => name);
    };
    expect(names()).toEqual(Array(5).fill('First'));
    await watched.refresh();
    expect(names()).toEqual(Array(5).fill('Second'));
  });

  test('that breaks a rule changes nothing, and is told with the row; the next good one heals it', async () => {
    const watched = await open();
    await server.query(`UPDATE articles SET title = 'Crimson Shoe' WHERE code = 'red-shoe'`);
    await server.query(`UPDATE articles SET title = '' WHERE code = 'gift-card'`);
    const message =
      'catalog.postgres.products row 2 of site "shop" (id "gift-card"): name: write at least one character';
    expect(await watched.refresh()).toEqual([
      { type: 'catalog.rejected', problems: [{ file: 'gateway.yaml', message }] },
    ]);
    expect(watched.catalog.current().product('red-shoe')?.name).toBe('Red Shoe');
    await server.query(`UPDATE articles SET title = 'Gift' WHERE code = 'gift-card'`);
    expect(await watched.refresh()).toEqual([{ type: 'catalog.changed', sites: 2 }]);
    expect(
      watched.catalog
        .current()
        .products('shop')
        .map(({ name }) => name),
    ).toEqual(['Crimson Shoe', 'Gift']);
  });

  test('that is taken back before it was ever good is told as healed, though nothing changed', async () => {
    const watched = await open();
    await server.query(`UPDATE shops SET currency = 'eur' WHERE code = 'shop'`);
    expect(await watched.refresh()).toMatchObject([{ type: 'catalog.rejected' }]);
    await server.query(`UPDATE shops SET currency = 'EUR' WHERE code = 'shop'`);
    expect(await watched.refresh()).toEqual([{ type: 'catalog.changed', sites: 2 }]);
  });
});

describe('SQL that is wrong', () => {
  test('in a column of a table is told in the words of the database', async () => {
    expect(
      await whyNot(settings(server, { products: 'SELECT code AS id, nme AS name FROM articles WHERE shop = $1' })),
    ).toEqual(['catalog.postgres.products: the database refuses the SQL: column "nme" does not exist.']);
  });

  test('in a column of the answer is told with the columns that are there', async () => {
    expect(
      await whyNot(settings(server, { products: 'SELECT code AS id, title FROM articles WHERE shop = $1' })),
    ).toEqual([
      'catalog.postgres.products of site "outlet": the column name is missing; there are id, title.',
      expect.stringMatching(/^catalog\.postgres\.products of site "outlet": the column title is not known/),
      'catalog.postgres.products of site "shop": the column name is missing; there are id, title.',
      expect.stringMatching(/^catalog\.postgres\.products of site "shop": the column title is not known/),
    ]);
  });

  test('in the columns of the sites is told without a word on products, which would all be of unknown sites', async () => {
    expect(await whyNot(settings(server, { sites: 'SELECT code FROM shops', products: allProductsSql }))).toEqual([
      'catalog.postgres.sites: the column id is missing; there are code.',
      'catalog.postgres.sites: the column name is missing; there are code.',
      'catalog.postgres.sites: the column time_zone is missing; there are code.',
      'catalog.postgres.sites: the column currency is missing; there are code.',
      expect.stringMatching(/^catalog\.postgres\.sites: the column code is not known/),
    ]);
  });

  test('with ids that are there twice names the second', async () => {
    await server.query(`UPDATE articles SET code = 'bag' WHERE code = 'red-shoe'`);
    expect(await whyNot(settings(server))).toEqual([
      'catalog.postgres.products row 1 of site "shop" (id "bag"): product id bag is taken already; ids are unique over the whole catalog.',
    ]);
  });

  test.each([
    ['deletes', `DELETE FROM articles WHERE shop = $1 RETURNING code AS id, title AS name`],
    ['inserts', `INSERT INTO articles (code, title) VALUES ($1, 'x') RETURNING code AS id, title AS name`],
    [
      'deletes within a WITH',
      `WITH gone AS (DELETE FROM articles RETURNING *) SELECT code AS id, title AS name FROM gone WHERE shop = $1`,
    ],
    ['makes a table', `CREATE TABLE stolen AS SELECT 1 AS id`],
  ])('and %s is refused, because nothing may be written', async (_, sql) => {
    expect(await whyNot(settings(server, { products: sql }))).toEqual([
      'catalog.postgres.products: the SQL wants to write, and may only read.',
    ]);
    expect(await server.query('SELECT FROM articles')).toHaveLength(3);
  });

  test.each([
    ['is several statements', `SELECT 1; DELETE FROM articles`],
    ['ends the transaction to write after it', `COMMIT; DELETE FROM articles`],
  ])('and %s is refused', async (_, sql) => {
    expect(await whyNot(settings(server, { sites: sql }))).toEqual([
      'catalog.postgres.sites: the database refuses the SQL: cannot insert multiple commands into a prepared statement.',
    ]);
    expect(await server.query('SELECT FROM articles')).toHaveLength(3);
  });

  test('and ends the transaction is not followed by the other one', async () => {
    const problems = await whyNot(settings(server, { sites: 'COMMIT', products: 'DELETE FROM articles' }));
    expect(problems).toContain('catalog.postgres.sites: the column id is missing; there is none.');
    expect(await server.query('SELECT FROM articles')).toHaveLength(3);
  });
});

describe('a site id that looks like SQL', () => {
  const hostile = `shop'; DROP TABLE articles; --`;

  test('goes to the database as a parameter and is refused as an id', async () => {
    await server.query('UPDATE shops SET code = $1 WHERE code = $2', [hostile, 'shop']);
    await server.query('UPDATE articles SET shop = $1 WHERE shop = $2', [hostile, 'shop']);
    expect(await whyNot(settings(server))).toEqual([
      `catalog.postgres.sites row 2 (id ${JSON.stringify(hostile)}): id: write 1 to 64 letters, digits, _ or -`,
    ]);
    const parameter = `analytics-gateway DETAIL:  parameters: $1 = 'shop''; DROP TABLE articles; --'`;
    await until(() => server.log().includes(parameter), 'the log shows the parameter');
    expect(await server.query('SELECT FROM articles')).toHaveLength(3);
  });
});

describe('no secret is told', () => {
  test('of a connection that fails, whatever the reason', async () => {
    const { url, password, port } = server;
    const wrong = 'wr0ng/+&"-password';
    const failures = [
      url.replace(encodeURIComponent(password), encodeURIComponent(wrong)),
      url.replace('/postgres', '/no-such-database').replace('no-such-database@', '@'),
      url.replace(`:${port}`, ':1'),
      `${url}?sslmode=verify-full`,
      `${url}?sslrootcert=/no/such/file`,
      url.replace('127.0.0.1', 'no-such-host.invalid'),
    ].map((failing) => openCatalog(settings(server, { url: failing })).catch((error: unknown) => error));
    const errors = await Promise.all(failures);
    const texts = new Map(
      errors.map((error, index) => [`failure ${index}`, inspect(error, { depth: 9, showHidden: true })]),
    );
    for (const error of errors) expect(error).toHaveProperty('name', 'ConfigurationError');
    expect(errors.map((error) => (error as Error).message)).toEqual([
      expect.stringMatching(/refuses the user or the password/),
      expect.stringMatching(/no database of the name/),
      expect.stringMatching(/cannot be reached/),
      expect.stringMatching(/TLS/),
      expect.stringMatching(/no such certificate file/),
      expect.stringMatching(/cannot be reached/),
    ]);
    expect(findSecrets(texts, { 'the password': password, 'the wrong password': wrong })).toEqual([]);
  });

  test('of rows, when the database repeats a value in its error', async () => {
    const secret = 'c4n4ry-of-a-row';
    await server.query('UPDATE articles SET title = $1', [secret]);
    const sql = 'SELECT code AS id, title::int::text AS name FROM articles WHERE shop = $1';
    expect(await whyNot(settings(server, { products: sql }))).toEqual([
      'catalog.postgres.products: the database answered with an error (SQLSTATE 22P02).',
    ]);
  });
});
