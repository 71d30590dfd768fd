import { LRUCache } from 'lru-cache';
import type { Clock } from '../clock.js';
import { GatewayError } from '../errors.js';

/** Takes so many calls out of a budget; the error says why it may not, and then nothing was taken. */
export type Spend = (calls: number) => GatewayError | null;

export interface CallBudgets {
  /** The budget of a viewer; undefined where it has no limit. */
  spendingOf(viewer: string, callsPerMinute: number | null): Spend | undefined;
}

const minuteMs = 60_000;
/** Subjects of tokens are not ours to count; who has not asked for longest begins anew. */
const maxViewers = 10_000;

/**
 * Limits what each viewer may cause upstream. A viewer has a minute's calls to begin with, and they come back evenly. What is
 * in the cache, or on its way for somebody else, costs nothing; neither does a retry, which is the gateway's own decision.
 */
export function createCallBudgets(clock: Clock): CallBudgets {
  const budgets = new LRUCache<string, { left: number; at: number }>({ max: maxViewers });
  return {
    spendingOf(viewer, callsPerMinute) {
      if (callsPerMinute === null) return undefined;
      return (calls) => {
        const now = clock.monotonic();
        const { left, at } = budgets.get(viewer) ?? { left: callsPerMinute, at: now };
        const available = Math.min(callsPerMinute, left + ((now - at) * callsPerMinute) / minuteMs);
        if (available >= calls) {
          budgets.set(viewer, { left: available - calls, at: now });
          return null;
        }
        const retryAfterMs = ((calls - available) * minuteMs) / callsPerMinute;
        const message = `Not asked: this key or token may cause ${callsPerMinute} calls in a minute, and has used them up.`;
        return new GatewayError('QUERY_TOO_EXPENSIVE', message, { retryAfterMs, retryable: true });
      };
    },
  };
}
