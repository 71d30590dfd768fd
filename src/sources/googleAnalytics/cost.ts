import { groupBy } from './lists.js';
import {
  maxMetricsPerReport,
  maxOwnReports,
  type PlannerOptions,
  type ReportPlan,
  reportsPerCall,
  scanFrom,
} from './planner.js';
import { pointsOf } from './series.js';

export function countCalls(plans: readonly ReportPlan[]): number {
  return [...groupBy(plans, ({ property }) => property).values()].reduce(
    (calls, reports) => calls + Math.ceil(reports.length / reportsPerCall),
    0,
  );
}

/**
 * About how many tokens a report costs. Nobody knows Google's formula; this one gives what was measured: 1 for a short and
 * narrow report, 2 for 1 dimension x 10 metrics, 4 for 9 x 10 over 30 days, 7 for 1 x 1 over a year.
 */
export function estimateTokens({ byKey, interval, metrics, ranges }: ReportPlan): number {
  const columns = (byKey ? 1 : 0) + (interval ? 1 : 0) + metrics.length;
  const days = ranges.reduce((sum, range) => sum + pointsOf(range, 'DAY').length, 0);
  return Math.max(1, Math.floor(0.8 + 0.145 * columns + days / 60));
}

export interface ReportBound extends PlannerOptions {
  /** How many metrics may be asked for. */
  readonly metrics: number;
  /** How many products have several keys. */
  readonly withSeveralKeys: number;
}

/** The most reports that `planReports` makes of one date range and interval of one property. */
export function boundReports({ metrics, keysPerReport, withSeveralKeys }: ReportBound): number {
  const ofMetrics = Math.ceil((metrics + 1) / maxMetricsPerReport);
  const own = Math.min(maxOwnReports, withSeveralKeys);
  // The keys of a product stay together, so reports are at least half full.
  const packs = keysPerReport >= scanFrom ? 1 : 2 * Math.ceil(scanFrom / keysPerReport);
  return ofMetrics * (packs + own);
}
