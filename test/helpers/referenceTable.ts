import type { DemoWorld } from '../../src/demo/seed.js';
import type { CatalogFile } from './gateway.js';
import { countFigures, type Days, visitsOf } from './referenceFigures.js';

/** What both sources have to say of one product, counted from the visits; null = there is no such figure. */
export interface ReferenceRow {
  readonly id: string;
  readonly name: string;
  readonly figures: Readonly<Record<string, number | null>>;
}

/** Which figures a product of the catalog has. */
export interface KnownTo {
  readonly google: boolean;
  readonly partner: boolean;
}

/** Products of the first site that a source does not know: for the catalog of a gateway, and for the reference. */
export function createGaps(unknown: { readonly google: readonly string[]; readonly partner: readonly string[] }) {
  return {
    knownTo: (id: string): KnownTo => ({
      google: !unknown.google.includes(id),
      partner: !unknown.partner.includes(id),
    }),
    catalog({ sites }: CatalogFile): void {
      for (const product of sites[0]?.products ?? []) {
        if (unknown.google.includes(product.id)) delete product.googleAnalytics;
        if (unknown.partner.includes(product.id)) product.partner = null;
      }
    },
  };
}

/** The table of a site over whole days of the past; the figures by the names that order calls them. */
export function referenceTable(
  world: DemoWorld,
  range: Days,
  knownTo: (id: string) => KnownTo = () => ({ google: true, partner: true }),
): ReferenceRow[] {
  const [site] = world.sites;
  const visits = visitsOf(world, site?.id ?? '', range);
  return world.products
    .filter(({ siteId }) => siteId === site?.id)
    .map(({ id, name, partnerId }) => {
      const known = knownTo(id);
      const google = countFigures(visits, (each) => each === id);
      const partner = world.partnerNumbers(partnerId ?? '', range);
      if (!partner) throw new Error(`The world has no numbers of ${id}.`);
      const { pageViews, sessions, totalRevenue, engagementRate } = google;
      const ofGoogle = { PAGE_VIEWS: pageViews, SESSIONS: sessions, TOTAL_REVENUE: totalRevenue };
      const ofPartner = {
        PARTNER_ORDERS: partner.orders,
        PARTNER_CLICKS: partner.clicks,
        PARTNER_REVENUE: partner.revenueCents / 100,
      };
      const ofBoth = {
        COMBINED_ORDERS_PER_SESSION: share(partner.orders, sessions),
        COMBINED_REVENUE_PER_PAGE_VIEW: share(partner.revenueCents / 100, pageViews),
      };
      return {
        id,
        name,
        figures: {
          ...hide(!known.google, { ...ofGoogle, ENGAGEMENT_RATE: engagementRate }),
          ...hide(!known.partner, ofPartner),
          ...hide(!known.google || !known.partner, ofBoth),
        },
      };
    });
}

/** Ids in the order of a figure, or of the name: ties by id, unknown figures last, up and down. */
export function referenceOrder(rows: readonly ReferenceRow[], by: string, direction: 'ASC' | 'DESC'): string[] {
  const sign = direction === 'ASC' ? 1 : -1;
  const byName = new Intl.Collator('en', { numeric: true });
  const compare = (a: ReferenceRow, b: ReferenceRow): number => {
    if (by === 'NAME') return sign * byName.compare(a.name, b.name);
    const [first = null, second = null] = [a.figures[by], b.figures[by]];
    if (first === null || second === null) return Number(first === null) - Number(second === null);
    return sign * (first - second);
  };
  return rows.toSorted((a, b) => compare(a, b) || (a.id < b.id ? -1 : 1)).map(({ id }) => id);
}

function share(part: number, whole: number): number | null {
  return whole === 0 ? null : part / whole;
}

function hide(isHidden: boolean, figures: Record<string, number | null>): Record<string, number | null> {
  if (!isHidden) return figures;
  return Object.fromEntries(Object.keys(figures).map((name) => [name, null]));
}
