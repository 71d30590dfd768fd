import type { GraphQLResolveInfo, GraphQLScalarType, GraphQLScalarTypeConfig } from 'graphql';
import type { Site as CatalogSite, Product as CatalogProduct } from '../catalog/catalog.js';
import type { GoogleAnalyticsSummary as LoadedGoogleAnalytics, GoogleAnalyticsPoint as LoadedPoint, DataQuality as LoadedQuality } from '../sources/googleAnalytics/summary.js';
import type { PartnerSummary as LoadedPartner } from '../sources/partner/loader.js';
import type { CombinedSummary as LoadedCombined } from './combined.js';
import type { Totals as LoadedTotals, TotalsOf as ListToTotal } from './totals.js';
import type { ProductList } from './products.js';
import type { SourceStatus as LoadedStatus } from '../telemetry.js';
import type { Freshness as LoadedFreshness } from '../freshness.js';
import type { Context } from './context.js';
export type Maybe<T> = T | null;
export type InputMaybe<T> = T | null | undefined;
export type Omit<T, K extends keyof T> = Pick<T, Exclude<keyof T, K>>;
export type RequireFields<T, K extends keyof T> = Omit<T, K> & { [P in K]-?: NonNullable<T[P]> };
/** All built-in and custom scalars, mapped to their actual values */
export type Scalars = {
  ID: { input: string; output: string; }
  String: { input: string; output: string; }
  Boolean: { input: boolean; output: boolean; }
  Int: { input: number; output: number; }
  Float: { input: number; output: number; }
  /** A day, YYYY-MM-DD. */
  Date: { input: string; output: string; }
  /** A moment, RFC 3339, e.g. 2026-01-31T09:30:00.000Z. */
  DateTime: { input: Date; output: Date | string; }
  /** An exact decimal number as a string, e.g. "1234.50". */
  Decimal: { input: string; output: string; }
  /** A whole number up to 2^53 - 1. */
  SafeInt: { input: number; output: number; }
};

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
  ordersPerSession?: InputMaybe<FloatFilter>;
  /** combined.revenuePerPageView */
  revenuePerPageView?: InputMaybe<FloatFilter>;
};

/** Figures of one source divided by figures of the other. Null when one of them is unknown, or the divisor is 0. */
export type CombinedSummary = {
  __typename?: 'CombinedSummary';
  /** How current these figures are: the worse of both sources. */
  freshness: Freshness;
  /** The partner's orders for each session that Google Analytics counted. */
  ordersPerSession: Maybe<Scalars['Float']['output']>;
  /** The partner's revenue for each page view, in the site's currency; null where the partner's currency is another one. */
  revenuePerPageView: Maybe<Scalars['Float']['output']>;
};

/** What Google said about its own numbers. Kept apart, because they mean different things. */
export type DataQuality = {
  __typename?: 'DataQuality';
  /** False while the range holds days that may still change: today, and the two days before. */
  complete: Scalars['Boolean']['output'];
  /** Google folded rare values into one row, (other); figures of what has no row of its own are null. */
  otherRow: Scalars['Boolean']['output'];
  /** Share of the events that were read to estimate the rest, 0 to 1; null when all were read. */
  sampledShare: Maybe<Scalars['Float']['output']>;
  /** Google withheld rows that could tell who somebody is; figures of what has no row are null. */
  thresholded: Scalars['Boolean']['output'];
};

/** Either a preset, or start and end. The days are days of the site's time zone. LAST_28_DAYS when left out. */
export type DateRangeInput = {
  /** The last day, included; after today it means: so far. Needs start. */
  end?: InputMaybe<Scalars['Date']['input']>;
  /** A range that moves with the day. */
  preset?: InputMaybe<DateRangePreset>;
  /** Moves the range back, to compare. */
  shift?: InputMaybe<DateRangeShift>;
  /** The first day, included; from 2015-08-14 to today. Needs end. */
  start?: InputMaybe<Scalars['Date']['input']>;
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
  eq?: InputMaybe<Scalars['DateTime']['input']>;
  /** More than this. */
  gt?: InputMaybe<Scalars['DateTime']['input']>;
  /** This or more. */
  gte?: InputMaybe<Scalars['DateTime']['input']>;
  /** Less than this. */
  lt?: InputMaybe<Scalars['DateTime']['input']>;
  /** This or less. */
  lte?: InputMaybe<Scalars['DateTime']['input']>;
};

/** Compares a Decimal; everything that is given must hold. */
export type DecimalFilter = {
  /** Exactly this. */
  eq?: InputMaybe<Scalars['Decimal']['input']>;
  /** More than this. */
  gt?: InputMaybe<Scalars['Decimal']['input']>;
  /** This or more. */
  gte?: InputMaybe<Scalars['Decimal']['input']>;
  /** Less than this. */
  lt?: InputMaybe<Scalars['Decimal']['input']>;
  /** This or less. */
  lte?: InputMaybe<Scalars['Decimal']['input']>;
};

/** Compares a Float; everything that is given must hold. */
export type FloatFilter = {
  /** Exactly this. */
  eq?: InputMaybe<Scalars['Float']['input']>;
  /** More than this. */
  gt?: InputMaybe<Scalars['Float']['input']>;
  /** This or more. */
  gte?: InputMaybe<Scalars['Float']['input']>;
  /** Less than this. */
  lt?: InputMaybe<Scalars['Float']['input']>;
  /** This or less. */
  lte?: InputMaybe<Scalars['Float']['input']>;
};

