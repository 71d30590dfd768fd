import type { Product, Site } from '../catalog/catalog.js';
import { listDays, readLocalTime } from './days.js';
import type { DemoWorld, Visit } from './seed.js';

/** One Google Analytics property: the site behind it, and what its visits are made of. */
export interface PropertyData {
  readonly property: string;
  readonly site: Site;
  readonly products: ReadonlyMap<string, Product>;
  visits(date: string): readonly Visit[];
}

/** The properties of the world, by their digits. */
export function indexProperties(world: DemoWorld): Map<string, PropertyData> {
  const products = new Map(world.products.map((product) => [product.id, product]));
  return new Map(
    world.sites.flatMap((site) => {
      const property = site.googleAnalytics?.property;
      const visits = (date: string) => world.visits(site.id, date);
      return property === undefined ? [] : [[property, { property, site, products, visits }] as const];
    }),
  );
}

/** One view of a product page: the smallest thing that reports count. */
export interface Hit {
  readonly site: Site;
  /** YYYY-MM-DD in the site's zone. */
  readonly date: string;
  readonly visit: Visit;
  readonly product: Product;
  /** The product of the visit's first page. */
  readonly landing: Product;
  /** 0 = the first page of the visit. */
  readonly position: number;
}

/** The hits of all days from start to end (both inclusive) that have happened by `now`; those of a visit stand together. */
export function* listHits(data: PropertyData, start: string, end: string, now: number): Generator<Hit> {
  const { day: today, secondsOfDay } = readLocalTime(data.site.timeZone, now);
  for (const date of listDays(start, end < today ? end : today)) {
    for (const visit of data.visits(date)) {
      if (date === today && visit.startsAt > secondsOfDay) return;
      yield* listVisitHits(data, date, visit);
    }
  }
}

/** The hits of one visit, in order. */
export function listVisitHits({ site, products }: PropertyData, date: string, visit: Visit): Hit[] {
  const viewed = visit.productIds.map((id) => products.get(id)).filter((product) => product !== undefined);
  const landing = viewed[0];
  return landing ? viewed.map((product, position) => ({ site, date, visit, product, landing, position })) : [];
}

/** What has been counted of some hits. */
export interface Tally {
  views: number;
  events: number;
  sessions: number;
  engagedSessions: number;
  sessionSeconds: number;
  engagementSeconds: number;
  newUsers: number;
  orders: number;
  revenueCents: number;
  /** One for each session: who comes back stands here again, so count the distinct ones. */
  readonly userIds: number[];
  readonly activeUserIds: number[];
  lastVisit: Visit | undefined;
}

export function createTally(): Tally {
  return {
    views: 0,
    events: 0,
    sessions: 0,
    engagedSessions: 0,
    sessionSeconds: 0,
    engagementSeconds: 0,
    newUsers: 0,
    orders: 0,
    revenueCents: 0,
    userIds: [],
    activeUserIds: [],
    lastVisit: undefined,
  };
}

/** Counts one hit. The hits of a visit must come one after the other: that is how a visit is counted once. */
export function addHit(tally: Tally, { visit, product, position }: Hit): void {
  const isLastPage = position === visit.productIds.length - 1;
  if (tally.lastVisit !== visit) addVisit(tally, visit);
  tally.views += 1;
  // page_view and view_item; session_start and first_visit on the landing page; user_engagement on the last.
  tally.events += 2;
  if (position === 0) tally.events += visit.newUser ? 2 : 1;
  if (isLastPage && visit.engaged) tally.events += 1;
  if (visit.engaged) tally.engagementSeconds += shareOfPage(visit, isLastPage);
  if (visit.orders.length > 0) addOrders(tally, visit, product.id, position);
}

export function countDistinct(userIds: readonly number[]): number {
  return new Set(userIds).size;
}

function addVisit(tally: Tally, visit: Visit): void {
  tally.lastVisit = visit;
  tally.sessions += 1;
  tally.sessionSeconds += visit.durationSeconds;
  tally.userIds.push(visit.userId);
  if (visit.newUser) tally.newUsers += 1;
  if (visit.engaged) tally.engagedSessions += 1;
  if (visit.engaged || visit.newUser) tally.activeUserIds.push(visit.userId);
}

/** Whole seconds, so that a visit's pages add up to it: the last page has what remains. */
function shareOfPage({ durationSeconds, productIds }: Visit, isLastPage: boolean): number {
  const share = Math.floor(durationSeconds / productIds.length);
  return isLastPage ? durationSeconds - share * (productIds.length - 1) : share;
}

/** An order happens on the first view of its product's page. */
function addOrders(tally: Tally, { orders, productIds }: Visit, productId: string, position: number): void {
  if (productIds.indexOf(productId) !== position) return;
  for (const order of orders) {
    if (order.productId !== productId) continue;
    tally.orders += 1;
    tally.events += 1;
    tally.revenueCents += order.revenueCents;
  }
}
