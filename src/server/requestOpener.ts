import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Clock } from '../clock.js';
import type { Context } from '../schema/context.js';
import type { Viewer } from '../viewer.js';
import type { Drain } from './drain.js';
import { unauthenticated } from './masking.js';
import { createRequestScope, followResponse, type RequestScope } from './requestScope.js';
import type { RequestSpans } from './requestSpans.js';
import type { Traces } from './trace.js';

export interface RequestOpenerOptions {
  deadlineMs: number;
  createContext(scope: RequestScope, viewer: Viewer): Context;
  drain: Drain;
  spans: RequestSpans;
  traces: Traces;
  clock: Clock;
}

/** Begins what lives as long as a request: its scope, what closing waits for, its span and its trace. */
export type OpenRequest = (request: FastifyRequest, reply: FastifyReply) => Context;

export function createRequestOpener(options: RequestOpenerOptions): OpenRequest {
  const { deadlineMs, createContext, drain, spans, traces, clock } = options;
  let requests = 0;
  return (request, { raw: response }) => {
    // Where nobody was admitted, Apollo is asked for its page, and not for data.
    if (!request.viewer) throw unauthenticated();
    // Clients may use an id of theirs twice; what is kept by request needs one of its own.
    requests += 1;
    const requestId = `${request.id}.${requests.toString(36)}`;
    const scope = createRequestScope({ requestId, deadlineMs, clock });
    followResponse(scope, response);
    drain.follow(scope, response);
    spans.name(request.raw, requestId);
    traces.begin(requestId);
    response.once('close', () => traces.end(requestId));
    return createContext(scope, request.viewer);
  };
}
