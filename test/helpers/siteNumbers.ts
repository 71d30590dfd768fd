import { listDays } from '../../src/demo/days.js';
import type { DemoWorld } from '../../src/demo/seed.js';

export interface PageNumbers {
  pageViews: number;
  sessions: number;
  engagementRate: number | null;
}

/** What Google Analytics has to say of one product over whole days of the past, counted from the visits themselves. */
export function countVisits(world: DemoWorld, productId: string, range: { start: string; end: string }): PageNumbers {
  const siteId = world.products.find(({ id }) => id === productId)?.siteId ?? '';
  const visits = listDays(range.start, range.end)
    .flatMap((day) => world.visits(siteId, day))
    .filter(({ productIds }) => productIds.includes(productId));
  const engaged = visits.filter((visit) => visit.engaged).length;
  return {
    pageViews: visits.flatMap(({ productIds }) => productIds.filter((id) => id === productId)).length,
    sessions: visits.length,
    engagementRate: visits.length === 0 ? null : engaged / visits.length,
  };
}

/** A partner's cents as the partner writes them. */
export function formatRevenue(cents: number): string {
  return (cents / 100).toFixed(2);
}
