import { setMaxListeners } from 'node:events';
import type { Caller } from './cache/flight.js';
import type { Catalog } from './catalog/catalog.js';
import type { Clock } from './clock.js';
import { type DateRangePreset, resolveDateRange } from './dateRange.js';
import { Disconnected } from './errors.js';
import type { Figures } from './figures.js';
import type { GoogleAnalyticsLoader } from './sources/googleAnalytics/loader.js';
import type { PartnerLoader } from './sources/partner/loader.js';
import type { Report } from './telemetry.js';

/** A page that is to be there whenever somebody looks: all products of a site over some days, asked again every so often (ms). */
export interface WarmPage {
  readonly site: string;
  readonly range: DateRangePreset;
  readonly every: number;
}

/** A value lives up to 10 % shorter than configured; a round begins before the first ones end. */
const early = 0.85;

export interface WarmerOptions {
  pages: readonly WarmPage[];
  catalog: Catalog;
  figures: Figures;
  loaders(caller: Caller): { googleAnalytics: GoogleAnalyticsLoader | null; partner: PartnerLoader | null };
  clock: Clock;
  report: Report;
}

/**
 * Keeps pages warm: asks in the background, where every request goes first, for what would not stay fresh until the next
 * round. Starts at once; close() stops it and lets go of what it waits for.
 */
export function createWarmer({ pages, catalog, figures, loaders, clock, report }: WarmerOptions): { close(): void } {
  const closing = new AbortController();
  // Every key of every page listens; each takes its listener off.
  setMaxListeners(0, closing.signal);
  const stops = new Map<WarmPage, () => void>();

  async function warm(page: WarmPage): Promise<void> {
    const snapshot = catalog.current();
    const site = snapshot.site(page.site);
    if (!site) return;
    const requestId = `warm-${page.site}-${page.range}`;
    const { googleAnalytics, partner } = loaders({
      requestId,
      signal: closing.signal,
      deadline: Number.POSITIVE_INFINITY,
      background: true,
    });
    const range = resolveDateRange({ preset: page.range }, site, clock.now());
    // What stays fresh until the next round is left alone; figures of closed months are asked once a week.
    const patience = { maxWaitMs: null, maxAgeMs: null, minFreshMs: page.every };
    const all = [...figures.googleAnalytics.values()];
    await Promise.allSettled(
      snapshot
        .products(site.id)
        .flatMap((product) => [
          googleAnalytics?.load({ product, site, range, figures: all, ...patience }),
          partner?.load({ product, site, range: partner.hasRange ? range : null, ...patience }),
        ]),
    );
    report({ type: 'page.warmed', site: page.site, range: page.range });
  }

  function keepWarm(page: WarmPage): void {
    const done = warm(page).catch((error: unknown) => report({ type: 'request.failed', requestId: 'warm', error }));
    void done.finally(() => {
      if (!closing.signal.aborted)
        stops.set(
          page,
          clock.after(page.every * early, () => keepWarm(page)),
        );
    });
  }

  pages.forEach(keepWarm);
  return {
    close() {
      for (const stop of stops.values()) stop();
      closing.abort(new Disconnected());
    },
  };
}
