import type { Product, Site } from '../../src/catalog/catalog.js';
import type { PostgresConfig } from '../../src/catalogConfig.js';
import type { PostgresServer } from './postgresServer.js';
import { until } from './until.js';

/** The tables of a company, which know nothing of the gateway's names. */
const tables = `
  CREATE TABLE shops (code text, title text, zone text, currency char(3), property bigint);
  CREATE TABLE articles (number serial, code text, shop text, title text, paths text[], partner text);`;

/** The company's own SQL over them. */
export const sitesSql =
  'SELECT code AS id, title AS name, zone AS time_zone, currency, property AS google_property FROM shops ORDER BY code';
const columns = 'code AS id, title AS name, paths AS google_keys, partner AS partner_id';
/** Asked once for each site. */
export const productsSql = `SELECT ${columns} FROM articles WHERE shop = $1 ORDER BY number`;
/** Asked once for all of them. */
export const allProductsSql = `SELECT ${columns}, shop AS site FROM articles ORDER BY number`;
/** The same, and does not answer while a session holds the lock that holdGate() takes. */
export const gatedSql = `SELECT ${columns} FROM articles, (SELECT pg_advisory_xact_lock_shared(7)) AS gate WHERE shop = $1 ORDER BY number`;

/** `catalog.postgres` as it is read from gateway.yaml: refreshed every minute. */
export function settings({ url }: PostgresServer, changes: Partial<PostgresConfig> = {}): PostgresConfig {
  return { url, sites: sitesSql, products: productsSql, refresh: 60_000, timeout: 20_000, ...changes };
}

/** Makes the tables anew, with these rows and no others. */
export async function fill(server: PostgresServer, sites: readonly Site[], products: readonly Product[]) {
  await server.query(`DROP TABLE IF EXISTS shops, articles; ${tables}`);
  for (const { id, name, timeZone, currency, googleAnalytics } of sites) {
    const row = [id, name, timeZone, currency, googleAnalytics?.property];
    await server.query('INSERT INTO shops VALUES ($1, $2, $3, $4, $5)', row);
  }
  for (const { id, siteId, name, googleAnalyticsKeys, partnerId } of products) {
    const row = [id, siteId, name, googleAnalyticsKeys, partnerId];
    await server.query('INSERT INTO articles (code, shop, title, paths, partner) VALUES ($1, $2, $3, $4, $5)', row);
  }
}

/** Makes `gatedSql` wait; the function returned lets it go on. */
export async function holdGate(server: PostgresServer): Promise<() => Promise<void>> {
  const session = await server.session();
  await session.query('SELECT pg_advisory_lock(7)');
  return () => session.end();
}

/** What a gateway that calls itself so has asked of a server with log_statement=all, when it has ended a transaction. */
export async function statementsOf(name: string, server: PostgresServer): Promise<string[]> {
  const line = new RegExp(`^${name} LOG:  (?:statement|execute \\S+(?: from \\S+)?): .*$`, 'gm');
  const lines = () => server.log().match(line) ?? [];
  await until(() => lines().at(-1)?.endsWith(' COMMIT') ?? false, 'the log shows the whole transaction');
  return lines().map((text) => text.slice(`${name} LOG:  `.length));
}

/** The URL for a gateway that calls itself so. */
export function urlOf(name: string, { url }: PostgresServer): string {
  return `${url}?application_name=${name}`;
}

/** How many queries wait at the gate. */
export async function waitingAtGate(server: PostgresServer): Promise<number> {
  const rows = await server.query(`SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted`);
  return rows.length;
}

/** The numbers of the gateway's connections, idle ones included. */
export async function gatewayConnections(server: PostgresServer): Promise<number[]> {
  const rows = await server.query<{ pid: number }>(
    `SELECT pid FROM pg_stat_activity WHERE application_name = 'analytics-gateway'`,
  );
  return rows.map(({ pid }) => pid);
}
