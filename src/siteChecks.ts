import type { CatalogSnapshot } from './catalog/catalog.js';
import type { Config } from './config.js';
import { ConfigurationError } from './errors.js';

/** @throws ConfigurationError for every page of `warm`, and every key, whose site the catalog does not have. */
export function checkSites({ file, warm, access }: Config, catalog: Pick<CatalogSnapshot, 'site'>): void {
  const keys = access === 'open' ? [] : access.keys;
  const named = [
    ...warm.map(({ site }) => ({ site, by: 'warm' })),
    ...keys.flatMap(({ id, sites }) => (sites ?? []).map((site) => ({ site, by: `access.keys: ${id}` }))),
  ];
  const problems = named
    .filter(({ site }) => !catalog.site(site))
    .map(({ site, by }) => ({ file, message: `${by}: the catalog has no site ${site}.` }));
  if (problems.length > 0) throw new ConfigurationError(problems);
}
