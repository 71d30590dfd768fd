import type { DateRange } from '../../dateRange.js';
import { metricKind } from '../../metricKinds.js';
import { type Interval, pointsOf } from './series.js';

/** The smallest thing that is wanted, and kept: one metric of one product, or of a whole site, over some days. */
export interface Cell {
  /** Digits only. */
  readonly property: string;
  /** The dimension whose values are the product's keys; null = the site as a whole. */
  readonly dimension: string | null;
  /** ISO 4217. */
  readonly currency: string;
  /** IANA name of the zone whose days the range counts in. */
  readonly timeZone: string;
  /** In a stable order; empty = the site as a whole. */
  readonly keys: readonly string[];
  readonly range: DateRange;
  /** null = the whole range in one number. */
  readonly interval: Interval | null;
  /** API name. */
  readonly metric: string;
}

/** One report as it will be asked: everything but its place in a call. */
export interface ReportPlan {
  readonly property: string;
  readonly dimension: string | null;
  readonly currency: string;
  readonly interval: Interval | null;
  /** Whether each key has rows of its own; otherwise they are counted as one, so that nobody is counted twice. */
  readonly byKey: boolean;
  /** At most 4, without repeats. */
  readonly ranges: readonly DateRange[];
  /** API names, at most 10, without repeats. */
  readonly metrics: readonly string[];
  /** Values of the dimension that are wanted, without repeats; empty = no filter. */
  readonly keys: readonly string[];
  /** Instead of a list of keys: whatever begins with this, "" = every value there is. null = the list. */
  readonly scan: string | null;
  readonly offset: number;
  readonly limit: number;
}

/** A report with what it is asked for. */
export interface PlannedReport extends ReportPlan {
  readonly cells: readonly Cell[];
}

export interface PlannerOptions {
  /** The most keys that one filter may list. Google publishes no limit. */
  readonly keysPerReport: number;
}

/** One more of either is a 400. */
export const maxMetricsPerReport = 10;
const maxRangesPerReport = 4;
/** More are cut off without a word. */
export const maxRowsPerPage = 250_000;
/** A table that is read as a whole comes in pages of this size, or of what is wanted of it where that is more. */
const scanPage = 10_000;
/** So many products are most of a site, as a rule: reading the whole table costs less than listing them. */
export const scanFrom = 500;

/**
 * Turns the cells of one tick into the fewest reports that answer them all.
 *
 * Cells that share property, currency, interval and the way their rows are told apart become one report: the union of their
 * keys, up to 10 metrics and up to 4 date ranges. What cannot be summed over the keys of a product gets a report without the
 * key's column, filtered to these keys. Every cell is in exactly one report.
 *
 * Pure: same cells, same plan, in the order the cells first appeared.
 *
 * @see https://developers.google.com/analytics/devguides/reporting/data/v1/rest/v1beta/properties/runReport
 */
export function planReports(cells: readonly Cell[], options: PlannerOptions): PlannedReport[] {
  return [...groupBy(cells, shareOf).values()].flatMap((group) =>
    keyChunks(group, options.keysPerReport).flatMap(planChunk),
  );
}

/** Whether the cell needs a report of its own, because its metric must not be summed over its keys. */
export function needsOwnReport({ keys, metric }: Pick<Cell, 'keys' | 'metric'>): boolean {
  return keys.length > 1 && metricKind(metric) !== 'additive';
}

/** The most rows that a report can have for these keys: one for each key, range and interval. */
export function countRows({ byKey, keys, ranges, interval }: Omit<ReportPlan, 'limit' | 'offset'>): number {
  const perKey = ranges.reduce((sum, range) => sum + (interval ? pointsOf(range, interval).length : 1), 0);
  return byKey ? keys.length * perKey : perKey;
}

/** Reports of one property travel five to a call. */
export const reportsPerCall = 5;
/** The most products of a query that may have reports of their own, because they have several keys. */
export const maxOwnReports = 20;

