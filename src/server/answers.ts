import type { ServerResponse } from 'node:http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Clock } from '../clock.js';
import type { Context } from '../schema/context.js';
import { bytesOf, msLeft, textOf, type WholeAnswer } from './answerStore.js';
import { createDayEnd } from './dayEnd.js';
import type { KeptAnswers } from './keptAnswers.js';
import type { RequestScope } from './requestScope.js';
import { cachingOf, isShareable, isTraced, withTrace } from './sharing.js';

export interface AnswersOptions {
  /** null = nothing is kept and nothing is shared. */
  kept: KeptAnswers | null;
  /** A new one makes every answer an old one. */
  currentCatalog(): Context['catalog'];
  /** As events call it. */
  nameRequest(request: FastifyRequest): string;
  clock: Clock;
}

/** Executes a request; a text is a whole answer, anything else was sent in parts. */
export type Execute = (request: FastifyRequest, reply: FastifyReply) => Promise<unknown>;

export interface Answers {
  /** Looks for a whole answer to a request, before its body is parsed. Whether there is one. */
  find(request: FastifyRequest, text: string): boolean;
  /** Answers with what is kept, or together with those who ask the same at this moment, or by executing it. */
  handle(request: FastifyRequest, reply: FastifyReply, execute: Execute): Promise<unknown>;
  /** Hands over the scope in which a request is executed. */
  follow(request: FastifyRequest, scope: RequestScope): void;
  /** Whether the answer is there, so that sending it is all there is to do. */
  isKept(request: FastifyRequest): boolean;
  /** Whether somebody else waits for the answer to this request. */
  isAwaited(request: FastifyRequest): boolean;
  /** How long a request has waited for the answer of another one (ms). */
  waitedMs(request: FastifyRequest): number;
}

/** One execution, with those who wait for its answer beside the one who asked first. */
interface Execution {
  readonly catalog: Context['catalog'];
  readonly startedAt: number;
  readonly leader: ServerResponse;
  followers: number;
  scope?: RequestScope;
  /** null = it is none for others. */
  answer: Promise<WholeAnswer | null>;
}

/** What is known of a request that may share its answer. */
interface Sharing {
  readonly key: string;
  readonly arrivedAt: number;
  readonly kept: WholeAnswer | undefined;
  execution?: Execution;
}

/**
 * Answers the same question once: whoever asks it at the same moment is given the same answer, and one that is complete and
 * fresh in all of its parts is kept until the first of them is not. The same is: the bytes of the request, what the client
 * accepts, and the viewer's rights.
 *
 * What has an error, or something stale or pending inside, or comes in parts, is the answer to one request only.
 */
