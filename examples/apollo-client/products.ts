import { ApolloClient, HttpLink, InMemoryCache } from '@apollo/client';
import { Defer20220824Handler } from '@apollo/client/incremental';
import { DeferredProductsDocument } from './generated/graphql.js';

// What a page does: shows Google's figures at once, and the partner's as they arrive. The types come from products.graphql by
// `npm run generate`.

export interface Row {
  readonly name: string;
  readonly views: number | null;
  /** undefined: still on its way. null: unknown. */
  readonly orders: number | null | undefined;
}

export function createClient(uri: string): ApolloClient {
  return new ApolloClient({
    link: new HttpLink({ uri }),
    cache: new InMemoryCache(),
    incrementalHandler: new Defer20220824Handler(),
  });
}

/** Calls back with all rows whenever more is known; the function returned ends that. */
export function watchProducts(
  client: ApolloClient,
  variables: { site: string; first: number },
  { next, error }: { next(rows: readonly Row[]): void; error(failure: unknown): void },
): () => void {
  const subscription = client
    // Errors belong to their fields: the others are shown.
    .watchQuery({ query: DeferredProductsDocument, variables, errorPolicy: 'all', returnPartialData: true })
    .subscribe({
      next({ data }) {
        const nodes = data?.site?.products?.nodes ?? [];
        next(
          nodes.map((node) => ({
            name: node?.name ?? '',
            views: node?.googleAnalytics?.pageViews ?? null,
            orders: node && 'partner' in node ? (node.partner?.orders ?? null) : undefined,
          })),
        );
      },
      error,
    });
  return () => subscription.unsubscribe();
}
