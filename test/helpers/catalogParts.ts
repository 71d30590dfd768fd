import type { Product, Site } from '../../src/catalog/catalog.js';

export function createProduct(id: string, parts: Partial<Product> = {}): Product {
  return {
    id,
    name: `Product ${id}`,
    siteId: 'shop',
    googleAnalyticsKeys: [`/p/${id}`],
    partnerId: `P-${id}`,
    ...parts,
  };
}

export function createSite(id = 'shop', parts: Partial<Site> = {}): Site {
  return {
    id,
    name: `Site ${id}`,
    timeZone: 'Europe/Berlin',
    currency: 'EUR',
    googleAnalytics: { property: '123', dimension: 'pagePath' },
    partnerApiKey: null,
    ...parts,
  };
}
