import { type Answer, type GatewayOptions, type RunningGateway, startGateway } from './gateway.js';

/** What the sources were asked. */
export interface Asked {
  readonly partner: number;
  readonly reports: number;
}

export interface Totals {
  coveredProducts: number;
  totalProducts: number;
  [figure: string]: unknown;
}

export interface ListedProduct {
  id: string;
  name: string;
  googleAnalytics: Record<string, unknown> | null;
  partner: Record<string, unknown> | null;
  combined: Record<string, unknown> | null;
}

export interface ProductList {
  nodes: ListedProduct[];
  pageInfo: { hasNextPage: boolean; hasPreviousPage: boolean; startCursor: string | null; endCursor: string | null };
  totalCount: number;
  ranking: { complete: boolean; missing: number; reasons: string[] };
  totals: { partner: Totals | null; googleAnalytics: Totals | null };
}

/** A list with what went wrong beside it. */
export interface ListAnswer extends ProductList {
  readonly answer: Answer<{ site: { products: ProductList } } | null>;
  readonly ids: string[];
}

export interface TableGateway extends RunningGateway {
  /** `Site.products` of the first site: the arguments without their brackets, what is selected of each product, and of the list. */
  list(args: string, ofProduct?: string, ofList?: string): Promise<ListAnswer>;
  /** What the emulators were asked since this was called last. */
  asked(): Promise<Asked>;
}

/** The whole gateway, with its lists of products at hand and an account of what they cost. */
export async function startTableGateway(options: GatewayOptions = {}): Promise<TableGateway> {
  return withLists(await startGateway(options));
}

export function withLists(gateway: RunningGateway): TableGateway {
  let before: Asked = { partner: 0, reports: 0 };
  const [site] = gateway.world.sites;
  return {
    ...gateway,
    async list(args, ofProduct = 'id', ofList = '') {
      const query = `{ site(id: "${site?.id}") { products${args ? `(${args})` : ''} {
        nodes { id ${ofProduct} } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } totalCount
        ranking { complete missing reasons } ${ofList} } } }`;
      const answer = await gateway.ask<{ site: { products: ProductList } } | null>(query);
      const list = answer.data?.site?.products ?? noList;
      return { ...list, ids: list.nodes.map(({ id }) => id), answer };
    },
    async asked() {
      const [partner, google] = await Promise.all([gateway.partner.stats(), gateway.google.stats()]);
      const now = { partner: partner.calls, reports: google.reports };
      const since = { partner: now.partner - before.partner, reports: now.reports - before.reports };
      before = now;
      return since;
    },
  };
}

const noList: ProductList = {
  nodes: [],
  pageInfo: { hasNextPage: false, hasPreviousPage: false, startCursor: null, endCursor: null },
  totalCount: Number.NaN,
  ranking: { complete: false, missing: Number.NaN, reasons: [] },
  totals: { partner: null, googleAnalytics: null },
};

/** The limits of a configuration. */
export function withLimits(limits: object): NonNullable<GatewayOptions['configure']> {
  return (file) => {
    file['limits'] = limits;
  };
}
