import type { Product } from '../catalog/catalog.js';
import { GatewayError } from '../errors.js';
import { type Cursor, decodeCursor, encodeCursor } from './cursor.js';
import { lowerCase } from './filter.js';
import type { RankedProduct, Ranking } from './rank.js';

export interface PageRequest {
  first?: number | null | undefined;
  after?: string | null | undefined;
  last?: number | null | undefined;
  before?: string | null | undefined;
}

/** What is known of products without asking anybody. */
export interface ProductChoice {
  ids?: readonly string[] | null | undefined;
  search?: string | null | undefined;
}

export interface PageLimits {
  /** The most products that one page may hold. */
  readonly first: number;
  /** The most ids that `ids` may hold. */
  readonly ids: number;
}

/** One page of products with the cursors of Relay's connections. */
export interface ProductPage {
  readonly edges: readonly { readonly cursor: string; readonly node: Product }[];
  readonly nodes: readonly Product[];
  readonly pageInfo: {
    readonly hasNextPage: boolean;
    readonly hasPreviousPage: boolean;
    readonly startCursor: string | null;
    readonly endCursor: string | null;
  };
  /** On all pages. */
  readonly totalCount: number;
}

const defaultFirst = 20;

/**
 * Cuts a page out of an ordered list.
 * @throws GatewayError BAD_USER_INPUT that names the argument.
 * @see https://relay.dev/graphql/connections.htm
 */
export function cutPage(ranking: Ranking, request: PageRequest, limits: PageLimits): ProductPage {
  const place = (text: string | null | undefined, argument: 'after' | 'before') =>
    text == null ? null : ranking.indexOf(decodeCursor(text, argument, ranking.order), argument);
  const after = place(request.after, 'after');
  const before = place(request.before, 'before');

  const from = after === null ? 0 : after.index + (after.found ? 1 : 0);
  const to = before === null ? ranking.rows.length : Math.max(from, before.index);
  const [start, end] = cut(from, to, request, limits);
  return connection(ranking.rows.slice(start, end), {
    order: ranking.order,
    totalCount: ranking.rows.length,
    hasNextPage: end < ranking.rows.length,
    hasPreviousPage: start > 0,
  });
}

function cut(from: number, to: number, request: PageRequest, limits: PageLimits): [number, number] {
  const size = pageSize(request, limits);
  return request.last != null ? [Math.max(from, to - size), to] : [from, Math.min(to, from + size)];
}

/** How many products are on a page, where there are as many. */
export function pageSize({ first, last }: PageRequest, limits: PageLimits): number {
  return last ?? first ?? Math.min(defaultFirst, limits.first);
}

function connection(
  rows: readonly RankedProduct[],
  {
    order,
    totalCount,
    ...pageInfo
  }: { order: string; totalCount: number; hasNextPage: boolean; hasPreviousPage: boolean },
): ProductPage {
  const edges = rows.map(({ product, value }) => {
    const cursor: Cursor = { order, value, id: product.id };
    return { cursor: encodeCursor(cursor), node: product };
  });
  return {
    edges,
    nodes: rows.map(({ product }) => product),
    pageInfo: { ...pageInfo, startCursor: edges[0]?.cursor ?? null, endCursor: edges.at(-1)?.cursor ?? null },
    totalCount,
  };
}

/**
 * Tells which products a choice means; null = all of them.
 * @throws GatewayError BAD_USER_INPUT when there are more ids than the limit.
 */
export function choiceOf({ ids, search }: ProductChoice, limits: PageLimits): ((product: Product) => boolean) | null {
  const wanted = ids && new Set(checkIds(ids, limits));
  const text = lowerCase(search?.trim() ?? '');
  if (!wanted && !text) return null;
  return ({ id, name }) => {
    if (wanted && !wanted.has(id)) return false;
    return !text || lowerCase(id).includes(text) || lowerCase(name).includes(text);
  };
}

/** @throws GatewayError BAD_USER_INPUT when there are more ids than the limit. */
export function checkIds(ids: readonly string[], limits: PageLimits): readonly string[] {
  if (ids.length <= limits.ids) return ids;
  throw new GatewayError(
    'BAD_USER_INPUT',
    `ids: ${ids.length} ids are too many; ask for at most ${limits.ids} at a time.`,
  );
}

/** @throws GatewayError BAD_USER_INPUT that names the argument. */
export function checkCounts({ first, last }: PageRequest, limits: PageLimits): void {
  if (first != null && last != null) {
    throw new GatewayError('BAD_USER_INPUT', 'first and last exclude each other; give one of them.');
  }
  const [name, count] = last != null ? ['last', last] : ['first', first ?? 0];
  if (count < 0)
    throw new GatewayError('BAD_USER_INPUT', `${name}: ${count} is negative; it is a number of products, from 0.`);
  if (count > limits.first) {
    throw new GatewayError(
      'BAD_USER_INPUT',
      `${name}: ${count} is too many; ask for at most ${limits.first} and go on with a cursor.`,
    );
  }
}
