/** Pure: what a circuit breaker knows, and what it makes of each result. Times are monotonic ms. */
export type BreakerState =
  | ClosedBreaker
  | { readonly name: 'open'; readonly until: number }
  | { readonly name: 'halfOpen'; readonly probing: boolean };

export interface ClosedBreaker {
  readonly name: 'closed';
  readonly failuresInRow: number;
  readonly refusalsInRow: number;
  /** Share of failures, 0 to 1; each result weighs 4 % and fades, so that about the last 25 decide. */
  readonly failureShare: number;
  /** How many calls may run at once: small right after the source came back, then without limit. */
  readonly allowance: number;
}

export interface BreakerSettings {
  /** Failures in a row that open it. */
  readonly failures: number;
  /** A call in flight for longer than this, while nothing else came back either, says that the source hangs (ms). */
  readonly slow: number;
  /** How long it stays open before one call may try again (ms). */
  readonly open: number;
}

/**
 * What a call tells about its source. answered: it is alive, whatever it said (404, 400, nonsense); refused: it does not
 * accept our credentials; failed: 5xx, no connection, no answer in time.
 */
export type Outcome = 'succeeded' | 'answered' | 'refused' | 'failed';

export const closed: ClosedBreaker = {
  name: 'closed',
  failuresInRow: 0,
  refusalsInRow: 0,
  failureShare: 0,
  allowance: Number.POSITIVE_INFINITY,
};

/** Credentials do not heal by asking again, so few calls find out. */
const refusalsToOpen = 3;
/** Far from the half that a source flapping by chance may reach. */
const shareToOpen = 0.8;
const weight = 0.04;

/** The state at `now`: an open breaker becomes half open when its time is over. */
export function atTime(state: BreakerState, now: number): BreakerState {
  return state.name === 'open' && now >= state.until ? { name: 'halfOpen', probing: false } : state;
}

/** The state after a result that came in at `now`. `concurrency` is where the ramp after an outage ends. */
export function afterOutcome(
  state: BreakerState,
  outcome: Outcome,
  { settings, concurrency, now }: { settings: BreakerSettings; concurrency: number; now: number },
): BreakerState {
  const isAlive = outcome === 'succeeded' || outcome === 'answered';
  if (state.name !== 'closed') {
    if (isAlive) return { ...closed, allowance: grown(1, concurrency) };
    return state.name === 'open' ? state : { name: 'open', until: now + settings.open };
  }
  // An answer that is no success is a sign of life all the same; for the share it does not count.
  if (outcome === 'answered') return { ...state, failuresInRow: 0, allowance: grown(state.allowance, concurrency) };
  const failed = outcome === 'failed' ? 1 : 0;
  const next: ClosedBreaker = {
    ...state,
    failuresInRow: failed ? state.failuresInRow + 1 : 0,
    refusalsInRow: outcome === 'refused' ? state.refusalsInRow + 1 : 0,
    failureShare: state.failureShare * (1 - weight) + failed * weight,
    allowance: outcome === 'succeeded' ? grown(state.allowance, concurrency) : state.allowance,
  };
  const opens =
    next.failuresInRow >= settings.failures || next.refusalsInRow >= refusalsToOpen || next.failureShare > shareToOpen;
  return opens ? { name: 'open', until: now + settings.open } : next;
}

/** One more call for each success, so that a source that has just come back is not met by all that waited. */
function grown(allowance: number, concurrency: number): number {
  return allowance + 1 >= concurrency ? Number.POSITIVE_INFINITY : allowance + 1;
}
