import type { DateRange } from '../../dateRange.js';
import type { MetricFigure } from '../../figures.js';

/** What is wanted of one product: the unit that a loader batches. */
export interface GoogleAnalyticsKey {
  /** Digits only. */
  readonly property: string;
  /** The dimension whose values are the product's keys. */
  readonly dimension: string;
  /** ISO 4217. */
  readonly currency: string;
  /** IANA name of the zone whose days the range counts in. */
  readonly timeZone: string;
  /** At least one; several only sum where the figure is additive. */
  readonly keys: readonly string[];
  readonly range: DateRange;
  readonly figures: readonly MetricFigure[];
}

/** One report as it will be asked: everything but its place in a call. */
export interface ReportPlan {
  readonly property: string;
  readonly dimension: string;
  readonly currency: string;
  readonly range: DateRange;
  /** API names, without repeats. */
  readonly metrics: readonly string[];
  /** Values of the dimension, without repeats. */
  readonly keys: readonly string[];
}

/** A report takes at most this many metrics; one more is a 400. */
export const maxMetricsPerReport = 10;

/**
 * Turns the keys of one batch into the fewest reports that answer them all.
 *
 * Keys that share property, dimension, currency and days become one report with the union of their metrics, filtered to
 * their products; more than 10 metrics are spread over further reports. Every figure of every key is in exactly one report.
 *
 * Pure: same keys, same plan, in the order the keys first appeared.
 *
 * @see https://developers.google.com/analytics/devguides/reporting/data/v1/rest/v1beta/properties/runReport
 */
export function planReports(keys: readonly GoogleAnalyticsKey[]): ReportPlan[] {
  return [...groupBy(keys, shareOf).values()].flatMap(planGroup);
}

function planGroup(group: readonly GoogleAnalyticsKey[]): ReportPlan[] {
  const [first] = group;
  if (!first) return [];
  const { property, dimension, currency, range } = first;
  const keys = unique(group.flatMap((key) => key.keys));
  const metrics = unique(group.flatMap((key) => summable(key).map((figure) => figure.metric)));
  return chunks(metrics, maxMetricsPerReport).map((chunk) => ({
    property,
    dimension,
    currency,
    range,
    metrics: chunk,
    keys,
  }));
}

/** The figures of a key that rows can answer: all of them, or only those that may be summed where it has several keys. */
export function summable({ keys, figures }: Pick<GoogleAnalyticsKey, 'keys' | 'figures'>): readonly MetricFigure[] {
  return keys.length > 1 ? figures.filter((figure) => figure.additive) : figures;
}

/** Whether the report holds this metric of this key. */
export function answers(plan: ReportPlan, key: GoogleAnalyticsKey, metric: string): boolean {
  const { property, dimension, currency, range, metrics } = plan;
  return (
    property === key.property &&
    dimension === key.dimension &&
    currency === key.currency &&
    range.start === key.range.start &&
    range.end === key.range.end &&
    metrics.includes(metric)
  );
}

/** What keys must have in common to stand in one report. */
function shareOf({ property, dimension, currency, range }: GoogleAnalyticsKey): string {
  return JSON.stringify([property, dimension, currency, range.start, range.end]);
}

function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group) group.push(item);
    else groups.set(key, [item]);
  }
  return groups;
}

function unique<T>(items: readonly T[]): T[] {
  return [...new Set(items)];
}

/** Always at least one chunk: a query that wants no figure still learns when Google answered. */
function chunks<T>(items: readonly T[], size: number): T[][] {
  const count = Math.max(1, Math.ceil(items.length / size));
  return Array.from({ length: count }, (_, index) => items.slice(index * size, (index + 1) * size));
}
