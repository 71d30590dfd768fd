import { describe, expect, test } from '@jest/globals';
import { GatewayError } from '../../../src/errors.js';
import {
  afterAnswer,
  afterFailure,
  createLedger,
  isLow,
  type QuotaLedger,
  refillMs,
  refusalOf,
  remainingTokens,
} from '../../../src/sources/googleAnalytics/quota.js';

const hour = 3_600_000;
const noon = Date.parse('2026-02-01T12:00:00Z');
const at = (monotonic: number) => ({ monotonic, now: noon + monotonic });
const left = (buckets: Record<string, number>) => [
  Object.fromEntries(Object.entries(buckets).map(([bucket, remaining]) => [bucket, { consumed: 1, remaining }])),
];
const fresh = createLedger(5);
const told = (buckets: Record<string, number>, ledger = fresh, monotonic = 0) =>
  afterAnswer(ledger, left(buckets), at(monotonic));
const quotaError = (bucket: string) => new GatewayError('SOURCE_QUOTA_EXHAUSTED', 'empty', { bucket });
const codesOf = (ledger: QuotaLedger, monotonic = 0) =>
  [false, true].map((background) => refusalOf(ledger, background, at(monotonic))?.extensions['bucket'] ?? null);

describe('a quota', () => {
  test('of which nothing is known refuses nobody', () => {
    expect(codesOf(fresh)).toEqual([null, null]);
    expect(remainingTokens(fresh, at(0))).toBeNull();
    expect(isLow(fresh, at(0))).toBe(false);
  });

  test.each<[string, number, number]>([
    ['tokensPerProjectPerHour', 1_400, 280],
    ['tokensPerHour', 4_000, 800],
    ['tokensPerDay', 20_000, 10_000],
    ['serverErrorsPerProjectPerHour', 5, 3],
  ])('%s stops background work below %d, and everything below %d', (bucket, low, stop) => {
    expect(codesOf(told({ [bucket]: low }))).toEqual([null, null]);
    expect(codesOf(told({ [bucket]: low - 1 }))).toEqual([null, bucket]);
    expect(codesOf(told({ [bucket]: stop }))).toEqual([null, bucket]);
    expect(codesOf(told({ [bucket]: stop - 1 }))).toEqual([bucket, bucket]);
  });

  test('that is empty stops everything until it is full again, and says when', () => {
    const ledger = afterFailure(fresh, quotaError('tokensPerProjectPerHour'), at(1_000));
    expect(refusalOf(ledger, false, at(61_000))?.extensions).toEqual({
      code: 'SOURCE_QUOTA_EXHAUSTED',
      source: 'googleAnalytics',
      retryable: true,
      retryAfterMs: hour - 60_000,
      bucket: 'tokensPerProjectPerHour',
    });
    expect(refusalOf(ledger, false, at(hour + 1_000))).toBeNull();
    expect(refusalOf(ledger, true, at(hour + 1_000))).toBeNull();
  });

  test('of the day is full again at midnight in California, also where the clocks change', () => {
    const untilMidnight = (time: string) => Math.round(refillMs('tokensPerDay', Date.parse(time)) / 60_000);
    expect(untilMidnight('2026-02-01T20:00:00Z')).toBe(12 * 60);
    expect(untilMidnight('2026-03-08T08:00:00Z')).toBe(23 * 60);
    expect(untilMidnight('2026-11-01T07:00:00Z')).toBe(25 * 60);
  });

  test('is what the least of several answers says, for an hour', () => {
    const ledger = afterAnswer(
      fresh,
      [...left({ tokensPerHour: 30_000, tokensPerProjectPerHour: 9_000 }), ...left({ tokensPerProjectPerHour: 8_990 })],
      at(0),
    );
    expect(remainingTokens(ledger, at(hour - 1))).toBe(8_990);
    expect(remainingTokens(ledger, at(hour))).toBeNull();
  });

  test('is used up where Google said so in a 429, whatever it had said before', () => {
    const ledger = afterAnswer(fresh, left({ tokensPerHour: 8_990 }), at(0));
    const empty = new GatewayError('SOURCE_QUOTA_EXHAUSTED', 'empty', { bucket: 'tokensPerHour' });
    expect(remainingTokens(afterFailure(ledger, empty, at(1)), at(2))).toBe(0);
  });

  test('of answers that are no success stops everything before Google does', () => {
    const rejected = new GatewayError('SOURCE_REJECTED', 'wrong');
    const many = (count: number) =>
      Array.from({ length: count }).reduce<QuotaLedger>((ledger) => afterFailure(ledger, rejected, at(0)), fresh);
    expect(codesOf(many(999))).toEqual([null, null]);
    expect(codesOf(many(1_000))[0]).toBe('clientErrorsPerProjectPerQuarterHour');
    expect(codesOf(many(1_000), hour / 4)).toEqual([null, null]);
  });
});

describe('calls at once', () => {
  const concurrent = quotaError('concurrentRequests');

  test('are halved each time that there were too many, and never none', () => {
    const [once, twice, often] = [1, 2, 9].map((count) =>
      Array.from({ length: count }).reduce<QuotaLedger>((ledger) => afterFailure(ledger, concurrent, at(0)), fresh),
    );
    expect([once?.allowance, twice?.allowance, often?.allowance]).toEqual([2, 1, 1]);
    expect(codesOf(once ?? fresh)).toEqual([null, null]);
  });

  test('grow by one for 20 answers in a row, up to where they began', () => {
    const halved = afterFailure(fresh, concurrent, at(0));
    const answered = (count: number) =>
      Array.from({ length: count }).reduce<QuotaLedger>((ledger) => afterAnswer(ledger, [], at(0)), halved);
    expect([19, 20, 39, 40, 200].map((count) => answered(count).allowance)).toEqual([2, 3, 3, 4, 5]);
  });
});

test('a call that was not made teaches nothing', () => {
  const refusal = refusalOf(told({ tokensPerHour: 1 }), false, at(0));
  expect(afterFailure(fresh, refusal, at(0))).toBe(fresh);
});
