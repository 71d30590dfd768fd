import type { DateRange } from '../../dateRange.js';
import { addDays } from '../../dateRange.js';

const minute = 60_000;
const hour = 60 * minute;

/**
 * How long figures of these days count as new, and how long after that they may still be shown (ms). Google goes on counting
 * for a day or two; what is older no longer changes.
 */
export function lifetimeOf({ end }: DateRange, today: string): { freshMs: number; staleMs: number } {
  const staleMs = 24 * hour;
  if (end >= today) return { freshMs: 10 * minute, staleMs };
  if (end >= addDays(today, -2)) return { freshMs: hour, staleMs };
  if (end >= addDays(today, -7)) return { freshMs: 24 * hour, staleMs };
  return { freshMs: 7 * 24 * hour, staleMs };
}
