import type { OrderBy } from './googleMessages.js';
import type { TablePlan, TableRow } from './googleTable.js';

type Compare<T> = (a: T, b: T) => number;

/** The order of a report's rows: as asked, or by the first metric, highest first; ties by the dimensions, then by range. */
export function compareRows({ dimensions, metrics, ranges, orderBys }: TablePlan): Compare<TableRow> {
  const names = {
    dimensions: dimensions.map(({ apiName }) => apiName),
    metrics: metrics.map(({ apiName }) => apiName),
  };
  const byRange: Compare<TableRow> = (a, b) => ranges.indexOf(a.range) - ranges.indexOf(b.range);
  const asked = orderBys.map((orderBy) => compareBy(orderBy, names));
  const byDefault = metrics.length > 0 ? [descending(byNumber(0))] : [];
  const compares = [...(asked.length > 0 ? asked : byDefault), byAllValues, byRange];
  return (a, b) => {
    for (const compare of compares) {
      const result = compare(a, b);
      if (result !== 0) return result;
    }
    return 0;
  };
}

function compareBy(
  { metric, dimension, desc }: OrderBy,
  names: { dimensions: readonly string[]; metrics: readonly string[] },
): Compare<TableRow> {
  const compare = metric
    ? byNumber(names.metrics.indexOf(metric.metricName))
    : byValue(names.dimensions.indexOf(dimension?.dimensionName ?? ''), textOrder(dimension?.orderType));
  return desc ? descending(compare) : compare;
}

const byNumber =
  (column: number): Compare<TableRow> =>
  (a, b) =>
    (a.numbers[column] ?? 0) - (b.numbers[column] ?? 0);

/** A column that is none of the report's own is the one with the range's name. */
const byValue =
  (column: number, compare: Compare<string>): Compare<TableRow> =>
  (a, b) =>
    compare(a.values[column] ?? a.range.name, b.values[column] ?? b.range.name);

function byAllValues(a: TableRow, b: TableRow): number {
  const column = a.values.findIndex((value, index) => value !== b.values[index]);
  return column < 0 ? 0 : alphanumeric(a.values[column] ?? '', b.values[column] ?? '');
}

function textOrder(orderType: string | undefined): Compare<string> {
  if (orderType === 'NUMERIC') return (a, b) => toNumber(a) - toNumber(b);
  if (orderType === 'CASE_INSENSITIVE_ALPHANUMERIC') return (a, b) => alphanumeric(a.toLowerCase(), b.toLowerCase());
  return alphanumeric;
}

function alphanumeric(a: string, b: string): number {
  return Number(a > b) - Number(a < b);
}

function toNumber(text: string): number {
  const number = Number(text);
  return Number.isNaN(number) ? 0 : number;
}

function descending<T>(compare: Compare<T>): Compare<T> {
  return (a, b) => compare(b, a);
}
