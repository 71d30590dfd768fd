import { onAbort, type Signal } from '../cancellation.js';
import type { Clock } from '../clock.js';
import { GatewayError, type SourceName } from '../errors.js';
import type { Report } from '../telemetry.js';
import { createViewerQueue } from './fairQueue.js';
import type { Call, Policy } from './policy.js';

/** Who else has a say in whether a call may wait and start: the circuit breaker. */
export interface Gate {
  /** Why a call should not even wait; null = it may. */
  refusal(mayStart: boolean): GatewayError | null;
  /** How many calls may run at once, as far as the gate is concerned. */
  allowance(): number;
  /** Tells when either answer may have changed. */
  onChange(listener: () => void): void;
}

export interface LimiterOptions {
  source: SourceName;
  /** How many calls run at once. */
  concurrency: number;
  /** How many calls may wait; one more is OVERLOADED at once. */
  queue: number;
  /** The least ms between two starts; 0 = not paced. */
  intervalMs: number;
  gate: Gate;
  clock: Clock;
  report: Report;
}

export interface Limiter {
  readonly run: Policy;
  readonly inFlight: number;
  readonly queued: number;
  /** For how long nothing is started, from now (ms); 0 = not paused. */
  readonly pauseMs: number;
  /** Starts nothing for this long (ms); what waits stays, while its deadline allows. */
  pause(ms: number): void;
}

interface Waiting {
  deadline(): number;
  start(): void;
  refuse(error: GatewayError): void;
}

/** Timers are late by some ms; starts may catch up this much, so that the pace holds on average. */
const catchUpMs = 50;

/**
 * Lets `concurrency` calls run and the others wait their turn, fair between viewers and between requests: one that asks for 1,000 products
 * does not starve one that asks for 3. Calls that nobody waits for come last. A waiter whose signal aborts leaves the queue at once and is never started.
 */
export function createLimiter(options: LimiterOptions): Limiter {
  const { source, concurrency, queue, intervalMs, gate, clock, report } = options;
  const urgent = createViewerQueue<Waiting>();
  const background = createViewerQueue<Waiting>();
  let inFlight = 0;
  let nextStartAt = Number.NEGATIVE_INFINITY;
  let pausedUntil = Number.NEGATIVE_INFINITY;
  let stopTimer: (() => void) | undefined;

  const queued = () => urgent.size + background.size;
  const next = () => urgent.shift() ?? background.shift();
  const hasFreeSlot = () => inFlight < Math.min(concurrency, gate.allowance());

  function take(): void {
    inFlight += 1;
    nextStartAt = Math.max(nextStartAt, clock.monotonic() - catchUpMs) + intervalMs;
  }

  /** Starts what may start, and sets the clock for what must wait for its time only. */
  function pump(): void {
    stopTimer?.();
    stopTimer = undefined;
    while (queued() > 0 && hasFreeSlot()) {
      const wait = Math.max(nextStartAt, pausedUntil) - clock.monotonic();
      if (wait > 0) {
        stopTimer = clock.after(wait, pump);
        return;
      }
      next()?.start();
    }
  }

  /** Sends away what waits and need not, because the gate has closed. */
  function dropRefused(): void {
    for (let refusal = gate.refusal(hasFreeSlot()); refusal && queued() > 0; ) next()?.refuse(refusal);
    pump();
  }

  function refusePaused(deadline: number): GatewayError | null {
    const retryAfterMs = pausedUntil - clock.monotonic();
    if (retryAfterMs <= 0 || pausedUntil < deadline) return null;
    const message = 'Not asked: this source wants no calls for now.';
    return new GatewayError('SOURCE_RATE_LIMITED', message, { source, retryAfterMs });
  }

  function rejected({ requestId }: Call<unknown>, error: GatewayError): GatewayError {
    report({ type: 'call.rejected', source, requestId, failure: error.code });
    return error;
  }

  function refuseIfPaused({ deadline, refuse }: Waiting): boolean {
    const refusal = refusePaused(deadline());
    if (refusal) refuse(refusal);
    return refusal !== null;
  }

  function enterQueue(call: Call<unknown>, signal: Signal): Promise<void> {
    // Background work gives way: it never takes the place of somebody who waits.
    const ahead = call.background && !call.promoted.aborted ? queued() : urgent.size;
    if (ahead >= queue) {
      throw rejected(
        call,
        new GatewayError('OVERLOADED', `Not asked: ${queue} calls are waiting already.`, { source }),
      );
    }
    report({ type: 'call.queued', source, requestId: call.requestId });
    return new Promise((resolve, reject) => {
      const entry: Waiting = {
        deadline: call.deadline,
        start() {
          release();
          take();
          resolve();
        },
        refuse(error) {
          release();
          reject(rejected(call, error));
        },
      };
      let leave = (call.background && !call.promoted.aborted ? background : urgent).push(
        call.viewer ?? '',
        call.requestId,
        entry,
      );
      const stay = call.background ? onAbort(call.promoted, promote) : () => {};
      const abandon = onAbort(signal, (reason) => {
        leave();
        stay();
        reject(reason);
      });
      function promote(): void {
        leave();
        leave = urgent.push(call.viewer ?? '', call.requestId, entry);
      }
      function release(): void {
        abandon();
        stay();
      }
      pump();
    });
  }

  /** Resolves when the call may start; its slot is then taken. */
  function turn(call: Call<unknown>, signal: Signal): Promise<void> | undefined {
    signal.throwIfAborted();
    const mayStart = hasFreeSlot() && queued() === 0 && Math.max(nextStartAt, pausedUntil) <= clock.monotonic();
    const refusal = refusePaused(call.deadline()) ?? gate.refusal(mayStart);
    if (refusal) throw rejected(call, refusal);
    if (!mayStart) return enterQueue(call, signal);
    take();
    return undefined;
  }

  gate.onChange(dropRefused);
  return {
    async run(call, signal) {
      const queuedAt = clock.monotonic();
      await turn(call, signal);
      report({ type: 'call.admitted', source, requestId: call.requestId, queuedMs: clock.monotonic() - queuedAt });
      try {
        return await call.run(signal);
      } finally {
        inFlight -= 1;
        pump();
      }
    },
    get inFlight() {
      return inFlight;
    },
    get queued() {
      return queued();
    },
    get pauseMs() {
      return Math.max(0, pausedUntil - clock.monotonic());
    },
    pause(ms) {
      pausedUntil = Math.max(pausedUntil, clock.monotonic() + ms);
      urgent.removeIf(refuseIfPaused);
      background.removeIf(refuseIfPaused);
      report({ type: 'source.paused', source, ms });
    },
  };
}
