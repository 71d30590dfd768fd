import { describe, expect, test } from '@jest/globals';
import { pause, pauseBefore } from '../../web/src/backoff.js';
import { explainFailure, notableFailures } from '../../web/src/failures.js';
import { changeByKey } from '../../web/src/keyboard.js';
import { marksOf } from '../../web/src/marks.js';
import { orderNotice } from '../../web/src/ordering.js';
import { followSums } from '../../web/src/sums.js';

const now = Date.parse('2026-01-05T12:00:00Z');
const failure = (code: string, extensions = {}) => ({
  message: 'as the gateway says it',
  extensions: { code, source: 'googleAnalytics', ...extensions },
});

describe('a failure in plain words', () => {
  test('says what happened and when the source is asked again', () => {
    const { short, long } = explainFailure(failure('SOURCE_QUOTA_EXHAUSTED', { retryAfterMs: 600_000 }), {
      now,
      locale: 'en-GB',
    });
    expect(short).toBe('quota');
    expect(long).toMatch(
      /^Google Analytics answers no more for now: the quota is used up\. It is asked again from \d\d:10\.$/,
    );
  });

  test("is the gateway's own sentence where the code is not known", () => {
    expect(explainFailure(failure('SOMETHING_NEW'), { now, locale: 'en-GB' })).toEqual({
      short: 'failed',
      long: 'as the gateway says it',
    });
  });

  test('stands above the table once, if it concerns everybody', () => {
    const all = [failure('SOURCE_TIMEOUT'), failure('SOURCE_QUOTA_EXHAUSTED'), failure('SOURCE_QUOTA_EXHAUSTED')];
    expect(notableFailures(all)).toEqual([failure('SOURCE_QUOTA_EXHAUSTED')]);
  });
});

describe('marks', () => {
  const whole = { sampledShare: null, thresholded: false, otherRow: false, complete: true };

  test('are none for whole figures', () => expect(marksOf([whole, undefined], 'en-GB')).toEqual([]));

  test('name each flaw once, and the smallest sample', () => {
    const qualities = [
      { ...whole, sampledShare: 0.4, complete: false },
      { ...whole, sampledShare: 0.25, thresholded: true, otherRow: true, complete: false },
    ];
    expect(marksOf(qualities, 'en-GB').map(({ text }) => text)).toEqual([
      'Days not complete',
      'Sampled 25%',
      'Thresholded',
      '(other)',
    ]);
  });
});

describe('sums', () => {
  const sums = (coveredProducts: number, state: 'FRESH' | 'PENDING' = 'FRESH') => ({
    coveredProducts,
    totalProducts: 3,
    freshness: { state, asOf: null },
  });

  test('are looked at while they grow, and no more once they hold every product', () => {
    const growth = followSums();
    expect([sums(0, 'PENDING'), sums(1), sums(2), sums(3)].map((each) => growth.isGrowing([each]))).toEqual([
      true,
      true,
      true,
      false,
    ]);
  });

  test('are left alone when they have stopped to grow', () => {
    const growth = followSums();
    expect([2, 2, 2, 2, 2].map((covered) => growth.isGrowing([sums(covered)]))).toEqual([
      true,
      true,
      true,
      true,
      false,
    ]);
  });

  test('that are pending are never given up', () => {
    const growth = followSums();
    expect(Array.from({ length: 9 }, () => growth.isGrowing([sums(0, 'PENDING'), null]))).not.toContain(false);
  });

  test('of a source that is not there do not grow', () =>
    expect(followSums().isGrowing([null, undefined])).toBe(false));
});

describe('the order', () => {
  test('needs no word while it is certain', () => {
    expect(orderNotice({ complete: true, missing: 0, reasons: [] }, 40)).toBeNull();
  });

  test('says how far it is while figures come, and that some failed when they did', () => {
    expect(orderNotice({ complete: false, missing: 12, reasons: ['PENDING'] }, 40)?.text).toMatch(
      /not final: 12 of 40/,
    );
    const failed = orderNotice({ complete: false, missing: 2, reasons: ['SOURCE_TIMEOUT'] }, 40);
    expect(failed).toMatchObject({ tone: 'warning', text: expect.stringMatching(/^2 of 40 .* could not be read/) });
  });
});

describe('keys', () => {
  test.each([
    ['d', { range: 'TODAY' }],
    ['W', { range: 'LAST_7_DAYS' }],
    ['m', { range: 'THIS_MONTH' }],
    ['y', { range: 'THIS_YEAR' }],
    ['x', { compare: 'PREVIOUS_PERIOD' }],
    ['q', null],
  ])('%s means %j', (key, change) => expect(changeByKey(key, { compare: 'NONE' })).toEqual(change));

  test('x ends a comparison', () => {
    expect(changeByKey('x', { compare: 'PREVIOUS_YEAR' })).toEqual({ compare: 'NONE' });
  });
});

describe('asking again', () => {
  test('grows rarer, to a limit', () => {
    const pauses = Array.from({ length: 9 }, (_, attempt) => pauseBefore(attempt));
    expect(pauses.toSorted((a, b) => a - b)).toEqual(pauses);
    expect(pauses[0]).toBe(1_000);
    expect(pauses.at(-1)).toBe(10_000);
  });

  test('ends at once when nobody wants it any more', async () => {
    const leaving = new AbortController();
    const waiting = pause(3_600_000, leaving.signal);
    leaving.abort(new Error('gone'));
    await expect(waiting).rejects.toThrow('gone');
    await expect(pause(0, leaving.signal)).rejects.toThrow('gone');
  });
});
