import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { freePort } from './freePort.js';
import { until } from './until.js';

export interface PostgresServer {
  readonly port: number;
  /** Of the one user there is, who owns everything. */
  readonly url: string;
  readonly password: string;
  /** Asks on a connection of its own, which has nothing to do with the gateway's. */
  query<R extends pg.QueryResultRow = Record<string, unknown>>(sql: string, values?: unknown[]): Promise<R[]>;
  /** A session that stays open, to hold locks; ends with the server at the latest. */
  session(): Promise<pg.Client>;
  /** What the server has written since it was made, a little late; each line begins with the name that the client gives itself. */
  log(): string;
  /** Breaks every connection off and stops. */
  stop(): Promise<void>;
  /** Starts again on the same port after stop(), with what was in it. */
  start(): Promise<void>;
  close(): Promise<void>;
}

/** Holds what a URL has to encode. */
const password = 'c4n4ry/+k&y="%5C ü-of-the-database';
const user = 'company';

/** A real PostgreSQL server on a free port, with its files in a temporary folder. The options are its own, such as log_statement=all. */
export async function startPostgresServer(...options: string[]): Promise<PostgresServer> {
  const bin = findPrograms();
  const owner = unprivileged();
  const folder = mkdtempSync(join(tmpdir(), 'analytics-gateway-postgres-'));
  const port = await freePort();
  const url = `postgres://${user}:${encodeURIComponent(password)}@127.0.0.1:${port}/postgres`;
  initialize(bin, folder, owner);
  let child: ChildProcess;
  let log = '';

  async function session(): Promise<pg.Client> {
    const client = new pg.Client({ connectionString: url, application_name: 'test' });
    client.on('error', () => {});
    await client.connect();
    return client;
  }

  async function query<R extends pg.QueryResultRow>(sql: string, values: unknown[] = []): Promise<R[]> {
    const client = await session();
    try {
      return (await client.query<R>(sql, values)).rows;
    } finally {
      await client.end();
    }
  }

  async function start(): Promise<void> {
    const own = [
      'listen_addresses=127.0.0.1',
      `port=${port}`,
      'unix_socket_directories=',
      'fsync=off',
      'log_line_prefix=%a ',
      ...options,
    ];
    child = spawn(join(bin, 'postgres'), ['-D', join(folder, 'data'), ...own.flatMap((option) => ['-c', option])], {
      ...owner,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      log += text;
    });
    const isThere = () =>
      query('SELECT 1').then(
        () => true,
        () => child.exitCode !== null,
      );
    await until(isThere, 'PostgreSQL can be used', 30_000);
    if (child.exitCode !== null) throw new Error('PostgreSQL ended by itself; was its port taken?');
  }

  async function stop(): Promise<void> {
    if (child.exitCode !== null || child.signalCode !== null) return;
    // SIGINT is its fast shutdown, SIGTERM would wait for its clients.
    child.kill('SIGINT');
    await once(child, 'exit');
  }

  await start();
  return {
    port,
    url,
    password,
    query,
    session,
    log: () => log,
    stop,
    start,
    async close() {
      await stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/**
 * Where the server's programs are; Debian keeps them off the PATH, in a folder for each version.
 * @throws Error in words, where there is no PostgreSQL.
 */
function findPrograms(): string {
  const debian = '/usr/lib/postgresql';
  const versions = existsSync(debian) ? readdirSync(debian).sort((a, b) => Number(b) - Number(a)) : [];
  const folders = [
    ...versions.map((version) => join(debian, version, 'bin')),
    ...(process.env['PATH'] ?? '').split(':'),
  ];
  const found = folders.find((folder) => existsSync(join(folder, 'initdb')) && existsSync(join(folder, 'postgres')));
  if (found) return found;
  throw new Error(
    'These tests need the PostgreSQL server. Debian, Ubuntu: apt-get install postgresql; macOS: brew install postgresql.',
  );
}

/** PostgreSQL refuses to run as root; its package brings a user for it. */
function unprivileged(): { uid: number; gid: number } | Record<string, never> {
  if (process.getuid?.() !== 0) return {};
  const id = (kind: string) => Number(execFileSync('id', [kind, 'postgres'], { encoding: 'utf8' }));
  return { uid: id('-u'), gid: id('-g') };
}

function initialize(bin: string, folder: string, owner: ReturnType<typeof unprivileged>): void {
  const passwordFile = join(folder, 'password');
  writeFileSync(passwordFile, password, { mode: 0o600 });
  if ('uid' in owner) for (const path of [folder, passwordFile]) chownSync(path, owner.uid, owner.gid);
  const own = [
    '--auth=scram-sha-256',
    `--pwfile=${passwordFile}`,
    `--username=${user}`,
    '--encoding=UTF8',
    '--no-sync',
  ];
  execFileSync(join(bin, 'initdb'), ['-D', join(folder, 'data'), '--locale=C', ...own], { ...owner, stdio: 'pipe' });
}