/** How current figures are. */
export type Freshness = {
  __typename?: 'Freshness';
  /** When the source answered; null while PENDING. */
  asOf: Maybe<Scalars['DateTime']['output']>;
  /** Whether the figures are as current as the gateway promises. */
  state: FreshnessState;
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
  activeUsers?: InputMaybe<SafeIntFilter>;
  /** googleAnalytics.averageSessionDuration */
  averageSessionDuration?: InputMaybe<FloatFilter>;
  /** googleAnalytics.bounceRate */
  bounceRate?: InputMaybe<FloatFilter>;
  /** googleAnalytics.engagementRate */
  engagementRate?: InputMaybe<FloatFilter>;
  /** googleAnalytics.eventCount */
  eventCount?: InputMaybe<SafeIntFilter>;
  /** googleAnalytics.keyEvents */
  keyEvents?: InputMaybe<FloatFilter>;
  /** googleAnalytics.newUsers */
  newUsers?: InputMaybe<SafeIntFilter>;
  /** googleAnalytics.pageViews */
  pageViews?: InputMaybe<SafeIntFilter>;
  /** googleAnalytics.sessions */
  sessions?: InputMaybe<SafeIntFilter>;
  /** googleAnalytics.totalRevenue */
  totalRevenue?: InputMaybe<DecimalFilter>;
};

/** Figures of one day, week or month of a series. A figure that cannot be known is null, never 0. */
export type GoogleAnalyticsPoint = {
  __typename?: 'GoogleAnalyticsPoint';
  /** Different people with an engaged visit in this interval. Counted for the interval itself: the days of a week do not add up to it. */
  activeUsers: Maybe<Scalars['SafeInt']['output']>;
  /** The first day that it covers: of a week its Monday, of a month its first, or the first day of the range where that is later. */
  date: Scalars['Date']['output'];
  /** How often the product's pages were viewed, repeated views included. */
  pageViews: Maybe<Scalars['SafeInt']['output']>;
  /** Sessions in this interval. Counted for the interval itself: the days of a week do not add up to it. */
  sessions: Maybe<Scalars['SafeInt']['output']>;
};

/** Figures from Google Analytics 4 over the days asked for. A figure that cannot be known is null, never 0. */
export type GoogleAnalyticsSummary = {
  __typename?: 'GoogleAnalyticsSummary';
  /** Different people with an engaged visit. One person may view several products: do not add these up. */
  activeUsers: Maybe<Scalars['SafeInt']['output']>;
  /** Mean length of a session, in seconds. */
  averageSessionDuration: Maybe<Scalars['Float']['output']>;
  /** Share of sessions that were not engaged, 0 to 1. */
  bounceRate: Maybe<Scalars['Float']['output']>;
  /** Share of sessions that were engaged (over 10 s, a key event, or two page views), 0 to 1. */
  engagementRate: Maybe<Scalars['Float']['output']>;
  /** How many events of any kind were counted. */
  eventCount: Maybe<Scalars['SafeInt']['output']>;
  /** How current these figures are. */
  freshness: Freshness;
  /** How many key events (once called conversions) were counted. Google may count fractions of one. */
  keyEvents: Maybe<Scalars['Float']['output']>;
  /** People who came to the site for the first time. */
  newUsers: Maybe<Scalars['SafeInt']['output']>;
  /** How often the product's pages were viewed, repeated views included. */
  pageViews: Maybe<Scalars['SafeInt']['output']>;
  /** What Google said about its own numbers. */
  quality: DataQuality;
  /** The same over time: every interval of the range, also one in which nothing happened, in ascending order; none that has not begun. */
  series: Array<GoogleAnalyticsPoint>;
  /** Sessions that viewed the product. One session may view several products: do not add these up. */
  sessions: Maybe<Scalars['SafeInt']['output']>;
  /** Purchases, subscriptions and advertising less refunds, in the site's currency. */
  totalRevenue: Maybe<Scalars['Decimal']['output']>;
};


/** Figures from Google Analytics 4 over the days asked for. A figure that cannot be known is null, never 0. */
export type GoogleAnalyticsSummarySeriesArgs = {
  interval?: InputMaybe<Interval>;
};

