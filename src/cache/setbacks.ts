import { LRUCache } from 'lru-cache';
import type { Clock } from '../clock.js';
import { GatewayError } from '../errors.js';
import { dated, type Entry, jitter } from './entry.js';

/** What the last try for a key brought that is not kept as its value. */
export type Setback<V> = { readonly at: number; readonly ms: number } & (
  | { readonly kind: 'failed'; readonly error: GatewayError }
  | { readonly kind: 'partial'; readonly entry: Entry<V> }
  | { readonly kind: 'refused' }
);

/** Remembers for a while what did not work, so that nobody asks again at once. */
export interface Setbacks<V> {
  /** The last one, as long as it keeps us from asking again; `maxAgeMs` makes that shorter. */
  get(key: string, maxAgeMs: number | null): Setback<V> | undefined;
  addFailure(keys: readonly string[], error: unknown): void;
  addPartial(key: string, entry: Entry<V>): void;
  forget(key: string): void;
}

/** How long a failure keeps us from asking again, in ms. */
const failureMs = 5_000;
const notFoundMs = 300_000;
/** How long a source that is not asked at all keeps us from refreshing, where it does not say. */
const refusalMs = 1_000;
const maxFailures = 10_000;

export function createSetbacks<V>({ clock, random }: { clock: Clock; random: () => number }): Setbacks<V> {
  const setbacks = new LRUCache<string, Setback<V>>({ max: maxFailures });
  const lasting = (ms: number) => ({ at: clock.monotonic(), ms: jitter(ms, random()) });
  return {
    get(key, maxAgeMs) {
      // Mostly there is none at all.
      const setback = setbacks.size > 0 ? setbacks.get(key) : undefined;
      if (!setback) return undefined;
      const ageMs = clock.monotonic() - setback.at;
      if (ageMs >= Math.min(setback.ms, maxAgeMs ?? Number.POSITIVE_INFINITY)) return undefined;
      return setback.kind === 'partial' ? { ...setback, entry: dated(setback.entry, ageMs, clock.now()) } : setback;
    },
    addFailure(keys, error) {
      if (!(error instanceof GatewayError)) return;
      if (isRefusal(error)) {
        const ms = Math.min(error.options.retryAfterMs ?? refusalMs, failureMs);
        for (const key of keys) setbacks.set(key, { kind: 'refused', ...lasting(ms) });
      }
      const ms = memoryOf(error);
      if (ms === 0) return;
      for (const key of keys) setbacks.set(key, { kind: 'failed', error, ...lasting(ms) });
    },
    addPartial: (key, entry) => void setbacks.set(key, { kind: 'partial', entry, ...lasting(failureMs) }),
    forget(key) {
      if (setbacks.size > 0) setbacks.delete(key);
    },
  };
}

/** The source was not asked, because it is failing, wants a pause, or has too much to do. */
function isRefusal({ code }: GatewayError): boolean {
  return code === 'CIRCUIT_OPEN' || code === 'OVERLOADED' || code === 'SOURCE_RATE_LIMITED';
}

/**
 * How long (ms) a failure is worth remembering: as long as the source itself brought it about. A call that was not made, or
 * called off, says nothing of the next one: 0.
 */
export function memoryOf(error: unknown): number {
  if (!(error instanceof GatewayError) || error.options.notAsked) return 0;
  switch (error.code) {
    case 'SOURCE_NOT_FOUND':
      return notFoundMs;
    case 'SOURCE_TIMEOUT':
    case 'SOURCE_UNAVAILABLE':
    case 'SOURCE_BAD_RESPONSE':
    case 'SOURCE_REJECTED':
    case 'SOURCE_QUOTA_EXHAUSTED':
      return failureMs;
    default:
      return 0;
  }
}
