/** A value that a source gave, and how long it may be used. Durations in ms. */
export interface Entry<V> {
  readonly value: V;
  /** When the source answered: wall time, ms since the epoch. */
  readonly asOf: number;
  /** How long it counts as new. */
  readonly freshMs: number;
  /** How long after that it may still be shown, as STALE. */
  readonly staleMs: number;
}

/** An entry as a store found it. */
export interface Found<V> {
  readonly entry: Entry<V>;
  /** By a clock that no change of the wall time moves, where the store has one; never negative. */
  readonly ageMs: number;
}

export type Age = 'fresh' | 'stale' | 'missing';

/**
 * `maxAgeMs` makes older values stale sooner, `minFreshMs` those that would not stay fresh for that much longer; neither makes
 * them last longer.
 */
export function ageOf(found: Found<unknown> | undefined, maxAgeMs: number | null, minFreshMs = 0): Age {
  if (!found) return 'missing';
  const { entry, ageMs } = found;
  if (ageMs + minFreshMs < entry.freshMs && ageMs < (maxAgeMs ?? Number.POSITIVE_INFINITY)) return 'fresh';
  return ageMs < entry.freshMs + entry.staleMs ? 'stale' : 'missing';
}

/**
 * For how much longer it counts as new (ms); 0 where it does not, and where somebody asked for an age of his own: others may
 * not be given what he was.
 */
export function freshMsLeft({ entry, ageMs }: Found<unknown>, maxAgeMs: number | null): number {
  return maxAgeMs === null ? Math.max(0, entry.freshMs - ageMs) : 0;
}

/** By how much the clocks of two replicas may differ before the reader's own is believed (ms). */
const toleranceMs = 1_000;

/**
 * The entry, dated by the clock of whoever reads it: wall time may have been set since it was written, or have been another
 * replica's. Only its age is sure, so that it is never of the future.
 */
export function dated<V>(entry: Entry<V>, ageMs: number, now: number): Entry<V> {
  const latest = now - Math.max(0, ageMs - toleranceMs);
  const asOf = Math.min(latest, Math.max(entry.asOf, now - ageMs - toleranceMs));
  return asOf === entry.asOf ? entry : { ...entry, asOf };
}

/** A lifetime up to 10 % shorter or longer, so that what came together does not go together. `random` is 0 to 1. */
export function jitter(ms: number, random: number): number {
  return ms * (0.9 + 0.2 * random);
}
