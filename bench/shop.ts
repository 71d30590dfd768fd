/** The invented shop that every measured server serves: the same products, the same questions, the same bytes. */
export const property = '100000001';
export const dimension = 'pagePath';

export interface ShopProduct {
  readonly id: string;
  readonly name: string;
  readonly key: string;
  readonly partnerId: string;
}

export function createShop(products: number): ShopProduct[] {
  return Array.from({ length: products }, (_, index) => ({
    id: `product-${index + 1}`,
    name: `Product ${index + 1}`,
    key: `/p/${index + 1}`,
    partnerId: `P-${index + 1}`,
  }));
}

/** What the figures of both sources are asked of `first` products by. */
export const productsQuery = `query Products($first: Int!, $start: Date!, $end: Date!) {
  site(id: "shop") { products(first: $first) { nodes {
    id name
    googleAnalytics(range: { start: $start, end: $end }) { pageViews sessions }
    partner(range: { start: $start, end: $end }) { impressions clicks orders revenue currency }
  } } }
}`;

/** A request of nothing but GraphQL itself. */
export const typenameBody = JSON.stringify({ operationName: 'Typename', query: 'query Typename { __typename }' });

export interface Days {
  readonly start: string;
  readonly end: string;
}

export function productsBody(first: number, { start, end }: Days): string {
  return JSON.stringify({ operationName: 'Products', query: productsQuery, variables: { first, start, end } });
}

const msPerDay = 86_400_000;
const firstDay = Date.parse('2016-01-01');
/** As many days as a range may begin or end on; their pairs last for two million requests. */
const days = 2_000;

/** The n-th pair of days, each of them once: what was never asked before is in no cache. */
export function uniqueDays(n: number): Days {
  const start = n % days;
  const length = Math.floor(n / days) % (days / 2);
  const dayAt = (index: number) => new Date(firstDay + index * msPerDay).toISOString().slice(0, 10);
  return { start: dayAt(start), end: dayAt(start + length) };
}
