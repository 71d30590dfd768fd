import type { Product, Site } from '../catalog/catalog.js';
import type { DemoOptions } from './seed.js';

const siteTemplates = [
  { id: 'shop', name: 'Shop', timeZone: 'Europe/Berlin', currency: 'EUR' },
  { id: 'outlet', name: 'Outlet & More', timeZone: 'America/New_York', currency: 'USD' },
  { id: 'studio', name: 'Studio', timeZone: 'Asia/Tokyo', currency: 'JPY' },
  { id: 'boutique', name: 'Boutique', timeZone: 'Europe/London', currency: 'GBP' },
  { id: 'market', name: 'Market', timeZone: 'Australia/Sydney', currency: 'AUD' },
  { id: 'depot', name: 'Depot', timeZone: 'America/Sao_Paulo', currency: 'BRL' },
] as const;

// The two lengths have no common divisor, so 99 products pass before a pair comes back.
const colours = ['red', 'blue', 'green', 'black', 'white', 'amber', 'coral', 'ivory', 'olive', 'pink', 'teal'];
const things = ['shoe', 'bag', 'lamp', 'mug', 'scarf', 'chair', 'watch', 'tent', 'kite'];
const pairs = colours.length * things.length;

/** The sites of the demo; after the six with names of their own, the names come back with a number. */
export function createSites(count: number): Site[] {
  return Array.from({ length: count }, (_, index) => {
    const template = pick(siteTemplates, index);
    const round = Math.floor(index / siteTemplates.length) + 1;
    return {
      ...template,
      id: round === 1 ? template.id : `${template.id}-${round}`,
      name: round === 1 ? template.name : `${template.name} ${round}`,
      googleAnalytics: { property: String(123_456_789 + index * 111_111_111), dimension: 'pagePath' },
      partnerApiKey: null,
    };
  });
}

/** The products of one site, each with exactly one Google key and one partner id that no other product of the demo has. */
export function createProducts(site: Site, siteIndex: number, { products }: DemoOptions): Product[] {
  const firstPartnerNumber = 1001 + siteIndex * Math.ceil(products / 1000) * 1000;
  return Array.from({ length: products }, (_, index) => {
    const words = [pick(colours, index), pick(things, index), String(Math.floor(index / pairs) + 1)];
    const slug = words.join('-');
    return {
      id: `${site.id}-${slug}`,
      name: words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join(' '),
      siteId: site.id,
      googleAnalyticsKeys: [`/p/${slug}`],
      partnerId: `P-${firstPartnerNumber + index}`,
    };
  });
}

function pick<T>(list: readonly T[], index: number): T {
  return list[index % list.length] as T;
}
