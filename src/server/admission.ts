import type { OutgoingHttpHeaders, RequestListener, ServerResponse } from 'node:http';
import type { Report } from '../telemetry.js';
import type { Overload, ShedReason } from './overload.js';
import { createSenders, type Exchange } from './slowSenders.js';

/** When it makes sense to come back to a gateway that has too much to do (s). */
const retryAfterSeconds = 1;
const tooMuch = bodyOf(`The gateway has too much to do at the moment; ask again in ${retryAfterSeconds} s.`);
const tooSlow = bodyOf('The request was not sent in time, and others were waiting; ask again.');

/** Pages of any origin may read that there is too much to do. */
const headers: OutgoingHttpHeaders = {
  'content-type': 'application/json; charset=utf-8',
  'retry-after': `${retryAfterSeconds}`,
  'cache-control': 'no-store',
  'access-control-allow-origin': '*',
  'x-content-type-options': 'nosniff',
};

function bodyOf(message: string): Buffer {
  const extensions = { code: 'OVERLOADED', retryable: true, retryAfterMs: retryAfterSeconds * 1_000 };
  return Buffer.from(JSON.stringify({ errors: [{ message, extensions }] }));
}

export interface AdmissionOptions {
  overload: Overload;
  requestIdOf: (header: string | string[] | undefined) => string;
  report: Report;
}

/**
 * Refuses requests at once when there is too much to do, but for those that cost next to nothing: health checks, pages and
 * preflights always pass.
 *
 * Stands before the framework, because a refusal must cost next to nothing: at ten times the load nine of ten requests are
 * one, and what they cost is taken from those that are answered.
 */
export function createAdmission({ overload, requestIdOf, report }: AdmissionOptions) {
  const senders = createSenders();

  function shed({ request, response }: Pair, reason: ShedReason, answer: Partial<Answer>): void {
    const requestId = requestIdOf(request.headers['x-request-id']);
    report({ type: 'request.shed', requestId, reason });
    refuse(response, { status: 503, body: tooMuch, requestId, ...answer });
  }

  /** Whoever takes a place and does not send its request gives way to one that comes. */
  function enter(): ShedReason | null {
    const refusal = overload.enter();
    const sender = refusal === 'inFlight' ? senders.takeSlowest() : undefined;
    if (!sender) return refusal;
    sender.leave();
    shed(sender, 'inFlight', { status: 408, body: tooSlow });
    return overload.enter();
  }

  /** It has its place until it has its answer, is gone, or is let go. */
  function follow({ request, response }: Pair): void {
    let isIn = true;
    const exchange = {
      request,
      response,
      leave() {
        if (isIn) overload.leave();
        isIn = false;
        senders.forget(exchange);
      },
    };
    // A body of these is waited for by nobody: they may be running by now.
    if (request.method !== 'GET' && request.method !== 'HEAD') senders.follow(exchange);
    response.once('close', exchange.leave);
  }

  return (next: RequestListener): RequestListener =>
    (request, response) => {
      if (isFree(request.url) || request.method === 'OPTIONS') return next(request, response);
      const refusal = enter();
      if (refusal !== null) return shed({ request, response }, refusal, {});
      follow({ request, response });
      next(request, response);
    };
}

type Pair = Pick<Exchange, 'request' | 'response'>;

const freePaths = new Set(['/', '/graphiql', '/livez', '/readyz', '/metrics']);

/**
 * Names what is free and not what is counted: the router knows many spellings of one path (`/%67raphql`, `/graphql#`, a whole
 * URL), and one that is overlooked here would never be refused.
 */
function isFree(url = ''): boolean {
  const queryAt = url.indexOf('?');
  const path = queryAt < 0 ? url : url.slice(0, queryAt);
  return freePaths.has(path) || path.startsWith('/assets/');
}

interface Answer {
  readonly status: 408 | 503;
  readonly body: Buffer;
  readonly requestId: string;
}

function refuse(response: ServerResponse, { status, body, requestId }: Answer): void {
  // Nobody waits for the rest of a request that has been answered.
  const connection = status === 408 ? { connection: 'close' } : {};
  const own = { 'content-length': body.length, 'x-request-id': requestId, ...connection };
  response.writeHead(status, { ...headers, ...own }).end(body);
}
