// A process of its own: sends what it is told to, and says what came back. Every answer is looked at, so that no server is
// fast by failing.
import { request } from 'node:http';
import autocannon from 'autocannon';
import { productsBody, typenameBody, uniqueDays } from './shop.js';

/** `same`: every client asks the same; `unique`: nothing is asked twice. */
export interface LoadJob {
  readonly url: string;
  readonly kind: 'typename' | 'same' | 'unique' | 'one';
  readonly products: number;
  readonly isWarm: boolean;
  readonly connections: number;
  readonly seconds: number;
  /** Of `one`: how many, one after the other. */
  readonly requests: number;
}

export interface LoadResult {
  readonly requestsPerSecond: number;
  /** Median of single requests. */
  readonly ms: number;
  readonly failures: number;
}

let asked = Math.floor(Math.random() * 1_000_000);
const nextBody = (products: number) => productsBody(products, uniqueDays(asked++));
const sameDays = { start: '2025-03-01', end: '2025-03-28' };

process.on('message', (job: LoadJob) => {
  void (job.kind === 'one' ? askOneByOne(job) : fire(job)).then((result) => process.send?.(result));
});
process.on('disconnect', () => process.exit());
process.send?.('ready');

function headersOf({ isWarm }: LoadJob): Record<string, string> {
  return { 'content-type': 'application/json', ...(isWarm && { 'x-warm': '1' }) };
}

function fire(job: LoadJob): Promise<LoadResult> {
  const { kind, products, connections, seconds, url } = job;
  const body = kind === 'typename' ? typenameBody : productsBody(products, sameDays);
  const unique = { setupRequest: (one: autocannon.Request) => ({ ...one, body: nextBody(products) }) };
  return new Promise((resolve, reject) => {
    const options: autocannon.Options = {
      url: `${url}graphql`,
      connections,
      duration: seconds,
      method: 'POST',
      headers: headersOf(job),
      body,
      ...(kind === 'unique' && { requests: [unique] }),
      verifyBody: (text) => !isFailure(String(text)),
    };
    autocannon(options, (error, result) => {
      if (error) return reject(error);
      const failed = result.mismatches + result.non2xx + result.errors + result.timeouts;
      resolve({ requestsPerSecond: result.requests.average, ms: result.latency.p50, failures: failed });
    });
  });
}

async function askOneByOne(job: LoadJob): Promise<LoadResult> {
  const times: number[] = [];
  let failures = 0;
  const begin = performance.now();
  for (let left = job.requests; left > 0; left -= 1) {
    const start = performance.now();
    const text = await post(job, nextBody(job.products));
    times.push(performance.now() - start);
    if (isFailure(text)) failures += 1;
  }
  const ms = times.sort((a, b) => a - b)[Math.floor(times.length / 2)] ?? Number.NaN;
  return { requestsPerSecond: (1_000 * times.length) / (performance.now() - begin), ms, failures };
}

function isFailure(text: string): boolean {
  return !text.startsWith('{"data":{') || text.includes('"errors"');
}

function post(job: LoadJob, body: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const sent = request(`${job.url}graphql`, { method: 'POST', headers: headersOf(job) }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => resolve(Buffer.concat(chunks).toString()));
    });
    sent.on('error', reject);
    sent.end(body);
  });
}
