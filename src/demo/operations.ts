import { gql } from 'graphql-tag';

/** What the demo proposes to ask first: every product of a site, with what both sources know. */
export const productStats = gql`
  query ProductStats($site: ID! = "shop", $first: Int = 40, $range: DateRangeInput) {
    site(id: $site) {
      name
      currency
      products(first: $first) {
        totalCount
        nodes {
          id
          name
          googleAnalytics(range: $range) {
            pageViews
            sessions
            engagementRate
          }
          partner(range: $range) {
            impressions
            clicks
            orders
            revenue
            currency
          }
        }
      }
    }
  }
`;

/** One product, for whoever knows its id. */
export const productById = gql`
  query ProductById($id: ID! = "shop-red-shoe-1") {
    product(id: $id) {
      name
      googleAnalytics(range: { preset: YESTERDAY }) {
        pageViews
        activeUsers
        freshness {
          state
          asOf
        }
      }
      partner(range: { preset: YESTERDAY }) {
        orders
        revenue
        updatedAt
      }
    }
  }
`;

/** Google's figures at once, the partner's as they arrive: for clients that take an answer in parts. */
export const figuresAsTheyArrive = gql`
  query FiguresAsTheyArrive($site: ID! = "shop") {
    site(id: $site) {
      products(first: 40) {
        nodes {
          name
          googleAnalytics(range: { preset: LAST_7_DAYS }) {
            pageViews
          }
          ... @defer {
            partner(range: { preset: LAST_7_DAYS }) {
              orders
              revenue
            }
          }
        }
      }
    }
  }
`;

/** The ten products with the most orders, and the sums of all. */
export const bestSellers = gql`
  query BestSellers($site: ID! = "shop") {
    site(id: $site) {
      products(first: 10, orderBy: { by: PARTNER_ORDERS }) {
        nodes {
          name
          partner {
            orders
            revenue
          }
          combined {
            ordersPerSession
          }
        }
        ranking {
          complete
          missing
        }
        totals {
          partner {
            orders
            revenue
            coveredProducts
            totalProducts
          }
        }
      }
    }
  }
`;

/** A site by week, beside the same weeks of a year ago. */
export const siteOverTime = gql`
  query SiteOverTime($site: ID! = "shop") {
    site(id: $site) {
      now: googleAnalytics(range: { preset: LAST_90_DAYS }) {
        sessions
        series(interval: WEEK) {
          date
          sessions
        }
      }
      aYearAgo: googleAnalytics(range: { preset: LAST_90_DAYS, shift: PREVIOUS_YEAR }) {
        sessions
        series(interval: WEEK) {
          date
          sessions
        }
      }
    }
  }
`;

/** How both sources are doing at this moment. */
export const sourceStates = gql`
  query SourceStates {
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
`;
