import { onAbort, untilAborted } from '../cancellation.js';
import type { Clock } from '../clock.js';
import { GatewayError, type SourceName } from '../errors.js';
import type { Policy } from './policy.js';

/**
 * Ends one attempt after `timeoutMs`, with SOURCE_TIMEOUT, or as soon as the caller's signal aborts, with its reason.
 *
 * Holds whatever the call does: it answers in time even if the call ignores its signal. Each attempt has a controller of
 * its own, so nothing stays behind on a signal that many calls share.
 */
export function createTimeout(options: { source: SourceName; timeoutMs: number; clock: Clock }): Policy {
  const { source, timeoutMs, clock } = options;
  return async (call, signal) => {
    const attempt = new AbortController();
    const stopTimer = clock.after(timeoutMs, () =>
      attempt.abort(new GatewayError('SOURCE_TIMEOUT', `No answer within ${timeoutMs / 1000} s.`, { source })),
    );
    const release = onAbort(signal, (reason) => attempt.abort(reason));
    try {
      attempt.signal.throwIfAborted();
      return await untilAborted(call.run(attempt.signal), attempt.signal);
    } finally {
      stopTimer();
      release();
    }
  };
}