/** Sums over products of those figures of Google Analytics that may be added up. Only products whose every figure that is asked for is known are in them: see coveredProducts. */
export type GoogleAnalyticsTotals = {
  __typename?: 'GoogleAnalyticsTotals';
  /** How many products the sums hold. */
  coveredProducts: Scalars['Int']['output'];
  /** The sum of eventCount. */
  eventCount: Maybe<Scalars['SafeInt']['output']>;
  /** How current the sums are: the worst of their parts, PENDING while one has not come. */
  freshness: Freshness;
  /** The sum of keyEvents. */
  keyEvents: Maybe<Scalars['Float']['output']>;
  /** Of how many products figures were asked for and have not come. */
  missing: Scalars['Int']['output'];
  /** The sum of pageViews. */
  pageViews: Maybe<Scalars['SafeInt']['output']>;
  /** Why: error codes, and PENDING for what has not come in time; ask again later, that costs no new call. */
  reasons: Array<Scalars['String']['output']>;
  /** How many products there are, with those that the source does not know. */
  totalProducts: Scalars['Int']['output'];
  /** The sum of totalRevenue. */
  totalRevenue: Maybe<Scalars['Decimal']['output']>;
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

/** Whether there is more, and where to go on (Relay's PageInfo). */
export type PageInfo = {
  __typename?: 'PageInfo';
  /** Cursor of the last product of this page; null on an empty page. */
  endCursor: Maybe<Scalars['String']['output']>;
  /** More products follow: ask with after: endCursor. */
  hasNextPage: Scalars['Boolean']['output'];
  /** There are products before: ask with before: startCursor. */
  hasPreviousPage: Scalars['Boolean']['output'];
  /** Cursor of the first product of this page; null on an empty page. */
  startCursor: Maybe<Scalars['String']['output']>;
};

/** What figures of the partner must be. */
export type PartnerFilter = {
  /** partner.clicks */
  clicks?: InputMaybe<SafeIntFilter>;
  /** partner.currency */
  currency?: InputMaybe<TextFilter>;
  /** partner.impressions */
  impressions?: InputMaybe<SafeIntFilter>;
  /** partner.orders */
  orders?: InputMaybe<SafeIntFilter>;
  /** partner.revenue */
  revenue?: InputMaybe<DecimalFilter>;
  /** partner.updatedAt */
  updatedAt?: InputMaybe<DateTimeFilter>;
};

/** Figures from the partner over the days asked for. A figure that cannot be known is null, never 0. */
export type PartnerSummary = {
  __typename?: 'PartnerSummary';
  /** How often the product was clicked at the partner. */
  clicks: Maybe<Scalars['SafeInt']['output']>;
  /** ISO 4217 code of the currency of revenue. */
  currency: Maybe<Scalars['String']['output']>;
  /** How current these figures are. */
  freshness: Freshness;
  /** How often the partner showed the product. */
  impressions: Maybe<Scalars['SafeInt']['output']>;
  /** How many orders the partner counted. */
  orders: Maybe<Scalars['SafeInt']['output']>;
  /** What the orders were worth, in the partner's currency (see currency). */
  revenue: Maybe<Scalars['Decimal']['output']>;
  /** When the partner last brought its own figures up to date. */
  updatedAt: Maybe<Scalars['DateTime']['output']>;
};

/** Sums over products of those figures of the partner that may be added up. Only products whose every figure that is asked for is known are in them: see coveredProducts. */
export type PartnerTotals = {
  __typename?: 'PartnerTotals';
  /** The sum of clicks. */
  clicks: Maybe<Scalars['SafeInt']['output']>;
  /** How many products the sums hold. */
  coveredProducts: Scalars['Int']['output'];
  /** The currency of all sums of money; null, as these are then, when it is not the same for all products. */
  currency: Maybe<Scalars['String']['output']>;
  /** How current the sums are: the worst of their parts, PENDING while one has not come. */
  freshness: Freshness;
  /** The sum of impressions. */
  impressions: Maybe<Scalars['SafeInt']['output']>;
  /** Of how many products figures were asked for and have not come. */
  missing: Scalars['Int']['output'];
  /** The sum of orders. */
  orders: Maybe<Scalars['SafeInt']['output']>;
  /** Why: error codes, and PENDING for what has not come in time; ask again later, that costs no new call. */
  reasons: Array<Scalars['String']['output']>;
  /** The sum of revenue. */
  revenue: Maybe<Scalars['Decimal']['output']>;
  /** How many products there are, with those that the source does not know. */
  totalProducts: Scalars['Int']['output'];
};

/** One product of a site, with what each source knows about it. The two sources are asked at the same time. */
export type Product = {
  __typename?: 'Product';
  /** What neither source can say alone. */
  combined: Maybe<CombinedSummary>;
  /** What Google Analytics counted for this product; null if the catalog has no Google key for it. All products of a query share one report. */
  googleAnalytics: Maybe<GoogleAnalyticsSummary>;
  /** Unique over all sites. */
  id: Scalars['ID']['output'];
  /** The name that people read. */
  name: Scalars['String']['output'];
  /** What the partner counted for this product; null if the catalog has no partner id for it. One call per product, all at once. */
  partner: Maybe<PartnerSummary>;
  /** The site that the product belongs to. */
  site: Site;
};


/** One product of a site, with what each source knows about it. The two sources are asked at the same time. */
export type ProductCombinedArgs = {
  maxAgeMs?: InputMaybe<Scalars['Int']['input']>;
  maxWaitMs?: InputMaybe<Scalars['Int']['input']>;
  range?: InputMaybe<DateRangeInput>;
};


/** One product of a site, with what each source knows about it. The two sources are asked at the same time. */
export type ProductGoogleAnalyticsArgs = {
  maxAgeMs?: InputMaybe<Scalars['Int']['input']>;
  range?: InputMaybe<DateRangeInput>;
};


/** One product of a site, with what each source knows about it. The two sources are asked at the same time. */
export type ProductPartnerArgs = {
  maxAgeMs?: InputMaybe<Scalars['Int']['input']>;
  maxWaitMs?: InputMaybe<Scalars['Int']['input']>;
  range?: InputMaybe<DateRangeInput>;
};

/** A page of products (Relay's connection). */
export type ProductConnection = {
  __typename?: 'ProductConnection';
  /** The products with their cursors. */
  edges: Array<ProductEdge>;
  /** The products without their cursors. */
  nodes: Array<Product>;
  /** Whether there is more, and where to go on. */
  pageInfo: PageInfo;
  /** Whether order and filter knew the figures that they needed. */
  ranking: Ranking;
  /** How many products there are on all pages. */
  totalCount: Scalars['Int']['output'];
  /** Sums over the products of all pages. */
  totals: ProductTotals;
};

/** A product and its place in the list. */
export type ProductEdge = {
  __typename?: 'ProductEdge';
  /** Opaque: for after and before only. */
  cursor: Scalars['String']['output'];
  /** The product. */
  node: Product;
};

/** Which products to list. Everything that is given must hold. A figure that is unknown passes no comparison, and not its opposite either. At most 100 conditions in all. */
export type ProductFilter = {
  /** All of these must hold. */
  and?: InputMaybe<Array<ProductFilter>>;
  /** By figures of both sources together. */
  combined?: InputMaybe<CombinedFilter>;
  /** By figures of Google Analytics. */
  googleAnalytics?: InputMaybe<GoogleAnalyticsFilter>;
  /** The product's name. */
  name?: InputMaybe<TextFilter>;
  /** This must not hold. */
  not?: InputMaybe<ProductFilter>;
  /** One of these must hold. */
  or?: InputMaybe<Array<ProductFilter>>;
  /** By figures of the partner. */
  partner?: InputMaybe<PartnerFilter>;
  /** The days of the figures, here and in what stands inside; LAST_28_DAYS when left out. */
  range?: InputMaybe<DateRangeInput>;
};

/** The order of a list of products. Products that are equal in it are ordered by id; those whose figure is unknown come last, up or down. */
export type ProductOrder = {
  /** What to order by. */
  by: ProductOrderField;
  /** Down or up. */
  direction?: InputMaybe<OrderDirection>;
  /** The days of the figure; LAST_28_DAYS when left out. */
  range?: InputMaybe<DateRangeInput>;
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

/** Sums over the products of a list, on all its pages. */
export type ProductTotals = {
  __typename?: 'ProductTotals';
  /** What Google Analytics counted; a page that belongs to two products counts for each. */
  googleAnalytics: Maybe<GoogleAnalyticsTotals>;
  /** What the partner counted; it is asked for each product that is not known. */
  partner: Maybe<PartnerTotals>;
};


/** Sums over the products of a list, on all its pages. */
export type ProductTotalsGoogleAnalyticsArgs = {
  range?: InputMaybe<DateRangeInput>;
};


/** Sums over the products of a list, on all its pages. */
export type ProductTotalsPartnerArgs = {
  maxWaitMs?: InputMaybe<Scalars['Int']['input']>;
  range?: InputMaybe<DateRangeInput>;
};

/** Where every query starts. */
export type Query = {
  __typename?: 'Query';
  /** One product, or null if there is none with this id. */
  product: Maybe<Product>;
  /** Known products, in the order asked; null for one that does not exist. */
  products: Array<Maybe<Product>>;
  /** One site, or null if there is none with this id. */
  site: Maybe<Site>;
  /** All sites that you may see, in the order of the catalog. */
  sites: Array<Site>;
  /** How each source is doing at this moment. */
  sources: Array<SourceStatus>;
};


/** Where every query starts. */
export type QueryProductArgs = {
  id: Scalars['ID']['input'];
};


/** Where every query starts. */
export type QueryProductsArgs = {
  ids: Array<Scalars['ID']['input']>;
};


/** Where every query starts. */
export type QuerySiteArgs = {
  id: Scalars['ID']['input'];
};

/** What order and filter of a list knew. */
export type Ranking = {
  __typename?: 'Ranking';
  /** Every figure that was needed is known, or known not to exist. */
  complete: Scalars['Boolean']['output'];
  /** Of how many products a figure was needed and has not come: they are listed last, and a filter by it leaves them out. */
  missing: Scalars['Int']['output'];
  /** Why: error codes, and PENDING for what has not come in time; ask again later, that costs no new call. */
  reasons: Array<Scalars['String']['output']>;
};

/** Compares a SafeInt; everything that is given must hold. */
export type SafeIntFilter = {
  /** Exactly this. */
  eq?: InputMaybe<Scalars['SafeInt']['input']>;
  /** More than this. */
  gt?: InputMaybe<Scalars['SafeInt']['input']>;
  /** This or more. */
  gte?: InputMaybe<Scalars['SafeInt']['input']>;
  /** Less than this. */
  lt?: InputMaybe<Scalars['SafeInt']['input']>;
  /** This or less. */
  lte?: InputMaybe<Scalars['SafeInt']['input']>;
};

/** A web site with products. */
export type Site = {
  __typename?: 'Site';
  /** ISO 4217 code of the currency that Google Analytics reports this site's money in, e.g. EUR. */
  currency: Scalars['String']['output'];
  /** What Google Analytics counted for the site as a whole; null if the catalog has no property for it. Asked without the products, because users and sessions must not be added up. */
  googleAnalytics: Maybe<GoogleAnalyticsSummary>;
  /** The site's id in the catalog. */
  id: Scalars['ID']['output'];
  /** The name that people read. */
  name: Scalars['String']['output'];
  /** The partner's figures of all products of the site, added up; the partner is asked for each product that is not known. Null if it knows no product. */
  partner: Maybe<PartnerTotals>;
  /** The site's products, a page at a time. The partner is asked for the products of the page only, unless the order or the filter needs its figures of all. */
  products: ProductConnection;
  /** IANA name of the zone whose days every date range counts in, e.g. Europe/Berlin. */
  timeZone: Scalars['String']['output'];
};


/** A web site with products. */
export type SiteGoogleAnalyticsArgs = {
  maxAgeMs?: InputMaybe<Scalars['Int']['input']>;
  range?: InputMaybe<DateRangeInput>;
};


/** A web site with products. */
export type SitePartnerArgs = {
  maxWaitMs?: InputMaybe<Scalars['Int']['input']>;
  range?: InputMaybe<DateRangeInput>;
};


/** A web site with products. */
export type SiteProductsArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  before?: InputMaybe<Scalars['String']['input']>;
  filter?: InputMaybe<ProductFilter>;
  first?: InputMaybe<Scalars['Int']['input']>;
  ids?: InputMaybe<Array<Scalars['ID']['input']>>;
  last?: InputMaybe<Scalars['Int']['input']>;
  maxWaitMs?: InputMaybe<Scalars['Int']['input']>;
  orderBy?: InputMaybe<ProductOrder>;
  search?: InputMaybe<Scalars['String']['input']>;
};

/** How a source is doing at this moment, in this process. */
export type SourceStatus = {
  __typename?: 'SourceStatus';
  /** Whether the source is being asked. */
  breaker: BreakerState;
  /** Share of the figures asked for that were there at once, 0 to 1; null while none was asked for. */
  cacheHitShare: Maybe<Scalars['Float']['output']>;
  /** Calls that are on their way. */
  inFlight: Scalars['Int']['output'];
  /** googleAnalytics or partner. */
  name: Scalars['String']['output'];
  /** Half of the last calls that were answered took no longer than this, in ms; null while none was. */
  p50Ms: Maybe<Scalars['Float']['output']>;
  /** 95 of 100 of the last calls that were answered took no longer than this, in ms; null while none was. */
  p95Ms: Maybe<Scalars['Float']['output']>;
  /** Calls that wait for their turn. */
  queued: Scalars['Int']['output'];
  /** Quota tokens that are left for this hour, of the Google property that has the fewest; null while unknown, and where there is no quota. */
  quotaRemaining: Maybe<Scalars['Int']['output']>;
};

/** Compares a String; everything that is given must hold. */
export type TextFilter = {
  /** Has this in it, in upper or lower case. */
  contains?: InputMaybe<Scalars['String']['input']>;
  /** Exactly this. */
  eq?: InputMaybe<Scalars['String']['input']>;
  /** One of these. */
  in?: InputMaybe<Array<Scalars['String']['input']>>;
};



export type ResolverTypeWrapper<T> = Promise<T> | T;


export type ResolverWithResolve<TResult, TParent, TContext, TArgs> = {
  resolve: ResolverFn<TResult, TParent, TContext, TArgs>;
};
export type Resolver<TResult, TParent = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>, TArgs = Record<PropertyKey, never>> = ResolverFn<TResult, TParent, TContext, TArgs> | ResolverWithResolve<TResult, TParent, TContext, TArgs>;

export type ResolverFn<TResult, TParent, TContext, TArgs> = (
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo
) => Promise<TResult> | TResult;

export type SubscriptionSubscribeFn<TResult, TParent, TContext, TArgs> = (
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo
) => AsyncIterable<TResult> | Promise<AsyncIterable<TResult>>;

export type SubscriptionResolveFn<TResult, TParent, TContext, TArgs> = (
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo
) => TResult | Promise<TResult>;

export interface SubscriptionSubscriberObject<TResult, TKey extends string, TParent, TContext, TArgs> {
  subscribe: SubscriptionSubscribeFn<{ [key in TKey]: TResult }, TParent, TContext, TArgs>;
  resolve?: SubscriptionResolveFn<TResult, { [key in TKey]: TResult }, TContext, TArgs>;
}

export interface SubscriptionResolverObject<TResult, TParent, TContext, TArgs> {
  subscribe: SubscriptionSubscribeFn<any, TParent, TContext, TArgs>;
  resolve: SubscriptionResolveFn<TResult, any, TContext, TArgs>;
}

export type SubscriptionObject<TResult, TKey extends string, TParent, TContext, TArgs> =
  | SubscriptionSubscriberObject<TResult, TKey, TParent, TContext, TArgs>
  | SubscriptionResolverObject<TResult, TParent, TContext, TArgs>;

export type SubscriptionResolver<TResult, TKey extends string, TParent = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>, TArgs = Record<PropertyKey, never>> =
  | ((...args: any[]) => SubscriptionObject<TResult, TKey, TParent, TContext, TArgs>)
  | SubscriptionObject<TResult, TKey, TParent, TContext, TArgs>;

export type TypeResolveFn<TTypes, TParent = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>> = (
  parent: TParent,
  context: TContext,
  info: GraphQLResolveInfo
) => Maybe<TTypes> | Promise<Maybe<TTypes>>;

export type IsTypeOfResolverFn<T = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>> = (obj: T, context: TContext, info: GraphQLResolveInfo) => boolean | Promise<boolean>;

export type NextResolverFn<T> = () => Promise<T>;

export type DirectiveResolverFn<TResult = Record<PropertyKey, never>, TParent = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>, TArgs = Record<PropertyKey, never>> = (
  next: NextResolverFn<TResult>,
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo
) => TResult | Promise<TResult>;





/** Mapping between all available schema types and the resolvers types */
export type ResolversTypes = {
  Boolean: ResolverTypeWrapper<Scalars['Boolean']['output']>;
  BreakerState: BreakerState;
  CombinedFilter: CombinedFilter;
  CombinedSummary: ResolverTypeWrapper<LoadedCombined>;
  DataQuality: ResolverTypeWrapper<LoadedQuality>;
  Date: ResolverTypeWrapper<Scalars['Date']['output']>;
  DateRangeInput: DateRangeInput;
  DateRangePreset: DateRangePreset;
  DateRangeShift: DateRangeShift;
  DateTime: ResolverTypeWrapper<Scalars['DateTime']['output']>;
  DateTimeFilter: DateTimeFilter;
  Decimal: ResolverTypeWrapper<Scalars['Decimal']['output']>;
  DecimalFilter: DecimalFilter;
  Float: ResolverTypeWrapper<Scalars['Float']['output']>;
  FloatFilter: FloatFilter;
  Freshness: ResolverTypeWrapper<LoadedFreshness>;
  FreshnessState: FreshnessState;
  GoogleAnalyticsFilter: GoogleAnalyticsFilter;
  GoogleAnalyticsPoint: ResolverTypeWrapper<LoadedPoint>;
  GoogleAnalyticsSummary: ResolverTypeWrapper<LoadedGoogleAnalytics>;
  GoogleAnalyticsTotals: ResolverTypeWrapper<LoadedTotals>;
  ID: ResolverTypeWrapper<Scalars['ID']['output']>;
  Int: ResolverTypeWrapper<Scalars['Int']['output']>;
  Interval: Interval;
  OrderDirection: OrderDirection;
  PageInfo: ResolverTypeWrapper<PageInfo>;
  PartnerFilter: PartnerFilter;
  PartnerSummary: ResolverTypeWrapper<LoadedPartner>;
  PartnerTotals: ResolverTypeWrapper<LoadedTotals>;
  Product: ResolverTypeWrapper<CatalogProduct>;
  ProductConnection: ResolverTypeWrapper<ProductList>;
  ProductEdge: ResolverTypeWrapper<Omit<ProductEdge, 'node'> & { node: ResolversTypes['Product'] }>;
  ProductFilter: ProductFilter;
  ProductOrder: ProductOrder;
  ProductOrderField: ProductOrderField;
  ProductTotals: ResolverTypeWrapper<ListToTotal>;
  Query: ResolverTypeWrapper<Record<PropertyKey, never>>;
  Ranking: ResolverTypeWrapper<Ranking>;
  SafeInt: ResolverTypeWrapper<Scalars['SafeInt']['output']>;
  SafeIntFilter: SafeIntFilter;
  Site: ResolverTypeWrapper<CatalogSite>;
  SourceStatus: ResolverTypeWrapper<LoadedStatus>;
  String: ResolverTypeWrapper<Scalars['String']['output']>;
  TextFilter: TextFilter;
};

/** Mapping between all available schema types and the resolvers parents */
export type ResolversParentTypes = {
  Boolean: Scalars['Boolean']['output'];
  CombinedFilter: CombinedFilter;
  CombinedSummary: LoadedCombined;
  DataQuality: LoadedQuality;
  Date: Scalars['Date']['output'];
  DateRangeInput: DateRangeInput;
  DateTime: Scalars['DateTime']['output'];
  DateTimeFilter: DateTimeFilter;
  Decimal: Scalars['Decimal']['output'];
  DecimalFilter: DecimalFilter;
  Float: Scalars['Float']['output'];
  FloatFilter: FloatFilter;
  Freshness: LoadedFreshness;
  GoogleAnalyticsFilter: GoogleAnalyticsFilter;
  GoogleAnalyticsPoint: LoadedPoint;
  GoogleAnalyticsSummary: LoadedGoogleAnalytics;
  GoogleAnalyticsTotals: LoadedTotals;
  ID: Scalars['ID']['output'];
  Int: Scalars['Int']['output'];
  PageInfo: PageInfo;
  PartnerFilter: PartnerFilter;
  PartnerSummary: LoadedPartner;
  PartnerTotals: LoadedTotals;
  Product: CatalogProduct;
  ProductConnection: ProductList;
  ProductEdge: Omit<ProductEdge, 'node'> & { node: ResolversParentTypes['Product'] };
  ProductFilter: ProductFilter;
  ProductOrder: ProductOrder;
  ProductTotals: ListToTotal;
  Query: Record<PropertyKey, never>;
  Ranking: Ranking;
  SafeInt: Scalars['SafeInt']['output'];
  SafeIntFilter: SafeIntFilter;
  Site: CatalogSite;
  SourceStatus: LoadedStatus;
  String: Scalars['String']['output'];
  TextFilter: TextFilter;
};

export type DeferDirectiveArgs = {
  if?: Scalars['Boolean']['input'];
  label?: Maybe<Scalars['String']['input']>;
};

export type DeferDirectiveResolver<Result, Parent, ContextType = Context, Args = DeferDirectiveArgs> = DirectiveResolverFn<Result, Parent, ContextType, Args>;

export type MetricDirectiveArgs = {
  name: Scalars['String']['input'];
};

export type MetricDirectiveResolver<Result, Parent, ContextType = Context, Args = MetricDirectiveArgs> = DirectiveResolverFn<Result, Parent, ContextType, Args>;

export type RatioDirectiveArgs = {
  of: Scalars['String']['input'];
  per: Scalars['String']['input'];
};

export type RatioDirectiveResolver<Result, Parent, ContextType = Context, Args = RatioDirectiveArgs> = DirectiveResolverFn<Result, Parent, ContextType, Args>;

export type ValueDirectiveArgs = {
  additive?: Maybe<Scalars['Boolean']['input']>;
  pointer: Scalars['String']['input'];
};

export type ValueDirectiveResolver<Result, Parent, ContextType = Context, Args = ValueDirectiveArgs> = DirectiveResolverFn<Result, Parent, ContextType, Args>;

export type CombinedSummaryResolvers<ContextType = Context, ParentType extends ResolversParentTypes['CombinedSummary'] = ResolversParentTypes['CombinedSummary']> = {
  freshness?: Resolver<ResolversTypes['Freshness'], ParentType, ContextType>;
  ordersPerSession?: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
  revenuePerPageView?: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
};

export type DataQualityResolvers<ContextType = Context, ParentType extends ResolversParentTypes['DataQuality'] = ResolversParentTypes['DataQuality']> = {
  complete?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  otherRow?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  sampledShare?: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
  thresholded?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
};

export interface DateScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['Date'], any> {
  name: 'Date';
}

export interface DateTimeScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['DateTime'], any> {
  name: 'DateTime';
}

export interface DecimalScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['Decimal'], any> {
  name: 'Decimal';
}

export type FreshnessResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Freshness'] = ResolversParentTypes['Freshness']> = {
  asOf?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  state?: Resolver<ResolversTypes['FreshnessState'], ParentType, ContextType>;
};

