import { addDays, dayIn } from '../../dateRange.js';
import { GatewayError } from '../../errors.js';
import type { BucketStatus } from './answer.js';

/**
 * What is known of one property's quota. Pure: every function takes a ledger and gives a new one. Times are monotonic ms,
 * but for `now`, which is wall time.
 */
export interface QuotaLedger {
  /** What each bucket had left when Google last said so. */
  readonly readings: ReadonlyMap<string, Reading>;
  /** Buckets that are (nearly) empty, until when nothing is asked. */
  readonly stops: ReadonlyMap<string, number>;
  /** How many calls may be in flight at once. */
  readonly allowance: number;
  readonly maxAllowance: number;
  readonly successesInRow: number;
  /** Answers other than 200 and 500 since a quarter of an hour began. */
  readonly clientErrors: Errors;
  /** 5xx since an hour began. */
  readonly serverErrors: Errors;
}

interface Errors {
  readonly since: number;
  readonly count: number;
}

interface Reading {
  readonly remaining: number;
  /** When the bucket is full again at the latest. */
  readonly until: number;
}

/** A moment by both clocks. */
export interface Moment {
  readonly monotonic: number;
  readonly now: number;
}

const hourMs = 3_600_000;
const quarterHourMs = hourMs / 4;
/** Of 10,000 and of 10 that Google takes before it locks the property: others use it as well. */
const clientErrorsToStop = 1_000;
const serverErrorsToStop = 8;
const successesToGrow = 20;

/**
 * From when on background work stops, and from when on everything does: 10 % and 2 % of an hour's tokens, 5 % of a day's,
 * and the last two of ten server errors, after which Google locks the property. Of a property that is paid for these shares
 * are smaller, which is on the safe side of nothing but patience.
 */
const thresholds: Readonly<Record<string, { readonly low: number; readonly stop: number }>> = {
  tokensPerProjectPerHour: { low: 1_400, stop: 280 },
  tokensPerHour: { low: 4_000, stop: 800 },
  tokensPerDay: { low: 20_000, stop: 10_000 },
  serverErrorsPerProjectPerHour: { low: 5, stop: 3 },
};

const none: Errors = { since: Number.NEGATIVE_INFINITY, count: 0 };

export function createLedger(maxAllowance: number): QuotaLedger {
  return {
    readings: new Map(),
    stops: new Map(),
    allowance: maxAllowance,
    maxAllowance,
    successesInRow: 0,
    clientErrors: none,
    serverErrors: none,
  };
}

/** After a call that Google answered, with what it says of its buckets. 20 in a row are worth one more at once. */
export function afterAnswer(
  ledger: QuotaLedger,
  quotas: readonly Readonly<Record<string, BucketStatus>>[],
  at: Moment,
): QuotaLedger {
  const grows = ledger.successesInRow + 1 >= successesToGrow;
  const readings = new Map(ledger.readings);
  const stops = new Map(ledger.stops);
  for (const [bucket, remaining] of leastRemaining(quotas)) {
    const until = at.monotonic + refillMs(bucket, at.now);
    readings.set(bucket, { remaining, until });
    const { stop = 1 } = thresholds[bucket] ?? {};
    if (bucket !== 'concurrentRequests' && remaining < stop) stops.set(bucket, until);
  }
  return {
    ...ledger,
    readings,
    stops,
    successesInRow: grows ? 0 : ledger.successesInRow + 1,
    allowance: grows ? Math.min(ledger.maxAllowance, ledger.allowance + 1) : ledger.allowance,
  };
}

/** After a call that failed. Too many at once halves what is in flight; an empty bucket stops everything until it refills. */
export function afterFailure(ledger: QuotaLedger, error: unknown, at: Moment): QuotaLedger {
  if (!(error instanceof GatewayError) || error.options.notAsked) return ledger;
  const { bucket } = error.options;
  const next = { ...ledger, successesInRow: 0 };
  if (bucket === 'concurrentRequests') return { ...next, allowance: Math.max(1, Math.floor(ledger.allowance / 2)) };
  const counted = withError(next, error, at);
  if (error.code !== 'SOURCE_QUOTA_EXHAUSTED' || bucket === undefined) return counted;
  const until = at.monotonic + refillMs(bucket, at.now);
  return {
    ...counted,
    readings: new Map(counted.readings).set(bucket, { remaining: 0, until }),
    stops: new Map(counted.stops).set(bucket, until),
  };
}

