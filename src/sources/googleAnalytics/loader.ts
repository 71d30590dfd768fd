import DataLoader from 'dataloader';
import type { Answer, Cache } from '../../cache/cache.js';
import type { Ask, Fetched } from '../../cache/fetching.js';
import type { Caller, Job, Patience } from '../../cache/flight.js';
import type { Product, Site } from '../../catalog/catalog.js';
import type { Clock } from '../../clock.js';
import { type DateRange, dayIn } from '../../dateRange.js';
import { GatewayError } from '../../errors.js';
import type { MetricFigure } from '../../figures.js';
import type { Policy } from '../../scheduler/policy.js';
import type { Report } from '../../telemetry.js';
import { type Freshness, joinFreshness } from '../freshness.js';
import type { GoogleAnalyticsClient } from './client.js';
import { lifetimeOf } from './lifetime.js';
import { answers, type GoogleAnalyticsKey, planReports, type ReportPlan, summable } from './planner.js';
import { type FigureResult, type MetricText, notAdditive, readFigure, readMetric, readRows } from './rows.js';

export interface ProductFigures {
  readonly product: Product;
  readonly site: Site;
  readonly range: DateRange;
  /** The figures that the query selects; nothing else is asked. */
  readonly figures: readonly MetricFigure[];
  /** An older value counts as stale; null = as old as its days allow. */
  readonly maxAgeMs: number | null;
  /** A value that would not stay fresh for this much longer counts as stale (ms). */
  readonly minFreshMs?: number;
}

/** The selected figures by field name; one that could not be read is an error in its place. */
export interface GoogleAnalyticsSummary {
  readonly [figure: string]: FigureResult | Freshness;
  readonly freshness: Freshness;
}

export interface GoogleAnalyticsLoader {
  /**
   * One product's figures; null, without a report, for a product that Google does not know. All products that are loaded
   * in the same tick share their reports.
   * @throws GatewayError
   */
  load(wanted: ProductFigures): Promise<GoogleAnalyticsSummary | null>;
}

export interface GoogleAnalyticsLoaderOptions {
  client: GoogleAnalyticsClient;
  cache: Cache<MetricText>;
  /** What every call goes through. */
  schedule: Policy;
  clock: Clock;
  report: Report;
}

/** What is kept for itself, so that a later selection asks only for what is missing. */
interface Cell {
  readonly key: GoogleAnalyticsKey;
  readonly figure: MetricFigure;
}

/** Loaders that live as long as one request, over what all requests share: the cache, and the reports on their way. */
export function createGoogleAnalyticsLoaders({ client, cache, schedule, clock, report }: GoogleAnalyticsLoaderOptions) {
  async function fetchReport(planned: ReportPlan, cells: ReadonlyMap<string, Cell>, job: Job) {
    const run = (attempt: AbortSignal) => client.runReport(planned, attempt);
    const rows = readRows(planned, await schedule({ ...job, run }, job.signal));
    const asOf = clock.now();
    return new Map(
      [...cells].map(([name, { key, figure }]): [string, Fetched<MetricText>] => {
        const lifetime = lifetimeOf(key.range, dayIn(key.timeZone, asOf));
        const value = readMetric(figure.metric, key.keys, rows);
        return [name, { value, asOf, ...lifetime, isWhole: !(value instanceof GatewayError) }];
      }),
    );
  }

  /** The fewest reports for these cells. */
  function plan(cells: ReadonlyMap<string, Cell>, requestId: string) {
    return (names: readonly string[]): Ask<MetricText>[] => {
      const wanted = new Map(names.map((name) => [name, cells.get(name) as Cell]));
      const plans = planReports([...wanted.values()].map(({ key, figure }) => ({ ...key, figures: [figure] })));
      if (plans.length > 0)
        report({ type: 'reports.planned', source: 'googleAnalytics', requestId, reports: plans.length });
      return plans.map((planned) => {
        const answered = new Map([...wanted].filter(([, cell]) => answers(planned, cell.key, cell.figure.metric)));
        return { keys: [...answered.keys()], run: (job) => fetchReport(planned, answered, job) };
      });
    };
  }

  return (caller: Caller): GoogleAnalyticsLoader => {
    async function loadBatch(keys: readonly GoogleAnalyticsKey[], patience: Patience) {
      const cells = new Map(
        keys.flatMap((key) => summable(key).map((figure) => [nameOf(key, figure), { key, figure }])),
      );
      report({ type: 'keys.asked', source: 'googleAnalytics', requestId: caller.requestId, keys: keys.length });
      const names = [...cells.keys()];
      const answers = await cache.load(names, plan(cells, caller.requestId), { ...caller, ...patience });
      return new Map(names.map((name, index) => [name, answers[index] as Promise<Answer<MetricText>>]));
    }

    // The batch resolves at once to one promise per key: a site whose report fails or is slow leaves the others alone.
    function createLoader(patience: Patience) {
      return new DataLoader<GoogleAnalyticsKey, GoogleAnalyticsSummary, string>(
        async (keys) => {
          const batch = loadBatch(keys, patience);
          return keys.map((key) => summarize(key, batch)) as unknown as GoogleAnalyticsSummary[];
        },
        { cacheKeyFn: JSON.stringify },
      );
    }

    const loaders = new Map<string, ReturnType<typeof createLoader>>();
    return {
      async load({ product, site, range, figures, maxAgeMs, minFreshMs = 0 }) {
        if (site.googleAnalytics === null || product.googleAnalyticsKeys.length === 0) return null;
        const { property, dimension } = site.googleAnalytics;
        const { currency, timeZone } = site;
        const name = `${maxAgeMs} ${minFreshMs}`;
        const loader = loaders.get(name) ?? createLoader({ maxAgeMs, minFreshMs, maxWaitMs: null });
        loaders.set(name, loader);
        return loader.load({
          property,
          dimension,
          currency,
          timeZone,
          keys: product.googleAnalyticsKeys,
          range,
          figures,
        });
      },
    };
  };
}

/** What makes two cells the same. The property is Google's, so two sites that share it share its numbers. */
function nameOf({ property, dimension, currency, keys, range }: GoogleAnalyticsKey, { metric }: MetricFigure): string {
  return JSON.stringify([property, dimension, currency, keys, range.start, range.end, metric]);
}

async function summarize(
  key: GoogleAnalyticsKey,
  batch: Promise<ReadonlyMap<string, Promise<Answer<MetricText>>>>,
): Promise<GoogleAnalyticsSummary> {
  const loaded = await batch;
  const summed = summable(key);
  const answers = await Promise.all(
    summed.map((figure) => loaded.get(nameOf(key, figure)) as Promise<Answer<MetricText>>),
  );
  const known = summed.map(
    (figure, index) => [figure.name, readFigure(answers[index]?.value ?? null, figure)] as const,
  );
  const unknown = key.figures
    .filter((figure) => !summed.includes(figure))
    .map((figure) => [figure.name, notAdditive(figure, key.keys)] as const);
  return { ...Object.fromEntries([...known, ...unknown]), freshness: joinFreshness(answers) };
}
