import type { CatalogSnapshot } from './catalog.js';

/**
 * The catalog as somebody sees it who may see these sites only: the others do not exist, and neither do their products.
 * Every member is written out, so that one that is added to catalogs is hidden until it is thought of here.
 */
export function narrowCatalog(catalog: CatalogSnapshot, sites: 'all' | ReadonlySet<string>): CatalogSnapshot {
  if (sites === 'all') return catalog;
  return {
    sites: catalog.sites.filter(({ id }) => sites.has(id)),
    site: (id) => (sites.has(id) ? catalog.site(id) : undefined),
    product(id) {
      const product = catalog.product(id);
      return product && sites.has(product.siteId) ? product : undefined;
    },
    products: (siteId) => (sites.has(siteId) ? catalog.products(siteId) : []),
  };
}
