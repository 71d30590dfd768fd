import type { CatalogSnapshot } from './catalog/catalog.js';
import type { Config } from './config.js';
import { ConfigurationError, type Problem } from './errors.js';

/** @throws ConfigurationError for every page of `warm`, and every key, whose site the catalog does not have. */
export function checkSites(config: Config, catalog: Pick<CatalogSnapshot, 'site'>): void {
  const problems = missingSites(config, catalog);
  if (problems.length > 0) throw new ConfigurationError(problems);
}

/** One problem for every page of `warm`, and every key, whose site the catalog does not have. */
export function missingSites({ file, warm, access }: Config, catalog: Pick<CatalogSnapshot, 'site'>): Problem[] {
  const keys = access === 'open' ? [] : access.keys;
  const named = [
    ...warm.map(({ site }) => ({ site, by: 'warm' })),
    ...keys.flatMap(({ id, sites }) => (sites ?? []).map((site) => ({ site, by: `access.keys: ${id}` }))),
  ];
  return named
    .filter(({ site }) => !catalog.site(site))
    .map(({ site, by }) => ({ file, message: `${by}: the catalog has no site ${site}.` }));
}
