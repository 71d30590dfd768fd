/* eslint-disable */
import * as types from './graphql.js';



/**
 * Map of all GraphQL operations in the project.
 *
 * This map has several performance disadvantages:
 * 1. It is not tree-shakeable, so it will include all operations in the project.
 * 2. It is not minifiable, so the string of a GraphQL query will be multiple times inside the bundle.
 * 3. It does not support dead code elimination, so it will add unused operations.
 *
 * Therefore it is highly recommended to use the babel or swc plugin for production.
 * Learn more about it here: https://the-guild.dev/graphql/codegen/plugins/presets/preset-client#reducing-bundle-size
 */
type Documents = {
    "\n  fragment GoogleFigures on GoogleAnalyticsSummary {\n    pageViews\n    sessions\n    activeUsers\n    newUsers\n    engagementRate\n    averageSessionDuration\n    bounceRate\n    eventCount\n    keyEvents\n    totalRevenue\n    quality {\n      sampledShare\n      thresholded\n      otherRow\n      complete\n    }\n    freshness {\n      state\n      asOf\n    }\n  }\n": typeof types.GoogleFiguresFragmentDoc,
    "\n  fragment PartnerFigures on PartnerSummary {\n    impressions\n    clicks\n    orders\n    revenue\n    currency\n    updatedAt\n    freshness {\n      state\n      asOf\n    }\n  }\n": typeof types.PartnerFiguresFragmentDoc,
    "\n  fragment CombinedFigures on CombinedSummary {\n    ordersPerSession\n    revenuePerPageView\n    freshness {\n      state\n      asOf\n    }\n  }\n": typeof types.CombinedFiguresFragmentDoc,
    "\n  fragment ListPlace on ProductConnection {\n    totalCount\n    pageInfo {\n      endCursor\n    }\n    ranking {\n      complete\n      missing\n      reasons\n    }\n  }\n": typeof types.ListPlaceFragmentDoc,
    "\n  fragment ProductRow on Product {\n    id\n    name\n    googleAnalytics(range: $range) {\n      ...GoogleFigures\n    }\n    googleAnalyticsBefore: googleAnalytics(range: $before) @include(if: $compare) {\n      ...GoogleFigures\n    }\n    ... @defer(label: \"partner\") {\n      partner(range: $range, maxWaitMs: $maxWaitMs) {\n        ...PartnerFigures\n      }\n      combined(range: $range, maxWaitMs: $maxWaitMs) {\n        ...CombinedFigures\n      }\n    }\n    ... @defer(label: \"before\") {\n      partnerBefore: partner(range: $before, maxWaitMs: $maxWaitMs) @include(if: $compare) {\n        ...PartnerFigures\n      }\n      combinedBefore: combined(range: $before, maxWaitMs: $maxWaitMs) @include(if: $compare) {\n        ...CombinedFigures\n      }\n    }\n    ... @defer(label: \"trend\") {\n      trend: googleAnalytics(range: $trend) {\n        series(interval: $interval) {\n          date\n          pageViews\n        }\n      }\n    }\n  }\n": typeof types.ProductRowFragmentDoc,
    "\n  query ProductPage(\n    $site: ID!\n    $first: Int!\n    $after: String\n    $search: String\n    $filter: ProductFilter\n    $orderBy: ProductOrder\n    $range: DateRangeInput!\n    $before: DateRangeInput!\n    $compare: Boolean!\n    $trend: DateRangeInput!\n    $interval: Interval!\n    $maxWaitMs: Int!\n    $rankingWaitMs: Int!\n  ) {\n    site(id: $site) {\n      products(\n        first: $first\n        after: $after\n        search: $search\n        filter: $filter\n        orderBy: $orderBy\n        maxWaitMs: $rankingWaitMs\n      ) {\n        ...ListPlace\n        nodes {\n          ...ProductRow\n        }\n      }\n    }\n  }\n": typeof types.ProductPageDocument,
    "\n  query PageOrder(\n    $site: ID!\n    $first: Int!\n    $after: String\n    $search: String\n    $filter: ProductFilter\n    $orderBy: ProductOrder\n    $rankingWaitMs: Int!\n  ) {\n    site(id: $site) {\n      products(\n        first: $first\n        after: $after\n        search: $search\n        filter: $filter\n        orderBy: $orderBy\n        maxWaitMs: $rankingWaitMs\n      ) {\n        ...ListPlace\n        nodes {\n          id\n        }\n      }\n    }\n  }\n": typeof types.PageOrderDocument,
    "\n  query ProductRows(\n    $ids: [ID!]!\n    $range: DateRangeInput!\n    $before: DateRangeInput!\n    $compare: Boolean!\n    $trend: DateRangeInput!\n    $interval: Interval!\n    $maxWaitMs: Int!\n  ) {\n    products(ids: $ids) {\n      ...ProductRow\n    }\n  }\n": typeof types.ProductRowsDocument,
    "\n  query RetryProduct($id: ID!, $range: DateRangeInput!, $google: Boolean!, $partner: Boolean!, $maxWaitMs: Int!) {\n    product(id: $id) {\n      googleAnalytics(range: $range, maxAgeMs: 0) @include(if: $google) {\n        ...GoogleFigures\n      }\n      partner(range: $range, maxAgeMs: 0, maxWaitMs: $maxWaitMs) @include(if: $partner) {\n        ...PartnerFigures\n      }\n    }\n  }\n": typeof types.RetryProductDocument,
    "\n  query Sites {\n    sites {\n      id\n      name\n      timeZone\n      currency\n    }\n  }\n": typeof types.SitesDocument,
    "\n  query SiteFigures(\n    $site: ID!\n    $range: DateRangeInput!\n    $before: DateRangeInput!\n    $compare: Boolean!\n    $interval: Interval!\n  ) {\n    site(id: $site) {\n      googleAnalytics(range: $range) {\n        ...GoogleFigures\n        series(interval: $interval) {\n          ...ChartPoint\n        }\n      }\n      googleAnalyticsBefore: googleAnalytics(range: $before) @include(if: $compare) {\n        ...GoogleFigures\n        series(interval: $interval) {\n          ...ChartPoint\n        }\n      }\n    }\n  }\n": typeof types.SiteFiguresDocument,
    "\n  fragment ChartPoint on GoogleAnalyticsPoint {\n    date\n    pageViews\n    sessions\n    activeUsers\n  }\n": typeof types.ChartPointFragmentDoc,
    "\n  fragment PartnerSums on PartnerTotals {\n    impressions\n    clicks\n    orders\n    revenue\n    currency\n    coveredProducts\n    totalProducts\n    freshness {\n      state\n      asOf\n    }\n  }\n": typeof types.PartnerSumsFragmentDoc,
    "\n  query Sums(\n    $site: ID!\n    $search: String\n    $filter: ProductFilter\n    $range: DateRangeInput!\n    $before: DateRangeInput!\n    $compare: Boolean!\n    $maxWaitMs: Int!\n  ) {\n    site(id: $site) {\n      partner(range: $range, maxWaitMs: $maxWaitMs) {\n        ...PartnerSums\n      }\n      partnerBefore: partner(range: $before, maxWaitMs: $maxWaitMs) @include(if: $compare) {\n        ...PartnerSums\n      }\n      products(first: 0, search: $search, filter: $filter, maxWaitMs: $maxWaitMs) {\n        totals {\n          googleAnalytics(range: $range) {\n            pageViews\n            eventCount\n            keyEvents\n            totalRevenue\n          }\n          partner(range: $range, maxWaitMs: $maxWaitMs) {\n            ...PartnerSums\n          }\n        }\n      }\n    }\n  }\n": typeof types.SumsDocument,
    "\n  query Sources {\n    sources {\n      name\n      breaker\n      inFlight\n      queued\n      p50Ms\n      p95Ms\n      cacheHitShare\n      quotaRemaining\n    }\n  }\n": typeof types.SourcesDocument,
};
const documents: Documents = {
    "\n  fragment GoogleFigures on GoogleAnalyticsSummary {\n    pageViews\n    sessions\n    activeUsers\n    newUsers\n    engagementRate\n    averageSessionDuration\n    bounceRate\n    eventCount\n    keyEvents\n    totalRevenue\n    quality {\n      sampledShare\n      thresholded\n      otherRow\n      complete\n    }\n    freshness {\n      state\n      asOf\n    }\n  }\n": types.GoogleFiguresFragmentDoc,
    "\n  fragment PartnerFigures on PartnerSummary {\n    impressions\n    clicks\n    orders\n    revenue\n    currency\n    updatedAt\n    freshness {\n      state\n      asOf\n    }\n  }\n": types.PartnerFiguresFragmentDoc,
    "\n  fragment CombinedFigures on CombinedSummary {\n    ordersPerSession\n    revenuePerPageView\n    freshness {\n      state\n      asOf\n    }\n  }\n": types.CombinedFiguresFragmentDoc,
    "\n  fragment ListPlace on ProductConnection {\n    totalCount\n    pageInfo {\n      endCursor\n    }\n    ranking {\n      complete\n      missing\n      reasons\n    }\n  }\n": types.ListPlaceFragmentDoc,
    "\n  fragment ProductRow on Product {\n    id\n    name\n    googleAnalytics(range: $range) {\n      ...GoogleFigures\n    }\n    googleAnalyticsBefore: googleAnalytics(range: $before) @include(if: $compare) {\n      ...GoogleFigures\n    }\n    ... @defer(label: \"partner\") {\n      partner(range: $range, maxWaitMs: $maxWaitMs) {\n        ...PartnerFigures\n      }\n      combined(range: $range, maxWaitMs: $maxWaitMs) {\n        ...CombinedFigures\n      }\n    }\n    ... @defer(label: \"before\") {\n      partnerBefore: partner(range: $before, maxWaitMs: $maxWaitMs) @include(if: $compare) {\n        ...PartnerFigures\n      }\n      combinedBefore: combined(range: $before, maxWaitMs: $maxWaitMs) @include(if: $compare) {\n        ...CombinedFigures\n      }\n    }\n    ... @defer(label: \"trend\") {\n      trend: googleAnalytics(range: $trend) {\n        series(interval: $interval) {\n          date\n          pageViews\n        }\n      }\n    }\n  }\n": types.ProductRowFragmentDoc,
    "\n  query ProductPage(\n    $site: ID!\n    $first: Int!\n    $after: String\n    $search: String\n    $filter: ProductFilter\n    $orderBy: ProductOrder\n    $range: DateRangeInput!\n    $before: DateRangeInput!\n    $compare: Boolean!\n    $trend: DateRangeInput!\n    $interval: Interval!\n    $maxWaitMs: Int!\n    $rankingWaitMs: Int!\n  ) {\n    site(id: $site) {\n      products(\n        first: $first\n        after: $after\n        search: $search\n        filter: $filter\n        orderBy: $orderBy\n        maxWaitMs: $rankingWaitMs\n      ) {\n        ...ListPlace\n        nodes {\n          ...ProductRow\n        }\n      }\n    }\n  }\n": types.ProductPageDocument,
    "\n  query PageOrder(\n    $site: ID!\n    $first: Int!\n    $after: String\n    $search: String\n    $filter: ProductFilter\n    $orderBy: ProductOrder\n    $rankingWaitMs: Int!\n  ) {\n    site(id: $site) {\n      products(\n        first: $first\n        after: $after\n        search: $search\n        filter: $filter\n        orderBy: $orderBy\n        maxWaitMs: $rankingWaitMs\n      ) {\n        ...ListPlace\n        nodes {\n          id\n        }\n      }\n    }\n  }\n": types.PageOrderDocument,
    "\n  query ProductRows(\n    $ids: [ID!]!\n    $range: DateRangeInput!\n    $before: DateRangeInput!\n    $compare: Boolean!\n    $trend: DateRangeInput!\n    $interval: Interval!\n    $maxWaitMs: Int!\n  ) {\n    products(ids: $ids) {\n      ...ProductRow\n    }\n  }\n": types.ProductRowsDocument,
    "\n  query RetryProduct($id: ID!, $range: DateRangeInput!, $google: Boolean!, $partner: Boolean!, $maxWaitMs: Int!) {\n    product(id: $id) {\n      googleAnalytics(range: $range, maxAgeMs: 0) @include(if: $google) {\n        ...GoogleFigures\n      }\n      partner(range: $range, maxAgeMs: 0, maxWaitMs: $maxWaitMs) @include(if: $partner) {\n        ...PartnerFigures\n      }\n    }\n  }\n": types.RetryProductDocument,
    "\n  query Sites {\n    sites {\n      id\n      name\n      timeZone\n      currency\n    }\n  }\n": types.SitesDocument,
    "\n  query SiteFigures(\n    $site: ID!\n    $range: DateRangeInput!\n    $before: DateRangeInput!\n    $compare: Boolean!\n    $interval: Interval!\n  ) {\n    site(id: $site) {\n      googleAnalytics(range: $range) {\n        ...GoogleFigures\n        series(interval: $interval) {\n          ...ChartPoint\n        }\n      }\n      googleAnalyticsBefore: googleAnalytics(range: $before) @include(if: $compare) {\n        ...GoogleFigures\n        series(interval: $interval) {\n          ...ChartPoint\n        }\n      }\n    }\n  }\n": types.SiteFiguresDocument,
    "\n  fragment ChartPoint on GoogleAnalyticsPoint {\n    date\n    pageViews\n    sessions\n    activeUsers\n  }\n": types.ChartPointFragmentDoc,
    "\n  fragment PartnerSums on PartnerTotals {\n    impressions\n    clicks\n    orders\n    revenue\n    currency\n    coveredProducts\n    totalProducts\n    freshness {\n      state\n      asOf\n    }\n  }\n": types.PartnerSumsFragmentDoc,
    "\n  query Sums(\n    $site: ID!\n    $search: String\n    $filter: ProductFilter\n    $range: DateRangeInput!\n    $before: DateRangeInput!\n    $compare: Boolean!\n    $maxWaitMs: Int!\n  ) {\n    site(id: $site) {\n      partner(range: $range, maxWaitMs: $maxWaitMs) {\n        ...PartnerSums\n      }\n      partnerBefore: partner(range: $before, maxWaitMs: $maxWaitMs) @include(if: $compare) {\n        ...PartnerSums\n      }\n      products(first: 0, search: $search, filter: $filter, maxWaitMs: $maxWaitMs) {\n        totals {\n          googleAnalytics(range: $range) {\n            pageViews\n            eventCount\n            keyEvents\n            totalRevenue\n          }\n          partner(range: $range, maxWaitMs: $maxWaitMs) {\n            ...PartnerSums\n          }\n        }\n      }\n    }\n  }\n": types.SumsDocument,
    "\n  query Sources {\n    sources {\n      name\n      breaker\n      inFlight\n      queued\n      p50Ms\n      p95Ms\n      cacheHitShare\n      quotaRemaining\n    }\n  }\n": types.SourcesDocument,
};

