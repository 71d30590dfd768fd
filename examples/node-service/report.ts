import { TopProductsDocument, type TopProductsQuery, type TopProductsQueryVariables } from './generated/graphql.js';

// A service that wants figures and needs nothing but fetch. The types come from report.graphql by `npm run generate`.

export interface Line {
  readonly name: string;
  readonly views: number | null;
  /** null: unknown, which is not the same as none. */
  readonly orders: number | null;
}

export interface Report {
  readonly lines: readonly Line[];
  /** What is missing, and whether asking again helps. */
  readonly missing: readonly { readonly path: string; readonly code: string; readonly retryable: boolean }[];
}

interface GraphQLError {
  readonly path?: readonly (string | number)[];
  readonly extensions: { readonly code: string; readonly retryable?: boolean };
}

/** @throws Error when the gateway answered nothing at all. */
export async function readReport(url: string, variables: TopProductsQueryVariables): Promise<Report> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: TopProductsDocument.toString(), variables }),
    signal: AbortSignal.timeout(60_000),
  });
  const { data, errors = [] } = (await response.json()) as { data?: TopProductsQuery | null; errors?: GraphQLError[] };
  if (!data) throw new Error(`The gateway refused (${response.status}, ${errors[0]?.extensions.code}).`);
  return {
    lines: (data.site?.products.nodes ?? []).map(({ name, googleAnalytics, partner }) => ({
      name,
      views: googleAnalytics?.pageViews ?? null,
      orders: partner?.orders ?? null,
    })),
    missing: errors.map(({ path = [], extensions: { code, retryable = false } }) => ({
      path: path.join('.'),
      code,
      retryable,
    })),
  };
}
