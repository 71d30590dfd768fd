import cors from '@fastify/cors';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Report } from '../telemetry.js';
import type { Viewer } from '../viewer.js';
import type { Access, NoAdmission } from './auth.js';
import { fail } from './failure.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** null until somebody was admitted; where that is not needed, for good. */
    viewer: Viewer | null;
  }
}

const refusals = {
  // One answer for everything that can be wrong with a credential: which it was is nobody's business.
  unauthenticated: {
    status: 401,
    code: 'UNAUTHENTICATED',
    message: 'Send a valid key or token: Authorization: Bearer …',
  },
  forbidden: { status: 403, code: 'FORBIDDEN', message: 'This key or token is not for web pages of this origin.' },
  tooManyAttempts: {
    status: 429,
    code: 'UNAUTHENTICATED',
    message: 'Too many keys or tokens from this address were wrong; try again later.',
  },
  unavailable: {
    status: 503,
    code: 'INTERNAL_SERVER_ERROR',
    message: 'Tokens cannot be checked at the moment; try again later.',
  },
} as const satisfies Record<NoAdmission, { status: number; code: string; message: string }>;

const exposedHeaders = ['content-disposition', 'retry-after', 'server-timing', 'x-request-id'];

/** Answers the preflights of browsers, for the origins that some key or token may come from. */
export async function allowOrigins(server: FastifyInstance, { origins }: Access): Promise<void> {
  server.decorateRequest('viewer', null);
  if (origins.length === 0) return;
  await server.register(cors, {
    origin: [...origins],
    methods: ['GET', 'POST'],
    allowedHeaders: [
      'authorization',
      'content-type',
      'apollo-require-preflight',
      'gateway-plan',
      'gateway-trace',
      'x-request-id',
    ],
    exposedHeaders,
    maxAge: 600,
  });
}

/** What every answer says where some origins are allowed, also to those who are no pages. */
export function originHeaders({ origins }: Access): Record<string, string> {
  return origins.length > 0 ? { vary: 'Origin', 'access-control-expose-headers': exposedHeaders.join(', ') } : {};
}

/**
 * Admits a request, or answers it, before anything of its body is read. `isPublic` says of a request that it asks for no data;
 * it goes on without a viewer.
 */
export function createAccessHook(
  access: Access,
  report: Report,
  isPublic: (request: FastifyRequest) => boolean = () => false,
) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<unknown> => {
    if (isPublic(request)) return undefined;
    const { authorization, origin, host } = request.headers;
    const admission = await access.admit({ authorization, origin, host, address: request.ip });
    if ('refusal' in admission) {
      report({ type: 'request.refused', requestId: request.id, reason: admission.refusal, address: request.ip });
      return refuse(reply, admission);
    }
    request.viewer = admission.viewer;
    return undefined;
  };
}

function refuse(reply: FastifyReply, { refusal, retryAfterMs }: { refusal: NoAdmission; retryAfterMs?: number }) {
  const { status, code, message } = refusals[refusal];
  if (status === 401) reply.header('www-authenticate', 'Bearer');
  if (retryAfterMs !== undefined) reply.header('retry-after', Math.ceil(retryAfterMs / 1_000));
  return fail(reply, { status, code, message });
}
