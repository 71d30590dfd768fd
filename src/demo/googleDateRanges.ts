import { addDays, isDay, readLocalTime } from './days.js';
import { invalidArgument } from './googleErrors.js';
import type { DateRangeMessage } from './googleMessages.js';

/** Days YYYY-MM-DD, both inclusive. */
export interface NamedDateRange {
  readonly name: string;
  readonly start: string;
  readonly end: string;
}

const dayBeforeFirst = '2015-08-13';
const dayAfterLast = '3000-01-01';

/**
 * Reads the date ranges of a request; `today` and its relatives are days of the property's time zone.
 *
 * @throws GoogleError with Google's text for the first fault.
 */
export function resolveDateRanges(
  ranges: readonly DateRangeMessage[],
  timeZone: string,
  now: number,
): NamedDateRange[] {
  if (ranges.length === 0) throw invalidArgument('A dateRange is required.');
  if (ranges.length > 4) {
    throw invalidArgument(
      `Requests are limited to 4 dateRanges.\n  This request contains ${ranges.length} dateRanges.`,
    );
  }
  const { day: today } = readLocalTime(timeZone, now);
  return ranges.map(({ name, startDate, endDate }, index) => {
    const start = resolveDay('startDate', startDate, today);
    const end = resolveDay('endDate', endDate, today);
    checkDays(start, end);
    checkName(name);
    return { name: name || `date_range_${index}`, start, end };
  });
}

function resolveDay(field: string, text: string, today: string): string {
  if (text === 'today') return today;
  if (text === 'yesterday') return addDays(today, -1);
  const daysAgo = /^(\d{1,6})daysAgo$/.exec(text)?.[1];
  if (daysAgo !== undefined) return addDays(today, -Number(daysAgo));
  if (isDay(text)) return text;
  throw invalidArgument(`Invalid ${field} : ${text}. ${field} must be YYYY-MM-DD, NdaysAgo, yesterday, or today.`);
}

/** A day out of bounds is found before a range that runs backwards. */
function checkDays(start: string, end: string): void {
  for (const [field, day] of Object.entries({ start_date: start, end_date: end })) {
    if (day <= dayBeforeFirst || day >= dayAfterLast) {
      throw invalidArgument(`${field} = ${day} must be greater than ${dayBeforeFirst} and less than ${dayAfterLast}.`);
    }
  }
  if (start > end) {
    throw invalidArgument(
      `start_date must be less than or equal to end_date. start_date = ${start} and end_date = ${end}`,
    );
  }
}

function checkName(name: string): void {
  if (/^(date_range_|RESERVED_)/.test(name)) {
    throw invalidArgument(`The dateRange name ${name} must not begin with date_range_ or RESERVED_.`);
  }
}
