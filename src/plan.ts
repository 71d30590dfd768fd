// In the root because it stands between the two sources, as warm.ts and probe.ts do; only app.ts imports it.
import type { DateRange } from './dateRange.js';
import { dayIn } from './dateRange.js';
import { cellsOf, createOwnReportLimit } from './sources/googleAnalytics/cells.js';
import type { GoogleAnalyticsLoader } from './sources/googleAnalytics/loader.js';
import {
  type Cell,
  countCalls,
  estimateTokens,
  planReports,
  type ReportPlan,
} from './sources/googleAnalytics/planner.js';
import type { PartnerLoader } from './sources/partner/loader.js';

/** The upstream calls that an operation would make if nothing of it were in the cache. */
export interface UpstreamPlan {
  readonly googleAnalytics: {
    readonly calls: number;
    /** An estimate: Google publishes no formula. */
    readonly tokens: number;
    readonly reports: readonly (ReportPlan & { readonly tokens: number })[];
  };
  /** One for each product and range. */
  readonly partner: readonly PlannedPartnerCall[];
}

export interface PlannedPartnerCall {
  readonly partnerId: string;
  /** null where the partner answers for all time. */
  readonly range: DateRange | null;
}

export interface RecorderOptions {
  /** null = this source is not configured. */
  googleAnalytics: { keysPerReport: number } | null;
  partner: { hasRange: boolean } | null;
  /** Wall time, ms since the epoch. */
  now: number;
}

const pending = { state: 'PENDING', asOf: null } as const;
const unknownQuality = { sampledShare: null, thresholded: false, otherRow: false, complete: false };

/** Loaders that write down what they are asked for, and ask nobody: an operation that runs on them finds out what it would cost. */
export function createRecorder({ googleAnalytics, partner, now }: RecorderOptions) {
  const cells = new Map<string, Cell>();
  const calls = new Map<string, PlannedPartnerCall>();
  const mayAsk = createOwnReportLimit();

  const googleAnalyticsLoader: GoogleAnalyticsLoader = {
    async load(wanted) {
      const found = cellsOf(wanted, dayIn(wanted.site.timeZone, now));
      if (!found) return null;
      for (const { name, cell } of found) if (mayAsk(cell)) cells.set(name, cell);
      return { series: new Map(), quality: unknownQuality, freshness: pending };
    },
  };
  const partnerLoader: PartnerLoader = {
    hasRange: partner?.hasRange ?? false,
    async load({ product: { partnerId }, site: { partnerApiKey }, range }) {
      if (partnerId === null) return null;
      calls.set(JSON.stringify([partnerApiKey, partnerId, range]), { partnerId, range });
      return { freshness: pending };
    },
  };

  return {
    googleAnalytics: googleAnalytics && googleAnalyticsLoader,
    partner: partner && partnerLoader,
    plan(): UpstreamPlan {
      const planned = googleAnalytics ? planReports([...cells.values()], googleAnalytics) : [];
      const reports = planned.map(({ cells: _, ...plan }) => ({ ...plan, tokens: estimateTokens(plan) }));
      const tokens = reports.reduce((sum, report) => sum + report.tokens, 0);
      return { googleAnalytics: { calls: countCalls(planned), tokens, reports }, partner: [...calls.values()] };
    },
  };
}
