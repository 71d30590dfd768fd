// The floor: node:http and an undici Pool doing the same work as the gateway, without GraphQL and without any of its promises:
// no limit, no retry, no check of an answer, nothing shared. What is measured is a ratio to this.
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Pool } from 'undici';
import { createShop, type Days, dimension, property, type ShopProduct } from './shop.js';

const upstream = process.argv[2] ?? '';
const shop = createShop(Number(process.argv[3] ?? 1_000));
const partner = new Pool(upstream, { connections: 1_000, pipelining: 1 });
const google = new Pool(upstream, { connections: 50, pipelining: 1 });

interface Operation {
  readonly operationName: string;
  readonly variables: Days & { readonly first: number };
}

type Figures = Record<string, unknown>;

/** What the sources said of a product on some days, for the scenario with a warm cache. */
const kept = new Map<string, [google: Figures, partner: Figures]>();

const server = createServer((request, response) => {
  void readBody(request)
    .then((body) => answer(JSON.parse(body) as Operation, request.headers['x-warm'] === '1'))
    .then((body) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) });
      response.end(body);
    });
});
server.listen(0, '127.0.0.1', () =>
  process.stdout.write(`http://localhost:${(server.address() as AddressInfo).port}/\n`),
);

async function answer({ operationName, variables }: Operation, isWarm: boolean): Promise<string> {
  if (operationName === 'Typename') return '{"data":{"__typename":"Query"}}\n';
  const products = shop.slice(0, variables.first);
  const figures = (isWarm && recall(products, variables)) || (await load(products, variables));
  if (isWarm) for (const [index, product] of products.entries()) remember(product, variables, figures[index]);
  const nodes = products.map(({ id, name }, index) => {
    const [ofGoogle, ofPartner] = figures[index] ?? [{}, {}];
    return { id, name, googleAnalytics: ofGoogle, partner: ofPartner };
  });
  return `${JSON.stringify({ data: { site: { products: { nodes } } } })}\n`;
}

const nameOf = ({ id }: ShopProduct, { start, end }: Days) => `${id} ${start} ${end}`;

function recall(products: readonly ShopProduct[], days: Days): [Figures, Figures][] | null {
  const found = products.map((product) => kept.get(nameOf(product, days)));
  return found.every((one) => one !== undefined) ? found : null;
}

function remember(product: ShopProduct, days: Days, figures: [Figures, Figures] | undefined): void {
  if (figures) kept.set(nameOf(product, days), figures);
}

async function load(products: readonly ShopProduct[], days: Days): Promise<[Figures, Figures][]> {
  const report = loadReport(products, days);
  const summaries = await Promise.all(products.map((product) => loadSummary(product, days)));
  const rows = await report;
  return products.map(({ key }, index) => [rows.get(key) ?? {}, summaries[index] ?? {}]);
}

async function loadSummary({ partnerId }: ShopProduct, { start, end }: Days): Promise<Figures> {
  const path = `/summary?product=${partnerId}&from=${start}&to=${end}&api_key=key`;
  const { body } = await partner.request({ path, method: 'GET' });
  const { impressions, clicks, orders, revenue, currency } = JSON.parse(await body.text()) as Figures;
  return { impressions, clicks, orders, revenue, currency };
}

interface Report {
  rows: { dimensionValues: { value: string }[]; metricValues: { value: string }[] }[];
}

async function loadReport(products: readonly ShopProduct[], { start, end }: Days): Promise<Map<string, Figures>> {
  const values = products.map(({ key }) => key);
  const { body } = await google.request({
    path: `/v1beta/properties/${property}:runReport`,
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      dimensions: [{ name: dimension }],
      metrics: [{ name: 'screenPageViews' }, { name: 'sessions' }],
      dateRanges: [{ startDate: start, endDate: end }],
      dimensionFilter: { filter: { fieldName: dimension, inListFilter: { values } } },
    }),
  });
  const { rows } = JSON.parse(await body.text()) as Report;
  return new Map(
    rows.map(({ dimensionValues, metricValues }) => [
      dimensionValues[0]?.value ?? '',
      { pageViews: Number(metricValues[0]?.value), sessions: Number(metricValues[1]?.value) },
    ]),
  );
}

async function readBody(request: IncomingMessage): Promise<string> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => resolve(Buffer.concat(chunks).toString()));
  });
}
