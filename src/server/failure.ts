import type { FastifyInstance, FastifyReply } from 'fastify';
import type { Report } from '../telemetry.js';

export interface Failure {
  readonly status: number;
  readonly message: string;
  /** By default what the status says: BAD_REQUEST, or INTERNAL_SERVER_ERROR. */
  readonly code?: string;
}

/** Every error has the form that GraphQL clients read, also where no operation was reached. */
export function fail(reply: FastifyReply, { status, message, code = codeOf(status) }: Failure): FastifyReply {
  return reply.code(status).send({ errors: [{ message, extensions: { code } }] });
}

/** For a hook to throw: answered as what the framework itself could not read. */
export function unreadable(statusCode: number, message: string): Error {
  return Object.assign(new Error(message), { statusCode });
}

/** Of a body. Ten times what a document of all its tokens takes, with 200 ids of the longest: what is larger is no question. */
export const maxRequestBytes = 524_288;

/** What the framework says by these codes, with what to do about it. */
const cures: Readonly<Record<string, string>> = {
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'The body must be JSON; send it with "content-type: application/json".',
  FST_ERR_CTP_BODY_TOO_LARGE: `The request is too large; it may have ${maxRequestBytes / 1_024} KiB. Ask in several requests.`,
};

/** Answers for what the framework could not read, for what nobody expected, and where there is nothing. */
export function answerFailures(server: FastifyInstance, report: Report): void {
  server.setErrorHandler((error: { statusCode?: number; message?: string; code?: string }, request, reply) => {
    const { statusCode = 500, code = '', message = 'The request is not valid.' } = error;
    if (statusCode < 500) {
      report({ type: 'request.refused', requestId: request.id, reason: 'malformed', address: request.ip });
      return fail(reply, { status: statusCode, message: cures[code] ?? message });
    }
    report({ type: 'request.failed', requestId: request.id, error });
    return fail(reply, { status: 500, message: 'The gateway failed on this request; its log knows more.' });
  });
  const methodsAt = (url: string) => (['GET', 'POST'] as const).filter((method) => server.hasRoute({ method, url }));
  server.setNotFoundHandler((request, reply) => {
    const [path = ''] = request.url.split('?');
    const methods = methodsAt(path);
    if (methods.length > 0) {
      reply.header('allow', methods.join(', '));
      const message = `${request.method} is not answered at ${path}; use ${methods.join(' or ')}.`;
      return fail(reply, { status: 405, message });
    }
    return fail(reply, { status: 404, message: `There is nothing at ${path}; GraphQL is at /graphql.` });
  });
}

function codeOf(status: number): string {
  return status >= 500 ? 'INTERNAL_SERVER_ERROR' : 'BAD_REQUEST';
}
