/* eslint-disable */
/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { DocumentTypeDecoration } from '@graphql-typed-document-node/core';
/** Whether a source is being asked (its circuit breaker). */
export type BreakerState =
  /** It is being asked. */
  | 'CLOSED'
  /** One call is finding out whether it is back. */
  | 'HALF_OPEN'
  /** It fails and is left alone for a while; fields that need it fail with CIRCUIT_OPEN. */
  | 'OPEN';

/** What figures of both sources together must be. */
export type CombinedFilter = {
  /** combined.ordersPerSession */
  ordersPerSession?: FloatFilter | null | undefined;
  /** combined.revenuePerPageView */
  revenuePerPageView?: FloatFilter | null | undefined;
};

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

/** Compares a DateTime; everything that is given must hold. */
export type DateTimeFilter = {
  /** Exactly this. */
  eq?: string | null | undefined;
  /** More than this. */
  gt?: string | null | undefined;
  /** This or more. */
  gte?: string | null | undefined;
  /** Less than this. */
  lt?: string | null | undefined;
  /** This or less. */
  lte?: string | null | undefined;
};

/** Compares a Decimal; everything that is given must hold. */
export type DecimalFilter = {
  /** Exactly this. */
  eq?: string | null | undefined;
  /** More than this. */
  gt?: string | null | undefined;
  /** This or more. */
  gte?: string | null | undefined;
  /** Less than this. */
  lt?: string | null | undefined;
  /** This or less. */
  lte?: string | null | undefined;
};

/** Compares a Float; everything that is given must hold. */
export type FloatFilter = {
  /** Exactly this. */
  eq?: number | null | undefined;
  /** More than this. */
  gt?: number | null | undefined;
  /** This or more. */
  gte?: number | null | undefined;
  /** Less than this. */
  lt?: number | null | undefined;
  /** This or less. */
  lte?: number | null | undefined;
};

/** Whether figures are as current as the gateway promises. */
export type FreshnessState =
  /** As new as it should be: just asked, or asked so lately that it cannot have changed much. */
  | 'FRESH'
  /** Not there yet: every figure is null. The source is being asked: ask again later. */
  | 'PENDING'
  /** Older than that. It is shown at once, and the source is being asked again: ask later for the new value. */
  | 'STALE';

/** What figures of Google Analytics must be. */
export type GoogleAnalyticsFilter = {
  /** googleAnalytics.activeUsers */
  activeUsers?: SafeIntFilter | null | undefined;
  /** googleAnalytics.averageSessionDuration */
  averageSessionDuration?: FloatFilter | null | undefined;
  /** googleAnalytics.bounceRate */
  bounceRate?: FloatFilter | null | undefined;
  /** googleAnalytics.engagementRate */
  engagementRate?: FloatFilter | null | undefined;
  /** googleAnalytics.eventCount */
  eventCount?: SafeIntFilter | null | undefined;
  /** googleAnalytics.keyEvents */
  keyEvents?: FloatFilter | null | undefined;
  /** googleAnalytics.newUsers */
  newUsers?: SafeIntFilter | null | undefined;
  /** googleAnalytics.pageViews */
  pageViews?: SafeIntFilter | null | undefined;
  /** googleAnalytics.sessions */
  sessions?: SafeIntFilter | null | undefined;
  /** googleAnalytics.totalRevenue */
  totalRevenue?: DecimalFilter | null | undefined;
};

/** What one point of a series covers. */
export type Interval =
  /** A calendar day of the site's time zone. */
  | 'DAY'
  /** A calendar month. */
  | 'MONTH'
  /** An ISO week: Monday to Sunday. */
  | 'WEEK';

/** Which end comes first. */
export type OrderDirection =
  /** The smallest or first in the alphabet first. */
  | 'ASC'
  /** The greatest or last in the alphabet first. */
  | 'DESC';

/** What figures of the partner must be. */
export type PartnerFilter = {
  /** partner.clicks */
  clicks?: SafeIntFilter | null | undefined;
  /** partner.currency */
  currency?: TextFilter | null | undefined;
  /** partner.impressions */
  impressions?: SafeIntFilter | null | undefined;
  /** partner.orders */
  orders?: SafeIntFilter | null | undefined;
  /** partner.revenue */
  revenue?: DecimalFilter | null | undefined;
  /** partner.updatedAt */
  updatedAt?: DateTimeFilter | null | undefined;
};

