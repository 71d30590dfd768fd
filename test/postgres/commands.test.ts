import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { stringify } from 'yaml';
import { createProduct, createSite } from '../helpers/catalogParts.js';
import { runCommand, startCommand } from '../helpers/commandLine.js';
import { fill, productsSql, sitesSql } from '../helpers/companyDatabase.js';
import { type PostgresServer, startPostgresServer } from '../helpers/postgresServer.js';
import { findSecrets } from '../helpers/secretForms.js';
import { temporaryFolder } from '../helpers/temporaryFolder.js';
import { until } from '../helpers/until.js';

const patient = 60_000;
const write = temporaryFolder();
let server: PostgresServer;

beforeAll(async () => {
  server = await startPostgresServer();
  await fill(server, [createSite()], [createProduct('shoe')]);
}, patient);
afterAll(() => server.close());

/** The configuration of a company, whose URL is a secret of the environment. */
function configure(name: string, changes: object = {}): [file: string, environment: Record<string, string>] {
  const postgres = { url: `$\{DATABASE_URL}`, sites: sitesSql, products: productsSql, refresh: '100ms', ...changes };
  const apiKey = { query: 'key', value: 'the-key-of-the-source' };
  const sources = { googleAnalytics: {}, partner: { url: 'http://127.0.0.1:1/{partnerId}', apiKey } };
  const file = write(
    `${name}.yaml`,
    stringify({ server: { port: 0 }, catalog: { postgres }, sources, access: 'open' }),
  );
  return [file, { DATABASE_URL: server.url }];
}

describe('check', () => {
  test(
    'finds nothing wrong with SQL that is right, and every problem of SQL that is not',
    async () => {
      const [good, environment] = configure('good');
      const [bad] = configure('bad', { products: 'SELECT code AS id, titel AS name FROM articles WHERE shop = $1' });
      const [right, wrong] = await Promise.all(
        [good, bad].map((file) => runCommand(['check', '--config', file], environment)),
      );
      expect(right).toMatchObject({ code: 0, stdout: 'No problems.\n' });
      expect(wrong?.code).toBe(1);
      expect(wrong?.stdout).toBe(
        `${bad}: catalog.postgres.products: the database refuses the SQL: column "titel" does not exist.\n1 problem.\n`,
      );
    },
    patient,
  );
});

describe('serve', () => {
  test(
    'lives through a restart of the database, tells it in the log, and tells no secret',
    async () => {
      const [file, environment] = configure('serve');
      const command = startCommand(['serve', '--config', file], environment);
      const url = await command.printed(/listens on (\S+)/);
      const nameOf = async () => {
        const body = JSON.stringify({ query: '{ product(id: "shoe") { name } }' });
        const response = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
        return ((await response.json()) as { data: { product: { name: string } } }).data.product.name;
      };
      await server.stop();
      await until(() => command.stderr().includes('cannot be reached'), 'the log says that the database is away');
      expect(await nameOf()).toBe('Product shoe');
      await server.start();
      await server.query(`UPDATE articles SET title = 'Healed'`);
      await until(async () => (await nameOf()) === 'Healed', 'the edit is served');
      const { code, stdout, stderr } = await command.end();
      expect(code).toBe(0);
      expect(stderr).toContain('the catalog was read again');
      const sinks = new Map(Object.entries({ stdout, stderr }));
      expect(findSecrets(sinks, { 'the password': server.password, 'the URL': server.url })).toEqual([]);
    },
    patient,
  );

  test(
    'writes no partner key of a site into the log, neither the new one nor the old one when the database has changed',
    async () => {
      const withKey = sitesSql.replace(' FROM', ', title AS partner_api_key FROM');
      const [file, environment] = configure('keys', { sites: withKey });
      const setKey = (key: string) => server.query('UPDATE shops SET title = $1', [key]);
      await setKey('the-first-key-of-the-shop');
      const command = startCommand(['serve', '--config', file], environment);
      const url = await command.printed(/listens on (\S+)/);
      const mention = async (key: string) => {
        const headers = { 'content-type': 'application/json', 'x-request-id': key };
        await fetch(url, { method: 'POST', headers, body: '{"query":"{ sites { id } }"}' });
      };
      await mention('the-first-key-of-the-shop');
      await setKey('the-second-key-of-the-shop');
      await until(() => command.stderr().includes('the catalog was read again'), 'the edit is in use');
      await mention('the-second-key-of-the-shop');
      await mention('the-first-key-of-the-shop');
      const { stderr } = await command.end();
      expect(stderr.match(/\[secret\]/g)).toHaveLength(3);
      expect(stderr).not.toMatch(/the-\w+-key-of-the-shop/);
    },
    patient,
  );

  test(
    'does not start over a database that is away, and says so',
    async () => {
      const [file] = configure('away');
      const { code, stderr } = await runCommand(['serve', '--config', file], {
        DATABASE_URL: 'postgres://reader:c4n4ry@127.0.0.1:1/shop',
      });
      expect(code).toBe(1);
      expect(stderr).toBe(
        `${file}: catalog.postgres: the database cannot be reached; check the host and the port of url.\n`,
      );
    },
    patient,
  );
});
