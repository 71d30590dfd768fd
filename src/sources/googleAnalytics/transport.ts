import { Agent, fetch as undiciFetch } from 'undici';
import { GatewayError } from '../../errors.js';
import { type Tracing, withoutQuery } from '../../tracing.js';
import { readBounded } from '../boundedBody.js';
import { badResponse, brokenOff, tokenRefused, tokenServerFailed, unreachable } from './failures.js';

const googleTokenUrl = 'https://oauth2.googleapis.com/token';
/** A report of 250,000 rows is about this large. */
const maxBytes = 67_108_864;
const connectTimeoutMs = 3_000;

export interface TransportOptions {
  /** Where tokens are asked instead of Google; null = Google. */
  tokenUrl: string | null;
  connections: number;
  /** How long a token may take; what limits a report does not limit its token. */
  timeoutMs: number;
  tracing: Tracing;
}

/**
 * The fetch that the Google client works with, for tokens and reports alike. The client's own one ends the process when a
 * signal aborts early, follows redirects with the bearer token, and knows no limit of size.
 */
export function createTransport({ tokenUrl, connections, timeoutMs, tracing }: TransportOptions) {
  const dispatcher = new Agent({ connections, connect: { timeout: connectTimeoutMs } });

  async function send(input: string | URL | Request, init?: RequestInit): Promise<Response> {
    const asked = String(input instanceof Request ? input.url : input);
    const isToken = asked === googleTokenUrl;
    const url = isToken && tokenUrl !== null ? tokenUrl : asked;
    // The client hands its signal to reports only: a token that nobody limits would hold up every later report.
    const signal = isToken ? AbortSignal.timeout(timeoutMs) : init?.signal;
    const answer = await undiciFetch(url, {
      ...(init as object),
      headers: { ...Object.fromEntries(new Headers(init?.headers)), ...tracing.headers() },
      signal: signal ?? null,
      dispatcher,
      redirect: 'manual',
    }).catch(() => {
      throw signal?.aborted && !isToken ? signal.reason : unreachable();
    });
    const body = await readBounded(answer.body, maxBytes, badResponse).catch((error: unknown) => {
      throw error instanceof GatewayError ? error : brokenOff();
    });
    // The body is decoded by now.
    const headers = [...answer.headers].filter(([name]) => name !== 'content-encoding' && name !== 'content-length');
    return new Response(isBodyless(answer.status) ? null : body, {
      status: isToken ? ownStatusOf(answer.status) : answer.status,
      headers: headers.map(([name, value]): [string, string] => [name, value]),
    });
  }

  function traced(input: string | URL | Request, init?: RequestInit): Promise<Response> {
    const method = init?.method ?? 'GET';
    const url = withoutQuery(String(input instanceof Request ? input.url : input));
    const attributes = { 'gateway.source': 'googleAnalytics', 'http.request.method': method, 'url.full': url };
    return tracing.span({ name: method, kind: 'client', attributes }, () => send(input, init));
  }

  return { fetch: traced as typeof globalThis.fetch, close: () => dispatcher.destroy() };
}

/**
 * The auth library repeats a token request that failed with 5xx three times, for 2 seconds and more, whatever it is told;
 * it does not repeat these. Ends when google-auth-library takes a retry option for its token requests. And a token that is
 * refused must not look like a report that is.
 */
function ownStatusOf(status: number): number {
  if (status >= 500) return tokenServerFailed;
  return status >= 400 ? tokenRefused : status;
}

function isBodyless(status: number): boolean {
  return status === 204 || status === 205 || status === 304;
}