/** Which products to list. Everything that is given must hold. A figure that is unknown passes no comparison, and not its opposite either. At most 100 conditions in all. */
export type ProductFilter = {
  /** All of these must hold. */
  and?: Array<ProductFilter> | null | undefined;
  /** By figures of both sources together. */
  combined?: CombinedFilter | null | undefined;
  /** By figures of Google Analytics. */
  googleAnalytics?: GoogleAnalyticsFilter | null | undefined;
  /** The product's name. */
  name?: TextFilter | null | undefined;
  /** This must not hold. */
  not?: ProductFilter | null | undefined;
  /** One of these must hold. */
  or?: Array<ProductFilter> | null | undefined;
  /** By figures of the partner. */
  partner?: PartnerFilter | null | undefined;
  /** The days of the figures, here and in what stands inside; LAST_28_DAYS when left out. */
  range?: DateRangeInput | null | undefined;
};

/** The order of a list of products. Products that are equal in it are ordered by id; those whose figure is unknown come last, up or down. */
export type ProductOrder = {
  /** What to order by. */
  by: ProductOrderField;
  /** Down or up. */
  direction?: OrderDirection | null | undefined;
  /** The days of the figure; LAST_28_DAYS when left out. */
  range?: DateRangeInput | null | undefined;
};

/** What products can be ordered by. By a figure of the partner, or of both sources together, every product of the list has to be known: the partner is asked for those that are not. */
export type ProductOrderField =
  /** googleAnalytics.activeUsers */
  | 'ACTIVE_USERS'
  /** googleAnalytics.averageSessionDuration */
  | 'AVERAGE_SESSION_DURATION'
  /** googleAnalytics.bounceRate */
  | 'BOUNCE_RATE'
  /** combined.ordersPerSession */
  | 'COMBINED_ORDERS_PER_SESSION'
  /** combined.revenuePerPageView */
  | 'COMBINED_REVENUE_PER_PAGE_VIEW'
  /** googleAnalytics.engagementRate */
  | 'ENGAGEMENT_RATE'
  /** googleAnalytics.eventCount */
  | 'EVENT_COUNT'
  /** googleAnalytics.keyEvents */
  | 'KEY_EVENTS'
  /** The product's name; numbers in it count as numbers. */
  | 'NAME'
  /** googleAnalytics.newUsers */
  | 'NEW_USERS'
  /** googleAnalytics.pageViews */
  | 'PAGE_VIEWS'
  /** partner.clicks */
  | 'PARTNER_CLICKS'
  /** partner.impressions */
  | 'PARTNER_IMPRESSIONS'
  /** partner.orders */
  | 'PARTNER_ORDERS'
  /** partner.revenue */
  | 'PARTNER_REVENUE'
  /** partner.updatedAt */
  | 'PARTNER_UPDATED_AT'
  /** googleAnalytics.sessions */
  | 'SESSIONS'
  /** googleAnalytics.totalRevenue */
  | 'TOTAL_REVENUE';

/** Compares a SafeInt; everything that is given must hold. */
export type SafeIntFilter = {
  /** Exactly this. */
  eq?: number | null | undefined;
  /** More than this. */
  gt?: number | null | undefined;
  /** This or more. */
  gte?: number | null | undefined;
  /** Less than this. */
  lt?: number | null | undefined;
  /** This or less. */
  lte?: number | null | undefined;
};

/** Compares a String; everything that is given must hold. */
export type TextFilter = {
  /** Has this in it, in upper or lower case. */
  contains?: string | null | undefined;
  /** Exactly this. */
  eq?: string | null | undefined;
  /** One of these. */
  in?: Array<string> | null | undefined;
};

export type GoogleFiguresFragment = { pageViews: number | null, sessions: number | null, activeUsers: number | null, newUsers: number | null, engagementRate: number | null, averageSessionDuration: number | null, bounceRate: number | null, eventCount: number | null, keyEvents: number | null, totalRevenue: string | null, quality: { sampledShare: number | null, thresholded: boolean, otherRow: boolean, complete: boolean }, freshness: { state: FreshnessState, asOf: string | null } };

export type PartnerFiguresFragment = { impressions: number | null, clicks: number | null, orders: number | null, revenue: string | null, currency: string | null, updatedAt: string | null, freshness: { state: FreshnessState, asOf: string | null } };

