import DataLoader from 'dataloader';
import type { Answer } from '../../cache/answer.js';
import type { Cache } from '../../cache/cache.js';
import type { Ask, Fetched } from '../../cache/fetching.js';
import type { Caller, Job, Patience } from '../../cache/flight.js';
import type { Signal } from '../../cancellation.js';
import type { Product, Site } from '../../catalog/catalog.js';
import type { Clock } from '../../clock.js';
import type { DateRange } from '../../dateRange.js';
import { GatewayError } from '../../errors.js';
import { type Freshness, joinFreshness } from '../../freshness.js';
import type { Policy } from '../../scheduler/policy.js';
import type { Report } from '../../telemetry.js';
import type { PartnerClient } from './client.js';
import type { FigureResult, SummaryReader } from './summary.js';

export interface PartnerKey extends Patience {
  readonly product: Product;
  readonly site: Site;
  /** null where the partner answers for all time. */
  readonly range: DateRange | null;
}

/** Every figure of the schema by field name; one that could not be read is an error in its place. */
export type PartnerFigures = Readonly<Record<string, FigureResult>>;

/** The figures, all of them absent while PENDING, and how current they are. */
export interface PartnerSummary {
  readonly [figure: string]: FigureResult | Freshness;
  readonly freshness: Freshness;
}

export interface PartnerLoader {
  /** Whether the partner can be asked about days; otherwise `range` must be null. */
  readonly hasRange: boolean;
  /** Says how many summaries at most will be asked for as soon as it is known of which products: they find connections open. */
  expect(summaries: number): void;
  /**
   * One product's summary; null, without a call, for a product that the partner does not know. The same product and range
   * are asked once, however many requests want them. Answers at once where it is fresh in memory.
   * @throws GatewayError, later
   */
  load(key: PartnerKey): PartnerSummary | null | Promise<PartnerSummary | null>;
}

export interface PartnerLoaderOptions {
  client: PartnerClient;
  readSummary: SummaryReader;
  cache: Cache<PartnerFigures>;
  /** How long a summary counts as new, and how long after that it may still be shown (ms). */
  lifetime: { fresh: number; stale: number };
  /** What every call goes through. */
  schedule: Policy;
  hasRange: boolean;
  /** Whether the source takes calls at the moment, as far as is known. */
  takesCalls: () => boolean;
  clock: Clock;
  report: Report;
}

/** Loaders that live as long as one request, over what all requests share: the cache, and the calls on their way. */
export function createPartnerLoaders(options: PartnerLoaderOptions) {
  const { client, readSummary, cache, lifetime, schedule, hasRange, takesCalls, clock, report } = options;

  async function fetchSummary(name: string, { product, site, range }: PartnerKey, job: Job) {
    const partnerId = product.partnerId ?? '';
    const run = (attempt: Signal) => client.get({ partnerId, range, apiKey: site.partnerApiKey }, attempt);
    const value = readSummary(await schedule({ ...job, run }, job.signal), partnerId);
    const isWhole = !Object.values(value).some((figure) => figure instanceof GatewayError);
    const fetched: Fetched<PartnerFigures> = {
      value,
      asOf: clock.now(),
      freshMs: lifetime.fresh,
      staleMs: lifetime.stale,
      isWhole,
    };
    return new Map([[name, fetched]]);
  }

  /** One call for each of these keys. */
  function plan(names: readonly string[], byName: ReadonlyMap<string, PartnerKey>): Ask<PartnerFigures>[] {
    return names.map((name) => ({
      keys: [name],
      run: (job) => fetchSummary(name, byName.get(name) as PartnerKey, job),
    }));
  }

  return (caller: Caller): PartnerLoader => {
    // The batch resolves at once to one promise per key, so that every product settles by itself and a slow one delays
    // nobody; DataLoader adopts the promises.
    function createLoader(patience: Patience) {
      return new DataLoader<string, Promise<PartnerSummary>>(async (names) => {
        reportKeys(names);
        const loading = await cache.load(names, (missing) => plan(missing, wanted), { ...caller, ...patience });
        return names.map(async (_, place) => {
          await loading.wait([place]);
          return summaryOf(loading.answer(place));
        });
      });
    }

    /** What the loaders were asked for, by name. */
    const wanted = new Map<string, PartnerKey>();

    const asked = new Set<string>();

    /** A key that a list is ordered by, and then shown, counts once. */
    function reportKeys(names: readonly string[]): void {
      const { size } = asked;
      for (const name of names) asked.add(name);
      report({ type: 'keys.asked', source: 'partner', requestId: caller.requestId, keys: asked.size - size });
    }

    const loaders = new Map<string, ReturnType<typeof createLoader>>();
    return {
      hasRange,
      expect(summaries) {
        // The cache will answer as many of them as it has of others.
        const calls = Math.ceil(summaries * (1 - (cache.hitShare() ?? 0)));
        if (calls > 0 && takesCalls()) client.prepare(calls);
      },
      load(key) {
        if (key.product.partnerId === null) return null;
        const own = nameOfCall(client, key);
        const [fresh] = cache.loadFresh([own], caller, key) ?? [];
        if (fresh) {
          reportKeys([own]);
          return summaryOf(fresh);
        }
        const name = `${key.maxWaitMs} ${key.maxAgeMs} ${key.minFreshMs}`;
        const loader = loaders.get(name) ?? createLoader(key);
        loaders.set(name, loader);
        wanted.set(own, key);
        // A promise in a promise is one.
        return loader.load(own) as Promise<unknown> as Promise<PartnerSummary>;
      },
    };
  };
}

/** What makes two calls the same. */
export function nameOfCall(client: Pick<PartnerClient, 'account'>, { product, site, range }: PartnerKey): string {
  return JSON.stringify([client.account(site.partnerApiKey), product.partnerId, range?.start, range?.end]);
}

/** While PENDING there is no value, and no figure. */
export function summaryOf(answer: Answer<PartnerFigures>): PartnerSummary {
  return { ...answer.value, freshness: joinFreshness([answer]) };
}
