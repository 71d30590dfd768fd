import type { Clock } from '../clock.js';
import { GatewayError, type SourceName } from '../errors.js';
import type { Report, SourceStatus } from '../telemetry.js';
import { createBreaker } from './breaker.js';
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

  /** One attempt: its events, its time, and the pause that it may bring. */
  const observed: Policy = async (call, signal) => {
    const startedAt = clock.monotonic();
    let failure: string | null = null;
    signal.throwIfAborted();
    report({ type: 'call.started', source, requestId: call.requestId });
    try {
      return await call.run(signal);
    } catch (error) {
      failure = error instanceof GatewayError ? error.code : 'CANCELLED';
      const pauseMs = error instanceof GatewayError ? error.options.pauseMs : undefined;
      if (pauseMs !== undefined) pause(pauseMs);
      throw error;
    } finally {
      const ms = clock.monotonic() - startedAt;
      if (failure === null) latencies.add(ms);
      report({ type: 'call.finished', source, requestId: call.requestId, ms, failure });
    }
  };

  const onPause = (ms: number) => limiter.pause(Math.min(ms, maxPause));
  return {
    run: compose(
      createRetry({ source, settings: settings.retry, maxPause, clock, report, random }),
      limiter.run,
      ...(pace ? [createSharedPace({ source, pace, onPause, clock, report })] : []),
      breaker.run,
      observed,
      createTimeout({ source, timeoutMs: timeout, clock }),
    ),
    pauseMs: () => limiter.pauseMs,
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
