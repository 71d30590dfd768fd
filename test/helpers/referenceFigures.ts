import { addDays, listDays } from '../../src/demo/days.js';
import type { DemoWorld, Visit } from '../../src/demo/seed.js';

export interface Days {
  readonly start: string;
  readonly end: string;
}

/** Every figure of the contract; money as a number, shares of nothing as null. */
export interface ReferenceFigures {
  pageViews: number;
  sessions: number;
  activeUsers: number;
  newUsers: number;
  engagementRate: number | null;
  averageSessionDuration: number | null;
  bounceRate: number | null;
  eventCount: number;
  keyEvents: number;
  totalRevenue: number;
}

/** Everybody who visited a site in these days. */
export function visitsOf(world: DemoWorld, siteId: string, { start, end }: Days): Visit[] {
  return listDays(start, end).flatMap((day) => world.visits(siteId, day));
}

/**
 * What Google Analytics has to say of a set of pages, counted straight from the visits: a visit or a person that saw several
 * of them counts once. `isOurs` says whose product's page it is; the whole site is a set, too.
 */
export function countFigures(visits: readonly Visit[], isOurs: (productId: string) => boolean): ReferenceFigures {
  const ours = visits.filter(({ productIds }) => productIds.some(isOurs));
  const engaged = ours.filter((visit) => visit.engaged).length;
  const orders = ours.flatMap((visit) => visit.orders).filter(({ productId }) => isOurs(productId));
  const active = ours.filter((visit) => visit.engaged || visit.newUser).map(({ userId }) => userId);
  return {
    pageViews: sum(ours.map(({ productIds }) => productIds.filter(isOurs).length)),
    sessions: ours.length,
    activeUsers: new Set(active).size,
    newUsers: ours.filter(({ newUser }) => newUser).length,
    engagementRate: share(engaged, ours.length),
    averageSessionDuration: share(sum(ours.map(({ durationSeconds }) => durationSeconds)), ours.length),
    bounceRate: share(ours.length - engaged, ours.length),
    eventCount: sum(ours.map((visit) => countEvents(visit, isOurs))),
    keyEvents: orders.length,
    totalRevenue: sum(orders.map(({ revenueCents }) => revenueCents)) / 100,
  };
}

/** The events that a visit left on the pages of a set. */
function countEvents(
  { productIds, newUser, engaged, orders, startsAt }: Visit,
  isOurs: (id: string) => boolean,
): number {
  const [first = ''] = productIds;
  const last = productIds.at(-1) ?? '';
  const pages = productIds.filter(isOurs).length;
  const bought = orders.filter(({ productId }) => isOurs(productId)).length;
  const isCartLeft = engaged && orders.length === 0 && startsAt % 12 === 0;
  return sum([
    // page_view and view_item
    2 * pages,
    // session_start, and first_visit
    isOurs(first) ? 1 + Number(newUser) : 0,
    // user_engagement, and add_to_cart
    isOurs(last) ? Number(engaged) + Number(isCartLeft) : 0,
    // add_to_cart, begin_checkout and purchase
    3 * bought,
  ]);
}

export type Interval = 'DAY' | 'WEEK' | 'MONTH';

/** The intervals of a series, by the first day of each that lies in the range. Weeks begin on Monday. */
export function splitDays({ start, end }: Days, interval: Interval): Days[] {
  const days = listDays(start, end);
  const firsts = days.filter((day, index) => index === 0 || beginsInterval(day, interval));
  return firsts.map((first, index) => ({ start: first, end: addDays(firsts[index + 1] ?? addDays(end, 1), -1) }));
}

function beginsInterval(day: string, interval: Interval): boolean {
  if (interval === 'MONTH') return day.endsWith('-01');
  return interval === 'DAY' || new Date(day).getUTCDay() === 1;
}

/** The range that a shift means. A day that the year before did not have is the last of its month. */
export function shiftDays({ start, end }: Days, shift: 'PREVIOUS_PERIOD' | 'PREVIOUS_YEAR' | null): Days {
  if (shift === null) return { start, end };
  if (shift === 'PREVIOUS_YEAR') return { start: yearBefore(start), end: yearBefore(end) };
  const length = listDays(start, end).length;
  return { start: addDays(start, -length), end: addDays(end, -length) };
}

function yearBefore(day: string): string {
  const same = `${Number(day.slice(0, 4)) - 1}${day.slice(4)}`;
  return day.endsWith('-02-29') ? same.replace('-02-29', '-02-28') : same;
}

function share(part: number, whole: number): number | null {
  return whole === 0 ? null : part / whole;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
