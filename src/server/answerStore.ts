import { LRUCache } from 'lru-cache';
import type { Clock } from '../clock.js';

/** Until when an answer is true. */
export interface Lifetime {
  /** All of its parts are fresh until then; monotonic ms. */
  readonly freshUntil: number;
  /** The day that its presets count from: wall time, ms since the epoch, the end exclusive. */
  readonly dayFrom: number;
  readonly dayUntil: number;
}

/** A whole answer, as it is sent. */
export interface WholeAnswer {
  /** In UTF-8, each character of it one byte: a short text is sent in one piece with its head, and a buffer is not. */
  readonly body: string;
  readonly contentType: string;
  readonly operation: string | null;
  /** For the log, where the configuration wants that. */
  readonly query: string;
  readonly lifetime: Lifetime;
}

/** The body of an answer. */
export function textOf(text: string): string {
  return Buffer.from(text).toString('latin1');
}

/** A body as it goes over the network. */
export function bytesOf(body: string): Buffer {
  return Buffer.from(body, 'latin1');
}

/** For how much longer it may be sent (ms); 0 = no longer. A wall clock that was set back ends it as midnight does. */
export function msLeft({ freshUntil, dayFrom, dayUntil }: Lifetime, clock: Clock): number {
  const now = clock.now();
  if (now < dayFrom) return 0;
  return Math.max(0, Math.min(freshUntil - clock.monotonic(), dayUntil - now));
}

/** What an answer costs besides its bytes and its key (bytes, estimated). */
const overheadBytes = 500;

/** Whole answers of this process, bounded by bytes; those that were not asked for longest go first. */
export function createAnswerStore({ maxBytes, clock }: { maxBytes: number; clock: Clock }) {
  const cache = new LRUCache<string, WholeAnswer>({
    maxSize: maxBytes,
    // One that takes the place of many is not worth it.
    maxEntrySize: Math.ceil(maxBytes / 8),
    sizeCalculation: ({ body, query }, key) => overheadBytes + 2 * (key.length + query.length) + body.length,
  });
  return {
    /** Only while it is true. */
    get(key: string): WholeAnswer | undefined {
      const kept = cache.get(key);
      if (!kept || msLeft(kept.lifetime, clock) > 0) return kept;
      cache.delete(key);
      return undefined;
    },
    set(key: string, answer: WholeAnswer): void {
      if (msLeft(answer.lifetime, clock) > 0) cache.set(key, answer);
    },
    clear: () => cache.clear(),
  };
}
