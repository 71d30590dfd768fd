import type { Product, Site } from '../../catalog/catalog.js';
import type { DateRange } from '../../dateRange.js';
import type { MetricFigure } from '../../figures.js';
import { type Cell, maxOwnReports, needsOwnReport } from './planner.js';
import { isPlaceholder } from './rows.js';
import type { Interval } from './series.js';

/** What a query wants of one product, or of a site as a whole. */
export interface WantedFigures {
  /** null = the site as a whole. */
  readonly product: Product | null;
  readonly site: Site;
  readonly range: DateRange;
  /** The figures that the query selects; nothing else is asked. */
  readonly figures: readonly MetricFigure[];
  /** The series that the query selects. */
  readonly series?: readonly WantedSeries[];
  /** An older value counts as stale; null = as old as its days allow. */
  readonly maxAgeMs: number | null;
  /** A value that would not stay fresh for this much longer counts as stale (ms). */
  readonly minFreshMs?: number;
}

export interface WantedSeries {
  readonly interval: Interval;
  readonly figures: readonly MetricFigure[];
}

/** A figure with the cell that answers it. */
export interface WantedCell {
  readonly figure: MetricFigure;
  readonly cell: Cell;
  /** What makes two cells the same. */
  readonly name: string;
}

/**
 * All cells of what is wanted, those of the series included; null for what Google does not know. `today` is a day of the
 * site's zone.
 */
export function cellsOf(wanted: WantedFigures, today: string): WantedCell[] | null {
  const { product, site, range, figures, series = [] } = wanted;
  const keys = product ? keysOf(product) : noKeys;
  if (site.googleAnalytics === null || (product && keys.length === 0)) return null;
  const { property, dimension } = site.googleAnalytics;
  const { currency, timeZone } = site;
  const cellOf = (figure: MetricFigure, interval: Interval | null): WantedCell => {
    const cell: Cell = {
      property,
      dimension: product && dimension,
      currency,
      timeZone,
      keys,
      range: interval === null ? range : begunPart(range, today),
      interval,
      metric: figure.metric,
    };
    return { figure, cell, name: nameOf(cell) };
  };
  const cells = figures.map((figure) => cellOf(figure, null));
  for (const { interval, figures: ofSeries } of series) {
    for (const figure of ofSeries) cells.push(cellOf(figure, interval));
  }
  return cells;
}

const noKeys: readonly string[] = [];
/** A list of a hundred thousand is asked for the same keys with each page of it. */
const keysByProduct = new WeakMap<Product, readonly string[]>();
/** What they add to the name of a cell. */
const namesByKeys = new WeakMap<readonly string[], string>();

/** In a stable order. */
function keysOf(product: Product): readonly string[] {
  const known = keysByProduct.get(product);
  if (known) return known;
  const keys = product.googleAnalyticsKeys.filter((key) => !isPlaceholder(key)).toSorted();
  keysByProduct.set(product, keys);
  return keys;
}

function nameOfKeys(keys: readonly string[]): string {
  const known = namesByKeys.get(keys);
  if (known !== undefined) return known;
  const name = JSON.stringify(keys);
  namesByKeys.set(keys, name);
  return name;
}

/** Days that have not begun have no figures, not even 0, so a series ends today. */
export function begunPart({ start, end }: DateRange, today: string): DateRange {
  return end > today && start <= today ? { start, end: today } : { start, end };
}

/** The property is Google's, so two sites that share it share its numbers. Written by hand: a list has thousands of cells. */
function nameOf({ property, dimension, currency, keys, range, interval, metric }: Cell): string {
  const days = `${range.start} ${range.end} ${interval}`;
  return `${property} ${currency} ${days}\n${dimension}\n${metric}\n${nameOfKeys(keys)}`;
}

/** Counts them for one query; answers whether a cell may still be asked for. */
export function createOwnReportLimit(): (cell: Cell) => boolean {
  const granted = new Set<string>();
  return (cell) => {
    if (!needsOwnReport(cell)) return true;
    const name = `${cell.property} ${nameOfKeys(cell.keys)}`;
    if (granted.size < maxOwnReports) granted.add(name);
    return granted.has(name);
  };
}
