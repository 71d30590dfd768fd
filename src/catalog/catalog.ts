/** A site as the company's catalog describes it. `null` says that the source knows nothing of this site. */
export interface Site {
  readonly id: string;
  readonly name: string;
  /** IANA name, e.g. Europe/Berlin: the days of every date range are days of this zone. */
  readonly timeZone: string;
  /** ISO 4217, e.g. EUR. */
  readonly currency: string;
  readonly googleAnalytics: GoogleAnalyticsProperty | null;
  /** The partner key of this site alone; null = the key of the source's configuration. */
  readonly partnerApiKey: string | null;
}

export interface GoogleAnalyticsProperty {
  /** Digits only, without `properties/`. */
  readonly property: string;
  /** The GA4 dimension whose values are the products' keys, e.g. pagePath. */
  readonly dimension: string;
}

export interface Product {
  /** Unique over the whole catalog. */
  readonly id: string;
  readonly name: string;
  readonly siteId: string;
  /** Values of the site's dimension that belong to this product; empty = Google Analytics does not know it. */
  readonly googleAnalyticsKeys: readonly string[];
  /** null = the partner does not know it. */
  readonly partnerId: string | null;
}

/** One consistent state of the catalog. Sites and products stand in the order of the catalog. */
export interface CatalogSnapshot {
  readonly sites: readonly Site[];
  site(id: string): Site | undefined;
  product(id: string): Product | undefined;
  /** Always the same list, so that what was made of it can be kept beside it. */
  products(siteId: string): readonly Product[];
  siteOf(product: Product): Site;
  /** How many products have several Google keys, and may need reports of their own. */
  readonly withSeveralKeys: number;
}

export interface Catalog {
  /** The newest state that was valid. A request takes it once, so that an edit never shows in the middle of an answer. */
  current(): CatalogSnapshot;
  /** Ends what it does in the background. */
  close(): Promise<void>;
}

/** Indexes sites and products; expects what the catalog's readers have checked (unique ids, known sites). */
export function createSnapshot(sites: readonly Site[], products: readonly Product[]): CatalogSnapshot {
  const siteById = new Map(sites.map((site) => [site.id, site]));
  const productById = new Map(products.map((product) => [product.id, product]));
  const productsBySite = new Map<string, Product[]>(sites.map((site) => [site.id, []]));
  for (const product of products) productsBySite.get(product.siteId)?.push(product);
  return {
    sites,
    site: (id) => siteById.get(id),
    product: (id) => productById.get(id),
    products: (siteId) => productsBySite.get(siteId) ?? [],
    siteOf({ id, siteId }) {
      const site = siteById.get(siteId);
      if (!site) throw new Error(`The catalog has product ${id} without its site.`);
      return site;
    },
    withSeveralKeys: countSeveralKeys(products),
  };
}

/** How many of these products have several Google keys. */
export function countSeveralKeys(products: readonly Product[]): number {
  return products.filter(({ googleAnalyticsKeys }) => googleAnalyticsKeys.length > 1).length;
}
