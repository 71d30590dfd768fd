import type { Product, Site } from '../catalog/catalog.js';
import { dayNumber, listDays, readLocalTime } from './days.js';
import { hash } from './random.js';
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

/** Which hits a report reads. */
export interface HitSelection {
  /** Both inclusive. */
  readonly start: string;
  readonly end: string;
  /** Ms since the epoch; later hits have not happened. */
  readonly now: number;
  /** Google processes a visit hours after it began, a few of them only on the second day. False: at once. */
  readonly isLate?: boolean;
  /** The share of the visits that is read, 0 to 1; all of them by default. */
  readonly share?: number;
}

/** The hits that are known at `now`; those of a visit stand together. */
export function* listHits(data: PropertyData, selection: HitSelection): Generator<Hit> {
  const { start, end, now, isLate = false, share = 1 } = selection;
  const { day: today, secondsOfDay } = readLocalTime(data.site.timeZone, now);
  for (const date of listDays(start, end < today ? end : today)) {
    const secondsSince = (dayNumber(today) - dayNumber(date)) * secondsPerDay + secondsOfDay;
    for (const visit of data.visits(date)) {
      const delay = isLate ? processingSeconds(visit) : 0;
      const isKnown = visit.startsAt + delay <= secondsSince;
      if (isKnown && isInSample(date, visit, share)) yield* listVisitHits(data, date, visit);
    }
  }
}

const secondsPerDay = 86_400;
const slowestSeconds = 48 * 3_600;
const usuallySeconds = 12 * 3_600;

/** Two hours to half a day; up to two days for one visit in 20. */
function processingSeconds({ userId, startsAt }: Visit): number {
  const number = hash(`processing ${userId} ${startsAt}`);
  const limit = number % 20 === 0 ? slowestSeconds : usuallySeconds;
  return 7_200 + (number % (limit - 7_200));
}

/** The same visits for the same share, and those of a smaller share among them. */
function isInSample(date: string, { userId, startsAt }: Visit, share: number): boolean {
  return share >= 1 || hash(`sample ${date} ${userId} ${startsAt}`) < share * 2 ** 32;
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
  carts: number;
  orders: number;
  revenueCents: number;
  /** Of a custom metric: one on each page, and three more on the first. */
  images: number;
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
    carts: 0,
    orders: 0,
    revenueCents: 0,
    images: 0,
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
  tally.images += position === 0 ? 4 : 1;
  if (position === 0) tally.events += visit.newUser ? 2 : 1;
  if (isLastPage && visit.engaged) tally.events += 1;
  if (visit.engaged) tally.engagementSeconds += shareOfPage(visit, isLastPage);
  if (isLastPage && leavesCart(visit)) addCart(tally);
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

/** Some put the last product that they saw into the cart, and go. */
function leavesCart({ orders, engaged, startsAt }: Visit): boolean {
  return engaged && orders.length === 0 && startsAt % 12 === 0;
}

function addCart(tally: Tally): void {
  tally.carts += 1;
  tally.events += 1;
}

/** An order happens on the first view of its product's page. */
function addOrders(tally: Tally, { orders, productIds }: Visit, productId: string, position: number): void {
  if (productIds.indexOf(productId) !== position) return;
  for (const order of orders) {
    if (order.productId !== productId) continue;
    addCart(tally);
    tally.orders += 1;
    // begin_checkout and purchase.
    tally.events += 2;
    tally.revenueCents += order.revenueCents;
  }
}
