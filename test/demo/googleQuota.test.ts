import { describe, expect, test } from '@jest/globals';
import { createQuotas, standardLimits } from '../../src/demo/googleQuota.js';
import { createFakeClock } from '../helpers/fakeClock.js';

const cost = { tokens: 5, potentiallyThresholded: false };

describe('quotas', () => {
  // Half past the hour; 23:30 of the day before in California.
  const start = '2025-03-05T07:30:00.000Z';

  function createLedger(limits = {}) {
    const clock = createFakeClock(start);
    const quotas = createQuotas(() => clock.now(), { ...standardLimits, ...limits });
    return { clock, quotas, ledger: quotas.of('1', 'core') };
  }

  test('take a report’s tokens from day, hour and project at once', () => {
    const { ledger } = createLedger();
    ledger.spend(cost);
    expect(ledger.spend(cost)).toEqual({
      concurrentRequests: { consumed: 0, remaining: 10 },
      tokensPerProjectPerHour: { consumed: 5, remaining: 13_990 },
      tokensPerHour: { consumed: 5, remaining: 39_990 },
      tokensPerDay: { consumed: 5, remaining: 199_990 },
      potentiallyThresholdedRequestsPerHour: { consumed: 0, remaining: 120 },
      serverErrorsPerProjectPerHour: { consumed: 0, remaining: 10 },
    });
  });

  test('are used up by the last token, and full again in the next hour', async () => {
    const { clock, ledger } = createLedger({ tokensPerProjectPerHour: 10 });
    ledger.spend(cost);
    expect(ledger.exhausted()).toBeUndefined();
    ledger.spend(cost);
    expect(ledger.exhausted()).toBe('tokensPerProjectPerHour');
    await clock.advance(30 * 60_000 - 1);
    expect(ledger.exhausted()).toBe('tokensPerProjectPerHour');
    await clock.advance(1);
    expect(ledger.exhausted()).toBeUndefined();
  });

  test('of a day are full again at midnight Pacific', async () => {
    const { clock, ledger } = createLedger({ tokensPerDay: 5 });
    ledger.spend(cost);
    expect(ledger.exhausted()).toBe('tokensPerDay');
    await clock.advance(30 * 60_000);
    expect(ledger.exhausted()).toBeUndefined();
  });

  test('allow ten requests at once', () => {
    const { ledger } = createLedger();
    const leave = Array.from({ length: 11 }, () => ledger.enter());
    expect(ledger.exhausted()).toBe('concurrentRequests');
    leave[0]?.();
    expect(ledger.exhausted()).toBeUndefined();
  });

  test('shut a property out after ten server errors in an hour', () => {
    const { ledger } = createLedger();
    for (let error = 0; error < 10; error += 1) ledger.countFailure(503);
    expect(ledger.exhausted()).toBe('serverErrorsPerProjectPerHour');
  });

  test('shut a property out for a quarter of an hour after 10,000 client errors', async () => {
    const { clock, ledger } = createLedger();
    for (let error = 0; error < 10_000; error += 1) ledger.countFailure(400);
    expect(ledger.exhausted()).toBe('clientErrorsPerProjectPerQuarterHour');
    await clock.advance(15 * 60_000);
    expect(ledger.exhausted()).toBeUndefined();
  });

  test('count reports about who people are', () => {
    const { ledger } = createLedger({ potentiallyThresholdedRequestsPerHour: 1 });
    ledger.spend({ tokens: 1, potentiallyThresholded: true });
    expect(ledger.exhausted()).toBe('potentiallyThresholdedRequestsPerHour');
  });

  test('are each property’s own, and each category’s', () => {
    const { quotas, ledger } = createLedger({ tokensPerHour: 5 });
    ledger.spend(cost);
    expect(quotas.of('1', 'core').exhausted()).toBe('tokensPerHour');
    expect(quotas.of('1', 'realtime').exhausted()).toBeUndefined();
    expect(quotas.of('2', 'core').exhausted()).toBeUndefined();
    quotas.reset();
    expect(quotas.of('1', 'core').exhausted()).toBeUndefined();
  });
});