export type CombinedFiguresFragment = { ordersPerSession: number | null, revenuePerPageView: number | null, freshness: { state: FreshnessState, asOf: string | null } };

export type ListPlaceFragment = { totalCount: number, pageInfo: { endCursor: string | null }, ranking: { complete: boolean, missing: number, reasons: Array<string> } };

export type ProductRowFragment = { id: string, name: string, googleAnalytics: { pageViews: number | null, sessions: number | null, activeUsers: number | null, newUsers: number | null, engagementRate: number | null, averageSessionDuration: number | null, bounceRate: number | null, eventCount: number | null, keyEvents: number | null, totalRevenue: string | null, quality: { sampledShare: number | null, thresholded: boolean, otherRow: boolean, complete: boolean }, freshness: { state: FreshnessState, asOf: string | null } } | null, googleAnalyticsBefore?: { pageViews: number | null, sessions: number | null, activeUsers: number | null, newUsers: number | null, engagementRate: number | null, averageSessionDuration: number | null, bounceRate: number | null, eventCount: number | null, keyEvents: number | null, totalRevenue: string | null, quality: { sampledShare: number | null, thresholded: boolean, otherRow: boolean, complete: boolean }, freshness: { state: FreshnessState, asOf: string | null } } | null } & ({ partner: { impressions: number | null, clicks: number | null, orders: number | null, revenue: string | null, currency: string | null, updatedAt: string | null, freshness: { state: FreshnessState, asOf: string | null } } | null } | { partner?: never }) & ({ combined: { ordersPerSession: number | null, revenuePerPageView: number | null, freshness: { state: FreshnessState, asOf: string | null } } | null } | { combined?: never }) & ({ partnerBefore?: { impressions: number | null, clicks: number | null, orders: number | null, revenue: string | null, currency: string | null, updatedAt: string | null, freshness: { state: FreshnessState, asOf: string | null } } | null } | { partnerBefore?: never }) & ({ combinedBefore?: { ordersPerSession: number | null, revenuePerPageView: number | null, freshness: { state: FreshnessState, asOf: string | null } } | null } | { combinedBefore?: never }) & ({ trend: { series: Array<{ date: string, pageViews: number | null }> } | null } | { trend?: never });

export type ProductPageQueryVariables = Exact<{
  site: string | number;
  first: number;
  after?: string | null | undefined;
  search?: string | null | undefined;
  filter?: ProductFilter | null | undefined;
  orderBy?: ProductOrder | null | undefined;
  range: DateRangeInput;
  before: DateRangeInput;
  compare: boolean;
  trend: DateRangeInput;
  interval: Interval;
  maxWaitMs: number;
  rankingWaitMs: number;
}>;


export type ProductPageQuery = { site: { products: { totalCount: number, nodes: Array<{ id: string, name: string, googleAnalytics: { pageViews: number | null, sessions: number | null, activeUsers: number | null, newUsers: number | null, engagementRate: number | null, averageSessionDuration: number | null, bounceRate: number | null, eventCount: number | null, keyEvents: number | null, totalRevenue: string | null, quality: { sampledShare: number | null, thresholded: boolean, otherRow: boolean, complete: boolean }, freshness: { state: FreshnessState, asOf: string | null } } | null, googleAnalyticsBefore?: { pageViews: number | null, sessions: number | null, activeUsers: number | null, newUsers: number | null, engagementRate: number | null, averageSessionDuration: number | null, bounceRate: number | null, eventCount: number | null, keyEvents: number | null, totalRevenue: string | null, quality: { sampledShare: number | null, thresholded: boolean, otherRow: boolean, complete: boolean }, freshness: { state: FreshnessState, asOf: string | null } } | null, partner: { impressions: number | null, clicks: number | null, orders: number | null, revenue: string | null, currency: string | null, updatedAt: string | null, freshness: { state: FreshnessState, asOf: string | null } } | null, combined: { ordersPerSession: number | null, revenuePerPageView: number | null, freshness: { state: FreshnessState, asOf: string | null } } | null, partnerBefore?: { impressions: number | null, clicks: number | null, orders: number | null, revenue: string | null, currency: string | null, updatedAt: string | null, freshness: { state: FreshnessState, asOf: string | null } } | null, combinedBefore?: { ordersPerSession: number | null, revenuePerPageView: number | null, freshness: { state: FreshnessState, asOf: string | null } } | null, trend: { series: Array<{ date: string, pageViews: number | null }> } | null }>, pageInfo: { endCursor: string | null }, ranking: { complete: boolean, missing: number, reasons: Array<string> } } } | null };

