import { graphql } from './generated/gql.js';

/** What the header needs before anything else can be asked. */
export const sitesDocument = graphql(`
  query Sites {
    sites {
      id
      name
      timeZone
      currency
    }
  }
`);

/** The site as a whole, for tiles and chart. */
export const siteFiguresDocument = graphql(`
  query SiteFigures(
    $site: ID!
    $range: DateRangeInput!
    $before: DateRangeInput!
    $compare: Boolean!
    $interval: Interval!
  ) {
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
`);

export const chartPointFragment = graphql(`
  fragment ChartPoint on GoogleAnalyticsPoint {
    date
    pageViews
    sessions
    activeUsers
  }
`);

export const partnerSumsFragment = graphql(`
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
`);

/** Sums: of the site for the tiles, of the table's rows on all pages for its last line. */
export const sumsDocument = graphql(`
  query Sums(
    $site: ID!
    $search: String
    $filter: ProductFilter
    $range: DateRangeInput!
    $before: DateRangeInput!
    $compare: Boolean!
    $maxWaitMs: Int!
  ) {
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
`);

/** How the sources are doing at this moment. */
export const sourcesDocument = graphql(`
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
`);
