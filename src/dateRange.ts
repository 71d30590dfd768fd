import { GatewayError } from './errors.js';

/** Whole days, YYYY-MM-DD, both ends included, in the time zone of the site that they were resolved for. */
export interface DateRange {
  readonly start: string;
  readonly end: string;
}

export const dateRangePresets = [
  'TODAY',
  'YESTERDAY',
  'LAST_7_DAYS',
  'LAST_28_DAYS',
  'LAST_90_DAYS',
  'THIS_MONTH',
  'LAST_MONTH',
  'THIS_YEAR',
] as const;
export type DateRangePreset = (typeof dateRangePresets)[number];

export const dateRangeShifts = ['PREVIOUS_PERIOD', 'PREVIOUS_YEAR'] as const;
export type DateRangeShift = (typeof dateRangeShifts)[number];

export interface DateRangeRequest {
  preset?: DateRangePreset | null | undefined;
  start?: string | null | undefined;
  end?: string | null | undefined;
  /** Moves the range back, to compare. */
  shift?: DateRangeShift | null | undefined;
}

/** The Data API answers 400 for this day and every day before it, and from `firstBeyond` on. */
const dayBeforeFirst = '2015-08-13';
const firstBeyond = '3000-01-01';
const msPerDay = 86_400_000;

/** The day, YYYY-MM-DD, that it is at `now` (ms since the epoch) in an IANA time zone. */
export function dayIn(timeZone: string, now: number): string {
  const quarter = Math.floor(now / quarterHourMs);
  const last = lastDays.get(timeZone);
  if (last?.quarter === quarter) return last.day;
  const day = dayFormat(timeZone).format(now);
  lastDays.set(timeZone, { quarter, day });
  return day;
}

/** When the day that it is at `now` will be over in a time zone (ms since the epoch). */
export function endOfDay(timeZone: string, now: number): number {
  const today = dayIn(timeZone, now);
  let end = (Math.floor(now / quarterHourMs) + 1) * quarterHourMs;
  while (dayIn(timeZone, end) === today) end += quarterHourMs;
  return end;
}

/** A day begins at a full quarter of an hour in every zone, and each product of a list asks for the same one. */
const quarterHourMs = 900_000;
const lastDays = new Map<string, { quarter: number; day: string }>();

/** The day that lies `days` after `day`; negative = before. */
export function addDays(day: string, days: number): string {
  const question = `${day} ${days}`;
  const known = sums.get(question);
  if (known !== undefined) return known;
  const sum = new Date(Date.parse(day) + days * msPerDay).toISOString().slice(0, 10);
  if (sums.size >= maxSums) sums.clear();
  sums.set(question, sum);
  return sum;
}

/** Each product of a list asks for the same few. */
const sums = new Map<string, string>();
const maxSums = 1_000;

/**
 * Turns what a client asked for into two days. Without a preset and without days: LAST_28_DAYS.
 *
 * A range may end in the future (it then holds what has happened so far) but may not begin there.
 * @throws GatewayError BAD_USER_INPUT that says what is wrong with the range.
 */
export function resolveDateRange(
  request: DateRangeRequest | null | undefined,
  site: { timeZone: string },
  now: number,
): DateRange {
  const { shift } = request ?? {};
  const range = resolveUnshifted(request ?? {}, site, now);
  return shift ? checkShifted(shiftDateRange(range, shift)) : range;
}

/** The same length just before, or the same days a year earlier; of a 29 February that is the 28th. */
export function shiftDateRange({ start, end }: DateRange, shift: DateRangeShift): DateRange {
  if (shift === 'PREVIOUS_YEAR') return { start: yearBefore(start), end: yearBefore(end) };
  const days = (Date.parse(end) - Date.parse(start)) / msPerDay + 1;
  return { start: addDays(start, -days), end: addDays(start, -1) };
}

function yearBefore(day: string): string {
  const year = String(Number(day.slice(0, 4)) - 1).padStart(4, '0');
  const rest = day.slice(4);
  return year + (rest === '-02-29' ? '-02-28' : rest);
}

function checkShifted(range: DateRange): DateRange {
  if (range.start > dayBeforeFirst) return range;
  throw badRange(
    `shifted, it starts at ${range.start}, which is too early: the first day is ${addDays(dayBeforeFirst, 1)}`,
  );
}

function resolveUnshifted(
  { preset, start, end }: DateRangeRequest,
  site: { timeZone: string },
  now: number,
): DateRange {
  const today = dayIn(site.timeZone, now);
  if (start || end) {
    if (preset) throw badRange('give either a preset, or start and end, not both');
    if (!start || !end) throw badRange(`${start ? 'end' : 'start'} is missing: start and end go together`);
    return checkDays({ start, end }, today, site.timeZone);
  }
  return presetRange(preset ?? 'LAST_28_DAYS', today);
}

function checkDays({ start, end }: DateRange, today: string, timeZone: string): DateRange {
  if (start > end) throw badRange(`start ${start} is after end ${end}`);
  if (start <= dayBeforeFirst)
    throw badRange(`start ${start} is too early: the first day is ${addDays(dayBeforeFirst, 1)}`);
  if (start > today) throw badRange(`start ${start} lies in the future: today is ${today} in ${timeZone}`);
  if (end >= firstBeyond) throw badRange(`end ${end} is too late: the last day is ${addDays(firstBeyond, -1)}`);
  return { start, end };
}

function presetRange(preset: DateRangePreset, today: string): DateRange {
  const yesterday = addDays(today, -1);
  const firstOfMonth = `${today.slice(0, 7)}-01`;
  const lastOfLastMonth = addDays(firstOfMonth, -1);
  switch (preset) {
    case 'TODAY':
      return { start: today, end: today };
    case 'YESTERDAY':
      return { start: yesterday, end: yesterday };
    case 'LAST_7_DAYS':
      return { start: addDays(today, -7), end: yesterday };
    case 'LAST_28_DAYS':
      return { start: addDays(today, -28), end: yesterday };
    case 'LAST_90_DAYS':
      return { start: addDays(today, -90), end: yesterday };
    case 'THIS_MONTH':
      return { start: firstOfMonth, end: today };
    case 'LAST_MONTH':
      return { start: `${lastOfLastMonth.slice(0, 7)}-01`, end: lastOfLastMonth };
    case 'THIS_YEAR':
      return { start: `${today.slice(0, 4)}-01-01`, end: today };
  }
}

function badRange(reason: string): GatewayError {
  return new GatewayError('BAD_USER_INPUT', `range: ${reason}.`);
}

/** Making a DateTimeFormat costs about 50 us; a catalog has few zones. */
const dayFormats = new Map<string, Intl.DateTimeFormat>();

function dayFormat(timeZone: string): Intl.DateTimeFormat {
  let format = dayFormats.get(timeZone);
  if (!format) {
    format = new Intl.DateTimeFormat('en-CA', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' });
    dayFormats.set(timeZone, format);
  }
  return format;
}
