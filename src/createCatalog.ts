// A part of the composition root: it only wires, as app.ts does.
import type { Catalog } from './catalog/catalog.js';
import { createFileCatalog } from './catalog/fileCatalog.js';
import type { PostgresCatalogOptions } from './catalog/postgresCatalog.js';
import type { Clock } from './clock.js';
import { type Config, partnerIdPatternOf, variablesOf } from './config.js';
import { formatProblem } from './errors.js';
import { checkSites, missingSites } from './siteChecks.js';
import type { Report } from './telemetry.js';

export interface CatalogOptions {
  config: Config;
  clock: Clock;
  report: Report;
}

/**
 * The catalog that the configuration names.
 * @throws ConfigurationError with every problem of it, and for each site that the configuration names and it does not have.
 */
export async function createCatalog({ config, clock, report: reportAll }: CatalogOptions): Promise<Catalog> {
  /** A catalog that serves may lose a site that the next start would miss. The first change comes after it has begun to. */
  const report: Report = (event) => {
    reportAll(event);
    if (event.type !== 'catalog.changed') return;
    for (const problem of missingSites(config, catalog.current())) {
      reportAll({ type: 'server.notice', message: formatProblem(problem) });
    }
  };
  const rules = {
    partnerIdPattern: partnerIdPatternOf(config),
    sendsPartnerKey: Boolean(config.sources.partner?.apiKey),
  };
  const { file, postgres } = config.catalog;
  const catalog: Catalog =
    postgres === null
      ? createFileCatalog({ ...rules, file, variables: variablesOf(), report })
      : await openDatabase({ ...rules, postgres, file: config.file, clock, report });
  try {
    checkSites(config, catalog.current());
    return catalog;
  } catch (error) {
    await catalog.close();
    throw error;
  }
}

/** The libraries of the database are loaded where there is one. */
async function openDatabase(options: PostgresCatalogOptions): Promise<Catalog> {
  const { createPostgresCatalog } = await import('./catalog/postgresCatalog.js');
  return createPostgresCatalog(options);
}
