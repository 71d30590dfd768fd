import type { FigureFormat } from './figures.js';

/** A figure as the gateway sends it: an exact decimal or a moment is a text. */
export type FigureValue = number | string | null | undefined;

export interface FormatOptions {
  readonly locale: string;
  /** ISO 4217; money without it is a plain number. */
  readonly currency?: string | null;
  readonly timeZone?: string;
}

/** The first of a browser's languages that is one; what a system calls its own (`en-US@posix`) may be none. */
export function localeOf(languages: readonly string[]): string {
  return languages.find(isLocale) ?? 'en';
}

function isLocale(text: string): boolean {
  try {
    return Intl.getCanonicalLocales(text).length > 0;
  } catch {
    return false;
  }
}

/** As it stands in a table: no more digits than help to compare. */
export function formatFigure(value: FigureValue, format: FigureFormat, options: FormatOptions): string {
  if (value == null) return '–';
  switch (format) {
    case 'share':
      return percent(Number(value), options.locale, 1, 1);
    case 'duration':
      return duration(Number(value));
    case 'ratio':
      return number(value, options.locale, { minimumFractionDigits: 4, maximumFractionDigits: 4 });
    case 'money':
      return money(value, options, 2);
    case 'moment':
      return moment(String(value), options, { dateStyle: 'short', timeStyle: 'short' });
    case 'count':
      return number(value, options.locale, { maximumFractionDigits: 1 });
  }
}

/** Short enough for a tile: 1.2M. */
export function formatCompact(value: FigureValue, format: FigureFormat, options: FormatOptions): string {
  const isLong = value != null && (format === 'count' || format === 'money') && Math.abs(Number(value)) >= 10_000;
  if (!isLong) return formatFigure(value, format, options);
  const compact = { notation: 'compact', maximumFractionDigits: 1 } as const;
  if (format === 'count' || !options.currency) return number(value, options.locale, compact);
  return number(value, options.locale, { ...compact, style: 'currency', currency: options.currency });
}

/** Every digit that the gateway sent, for the tooltip. */
export function formatExact(value: FigureValue, format: FigureFormat, options: FormatOptions): string {
  if (value == null) return 'unknown';
  if (format === 'share') return percent(Number(value), options.locale, 4);
  if (format === 'duration') return `${number(value, options.locale, { maximumFractionDigits: 2 })} s`;
  if (format === 'moment') return moment(String(value), options, { dateStyle: 'full', timeStyle: 'long' });
  if (format === 'money') return money(value, options, Math.max(2, String(value).split('.')[1]?.length ?? 0));
  return number(value, options.locale, { maximumFractionDigits: 20 });
}

export function percent(share: number, locale: string, digits = 0, leastDigits = 0): string {
  const places = { minimumFractionDigits: leastDigits, maximumFractionDigits: digits };
  return new Intl.NumberFormat(locale, { style: 'percent', ...places }).format(share);
}

/** `Mon, 3 Feb 2025`, of a calendar day: the same everywhere on earth, whatever clocks do that night. */
export function formatDay(day: string, locale: string, options: Intl.DateTimeFormatOptions = {}): string {
  const shown = Object.keys(options).length > 0 ? options : { dateStyle: 'medium' as const };
  return new Intl.DateTimeFormat(locale, { ...shown, timeZone: 'UTC' }).format(Date.parse(day));
}

export function formatDays(range: { start: string; end: string }, locale: string): string {
  const format = new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short', year: 'numeric', timeZone: 'UTC' });
  return format.formatRange(Date.parse(range.start), Date.parse(range.end));
}

/** `4 min ago`, `just now`. */
export function formatAge(ms: number, locale: string): string {
  const minutes = Math.floor(ms / 60_000);
  if (minutes < 1) return 'just now';
  const ago = new Intl.RelativeTimeFormat(locale, { style: 'short' });
  if (minutes < 60) return ago.format(-minutes, 'minute');
  if (minutes < 48 * 60) return ago.format(-Math.floor(minutes / 60), 'hour');
  return ago.format(-Math.floor(minutes / (24 * 60)), 'day');
}

/** A time of day; with its day where that is not today. */
export function formatClock(at: number, now: number, { locale, timeZone }: FormatOptions): string {
  const zone = timeZone ? { timeZone } : {};
  const day = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', ...zone });
  const isToday = day.format(at) === day.format(now);
  return new Intl.DateTimeFormat(locale, {
    ...(isToday ? {} : { weekday: 'short' }),
    hour: 'numeric',
    minute: '2-digit',
    ...zone,
  }).format(at);
}

/** Intl reads a decimal's text exactly, beyond the digits of a number. */
function number(value: FigureValue, locale: string, options: Intl.NumberFormatOptions): string {
  return new Intl.NumberFormat(locale, options).format(value as Intl.StringNumericLiteral);
}

function money(value: FigureValue, { locale, currency }: FormatOptions, digits: number): string {
  const places = { minimumFractionDigits: digits, maximumFractionDigits: digits };
  if (!currency) return number(value, locale, places);
  return number(value, locale, { ...places, style: 'currency', currency });
}

function moment(value: string, { locale, timeZone }: FormatOptions, style: Intl.DateTimeFormatOptions): string {
  return new Intl.DateTimeFormat(locale, { ...style, ...(timeZone && { timeZone }) }).format(Date.parse(value));
}

function duration(seconds: number): string {
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`;
}