export type PageOrderQueryVariables = Exact<{
  site: string | number;
  first: number;
  after?: string | null | undefined;
  search?: string | null | undefined;
  filter?: ProductFilter | null | undefined;
  orderBy?: ProductOrder | null | undefined;
  rankingWaitMs: number;
}>;


export type PageOrderQuery = { site: { products: { totalCount: number, nodes: Array<{ id: string }>, pageInfo: { endCursor: string | null }, ranking: { complete: boolean, missing: number, reasons: Array<string> } } } | null };

export type ProductRowsQueryVariables = Exact<{
  ids: Array<string | number> | string | number;
  range: DateRangeInput;
  before: DateRangeInput;
  compare: boolean;
  trend: DateRangeInput;
  interval: Interval;
  maxWaitMs: number;
}>;


export type ProductRowsQuery = { products: Array<{ id: string, name: string, googleAnalytics: { pageViews: number | null, sessions: number | null, activeUsers: number | null, newUsers: number | null, engagementRate: number | null, averageSessionDuration: number | null, bounceRate: number | null, eventCount: number | null, keyEvents: number | null, totalRevenue: string | null, quality: { sampledShare: number | null, thresholded: boolean, otherRow: boolean, complete: boolean }, freshness: { state: FreshnessState, asOf: string | null } } | null, googleAnalyticsBefore?: { pageViews: number | null, sessions: number | null, activeUsers: number | null, newUsers: number | null, engagementRate: number | null, averageSessionDuration: number | null, bounceRate: number | null, eventCount: number | null, keyEvents: number | null, totalRevenue: string | null, quality: { sampledShare: number | null, thresholded: boolean, otherRow: boolean, complete: boolean }, freshness: { state: FreshnessState, asOf: string | null } } | null, partner: { impressions: number | null, clicks: number | null, orders: number | null, revenue: string | null, currency: string | null, updatedAt: string | null, freshness: { state: FreshnessState, asOf: string | null } } | null, combined: { ordersPerSession: number | null, revenuePerPageView: number | null, freshness: { state: FreshnessState, asOf: string | null } } | null, partnerBefore?: { impressions: number | null, clicks: number | null, orders: number | null, revenue: string | null, currency: string | null, updatedAt: string | null, freshness: { state: FreshnessState, asOf: string | null } } | null, combinedBefore?: { ordersPerSession: number | null, revenuePerPageView: number | null, freshness: { state: FreshnessState, asOf: string | null } } | null, trend: { series: Array<{ date: string, pageViews: number | null }> } | null } | null> };

export type RetryProductQueryVariables = Exact<{
  id: string | number;
  range: DateRangeInput;
  google: boolean;
  partner: boolean;
  maxWaitMs: number;
}>;


export type RetryProductQuery = { product: { googleAnalytics?: { pageViews: number | null, sessions: number | null, activeUsers: number | null, newUsers: number | null, engagementRate: number | null, averageSessionDuration: number | null, bounceRate: number | null, eventCount: number | null, keyEvents: number | null, totalRevenue: string | null, quality: { sampledShare: number | null, thresholded: boolean, otherRow: boolean, complete: boolean }, freshness: { state: FreshnessState, asOf: string | null } } | null, partner?: { impressions: number | null, clicks: number | null, orders: number | null, revenue: string | null, currency: string | null, updatedAt: string | null, freshness: { state: FreshnessState, asOf: string | null } } | null } | null };

export type SitesQueryVariables = Exact<{ [key: string]: never; }>;


export type SitesQuery = { sites: Array<{ id: string, name: string, timeZone: string, currency: string }> };

export type SiteFiguresQueryVariables = Exact<{
  site: string | number;
  range: DateRangeInput;
  before: DateRangeInput;
  compare: boolean;
  interval: Interval;
}>;


