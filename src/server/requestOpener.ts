import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Clock } from '../clock.js';
import type { Context } from '../schema/context.js';
import type { Viewer } from '../viewer.js';
import type { Answers } from './answers.js';
import type { Drain } from './drain.js';
import { unauthenticated } from './masking.js';
import { createRequestScope, followResponse, type RequestScope } from './requestScope.js';
import type { RequestSpans } from './requestSpans.js';
import type { Traces } from './trace.js';

export interface RequestOpenerOptions {
  deadlineMs: number;
  createContext(scope: RequestScope, viewer: Viewer): Context;
  drain: Drain;
  answers: Answers;
  nameRequest(request: FastifyRequest): string;
  traces: Traces;
  clock: Clock;
}

/** Begins what lives as long as a request: its scope, what closing waits for, its span and its trace. */
export type OpenRequest = (request: FastifyRequest, reply: FastifyReply) => Context;

export function createRequestOpener(options: RequestOpenerOptions): OpenRequest {
  const { deadlineMs, createContext, drain, answers, nameRequest, traces, clock } = options;
  return (request, { raw: response }) => {
    // Where nobody was admitted, Apollo is asked for its page, and not for data.
    if (!request.viewer) throw unauthenticated();
    const requestId = nameRequest(request);
    const elapsedMs = answers.waitedMs(request);
    const scope = createRequestScope({ requestId, deadlineMs, elapsedMs, clock });
    followResponse(scope, response, () => answers.isAwaited(request));
    answers.follow(request, scope);
    drain.follow(scope, response);
    traces.begin(requestId);
    response.once('close', () => traces.end(requestId));
    return createContext(scope, request.viewer);
  };
}

/** Clients may use an id of theirs twice; what is kept by request needs one of its own. */
export function createRequestNames(spans: RequestSpans): (request: Pick<FastifyRequest, 'id' | 'raw'>) => string {
  let requests = 0;
  return (request) => {
    requests += 1;
    const requestId = `${request.id}.${requests.toString(36)}`;
    spans.name(request.raw, requestId);
    return requestId;
  };
}