export function createAnswers({ kept, currentCatalog, nameRequest, clock }: AnswersOptions): Answers {
  const dayEnd = createDayEnd();
  const running = new Map<string, Execution>();
  const sharings = new WeakMap<FastifyRequest, Sharing>();

  function send(answer: WholeAnswer, how: 'kept' | 'joined', request: FastifyRequest, reply: FastifyReply) {
    const { arrivedAt = clock.monotonic() } = sharings.get(request) ?? {};
    const ms = clock.monotonic() - arrivedAt;
    kept?.shared(answer, how, { requestId: nameRequest(request), viewer: request.viewer?.name ?? '', ms });
    reply.header('cache-control', cachingOf(msLeft(answer.lifetime, clock)));
    const body = isTraced(request) ? withTrace(answer, how) : answer.body;
    return reply.header('content-type', answer.contentType).send(bytesOf(body));
  }

  function toWhole(text: string, request: FastifyRequest, reply: FastifyReply, execution: Execution) {
    const { scope, startedAt } = execution;
    // Apollo writes errors first.
    if (!scope || reply.statusCode !== 200 || !text.startsWith('{"data":') || isTraced(request)) return null;
    const lifetime = {
      freshUntil: scope.freshUntil(),
      dayFrom: startedAt,
      dayUntil: dayEnd(execution.catalog, startedAt),
    };
    if (msLeft(lifetime, clock) <= 0 || execution.catalog !== currentCatalog()) return null;
    const { operationName, query } = request.body as { operationName?: unknown; query: string };
    return {
      body: textOf(text),
      contentType: String(reply.getHeader('content-type')),
      operation: typeof operationName === 'string' ? operationName : null,
      query,
      lifetime,
    };
  }

  /** Executes a request whose answer others may be given; what it fails with is its own. */
  async function lead(sharing: Sharing, request: FastifyRequest, reply: FastifyReply, execute: Execute) {
    const { promise, resolve } = withResolvers<WholeAnswer | null>();
    const execution: Execution = {
      catalog: currentCatalog(),
      startedAt: clock.now(),
      leader: reply.raw,
      followers: 0,
      answer: promise,
    };
    sharing.execution = execution;
    running.set(sharing.key, execution);
    let whole: WholeAnswer | null = null;
    try {
      const body = await execute(request, reply);
      if (typeof body !== 'string') return body;
      whole = toWhole(body, request, reply, execution);
      reply.header('cache-control', cachingOf(whole ? msLeft(whole.lifetime, clock) : 0));
      if (whole) kept?.set(sharing.key, whole);
      return body;
    } finally {
      if (running.get(sharing.key) === execution) running.delete(sharing.key);
      // Nobody ends it by reading an answer that only others wait for.
      if (reply.raw.destroyed) execution.scope?.end();
      resolve(whole);
    }
  }

  /** Waits for the answer of another request; null where that is none for others, or is no longer fresh. */
  async function join(execution: Execution, reply: FastifyReply): Promise<WholeAnswer | null> {
    execution.followers += 1;
    let isHere = true;
    const leave = () => {
      if (!isHere) return;
      isHere = false;
      execution.followers -= 1;
      const { leader, followers, scope } = execution;
      if (followers === 0 && leader.destroyed && !leader.writableFinished) scope?.disconnect();
    };
    reply.raw.once('close', leave);
    const answer = await execution.answer;
    isHere = false;
    return answer && msLeft(answer.lifetime, clock) > 0 ? answer : null;
  }

  async function execute(request: FastifyRequest, reply: FastifyReply, run: Execute) {
    const body = await run(request, reply);
    if (typeof body === 'string') reply.header('cache-control', cachingOf(0));
    return body;
  }

  return {
    find(request, text) {
      const { viewer, headers } = request;
      if (!kept || !viewer || !isShareable(headers)) return false;
      const key = kept.keyOf({ viewer, accept: headers.accept, text });
      const answer = kept.get(key);
      sharings.set(request, { key, arrivedAt: clock.monotonic(), kept: answer });
      return answer !== undefined;
    },
    async handle(request, reply, run) {
      const sharing = sharings.get(request);
      if (!sharing) return execute(request, reply, run);
      if (sharing.kept) return send(sharing.kept, 'kept', request, reply);
      const other = running.get(sharing.key);
      if (other?.catalog === currentCatalog()) {
        const answer = await join(other, reply);
        if (answer) return send(answer, 'joined', request, reply);
        // Nobody would end what is begun for a client that has left.
        return reply.raw.destroyed ? reply.hijack() : execute(request, reply, run);
      }
      // A trace is of one request only.
      return isTraced(request) ? execute(request, reply, run) : lead(sharing, request, reply, run);
    },
    follow(request, scope) {
      const execution = sharings.get(request)?.execution;
      if (execution) execution.scope = scope;
    },
    isKept: (request) => sharings.get(request)?.kept !== undefined,
    isAwaited: (request) => (sharings.get(request)?.execution?.followers ?? 0) > 0,
    waitedMs(request) {
      const sharing = sharings.get(request);
      return sharing ? clock.monotonic() - sharing.arrivedAt : 0;
    },
  };
}

function withResolvers<T>() {
  let resolve: (value: T) => void = () => {};
  const promise = new Promise<T>((onValue) => {
    resolve = onValue;
  });
  return { promise, resolve };
}
