// A process of its own: both sources, as cheap as they can be, so that what is measured is the server in front of them.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createShop, dimension } from './shop.js';

const shop = createShop(Number(process.argv[2] ?? 1_000));
let partnerMs = 0;
let partnerCalls = 0;

const server = createServer((request, response) => {
  const url = request.url ?? '';
  if (url.startsWith('/summary')) return answerPartner(url, response);
  readBody(request, (body) => {
    if (url === '/token') return send(response, { access_token: 'token', expires_in: 3_600, token_type: 'Bearer' });
    if (url.endsWith(':runReport')) return send(response, answerReport(JSON.parse(body) as ReportRequest));
    const { requests } = JSON.parse(body) as { requests: ReportRequest[] };
    send(response, { kind: 'analyticsData#batchRunReports', reports: requests.map(answerReport) });
  });
});
server.keepAliveTimeout = 600_000;
server.listen({ port: 0, host: '127.0.0.1', backlog: 4_096 }, () => {
  process.send?.({ port: (server.address() as AddressInfo).port });
});
process.on('message', (message: { partnerMs?: number }) => {
  partnerMs = message.partnerMs ?? partnerMs;
  process.send?.({ partnerMs, partnerCalls });
});
process.on('disconnect', () => process.exit());

function answerPartner(url: string, response: ServerResponse): void {
  partnerCalls += 1;
  const product = url.slice(url.indexOf('=') + 1, url.indexOf('&'));
  const body = `{"product":"${product}","impressions":12345,"clicks":678,"orders":9,"revenue":"1234.50","currency":"EUR","updatedAt":"2026-01-15T12:00:00Z"}`;
  const answer = () => response.writeHead(200, jsonHeaders(body)).end(body);
  if (partnerMs === 0) answer();
  else setTimeout(answer, partnerMs);
}

interface ReportRequest {
  metrics: { name: string }[];
  dateRanges: { name?: string }[];
  dimensionFilter?: { filter: { inListFilter?: { values: string[] } } };
}

/**
 * A row for each range and key that is listed, or for every product where the whole table is read. The form is the API's:
 * several ranges are told apart by a column.
 */
function answerReport({ metrics, dateRanges, dimensionFilter }: ReportRequest): object {
  const keys = dimensionFilter?.filter.inListFilter?.values ?? shop.map(({ key }) => key);
  const ranges = dateRanges.length > 1 ? dateRanges.map(({ name }) => [{ value: name }]) : [[]];
  const rows = ranges.flatMap((range) => keys.map((key, index) => rowOf([{ value: key }, ...range], index, metrics)));
  const left = { consumed: 1, remaining: 200_000 };
  return {
    kind: 'analyticsData#runReport',
    dimensionHeaders: [{ name: dimension }, ...(ranges.length > 1 ? [{ name: 'dateRange' }] : [])],
    metricHeaders: metrics.map(({ name }) => ({ name, type: 'TYPE_INTEGER' })),
    rows,
    rowCount: rows.length,
    metadata: { currencyCode: 'EUR', timeZone: 'Europe/Berlin' },
    propertyQuota: { tokensPerDay: left, tokensPerHour: left, tokensPerProjectPerHour: left },
  };
}

function rowOf(dimensionValues: readonly object[], index: number, metrics: readonly object[]): object {
  return {
    dimensionValues,
    metricValues: metrics.map((_, column) => ({ value: String(1_000 + index * 7 + column) })),
  };
}

function readBody(request: IncomingMessage, then: (body: string) => void): void {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => then(Buffer.concat(chunks).toString()));
}

function send(response: ServerResponse, answer: object): void {
  const body = JSON.stringify(answer);
  response.writeHead(200, jsonHeaders(body)).end(body);
}

function jsonHeaders(body: string) {
  return { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
}
