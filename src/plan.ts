// In the root because it stands between the two sources, as warm.ts and probe.ts do.
import type { GoogleAnalyticsLoader } from './sources/googleAnalytics/loader.js';
import type { GoogleAnalyticsPlan } from './sources/googleAnalytics/planning.js';
import type { PartnerLoader } from './sources/partner/loader.js';
import type { PartnerPlan } from './sources/partner/planning.js';

/** The upstream calls that an operation would make, after what the cache has. */
export interface UpstreamPlan {
  readonly googleAnalytics: GoogleAnalyticsPlan;
  readonly partner: PartnerPlan;
  /** Which products the operation would ask for depends on figures that are not known: their number is the most it can be. */
  readonly isEstimate: boolean;
}

/** An operation that runs on these loaders finds out what it would cost, and asks nobody. */
export interface Planning {
  readonly loaders: {
    readonly googleAnalytics: GoogleAnalyticsLoader | null;
    readonly partner: PartnerLoader | null;
  };
  guess(isPageOpen: boolean): void;
  plan(): UpstreamPlan;
}

export interface PlanningParts {
  /** null = this source is not configured. */
  googleAnalytics: { loader: GoogleAnalyticsLoader; plan(): GoogleAnalyticsPlan } | null;
  partner: { loader: PartnerLoader; guess(): void; plan(): PartnerPlan } | null;
}

/** One operation's plan over both sources. */
export function createPlanning({ googleAnalytics, partner }: PlanningParts): Planning {
  let isEstimate = false;
  return {
    loaders: { googleAnalytics: googleAnalytics?.loader ?? null, partner: partner?.loader ?? null },
    guess(isPageOpen) {
      isEstimate = true;
      if (isPageOpen) partner?.guess();
    },
    plan: () => ({
      googleAnalytics: googleAnalytics?.plan() ?? { calls: 0, tokens: 0, reports: [], refreshes: 0 },
      partner: partner?.plan() ?? { calls: [], refreshes: 0 },
      isEstimate,
    }),
  };
}
