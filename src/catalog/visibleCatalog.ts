import { type CatalogSnapshot, countSeveralKeys, type Product } from './catalog.js';

/**
 * The catalog as somebody sees it who may see these sites only: the others do not exist, and neither do their products. Its
 * lists of products are those of the whole catalog, so that what was made of them serves everybody.
 *
 * Every member is written out, so that one that is added to catalogs is hidden until it is thought of here.
 */
export function narrowCatalog(catalog: CatalogSnapshot, sites: 'all' | ReadonlySet<string>): CatalogSnapshot {
  if (sites === 'all') return catalog;
  const visible = catalog.sites.filter(({ id }) => sites.has(id));
  return {
    sites: visible,
    site: (id) => (sites.has(id) ? catalog.site(id) : undefined),
    product(id) {
      const product = catalog.product(id);
      return product && sites.has(product.siteId) ? product : undefined;
    },
    products: (siteId) => (sites.has(siteId) ? catalog.products(siteId) : []),
    siteOf(product) {
      // Whoever holds one has it from somewhere else.
      if (!sites.has(product.siteId)) throw new Error(`Product ${product.id} is of a site that may not be seen here.`);
      return catalog.siteOf(product);
    },
    // Few need it, and every request narrows.
    get withSeveralKeys() {
      return visible.reduce((sum, { id }) => sum + severalKeysIn(catalog.products(id)), 0);
    },
  };
}

const counted = new WeakMap<readonly Product[], number>();

/** Counted once for each list: a catalog's lists stay the same. */
function severalKeysIn(products: readonly Product[]): number {
  const count = counted.get(products) ?? countSeveralKeys(products);
  counted.set(products, count);
  return count;
}
