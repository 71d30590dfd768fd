import { dayNumber } from './days.js';
import { type NamedDateRange, resolveDateRanges } from './googleDateRanges.js';
import type { DimensionDefinition } from './googleDimensions.js';
import { invalidArgument } from './googleErrors.js';
import {
  checkAggregations,
  checkCompatible,
  checkFieldCount,
  checkNotNegative,
  checkOrderBys,
  compileFilters,
  coreFields,
  findFields,
  findFilterFields,
  readLimit,
} from './googleFields.js';
import { addHit, countDistinct, createTally, listHits, type PropertyData } from './googleHits.js';
import type { FieldSelection, RunReportRequest } from './googleMessages.js';
import type { MetricDefinition } from './googleMetrics.js';
import { createTable, type TableMessage, type TablePlan, type TableRange } from './googleTable.js';
import { hash } from './random.js';

/** What Google may do to its own numbers. */
export interface ReportFlaws {
  /** Rows of fewer users are withheld. */
  readonly minUsers?: number;
  /** The share of the events that was read, 0 to 1. The numbers stay what they are: they stand for Google's estimate. */
  readonly sampledShare?: number;
  /** About half of the values of a dimension that has many are folded into `(other)`. */
  readonly otherRow?: boolean;
}

/** A request that has passed every check, and what it costs. */
export interface ReportPlan {
  readonly table: TablePlan;
  readonly metadata: ReportMetadata;
  /** Tokens, taken from the day's, the hour's and the project's bucket at once. */
  readonly tokens: number;
  readonly potentiallyThresholded: boolean;
}

interface ReportMetadata {
  readonly currencyCode: string;
  readonly timeZone: string;
  readonly dataLossFromOtherRow?: true;
  readonly subjectToThresholding?: true;
  readonly samplingMetadatas?: readonly { readonly samplesReadCount: string; readonly samplingSpaceSize: string }[];
}

export type ReportMessage = TableMessage & { readonly metadata: ReportMetadata; readonly kind: string };

/** Google withholds the rows of a report about who people are below about this many users. */
const fewUsers = 50;

/**
 * Checks a runReport request in the order in which Google does, and resolves its names and dates.
 *
 * Pure: the same property, request and `now` (ms since the epoch) give the same report.
 * @throws GoogleError 400 with Google's text for the first fault.
 */
export function planReport(
  data: PropertyData,
  request: RunReportRequest,
  now: number,
  flaws: ReportFlaws = {},
): ReportPlan {
  const { site } = data;
  const currencyCode = request.currencyCode || site.currency;
  const fields = adaptFields(site.currency, currencyCode, flaws);
  const asked = findFields(fields, request);
  const page = { limit: readLimit(request.limit), offset: checkNotNegative('offset', request.offset) };
  const days = resolveDateRanges(request.dateRanges, site.timeZone, now);
  checkFieldCount(request);
  const filtered = findFilterFields(fields, request);
  checkOrderBys(request.orderBys, request);
  checkAggregations(request.metricAggregations);
  const dimensions = [...asked.dimensions, ...filtered.dimensions];
  checkCompatible(dimensions, [...asked.metrics, ...filtered.metrics]);

  const potentiallyThresholded = dimensions.some(({ thresholded }) => thresholded);
  const minUsers = flaws.minUsers ?? (potentiallyThresholded ? fewUsers : 0);
  const { keepsHit, keepsRow } = compileFilters(fields, request);
  const ranges = days.map(({ name, start, end }) => ({ name, hits: () => listHits(data, start, end, now) }));
  return {
    table: {
      ...asked,
      ...page,
      ranges,
      keepsHit,
      keepsRow: (tally) => keepsRow(tally) && (minUsers === 0 || countDistinct(tally.userIds) >= minUsers),
      keepEmptyRows: request.keepEmptyRows,
      aggregations: request.metricAggregations,
      orderBys: request.orderBys,
    },
    metadata: {
      currencyCode,
      timeZone: site.timeZone,
      ...describeFlaws({ ...flaws, minUsers }, dimensions, ranges),
    },
    tokens: countTokens(request, days),
    potentiallyThresholded,
  };
}

/** The answer to a plan, without the quota. */
export function runReport({ table, metadata }: ReportPlan): ReportMessage {
  return { ...createTable(table), metadata, kind: 'analyticsData#runReport' };
}

/** What one unit of each currency is worth in euros: the demo's own rates, the same on every day. */
const euros = new Map([
  ['EUR', 1],
  ['USD', 0.9],
  ['JPY', 0.006],
  ['GBP', 1.15],
  ['AUD', 0.6],
  ['BRL', 0.16],
]);

/** The fields as this answer reads them: money in the currency that was asked for, rare values folded where they shall be. */
function adaptFields(from: string, to: string, { otherRow }: ReportFlaws): typeof coreFields {
  return {
    dimensions: otherRow ? coreFields.dimensions.map(foldRareValues) : coreFields.dimensions,
    metrics: coreFields.metrics.map(convertCurrency(from, to)),
  };
}

function convertCurrency(from: string, to: string): (metric: MetricDefinition) => MetricDefinition {
  if (from === to) return (metric) => metric;
  const rate = (euros.get(from) ?? Number.NaN) / (euros.get(to) ?? Number.NaN);
  if (Number.isNaN(rate)) throw invalidArgument(`The emulator has no exchange rate for the currencyCode ${to}.`);
  return (metric) => {
    return metric.type === 'TYPE_CURRENCY' ? { ...metric, read: (tally) => metric.read(tally) * rate } : metric;
  };
}

function foldRareValues(dimension: DimensionDefinition): DimensionDefinition {
  if (!dimension.manyValues) return dimension;
  return {
    ...dimension,
    read(hit) {
      const value = dimension.read(hit);
      return hash(value) % 2 === 0 ? value : '(other)';
    },
  };
}

function describeFlaws(
  { minUsers = 0, otherRow = false, sampledShare }: ReportFlaws,
  dimensions: readonly DimensionDefinition[],
  ranges: readonly TableRange[],
): Partial<ReportMetadata> {
  return {
    ...(otherRow && dimensions.some(({ manyValues }) => manyValues) && { dataLossFromOtherRow: true }),
    ...(minUsers > 0 && { subjectToThresholding: true }),
    ...(sampledShare !== undefined && { samplingMetadatas: ranges.map(describeSample(sampledShare)) }),
  };
}

function describeSample(share: number) {
  return ({ hits }: TableRange) => {
    const tally = createTally();
    for (const hit of hits()) addHit(tally, hit);
    return { samplesReadCount: String(Math.round(tally.events * share)), samplingSpaceSize: String(tally.events) };
  };
}

/**
 * Nobody knows Google's formula. This one gives what was measured: 1 for a short and narrow report, 2 for 1 dimension x 10
 * metrics, 4 for 9 x 10 over 30 days, 7 for 1 x 1 over a year.
 */
function countTokens({ dimensions, metrics }: FieldSelection, ranges: readonly NamedDateRange[]): number {
  const columns = dimensions.length + metrics.length;
  const days = ranges.reduce((sum, { start, end }) => sum + dayNumber(end) - dayNumber(start) + 1, 0);
  return Math.max(1, Math.floor(0.8 + 0.145 * columns + days / 60));
}
