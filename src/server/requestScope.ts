import { setMaxListeners } from 'node:events';
import type { ServerResponse } from 'node:http';
import type { Clock } from '../clock.js';
import { Disconnected, GatewayError } from '../errors.js';

/** How long one request lives: what everything that it started watches. */
export interface RequestScope {
  readonly requestId: string;
  /** Aborts at the deadline (reason DEADLINE_EXCEEDED) or when nobody waits for the answer any more (Disconnected). */
  readonly signal: AbortSignal;
  /** Monotonic ms. */
  readonly deadline: number;
  /** Is told of everything that goes into the answer for how long it stays fresh (ms); 0 = it is not fresh. */
  used(freshMs: number): void;
  /** Monotonic ms until which all of it is fresh; infinite while nothing went in that ages. */
  freshUntil(): number;
  disconnect(): void;
  /** Ends the wait before its time, because the gateway is closing: what is missing is DEADLINE_EXCEEDED. */
  expire(): void;
  /** The answer is complete: lets go of the timer. */
  end(): void;
}

export interface RequestScopeOptions {
  requestId: string;
  /** How long a request may take. */
  deadlineMs: number;
  /** How long this one has taken already. */
  elapsedMs?: number;
  clock: Clock;
}

export function createRequestScope({ requestId, deadlineMs, elapsedMs = 0, clock }: RequestScopeOptions): RequestScope {
  const controller = new AbortController();
  // Every call of the request listens; thousands are no leak, because each takes its listener off.
  setMaxListeners(0, controller.signal);
  const leftMs = Math.max(0, deadlineMs - elapsedMs);
  const end = clock.after(leftMs, () => {
    const message = `The request's ${deadlineMs / 1000} s were over before this was answered; ask again.`;
    controller.abort(new GatewayError('DEADLINE_EXCEEDED', message));
  });
  let freshUntil = Number.POSITIVE_INFINITY;
  return {
    requestId,
    signal: controller.signal,
    deadline: clock.monotonic() + leftMs,
    used(freshMs) {
      freshUntil = Math.min(freshUntil, freshMs > 0 ? clock.monotonic() + freshMs : Number.NEGATIVE_INFINITY);
    },
    freshUntil: () => freshUntil,
    disconnect() {
      end();
      controller.abort(new Disconnected());
    },
    expire() {
      end();
      controller.abort(new GatewayError('DEADLINE_EXCEEDED', 'The gateway is closing; ask again.'));
    },
    end,
  };
}

/**
 * Ends the scope with its response. The request's own 'close' is of no use: it comes as soon as the body has been read.
 * `isAwaited`: somebody else waits for the same answer, so that this one's leaving ends nothing.
 */
export function followResponse(scope: RequestScope, response: ServerResponse, isAwaited = () => false): void {
  response.once('close', () => {
    if (response.writableFinished) scope.end();
    else if (!isAwaited()) scope.disconnect();
  });
}
