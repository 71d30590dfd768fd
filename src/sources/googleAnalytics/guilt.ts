import { LRUCache } from 'lru-cache';
import type { Clock } from '../../clock.js';
import type { GatewayError } from '../../errors.js';
import type { ReportPlan } from './planner.js';

const rememberedMs = 600_000;
const maxRemembered = 1_000;

/** Remembers for 10 minutes which reports Google refused as wrong: asking again would only count as one more client error. */
export function createGuilt(clock: Clock) {
  const errors = new LRUCache<string, { error: GatewayError; until: number }>({ max: maxRemembered });
  return {
    add(plan: ReportPlan, error: GatewayError): void {
      errors.set(nameOf(plan), { error, until: clock.monotonic() + rememberedMs });
    },
    of(plan: ReportPlan): GatewayError | undefined {
      const known = errors.get(nameOf(plan));
      return known && known.until > clock.monotonic() ? known.error : undefined;
    },
  };
}

/** What Google takes offence at: fields that it does not know, or that do not go together. Not keys, and not days. */
function nameOf({ property, dimension, byKey, interval, metrics }: ReportPlan): string {
  return JSON.stringify([property, dimension, byKey, interval, metrics.toSorted()]);
}
