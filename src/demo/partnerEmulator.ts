import type { Clock } from '../clock.js';
import { type Emulator, type EmulatorExchange, type EmulatorTools, sendJson, startEmulator } from './emulatorServer.js';
import type { FaultRule } from './faults.js';
import { createRandom } from './random.js';
import type { DemoWorld, PartnerNumbers } from './seed.js';
import { pause } from './transportFaults.js';

export interface PartnerEmulatorOptions {
  world: DemoWorld;
  /** Dates `updatedAt`; the latency is real time. */
  clock: Clock;
  /** Accepted for every product; so is the key of a site that has one of its own. */
  apiKey: string;
  port?: number;
  /** Bounds of the time that an answer takes; each product has its own, always the same. */
  latency: { minMs: number; maxMs: number };
  seed: number;
}

/**
 * The partner of the demo: `GET /summary?product=&from=&to=&api_key=`.
 *
 * from and to (YYYY-MM-DD, inclusive) come together or not at all; without them the answer is for all time. Faults of its
 * own: `number {value}` puts the value where every number should be, `number {json}` a text that no JSON parser would hand
 * on unchanged, such as 1e999, and neither leaves the numbers out; `mismatch` is the answer for another product.
 */
export function createPartnerEmulator(options: PartnerEmulatorOptions): Promise<Emulator> {
  return startEmulator({
    ...(options.port !== undefined && { port: options.port }),
    faults: ['number', 'mismatch'],
    async handle(exchange, tools) {
      const { request, response, url } = exchange;
      if (url.pathname !== '/summary') return sendJson(response, 404, { error: 'There is only /summary.' });
      if (request.method !== 'GET') return sendJson(response, 405, { error: 'Use GET.' });
      await answerSummary(options, exchange, tools);
    },
  });
}

async function answerSummary(options: PartnerEmulatorOptions, exchange: EmulatorExchange, tools: EmulatorTools) {
  const { response, url } = exchange;
  const product = url.searchParams.get('product') ?? '';
  tools.count(product);
  const rule = tools.takeFault([product]);
  const reply = createReply(options, url.searchParams, rule);
  if (rule && (await tools.applyTransportFault(rule, exchange, reply.body))) return;
  // A latency that was asked for stands in the place of the product's own.
  const ownLatency = rule?.fault === 'latency' ? 0 : latencyOf(product, options);
  if (!(await pause(ownLatency, response))) return;
  response.writeHead(reply.status, { 'content-type': 'application/json' }).end(reply.body);
}

interface Reply {
  status: number;
  /** JSON. */
  body: string;
}

function createReply(options: PartnerEmulatorOptions, query: URLSearchParams, rule: FaultRule | undefined): Reply {
  const { world } = options;
  if (!isAccepted(query.get('api_key'), options)) return refuse(401, 'The API key is missing or wrong.');
  const range = readRange(query.get('from'), query.get('to'));
  if (range === 'malformed') return refuse(400, 'from and to must be days (YYYY-MM-DD) in order, or both absent.');
  const asked = query.get('product');
  const product = rule?.fault === 'mismatch' ? anotherProduct(world, asked) : asked;
  const numbers = product === null ? undefined : world.partnerNumbers(product, range);
  if (product === null || !numbers) return refuse(404, 'The product is unknown.');
  return { status: 200, body: formatSummary(product, numbers, lastUpdate(product, options), rule) };
}

function refuse(status: number, error: string): Reply {
  return { status, body: JSON.stringify({ error }) };
}

function isAccepted(key: string | null, { apiKey, world }: PartnerEmulatorOptions): boolean {
  return key !== null && (key === apiKey || world.sites.some(({ partnerApiKey }) => partnerApiKey === key));
}

function readRange(start: string | null, end: string | null): { start: string; end: string } | undefined | 'malformed' {
  if (start === null && end === null) return undefined;
  return start !== null && end !== null && isDay(start) && isDay(end) && start <= end ? { start, end } : 'malformed';
}

/** Date rolls 30 February over to 2 March: only a day that exists survives the way there and back. */
function isDay(text: string): boolean {
  const date = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().slice(0, 10) === text;
}

function anotherProduct(world: DemoWorld, asked: string | null): string | null {
  return world.products.find(({ partnerId }) => partnerId !== null && partnerId !== asked)?.partnerId ?? null;
}

/** Written field by field, because JSON.stringify could not write what the `number` fault may be asked for. */
function formatSummary(
  product: string,
  numbers: PartnerNumbers,
  updatedAt: string,
  rule: FaultRule | undefined,
): string {
  const number = (honest: number | string) => (rule?.fault === 'number' ? spoiledNumber(rule) : JSON.stringify(honest));
  const fields: [name: string, json: string | undefined][] = [
    ['product', JSON.stringify(product)],
    ['impressions', number(numbers.impressions)],
    ['clicks', number(numbers.clicks)],
    ['orders', number(numbers.orders)],
    ['revenue', number(formatCents(numbers.revenueCents))],
    ['currency', JSON.stringify(numbers.currency)],
    ['updatedAt', JSON.stringify(updatedAt)],
  ];
  const present = fields.filter(([, json]) => json !== undefined);
  return `{${present.map(([name, json]) => `"${name}":${json}`).join(',')}}`;
}

function spoiledNumber({ value, json }: FaultRule): string | undefined {
  return typeof json === 'string' ? json : JSON.stringify(value);
}

/** Two decimals in every currency, and never by way of a fraction, which could not hold the cents of a large sum. */
function formatCents(cents: number): string {
  const digits = String(Math.abs(cents)).padStart(3, '0');
  return `${cents < 0 ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`;
}

const hourMs = 3_600_000;

/** The partner counts once an hour, each product at a minute of its own: the last time that it did. */
function lastUpdate(product: string, { clock, seed }: PartnerEmulatorOptions): string {
  const minuteMs = Math.floor(createRandom(`${seed} minute ${product}`)() * 60) * 60_000;
  return new Date(Math.floor((clock.now() - minuteMs) / hourMs) * hourMs + minuteMs).toISOString();
}

function latencyOf(product: string, { latency: { minMs, maxMs }, seed }: PartnerEmulatorOptions): number {
  return Math.round(minMs + createRandom(`${seed} latency ${product}`)() * (maxMs - minMs));
}
