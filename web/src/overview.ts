import { pause, pauseBefore } from './backoff.js';
import type { Client } from './client.js';
import type { Failure } from './failures.js';
import type { ChartPointFragment, SiteFiguresQuery, SumsQuery } from './generated/graphql.js';
import { failureOfRequest } from './products.js';
import { type SiteInfo, siteVariables, sumsVariables } from './questions.js';
import { siteFiguresDocument, sumsDocument } from './siteOperations.js';
import type { State } from './state.js';
import { followSums } from './sums.js';
import type { SiteFigures } from './tiles.js';

export type Totals = NonNullable<SumsQuery['site']>['products']['totals'];

/** What stands around the table: the site's own figures, their course, and the sums. */
export interface Overview extends SiteFigures {
  readonly series: readonly ChartPointFragment[] | undefined;
  readonly seriesBefore: readonly ChartPointFragment[] | null;
  readonly totals: Totals | undefined;
}

export const emptyOverview: Overview = {
  googleAnalytics: undefined,
  googleAnalyticsBefore: undefined,
  partner: undefined,
  partnerBefore: undefined,
  series: undefined,
  seriesBefore: null,
  totals: undefined,
  isGrowing: false,
  failures: {},
};

export interface OverviewOptions {
  readonly client: Client;
  now(): number;
  onChange(overview: Overview): void;
}

export interface OverviewLoader {
  /** Asks for the site as a whole. */
  loadSite(state: State, site: SiteInfo, quietly?: boolean): Promise<void>;
  /** Asks for the sums, again and again until they hold every product. Called after the rows, so that these come first. */
  loadSums(state: State, site: SiteInfo, quietly?: boolean): Promise<void>;
}

export function createOverview({ client, now, onChange }: OverviewOptions): OverviewLoader {
  let overview = emptyOverview;
  let siteQuestion = new AbortController();
  let sumsQuestion = new AbortController();

  function change(part: Partial<Overview>): void {
    overview = { ...overview, ...part };
    onChange(overview);
  }

  return {
    async loadSite(state, site, quietly = false) {
      siteQuestion.abort();
      siteQuestion = new AbortController();
      const { signal } = siteQuestion;
      if (!quietly)
        change({ googleAnalytics: undefined, failures: { ...overview.failures, googleAnalytics: undefined } });
      try {
        const answer = await client.ask(siteFiguresDocument, siteVariables(state, site, now()), { signal });
        change(siteSide(answer.data?.site, answer.failures, overview));
      } catch (error) {
        if (signal.aborted) return;
        change({ googleAnalytics: null, failures: { ...overview.failures, googleAnalytics: failureOfRequest(error) } });
      }
    },
    async loadSums(state, site, quietly = false) {
      sumsQuestion.abort();
      sumsQuestion = new AbortController();
      const { signal } = sumsQuestion;
      if (!quietly)
        change({
          partner: undefined,
          totals: undefined,
          isGrowing: true,
          failures: { ...overview.failures, partner: undefined },
        });
      try {
        const growth = followSums();
        for (let attempt = 0; ; attempt += 1) {
          const answer = await client.ask(sumsDocument, sumsVariables(state, site), { signal });
          const part = sumsSide(answer.data?.site, answer.failures, overview);
          const isGrowing = growth.isGrowing([part.partner, part.partnerBefore, part.totals?.partner]);
          change({ ...part, isGrowing });
          if (!isGrowing) return;
          await pause(pauseBefore(attempt), signal);
        }
      } catch (error) {
        if (signal.aborted) return;
        change({
          partner: null,
          isGrowing: false,
          failures: { ...overview.failures, partner: failureOfRequest(error) },
        });
      }
    },
  };
}

function siteSide(
  site: SiteFiguresQuery['site'] | undefined,
  failures: readonly Failure[],
  known: Overview,
): Partial<Overview> {
  const failure = failures.find(({ path }) => path?.[1] === 'googleAnalytics' || path?.length === 1);
  return {
    googleAnalytics: site?.googleAnalytics ?? null,
    googleAnalyticsBefore: site?.googleAnalyticsBefore ?? null,
    series: site?.googleAnalytics?.series ?? [],
    seriesBefore: site?.googleAnalyticsBefore?.series ?? null,
    failures: { ...known.failures, googleAnalytics: site?.googleAnalytics ? undefined : failure },
  };
}

function sumsSide(
  site: SumsQuery['site'] | undefined,
  failures: readonly Failure[],
  known: Overview,
): Partial<Overview> {
  const failure = failures.find(({ path }) => path?.[1] === 'partner' || path?.length === 1);
  return {
    partner: site?.partner ?? null,
    partnerBefore: site?.partnerBefore ?? null,
    totals: site?.products.totals,
    failures: { ...known.failures, partner: site?.partner ? undefined : failure },
  };
}
