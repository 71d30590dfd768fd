// Beside app.ts because `check` needs it without an app: what the configuration says of sites, against the catalog.
import type { Catalog } from './catalog/catalog.js';
import type { Config } from './config.js';
import { ConfigurationError } from './errors.js';

/** @throws ConfigurationError for every page of `warm`, and every key, whose site the catalog does not have. */
export function checkSites({ file, warm, access }: Config, catalog: Pick<Catalog, 'current'>): void {
  const known = catalog.current();
  const keys = access === 'open' ? [] : access.keys;
  const named = [
    ...warm.map(({ site }) => ({ site, by: 'warm' })),
    ...keys.flatMap(({ id, sites }) => (sites ?? []).map((site) => ({ site, by: `access.keys: ${id}` }))),
  ];
  const problems = named
    .filter(({ site }) => !known.site(site))
    .map(({ site, by }) => ({ file, message: `${by}: the catalog has no site ${site}.` }));
  if (problems.length > 0) throw new ConfigurationError(problems);
}
