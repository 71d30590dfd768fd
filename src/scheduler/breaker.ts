import type { Clock } from '../clock.js';
import { GatewayError, type SourceName } from '../errors.js';
import type { Report } from '../telemetry.js';
import { afterOutcome, atTime, type BreakerSettings, type BreakerState, closed, type Outcome } from './breakerState.js';
import type { Gate } from './limiter.js';
import type { Call } from './policy.js';

export interface BreakerOptions {
  source: SourceName;
  settings: BreakerSettings;
  concurrency: number;
  clock: Clock;
  report: Report;
}

export interface Breaker extends Gate {
  /**
   * Lets a call begin; what is returned must be called when it has ended, with what that tells.
   * @throws GatewayError CIRCUIT_OPEN when it may not.
   */
  begin(call: Call<unknown>): (told: Told) => void;
  readonly state: BreakerState['name'];
  close(): void;
}

/**
 * Stops asking a source that fails, and lets one call at a time find out whether it is back.
 *
 * It opens on results, and on the lack of them: when calls have been in flight for `settings.slow` and the source completed
 * nothing in that time. So a source that hangs is known as dead long before its timeout, and one that is merely slow is not.
 * Opening cancels no call in flight; one that then succeeds closes it.
 */
export function createBreaker({ source, settings, concurrency, clock, report }: BreakerOptions): Breaker {
  let state: BreakerState = closed;
  const listeners = new Set<() => void>();
  /** In the order of their start. */
  const inFlight = new Set<{ startedAt: number }>();
  let closedAt = Number.NEGATIVE_INFINITY;
  let lastSign = Number.NEGATIVE_INFINITY;
  let stopWatch: (() => void) | undefined;

  function become(next: BreakerState): void {
    const changed = next.name !== state.name;
    if (changed && next.name === 'closed') closedAt = clock.monotonic();
    state = next;
    if (!changed) return;
    report({ type: 'breaker.changed', source, state: next.name });
    for (const listener of listeners) listener();
  }

  function now(): BreakerState {
    become(atTime(state, clock.monotonic()));
    return state;
  }

  const isProbing = () => state.name === 'halfOpen' && state.probing;

  /** Looks again when the oldest call in flight, or the last sign of life, will be `slow` ago. */
  function watch(): void {
    const [oldest] = inFlight;
    if (!oldest || stopWatch) return;
    const hangsAt = Math.max(oldest.startedAt, lastSign) + settings.slow;
    stopWatch = clock.after(hangsAt - clock.monotonic(), () => {
      stopWatch = undefined;
      if (isHanging()) {
        // The next verdict is due after another `slow`.
        lastSign = clock.monotonic();
        if (state.name !== 'open') become({ name: 'open', until: lastSign + settings.open });
      }
      watch();
    });
  }

  function isHanging(): boolean {
    const [oldest] = inFlight;
    return oldest !== undefined && clock.monotonic() >= Math.max(oldest.startedAt, lastSign) + settings.slow;
  }

  function stopWatching(): void {
    stopWatch?.();
    stopWatch = undefined;
  }

  /** While it ramps up, the calls that were in flight before it closed have slots of their own. */
  function rampLimit(allowance: number): number {
    if (allowance === Number.POSITIVE_INFINITY) return allowance;
    return allowance + [...inFlight].filter(({ startedAt }) => startedAt < closedAt).length;
  }

  function refusal(): GatewayError {
    const retryAfterMs = state.name === 'open' ? Math.max(0, state.until - clock.monotonic()) : probingMs;
    return new GatewayError('CIRCUIT_OPEN', 'Not asked: this source is failing at the moment.', {
      source,
      retryAfterMs,
    });
  }

  /** Whether the call goes out as the one that finds out whether the source is back. */
  function admit({ requestId }: Call<unknown>): boolean {
    const { name } = now();
    if (name === 'open' || isProbing()) {
      report({ type: 'call.rejected', source, requestId, failure: 'CIRCUIT_OPEN' });
      throw refusal();
    }
    if (name === 'halfOpen') become({ name, probing: true });
    return name === 'halfOpen';
  }

  function learn(outcome: Told, isProbe: boolean): void {
    if (outcome === 'nothing') {
      if (isProbe && isProbing()) become({ name: 'halfOpen', probing: false });
      return;
    }
    if (outcome !== 'silence') lastSign = clock.monotonic();
    const judged = outcome === 'silence' ? 'failed' : outcome;
    become(afterOutcome(state, judged, { settings, concurrency, now: clock.monotonic() }));
  }

  return {
    begin(call) {
      const isProbe = admit(call);
      const flight = { startedAt: clock.monotonic() };
      inFlight.add(flight);
      watch();
      return (told) => {
        learn(told, isProbe);
        inFlight.delete(flight);
        if (inFlight.size === 0) stopWatching();
      };
    },
    get state() {
      return now().name;
    },
    refusal(mayStart) {
      const { name } = now();
      if (name === 'closed') return null;
      return name === 'halfOpen' && !isProbing() && mayStart ? null : refusal();
    },
    // While it is half open, admit() lets one call through.
    allowance: () => (state.name === 'closed' ? rampLimit(state.allowance) : Number.POSITIVE_INFINITY),
    onChange: (listener) => void listeners.add(listener),
    close: stopWatching,
  };
}

/** When it makes sense to come back while a call is finding out whether the source is there (ms): the answer may come at any time. */
const probingMs = 1_000;

/** What the end of a call tells about the source. */
export type Told = Outcome | 'nothing' | 'silence';

/**
 * What an error tells about the source: nothing, where the call was called off or never sent; silence is a failure that is no
 * sign of life.
 */
export function toldBy(error: unknown): Told {
  // A connection that the source had closed while idle says nothing of how it is now.
  if (!(error instanceof GatewayError) || error.options.again === 'free' || error.options.notAsked) return 'nothing';
  switch (error.code) {
    case 'SOURCE_TIMEOUT':
      return 'silence';
    case 'SOURCE_UNAVAILABLE':
      return 'failed';
    case 'SOURCE_REJECTED':
      return error.options.refused ? 'refused' : 'answered';
    case 'SOURCE_NOT_FOUND':
    case 'SOURCE_BAD_RESPONSE':
    case 'SOURCE_RATE_LIMITED':
    case 'SOURCE_QUOTA_EXHAUSTED':
      return 'answered';
    default:
      return 'nothing';
  }
}
