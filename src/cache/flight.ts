import { Cancellation, type Signal } from '../cancellation.js';
import type { Clock } from '../clock.js';
import { Disconnected, type GatewayError } from '../errors.js';

/** The request on whose behalf something is loaded. */
export interface Caller {
  readonly requestId: string;
  /** Whose request it is, where there are several who may ask. */
  readonly viewer?: string | undefined;
  /** Aborts at the request's deadline, or with Disconnected when the client has gone. */
  readonly signal: Signal;
  /** Monotonic ms. */
  readonly deadline: number;
  /** Nobody looks at the result yet: every other call goes first. */
  readonly background?: boolean;
  /** Pays for so many calls that are to be made for this request; an error = it may not have them. Absent = it need not pay. */
  readonly spend?: ((calls: number) => GatewayError | null) | undefined;
  /** Is told of everything that the request is given for how long it stays fresh (ms); 0 = it is not, or it failed. */
  readonly used?: (freshMs: number) => void;
}

export interface Patience {
  /** Answer after this many ms with what is there; null = wait until the deadline. */
  readonly maxWaitMs: number | null;
  /** An older value counts as stale, and an older failure is not used; null = as old as its lifetime allows. */
  readonly maxAgeMs: number | null;
  /** A value that would not stay fresh for this much longer counts as stale (ms). */
  readonly minFreshMs?: number;
}

/** Who waits for a key, and how long. */
export interface Waiter extends Caller, Patience {}

/** A call to a source that belongs to the gateway, as the one who makes it sees it. */
export interface Job {
  /** The request that was the first to want it, and whose it is. */
  readonly requestId: string;
  readonly viewer?: string | undefined;
  /** Aborts when nobody wants the result any more. */
  readonly signal: Signal;
  /** Monotonic ms after which its result is of no use; infinite once it is to finish whoever waits. */
  deadline(): number;
  /** Whether nobody waits for it: it lets every other call go first. */
  readonly background: boolean;
  /** Aborts when somebody begins to wait for a background job. */
  readonly promoted: Signal;
}

/** A job with those who wait for it. */
export interface Flight<T> {
  readonly keys: readonly string[];
  /** Resolves with the result; rejects with the job's failure, or with the waiter's own reason to leave. */
  join(waiter: Waiter, stay: Stay): Promise<T>;
  /** Resolves when its work has ended: nothing of it comes after that. */
  cancel(reason: unknown): Promise<void>;
}

/** A waiter's time was over before the job's; the job goes on. */
export class WaitedLongEnough extends Error {}

/**
 * Starts a job. It outlives its waiters: one that leaves at its deadline or `maxWaitMs` is told to ask again, so the job then
 * finishes whoever waits; only when all of them have disconnected is it cancelled.
 */
export function startFlight<T>(options: {
  keys: readonly string[];
  requestId: string;
  viewer?: string | undefined;
  /** Of the request that starts it; monotonic ms. */
  deadline: number;
  background: boolean;
  /** It will bring nothing more: whoever comes now needs another one. Called when it has ended, and as soon as it is cancelled. */
  onEnd?: () => void;
  work: (job: Job) => Promise<T>;
}): Flight<T> {
  const { keys, requestId, viewer, deadline, background, onEnd = () => {}, work } = options;
  const cancellation = new Cancellation();
  const promotion = background ? new Cancellation() : null;
  let waiting = 0;
  let mustFinish = background;
  let latestDeadline = deadline;

  const result = work({
    requestId,
    viewer,
    background,
    signal: cancellation,
    promoted: promotion ?? awaitedFromTheStart,
    deadline: () => (mustFinish ? Number.POSITIVE_INFINITY : latestDeadline),
  });
  // Before any waiter hears of it. Failures are theirs; a job that nobody waits for any more may fail unheard.
  const ended = result.then(onEnd, onEnd);

  function leave(reason: unknown): void {
    waiting -= 1;
    if (!(reason instanceof Disconnected)) mustFinish = true;
    if (waiting === 0 && !mustFinish) void cancel(reason);
  }

  function cancel(reason: unknown): Promise<void> {
    onEnd();
    cancellation.abort(reason);
    return ended;
  }

  return {
    keys,
    cancel,
    join(waiter, stay) {
      if (!waiter.background) promotion?.abort('promoted');
      waiting += 1;
      latestDeadline = Math.max(latestDeadline, waiter.deadline);
      return stay.until(result, leave);
    },
  };
}

const awaitedFromTheStart: Signal = AbortSignal.abort('promoted');

/** How long somebody waits for many things at once. */
export interface Stay {
  /** The promise, as long as there is patience for it: then it rejects with the reason to leave, which is told before. */
  until<T>(promise: Promise<T>, onLeave?: (reason: unknown) => void): Promise<T>;
}

/** One listener and one timer, however many things are waited for; both are let go of as soon as none is left. */
export function createStay({ signal, maxWaitMs }: Pick<Waiter, 'signal' | 'maxWaitMs'>, clock: Clock): Stay {
  const leave = new Set<(reason: unknown) => void>();
  let stopTimer = () => {};
  const leaveAll = (reason: unknown) => {
    end();
    for (const one of leave) one(reason);
    leave.clear();
  };
  const abort = () => leaveAll(signal.reason);

  function begin(): void {
    signal.addEventListener('abort', abort, { once: true });
    if (maxWaitMs !== null) stopTimer = clock.after(maxWaitMs, () => leaveAll(new WaitedLongEnough()));
  }

  function end(): void {
    stopTimer();
    signal.removeEventListener('abort', abort);
  }

  return {
    until<T>(promise: Promise<T>, onLeave?: (reason: unknown) => void) {
      return new Promise<T>((resolve, reject) => {
        const leaveThis = (reason: unknown) => {
          onLeave?.(reason);
          reject(reason);
        };
        // Later, as if it had aborted meanwhile: whoever joins in a row joins all before the first one leaves.
        if (signal.aborted) return void queueMicrotask(() => leaveThis(signal.reason));
        if (leave.size === 0) begin();
        leave.add(leaveThis);
        const settled = () => {
          if (leave.delete(leaveThis) && leave.size === 0) end();
        };
        promise.then(
          (value) => {
            settled();
            resolve(value);
          },
          (error) => {
            settled();
            reject(error);
          },
        );
      });
    },
  };
}
