import type { Product } from './catalog/catalog.js';
import { resolveDateRange } from './dateRange.js';
import { GatewayError, type SourceName } from './errors.js';
import type { Context } from './schema/context.js';

/** What one question to a source brought. */
export interface Probe {
  readonly source: SourceName;
  /** Id of the product that was asked for; null = the catalog has none that this source knows, and nothing was asked. */
  readonly product: string | null;
  readonly failure: GatewayError | null;
}

/** Asks every configured source once, for yesterday, about the first product that it knows. */
const patience = { maxWaitMs: null, maxAgeMs: 0 } as const;

export async function probeSources({ catalog, figures, now, ...sources }: Context): Promise<Probe[]> {
  const products = catalog.sites.flatMap((site) => catalog.products(site.id));
  const { siteOf } = catalog;
  const askable = (product: Product) => ({ product, site: siteOf(product) });
  const yesterday = (product: Product) => resolveDateRange({ preset: 'YESTERDAY' }, siteOf(product), now);

  const { googleAnalytics, partner } = sources;
  const known = {
    googleAnalytics: products.find(
      (each) => each.googleAnalyticsKeys.length > 0 && siteOf(each).googleAnalytics !== null,
    ),
    partner: products.find(({ partnerId }) => partnerId !== null),
  };
  const probes: Promise<Probe>[] = [];
  if (googleAnalytics) {
    const selected = [...figures.googleAnalytics.values()];
    probes.push(
      probe('googleAnalytics', known.googleAnalytics, (product) =>
        googleAnalytics.load({ ...askable(product), range: yesterday(product), figures: selected, maxAgeMs: 0 }),
      ),
    );
  }
  if (partner) {
    probes.push(
      probe('partner', known.partner, (product) =>
        partner.load({ ...askable(product), range: partner.hasRange ? yesterday(product) : null, ...patience }),
      ),
    );
  }
  return Promise.all(probes);
}

async function probe(
  source: SourceName,
  product: Product | undefined,
  ask: (product: Product) => object | null | Promise<object | null>,
): Promise<Probe> {
  if (!product) return { source, product: null, failure: null };
  try {
    const summary = await ask(product);
    const failed = Object.values(summary ?? {}).find((value) => value instanceof GatewayError);
    return { source, product: product.id, failure: failed ?? null };
  } catch (error) {
    if (error instanceof GatewayError) return { source, product: product.id, failure: error };
    throw error;
  }
}
