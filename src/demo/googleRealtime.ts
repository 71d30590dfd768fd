import { addDays, readLocalTime } from './days.js';
import { readDevice, readTitle } from './googleDimensions.js';
import { invalidArgument } from './googleErrors.js';
import {
  checkAggregations,
  checkFieldCount,
  checkOrderBys,
  compileFilters,
  coreFields,
  type Fields,
  findFields,
  findFilterFields,
  type ReadsHit,
  readLimit,
} from './googleFields.js';
import { type Hit, listVisitHits, type PropertyData } from './googleHits.js';
import type { MinuteRangeMessage, RunRealtimeReportRequest } from './googleMessages.js';
import type { MetricDefinition } from './googleMetrics.js';
import { createTable, type TableMessage } from './googleTable.js';

const secondsPerDay = 86_400;
const metricNames = ['activeUsers', 'eventCount', 'keyEvents', 'screenPageViews'];

/**
 * Answers runRealtimeReport: what happened in the last 30 minutes, each page view at its own time within its visit.
 *
 * There is no pagePath among its dimensions, and an answer has no metadata.
 * @throws GoogleError 400 with Google's text for the first fault.
 */
export function runRealtimeReport(
  data: PropertyData,
  request: RunRealtimeReportRequest,
  now: number,
): TableMessage & { readonly kind: string } {
  const { secondsOfDay, day } = readLocalTime(data.site.timeZone, now);
  const ageOf = (hit: Hit) => minutesAgo(hit, day, secondsOfDay);
  const fields: Fields<ReadsHit, MetricDefinition> = {
    dimensions: [
      { apiName: 'deviceCategory', read: readDevice },
      { apiName: 'minutesAgo', read: (hit) => String(ageOf(hit)).padStart(2, '0') },
      { apiName: 'unifiedScreenName', read: readTitle },
    ],
    metrics: coreFields.metrics.filter(({ apiName }) => metricNames.includes(apiName)),
  };
  const asked = findFields(fields, request);
  const limit = readLimit(request.limit);
  const minutes = resolveMinuteRanges(request.minuteRanges);
  checkFieldCount(request);
  findFilterFields(fields, request);
  checkOrderBys(request.orderBys, request);
  checkAggregations(request.metricAggregations);
  const ranges = minutes.map(({ name, oldest, newest }) => ({
    name,
    hits: () => listRecentHits(data, day).filter((hit) => ageOf(hit) <= oldest && ageOf(hit) >= newest),
  }));
  const table = createTable({
    ...asked,
    ...compileFilters(fields, request),
    ranges,
    limit,
    offset: 0,
    keepEmptyRows: false,
    aggregations: request.metricAggregations,
    orderBys: request.orderBys,
  });
  const kind = 'analyticsData#runRealtimeReport';
  return table.rows ? { ...table, kind } : { kind };
}

function resolveMinuteRanges(ranges: readonly MinuteRangeMessage[]) {
  const asked: readonly MinuteRangeMessage[] = ranges.length === 0 ? [{ name: '' }] : ranges;
  if (asked.length > 2) {
    throw invalidArgument(
      `Requests are limited to 2 minuteRanges.\n  This request contains ${asked.length} minuteRanges.`,
    );
  }
  return asked.map(({ name, startMinutesAgo: oldest = 29, endMinutesAgo: newest = 0 }, index) => {
    if (oldest > 29 || newest < 0 || newest > oldest) {
      throw invalidArgument(
        `startMinutesAgo must be at most 29 and not less than endMinutesAgo. startMinutesAgo = ${oldest} and endMinutesAgo = ${newest}`,
      );
    }
    return { name: name || `date_range_${index}`, oldest, newest };
  });
}

/** A visit that began last night may still go on. */
function listRecentHits(data: PropertyData, today: string): Hit[] {
  return [addDays(today, -1), today].flatMap((date) =>
    data.visits(date).flatMap((visit) => listVisitHits(data, date, visit)),
  );
}

/** Whole minutes; negative = not yet. Pages are spread evenly over their visit. */
function minutesAgo({ date, visit, position }: Hit, today: string, secondsOfDay: number): number {
  const sinceStart = (position * visit.durationSeconds) / visit.productIds.length;
  const daysAgo = date === today ? 0 : 1;
  return Math.floor((secondsOfDay + daysAgo * secondsPerDay - visit.startsAt - sinceStart) / 60);
}
