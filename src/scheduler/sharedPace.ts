import { type Signal, sleep } from '../cancellation.js';
import type { Clock } from '../clock.js';
import { GatewayError, type SourceName } from '../errors.js';
import type { Report } from '../telemetry.js';
import type { Call, Policy } from './policy.js';

/** The pace and the pauses of a source that all replicas keep together. */
export interface SharedPace {
  /**
   * Ms that are left of a pause, and ms to wait for the turn, which is taken if `takes` and there is no pause. null = nobody
   * knows: each replica keeps to its own limits.
   */
  turn(takes: boolean): Promise<{ readonly pauseMs: number; readonly waitMs: number } | null>;
  /** Tells all replicas that the source wants no calls for this long (ms). */
  pause(ms: number): void;
}

export interface SharedPaceOptions {
  source: SourceName;
  pace: SharedPace;
  /** Told of a pause that another replica got (ms). */
  onPause(ms: number): void;
  clock: Clock;
  report: Report;
}

/** How much longer (ms) a pause must be to be another one: each look at the same one finds it some ms off. */
const samePauseMs = 50;

/** Lets a call start when it is its turn among the calls of all replicas. It has its slot by then, which nobody else could use. */
export function createSharedPace({ source, pace, onPause, clock, report }: SharedPaceOptions): Policy {
  let pausedUntil = Number.NEGATIVE_INFINITY;

  function learn(pauseMs: number): void {
    const until = clock.monotonic() + pauseMs;
    if (until <= pausedUntil + samePauseMs) return;
    pausedUntil = until;
    onPause(pauseMs);
  }

  function refuseBeyond({ deadline, requestId }: Call<unknown>, pauseMs: number): void {
    if (clock.monotonic() + pauseMs < deadline()) return;
    const failure = 'SOURCE_RATE_LIMITED';
    report({ type: 'call.rejected', source, requestId, failure });
    throw new GatewayError(failure, 'Not asked: this source wants no calls for now.', {
      source,
      retryAfterMs: pauseMs,
    });
  }

  /** A pause ends the turn that was taken before it, so that not all who waited start together. */
  async function waitForTurn(call: Call<unknown>, signal: Signal): Promise<void> {
    for (let hasTurn = false; ; ) {
      const turn = await pace.turn(!hasTurn);
      signal.throwIfAborted();
      if (!turn || turn.pauseMs + turn.waitMs <= 0) return;
      hasTurn = turn.pauseMs <= 0;
      if (!hasTurn) {
        learn(turn.pauseMs);
        refuseBeyond(call, turn.pauseMs);
      }
      await sleep(turn.pauseMs + turn.waitMs, signal, clock);
    }
  }

  return async (call, signal) => {
    await waitForTurn(call, signal);
    return call.run(signal);
  };
}
