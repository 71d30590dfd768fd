import DataLoader from 'dataloader';
import type { Cache } from '../../cache/cache.js';
import type { Ask } from '../../cache/fetching.js';
import type { Caller, Patience } from '../../cache/flight.js';
import type { Loading } from '../../cache/loading.js';
import type { Clock } from '../../clock.js';
import { dayIn } from '../../dateRange.js';
import { GatewayError } from '../../errors.js';
import type { Report } from '../../telemetry.js';
import { cellsOf, createOwnReportLimit, type WantedCell, type WantedFigures } from './cells.js';
import type { Dispatcher } from './dispatcher.js';
import { groupBy } from './lists.js';
import type { Cell } from './planner.js';
import type { Measure } from './rows.js';
import { type GoogleAnalyticsSummary, type Outcome, summarize } from './summary.js';

export interface GoogleAnalyticsLoader {
  /**
   * Figures of one product, or of a site as a whole; null, without a report, for what Google does not know. Whatever is loaded
   * in the same tick shares its reports. Answers at once where all of it is fresh in memory.
   * @throws GatewayError, later, when nothing of it could be had.
   */
  load(wanted: WantedFigures): GoogleAnalyticsSummary | null | Promise<GoogleAnalyticsSummary | null>;
}

export interface GoogleAnalyticsLoaderOptions {
  dispatcher: Dispatcher;
  cache: Cache<Measure>;
  clock: Clock;
  report: Report;
}

/** What is loaded as one, with its cells; a cell that would take one report too many has no place in the batch. */
interface Key {
  readonly wanted: WantedFigures;
  readonly cells: readonly WantedCell[];
  readonly tooMany: readonly WantedCell[];
}

/** The cells of a batch on their way, with the place of each name. */
interface Batch {
  readonly loading: Loading<Measure>;
  readonly places: ReadonlyMap<string, number>;
}

/** Loaders that live as long as one request, over what all requests share: the cache, and the reports on their way. */
export function createGoogleAnalyticsLoaders({ dispatcher, cache, clock, report }: GoogleAnalyticsLoaderOptions) {
  /** One piece of work for each property: what is kept is kept by cell, and each cell may fail alone. */
  function plan(cells: ReadonlyMap<string, Cell>) {
    return (names: readonly string[]): Ask<Measure>[] =>
      [...groupBy(names, (name) => (cells.get(name) as Cell).property)].map(([property, ofProperty]) => {
        const wanted = new Map(ofProperty.map((name) => [name, cells.get(name) as Cell]));
        return { keys: ofProperty, run: (job) => dispatcher.ask(property, wanted, job) };
      });
  }

  return (caller: Caller): GoogleAnalyticsLoader => {
    const mayAsk = createOwnReportLimit();
    // One request counts from one day, also over midnight.
    const now = clock.now();

    async function loadBatch(keys: readonly Key[], patience: Patience): Promise<Batch> {
      const cells = new Map<string, Cell>();
      for (const key of keys) {
        for (const wanted of key.cells) if (!key.tooMany.includes(wanted)) cells.set(wanted.name, wanted.cell);
      }
      report({ type: 'keys.asked', source: 'googleAnalytics', requestId: caller.requestId, keys: keys.length });
      const names = [...cells.keys()];
      const loading = await cache.load(names, plan(cells), { ...caller, ...patience });
      return { loading, places: new Map(names.map((name, place) => [name, place])) };
    }

    // The batch resolves at once to one promise per key: a site whose report fails or is slow leaves the others alone.
    function createLoader(patience: Patience) {
      return new DataLoader<Key, Promise<GoogleAnalyticsSummary>, string>(
        async (keys) => {
          const batch = loadBatch(keys, patience);
          return keys.map(async ({ wanted, cells, tooMany }) => {
            const { loading, places } = await batch;
            const own = cells.map((cell) => (tooMany.includes(cell) ? undefined : places.get(cell.name)));
            await loading.wait(own.filter((place) => place !== undefined));
            const outcomes = own.map((place) => (place === undefined ? undefined : outcomeAt(place, loading)));
            return summarize(wanted, cells, outcomes, now);
          });
        },
        { cacheKeyFn: nameOf },
      );
    }

    const loaders = new Map<string, ReturnType<typeof createLoader>>();
    return {
      load(wanted) {
        const cells = cellsOf(wanted, dayIn(wanted.site.timeZone, now));
        if (!cells) return null;
        const { maxAgeMs, minFreshMs = 0 } = wanted;
        const patience = { maxAgeMs, minFreshMs, maxWaitMs: null };
        const names = cells.map((cell) => cell.name);
        const fresh = cache.loadFresh(names, caller, patience);
        if (fresh) {
          report({ type: 'keys.asked', source: 'googleAnalytics', requestId: caller.requestId, keys: 1 });
          return summarize(wanted, cells, fresh, now);
        }
        const name = `${maxAgeMs} ${minFreshMs}`;
        const loader = loaders.get(name) ?? createLoader(patience);
        loaders.set(name, loader);
        const key = { wanted, cells, tooMany: cells.filter(({ cell }) => !mayAsk(cell)) };
        // A promise in a promise is one.
        return loader.load(key) as Promise<unknown> as Promise<GoogleAnalyticsSummary>;
      },
    };
  };
}

/** The same figures under the same names; a site as a whole has no key of its own. */
function nameOf({ wanted: { product, site, range, series = [] }, cells }: Key): string {
  let name = `${site.id} ${product?.id ?? ''} ${range.start} ${range.end}`;
  for (const { interval } of series) name += ` ${interval}`;
  for (const { figure, cell } of cells) name += `\n${figure.name} ${figure.type} ${cell.metric} ${cell.interval}`;
  return name;
}

/** A failure of the source is an outcome; anything else is thrown. */
function outcomeAt(place: number, loading: Loading<Measure>): Outcome {
  try {
    return loading.answer(place);
  } catch (error) {
    if (error instanceof GatewayError) return error;
    throw error;
  }
}
