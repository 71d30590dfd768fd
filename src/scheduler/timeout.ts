import { Cancellation, onAbort, type Signal } from '../cancellation.js';
import type { Clock } from '../clock.js';
import { GatewayError, type SourceName } from '../errors.js';
import type { Call, Policy } from './policy.js';

/**
 * Ends one attempt after `timeoutMs`, with SOURCE_TIMEOUT, or as soon as the caller's signal aborts, with its reason.
 *
 * Holds whatever the call does: it answers in time even if the call ignores its signal. Each attempt has a controller of
 * its own, so nothing stays behind on a signal that many calls share.
 */
export function createTimeout(options: { source: SourceName; timeoutMs: number; clock: Clock }): Policy {
  const { source, timeoutMs, clock } = options;
  return <T>(call: Call<T>, signal: Signal) =>
    new Promise<T>((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason);
      const attempt = new Cancellation();
      const stopTimer = clock.after(timeoutMs, () =>
        stop(new GatewayError('SOURCE_TIMEOUT', `No answer within ${timeoutMs / 1000} s.`, { source })),
      );
      const release = onAbort(signal, stop);
      function end(): void {
        stopTimer();
        release();
      }
      function stop(reason: unknown): void {
        end();
        reject(reason);
        attempt.abort(reason);
      }
      begin(call, attempt).then(
        (value) => {
          end();
          resolve(value);
        },
        (error) => {
          end();
          reject(error);
        },
      );
    });
}

/** What fails before it has begun fails like everything else. */
function begin<T>(call: Call<T>, signal: Signal): Promise<T> {
  try {
    return call.run(signal);
  } catch (error) {
    return Promise.reject(error);
  }
}
