import type { ServerResponse } from 'node:http';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { Clock } from '../clock.js';
import { type Emulator, type EmulatorExchange, type EmulatorTools, sendJson, startEmulator } from './emulatorServer.js';
import { answerCall, type Backend, callFaults, categoryOf, type GoogleCall, matchCall } from './googleCalls.js';
import { notFoundPage } from './googleErrors.js';
import { indexProperties } from './googleHits.js';
import { createQuotas, type QuotaLimits, standardLimits } from './googleQuota.js';
import { createTokenIssuer, type TokenIssuer } from './googleTokens.js';
import type { DemoWorld } from './seed.js';
import { pause, transportFaults } from './transportFaults.js';

export interface GoogleAnalyticsEmulatorOptions {
  world: DemoWorld;
  /** Decides what today is, and when quotas refill. Tokens and latency go by the machine's time. */
  clock: Clock;
  port?: number;
  /** The time that every call of the Data API takes. 0 by default. */
  latencyMs?: number;
  /** What differs from the standard quotas. */
  quotaLimits?: Partial<QuotaLimits>;
}

const tokenFaults = ['token-down', 'token-slow', 'token-refused'];

/**
 * Google Analytics as its clients see it: the Data API v1beta of every site of the world, and the token endpoint.
 *
 * `GET /__credentials` is the service-account file that it accepts; its token_uri is Google's own, as in real files, so
 * a client must be told to exchange at `/token` here. `GET /__stats` also counts `reports` (single ones, within calls)
 * and `tokenCalls`. Keys of faults are property ids. Faults of its own: `quota {bucket}`, `unavailable {status: 503}` (or
 * 500 or 504; ten within an hour use up a quota, as with Google), `api-disabled`, `thresholded {users: 50}`, `sampled
 * {share: 0.5}`, `other-row`, `late` (visits are known after 2 to 12 hours, one in 20 after up to 48); and for the token
 * endpoint, by "*" or the key "token", `token-down`, `token-slow {ms: 1000}` and `token-refused`.
 *
 * @see https://developers.google.com/analytics/devguides/reporting/data/v1/rest
 */
export async function createGoogleAnalyticsEmulator(options: GoogleAnalyticsEmulatorOptions): Promise<Emulator> {
  const { world, clock, port, latencyMs = 0 } = options;
  const issuer = await createTokenIssuer();
  const stats = { reports: 0, tokenCalls: 0 };
  const backend: Backend = {
    properties: indexProperties(world),
    quotas: createQuotas(() => clock.now(), { ...standardLimits, ...options.quotaLimits }),
    now: () => clock.now(),
    accepts: (bearer) => issuer.accepts(bearer),
    countReports(count) {
      stats.reports += count;
    },
  };
  return startEmulator({
    ...(port !== undefined && { port }),
    faults: [...callFaults, ...tokenFaults],
    async handle(exchange, tools) {
      const { request, response, url } = exchange;
      const route = `${request.method} ${url.pathname}`;
      if (route === 'GET /__credentials') return sendJson(response, 200, issuer.serviceAccount);
      if (route === 'POST /token') {
        stats.tokenCalls += 1;
        return exchangeToken(issuer, exchange, tools);
      }
      const call = matchCall(request.method, url.pathname);
      if (!call) return sendNotFound(response, url.pathname);
      await carryOut(backend, call, exchange, tools, latencyMs);
    },
    extraStats: () => ({ ...stats }),
    onReset() {
      stats.reports = 0;
      stats.tokenCalls = 0;
      backend.quotas.reset();
    },
  });
}

async function exchangeToken(issuer: TokenIssuer, { response, body }: EmulatorExchange, tools: EmulatorTools) {
  const rule = tools.takeFault(['token'], tokenFaults);
  if (rule?.fault === 'token-down') return sendJson(response, 503, { error: 'temporarily_unavailable' });
  if (rule?.fault === 'token-slow' && !(await pause(Number(rule['ms'] ?? 1000), response))) return;
  if (rule?.fault === 'token-refused') {
    const error_description = 'Invalid grant: account not found';
    return sendJson(response, 400, { error: 'invalid_grant', error_description });
  }
  const answer = issuer.exchange(new URLSearchParams(body.toString('utf8')));
  sendJson(response, answer.status, answer.body);
}

async function carryOut(
  backend: Backend,
  call: GoogleCall,
  exchange: EmulatorExchange,
  tools: EmulatorTools,
  latencyMs: number,
): Promise<void> {
  const { request, response, url, body } = exchange;
  tools.count(call.property);
  response.once('close', backend.quotas.of(call.property, categoryOf(call)).enter());
  const rule = tools.takeFault([call.property], [...transportFaults, ...callFaults]);
  const sent = { authorization: request.headers.authorization, body: body.toString('utf8') };
  const { status, headers, value } = answerCall(backend, call, sent, rule);
  const text = formatBody(value, url.searchParams.get('prettyPrint') !== 'false');
  if (rule && (await tools.applyTransportFault(rule, exchange, text))) return;
  if (latencyMs > 0 && !(await pause(latencyMs, response))) return;
  const acceptsGzip = String(request.headers['accept-encoding'] ?? '').includes('gzip');
  const bytes = acceptsGzip ? await promisify(gzip)(text) : Buffer.from(text);
  response
    .writeHead(status, {
      ...headers,
      'content-type': 'application/json; charset=UTF-8',
      vary: 'Origin, X-Origin, Referer',
      ...(acceptsGzip && { 'content-encoding': 'gzip' }),
      'content-length': bytes.length,
    })
    .end(bytes);
}

/** JSON as Google writes it: indented unless told otherwise, and safe to stand in a page of HTML. */
function formatBody(value: object, pretty: boolean): string {
  const text = pretty ? `${JSON.stringify(value, null, 2)}\n` : JSON.stringify(value);
  return text.replace(/[<>&]/g, (character) => `\\u00${character.charCodeAt(0).toString(16)}`);
}

function sendNotFound(response: ServerResponse, path: string): void {
  response.writeHead(404, { 'content-type': 'text/html; charset=UTF-8' }).end(notFoundPage(path));
}