export type GoogleAnalyticsPointResolvers<ContextType = Context, ParentType extends ResolversParentTypes['GoogleAnalyticsPoint'] = ResolversParentTypes['GoogleAnalyticsPoint']> = {
  activeUsers?: Resolver<Maybe<ResolversTypes['SafeInt']>, ParentType, ContextType>;
  date?: Resolver<ResolversTypes['Date'], ParentType, ContextType>;
  pageViews?: Resolver<Maybe<ResolversTypes['SafeInt']>, ParentType, ContextType>;
  sessions?: Resolver<Maybe<ResolversTypes['SafeInt']>, ParentType, ContextType>;
};

export type GoogleAnalyticsSummaryResolvers<ContextType = Context, ParentType extends ResolversParentTypes['GoogleAnalyticsSummary'] = ResolversParentTypes['GoogleAnalyticsSummary']> = {
  activeUsers?: Resolver<Maybe<ResolversTypes['SafeInt']>, ParentType, ContextType>;
  averageSessionDuration?: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
  bounceRate?: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
  engagementRate?: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
  eventCount?: Resolver<Maybe<ResolversTypes['SafeInt']>, ParentType, ContextType>;
  freshness?: Resolver<ResolversTypes['Freshness'], ParentType, ContextType>;
  keyEvents?: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
  newUsers?: Resolver<Maybe<ResolversTypes['SafeInt']>, ParentType, ContextType>;
  pageViews?: Resolver<Maybe<ResolversTypes['SafeInt']>, ParentType, ContextType>;
  quality?: Resolver<ResolversTypes['DataQuality'], ParentType, ContextType>;
  series?: Resolver<Array<ResolversTypes['GoogleAnalyticsPoint']>, ParentType, ContextType, RequireFields<GoogleAnalyticsSummarySeriesArgs, 'interval'>>;
  sessions?: Resolver<Maybe<ResolversTypes['SafeInt']>, ParentType, ContextType>;
  totalRevenue?: Resolver<Maybe<ResolversTypes['Decimal']>, ParentType, ContextType>;
};

