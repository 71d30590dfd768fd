/**
 * What may be done with a metric's rows: additive ones (events, money) may be summed over products, keys and days; distinct
 * counts (sessions, people) may not, but no row means 0; of a ratio, no row means unknown.
 */
export type MetricKind = 'additive' | 'distinct' | 'ratio';

/**
 * Counts of events and sums of money: Google's own description says of each that it is a number of events or a total.
 *
 * @see https://developers.google.com/analytics/devguides/reporting/data/v1/api-schema#metrics
 */
const additiveMetrics: ReadonlySet<string> = new Set([
  'adUnitExposure',
  'addToCarts',
  'advertiserAdClicks',
  'advertiserAdCost',
  'advertiserAdImpressions',
  'checkouts',
  'ecommercePurchases',
  'eventCount',
  'eventValue',
  'grossItemRevenue',
  'grossPurchaseRevenue',
  'itemDiscountAmount',
  'itemListClickEvents',
  'itemListViewEvents',
  'itemRefundAmount',
  'itemRevenue',
  'itemViewEvents',
  'itemsAddedToCart',
  'itemsCheckedOut',
  'itemsClickedInList',
  'itemsClickedInPromotion',
  'itemsPurchased',
  'itemsViewed',
  'itemsViewedInList',
  'itemsViewedInPromotion',
  'keyEvents',
  'organicGoogleSearchClicks',
  'organicGoogleSearchImpressions',
  'promotionClicks',
  'promotionViews',
  'publisherAdClicks',
  'publisherAdImpressions',
  'purchaseRevenue',
  'refundAmount',
  'screenPageViews',
  'shippingAmount',
  'taxAmount',
  'totalAdRevenue',
  'totalRevenue',
  'transactions',
  'userEngagementDuration',
]);
const distinctMetrics: ReadonlySet<string> = new Set([
  'active1DayUsers',
  'active28DayUsers',
  'active7DayUsers',
  'activeUsers',
  'cohortActiveUsers',
  'cohortTotalUsers',
  'crashAffectedUsers',
  'engagedSessions',
  'firstTimePurchasers',
  'newUsers',
  'scrolledUsers',
  'sessions',
  'totalPurchasers',
  'totalUsers',
]);

/** Families of metrics that count or add up events; the part after the colon is a property's own name. */
const additiveFamily = /^(keyEvents|customEvent|countCustomEvent):/;

/** A metric that no table knows counts as a ratio: never summed, and never 0 by guess. */
export function metricKind(metric: string): MetricKind {
  if (additiveMetrics.has(metric) || additiveFamily.test(metric)) return 'additive';
  return distinctMetrics.has(metric) ? 'distinct' : 'ratio';
}

/** Metrics that are above 0 wherever anything happened at all. */
const presenceMetrics: ReadonlySet<string> = new Set([
  'screenPageViews',
  'eventCount',
  'sessions',
  'activeUsers',
  'totalUsers',
]);

/**
 * What has to be asked beside these metrics, so that a share of 0 can be told from a share of nothing: Google leaves out rows
 * that hold nothing but zeros. null = nothing.
 */
export function companionOf(metrics: readonly string[]): string | null {
  const isShare = metrics.some((metric) => metricKind(metric) === 'ratio');
  return isShare && !metrics.some((metric) => presenceMetrics.has(metric)) ? 'sessions' : null;
}
