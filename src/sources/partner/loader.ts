import DataLoader from 'dataloader';
import type { Product, Site } from '../../catalog/catalog.js';
import type { Clock } from '../../clock.js';
import type { DateRange } from '../../dateRange.js';
import type { Caller, Policy } from '../../scheduler/policy.js';
import type { Report } from '../../telemetry.js';
import type { Freshness } from '../freshness.js';
import type { PartnerClient } from './client.js';
import type { FigureResult, SummaryReader } from './summary.js';

export interface PartnerKey {
  readonly product: Product;
  readonly site: Site;
  /** null where the partner answers for all time. */
  readonly range: DateRange | null;
}

/** Every figure of the schema by field name; one that could not be read is an error in its place. */
export interface PartnerSummary {
  readonly [figure: string]: FigureResult | Freshness;
  readonly freshness: Freshness;
}

export interface PartnerLoader {
  /** Whether the partner can be asked about days; otherwise `range` must be null. */
  readonly hasRange: boolean;
  /**
   * One product's summary; null, without a call, for a product that the partner does not know. The same product and range
   * are asked once in a request, however often they are loaded.
   * @throws GatewayError
   */
  load(key: PartnerKey): Promise<PartnerSummary | null>;
}

export interface PartnerLoaderOptions {
  client: PartnerClient;
  readSummary: SummaryReader;
  /** What every call goes through. */
  schedule: Policy;
  hasRange: boolean;
  clock: Clock;
  report: Report;
}

/** Loaders that live as long as one request: nothing that one request has loaded is seen by another. */
export function createPartnerLoaders(options: PartnerLoaderOptions) {
  const { client, readSummary, schedule, hasRange, clock, report } = options;

  return ({ requestId, deadline, signal }: Caller): PartnerLoader => {
    async function ask({ site, range }: PartnerKey, partnerId: string): Promise<PartnerSummary> {
      const run = (attempt: AbortSignal) => client.get({ partnerId, range, apiKey: site.partnerApiKey }, attempt);
      const answer = await schedule({ requestId, deadline, run }, signal);
      return {
        ...readSummary(answer, partnerId),
        freshness: { state: 'FRESH', asOf: new Date(clock.now()) },
      };
    }

    // The batch resolves at once to one promise per key, so that every product settles by itself and a slow one delays
    // nobody; DataLoader adopts the promises.
    const loader = new DataLoader<PartnerKey, PartnerSummary | null, string>(
      async (keys) => {
        const asked = keys.filter(({ product }) => product.partnerId !== null);
        if (asked.length > 0) report({ type: 'keys.asked', source: 'partner', requestId, keys: asked.length });
        return keys.map((key) => {
          const { partnerId } = key.product;
          return (partnerId === null ? null : ask(key, partnerId)) as PartnerSummary | null;
        });
      },
      { cacheKeyFn: cacheKey },
    );
    return {
      hasRange,
      load: (key) => loader.load(key),
    };
  };
}

/** The account (a site's own key is another one), the partner's id and the days: what makes two calls the same. */
function cacheKey({ product, site, range }: PartnerKey): string {
  const account = site.partnerApiKey === null ? '' : site.id;
  return JSON.stringify([account, product.partnerId, range?.start, range?.end]);
}
