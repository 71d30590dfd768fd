import type { Clock } from '../../src/clock.js';
import { type BadServer, type BadServerOptions, startBadServer } from './badServer.js';
import { type Answer, type CatalogFile, type RunningGateway, startGateway } from './gateway.js';

export interface FaultyOptions {
  products?: number;
  /** Of one request; 5s by default. */
  deadline?: string;
  /** Keys of `sources.partner`, over those of the demo. */
  partner?: Record<string, unknown>;
  catalog?: (catalog: CatalogFile) => void;
  schema?: (text: string) => string;
  clock?: Clock;
}

export interface PartnerFigures {
  impressions: number | null;
  clicks: number | null;
  orders: number | null;
  revenue: string | null;
  currency: string | null;
}

export interface ProductAnswer {
  id: string;
  googleAnalytics: { pageViews: number } | null;
  partner: PartnerFigures | null;
}

/** What the client got, and how long it took in ms. */
export type Timed<T> = Answer<T> & { ms: number };

export interface FaultyGateway extends RunningGateway {
  bad: BadServer;
  /** Both sources' figures of one product, by its place in the catalog. */
  askProduct(index?: number): Promise<Timed<{ product: ProductAnswer }>>;
  /** The same of the first products of the site. */
  askSite(first: number): Promise<Timed<{ site: { products: { nodes: ProductAnswer[] } } }>>;
  /** How often the product at this place was asked for upstream. */
  calls(index?: number): number;
}

const figures = 'id googleAnalytics { pageViews } partner { impressions clicks orders revenue currency }';

/** The whole gateway, with Google's emulator as it is and a bad server in the partner's place. The path is the partner's id. */
export async function startFaultyGateway(
  server: BadServerOptions,
  options: FaultyOptions = {},
): Promise<FaultyGateway> {
  const { products = 1, deadline = '5s', partner = {}, ...rest } = options;
  const bad = await startBadServer(server);
  const gateway = await startGateway({
    ...rest,
    products,
    configure(file) {
      file.server['deadline'] = deadline;
      Object.assign(file.sources.partner ?? {}, {
        url: `${bad.url}/{partnerId}?product={partnerId}&from={start}&to={end}`,
        ...partner,
      });
    },
  });

  async function ask<T>(query: string, variables: object): Promise<Timed<T>> {
    const begin = performance.now();
    const answer = await gateway.ask<T>(query, variables);
    return { ...answer, ms: performance.now() - begin };
  }

  return {
    ...gateway,
    bad,
    askProduct: (index = 0) =>
      ask(`query ($id: ID!) { product(id: $id) { ${figures} } }`, { id: gateway.world.products[index]?.id }),
    askSite: (first) =>
      ask(`query ($first: Int!) { site(id: "shop") { products(first: $first) { nodes { ${figures} } } } }`, { first }),
    calls: (index = 0) => bad.calls(`/${gateway.world.products[index]?.partnerId}`),
    async close() {
      await gateway.close();
      await bad.close();
    },
  };
}

/** What `summaryOf` of badScripts.ts says about every product, as the client reads it. */
export const honestFigures: PartnerFigures = {
  impressions: 12_345,
  clicks: 678,
  orders: 9,
  revenue: '1234.50',
  currency: 'EUR',
};
