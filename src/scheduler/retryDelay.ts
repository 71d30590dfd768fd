import type { GatewayError } from '../errors.js';

export interface RetrySettings {
  /** How often one call is sent at most, the first time included. */
  readonly attempts: number;
  /** The most retries as a share of calls, 0 to 1, over the last minute. */
  readonly budget: number;
}

export interface Attempt {
  readonly error: GatewayError;
  /** 1 = the first attempt has just failed. */
  readonly attempt: number;
  /** Whether this call has had its free attempt. */
  readonly hadFree: boolean;
  readonly attempts: number;
  /** The longest that a source may ask to wait (ms). */
  readonly maxPause: number;
  /** Ms until the call's deadline. */
  readonly remainingMs: number;
  /** 0 to 1. */
  readonly random: number;
}

const baseMs = 500;
const capMs = 5_000;

/**
 * How long to wait before the call is sent again (ms); null = not again.
 *
 * Full jitter: a random time up to a bound that doubles, so that calls that failed together do not come back together. A
 * time that the source named is waited for, as far as it may ask, plus the jitter. Never past the deadline.
 */
export function retryDelay({
  error,
  attempt,
  hadFree,
  attempts,
  maxPause,
  remainingMs,
  random,
}: Attempt): number | null {
  const { again, retryAfterMs = 0 } = error.options;
  if (again === 'free' && !hadFree) return remainingMs > 0 ? 0 : null;
  if (again === undefined || attempt >= attempts) return null;
  const delay = Math.min(retryAfterMs, maxPause) + random * Math.min(capMs, baseMs * 2 ** (attempt - 1));
  return delay < remainingMs ? delay : null;
}
