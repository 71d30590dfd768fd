import type { Product, Site } from '../catalog/catalog.js';
import { listDays } from './days.js';
import { hash } from './random.js';
import { createProducts, createSites } from './seedCatalog.js';
import { createHabits, createVisits, type SiteHabits } from './seedVisits.js';

/** A visit to a site: what both emulators count from, so that their numbers belong together. */
export interface Visit {
  readonly userId: number;
  readonly newUser: boolean;
  readonly engaged: boolean;
  /** Seconds from local midnight of the site's day at which the visit starts. */
  readonly startsAt: number;
  readonly durationSeconds: number;
  /** Ids of the products whose pages were viewed, in order, repeats allowed. */
  readonly productIds: readonly string[];
  /** What was bought: at most a few per visit, mostly none; only products that were viewed. */
  readonly orders: readonly { readonly productId: string; readonly revenueCents: number }[];
}

export interface PartnerNumbers {
  readonly impressions: number;
  readonly clicks: number;
  readonly orders: number;
  readonly revenueCents: number;
  readonly currency: string;
}

/** The invented company of the demo: the same for the same options, whatever was asked before. */
export interface DemoWorld {
  readonly sites: readonly Site[];
  readonly products: readonly Product[];
  /** The visits of one whole day of a site (YYYY-MM-DD in the site's zone), ordered by startsAt; none before 2020. */
  visits(siteId: string, date: string): readonly Visit[];
  /** What the partner knows of a product in the days from start to end, both inclusive; all time (a year) without them; undefined for an unknown id. */
  partnerNumbers(partnerId: string, range?: { start: string; end: string }): PartnerNumbers | undefined;
}

export interface DemoOptions {
  /** Products on each site. */
  products: number;
  sites: number;
  seed: number;
  /** The days that the partner means by all time, both inclusive. Default: the year 2025. */
  allTime?: { start: string; end: string };
}

const defaultAllTime = { start: '2025-01-01', end: '2025-12-31' };
/** About 150 MB: five years of 40 products on two sites, or ten weeks of 2,000 on one. */
const keptVisits = 700_000;
/** Days are kept as a few numbers for each product: two years of ten sites. */
const keptPartnerDays = 7_300;

/**
 * Invents a company with sites, products and visitors.
 *
 * Users come back and visits see several pages, so users and visits truly do not add up over pages or days. The partner's
 * numbers are counted from the same visits: its orders and revenue are those of the site. Days are made when they are
 * first asked for; the latest are kept.
 */
export function createDemoWorld(options: DemoOptions): DemoWorld {
  const shops = createSites(options.sites).map((site, index) =>
    createHabits(site, createProducts(site, index, options), options.seed),
  );
  const shopById = new Map(shops.map((shop) => [shop.site.id, shop]));
  const shelves = indexShelves(shops);
  const visitsOf = keepLatest(keptVisits, createVisits, (visits) => visits.length);
  const countsOf = keepLatest(keptPartnerDays, (shop, day) => countDay(shop, visitsOf(shop, day)));

  return {
    sites: shops.map(({ site }) => site),
    products: shops.flatMap(({ products }) => products),
    visits(siteId, date) {
      const shop = shopById.get(siteId);
      return shop ? visitsOf(shop, date) : [];
    },
    partnerNumbers(partnerId, { start, end } = options.allTime ?? defaultAllTime) {
      const shelf = shelves.get(partnerId);
      if (!shelf) return undefined;
      const days = listDays(start, end).map((day) => countsOf(shelf.shop, day));
      return sumPartnerNumbers(partnerId, shelf, days);
    },
  };
}

/** Where a product stands: its site, and its place among the site's products. */
interface Shelf {
  readonly shop: SiteHabits;
  readonly index: number;
}

function indexShelves(shops: readonly SiteHabits[]): Map<string, Shelf> {
  return new Map(
    shops.flatMap((shop) => shop.products.map(({ partnerId }, index) => [partnerId ?? '', { shop, index }] as const)),
  );
}

/** A list for each count, by the product's place. */
interface DayCounts {
  readonly views: Int32Array;
  readonly landings: Int32Array;
  readonly orders: Int32Array;
  readonly revenueCents: Float64Array;
}

function countDay({ products }: SiteHabits, visits: readonly Visit[]): DayCounts {
  const place = new Map(products.map(({ id }, index) => [id, index]));
  const size = products.length;
  const counts: DayCounts = {
    views: new Int32Array(size),
    landings: new Int32Array(size),
    orders: new Int32Array(size),
    revenueCents: new Float64Array(size),
  };
  const add = (list: Int32Array | Float64Array, productId: string | undefined, amount: number) => {
    const index = place.get(productId ?? '');
    if (index !== undefined) list[index] = (list[index] ?? 0) + amount;
  };
  for (const { productIds, orders } of visits) {
    add(counts.landings, productIds[0], 1);
    for (const productId of productIds) add(counts.views, productId, 1);
    for (const { productId, revenueCents } of orders) {
      add(counts.orders, productId, 1);
      add(counts.revenueCents, productId, revenueCents);
    }
  }
  return counts;
}

/** The partner shows a product 8 to 20 times, always the same for a product, for each view; it brings the visits that land on it. */
function sumPartnerNumbers(partnerId: string, { shop, index }: Shelf, days: readonly DayCounts[]): PartnerNumbers {
  const sum = (list: keyof DayCounts) => days.reduce((total, counts) => total + (counts[list][index] ?? 0), 0);
  return {
    impressions: sum('views') * (8 + (hash(partnerId) % 13)),
    clicks: sum('landings'),
    orders: sum('orders'),
    revenueCents: sum('revenueCents'),
    currency: shop.site.currency,
  };
}

type ByDay<T> = (shop: SiteHabits, day: string) => T;

/** Remembers what `make` made, the oldest uses forgotten first once the weights exceed `limit`. */
function keepLatest<T>(limit: number, make: ByDay<T>, weigh: (value: T) => number = () => 1): ByDay<T> {
  const kept = new Map<string, T>();
  let weight = 0;
  return (shop, day) => {
    const key = `${shop.site.id} ${day}`;
    const known = kept.get(key);
    const value = known ?? make(shop, day);
    kept.delete(key);
    kept.set(key, value);
    if (known === undefined) weight += weigh(value);
    for (const [oldest, forgotten] of kept) {
      if (weight <= limit || oldest === key) break;
      kept.delete(oldest);
      weight -= weigh(forgotten);
    }
    return value;
  };
}
