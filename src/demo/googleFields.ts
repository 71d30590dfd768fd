import { type DimensionDefinition, dimensions } from './googleDimensions.js';
import { incompatibleFields, invalidArgument, unknownField } from './googleErrors.js';
import { compileFilter, compileNumberFilter, compileTextFilter, listFilterFields, type Test } from './googleFilters.js';
import type { Hit, Tally } from './googleHits.js';
import type { FieldSelection, OrderBy } from './googleMessages.js';
import { type MetricDefinition, metrics } from './googleMetrics.js';

interface Named {
  readonly apiName: string;
  readonly deprecatedApiNames?: readonly string[];
}
export type ReadsHit = Named & { read(hit: Hit): string };
type ReadsTally = Named & { read(tally: Tally): number };

/** The dimensions and metrics that a kind of report knows. */
export interface Fields<D extends ReadsHit = ReadsHit, M extends ReadsTally = ReadsTally> {
  readonly dimensions: readonly D[];
  readonly metrics: readonly M[];
}

export const coreFields: Fields<DimensionDefinition, MetricDefinition> = { dimensions, metrics };

/** @throws GoogleError with Google's text, and with a suggestion where only the case or an old name is wrong. */
function findField<T extends Named>(fields: readonly T[], name: string, kind: 'dimension' | 'metric'): T {
  const field = fields.find(({ apiName }) => apiName === name);
  if (field) return field;
  const similar = fields.find(
    ({ apiName, deprecatedApiNames }) =>
      apiName.toLowerCase() === name.toLowerCase() || deprecatedApiNames?.includes(name),
  );
  throw unknownField(name, kind, similar?.apiName);
}

/** The fields that a request asks for, in its order. @throws GoogleError for an unknown or repeated one. */
export function findFields<D extends ReadsHit, M extends ReadsTally>(fields: Fields<D, M>, request: FieldSelection) {
  const found = {
    metrics: request.metrics.map(({ name }) => findField(fields.metrics, name, 'metric')),
    dimensions: request.dimensions.map(({ name }) => findField(fields.dimensions, name, 'dimension')),
  };
  const metric = findRepeated(found.metrics);
  if (metric) throw invalidArgument(`Duplicate metrics are not allowed. Found duplicate metrics: ${metric.apiName}`);
  const dimension = findRepeated(found.dimensions);
  if (dimension) throw invalidArgument(`Found duplicate dimensions: ${dimension.apiName}`);
  return found;
}

function findRepeated<T>(list: readonly T[]): T | undefined {
  return list.find((item, index) => list.indexOf(item) !== index);
}

/** The fields that only the filters name; they need not be asked for. @throws GoogleError for an unknown one. */
export function findFilterFields<D extends ReadsHit, M extends ReadsTally>(
  fields: Fields<D, M>,
  request: FieldSelection,
) {
  return {
    dimensions: listFilterFields(request.dimensionFilter).map((name) => {
      // A metric in a dimension filter has a text of its own.
      if (fields.metrics.some(({ apiName }) => apiName === name)) {
        throw invalidArgument('Found duplicate dimensions/metrics.');
      }
      return findField(fields.dimensions, name, 'dimension');
    }),
    metrics: listFilterFields(request.metricFilter).map((name) => findField(fields.metrics, name, 'metric')),
  };
}

/** The questions of a request's two filters: before counting, of every hit, and after it, of every row. */
export function compileFilters(fields: Fields, { dimensionFilter, metricFilter }: FieldSelection) {
  const keepsHit: Test<Hit> = compileFilter(dimensionFilter, (filter) => {
    const dimension = findField(fields.dimensions, filter.fieldName, 'dimension');
    const test = compileTextFilter(filter);
    return (hit) => test(dimension.read(hit));
  });
  const keepsRow: Test<Tally> = compileFilter(metricFilter, (filter) => {
    const metric = findField(fields.metrics, filter.fieldName, 'metric');
    const test = compileNumberFilter(filter);
    return (tally) => test(metric.read(tally));
  });
  return { keepsHit, keepsRow };
}

export function checkFieldCount({ dimensions, metrics }: FieldSelection): void {
  checkCount(metrics.length, 10, 'metrics');
  checkCount(dimensions.length, 9, 'dimensions');
  if (metrics.length + dimensions.length === 0) {
    throw invalidArgument('Requests require dimensions and/or metrics. Most requests include both.');
  }
}

function checkCount(count: number, limit: number, what: string): void {
  if (count <= limit) return;
  throw invalidArgument(
    `Requests are limited to ${limit} ${what} within a nested request.\n  This request is for ${count} ${what}.`,
  );
}

/** Unlike a filter, an order may only name what the report shows. */
export function checkOrderBys(orderBys: readonly OrderBy[], request: FieldSelection): void {
  const shown = new Set([...request.dimensions, ...request.metrics].map(({ name }) => name)).add('dateRange');
  for (const { metric, dimension } of orderBys) {
    const name = metric?.metricName ?? dimension?.dimensionName ?? '';
    if (!shown.has(name)) {
      throw invalidArgument(`Field ${name} exists in OrderBy but is not defined in input Dimensions/Metrics list`);
    }
  }
}

/** 0 = 10,000, and more than 250,000 is silently 250,000. */
export function readLimit(limit: number): number {
  return Math.min(checkNotNegative('limit', limit) || 10_000, 250_000);
}

export function checkNotNegative(name: string, value: number): number {
  if (value < 0) throw invalidArgument(`${name} must be positive. The API received ${name} = ${value}`);
  return value;
}

export function checkAggregations(aggregations: readonly string[]): void {
  if (aggregations.includes('COUNT')) {
    throw invalidArgument('Metric aggregation Count is not supported in ReportRequest.');
  }
}

/** Item-scoped dimensions go with users, sessions and items, but not with what counts events. */
export function areCompatible(
  dimensionList: readonly DimensionDefinition[],
  metricList: readonly MetricDefinition[],
): boolean {
  return !(dimensionList.some(({ itemScoped }) => itemScoped) && metricList.some(({ eventScoped }) => eventScoped));
}

/** @throws GoogleError that names the dimensions to remove. */
export function checkCompatible(
  dimensionList: readonly DimensionDefinition[],
  metricList: readonly MetricDefinition[],
): void {
  if (areCompatible(dimensionList, metricList)) return;
  const names = dimensionList.filter(({ itemScoped }) => itemScoped).map(({ apiName }) => apiName);
  throw incompatibleFields([...new Set(names)]);
}
