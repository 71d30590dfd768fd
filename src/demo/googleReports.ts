import { dayNumber } from './days.js';
import { type NamedDateRange, resolveDateRanges } from './googleDateRanges.js';
import {
  checkAggregations,
  checkCompatible,
  checkFieldCount,
  checkNotNegative,
  checkOrderBys,
  compileFilters,
  findFields,
  findFilterFields,
  readLimit,
} from './googleFields.js';
import { adaptFields, describeFlaws, type FlawMetadata, type ReportFlaws } from './googleFlaws.js';
import { countDistinct, listHits, type PropertyData } from './googleHits.js';
import type { FieldSelection, RunReportRequest } from './googleMessages.js';
import { createTable, type TableMessage, type TablePlan } from './googleTable.js';

/** A request that has passed every check, and what it costs. */
export interface ReportPlan {
  readonly table: TablePlan;
  readonly metadata: ReportMetadata;
  /** Tokens, taken from the day's, the hour's and the project's bucket at once. */
  readonly tokens: number;
  readonly potentiallyThresholded: boolean;
}

interface ReportMetadata extends FlawMetadata {
  readonly currencyCode: string;
  readonly timeZone: string;
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
  const share = flaws.sampledShare ?? 1;
  const ranges = days.map(({ name, start, end }) => {
    const selection = { start, end, now, isLate: flaws.isLate ?? false };
    return {
      name,
      hits: () => listHits(data, { ...selection, share }),
      space: () => listHits(data, selection),
    };
  });
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

/**
 * Nobody knows Google's formula. This one gives what was measured: 1 for a short and narrow report, 2 for 1 dimension x 10
 * metrics, 4 for 9 x 10 over 30 days, 7 for 1 x 1 over a year.
 */
function countTokens({ dimensions, metrics }: FieldSelection, ranges: readonly NamedDateRange[]): number {
  const columns = dimensions.length + metrics.length;
  const days = ranges.reduce((sum, { start, end }) => sum + dayNumber(end) - dayNumber(start) + 1, 0);
  return Math.max(1, Math.floor(0.8 + 0.145 * columns + days / 60));
}
