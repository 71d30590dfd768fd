import { LRUCache } from 'lru-cache';
import type { Clock } from '../../clock.js';
import type { GatewayError } from '../../errors.js';
import type { ReportPlan } from './planner.js';

const rememberedMs = 600_000;
const maxRemembered = 1_000;

/** Where a report belongs, and how its rows are told apart. */
type Form = Pick<ReportPlan, 'property' | 'dimension' | 'byKey' | 'interval'>;

/**
 * Remembers for 10 minutes which metrics Google refused, or which of them together: asking again would only count as one more
 * client error. It takes offence at fields that it does not know, or that do not go together; not at keys, and not at days.
 */
export function createGuilt(clock: Clock) {
  const errors = new LRUCache<string, { error: GatewayError; until: number }>({ max: maxRemembered });
  function find(name: string): GatewayError | undefined {
    const known = errors.get(name);
    return known && known.until > clock.monotonic() ? known.error : undefined;
  }
  return {
    /** `named`: Google named each of these metrics; otherwise it may be only that they do not go together. */
    add(form: Form, metrics: readonly string[], named: boolean, error: GatewayError): void {
      const until = clock.monotonic() + rememberedMs;
      const names = named ? metrics.map((metric) => nameOf(form, metric)) : [nameOf(form, metrics)];
      for (const name of names) errors.set(name, { error, until });
    },
    ofMetric: (form: Form, metric: string) => find(nameOf(form, metric)),
    ofMetrics: (form: Form, metrics: readonly string[]) => find(nameOf(form, metrics)),
  };
}

function nameOf({ property, dimension, byKey, interval }: Form, metrics: string | readonly string[]): string {
  return JSON.stringify([property, dimension, byKey, interval, metrics]);
}
