/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
/** Whether a source is being asked (its circuit breaker). */
export type BreakerState =
  /** It is being asked. */
  | 'CLOSED'
  /** One call is finding out whether it is back. */
  | 'HALF_OPEN'
  /** It fails and is left alone for a while; fields that need it fail with CIRCUIT_OPEN. */
  | 'OPEN';

/** Either a preset, or start and end. The days are days of the site's time zone. LAST_28_DAYS when left out. */
export type DateRangeInput = {
  /** The last day, included; after today it means: so far. Needs start. */
  end?: string | null | undefined;
  /** A range that moves with the day. */
  preset?: DateRangePreset | null | undefined;
  /** Moves the range back, to compare. */
  shift?: DateRangeShift | null | undefined;
  /** The first day, included; from 2015-08-14 to today. Needs end. */
  start?: string | null | undefined;
};

/** Ranges that move with the day, in the site's time zone. */
export type DateRangePreset =
  /** 7 days, the last of them yesterday. */
  | 'LAST_7_DAYS'
  /** 28 days, the last of them yesterday. */
  | 'LAST_28_DAYS'
  /** 90 days, the last of them yesterday. */
  | 'LAST_90_DAYS'
  /** The whole month before this one. */
  | 'LAST_MONTH'
  /** From the first of this month to today. */
  | 'THIS_MONTH'
  /** From the first of January to today. */
  | 'THIS_YEAR'
  /** Today so far. */
  | 'TODAY'
  /** The last whole day. */
  | 'YESTERDAY';

/** Where a range is moved, to compare. */
export type DateRangeShift =
  /** The same number of days, just before the range. */
  | 'PREVIOUS_PERIOD'
  /** The same days a year earlier; the 28th for a 29 February. */
  | 'PREVIOUS_YEAR';

/** Whether figures are as current as the gateway promises. */
export type FreshnessState =
  /** As new as it should be: just asked, or asked so lately that it cannot have changed much. */
  | 'FRESH'
  /** Not there yet: every figure is null. The source is being asked: ask again later. */
  | 'PENDING'
  /** Older than that. It is shown at once, and the source is being asked again: ask later for the new value. */
  | 'STALE';

export type ProductStatsQueryVariables = Exact<{
  site?: string | number;
  first?: number | null | undefined;
  range?: DateRangeInput | null | undefined;
}>;


export type ProductStatsQuery = { site: { name: string, currency: string, products: { totalCount: number, nodes: Array<{ id: string, name: string, googleAnalytics: { pageViews: number | null, sessions: number | null, engagementRate: number | null } | null, partner: { impressions: number | null, clicks: number | null, orders: number | null, revenue: string | null, currency: string | null } | null }> } } | null };

export type ProductByIdQueryVariables = Exact<{
  id?: string | number;
}>;


export type ProductByIdQuery = { product: { name: string, googleAnalytics: { pageViews: number | null, activeUsers: number | null, freshness: { state: FreshnessState, asOf: string | null } } | null, partner: { orders: number | null, revenue: string | null, updatedAt: string | null } | null } | null };

export type FiguresAsTheyArriveQueryVariables = Exact<{
  site?: string | number;
}>;


export type FiguresAsTheyArriveQuery = { site: { products: { nodes: Array<{ name: string, googleAnalytics: { pageViews: number | null } | null } & ({ partner: { orders: number | null, revenue: string | null } | null } | { partner?: never })> } } | null };

export type BestSellersQueryVariables = Exact<{
  site?: string | number;
}>;


export type BestSellersQuery = { site: { products: { nodes: Array<{ name: string, partner: { orders: number | null, revenue: string | null } | null, combined: { ordersPerSession: number | null } | null }>, ranking: { complete: boolean, missing: number }, totals: { partner: { orders: number | null, revenue: string | null, coveredProducts: number, totalProducts: number } | null } } } | null };

export type SiteOverTimeQueryVariables = Exact<{
  site?: string | number;
}>;


export type SiteOverTimeQuery = { site: { now: { sessions: number | null, series: Array<{ date: string, sessions: number | null }> } | null, aYearAgo: { sessions: number | null, series: Array<{ date: string, sessions: number | null }> } | null } | null };

export type SourceStatesQueryVariables = Exact<{ [key: string]: never; }>;


export type SourceStatesQuery = { sources: Array<{ name: string, breaker: BreakerState, inFlight: number, queued: number, p50Ms: number | null, p95Ms: number | null, cacheHitShare: number | null, quotaRemaining: number | null }> };