export type GoogleAnalyticsTotalsResolvers<ContextType = Context, ParentType extends ResolversParentTypes['GoogleAnalyticsTotals'] = ResolversParentTypes['GoogleAnalyticsTotals']> = {
  coveredProducts?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  eventCount?: Resolver<Maybe<ResolversTypes['SafeInt']>, ParentType, ContextType>;
  freshness?: Resolver<ResolversTypes['Freshness'], ParentType, ContextType>;
  keyEvents?: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
  missing?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  pageViews?: Resolver<Maybe<ResolversTypes['SafeInt']>, ParentType, ContextType>;
  reasons?: Resolver<Array<ResolversTypes['String']>, ParentType, ContextType>;
  totalProducts?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  totalRevenue?: Resolver<Maybe<ResolversTypes['Decimal']>, ParentType, ContextType>;
};

export type PageInfoResolvers<ContextType = Context, ParentType extends ResolversParentTypes['PageInfo'] = ResolversParentTypes['PageInfo']> = {
  endCursor?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  hasNextPage?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  hasPreviousPage?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  startCursor?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
};

export type PartnerSummaryResolvers<ContextType = Context, ParentType extends ResolversParentTypes['PartnerSummary'] = ResolversParentTypes['PartnerSummary']> = {
  clicks?: Resolver<Maybe<ResolversTypes['SafeInt']>, ParentType, ContextType>;
  currency?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  freshness?: Resolver<ResolversTypes['Freshness'], ParentType, ContextType>;
  impressions?: Resolver<Maybe<ResolversTypes['SafeInt']>, ParentType, ContextType>;
  orders?: Resolver<Maybe<ResolversTypes['SafeInt']>, ParentType, ContextType>;
  revenue?: Resolver<Maybe<ResolversTypes['Decimal']>, ParentType, ContextType>;
  updatedAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
};

