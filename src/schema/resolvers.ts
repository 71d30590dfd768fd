import type { Product, Site } from '../catalog/catalog.js';
import { type DateRange, type DateRangeRequest, resolveDateRange } from '../dateRange.js';
import { GatewayError } from '../errors.js';
import type { Figures, MetricFigure } from '../figures.js';
import { checkIds, pageProducts } from '../table/page.js';
import type { Context } from './context.js';
import type { Resolvers } from './generated.js';
import { selectedFields } from './selection.js';

/** The selected figures; where only their freshness is wanted, the first one that can be asked of every product. */
function figuresFor(selected: ReadonlySet<string>, { googleAnalytics }: Figures): MetricFigure[] {
  const all = [...googleAnalytics.values()];
  const wanted = all.filter(({ name }) => selected.has(name));
  return wanted.length === 0 && selected.has('freshness') ? all.filter(({ additive }) => additive).slice(0, 1) : wanted;
}

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
    products: (site, args, { catalog, limits }) => pageProducts(catalog.products(site.id), args, limits),
  },
  Product: {
    site: (product, _, context) => siteOf(product, context),
    googleAnalytics(product, { range, maxAgeMs = null }, context, info) {
      const site = siteOf(product, context);
      const days = resolveDateRange(range, site, context.now);
      const figures = figuresFor(selectedFields(info), context.figures);
      return (
        context.googleAnalytics?.load({
          product,
          site,
          range: days,
          figures,
          maxAgeMs: checkMs('maxAgeMs', maxAgeMs),
        }) ?? null
      );
    },
    partner(product, { range, maxWaitMs = null, maxAgeMs = null }, context, info) {
      const site = siteOf(product, context);
      // A type name is no figure: it is answered without a call.
      if (product.partnerId !== null && ![...selectedFields(info)].some(isField)) return nothingAsked;
      const patience = { maxWaitMs: checkMs('maxWaitMs', maxWaitMs), maxAgeMs: checkMs('maxAgeMs', maxAgeMs) };
      return context.partner?.load({ product, site, range: partnerRange(range, site, context), ...patience }) ?? null;
    },
  },
};

function checkMs(argument: string, ms: number | null): number | null {
  if (ms === null || ms >= 0) return ms;
  throw new GatewayError('BAD_USER_INPUT', `${argument}: ${ms} is negative; it is a number of ms, from 0.`);
}

function siteOf(product: Product, { catalog }: Context): Site {
  const site = catalog.site(product.siteId);
  if (!site) throw new Error(`The catalog has product ${product.id} without its site.`);
  return site;
}

/** null where the partner answers for all time; it must not be asked about days then. */
function partnerRange(range: DateRangeRequest | null | undefined, site: Site, context: Context): DateRange | null {
  if (context.partner?.hasRange) return resolveDateRange(range, site, context.now);
  if (!range) return null;
  throw new GatewayError(
    'BAD_USER_INPUT',
    'range: the partner answers for all time and knows no days; leave range out.',
  );
}