export type SiteFiguresQuery = { site: { googleAnalytics: { pageViews: number | null, sessions: number | null, activeUsers: number | null, newUsers: number | null, engagementRate: number | null, averageSessionDuration: number | null, bounceRate: number | null, eventCount: number | null, keyEvents: number | null, totalRevenue: string | null, series: Array<{ date: string, pageViews: number | null, sessions: number | null, activeUsers: number | null }>, quality: { sampledShare: number | null, thresholded: boolean, otherRow: boolean, complete: boolean }, freshness: { state: FreshnessState, asOf: string | null } } | null, googleAnalyticsBefore?: { pageViews: number | null, sessions: number | null, activeUsers: number | null, newUsers: number | null, engagementRate: number | null, averageSessionDuration: number | null, bounceRate: number | null, eventCount: number | null, keyEvents: number | null, totalRevenue: string | null, series: Array<{ date: string, pageViews: number | null, sessions: number | null, activeUsers: number | null }>, quality: { sampledShare: number | null, thresholded: boolean, otherRow: boolean, complete: boolean }, freshness: { state: FreshnessState, asOf: string | null } } | null } | null };

export type ChartPointFragment = { date: string, pageViews: number | null, sessions: number | null, activeUsers: number | null };

export type PartnerSumsFragment = { impressions: number | null, clicks: number | null, orders: number | null, revenue: string | null, currency: string | null, coveredProducts: number, totalProducts: number, freshness: { state: FreshnessState, asOf: string | null } };

export type SumsQueryVariables = Exact<{
  site: string | number;
  search?: string | null | undefined;
  filter?: ProductFilter | null | undefined;
  range: DateRangeInput;
  before: DateRangeInput;
  compare: boolean;
  maxWaitMs: number;
}>;


export type SumsQuery = { site: { partner: { impressions: number | null, clicks: number | null, orders: number | null, revenue: string | null, currency: string | null, coveredProducts: number, totalProducts: number, freshness: { state: FreshnessState, asOf: string | null } } | null, partnerBefore?: { impressions: number | null, clicks: number | null, orders: number | null, revenue: string | null, currency: string | null, coveredProducts: number, totalProducts: number, freshness: { state: FreshnessState, asOf: string | null } } | null, products: { totals: { googleAnalytics: { pageViews: number | null, eventCount: number | null, keyEvents: number | null, totalRevenue: string | null } | null, partner: { impressions: number | null, clicks: number | null, orders: number | null, revenue: string | null, currency: string | null, coveredProducts: number, totalProducts: number, freshness: { state: FreshnessState, asOf: string | null } } | null } } } | null };

export type SourcesQueryVariables = Exact<{ [key: string]: never; }>;


export type SourcesQuery = { sources: Array<{ name: string, breaker: BreakerState, inFlight: number, queued: number, p50Ms: number | null, p95Ms: number | null, cacheHitShare: number | null, quotaRemaining: number | null }> };

export class TypedDocumentString<TResult, TVariables>
  extends String
  implements DocumentTypeDecoration<TResult, TVariables>
{
  __apiType?: NonNullable<DocumentTypeDecoration<TResult, TVariables>['__apiType']>;
  private value: string;
  public __meta__?: Record<string, any> | undefined;

  constructor(value: string, __meta__?: Record<string, any> | undefined) {
    super(value);
    this.value = value;
    this.__meta__ = __meta__;
  }

  override toString(): string & DocumentTypeDecoration<TResult, TVariables> {
    return this.value;
  }
}
export const ListPlaceFragmentDoc = new TypedDocumentString(`
    fragment ListPlace on ProductConnection {
  totalCount
  pageInfo {
    endCursor
  }
  ranking {
    complete
    missing
    reasons
  }
}
    `, {"fragmentName":"ListPlace"}) as unknown as TypedDocumentString<ListPlaceFragment, unknown>;
export const GoogleFiguresFragmentDoc = new TypedDocumentString(`
    fragment GoogleFigures on GoogleAnalyticsSummary {
  pageViews
  sessions
  activeUsers
  newUsers
  engagementRate
  averageSessionDuration
  bounceRate
  eventCount
  keyEvents
  totalRevenue
  quality {
    sampledShare
    thresholded
    otherRow
    complete
  }
  freshness {
    state
    asOf
  }
}
    `, {"fragmentName":"GoogleFigures"}) as unknown as TypedDocumentString<GoogleFiguresFragment, unknown>;