export type PartnerTotalsResolvers<ContextType = Context, ParentType extends ResolversParentTypes['PartnerTotals'] = ResolversParentTypes['PartnerTotals']> = {
  clicks?: Resolver<Maybe<ResolversTypes['SafeInt']>, ParentType, ContextType>;
  coveredProducts?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  currency?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  freshness?: Resolver<ResolversTypes['Freshness'], ParentType, ContextType>;
  impressions?: Resolver<Maybe<ResolversTypes['SafeInt']>, ParentType, ContextType>;
  missing?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  orders?: Resolver<Maybe<ResolversTypes['SafeInt']>, ParentType, ContextType>;
  reasons?: Resolver<Array<ResolversTypes['String']>, ParentType, ContextType>;
  revenue?: Resolver<Maybe<ResolversTypes['Decimal']>, ParentType, ContextType>;
  totalProducts?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type ProductResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Product'] = ResolversParentTypes['Product']> = {
  combined?: Resolver<Maybe<ResolversTypes['CombinedSummary']>, ParentType, ContextType, Partial<ProductCombinedArgs>>;
  googleAnalytics?: Resolver<Maybe<ResolversTypes['GoogleAnalyticsSummary']>, ParentType, ContextType, Partial<ProductGoogleAnalyticsArgs>>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  name?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  partner?: Resolver<Maybe<ResolversTypes['PartnerSummary']>, ParentType, ContextType, Partial<ProductPartnerArgs>>;
  site?: Resolver<ResolversTypes['Site'], ParentType, ContextType>;
};

