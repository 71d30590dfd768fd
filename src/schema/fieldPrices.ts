import type { CatalogSnapshot } from '../catalog/catalog.js';
import { type Figures, findConstant } from '../figures.js';
import type { PageLimits } from '../table/page.js';

/** Upstream calls that somebody waits for. */
export interface Price {
  readonly partnerCalls: number;
  readonly reports: number;
}

/** Where in the answer a selection stands: how many sites and products it is resolved for, and of how many a list was made. */
export interface Place {
  readonly sites: number;
  readonly products: number;
  readonly listed: number;
}

/** What prices depend on beside the operation. */
export interface PriceRules {
  readonly catalog: CatalogSnapshot;
  readonly figures: Figures;
  readonly limits: PageLimits;
  /** The most reports that one selection of Google Analytics can need for one site. */
  readonly reportsPerSelection: number;
}

export type FieldArguments = Readonly<Record<string, unknown>>;

interface FieldCall {
  readonly args: FieldArguments;
  readonly place: Place;
  readonly rules: PriceRules;
}

export const nothing: Price = { partnerCalls: 0, reports: 0 };

/** Fields below which a selection is resolved for other sites or products than above. */
const places: Readonly<Record<string, (call: FieldCall) => Place>> = {
  'Query.sites': ({ rules }) => ({ sites: rules.catalog.sites.length, products: 0, listed: sizeOf(rules.catalog) }),
  'Query.site': ({ args, rules }) => ({
    sites: 1,
    products: 0,
    listed: rules.catalog.products(String(args['id'])).length,
  }),
  'Query.product': () => ({ sites: 1, products: 1, listed: 1 }),
  'Query.products': ({ args, rules }) => ({
    sites: rules.catalog.sites.length,
    products: (args['ids'] as readonly unknown[]).length,
    listed: 0,
  }),
  'Product.site': ({ place, rules }) => ({ ...place, listed: place.products * sizeOf(rules.catalog) }),
  'Site.products': ({ args, place, rules }) => {
    const size = Number(args['first'] ?? args['last'] ?? Math.min(20, rules.limits.first));
    return { ...place, products: Math.min(place.listed, Math.max(0, size) * place.sites) };
  },
};

const onePerProduct = ({ place }: FieldCall): Price => ({ partnerCalls: place.products, reports: 0 });
const onePerListed = ({ place }: FieldCall): Price => ({ partnerCalls: place.listed, reports: 0 });
const reports = ({ place, rules }: FieldCall): Price => ({
  partnerCalls: 0,
  reports: place.sites * rules.reportsPerSelection,
});

/** Fields that ask a source. A list asks for what it is ordered and filtered by, for every product that it is made of. */
const prices: Readonly<Record<string, (call: FieldCall) => Price>> = {
  'Site.products': (call) => {
    const asks = figuresIn(call.args, call.rules.figures);
    return {
      partnerCalls: asks.partner * call.place.listed,
      reports: asks.googleAnalytics * reports(call).reports,
    };
  },
  'Site.partner': onePerListed,
  'ProductTotals.partner': onePerListed,
  'Product.partner': onePerProduct,
  'Product.combined': (call) => ({ ...onePerProduct(call), reports: reports(call).reports }),
  'Site.googleAnalytics': reports,
  'Product.googleAnalytics': reports,
  'ProductTotals.googleAnalytics': reports,
  'GoogleAnalyticsSummary.series': reports,
};

/** Where the selection of a field stands; `path` is its type and name, such as `Site.products`. */
export function placeBelow(path: string, call: FieldCall): Place {
  return places[path]?.(call) ?? call.place;
}

/** What a field costs itself, whatever is selected below it. The place is the one below it. */
export function ownPrice(path: string, call: FieldCall): Price {
  return prices[path]?.(call) ?? nothing;
}

export function isPriced(path: string): boolean {
  return Object.hasOwn(prices, path);
}

function sizeOf(catalog: CatalogSnapshot): number {
  return catalog.sites.reduce((sum, { id }) => sum + catalog.products(id).length, 0);
}

/** How often order and filter name figures of each source; each time may mean other days. */
function figuresIn(args: FieldArguments, figures: Figures): { googleAnalytics: number; partner: number } {
  const { by = 'NAME' } = (args['orderBy'] ?? {}) as { by?: string };
  const counts = countNames(args['filter']);
  const home = findConstant(figures, by)?.home;
  if (home) counts[home] += 1;
  return { googleAnalytics: counts.googleAnalytics + counts.combined, partner: counts.partner + counts.combined };
}

function countNames(filter: unknown): { googleAnalytics: number; partner: number; combined: number } {
  const counts = { googleAnalytics: 0, partner: 0, combined: 0 };
  const pending = [filter];
  while (pending.length > 0) {
    const each = pending.pop();
    if (typeof each !== 'object' || each === null) continue;
    for (const [name, value] of Object.entries(each)) {
      if (name === 'googleAnalytics' || name === 'partner' || name === 'combined') counts[name] += 1;
      else pending.push(value);
    }
  }
  return counts;
}
