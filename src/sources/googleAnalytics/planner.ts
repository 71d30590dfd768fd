import type { DateRange } from '../../dateRange.js';
import { metricKind } from '../../metricKinds.js';
import { chunks, groupBy, unique } from './lists.js';
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
  const [first] = cells;
  // As nearly all lists of products are; a name for each cell would cost more than all the rest.
  const isOneGroup = first !== undefined && isByKey(first) && cells.every((cell) => isLike(cell, first));
  const groups = isOneGroup ? [cells] : groupBy(cells, shareOf).values();
  return [...groups].flatMap((group) => keyChunks(group, options.keysPerReport).flatMap(planChunk));
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
  const ranges = chunks([...rangesOf(cells).keys()], maxRangesPerReport);
  const metrics = chunks(unique(cells.map(({ metric }) => metric)), maxMetricsPerReport);
  if (ranges.length * metrics.length === 1) return [planReport(cells, scan)];
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
    ranges: [...rangesOf(cells).values()],
    metrics: unique(cells.map(({ metric }) => metric)),
    keys: keysOf(cells),
    scan,
  };
  const rows = Math.max(countRows(plan), scan === null ? 0 : scanPage);
  return { ...plan, offset: 0, limit: Math.min(maxRowsPerPage, rows), cells };
}

function keyChunks(cells: readonly Cell[], keysPerReport: number): Chunk[] {
  const [first] = cells;
  const keys = keysOf(cells);
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

/** Whether a cell with rows by key may stand in the report of another one. */
function isLike(cell: Cell, other: Cell): boolean {
  const { property, dimension, currency, interval } = other;
  const isSame = cell.property === property && cell.dimension === dimension && cell.currency === currency;
  return isSame && cell.interval === interval && isByKey(cell);
}

/** Without repeats. */
function keysOf(cells: readonly Cell[]): string[] {
  const all = new Set<string>();
  let last: readonly string[] | undefined;
  for (const { keys } of cells) {
    // Cells of one product have the same list.
    if (keys !== last) for (const key of keys) all.add(key);
    last = keys;
  }
  return [...all];
}

/** By name, without repeats. */
function rangesOf(cells: readonly Cell[]): Map<string, DateRange> {
  const ranges = new Map<string, DateRange>();
  let last: DateRange | undefined;
  for (const { range } of cells) {
    if (range.start !== last?.start || range.end !== last.end) ranges.set(nameOfRange(range), range);
    last = range;
  }
  return ranges;
}

function nameOfRange({ start, end }: DateRange): string {
  return `${start} ${end}`;
}