export type ProductConnectionResolvers<ContextType = Context, ParentType extends ResolversParentTypes['ProductConnection'] = ResolversParentTypes['ProductConnection']> = {
  edges?: Resolver<Array<ResolversTypes['ProductEdge']>, ParentType, ContextType>;
  nodes?: Resolver<Array<ResolversTypes['Product']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
  ranking?: Resolver<ResolversTypes['Ranking'], ParentType, ContextType>;
  totalCount?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  totals?: Resolver<ResolversTypes['ProductTotals'], ParentType, ContextType>;
};

export type ProductEdgeResolvers<ContextType = Context, ParentType extends ResolversParentTypes['ProductEdge'] = ResolversParentTypes['ProductEdge']> = {
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  node?: Resolver<ResolversTypes['Product'], ParentType, ContextType>;
};

export type ProductTotalsResolvers<ContextType = Context, ParentType extends ResolversParentTypes['ProductTotals'] = ResolversParentTypes['ProductTotals']> = {
  googleAnalytics?: Resolver<Maybe<ResolversTypes['GoogleAnalyticsTotals']>, ParentType, ContextType, Partial<ProductTotalsGoogleAnalyticsArgs>>;
  partner?: Resolver<Maybe<ResolversTypes['PartnerTotals']>, ParentType, ContextType, Partial<ProductTotalsPartnerArgs>>;
};

