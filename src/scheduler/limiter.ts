import type { Clock } from '../clock.js';
import { GatewayError, type SourceName } from '../errors.js';
import type { Report } from '../telemetry.js';
import { onAbort } from './cancellation.js';
import { createFairQueue } from './fairQueue.js';
import type { Call, Policy } from './policy.js';

export interface LimiterOptions {
  source: SourceName;
  /** How many calls run at once. */
  concurrency: number;
  /** How many calls may wait; one more is OVERLOADED at once. */
  queue: number;
  clock: Clock;
  report: Report;
}

/**
 * Lets `concurrency` calls run and the others wait their turn, fair between requests: one that asks for 1,000 products does
 * not starve one that asks for 3. A waiter whose signal aborts leaves the queue at once and is never started.
 */
export function createLimiter({ source, concurrency, queue, clock, report }: LimiterOptions): Policy {
  const waiting = createFairQueue<() => void>();
  let inFlight = 0;

  /** Resolves when the call may start; its slot is then taken. */
  function takeSlot(call: Call<unknown>, signal: AbortSignal): Promise<void> | undefined {
    if (inFlight < concurrency && waiting.size === 0) {
      inFlight += 1;
      return undefined;
    }
    if (waiting.size >= queue) {
      throw new GatewayError('OVERLOADED', `${queue} calls are waiting already; ask again later.`, { source });
    }
    report({ type: 'call.queued', source, requestId: call.requestId });
    return new Promise((resolve, reject) => {
      const leave = waiting.push(call.requestId, () => {
        release();
        inFlight += 1;
        resolve();
      });
      const release = onAbort(signal, (reason) => {
        leave();
        reject(reason);
      });
    });
  }

  function freeSlot(): void {
    inFlight -= 1;
    waiting.shift()?.();
  }

  return async (call, signal) => {
    signal.throwIfAborted();
    const queuedAt = clock.monotonic();
    await takeSlot(call, signal);
    const startedAt = clock.monotonic();
    report({ type: 'call.started', source, requestId: call.requestId, queuedMs: startedAt - queuedAt });
    let failure: string | null = null;
    try {
      return await call.run(signal);
    } catch (error) {
      failure = error instanceof GatewayError ? error.code : 'INTERNAL_SERVER_ERROR';
      throw error;
    } finally {
      freeSlot();
      report({ type: 'call.finished', source, requestId: call.requestId, ms: clock.monotonic() - startedAt, failure });
    }
  };
}
