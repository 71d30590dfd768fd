import type { Client } from './client.js';
import type { PageOrderQuery } from './generated/graphql.js';
import { hopsTo, listVariables, type SiteInfo } from './questions.js';
import { pageOrderDocument } from './rowOperations.js';
import type { State } from './state.js';

export type Ranking = NonNullable<PageOrderQuery['site']>['products']['ranking'];

/** Where a page of the list begins. */
export interface Place {
  /** Null for the first page. */
  readonly after: string | null;
  /** How sure the place is; null where nothing had to be passed over. */
  readonly ranking: Ranking | null;
}

/** The gateway turns pages by cursor, so what stands before the page is passed over, without its figures. */
export async function findPlace(client: Client, state: State, site: SiteInfo, signal: AbortSignal): Promise<Place> {
  let place: Place = { after: null, ranking: null };
  for (const first of hopsTo((state.page - 1) * state.size)) {
    const products = await askOrder(client, { state, site, first, after: place.after }, signal);
    if (!products) break;
    place = {
      after: products.pageInfo.endCursor ?? place.after,
      ranking: lessCertain(place.ranking, products.ranking),
    };
  }
  return place;
}

/** Which products the page holds by now, and how sure that is; null when the list is gone. */
export async function readOrder(
  client: Client,
  { state, site }: { state: State; site: SiteInfo },
  signal: AbortSignal,
): Promise<{ ids: string[]; total: number; ranking: Ranking } | null> {
  const { after, ranking } = await findPlace(client, state, site, signal);
  const products = await askOrder(client, { state, site, first: state.size, after }, signal);
  if (!products) return null;
  const { nodes, totalCount: total } = products;
  return { ids: nodes.map(({ id }) => id), total, ranking: lessCertain(ranking, products.ranking) };
}

/** What was counted from an order that was not final is not final either. */
export function lessCertain(before: Ranking | null, now: Ranking): Ranking {
  return before && !before.complete ? before : now;
}

async function askOrder(
  client: Client,
  { state, site, first, after }: { state: State; site: SiteInfo; first: number; after: string | null },
  signal: AbortSignal,
) {
  const variables = { ...listVariables(state, site), first, after };
  const answer = await client.ask(pageOrderDocument, variables, { signal });
  return answer.data?.site?.products;
}