export const PartnerFiguresFragmentDoc = new TypedDocumentString(`
    fragment PartnerFigures on PartnerSummary {
  impressions
  clicks
  orders
  revenue
  currency
  updatedAt
  freshness {
    state
    asOf
  }
}
    `, {"fragmentName":"PartnerFigures"}) as unknown as TypedDocumentString<PartnerFiguresFragment, unknown>;
export const CombinedFiguresFragmentDoc = new TypedDocumentString(`
    fragment CombinedFigures on CombinedSummary {
  ordersPerSession
  revenuePerPageView
  freshness {
    state
    asOf
  }
}
    `, {"fragmentName":"CombinedFigures"}) as unknown as TypedDocumentString<CombinedFiguresFragment, unknown>;
export const ProductRowFragmentDoc = new TypedDocumentString(`
    fragment ProductRow on Product {
  id
  name
  googleAnalytics(range: $range) {
    ...GoogleFigures
  }
  googleAnalyticsBefore: googleAnalytics(range: $before) @include(if: $compare) {
    ...GoogleFigures
  }
  ... @defer(label: "partner") {
    partner(range: $range, maxWaitMs: $maxWaitMs) {
      ...PartnerFigures
    }
    combined(range: $range, maxWaitMs: $maxWaitMs) {
      ...CombinedFigures
    }
  }
  ... @defer(label: "before") {
    partnerBefore: partner(range: $before, maxWaitMs: $maxWaitMs) @include(if: $compare) {
      ...PartnerFigures
    }
    combinedBefore: combined(range: $before, maxWaitMs: $maxWaitMs) @include(if: $compare) {
      ...CombinedFigures
    }
  }
  ... @defer(label: "trend") {
    trend: googleAnalytics(range: $trend) {
      series(interval: $interval) {
        date
        pageViews
      }
    }
  }
}
    fragment GoogleFigures on GoogleAnalyticsSummary {
  pageViews
  sessions
  activeUsers
  newUsers
  engagementRate
  averageSessionDuration
  bounceRate
  eventCount
  keyEvents
  totalRevenue
  quality {
    sampledShare
    thresholded
    otherRow
    complete
  }
  freshness {
    state
    asOf
  }
}
fragment PartnerFigures on PartnerSummary {
  impressions
  clicks
  orders
  revenue
  currency
  updatedAt
  freshness {
    state
    asOf
  }
}
fragment CombinedFigures on CombinedSummary {
  ordersPerSession
  revenuePerPageView
  freshness {
    state
    asOf
  }
}`, {"fragmentName":"ProductRow"}) as unknown as TypedDocumentString<ProductRowFragment, unknown>;
export const ChartPointFragmentDoc = new TypedDocumentString(`
    fragment ChartPoint on GoogleAnalyticsPoint {
  date
  pageViews
  sessions
  activeUsers
}
    `, {"fragmentName":"ChartPoint"}) as unknown as TypedDocumentString<ChartPointFragment, unknown>;
export const PartnerSumsFragmentDoc = new TypedDocumentString(`
    fragment PartnerSums on PartnerTotals {
  impressions
  clicks
  orders
  revenue
  currency
  coveredProducts
  totalProducts
  freshness {
    state
    asOf
  }
}
    `, {"fragmentName":"PartnerSums"}) as unknown as TypedDocumentString<PartnerSumsFragment, unknown>;
