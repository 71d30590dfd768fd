import { addDays, type DateRange } from '../../dateRange.js';

/** What a series counts in: days, ISO weeks (from Monday), or calendar months. */
export const intervals = ['DAY', 'WEEK', 'MONTH'] as const;
export type Interval = (typeof intervals)[number];

/**
 * The dimension that tells the intervals apart. Users and sessions of a week are not the sum of its days, so a week is asked
 * as a week.
 *
 * @see https://developers.google.com/analytics/devguides/reporting/data/v1/api-schema#dimensions
 */
export const intervalDimensions = { DAY: 'date', WEEK: 'isoYearIsoWeek', MONTH: 'yearMonth' } as const satisfies Record<
  Interval,
  string
>;

/** One point of a series. */
export interface Point {
  /** Its first day that lies in the range. */
  readonly date: string;
  /** How Google names it: the value of the interval's dimension. */
  readonly name: string;
}

/**
 * Every interval that has a day in the range, ascending; the first and the last are cut to the range. Days are calendar days,
 * so that no change of the clocks adds, loses or shifts one.
 */
export function pointsOf(range: DateRange, interval: Interval): readonly Point[] {
  const name = `${interval} ${range.start} ${range.end}`;
  const known = memo.get(name);
  if (known) return known;
  if (memo.size >= maxMemo) memo.clear();
  const points = listPoints(range, interval);
  memo.set(name, points);
  return points;
}

/** All products of a page have the same points; making them anew for each would cost more than all else. */
const memo = new Map<string, readonly Point[]>();
const maxMemo = 100;

function listPoints(range: DateRange, interval: Interval): Point[] {
  const points: Point[] = [];
  for (let date = range.start; date <= range.end; date = addDays(lastDayOf(date, interval), 1)) {
    points.push({ date, name: nameOf(date, interval) });
  }
  return points;
}

function lastDayOf(day: string, interval: Interval): string {
  if (interval === 'DAY') return day;
  if (interval === 'WEEK') return addDays(day, 6 - weekdayOf(day));
  const year = Number(day.slice(0, 4));
  const month = Number(day.slice(5, 7));
  return new Date(Date.UTC(year, month, 0)).toISOString().slice(0, 10);
}

function nameOf(day: string, interval: Interval): string {
  if (interval === 'DAY') return day.replaceAll('-', '');
  return interval === 'MONTH' ? day.slice(0, 7).replace('-', '') : isoWeekOf(day);
}

/** 0 = Monday. */
function weekdayOf(day: string): number {
  return (new Date(day).getUTCDay() + 6) % 7;
}

/** Year and week as Google writes them, such as 202601. A week belongs to the year of its Thursday. */
function isoWeekOf(day: string): string {
  const thursday = addDays(day, 3 - weekdayOf(day));
  const year = thursday.slice(0, 4);
  const days = (Date.parse(thursday) - Date.parse(`${year}-01-01`)) / 86_400_000;
  return `${year}${String(Math.floor(days / 7) + 1).padStart(2, '0')}`;
}
