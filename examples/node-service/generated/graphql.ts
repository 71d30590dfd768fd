/* eslint-disable */
/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { DocumentTypeDecoration } from '@graphql-typed-document-node/core';
export type TopProductsQueryVariables = Exact<{
  site: string | number;
  first: number;
}>;


export type TopProductsQuery = { site: { products: { nodes: Array<{ name: string, googleAnalytics: { pageViews: number | null } | null, partner: { orders: number | null } | null }> } } | null };

export class TypedDocumentString<TResult, TVariables>
  extends String
  implements DocumentTypeDecoration<TResult, TVariables>
{
  __apiType?: NonNullable<DocumentTypeDecoration<TResult, TVariables>['__apiType']>;
  private value: string;
  public __meta__?: Record<string, any> | undefined;

  constructor(value: string, __meta__?: Record<string, any> | undefined) {
    super(value);
    this.value = value;
    this.__meta__ = __meta__;
  }

  override toString(): string & DocumentTypeDecoration<TResult, TVariables> {
    return this.value;
  }
}

export const TopProductsDocument = new TypedDocumentString(`
    query TopProducts($site: ID!, $first: Int!) {
  site(id: $site) {
    products(first: $first) {
      nodes {
        name
        googleAnalytics {
          pageViews
        }
        partner {
          orders
        }
      }
    }
  }
}
    `) as unknown as TypedDocumentString<TopProductsQuery, TopProductsQueryVariables>;