import type { Clock } from '../clock.js';
import { GatewayError, type SourceName } from '../errors.js';
import type { Report, SourceStatus } from '../telemetry.js';
import { createBreaker, toldBy } from './breaker.js';
import type { BreakerSettings } from './breakerState.js';
import { createLatencies } from './latencies.js';
import { createLimiter } from './limiter.js';
import { compose, type Policy } from './policy.js';
import { createRetry } from './retry.js';
import type { RetrySettings } from './retryDelay.js';
import { createSharedPace, type SharedPace } from './sharedPace.js';
import { createTimeout } from './timeout.js';

/** How one source wants to be treated. Durations in ms. */
export interface SchedulerSettings {
  readonly concurrency: number;
  readonly queue: number;
  /** The least ms between two calls; 0 = not paced. */
  readonly intervalMs: number;
  /** The longest pause that the source may ask for. */
  readonly maxPause: number;
  readonly timeout: number;
  readonly retry: RetrySettings;
  readonly breaker: BreakerSettings;
}

export interface SchedulerOptions {
  source: SourceName;
  settings: SchedulerSettings;
  /** Where there are other replicas that ask the same source. */
  pace?: SharedPace | undefined;
  clock: Clock;
  report: Report;
  random?: () => number;
}

export interface Scheduler {
  /** What every call to the source goes through. */
  readonly run: Policy;
  /** For how long the source wants no calls, from now (ms); 0 = it takes them. */
  pauseMs(): number;
  /** Whether a call may start now, or as soon as it is its turn. */
  takesCalls(): boolean;
  status(): Omit<SourceStatus, 'cacheHitShare' | 'quotaRemaining'>;
  close(): void;
}

/**
 * What stands between the gateway and one source: retry(limiter(sharedPace(breaker(timeout)))).
 *
 * In this order a sleeping retry holds no slot, the breaker judges when a slot is free, and the timeout measures one attempt.
 * A source that asks for a pause gets it, before the next call starts.
 */
export function createScheduler({
  source,
  settings,
  pace,
  clock,
  report,
  random = Math.random,
}: SchedulerOptions): Scheduler {
  const { concurrency, queue, intervalMs, maxPause, timeout } = settings;
  const breaker = createBreaker({ source, settings: settings.breaker, concurrency, clock, report });
  const limiter = createLimiter({ source, concurrency, queue, intervalMs, gate: breaker, clock, report });
  const latencies = createLatencies();

  function pause(ms: number): void {
    const pauseMs = Math.min(ms, maxPause);
    pace?.pause(pauseMs);
    limiter.pause(pauseMs);
  }

  /** One attempt, if the breaker lets it through: what it tells, its events, its time, and the pause that it may bring. */
  const attempt: Policy = async (call, signal) => {
    const { requestId } = call;
    signal.throwIfAborted();
    const end = breaker.begin(call);
    const startedAt = clock.monotonic();
    report({ type: 'call.started', source, requestId });
    try {
      const result = await call.run(signal);
      const ms = clock.monotonic() - startedAt;
      latencies.add(ms);
      report({ type: 'call.finished', source, requestId, ms, failure: null });
      end('succeeded');
      return result;
    } catch (error) {
      const known = error instanceof GatewayError ? error : null;
      if (known?.options.pauseMs !== undefined) pause(known.options.pauseMs);
      const ms = clock.monotonic() - startedAt;
      report({ type: 'call.finished', source, requestId, ms, failure: known?.code ?? 'CANCELLED' });
      end(toldBy(error));
      throw error;
    }
  };

  const onPause = (ms: number) => limiter.pause(Math.min(ms, maxPause));
  return {
    run: compose(
      createRetry({ source, settings: settings.retry, maxPause, clock, report, random }),
      limiter.run,
      ...(pace ? [createSharedPace({ source, pace, onPause, clock, report })] : []),
      attempt,
      createTimeout({ source, timeoutMs: timeout, clock }),
    ),
    pauseMs: () => limiter.pauseMs,
    takesCalls: () => breaker.state === 'closed' && limiter.pauseMs === 0,
    status: () => ({
      name: source,
      breaker: breaker.state,
      inFlight: limiter.inFlight,
      queued: limiter.queued,
      p50Ms: latencies.quantile(0.5),
      p95Ms: latencies.quantile(0.95),
    }),
    close: () => breaker.close(),
  };
}
