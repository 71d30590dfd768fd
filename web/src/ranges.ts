import { addDays, type DateRangePreset, resolveDateRange, shiftDateRange } from '../../src/dateRange.js';
import type { DateRangeInput, DateRangeShift, Interval } from './generated/graphql.js';

/** Two calendar days, both inclusive. */
export interface Days {
  readonly start: string;
  readonly end: string;
}

/** Moving days, or two fixed ones. */
export type Range = DateRangePreset | Days;
export type Comparison = DateRangeShift | 'NONE';

export const presets: readonly { readonly preset: DateRangePreset; readonly label: string; readonly key?: string }[] = [
  { preset: 'TODAY', label: 'Today', key: 'D' },
  { preset: 'YESTERDAY', label: 'Yesterday' },
  { preset: 'LAST_7_DAYS', label: '7 days', key: 'W' },
  { preset: 'LAST_28_DAYS', label: '28 days' },
  { preset: 'LAST_90_DAYS', label: '90 days' },
  { preset: 'THIS_MONTH', label: 'This month', key: 'M' },
  { preset: 'LAST_MONTH', label: 'Last month' },
  { preset: 'THIS_YEAR', label: 'This year', key: 'Y' },
];

export const comparisons: readonly { readonly comparison: Comparison; readonly label: string }[] = [
  { comparison: 'NONE', label: 'No comparison' },
  { comparison: 'PREVIOUS_PERIOD', label: 'Previous period' },
  { comparison: 'PREVIOUS_YEAR', label: 'Previous year' },
];

/** What a comparison is called, on the page as in its menu. */
export function labelOfComparison(wanted: Comparison): string {
  return comparisons.find(({ comparison }) => comparison === wanted)?.label ?? '';
}

/** The days that a range means now, in the zone in which the site counts its days. */
export function daysOf(range: Range, timeZone: string, now: number): Days {
  return typeof range === 'string' ? resolveDateRange({ preset: range }, { timeZone }, now) : range;
}

/** The days that are compared with; null without comparison. */
export function comparedDays(days: Days, comparison: Comparison): Days | null {
  return comparison === 'NONE' ? null : shiftDateRange(days, comparison);
}

export function rangeInput(range: Range, shift?: Comparison): DateRangeInput {
  const days: DateRangeInput = typeof range === 'string' ? { preset: range } : { ...range };
  return shift && shift !== 'NONE' ? { ...days, shift } : days;
}

export function countDays({ start, end }: Days): number {
  return Math.round((Date.parse(end) - Date.parse(start)) / 86_400_000) + 1;
}

/** What one point of the chart covers when nobody chose: enough points to see a shape, few enough to tell them apart. */
export function usualInterval(days: Days): Interval {
  const count = countDays(days);
  if (count <= 92) return 'DAY';
  return count <= 550 ? 'WEEK' : 'MONTH';
}

/** The days of a row's little chart: the range, or the 28 days up to its end where it is too short for a line. */
export function trendRange(range: Range, days: Days): DateRangeInput {
  return countDays(days) >= 7 ? rangeInput(range) : { start: addDays(days.end, -27), end: days.end };
}
