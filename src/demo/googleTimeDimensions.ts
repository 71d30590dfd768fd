import { dayNumber } from './days.js';
import type { DimensionDefinition } from './googleDimensions.js';
import type { Hit } from './googleHits.js';

const time = { category: 'Time' } as const;
const msPerDay = 86_400_000;

/** When something happened, in the property's time zone. */
export const timeDimensions: readonly DimensionDefinition[] = [
  {
    ...time,
    apiName: 'date',
    uiName: 'Date',
    description: 'The date of the event, formatted as YYYYMMDD.',
    read: ({ date }) => date.replaceAll('-', ''),
  },
  {
    ...time,
    apiName: 'dateHour',
    uiName: 'Date + hour (YYYYMMDDHH)',
    description: 'The combined values of date and hour.',
    read: (hit) => `${hit.date.replaceAll('-', '')}${readHour(hit)}`,
  },
  { ...time, apiName: 'hour', uiName: 'Hour', description: 'The two-digit hour of the day.', read: readHour },
  {
    ...time,
    apiName: 'day',
    uiName: 'Day',
    description: 'The day of the month, a two-digit number from 01 to 31.',
    read: ({ date }) => date.slice(8),
  },
  {
    ...time,
    apiName: 'dayOfWeek',
    uiName: 'Day of week',
    description: 'The integer day of the week, with Sunday as 0.',
    read: ({ date }) => String(new Date(date).getUTCDay()),
  },
  {
    ...time,
    apiName: 'week',
    uiName: 'Week',
    description: 'The week of the event, from 01 to 53. Weeks start on Sunday; January 1st is always in week 01.',
    read: ({ date }) => readWeek(date),
  },
  {
    ...time,
    apiName: 'yearWeek',
    uiName: 'Year week',
    description: 'The combined values of year and week, such as 202253.',
    read: ({ date }) => `${date.slice(0, 4)}${readWeek(date)}`,
  },
  {
    ...time,
    apiName: 'isoWeek',
    uiName: 'ISO week of the year',
    description: 'ISO week number, where each week starts on Monday, from 01 to 53.',
    read: ({ date }) => readIsoWeek(date).slice(4),
  },
  {
    ...time,
    apiName: 'isoYear',
    uiName: 'ISO year',
    description: 'The ISO year of the event.',
    read: ({ date }) => readIsoWeek(date).slice(0, 4),
  },
  {
    ...time,
    apiName: 'isoYearIsoWeek',
    uiName: 'ISO week of ISO year',
    description: 'The combined values of isoWeek and isoYear, such as 201652.',
    read: ({ date }) => readIsoWeek(date),
  },
  {
    ...time,
    apiName: 'month',
    uiName: 'Month',
    description: 'The month of the event, a two-digit integer from 01 to 12.',
    read: ({ date }) => date.slice(5, 7),
  },
  {
    ...time,
    apiName: 'yearMonth',
    uiName: 'Year month',
    description: 'The combined values of year and month, such as 202212.',
    read: ({ date }) => date.slice(0, 7).replace('-', ''),
  },
  {
    ...time,
    apiName: 'year',
    uiName: 'Year',
    description: 'The four-digit year of the event.',
    read: ({ date }) => date.slice(0, 4),
  },
];

function readHour({ visit }: Hit): string {
  return twoDigits(Math.floor(visit.startsAt / 3600));
}

/** The first week is the one of January 1st, however short. */
function readWeek(date: string): string {
  const firstDay = `${date.slice(0, 4)}-01-01`;
  const daysOfFirstWeekBefore = new Date(firstDay).getUTCDay();
  return twoDigits(1 + Math.floor((dayNumber(date) - dayNumber(firstDay) + daysOfFirstWeekBefore) / 7));
}

/** The ISO week is the week of its Thursday. */
function readIsoWeek(date: string): string {
  const weekday = (new Date(date).getUTCDay() + 6) % 7;
  const thursday = new Date((dayNumber(date) - weekday + 3) * msPerDay);
  const year = thursday.getUTCFullYear();
  const week = 1 + Math.floor((thursday.getTime() - Date.UTC(year, 0, 1)) / (7 * msPerDay));
  return `${year}${twoDigits(week)}`;
}

function twoDigits(number: number): string {
  return String(number).padStart(2, '0');
}
