import { createHash } from 'node:crypto';
import type { PostgresConfig } from '../catalogConfig.js';
import type { Clock } from '../clock.js';
import { ConfigurationError, Disconnected, type Problem } from '../errors.js';
import type { Report } from '../telemetry.js';
import type { Catalog, CatalogSnapshot } from './catalog.js';
import { type AskPages, type Database, openDatabase } from './database.js';
import { DatabaseFailure } from './databaseFailure.js';
import { createDraft } from './draft.js';
import type { Page } from './rows.js';
import type { CatalogRules } from './rules.js';

export interface PostgresCatalogOptions extends CatalogRules {
  postgres: PostgresConfig;
  /** Where the SQL stands, for problems. */
  file: string;
  clock: Clock;
  report: Report;
}

interface Reading {
  readonly snapshot: CatalogSnapshot;
  /** The same for the same rows in the same order. */
  readonly digest: string;
}

/**
 * The catalog of a PostgreSQL database, asked by the company's own SQL. It is read again on an interval, one read at a time and
 * all of it in one state of the database: a good one replaces the whole catalog at once, a failed one is reported and changes
 * nothing.
 * @throws ConfigurationError when it cannot be read at the start.
 */
export async function createPostgresCatalog(options: PostgresCatalogOptions): Promise<Catalog> {
  const { postgres, clock, report } = options;
  const closing = new AbortController();
  const database = openDatabase({ url: postgres.url, timeoutMs: postgres.timeout, clock });
  const read = () => readCatalog(database, options, closing.signal);

  let current = await read();
  let isRejected = false;
  let refreshing = Promise.resolve();
  let stopTimer = waitForNext();

  async function refresh(): Promise<void> {
    try {
      const next = await read();
      // After a failure it is told as well, so that people see that it is over.
      if (next.digest !== current.digest || isRejected) {
        current = next;
        report({ type: 'catalog.changed', sites: next.snapshot.sites.length });
      }
      isRejected = false;
    } catch (error) {
      if (closing.signal.aborted) return;
      isRejected = true;
      report({ type: 'catalog.rejected', problems: problemsOf(error, options.file) });
    }
    if (!closing.signal.aborted) stopTimer = waitForNext();
  }

  function waitForNext(): () => void {
    return clock.after(postgres.refresh, () => {
      refreshing = refresh();
    });
  }

  return {
    current: () => current.snapshot,
    async close() {
      stopTimer();
      closing.abort(new Disconnected());
      await refreshing;
      await database.close();
    },
  };
}

/** @throws ConfigurationError with every problem of the rows, or why there are none. */
async function readCatalog(
  database: Database,
  { postgres, clock: _, report: __, ...rules }: PostgresCatalogOptions,
  signal: AbortSignal,
): Promise<Reading> {
  const { file } = rules;
  try {
    return await database.read((ask) => readRows(ask, postgres, rules), signal);
  } catch (error) {
    if (!(error instanceof DatabaseFailure)) throw error;
    throw new ConfigurationError([{ file, message: `catalog.postgres: ${error.message}` }]);
  }
}

async function readRows(
  ask: AskPages,
  { sites, products }: PostgresConfig,
  rules: CatalogRules & { file: string },
): Promise<Reading> {
  const draft = createDraft(rules);
  const digest = createHash('sha256');

  async function take(name: 'sites' | 'products', pages: AsyncIterable<Page>, add: (page: Page) => void) {
    try {
      for await (const page of pages) {
        digest.update(JSON.stringify(page.rows));
        add(page);
      }
    } catch (error) {
      if (!(error instanceof DatabaseFailure)) throw error;
      throw new ConfigurationError([{ file: rules.file, message: `catalog.postgres.${name}: ${error.message}` }]);
    }
  }

  await take('sites', ask(sites, []), draft.sites());
  const siteIds = draft.siteIds();
  if (asksBySite(products)) {
    for (const site of siteIds) await take('products', ask(products, [site]), draft.products(site));
  } else if (siteIds.length > 0) {
    // Without a site every product would have a problem.
    await take('products', ask(products, []), draft.products(null));
  }
  return { snapshot: draft.finish(), digest: digest.digest('base64') };
}

/** Whether SQL for products wants to know which site. */
export function asksBySite(products: string): boolean {
  return /\$1(?!\d)/.test(products);
}

function problemsOf(error: unknown, file: string): readonly Problem[] {
  if (error instanceof ConfigurationError) return error.problems;
  return [{ file, message: 'catalog.postgres: cannot be read.' }];
}