/** Google counts errors, and locks a property that has too many. */
function withError(ledger: QuotaLedger, { code, options }: GatewayError, { monotonic }: Moment): QuotaLedger {
  if (options.serverError) {
    const serverErrors = oneMore(ledger.serverErrors, hourMs, monotonic);
    const stops = stopAt(ledger, 'serverErrorsPerProjectPerHour', serverErrors, serverErrorsToStop, hourMs);
    return { ...ledger, serverErrors, stops };
  }
  if (code !== 'SOURCE_REJECTED' && code !== 'SOURCE_QUOTA_EXHAUSTED') return ledger;
  const clientErrors = oneMore(ledger.clientErrors, quarterHourMs, monotonic);
  const bucket = 'clientErrorsPerProjectPerQuarterHour';
  return { ...ledger, clientErrors, stops: stopAt(ledger, bucket, clientErrors, clientErrorsToStop, quarterHourMs) };
}

function oneMore({ since, count }: Errors, ms: number, now: number): Errors {
  return now >= since + ms ? { since: now, count: 1 } : { since, count: count + 1 };
}

function stopAt({ stops }: QuotaLedger, bucket: string, { since, count }: Errors, most: number, ms: number) {
  return count < most ? stops : new Map(stops).set(bucket, since + ms);
}

/**
 * Why a call must not be made now; null = it may. Background work is refused first, while there is something left for those
 * who wait.
 */
export function refusalOf(ledger: QuotaLedger, isBackground: boolean, { monotonic }: Moment): GatewayError | null {
  const stop = [...ledger.stops].filter(([, until]) => until > monotonic).toSorted(([, a], [, b]) => b - a)[0];
  if (stop) return notAsked("Not asked: Google Analytics' quota for this property is used up.", stop, monotonic);
  const low = isBackground ? lowBucket(ledger, monotonic) : undefined;
  return low ? notAsked('Not asked: what is left of the quota is for those who wait.', low, monotonic) : null;
}

/** Whether so little is left that figures should be kept for longer. */
export function isLow(ledger: QuotaLedger, { monotonic }: Moment): boolean {
  return lowBucket(ledger, monotonic) !== undefined;
}

/** Tokens that are left for this hour; null while unknown. */
export function remainingTokens({ readings }: QuotaLedger, { monotonic }: Moment): number | null {
  const known = ['tokensPerProjectPerHour', 'tokensPerHour', 'tokensPerDay'].flatMap((bucket) => {
    const reading = readings.get(bucket);
    return reading && reading.until > monotonic ? [reading.remaining] : [];
  });
  return known.length > 0 ? Math.min(...known) : null;
}

function lowBucket({ readings }: QuotaLedger, monotonic: number): readonly [string, number] | undefined {
  for (const [bucket, { remaining, until }] of readings) {
    const threshold = thresholds[bucket];
    if (threshold && until > monotonic && remaining < threshold.low) return [bucket, until];
  }
  return undefined;
}

function notAsked(message: string, [bucket, until]: readonly [string, number], monotonic: number): GatewayError {
  const options = { source: 'googleAnalytics', bucket, retryAfterMs: until - monotonic, notAsked: true } as const;
  return new GatewayError('SOURCE_QUOTA_EXHAUSTED', message, options);
}

/** Answers come in any order; the least that one of them saw is what is left. */
function leastRemaining(quotas: readonly Readonly<Record<string, BucketStatus>>[]): Map<string, number> {
  const least = new Map<string, number>();
  for (const quota of quotas) {
    for (const [bucket, { remaining }] of Object.entries(quota)) {
      least.set(bucket, Math.min(remaining, least.get(bucket) ?? remaining));
    }
  }
  return least;
}

/** How long it takes at most until a bucket is full again (ms): the day's at midnight Pacific, the others within the hour. */
export function refillMs(bucket: string, now: number): number {
  if (bucket === 'tokensPerDay') return msUntilMidnight('America/Los_Angeles', now);
  return bucket === 'clientErrorsPerProjectPerQuarterHour' ? quarterHourMs : hourMs;
}

/** By halving, because a day has 23 or 25 hours where the clocks change. To the second, and never too early. */
function msUntilMidnight(timeZone: string, now: number): number {
  const tomorrow = addDays(dayIn(timeZone, now), 1);
  let [before, after] = [0, 26 * hourMs];
  while (after - before > 1_000) {
    const middle = (before + after) / 2;
    if (dayIn(timeZone, now + middle) >= tomorrow) after = middle;
    else before = middle;
  }
  return Math.ceil(after);
}
