import { LRUCache } from 'lru-cache';
import type { Clock } from '../clock.js';

/** Counts failures by address. */
export interface Attempts {
  /** Notes one more; answers with the ms until this address is heard again, 0 = it has attempts left. */
  fail(address: string): number;
}

/** For people who mistype and clients that are configured wrongly, with room to spare. */
const maxFailures = 10;
const windowMs = 60_000;
/** Addresses are an attacker's to choose, memory is not. */
const maxAddresses = 10_000;

export function createAttempts(clock: Clock): Attempts {
  const windows = new LRUCache<string, { endsAt: number; failures: number }>({ max: maxAddresses });
  return {
    fail(address) {
      const now = clock.monotonic();
      const known = windows.get(address);
      const window = known && known.endsAt > now ? known : { endsAt: now + windowMs, failures: 0 };
      window.failures += 1;
      windows.set(address, window);
      return window.failures > maxFailures ? window.endsAt - now : 0;
    },
  };
}
