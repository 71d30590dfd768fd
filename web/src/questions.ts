import { figureById } from './figures.js';
import type {
  DateRangeInput,
  ProductFilter,
  ProductOrder,
  ProductPageQueryVariables,
  SiteFiguresQueryVariables,
  SumsQueryVariables,
} from './generated/graphql.js';
import { daysOf, rangeInput, trendRange, usualInterval } from './ranges.js';
import type { State } from './state.js';

/** A site as the header knows it. */
export interface SiteInfo {
  readonly id: string;
  readonly name: string;
  readonly timeZone: string;
  readonly currency: string;
}

/** How long a row waits for its partner before it says so and is asked for again (ms): proxies cut longer silences. */
const rowWaitMs = 10_000;
/** How long order and filter wait for figures of the partner before rows are shown in the order that is known (ms). */
const rankingWaitMs = 2_500;
/** How long sums wait before they are shown with what they hold (ms): about as often as a progress bar should move. */
const sumsWaitMs = 1_000;
/** The longest page that the gateway gives. */
const longestPage = 1_000;

/** Days, comparison and trend: what all questions about rows share. */
export function rowVariables(state: State, site: SiteInfo, now: number) {
  const days = daysOf(state.range, site.timeZone, now);
  return {
    ...comparedRanges(state),
    trend: trendRange(state.range, days),
    interval: usualInterval(days),
    maxWaitMs: rowWaitMs,
  };
}

/** Which products, in which order: the same for every page. */
export function listVariables(state: State, site: SiteInfo) {
  const orderBy: ProductOrder = {
    by: figureById(state.sort)?.orderBy ?? 'NAME',
    direction: state.direction,
    range: rangeInput(state.range),
  };
  return { site: site.id, search: state.search || null, filter: filterOf(state), orderBy, rankingWaitMs };
}

export function pageVariables(
  state: State,
  site: SiteInfo,
  { after, now }: { after: string | null; now: number },
): ProductPageQueryVariables {
  return { ...listVariables(state, site), ...rowVariables(state, site, now), first: state.size, after };
}

export function sumsVariables(state: State, site: SiteInfo): SumsQueryVariables {
  const { search, filter } = listVariables(state, site);
  return { site: site.id, search, filter, ...comparedRanges(state), maxWaitMs: sumsWaitMs };
}

export function siteVariables(state: State, site: SiteInfo, now: number): SiteFiguresQueryVariables {
  const interval = state.interval ?? usualInterval(daysOf(state.range, site.timeZone, now));
  return { site: site.id, ...comparedRanges(state), interval };
}

/** The gateway turns pages by cursor: to begin at row `start`, these many rows have to be passed over, from the first on. */
export function hopsTo(start: number): number[] {
  const whole = Array.from({ length: Math.floor(start / longestPage) }, () => longestPage);
  const rest = start % longestPage;
  return rest > 0 ? [...whole, rest] : whole;
}

/** Conditions as the schema has them; null for none. */
export function filterOf({ filter, range }: Pick<State, 'filter' | 'range'>): ProductFilter | null {
  const all = filter.flatMap(({ figure: id, operator, value }): ProductFilter[] => {
    const figure = figureById(id);
    if (!figure || figure.format === 'moment') return [];
    // Money of the sources is compared exactly, as a text; ratios of it are numbers.
    const isExact = figure.format === 'money' && figure.source !== 'combined';
    return [{ [figure.source]: { [figure.name]: { [operator]: isExact ? value : Number(value) } } }];
  });
  return all.length > 0 ? { and: all, range: rangeInput(range) } : null;
}

function comparedRanges({ range, compare }: State): {
  range: DateRangeInput;
  before: DateRangeInput;
  compare: boolean;
} {
  return { range: rangeInput(range), before: rangeInput(range, compare), compare: compare !== 'NONE' };
}
