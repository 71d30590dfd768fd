// A part of the composition root: it only wires, as app.ts does.
import type { Catalog } from './catalog/catalog.js';
import { createFileCatalog } from './catalog/fileCatalog.js';
import type { PostgresCatalogOptions } from './catalog/postgresCatalog.js';
import type { Clock } from './clock.js';
import { type Config, partnerIdPatternOf, variablesOf } from './config.js';
import { checkSites } from './siteChecks.js';
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
export async function createCatalog({ config, clock, report }: CatalogOptions): Promise<Catalog> {
  const rules = {
    partnerIdPattern: partnerIdPatternOf(config),
    sendsPartnerKey: Boolean(config.sources.partner?.apiKey),
  };
  const { file, postgres } = config.catalog;
  const catalog =
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