export const ProductPageDocument = new TypedDocumentString(`
    query ProductPage($site: ID!, $first: Int!, $after: String, $search: String, $filter: ProductFilter, $orderBy: ProductOrder, $range: DateRangeInput!, $before: DateRangeInput!, $compare: Boolean!, $trend: DateRangeInput!, $interval: Interval!, $maxWaitMs: Int!, $rankingWaitMs: Int!) {
  site(id: $site) {
    products(
      first: $first
      after: $after
      search: $search
      filter: $filter
      orderBy: $orderBy
      maxWaitMs: $rankingWaitMs
    ) {
      ...ListPlace
      nodes {
        ...ProductRow
      }
    }
  }
}
    fragment GoogleFigures on GoogleAnalyticsSummary {
  pageViews
  sessions
  activeUsers
  newUsers
  engagementRate
  averageSessionDuration
  bounceRate
  eventCount
  keyEvents
  totalRevenue
  quality {
    sampledShare
    thresholded
    otherRow
    complete
  }
  freshness {
    state
    asOf
  }
}
fragment PartnerFigures on PartnerSummary {
  impressions
  clicks
  orders
  revenue
  currency
  updatedAt
  freshness {
    state
    asOf
  }
}
fragment CombinedFigures on CombinedSummary {
  ordersPerSession
  revenuePerPageView
  freshness {
    state
    asOf
  }
}
fragment ListPlace on ProductConnection {
  totalCount
  pageInfo {
    endCursor
  }
  ranking {
    complete
    missing
    reasons
  }
}
fragment ProductRow on Product {
  id
  name
  googleAnalytics(range: $range) {
    ...GoogleFigures
  }
  googleAnalyticsBefore: googleAnalytics(range: $before) @include(if: $compare) {
    ...GoogleFigures
  }
  ... @defer(label: "partner") {
    partner(range: $range, maxWaitMs: $maxWaitMs) {
      ...PartnerFigures
    }
    combined(range: $range, maxWaitMs: $maxWaitMs) {
      ...CombinedFigures
    }
  }
  ... @defer(label: "before") {
    partnerBefore: partner(range: $before, maxWaitMs: $maxWaitMs) @include(if: $compare) {
      ...PartnerFigures
    }
    combinedBefore: combined(range: $before, maxWaitMs: $maxWaitMs) @include(if: $compare) {
      ...CombinedFigures
    }
  }
  ... @defer(label: "trend") {
    trend: googleAnalytics(range: $trend) {
      series(interval: $interval) {
        date
        pageViews
      }
    }
  }
}`) as unknown as TypedDocumentString<ProductPageQuery, ProductPageQueryVariables>;
export const PageOrderDocument = new TypedDocumentString(`
    query PageOrder($site: ID!, $first: Int!, $after: String, $search: String, $filter: ProductFilter, $orderBy: ProductOrder, $rankingWaitMs: Int!) {
  site(id: $site) {
    products(
      first: $first
      after: $after
      search: $search
      filter: $filter
      orderBy: $orderBy
      maxWaitMs: $rankingWaitMs
    ) {
      ...ListPlace
      nodes {
        id
      }
    }
  }
}
    fragment ListPlace on ProductConnection {
  totalCount
  pageInfo {
    endCursor
  }
  ranking {
    complete
    missing
    reasons
  }
}`) as unknown as TypedDocumentString<PageOrderQuery, PageOrderQueryVariables>;
export const ProductRowsDocument = new TypedDocumentString(`
    query ProductRows($ids: [ID!]!, $range: DateRangeInput!, $before: DateRangeInput!, $compare: Boolean!, $trend: DateRangeInput!, $interval: Interval!, $maxWaitMs: Int!) {
  products(ids: $ids) {
    ...ProductRow
  }
}
    fragment GoogleFigures on GoogleAnalyticsSummary {
  pageViews
  sessions
  activeUsers
  newUsers
  engagementRate
  averageSessionDuration
  bounceRate
  eventCount
  keyEvents
  totalRevenue
  quality {
    sampledShare
    thresholded
    otherRow
    complete
  }
  freshness {
    state
    asOf
  }
}
fragment PartnerFigures on PartnerSummary {
  impressions
  clicks
  orders
  revenue
  currency
  updatedAt
  freshness {
    state
    asOf
  }
}
fragment CombinedFigures on CombinedSummary {
  ordersPerSession
  revenuePerPageView
  freshness {
    state
    asOf
  }
}
fragment ProductRow on Product {
  id
  name
  googleAnalytics(range: $range) {
    ...GoogleFigures
  }
  googleAnalyticsBefore: googleAnalytics(range: $before) @include(if: $compare) {
    ...GoogleFigures
  }
  ... @defer(label: "partner") {
    partner(range: $range, maxWaitMs: $maxWaitMs) {
      ...PartnerFigures
    }
    combined(range: $range, maxWaitMs: $maxWaitMs) {
      ...CombinedFigures
    }
  }
  ... @defer(label: "before") {
    partnerBefore: partner(range: $before, maxWaitMs: $maxWaitMs) @include(if: $compare) {
      ...PartnerFigures
    }
    combinedBefore: combined(range: $before, maxWaitMs: $maxWaitMs) @include(if: $compare) {
      ...CombinedFigures
    }
  }
  ... @defer(label: "trend") {
    trend: googleAnalytics(range: $trend) {
      series(interval: $interval) {
        date
        pageViews
      }
    }
  }
}`) as unknown as TypedDocumentString<ProductRowsQuery, ProductRowsQueryVariables>;
export const RetryProductDocument = new TypedDocumentString(`
    query RetryProduct($id: ID!, $range: DateRangeInput!, $google: Boolean!, $partner: Boolean!, $maxWaitMs: Int!) {
  product(id: $id) {
    googleAnalytics(range: $range, maxAgeMs: 0) @include(if: $google) {
      ...GoogleFigures
    }
    partner(range: $range, maxAgeMs: 0, maxWaitMs: $maxWaitMs) @include(if: $partner) {
      ...PartnerFigures
    }
  }
}
    fragment GoogleFigures on GoogleAnalyticsSummary {
  pageViews
  sessions
  activeUsers
  newUsers
  engagementRate
  averageSessionDuration
  bounceRate
  eventCount
  keyEvents
  totalRevenue
  quality {
    sampledShare
    thresholded
    otherRow
    complete
  }
  freshness {
    state
    asOf
  }
}
fragment PartnerFigures on PartnerSummary {
  impressions
  clicks
  orders
  revenue
  currency
  updatedAt
  freshness {
    state
    asOf
  }
}`) as unknown as TypedDocumentString<RetryProductQuery, RetryProductQueryVariables>;
export const SitesDocument = new TypedDocumentString(`
    query Sites {
  sites {
    id
    name
    timeZone
    currency
  }
}
    `) as unknown as TypedDocumentString<SitesQuery, SitesQueryVariables>;
