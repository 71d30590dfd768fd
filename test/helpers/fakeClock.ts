import { setImmediate as turn } from 'node:timers/promises';
import type { Clock } from '../../src/clock.js';

export interface FakeClock extends Clock {
  /** Timers that were set and have neither fired nor been cancelled. */
  readonly timers: number;
  /**
   * Moves time on, firing what becomes due at its own time and in order; whatever a callback starts settles before the
   * next one fires, and may set timers that fall due in the same move.
   */
  advance(ms: number): Promise<void>;
}

/** A clock that stands still until it is told to go on. */
export function createFakeClock(startIso = '2026-01-15T12:00:00.000Z'): FakeClock {
  const start = Date.parse(startIso);
  const timers = new Set<{ readonly at: number; readonly callback: () => void }>();
  let elapsed = 0;

  /** Of several timers at the same time the first that was set is the first to fire: Set keeps that order, sort too. */
  function takeDue(end: number): { at: number; callback: () => void } | undefined {
    const [next] = [...timers].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at);
    if (next) timers.delete(next);
    return next;
  }

  return {
    get timers() {
      return timers.size;
    },
    now: () => start + elapsed,
    monotonic: () => elapsed,
    after(ms, callback) {
      const timer = { at: elapsed + Math.max(ms, 0), callback };
      timers.add(timer);
      return () => void timers.delete(timer);
    },
    async advance(ms) {
      const end = elapsed + ms;
      await settle();
      for (let timer = takeDue(end); timer; timer = takeDue(end)) {
        elapsed = timer.at;
        timer.callback();
        await settle();
      }
      elapsed = end;
      await settle();
    },
  };
}

/** Several turns, because a promise chain may itself wait for setImmediate or for a socket in this process. */
async function settle(turns = 5): Promise<void> {
  for (let left = turns; left > 0; left -= 1) await turn();
}
