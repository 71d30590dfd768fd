import type { Cache, Peeked } from '../../cache/cache.js';
import type { Answer } from '../../cache/known.js';
import type { Clock } from '../../clock.js';
import { dayIn } from '../../dateRange.js';
import { cellsOf, createOwnReportLimit, type WantedCell } from './cells.js';
import { countCalls, estimateTokens } from './cost.js';
import type { GoogleAnalyticsLoader } from './loader.js';
import { type Cell, type PlannerOptions, planReports, type ReportPlan } from './planner.js';
import type { Measure } from './rows.js';
import { summarize } from './summary.js';

/** The reports that an operation would ask for. */
export interface GoogleAnalyticsPlan {
  /** HTTP calls: reports of one property travel together. */
  readonly calls: number;
  /** An estimate: Google publishes no formula. */
  readonly tokens: number;
  readonly reports: readonly (ReportPlan & { readonly tokens: number })[];
  /** How many reports it would ask for in the background, to refresh what is stale. */
  readonly refreshes: number;
}

export interface GoogleAnalyticsPlanningOptions extends PlannerOptions {
  cache: Cache<Measure>;
  clock: Clock;
}

/** Loaders that answer with what the cache has, ask nobody, and write down what they would have asked. */
export function createGoogleAnalyticsPlanning({ cache, clock, ...options }: GoogleAnalyticsPlanningOptions) {
  return () => {
    const waves: Map<string, Cell>[] = [];
    const asked = new Set<string>();
    const refreshed = new Map<string, Cell>();
    const mayAsk = createOwnReportLimit();
    const now = clock.now();
    let wave: { cells: Map<string, Cell>; end: Promise<void> } | null = null;

    /** What is asked in one tick shares its reports; what is asked when that has come has reports of its own. */
    function currentWave() {
      if (wave) return wave;
      const cells = new Map<string, Cell>();
      waves.push(cells);
      const end = new Promise<void>((resolve) => {
        setImmediate(() => {
          wave = null;
          resolve();
        });
      });
      wave = { cells, end };
      return wave;
    }

    function writeDown({ name, cell }: WantedCell, asks: Peeked<Measure>['asks']): void {
      if (asks === 'behind') refreshed.set(name, cell);
      if (asks !== 'now' || asked.has(name)) return;
      asked.add(name);
      currentWave().cells.set(name, cell);
    }

    const loader: GoogleAnalyticsLoader = {
      async load(wanted) {
        const cells = cellsOf(wanted, dayIn(wanted.site.timeZone, now));
        if (!cells) return null;
        const { maxAgeMs, minFreshMs = 0 } = wanted;
        const names = cells.map(({ name }) => name);
        const peeked = await cache.peek(names, { maxAgeMs, minFreshMs, maxWaitMs: null });
        const outcomes = cells.map((wantedCell, index): Answer<Measure> | undefined => {
          if (!mayAsk(wantedCell.cell)) return undefined;
          const { asks, answer } = peeked[index] ?? { asks: 'now' };
          writeDown(wantedCell, asks);
          return answer ?? pending;
        });
        await wave?.end;
        return summarize(wanted, cells, outcomes, now);
      },
    };
    return {
      loader,
      plan(): GoogleAnalyticsPlan {
        const ofWaves = waves.map((cells) => planReports([...cells.values()], options));
        const planned = ofWaves.flat();
        const reports = planned.map(({ cells: _, ...plan }) => ({ ...plan, tokens: estimateTokens(plan) }));
        const tokens = reports.reduce((sum, report) => sum + report.tokens, 0);
        const refreshes = planReports([...refreshed.values()], options).length;
        const calls = ofWaves.reduce((sum, plans) => sum + countCalls(plans), 0);
        return { calls, tokens, reports, refreshes };
      },
    };
  };
}

const pending = { value: undefined, state: 'PENDING', asOf: null } as const;
