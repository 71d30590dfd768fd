import { LRUCache } from 'lru-cache';
import type { Clock } from '../clock.js';
import { dated, type Entry } from './entry.js';
import type { NearStore } from './store.js';

/** What an entry costs besides its value: its key, its place in the map, its numbers (bytes, by measurement). */
const overheadBytes = 300;

/** Entries of this process, bounded by bytes; the ones that were not used for longest go first. */
export function createMemoryStore<V>({ maxBytes, clock }: { maxBytes: number; clock: Clock }): NearStore<V> {
  const cache = new LRUCache<string, { entry: Entry<V>; storedAt: number; ageThen: number }>({
    maxSize: maxBytes,
    sizeCalculation: ({ entry }, key) => overheadBytes + 2 * key.length + sizeOf(entry.value),
  });
  return {
    getMany: (keys) =>
      keys.map((key) => {
        const kept = cache.get(key);
        if (!kept) return undefined;
        const ageMs = kept.ageThen + clock.monotonic() - kept.storedAt;
        return { entry: dated(kept.entry, ageMs, clock.now()), ageMs };
      }),
    setMany(entries) {
      for (const [key, entry] of entries) {
        const ageThen = Math.max(0, clock.now() - entry.asOf);
        cache.set(key, { entry, storedAt: clock.monotonic(), ageThen });
      }
      return true;
    },
    close: async () => cache.clear(),
  };
}

/** About how many bytes a value takes: 2 for each character of a text, 8 for everything else. */
function sizeOf(value: unknown): number {
  if (typeof value === 'string') return 2 * value.length;
  if (typeof value !== 'object' || value === null) return 8;
  let bytes = 16;
  for (const name in value) bytes += 2 * name.length + 8 + sizeOf((value as Record<string, unknown>)[name]);
  return bytes;
}
