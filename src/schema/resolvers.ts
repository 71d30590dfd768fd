import type { GraphQLResolveInfo } from 'graphql';
import type { Product, Site } from '../catalog/catalog.js';
import { type DateRangeRequest, resolveDateRange } from '../dateRange.js';
import { checkIds } from '../table/page.js';
import { loadCombined } from './combined.js';
import type { Context } from './context.js';
import type { Resolvers } from './generated.js';
import { listProducts } from './products.js';
import { selectedFields, selectGoogleAnalytics } from './selection.js';
import { checkMs, partnerRange } from './sides.js';
import { loadTotals } from './totals.js';

const isField = (name: string) => !name.startsWith('__');
const nothingAsked = { freshness: { state: 'FRESH', asOf: null } } as const;

const breakerStates = { closed: 'CLOSED', open: 'OPEN', halfOpen: 'HALF_OPEN' } as const;

/** One line each: they find their way through the catalog and hand over to table and loaders. */
export const resolvers: Resolvers = {
  Query: {
    sites: (_, __, { catalog }) => [...catalog.sites],
    site: (_, { id }, { catalog }) => catalog.site(id) ?? null,
    product: (_, { id }, { catalog }) => catalog.product(id) ?? null,
    products: (_, { ids }, { catalog, limits }) => checkIds(ids, limits).map((id) => catalog.product(id) ?? null),
    sources: (_, __, { sources }) => [...sources()],
  },
  SourceStatus: {
    breaker: ({ breaker }) => breakerStates[breaker],
  },
  Site: {
    products: (site, args, context, info) => listProducts(site, args, context, info),
    googleAnalytics: (site, args, context, info) =>
      loadGoogleAnalytics({ product: null, site, ...args }, context, info),
    partner: (site, args, context, info) =>
      loadTotalsOf('partner', { site, products: context.catalog.products(site.id), ...args }, context, info),
  },
  ProductTotals: {
    googleAnalytics: (list, args, context, info) =>
      loadTotalsOf('googleAnalytics', { ...list, ...args }, context, info),
    partner: (list, args, context, info) => loadTotalsOf('partner', { ...list, ...args }, context, info),
  },
  ProductConnection: {
    ranking: ({ ranking: { complete, missing, reasons } }) => ({ complete, missing, reasons: [...reasons] }),
    totals: ({ site, all }) => ({ site, products: all }),
  },
  Product: {
    site: (product, _, { catalog }) => catalog.siteOf(product),
    googleAnalytics: (product, args, context, info) =>
      loadGoogleAnalytics({ product, site: context.catalog.siteOf(product), ...args }, context, info),
    partner(product, { range, maxWaitMs = null, maxAgeMs = null }, context, info) {
      const site = context.catalog.siteOf(product);
      // A type name is no figure: it is answered without a call.
      if (product.partnerId !== null && ![...selectedFields(info)].some(isField)) return nothingAsked;
      const patience = { maxWaitMs: checkMs('maxWaitMs', maxWaitMs), maxAgeMs: checkMs('maxAgeMs', maxAgeMs) };
      return context.partner?.load({ product, site, range: partnerRange(range, site, context), ...patience }) ?? null;
    },
    combined(product, args, context, info) {
      const selected = selectedFields(info);
      return [...selected].some(isField) ? loadCombined(product, selected, args, context) : nothingAsked;
    },
  },
  GoogleAnalyticsSummary: {
    series: ({ series }, { interval }) => [...(series.get(interval ?? 'DAY') ?? [])],
  },
};

interface GoogleAnalyticsArgs {
  readonly product: Product | null;
  readonly site: Site;
  readonly range?: DateRangeRequest | null | undefined;
  readonly maxAgeMs?: number | null | undefined;
}

function loadGoogleAnalytics(args: GoogleAnalyticsArgs, context: Context, info: GraphQLResolveInfo) {
  const { product, site } = args;
  const range = resolveDateRange(args.range, site, context.now);
  const maxAgeMs = checkMs('maxAgeMs', args.maxAgeMs ?? null);
  const wanted = selectGoogleAnalytics(info, context.figures);
  return context.googleAnalytics?.load({ product, site, range, maxAgeMs, ...wanted }) ?? null;
}

interface TotalsArgs {
  readonly site: Site;
  readonly products: readonly Product[];
  readonly range?: DateRangeRequest | null | undefined;
  readonly maxWaitMs?: number | null | undefined;
}

/** null, and nobody asked, where the source is not configured. */
async function loadTotalsOf(
  source: 'googleAnalytics' | 'partner',
  { range, maxWaitMs = null, ...list }: TotalsArgs,
  context: Context,
  info: GraphQLResolveInfo,
) {
  if (context[source] === null) return null;
  return loadTotals({ source, ...list, selected: selectedFields(info), range, maxWaitMs }, context);
}
