import type { Product, Site } from '../catalog/catalog.js';

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
  /** What was bought: at most a few per visit, mostly none. */
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
  /** The visits of one whole day of a site (YYYY-MM-DD in the site's zone), ordered by startsAt. */
  visits(siteId: string, date: string): readonly Visit[];
  /** What the partner knows of a product in the days from start to end, both inclusive; all time (a year) without them; undefined for an unknown id. */
  partnerNumbers(partnerId: string, range?: { start: string; end: string }): PartnerNumbers | undefined;
}

export interface DemoOptions {
  /** Products on each site. */
  products: number;
  sites: number;
  seed: number;
}
