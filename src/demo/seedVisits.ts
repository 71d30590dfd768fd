import type { Product, Site } from '../catalog/catalog.js';
import { dayNumber } from './days.js';
import { createRandom } from './random.js';
import type { Visit } from './seed.js';

// As in random.ts: this runs millions of times.
const { floor, round } = Math;

/** What decides how a site's days look, made once for each site. */
export interface SiteHabits {
  readonly site: Site;
  readonly seed: number;
  readonly products: readonly Product[];
  /** Product ids, the most popular first. */
  readonly ranking: readonly string[];
  readonly priceCents: ReadonlyMap<string, number>;
}

/** The company sold nothing before. */
const openingDay = '2020-01-01';
const visitsPerProduct = 5;
const newcomersPerProduct = 1.75;
const orderShare = 0.03;
/** Visits against the average, from Sunday to Saturday: people shop at weekends. They add up to 7. */
const weekdays = [1.25, 1, 0.92, 0.9, 0.9, 0.93, 1.1];
const none: readonly never[] = [];

export function createHabits(site: Site, products: readonly Product[], seed: number): SiteHabits {
  const random = createRandom(`${seed} ${site.id} habits`);
  const ranking = products
    .map(({ id }) => ({ id, weight: random() }))
    .sort((a, b) => a.weight - b.weight)
    .map(({ id }) => id);
  // About the same worth in yen, which has no cents.
  const unit = site.currency === 'JPY' ? 15_000 : 100;
  const priceCents = new Map(products.map(({ id }) => [id, (9 + skewed(190, random)) * unit - unit / 100]));
  return { site, seed, products, ranking, priceCents };
}

/** All visits of one day, ordered by startsAt: the same day, the same visits, whatever was asked before. */
export function createVisits(habits: SiteHabits, day: string): Visit[] {
  if (day < openingDay) return [];
  const { site, seed, products } = habits;
  const random = createRandom(`${seed} ${site.id} ${day}`);
  const weekday = weekdays[new Date(day).getUTCDay()] ?? 1;
  const count = round(products.length * visitsPerProduct * weekday * (0.9 + 0.2 * random()));
  const pickUser = createUserPicker(floor(products.length * newcomersPerProduct), dayNumber(day), random);
  const visits = Array.from({ length: count }, (_, index) => createVisit(habits, pickUser(index), random));
  return visits.sort((a, b) => a.startsAt - b.startsAt);
}

interface Visitor {
  readonly userId: number;
  readonly newUser: boolean;
}

/**
 * Says who comes. Every day has the same number of newcomers, with consecutive ids, so that a later day can invite them
 * again without knowing anything but the date: mostly people of the last weeks, and some of them much more often.
 */
function createUserPicker(newcomers: number, today: number, random: () => number) {
  return (index: number): Visitor => {
    if (index < newcomers) return { userId: today * newcomers + index, newUser: true };
    const firstSeen = today - 1 - floor(random() * random() * 60);
    return { userId: firstSeen * newcomers + skewed(newcomers, random), newUser: false };
  };
}

function createVisit({ ranking, priceCents }: SiteHabits, { userId, newUser }: Visitor, random: () => number): Visit {
  // The mean of two numbers is rarely near midnight.
  const startsAt = floor((random() + random()) * 43_200);
  const pages = 1 + skewed(5, random);
  const productIds = new Array<string>(pages);
  for (let page = 0; page < pages; page += 1) productIds[page] = ranking[skewed(ranking.length, random)] ?? '';
  const buys = random() < orderShare;
  // As in Google Analytics: a second page or an order makes a visit engaged, and so do ten seconds.
  const engaged = pages > 1 || buys || random() < 0.35;
  const durationSeconds = engaged ? 10 + skewed(90 * pages, random) : floor(random() * 10);
  const orders = buys ? [createOrder(productIds, priceCents, random)] : none;
  return { userId, newUser, engaged, startsAt, durationSeconds, productIds, orders };
}

/** A whole number below `limit`, mostly a low one. Squaring makes the tail long: 16 % fall on the first of 40, 1 % on the last. */
function skewed(limit: number, random: () => number): number {
  const number = random();
  return floor(number * number * limit);
}

function createOrder(productIds: readonly string[], priceCents: ReadonlyMap<string, number>, random: () => number) {
  const productId = productIds[floor(random() * productIds.length)] ?? '';
  const pieces = random() < 0.8 ? 1 : 2;
  return { productId, revenueCents: (priceCents.get(productId) ?? 0) * pieces };
}
