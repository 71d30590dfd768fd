import type { Signal } from '../../src/cancellation.js';
import { onAbort } from '../../src/cancellation.js';
import { GatewayError } from '../../src/errors.js';
import type { Call, Policy } from '../../src/scheduler/policy.js';
import type { FakeClock } from './fakeClock.js';

/** What one attempt does; it stops when its signal aborts, as every client does. */
export type Behaviour = (signal: Signal) => Promise<string>;

/** One attempt that reached the source. */
export interface FakeAttempt {
  readonly name: string;
  readonly startedAt: number;
  endedAt?: number;
}

export interface CallOptions {
  readonly name?: string;
  readonly requestId?: string;
  /** Monotonic ms; far away by default. */
  readonly deadline?: number;
  readonly signal?: Signal;
}

/** How a call ended, as its waiter saw it. */
export interface Waiter {
  readonly name: string;
  settled: number;
  /** Monotonic ms. */
  settledAt?: number;
  value?: string;
  error?: unknown;
}

export interface FakeSource {
  /** In the order of their start. */
  readonly attempts: readonly FakeAttempt[];
  readonly inFlight: number;
  readonly maxInFlight: number;
  /** A behaviour that answers after so many ms. */
  answers(ms: number): Behaviour;
  /** One that fails after so many ms. */
  fails(ms: number, error: GatewayError): Behaviour;
  /** One that never ends by itself. */
  hangs: Behaviour;
  /** Sends a call through the policy. Its behaviours are those of its attempts, the last one of all that follow. */
  ask(policy: Policy, behaviours: Behaviour | readonly Behaviour[], options?: CallOptions): Waiter;
}

/** A source in memory, on the time of a fake clock, that remembers what it was asked. */
export function createFakeSource(clock: FakeClock): FakeSource {
  const attempts: FakeAttempt[] = [];
  let asked = 0;
  let inFlight = 0;
  let maxInFlight = 0;

  async function attempt(name: string, behave: Behaviour, signal: Signal): Promise<string> {
    const record: FakeAttempt = { name, startedAt: clock.monotonic() };
    attempts.push(record);
    inFlight += 1;
    maxInFlight = Math.max(maxInFlight, inFlight);
    try {
      return await behave(signal);
    } finally {
      inFlight -= 1;
      record.endedAt = clock.monotonic();
    }
  }

  function after(ms: number, end: (resolve: (value: string) => void, reject: (error: unknown) => void) => void) {
    return (signal: Signal) =>
      new Promise<string>((resolve, reject) => {
        const stop = clock.after(ms, () => {
          release();
          end(resolve, reject);
        });
        const release = onAbort(signal, (reason) => {
          stop();
          reject(reason);
        });
      });
  }

  return {
    attempts,
    get inFlight() {
      return inFlight;
    },
    get maxInFlight() {
      return maxInFlight;
    },
    answers: (ms) => after(ms, (resolve) => resolve('answered')),
    fails: (ms, error) => after(ms, (_, reject) => reject(error)),
    hangs: (signal) => new Promise((_, reject) => void onAbort(signal, reject)),
    ask(policy, behaviours, { requestId = 'request', ...options } = {}) {
      asked += 1;
      const { name = `call ${asked}` } = options;
      const { deadline = Number.POSITIVE_INFINITY, signal = new AbortController().signal } = options;
      const list = Array.isArray(behaviours) ? behaviours : [behaviours];
      let next = 0;
      const call: Call<string> = {
        requestId,
        deadline: () => deadline,
        background: false,
        promoted: new AbortController().signal,
        run: (attemptSignal) => {
          const behave = list[Math.min(next, list.length - 1)] as Behaviour;
          next += 1;
          return attempt(name, behave, attemptSignal);
        },
      };
      const waiter: Waiter = { name, settled: 0 };
      const settle = (result: { value?: string; error?: unknown }) =>
        Object.assign(waiter, result, { settled: waiter.settled + 1, settledAt: clock.monotonic() });
      policy(call, signal).then(
        (value) => settle({ value }),
        (error: unknown) => settle({ error }),
      );
      return waiter;
    },
  };
}

/** The code that a waiter failed with; 'ok' for an answer, 'pending' before that. */
export function outcomeOf({ settled, value, error }: Waiter): string {
  if (settled === 0) return 'pending';
  if (value !== undefined) return 'ok';
  return error instanceof GatewayError ? error.code : String(error);
}

/** Failures as the partner's client makes them. */
export const failures = {
  /** Not worth a second try. */
  fault: () => new GatewayError('SOURCE_UNAVAILABLE', 'It answered 500.', { source: 'partner' }),
  /** Worth a second try within the budget. */
  hiccup: () => new GatewayError('SOURCE_UNAVAILABLE', 'It answered 503.', { source: 'partner', again: 'budgeted' }),
  stale: () =>
    new GatewayError('SOURCE_UNAVAILABLE', 'The connection was stale.', { source: 'partner', again: 'free' }),
  timeout: () => new GatewayError('SOURCE_TIMEOUT', 'No answer in time.', { source: 'partner' }),
  notFound: () => new GatewayError('SOURCE_NOT_FOUND', 'It does not know the product.', { source: 'partner' }),
  badResponse: () => new GatewayError('SOURCE_BAD_RESPONSE', 'It answered nonsense.', { source: 'partner' }),
  badRequest: () => new GatewayError('SOURCE_REJECTED', 'It answered 400.', { source: 'partner', refused: false }),
  refused: () => new GatewayError('SOURCE_REJECTED', 'It answered 401.', { source: 'partner', refused: true }),
  limited: (pauseMs: number) =>
    new GatewayError('SOURCE_RATE_LIMITED', 'It answered 429.', { source: 'partner', retryAfterMs: pauseMs, pauseMs }),
} as const;