interface Chunk {
  readonly cells: readonly Cell[];
  readonly scan: string | null;
}

function planChunk({ cells, scan }: Chunk): PlannedReport[] {
  const ranges = chunks(unique(cells.map(({ range }) => nameOfRange(range))), maxRangesPerReport);
  const metrics = chunks(unique(cells.map(({ metric }) => metric)), maxMetricsPerReport);
  return ranges
    .flatMap((some) => metrics.map((few) => ({ ranges: new Set(some), metrics: new Set(few) })))
    .map((part) => cells.filter((cell) => part.metrics.has(cell.metric) && part.ranges.has(nameOfRange(cell.range))))
    .filter((held) => held.length > 0)
    .map((held) => planReport(held, scan));
}

/** One report for these cells, which fit in one; it asks for nothing that none of them wants. */
function planReport(cells: readonly Cell[], scan: string | null): PlannedReport {
  const [first] = cells;
  if (!first) throw new Error('A report without cells was planned.');
  const { property, dimension, currency, interval } = first;
  const plan = {
    property,
    dimension,
    currency,
    interval,
    byKey: isByKey(first),
    ranges: [...new Map(cells.map(({ range }) => [nameOfRange(range), range])).values()],
    metrics: unique(cells.map(({ metric }) => metric)),
    keys: unique(cells.flatMap(({ keys }) => keys)),
    scan,
  };
  const rows = Math.max(countRows(plan), scan === null ? 0 : scanPage);
  return { ...plan, offset: 0, limit: Math.min(maxRowsPerPage, rows), cells };
}

function keyChunks(cells: readonly Cell[], keysPerReport: number): Chunk[] {
  const [first] = cells;
  const keys = unique(cells.flatMap((cell) => cell.keys));
  if (!first || !isByKey(first) || keys.length <= keysPerReport) return [{ cells, scan: null }];
  if (keys.length > Math.max(scanFrom, keysPerReport)) return [{ cells, scan: commonStart(keys) }];
  return packKeys(cells, keysPerReport).map((packed) => ({ cells: packed, scan: null }));
}

/** The keys of one product stay together, because its rows are summed. */
function packKeys(cells: readonly Cell[], keysPerReport: number): Cell[][] {
  const packs: { cells: Cell[]; keys: Set<string> }[] = [];
  for (const ofOneProduct of groupBy(cells, ({ keys }) => JSON.stringify(keys)).values()) {
    const keys = ofOneProduct[0]?.keys ?? [];
    const last = packs.at(-1);
    const fits = last && new Set([...last.keys, ...keys]).size <= keysPerReport;
    const pack = fits ? last : { cells: [], keys: new Set<string>() };
    if (!fits) packs.push(pack);
    pack.cells.push(...ofOneProduct);
    for (const key of keys) pack.keys.add(key);
  }
  return packs.map((each) => each.cells);
}

/** What all keys begin with; "" where that would hold nearly every value, as "/" does. */
function commonStart(keys: readonly string[]): string {
  const [first = ''] = keys;
  let length = first.length;
  for (const key of keys) while (!key.startsWith(first.slice(0, length))) length -= 1;
  return length < 2 ? '' : first.slice(0, length);
}

function isByKey(cell: Cell): boolean {
  return cell.keys.length > 0 && !needsOwnReport(cell);
}

/** What cells must have in common to stand in one report. */
function shareOf(cell: Cell): string {
  const { property, dimension, currency, interval, keys } = cell;
  return `${property} ${dimension} ${currency} ${interval} ${isByKey(cell) ? '' : JSON.stringify(keys)}`;
}

function nameOfRange({ start, end }: DateRange): string {
  return `${start} ${end}`;
}

export function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
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

export function chunks<T>(items: readonly T[], size: number): T[][] {
  const count = Math.ceil(items.length / size);
  return Array.from({ length: count }, (_, index) => items.slice(index * size, (index + 1) * size));
}
