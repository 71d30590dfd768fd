import { endOfDay } from '../dateRange.js';
import type { Context } from '../schema/context.js';

type Catalog = Context['catalog'];

/**
 * Finds out when it is another day for the first of a catalog's sites: presets then mean other days. The last finding is kept,
 * because it takes a hundred questions to the calendar.
 */
export function createDayEnd(): (catalog: Catalog, now: number) => number {
  let last: { catalog: Catalog; from: number; until: number } | undefined;
  return (catalog, now) => {
    if (last?.catalog === catalog && now >= last.from && now < last.until) return last.until;
    const zones = new Set(catalog.sites.map(({ timeZone }) => timeZone));
    const until = Math.min(...Array.from(zones, (zone) => endOfDay(zone, now)));
    last = { catalog, from: now, until };
    return until;
  };
}
