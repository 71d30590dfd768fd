import type { Answer } from './answer.js';
import { pause, pauseBefore } from './backoff.js';
import { type Client, RequestFailed } from './client.js';
import type { Failure } from './failures.js';
import type { Figure } from './figures.js';
import type { ProductPageQuery } from './generated/graphql.js';
import { findPlace, lessCertain, type Ranking } from './place.js';
import { pageVariables, rowVariables, type SiteInfo } from './questions.js';
import { productPageDocument, productRowsDocument, retryProductDocument } from './rowOperations.js';
import { askedSources, closeRow, type Row, readRows, renewRow, unsettledIds } from './rows.js';
import type { State } from './state.js';
import type { TableView } from './tableView.js';

/** What was shown, and how sure its order is. */
export interface ShownPage {
  readonly state: State;
  readonly site: SiteInfo;
  readonly ids: readonly string[];
  readonly total: number;
  readonly ranking: Ranking;
}

export interface ProductsOptions {
  readonly client: Client;
  readonly view: TableView;
  now(): number;
  /** Rows or their figures have changed. */
  onRows(rows: readonly Row[]): void;
  /** Nothing of the list can be shown; null = it can. */
  onFailure(failure: Failure | null): void;
  /** The first answer for this state has come. */
  onShown(shown: ShownPage, signal: AbortSignal): void;
}

export interface Products {
  /** Asks for the page that the state describes; what was under way for another one is left. `quietly`: rows that stay keep their figures meanwhile. */
  load(state: State, site: SiteInfo, options?: { quietly?: boolean }): Promise<void>;
  retry(row: Row, figure: Figure): Promise<void>;
  rows(): readonly Row[];
  /** Rows on all pages. */
  total(): number;
}

/** How often a stale figure is looked after by itself; a source that fails is not asked for ever. */
const staleLooks = 4;

/** The table's rows: asked for page by page, and then until every source has said what it has to say. */
export function createProducts(options: ProductsOptions): Products {
  const { client, view, now, onRows, onFailure, onShown } = options;
  let underWay = new AbortController();
  let rows: readonly Row[] = [];
  let total = 0;
  let shown: { state: State; site: SiteInfo } | null = null;

  /** Puts rows in the place of those with the same id. */
  function put(newer: readonly Row[]): void {
    const byId = new Map(newer.map((row) => [row.id, row]));
    rows = rows.map((row) => byId.get(row.id) ?? row);
    view.renew(newer);
    onRows(rows);
  }

  function change(ids: readonly string[], next: (row: Row) => Row): void {
    put(rows.filter(({ id }) => ids.includes(id)).map(next));
  }

  function renew(newer: readonly Row[]): void {
    const byId = new Map(newer.map((row) => [row.id, row]));
    change([...byId.keys()], (row) => renewRow(row, byId.get(row.id) ?? row));
  }

  function show(state: State, newer: readonly Row[], count: number, quietly: boolean): void {
    total = count;
    if (quietly && sameIds(rows, newer)) {
      renew(newer);
      return;
    }
    rows = newer;
    view.show({ state, rows, total });
    onRows(rows);
  }

  async function loadPage(state: State, site: SiteInfo, quietly: boolean, signal: AbortSignal): Promise<void> {
    const place = await findPlace(client, state, site, signal);
    let isShown = false;
    const onProgress = (answer: Answer<ProductPageQuery>) => {
      const connection = answer.data?.site?.products;
      if (!connection) throw new RequestFailed(answer.failures[0] ?? noSuchSite);
      const newer = readRows(answer, (data) => data.site?.products.nodes);
      if (isShown) return renew(newer);
      isShown = true;
      shown = { state, site };
      show(state, newer, connection.totalCount, quietly);
      view.setBusy(false);
      onFailure(null);
      const ranking = lessCertain(place.ranking, connection.ranking);
      onShown({ state, site, ids: newer.map(({ id }) => id), total, ranking }, signal);
    };
    const variables = pageVariables(state, site, { after: place.after, now: now() });
    await client.ask(productPageDocument, variables, { signal, onProgress });
    put(rows.map((row) => closeRow(row, nothingCame)));
  }

  /** Asks again for what is pending or stale: that costs no call which is not under way already. */
  async function settle(state: State, site: SiteInfo, signal: AbortSignal): Promise<void> {
    for (let attempt = 0; ; attempt += 1) {
      const pending = unsettledIds(rows, 'PENDING');
      const ids = attempt < staleLooks ? [...pending, ...unsettledIds(rows, 'STALE')] : pending;
      if (ids.length === 0) return;
      await pause(pauseBefore(attempt), signal);
      await askRows(state, site, [...new Set(ids)], signal);
    }
  }

  async function askRows(state: State, site: SiteInfo, ids: string[], signal: AbortSignal): Promise<void> {
    await client.ask(
      productRowsDocument,
      { ...rowVariables(state, site, now()), ids },
      { signal, onProgress: (answer) => renew(readRows(answer, (data) => data.products)) },
    );
  }

  return {
    rows: () => rows,
    total: () => total,
    async load(state, site, { quietly = false } = {}) {
      underWay.abort();
      underWay = new AbortController();
      const { signal } = underWay;
      view.setBusy(!quietly);
      try {
        await loadPage(state, site, quietly, signal);
        await settle(state, site, signal);
      } catch (error) {
        if (signal.aborted) return;
        view.setBusy(false);
        onFailure(failureOfRequest(error));
      }
    },
    async retry({ id }, figure) {
      if (!shown) return;
      const { state, site } = shown;
      const { signal } = underWay;
      const { google, partner } = askedSources(figure.source);
      const { range, maxWaitMs } = rowVariables(state, site, now());
      change([id], (row) => withoutSides(row, google, partner));
      try {
        await client.ask(retryProductDocument, { id, range, maxWaitMs, google, partner }, { signal });
        // What was just asked is known now: this reads it, with what follows from it.
        await askRows(state, site, [id], signal);
        await settle(state, site, signal);
      } catch (error) {
        if (!signal.aborted) change([id], (row) => closeRow(row, failureOfRequest(error)));
      }
    },
  };
}

/** A row whose cells wait again for what is being asked. */
function withoutSides(row: Row, google: boolean, partner: boolean): Row {
  const { combined: _, ...rest } = row;
  const kept: Record<string, unknown> = rest;
  if (google) delete kept['googleAnalytics'];
  if (partner) delete kept['partner'];
  return { ...(kept as unknown as Row), failures: new Map() };
}

function sameIds(a: readonly Row[], b: readonly Row[]): boolean {
  return a.length === b.length && a.every(({ id }, index) => id === b[index]?.id);
}

const noSuchSite: Failure = { message: 'The gateway has no such site, or you may not see it.' };
const nothingCame: Failure = { message: 'The answer ended before this figure came.' };

/** What to say of an error that ended a request; an error of the page itself goes on to the console. */
export function failureOfRequest(error: unknown): Failure {
  if (error instanceof RequestFailed) return error.failure;
  throw error;
}
