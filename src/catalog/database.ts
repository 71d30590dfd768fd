import pg from 'pg';
import Cursor from 'pg-cursor';
import { untilAborted } from '../cancellation.js';
import type { Clock } from '../clock.js';
import { DatabaseFailure, SilentServer } from './databaseFailure.js';
import type { Page, Row } from './rows.js';

export interface DatabaseOptions {
  url: string;
  /** How long connecting may take, and the next page of rows. */
  timeoutMs: number;
  clock: Clock;
}

/** Asks one query; the answer comes page by page, at least one page, so that the columns are known. */
export type AskPages = (sql: string, values: readonly string[]) => AsyncIterable<Page>;

export interface Database {
  /**
   * Everything that `work` asks is answered from one state of the database, and nothing of it can write. The signal ends what
   * runs, on the server as well.
   * @throws DatabaseFailure when the database gives no answer, and whatever `work` throws; no connection is left open then.
   */
  read<T>(work: (ask: AskPages) => Promise<T>, signal: AbortSignal): Promise<T>;
  close(): Promise<void>;
}

/** The rows that are in memory beside the catalog that is made of them; some ms of work at a time. */
const pageRows = 5_000;
/** The server's own timeout comes first; this is for one that says nothing any more. */
const graceMs = 5_000;
/** A server that does not answer must not hold up the end of the gateway. */
const farewellMs = 1_000;
/** What a server and a timer take, about 24.8 days. */
const longestMs = 2_147_483_647;

/** PostgreSQL, behind a pool of two connections: one reads, the other one can stop it. Connects when it is read. */
export function openDatabase({ url, clock, ...options }: DatabaseOptions): Database {
  const timeoutMs = Math.ceil(Math.min(options.timeoutMs, longestMs));
  const pool = new pg.Pool({
    connectionString: url,
    max: 2,
    connectionTimeoutMillis: timeoutMs,
    allowExitOnIdle: true,
    fallback_application_name: 'analytics-gateway',
  });
  // A connection that breaks while nobody uses it is replaced by the next one.
  pool.on('error', () => {});

  /** Asks the server to stop what a connection does: closing the connection alone would let it work on. */
  async function stop(pid: string): Promise<void> {
    await atMost(farewellMs, pool.query('SELECT pg_cancel_backend($1)', [pid]), clock);
  }

  return {
    async read(work, signal) {
      const within = <T>(step: () => Promise<T>) => answered(step, { timeoutMs, signal, clock });
      const client = await connect(pool, within);
      // What runs hears of a broken connection by itself.
      const ignore = () => {};
      client.on('error', ignore);
      let pid: string | undefined;
      try {
        await within(() => client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY'));
        pid = await within(() => prepare(client, timeoutMs));
        const result = await work((sql, values) => askPages(client, sql, values, within));
        await within(() => client.query('COMMIT'));
        client.release();
        return result;
      } catch (error) {
        if (signal.aborted && pid !== undefined) await stop(pid);
        client.release(true);
        throw error;
      } finally {
        client.off('error', ignore);
      }
    },
    close: () => atMost(farewellMs, pool.end(), clock),
  };
}

type Within = <T>(step: () => Promise<T>) => Promise<T>;

/** A connection that comes when nobody waits for it any more goes at once. */
async function connect(pool: pg.Pool, within: Within): Promise<pg.PoolClient> {
  let isAwaited = true;
  try {
    return await within(async () => {
      const client = await pool.connect();
      if (!isAwaited) client.release(true);
      return client;
    });
  } finally {
    isAwaited = false;
  }
}

/** Sets the limits of this transaction, and answers with the server's number of the connection. */
async function prepare(client: pg.PoolClient, timeoutMs: number): Promise<string> {
  const { rows } = await client.query<{ pid: string }>({
    // By parameters of the session, because a connection pooler between refuses them when connecting.
    text: `SELECT set_config('statement_timeout', $1, true),
      set_config('idle_in_transaction_session_timeout', $1, true), pg_backend_pid()::text AS pid`,
    values: [String(timeoutMs)],
  });
  return rows[0]?.pid ?? '';
}

async function* askPages(
  client: pg.PoolClient,
  sql: string,
  values: readonly string[],
  within: Within,
): AsyncGenerator<Page> {
  const cursor = client.query(new Cursor<Row>(sql, [...values], { types: { getTypeParser } }));
  for (;;) {
    const page = await within(() => readPage(cursor));
    yield page;
    if (page.rows.length < pageRows) return;
  }
}

function readPage(cursor: Cursor<Row>): Promise<Page> {
  return new Promise((resolve, reject) => {
    cursor.read(pageRows, (error, rows, result) => {
      if (error) reject(error);
      else resolve({ columns: result.fields.map(({ name }) => name), rows });
    });
  });
}

/** Types whose values are lists: of the kinds of text, of whole numbers, of UUIDs. */
const listTypes = new Set([1002, 1003, 1005, 1007, 1009, 1014, 1015, 1016, 2951]);
type ParseList = (text: string) => readonly (string | null)[];
const readTextList = (pg.types.getTypeParser as (type: number) => ParseList)(1009);

/** An id may be a number or a UUID there; here it is the text that the server writes for it. */
function getTypeParser(type: number): (text: string) => unknown {
  return listTypes.has(type) ? readTextList : (text) => text;
}

/** Settles as the step does, unless the time is over or the signal aborts before. The step itself goes on. */
async function answered<T>(
  step: () => Promise<T>,
  { timeoutMs, signal, clock }: { timeoutMs: number; signal: AbortSignal; clock: Clock },
): Promise<T> {
  const silence = new AbortController();
  const stopTimer = clock.after(timeoutMs + graceMs, () => silence.abort(new SilentServer()));
  try {
    return await untilAborted(step(), AbortSignal.any([signal, silence.signal]));
  } catch (error) {
    throw new DatabaseFailure(error, timeoutMs);
  } finally {
    stopTimer();
  }
}

/** Resolves when the step has settled, or the time is over. */
function atMost(ms: number, step: Promise<unknown>, clock: Clock): Promise<void> {
  return new Promise((resolve) => {
    const stopTimer = clock.after(ms, resolve);
    const end = () => {
      stopTimer();
      resolve();
    };
    step.then(end, end);
  });
}
