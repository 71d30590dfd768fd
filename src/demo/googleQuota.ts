import { readLocalTime } from './days.js';
import type { QuotaBucket } from './googleErrors.js';

export type QuotaLimits = Readonly<Record<QuotaBucket, number>>;

/** A property that nobody pays for. */
export const standardLimits: QuotaLimits = {
  concurrentRequests: 10,
  tokensPerProjectPerHour: 14_000,
  tokensPerHour: 40_000,
  tokensPerDay: 200_000,
  potentiallyThresholdedRequestsPerHour: 120,
  serverErrorsPerProjectPerHour: 10,
  clientErrorsPerProjectPerQuarterHour: 10_000,
};

/** Core and realtime methods drain buckets of their own. */
export type QuotaCategory = 'core' | 'realtime';

/** `consumed` is what this request took. Google prints its zeros, unlike all others. */
export type PropertyQuota = Readonly<Record<string, { readonly consumed: number; readonly remaining: number }>>;

/** What one property has left, of one category. */
export interface QuotaLedger {
  /** A request is there; the function returned says that it is gone. */
  enter(): () => void;
  /** The bucket that has nothing left; while there is one, Google refuses every request. */
  exhausted(): QuotaBucket | undefined;
  /** Takes a report's tokens from day, hour and project at once. */
  spend(cost: { tokens: number; potentiallyThresholded: boolean }): PropertyQuota;
  /** Server errors and client errors (everything but 200 and 500) have limits too. */
  countFailure(status: number): void;
}

export interface Quotas {
  of(property: string, category: QuotaCategory): QuotaLedger;
  reset(): void;
}

/** Quotas that refill as the given time (ms since the epoch) goes by: the day's at midnight Pacific, the others by the hour. */
export function createQuotas(now: () => number, limits: QuotaLimits = standardLimits): Quotas {
  const ledgers = new Map<string, QuotaLedger>();
  return {
    of(property, category) {
      const key = `${category} ${property}`;
      const ledger = ledgers.get(key) ?? createLedger(now, limits);
      ledgers.set(key, ledger);
      return ledger;
    },
    reset: () => ledgers.clear(),
  };
}

function createLedger(now: () => number, limits: QuotaLimits): QuotaLedger {
  const buckets = new Map<QuotaBucket, { window: string; consumed: number }>();
  const names = Object.keys(limits) as QuotaBucket[];
  let inFlight = 0;

  function consumed(name: QuotaBucket): number {
    const bucket = buckets.get(name);
    return bucket?.window === windowOf(name, now()) ? bucket.consumed : 0;
  }
  function consume(name: QuotaBucket, amount: number): void {
    buckets.set(name, { window: windowOf(name, now()), consumed: consumed(name) + amount });
  }

  return {
    enter() {
      inFlight += 1;
      return () => {
        inFlight -= 1;
      };
    },
    exhausted: () =>
      names.find((name) => (name === 'concurrentRequests' ? inFlight > limits[name] : consumed(name) >= limits[name])),
    spend({ tokens, potentiallyThresholded }) {
      const taken: Partial<Record<QuotaBucket, number>> = {
        tokensPerDay: tokens,
        tokensPerHour: tokens,
        tokensPerProjectPerHour: tokens,
        potentiallyThresholdedRequestsPerHour: potentiallyThresholded ? 1 : 0,
      };
      for (const [name, amount] of Object.entries(taken)) consume(name as QuotaBucket, amount);
      const told = names.filter((name) => name !== 'clientErrorsPerProjectPerQuarterHour');
      const status = (name: QuotaBucket) => ({
        consumed: taken[name] ?? 0,
        remaining: Math.max(0, limits[name] - consumed(name)),
      });
      return Object.fromEntries(told.map((name) => [name, status(name)]));
    },
    countFailure(status) {
      if (status >= 500) consume('serverErrorsPerProjectPerHour', 1);
      if (status !== 500) consume('clientErrorsPerProjectPerQuarterHour', 1);
    },
  };
}

const quarterHourMs = 900_000;
const hourMs = 3_600_000;

/** The span of time that a bucket is for; in the next one it is full again. */
function windowOf(name: QuotaBucket, now: number): string {
  if (name === 'tokensPerDay') return readLocalTime('America/Los_Angeles', now).day;
  const length = name === 'clientErrorsPerProjectPerQuarterHour' ? quarterHourMs : hourMs;
  return String(Math.floor(now / length));
}
