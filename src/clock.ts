/**
 * Time as the gateway sees it. Handed in by app.ts, so that a test can move it.
 *
 * `now` is wall time in ms since the epoch and only for what people read (dates, asOf); durations and deadlines are taken
 * from `monotonic` (ms), which no clock change moves.
 */
export interface Clock {
  now(): number;
  monotonic(): number;
  /** Calls back once after `ms`; the function returned cancels it. Never keeps the process alive by itself. */
  after(ms: number, callback: () => void): () => void;
}

/** setTimeout fires at once above this, about 24.8 days. */
const longestTimer = 2_147_483_647;

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after(ms, callback) {
    const timer = setTimeout(callback, Math.min(Math.max(ms, 0), longestTimer));
    timer.unref();
    return () => clearTimeout(timer);
  },
};