export type QueryResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Query'] = ResolversParentTypes['Query']> = {
  product?: Resolver<Maybe<ResolversTypes['Product']>, ParentType, ContextType, RequireFields<QueryProductArgs, 'id'>>;
  products?: Resolver<Array<Maybe<ResolversTypes['Product']>>, ParentType, ContextType, RequireFields<QueryProductsArgs, 'ids'>>;
  site?: Resolver<Maybe<ResolversTypes['Site']>, ParentType, ContextType, RequireFields<QuerySiteArgs, 'id'>>;
  sites?: Resolver<Array<ResolversTypes['Site']>, ParentType, ContextType>;
  sources?: Resolver<Array<ResolversTypes['SourceStatus']>, ParentType, ContextType>;
};

export type RankingResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Ranking'] = ResolversParentTypes['Ranking']> = {
  complete?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  missing?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  reasons?: Resolver<Array<ResolversTypes['String']>, ParentType, ContextType>;
};

export interface SafeIntScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['SafeInt'], any> {
  name: 'SafeInt';
}

export type SiteResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Site'] = ResolversParentTypes['Site']> = {
  currency?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  googleAnalytics?: Resolver<Maybe<ResolversTypes['GoogleAnalyticsSummary']>, ParentType, ContextType, Partial<SiteGoogleAnalyticsArgs>>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  name?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  partner?: Resolver<Maybe<ResolversTypes['PartnerTotals']>, ParentType, ContextType, Partial<SitePartnerArgs>>;
  products?: Resolver<ResolversTypes['ProductConnection'], ParentType, ContextType, Partial<SiteProductsArgs>>;
  timeZone?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type SourceStatusResolvers<ContextType = Context, ParentType extends ResolversParentTypes['SourceStatus'] = ResolversParentTypes['SourceStatus']> = {
  breaker?: Resolver<ResolversTypes['BreakerState'], ParentType, ContextType>;
  cacheHitShare?: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
  inFlight?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  name?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  p50Ms?: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
  p95Ms?: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
  queued?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  quotaRemaining?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
};

export type Resolvers<ContextType = Context> = {
  CombinedSummary?: CombinedSummaryResolvers<ContextType>;
  DataQuality?: DataQualityResolvers<ContextType>;
  Date?: GraphQLScalarType;
  DateTime?: GraphQLScalarType;
  Decimal?: GraphQLScalarType;
  Freshness?: FreshnessResolvers<ContextType>;
  GoogleAnalyticsPoint?: GoogleAnalyticsPointResolvers<ContextType>;
  GoogleAnalyticsSummary?: GoogleAnalyticsSummaryResolvers<ContextType>;
  GoogleAnalyticsTotals?: GoogleAnalyticsTotalsResolvers<ContextType>;
  PageInfo?: PageInfoResolvers<ContextType>;
  PartnerSummary?: PartnerSummaryResolvers<ContextType>;
  PartnerTotals?: PartnerTotalsResolvers<ContextType>;
  Product?: ProductResolvers<ContextType>;
  ProductConnection?: ProductConnectionResolvers<ContextType>;
  ProductEdge?: ProductEdgeResolvers<ContextType>;
  ProductTotals?: ProductTotalsResolvers<ContextType>;
  Query?: QueryResolvers<ContextType>;
  Ranking?: RankingResolvers<ContextType>;
  SafeInt?: GraphQLScalarType;
  Site?: SiteResolvers<ContextType>;
  SourceStatus?: SourceStatusResolvers<ContextType>;
};

export type DirectiveResolvers<ContextType = Context> = {
  defer?: DeferDirectiveResolver<any, any, ContextType>;
  metric?: MetricDirectiveResolver<any, any, ContextType>;
  ratio?: RatioDirectiveResolver<any, any, ContextType>;
  value?: ValueDirectiveResolver<any, any, ContextType>;
};
