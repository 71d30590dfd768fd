import { graphql } from './generated/gql.js';

export const googleFiguresFragment = graphql(`
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
`);

export const partnerFiguresFragment = graphql(`
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
`);

export const combinedFiguresFragment = graphql(`
  fragment CombinedFigures on CombinedSummary {
    ordersPerSession
    revenuePerPageView
    freshness {
      state
      asOf
    }
  }
`);

/** Where a page of a list stands, and whether that is final. */
export const listPlaceFragment = graphql(`
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
`);

/** A row: Google's columns at once, the partner's and the little chart as they arrive. */
export const productRowFragment = graphql(`
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
`);

export const productPageDocument = graphql(`
  query ProductPage(
    $site: ID!
    $first: Int!
    $after: String
    $search: String
    $filter: ProductFilter
    $orderBy: ProductOrder
    $range: DateRangeInput!
    $before: DateRangeInput!
    $compare: Boolean!
    $trend: DateRangeInput!
    $interval: Interval!
    $maxWaitMs: Int!
    $rankingWaitMs: Int!
  ) {
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
`);

/** Which products stand where, and whether that is final; asks no source for more than the order needs. */
export const pageOrderDocument = graphql(`
  query PageOrder(
    $site: ID!
    $first: Int!
    $after: String
    $search: String
    $filter: ProductFilter
    $orderBy: ProductOrder
    $rankingWaitMs: Int!
  ) {
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
`);

/** Rows again, by id: for what was pending, stale or failed. */
export const productRowsDocument = graphql(`
  query ProductRows(
    $ids: [ID!]!
    $range: DateRangeInput!
    $before: DateRangeInput!
    $compare: Boolean!
    $trend: DateRangeInput!
    $interval: Interval!
    $maxWaitMs: Int!
  ) {
    products(ids: $ids) {
      ...ProductRow
    }
  }
`);

/** Asks one source anew about one product, whatever is known. */
export const retryProductDocument = graphql(`
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
`);
