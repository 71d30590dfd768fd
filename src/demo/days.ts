const msPerDay = 86_400_000;

/** Days since 1970-01-01 of a day YYYY-MM-DD. */
export function dayNumber(day: string): number {
  return Date.parse(day) / msPerDay;
}

/** The day that lies `count` days after `day`; negative = before. */
export function addDays(day: string, count: number): string {
  return new Date(Date.parse(day) + count * msPerDay).toISOString().slice(0, 10);
}

/** Every day from start to end, both inclusive, in order; none when start is after end. */
export function listDays(start: string, end: string): string[] {
  const length = Math.max(0, dayNumber(end) - dayNumber(start) + 1);
  return Array.from({ length }, (_, index) => addDays(start, index));
}

/** Whether a text is a day of the calendar, written YYYY-MM-DD. */
export function isDay(text: string): boolean {
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text)) && addDays(text, 0) === text;
}

/** What a clock on a wall in the zone shows at `now` (ms since the epoch). */
export function readLocalTime(timeZone: string, now: number): { day: string; secondsOfDay: number } {
  const [day = '', time = ''] = wallClock(timeZone).format(now).split(', ');
  const [hours = 0, minutes = 0, seconds = 0] = time.split(':').map(Number);
  return { day, secondsOfDay: hours * 3600 + minutes * 60 + seconds };
}

/** Making one costs far more than using it. */
const wallClocks = new Map<string, Intl.DateTimeFormat>();

function wallClock(timeZone: string): Intl.DateTimeFormat {
  let clock = wallClocks.get(timeZone);
  if (!clock) {
    clock = new Intl.DateTimeFormat('en-CA', {
      timeZone,
      hourCycle: 'h23',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
    });
    wallClocks.set(timeZone, clock);
  }
  return clock;
}