export const SiteFiguresDocument = new TypedDocumentString(`
    query SiteFigures($site: ID!, $range: DateRangeInput!, $before: DateRangeInput!, $compare: Boolean!, $interval: Interval!) {
  site(id: $site) {
    googleAnalytics(range: $range) {
      ...GoogleFigures
      series(interval: $interval) {
        ...ChartPoint
      }
    }
    googleAnalyticsBefore: googleAnalytics(range: $before) @include(if: $compare) {
      ...GoogleFigures
      series(interval: $interval) {
        ...ChartPoint
      }
    }
  }
}
    fragment GoogleFigures on GoogleAnalyticsSummary {
  pageViews
  sessions
  activeUsers
  newUsers
  engagementRate
  averageSessionDuration
  bounceRate
  eventCount
  keyEvents
  totalRevenue
  quality {
    sampledShare
    thresholded
    otherRow
    complete
  }
  freshness {
    state
    asOf
  }
}
fragment ChartPoint on GoogleAnalyticsPoint {
  date
  pageViews
  sessions
  activeUsers
}`) as unknown as TypedDocumentString<SiteFiguresQuery, SiteFiguresQueryVariables>;
export const SumsDocument = new TypedDocumentString(`
    query Sums($site: ID!, $search: String, $filter: ProductFilter, $range: DateRangeInput!, $before: DateRangeInput!, $compare: Boolean!, $maxWaitMs: Int!) {
  site(id: $site) {
    partner(range: $range, maxWaitMs: $maxWaitMs) {
      ...PartnerSums
    }
    partnerBefore: partner(range: $before, maxWaitMs: $maxWaitMs) @include(if: $compare) {
      ...PartnerSums
    }
    products(first: 0, search: $search, filter: $filter, maxWaitMs: $maxWaitMs) {
      totals {
        googleAnalytics(range: $range) {
          pageViews
          eventCount
          keyEvents
          totalRevenue
        }
        partner(range: $range, maxWaitMs: $maxWaitMs) {
          ...PartnerSums
        }
      }
    }
  }
}
    fragment PartnerSums on PartnerTotals {
  impressions
  clicks
  orders
  revenue
  currency
  coveredProducts
  totalProducts
  freshness {
    state
    asOf
  }
}`) as unknown as TypedDocumentString<SumsQuery, SumsQueryVariables>;
export const SourcesDocument = new TypedDocumentString(`
    query Sources {
  sources {
    name
    breaker
    inFlight
    queued
    p50Ms
    p95Ms
    cacheHitShare
    quotaRemaining
  }
}
    `) as unknown as TypedDocumentString<SourcesQuery, SourcesQueryVariables>;