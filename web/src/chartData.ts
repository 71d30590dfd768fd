import { formatDay } from './format.js';
import type { ChartPointFragment, Interval } from './generated/graphql.js';

export type ChartField = 'sessions' | 'activeUsers' | 'pageViews';

/** Two lines over one axis: the n-th interval of a period over the n-th of the other. */
export interface ChartData {
  readonly places: readonly number[];
  readonly now: readonly (number | null)[];
  /** null = no comparison. */
  readonly before: readonly (number | null)[] | null;
  /** The first day of each place, in either period. */
  readonly days: readonly (string | null)[];
  readonly daysBefore: readonly (string | null)[];
}

/**
 * Lays two periods over each other by their place in the period. Places are counted, not measured: a day with 23 or 25
 * hours is as wide as any other, and a month may be compared with a shorter one.
 */
export function chartData(
  now: readonly ChartPointFragment[],
  before: readonly ChartPointFragment[] | null,
  field: ChartField,
): ChartData {
  const places = Array.from({ length: Math.max(now.length, before?.length ?? 0) }, (_, place) => place);
  return {
    places,
    now: places.map((place) => now[place]?.[field] ?? null),
    before: before && places.map((place) => before[place]?.[field] ?? null),
    days: places.map((place) => now[place]?.date ?? null),
    daysBefore: places.map((place) => before?.[place]?.date ?? null),
  };
}

/** What a place of the axis is called: a day, the Monday of a week, a month. */
export function placeLabel(day: string | null | undefined, interval: Interval, locale: string): string {
  if (!day) return '';
  if (interval === 'MONTH') return formatDay(day, locale, { month: 'short', year: '2-digit' });
  return formatDay(day, locale, { day: 'numeric', month: 'short' });
}

/** The same at length, for the point that is looked at. */
export function placeTitle(day: string, interval: Interval, locale: string): string {
  if (interval === 'MONTH') return formatDay(day, locale, { month: 'long', year: 'numeric' });
  const text = formatDay(day, locale, { weekday: 'short', day: 'numeric', month: 'short', year: 'numeric' });
  return interval === 'WEEK' ? `Week from ${text}` : text;
}

/** About `count` places for labels, evenly spread, the first always among them. */
export function labelledPlaces(places: number, count: number): number[] {
  const step = Math.max(1, Math.ceil(places / Math.max(1, count)));
  return Array.from({ length: Math.ceil(places / step) }, (_, index) => index * step);
}
