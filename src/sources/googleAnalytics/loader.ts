import DataLoader from 'dataloader';
import type { Product, Site } from '../../catalog/catalog.js';
import type { Clock } from '../../clock.js';
import type { DateRange } from '../../dateRange.js';
import type { MetricFigure } from '../../figures.js';
import type { Caller, Policy } from '../../scheduler/policy.js';
import type { Report } from '../../telemetry.js';
import type { Freshness } from '../freshness.js';
import type { GoogleAnalyticsClient } from './client.js';
import { answers, type GoogleAnalyticsKey, planReports, type ReportPlan } from './planner.js';
import { type FigureResult, type ReportRows, readFigure, readRows } from './rows.js';

export interface ProductFigures {
  readonly product: Product;
  readonly site: Site;
  readonly range: DateRange;
  /** The figures that the query selects; nothing else is asked. */
  readonly figures: readonly MetricFigure[];
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
  /** What every call goes through. */
  schedule: Policy;
  clock: Clock;
  report: Report;
}

interface AnsweredReport {
  readonly plan: ReportPlan;
  readonly rows: ReportRows;
  readonly asOf: Date;
}

/** Loaders that live as long as one request: nothing that one request has loaded is seen by another. */
export function createGoogleAnalyticsLoaders({ client, schedule, clock, report }: GoogleAnalyticsLoaderOptions) {
  return ({ requestId, deadline, signal }: Caller): GoogleAnalyticsLoader => {
    async function ask(plan: ReportPlan): Promise<AnsweredReport> {
      const run = (attempt: AbortSignal) => client.runReport(plan, attempt);
      const answer = await schedule({ requestId, deadline, run }, signal);
      return { plan, rows: readRows(plan, answer), asOf: new Date(clock.now()) };
    }

    // The batch resolves at once to one promise per key: a site whose report fails or is slow leaves the others alone.
    const loader = new DataLoader<GoogleAnalyticsKey, GoogleAnalyticsSummary, string>(
      async (keys) => {
        const plans = planReports(keys);
        report({ type: 'keys.asked', source: 'googleAnalytics', requestId, keys: keys.length });
        report({ type: 'reports.planned', source: 'googleAnalytics', requestId, reports: plans.length });
        const asked = plans.map((plan) => ({ plan, answered: ask(plan) }));
        return keys.map((key) => {
          const reports = asked.filter(({ plan }) => answers(plan, key)).map(({ answered }) => answered);
          return Promise.all(reports).then((answered) => summarize(key, answered)) as unknown as GoogleAnalyticsSummary;
        });
      },
      { cacheKeyFn: JSON.stringify },
    );

    return {
      async load({ product, site, range, figures }) {
        if (site.googleAnalytics === null || product.googleAnalyticsKeys.length === 0) return null;
        const { property, dimension } = site.googleAnalytics;
        const keys = product.googleAnalyticsKeys;
        return loader.load({ property, dimension, currency: site.currency, keys, range, figures });
      },
    };
  };
}

function summarize(key: GoogleAnalyticsKey, reports: readonly AnsweredReport[]): GoogleAnalyticsSummary {
  const figures = key.figures.map((figure) => {
    const rows = reports.find(({ plan }) => plan.metrics.includes(figure.metric))?.rows ?? noRows;
    return [figure.name, readFigure(figure, key.keys, rows)] as const;
  });
  const asOf = reports.reduce(
    (oldest, report) => (report.asOf < oldest ? report.asOf : oldest),
    reports[0]?.asOf ?? new Date(0),
  );
  return { ...Object.fromEntries(figures), freshness: { state: 'FRESH', asOf } };
}

/** For figures that no report was asked for, because they must not be summed. */
const noRows: ReportRows = { text: () => undefined, withheld: true };
