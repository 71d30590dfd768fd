import type { OutgoingHttpHeaders, RequestListener, ServerResponse } from 'node:http';
import type { Report } from '../telemetry.js';
import type { Overload } from './overload.js';

/** When it makes sense to come back to a gateway that has too much to do (s). */
const retryAfterSeconds = 1;
const refusal = Buffer.from(
  JSON.stringify({
    errors: [
      {
        message: `The gateway has too much to do at the moment; ask again in ${retryAfterSeconds} s.`,
        extensions: { code: 'OVERLOADED', retryable: true, retryAfterMs: retryAfterSeconds * 1_000 },
      },
    ],
  }),
);
/** Pages of any origin may read that there is too much to do. */
const headers: OutgoingHttpHeaders = {
  'content-type': 'application/json; charset=utf-8',
  'content-length': refusal.length,
  'retry-after': `${retryAfterSeconds}`,
  'cache-control': 'no-store',
  'access-control-allow-origin': '*',
  'x-content-type-options': 'nosniff',
};

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
  return (next: RequestListener): RequestListener =>
    (request, response) => {
      if (isFree(request.url) || request.method === 'OPTIONS') return next(request, response);
      const reason = overload.enter();
      if (reason !== null) {
        const requestId = requestIdOf(request.headers['x-request-id']);
        report({ type: 'request.shed', requestId, reason });
        return refuse(response, requestId);
      }
      response.once('close', overload.leave);
      next(request, response);
    };
}

const freePaths = new Set(['/', '/graphiql', '/livez', '/readyz', '/metrics']);

/**
 * Names what is free and not what is counted: the router knows many spellings of one path (`/%67raphql`, `/graphql#`, a whole
 * URL), and one that is overlooked here would never be refused.
 */
function isFree(url = ''): boolean {
  const [path = ''] = url.split('?', 1);
  return freePaths.has(path) || path.startsWith('/assets/');
}

function refuse(response: ServerResponse, requestId: string): void {
  response.writeHead(503, { ...headers, 'x-request-id': requestId }).end(refusal);
}
