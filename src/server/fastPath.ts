import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { Clock } from '../clock.js';
import type { Report } from '../telemetry.js';
import type { Viewer } from '../viewer.js';
import { msLeft, type WholeAnswer } from './answerStore.js';
import type { KeptAnswers, Question } from './keptAnswers.js';
import { isHost } from './requestChecks.js';
import type { RequestSpans } from './requestSpans.js';
import { cachingOf, isShareable } from './sharing.js';
import type { Readers } from './slowReaders.js';

export interface FastPathOptions {
  /** null = none is. */
  kept: KeptAnswers | null;
  /** Whom a request is of, where that needs no waiting; null = the framework finds out, and says so where nobody is. */
  recognize(authorization: string | undefined): Viewer | null;
  /** What every answer has. */
  headers: Readonly<Record<string, string>>;
  /** Answers of so many bytes may have to be packed. */
  packedFromBytes: number;
  isDraining(): boolean;
  requestIdOf(header: string | string[] | undefined): string;
  /** As events call it. */
  nameRequest(request: { readonly id: string; readonly raw: IncomingMessage }): string;
  readers: Readers;
  spans: RequestSpans;
  clock: Clock;
  report: Report;
}

/**
 * Sends answers that are kept before the framework sees their requests, because what it does for a request costs several times
 * what it takes to send one. Only for requests that are as plain as those of programs; the others are the framework's, which
 * answers with the same bytes.
 */
export function createFastPath({ kept, ...options }: FastPathOptions): (next: RequestListener) => RequestListener {
  return kept ? createPath(kept, options) : (next) => next;
}

function createPath(kept: KeptAnswers, options: Omit<FastPathOptions, 'kept'>) {
  const { recognize, packedFromBytes, isDraining, requestIdOf, nameRequest } = options;
  const { readers, spans, clock, report } = options;
  // In one row, as Node writes them soonest.
  const common = Object.entries(options.headers).flat();

  /** The answer to a request whose body has come as a whole. */
  function find({ headers }: IncomingMessage, body: Buffer, viewer: Viewer): WholeAnswer | undefined {
    if (body.length !== Number(headers['content-length'])) return undefined;
    const question: Question = { viewer, accept: headers.accept, text: body.toString() };
    const answer = kept.get(kept.keyOf(question));
    const mayBePacked = headers['accept-encoding'] !== undefined && (answer?.body.length ?? 0) >= packedFromBytes;
    return mayBePacked ? undefined : answer;
  }

  function send(answer: WholeAnswer, { request, response, viewer, arrivedAt }: Arrived): void {
    const id = requestIdOf(request.headers['x-request-id']);
    const requestId = nameRequest({ id, raw: request });
    kept.shared(answer, 'kept', { requestId, viewer: viewer.name, ms: clock.monotonic() - arrivedAt });
    const own = [
      'x-request-id',
      id,
      'cache-control',
      cachingOf(msLeft(answer.lifetime, clock)),
      'content-type',
      answer.contentType,
      'content-length',
      String(answer.body.length),
    ];
    response.writeHead(200, common.concat(own));
    response.end(answer.body, 'latin1');
    // Nearly all of them have left by now.
    if (response.socket?.writableLength === 0) return;
    readers.follow(response, answer.body.length, () => report({ type: 'reader.stalled', requestId: id }));
  }

  /** Whether it was answered; otherwise its body is there to be read again. */
  function answerKept(request: IncomingMessage, response: ServerResponse, viewer: Viewer): boolean {
    const body = request.read() as Buffer | null;
    const answer = body && find(request, body, viewer);
    if (answer) {
      const arrived = { request, response, viewer, arrivedAt: clock.monotonic() };
      spans.open({ request, response, route }, () => send(answer, arrived));
    } else if (body) {
      request.unshift(body);
    }
    return Boolean(answer);
  }

  return (next: RequestListener): RequestListener =>
    (request, response) => {
      const viewer = isPlain(request) && !isDraining() ? recognize(request.headers.authorization) : null;
      if (!viewer) return next(request, response);
      request.once('readable', () => {
        // A request that was too slow has its answer already.
        if (response.headersSent || response.destroyed) return;
        if (isDraining() || !answerKept(request, response, viewer)) next(request, response);
      });
    };
}

interface Arrived {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly viewer: Viewer;
  /** Monotonic ms. */
  readonly arrivedAt: number;
}

const route = '/graphql';
/** A larger one comes in pieces, and the framework refuses by its head what is too large (bytes). */
const maxBodyBytes = 65_536;
const plainTypes = new Set(['application/json', 'application/json; charset=utf-8', 'application/json;charset=utf-8']);

/** A question in JSON, without anything that the framework would have to look at: no page of another origin, no trace, no coding. */
function isPlain({ method, url, headers }: IncomingMessage): boolean {
  return (
    method === 'POST' &&
    url === route &&
    plainTypes.has(headers['content-type'] ?? '') &&
    Number(headers['content-length']) > 0 &&
    Number(headers['content-length']) <= maxBodyBytes &&
    headers['content-encoding'] === undefined &&
    headers.origin === undefined &&
    headers['gateway-trace'] === undefined &&
    headers['x-forwarded-host'] === undefined &&
    isShareable(headers) &&
    isHost(headers.host ?? '')
  );
}
