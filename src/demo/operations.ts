import { gql } from 'graphql-tag';

/** What the demo proposes to ask first: every product of a site, with what both sources know. */
export const productStats = gql`
  query ProductStats($site: ID!, $first: Int = 40, $range: DateRangeInput) {
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
  query ProductById($id: ID!) {
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