/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  fragment GoogleFigures on GoogleAnalyticsSummary {\n    pageViews\n    sessions\n    activeUsers\n    newUsers\n    engagementRate\n    averageSessionDuration\n    bounceRate\n    eventCount\n    keyEvents\n    totalRevenue\n    quality {\n      sampledShare\n      thresholded\n      otherRow\n      complete\n    }\n    freshness {\n      state\n      asOf\n    }\n  }\n"): typeof import('./graphql.js').GoogleFiguresFragmentDoc;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  fragment PartnerFigures on PartnerSummary {\n    impressions\n    clicks\n    orders\n    revenue\n    currency\n    updatedAt\n    freshness {\n      state\n      asOf\n    }\n  }\n"): typeof import('./graphql.js').PartnerFiguresFragmentDoc;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  fragment CombinedFigures on CombinedSummary {\n    ordersPerSession\n    revenuePerPageView\n    freshness {\n      state\n      asOf\n    }\n  }\n"): typeof import('./graphql.js').CombinedFiguresFragmentDoc;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  fragment ListPlace on ProductConnection {\n    totalCount\n    pageInfo {\n      endCursor\n    }\n    ranking {\n      complete\n      missing\n      reasons\n    }\n  }\n"): typeof import('./graphql.js').ListPlaceFragmentDoc;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  fragment ProductRow on Product {\n    id\n    name\n    googleAnalytics(range: $range) {\n      ...GoogleFigures\n    }\n    googleAnalyticsBefore: googleAnalytics(range: $before) @include(if: $compare) {\n      ...GoogleFigures\n    }\n    ... @defer(label: \"partner\") {\n      partner(range: $range, maxWaitMs: $maxWaitMs) {\n        ...PartnerFigures\n      }\n      combined(range: $range, maxWaitMs: $maxWaitMs) {\n        ...CombinedFigures\n      }\n    }\n    ... @defer(label: \"before\") {\n      partnerBefore: partner(range: $before, maxWaitMs: $maxWaitMs) @include(if: $compare) {\n        ...PartnerFigures\n      }\n      combinedBefore: combined(range: $before, maxWaitMs: $maxWaitMs) @include(if: $compare) {\n        ...CombinedFigures\n      }\n    }\n    ... @defer(label: \"trend\") {\n      trend: googleAnalytics(range: $trend) {\n        series(interval: $interval) {\n          date\n          pageViews\n        }\n      }\n    }\n  }\n"): typeof import('./graphql.js').ProductRowFragmentDoc;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query ProductPage(\n    $site: ID!\n    $first: Int!\n    $after: String\n    $search: String\n    $filter: ProductFilter\n    $orderBy: ProductOrder\n    $range: DateRangeInput!\n    $before: DateRangeInput!\n    $compare: Boolean!\n    $trend: DateRangeInput!\n    $interval: Interval!\n    $maxWaitMs: Int!\n    $rankingWaitMs: Int!\n  ) {\n    site(id: $site) {\n      products(\n        first: $first\n        after: $after\n        search: $search\n        filter: $filter\n        orderBy: $orderBy\n        maxWaitMs: $rankingWaitMs\n      ) {\n        ...ListPlace\n        nodes {\n          ...ProductRow\n        }\n      }\n    }\n  }\n"): typeof import('./graphql.js').ProductPageDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query PageOrder(\n    $site: ID!\n    $first: Int!\n    $after: String\n    $search: String\n    $filter: ProductFilter\n    $orderBy: ProductOrder\n    $rankingWaitMs: Int!\n  ) {\n    site(id: $site) {\n      products(\n        first: $first\n        after: $after\n        search: $search\n        filter: $filter\n        orderBy: $orderBy\n        maxWaitMs: $rankingWaitMs\n      ) {\n        ...ListPlace\n        nodes {\n          id\n        }\n      }\n    }\n  }\n"): typeof import('./graphql.js').PageOrderDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query ProductRows(\n    $ids: [ID!]!\n    $range: DateRangeInput!\n    $before: DateRangeInput!\n    $compare: Boolean!\n    $trend: DateRangeInput!\n    $interval: Interval!\n    $maxWaitMs: Int!\n  ) {\n    products(ids: $ids) {\n      ...ProductRow\n    }\n  }\n"): typeof import('./graphql.js').ProductRowsDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query RetryProduct($id: ID!, $range: DateRangeInput!, $google: Boolean!, $partner: Boolean!, $maxWaitMs: Int!) {\n    product(id: $id) {\n      googleAnalytics(range: $range, maxAgeMs: 0) @include(if: $google) {\n        ...GoogleFigures\n      }\n      partner(range: $range, maxAgeMs: 0, maxWaitMs: $maxWaitMs) @include(if: $partner) {\n        ...PartnerFigures\n      }\n    }\n  }\n"): typeof import('./graphql.js').RetryProductDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query Sites {\n    sites {\n      id\n      name\n      timeZone\n      currency\n    }\n  }\n"): typeof import('./graphql.js').SitesDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query SiteFigures(\n    $site: ID!\n    $range: DateRangeInput!\n    $before: DateRangeInput!\n    $compare: Boolean!\n    $interval: Interval!\n  ) {\n    site(id: $site) {\n      googleAnalytics(range: $range) {\n        ...GoogleFigures\n        series(interval: $interval) {\n          ...ChartPoint\n        }\n      }\n      googleAnalyticsBefore: googleAnalytics(range: $before) @include(if: $compare) {\n        ...GoogleFigures\n        series(interval: $interval) {\n          ...ChartPoint\n        }\n      }\n    }\n  }\n"): typeof import('./graphql.js').SiteFiguresDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  fragment ChartPoint on GoogleAnalyticsPoint {\n    date\n    pageViews\n    sessions\n    activeUsers\n  }\n"): typeof import('./graphql.js').ChartPointFragmentDoc;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  fragment PartnerSums on PartnerTotals {\n    impressions\n    clicks\n    orders\n    revenue\n    currency\n    coveredProducts\n    totalProducts\n    freshness {\n      state\n      asOf\n    }\n  }\n"): typeof import('./graphql.js').PartnerSumsFragmentDoc;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query Sums(\n    $site: ID!\n    $search: String\n    $filter: ProductFilter\n    $range: DateRangeInput!\n    $before: DateRangeInput!\n    $compare: Boolean!\n    $maxWaitMs: Int!\n  ) {\n    site(id: $site) {\n      partner(range: $range, maxWaitMs: $maxWaitMs) {\n        ...PartnerSums\n      }\n      partnerBefore: partner(range: $before, maxWaitMs: $maxWaitMs) @include(if: $compare) {\n        ...PartnerSums\n      }\n      products(first: 0, search: $search, filter: $filter, maxWaitMs: $maxWaitMs) {\n        totals {\n          googleAnalytics(range: $range) {\n            pageViews\n            eventCount\n            keyEvents\n            totalRevenue\n          }\n          partner(range: $range, maxWaitMs: $maxWaitMs) {\n            ...PartnerSums\n          }\n        }\n      }\n    }\n  }\n"): typeof import('./graphql.js').SumsDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query Sources {\n    sources {\n      name\n      breaker\n      inFlight\n      queued\n      p50Ms\n      p95Ms\n      cacheHitShare\n      quotaRemaining\n    }\n  }\n"): typeof import('./graphql.js').SourcesDocument;


export function graphql(source: string) {
  return (documents as any)[source] ?? {};
}
