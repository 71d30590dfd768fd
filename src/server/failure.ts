import type { FastifyReply } from 'fastify';

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

function codeOf(status: number): string {
  return status >= 500 ? 'INTERNAL_SERVER_ERROR' : 'BAD_REQUEST';
}
