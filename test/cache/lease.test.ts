import { describe, expect, test } from '@jest/globals';
import { createLeases, type Lease, type Leases, type LeaseTable, pollMs, type Taken } from '../../src/cache/lease.js';
import type { Fence } from '../../src/cache/store.js';
import { GatewayError } from '../../src/errors.js';
import type { TelemetryEvent } from '../../src/telemetry.js';
import { createFakeClock, type FakeClock } from '../helpers/fakeClock.js';

/** What all replicas see, by the rules that the scripts in redisLease.ts follow. */
function createTable(clock: FakeClock): LeaseTable & { isAway: boolean } {
  const rows = new Map<string, { token: string; until: number } | { result: Taken; at: number; until: number }>();
  const rowOf = (key: string) => {
    const row = rows.get(key);
    return row && row.until > clock.monotonic() ? row : undefined;
  };
  const isHeldBy = ({ key, token }: Fence) => {
    const row = rowOf(key);
    return row !== undefined && 'token' in row && row.token === token;
  };
  return {
    isAway: false,
    async take({ key, token }, { leaseMs, sinceMs, failureSinceMs }) {
      if (this.isAway) return undefined;
      const row = rowOf(key);
      if (row && 'token' in row) return 'held';
      const oldest = row?.result === 'done' ? sinceMs : failureSinceMs;
      if (row && clock.monotonic() - row.at <= oldest) return row.result;
      rows.set(key, { token, until: clock.monotonic() + leaseMs });
      return 'mine';
    },
    renew(fences, leaseMs) {
      for (const fence of fences) {
        if (isHeldBy(fence)) rows.set(fence.key, { token: fence.token, until: clock.monotonic() + leaseMs });
      }
    },
    end(fence, failure) {
      if (!isHeldBy(fence)) return;
      const at = clock.monotonic();
      const result = failure ? (failure.error as GatewayError) : 'done';
      rows.set(fence.key, { result, at, until: at + (failure ? failure.ms : 5_000) });
    },
  };
}

function setUp() {
  const clock = createFakeClock();
  const table = createTable(clock);
  const events: TelemetryEvent[] = [];
  const replica = () =>
    createLeases({ table, namespace: 'n:', source: 'partner', clock, report: (event) => void events.push(event) });
  const take = (
    leases: Leases,
    { keys = ['a'], maxAgeMs = null as number | null, signal = new AbortController().signal } = {},
  ) => {
    const taken: { result?: Lease | 'done' | null; error?: unknown } = {};
    leases.take(keys, { at: clock.monotonic(), maxAgeMs }, signal).then(
      (result) => Object.assign(taken, { result }),
      (error: unknown) => Object.assign(taken, { error }),
    );
    return taken;
  };
  return { clock, table, events, one: replica(), other: replica(), take };
}

const isLease = (result: unknown): result is Lease => typeof result === 'object' && result !== null;
const failure = new GatewayError('SOURCE_TIMEOUT', 'No answer.', { source: 'partner' });

describe('a lease', () => {
  test('is given once; the others wait for it, and are told when it is done', async () => {
    const { clock, events, one, other, take } = setUp();
    const mine = take(one);
    const theirs = take(other);
    await clock.advance(20_000);
    expect(isLease(mine.result)).toBe(true);
    expect(theirs).toEqual({});
    (mine.result as Lease).end();
    await clock.advance(250);
    expect(theirs).toEqual({ result: 'done' });
    expect(events).toEqual([{ type: 'lease.waited', source: 'partner', ms: expect.any(Number) }]);
  });

  test('is the same for the same keys in any order, and another one for others', async () => {
    const { clock, one, other, take } = setUp();
    const mine = take(one, { keys: ['a', 'b'] });
    const same = take(other, { keys: ['b', 'a'] });
    const another = take(other, { keys: ['a'] });
    await clock.advance(1_000);
    expect([mine, same, another].map(({ result }) => isLease(result))).toEqual([true, false, true]);
  });

  test('of one that dies is taken over when it runs out, by one of those who wait', async () => {
    const { clock, one, other, take, table } = setUp();
    const { renew } = table;
    take(one);
    await clock.advance(1_000);
    table.renew = () => {};
    const waiting = [take(other), take(other)];
    await clock.advance(3_500);
    table.renew = renew;
    expect(waiting.filter(({ result }) => isLease(result))).toHaveLength(1);
  });

  test('that ends with a failure tells all who wait, and those who come a little later, the same', async () => {
    const { clock, one, other, take } = setUp();
    const mine = take(one);
    const waiting = [take(other), take(other)];
    await clock.advance(100);
    (mine.result as Lease).end({ error: failure, ms: 5_000 });
    await clock.advance(1_000);
    const late = take(other);
    const impatient = take(other, { keys: ['a'], maxAgeMs: 500 });
    await clock.advance(0);
    expect([...waiting, late]).toEqual([{ error: failure }, { error: failure }, { error: failure }]);
    expect(isLease(impatient.result)).toBe(true);
  });

  test('that ends with a failure that says nothing is taken by one of those who wait', async () => {
    const { clock, one, other, take } = setUp();
    const mine = take(one);
    const waiting = [take(other), take(other)];
    await clock.advance(100);
    (mine.result as Lease).end({ error: new Error('called off'), ms: 0 });
    await clock.advance(100);
    expect(waiting.filter(({ result }) => isLease(result))).toHaveLength(1);
  });

  test('that was done before one looked is of no use to him', async () => {
    const { clock, one, other, take } = setUp();
    const mine = take(one);
    await clock.advance(10);
    (mine.result as Lease).end();
    await clock.advance(10);
    const later = take(other);
    await clock.advance(0);
    expect(isLease(later.result)).toBe(true);
  });

  test('is done without when nobody knows of leases, also in the middle of waiting', async () => {
    const { clock, one, other, take, table } = setUp();
    take(one);
    const waiting = take(other);
    await clock.advance(100);
    table.isAway = true;
    await clock.advance(100);
    expect(waiting).toEqual({ result: null });
  });

  test('is no longer waited for when nobody wants the values', async () => {
    const { clock, one, other, take } = setUp();
    take(one);
    const client = new AbortController();
    const waiting = take(other, { signal: client.signal });
    await clock.advance(100);
    client.abort('gone');
    await clock.advance(0);
    expect(waiting).toEqual({ error: 'gone' });
  });

  test('leaves no timer behind when it has ended', async () => {
    const { clock, one, take } = setUp();
    const mine = take(one);
    await clock.advance(2_000);
    (mine.result as Lease).end();
    await clock.advance(1_000);
    expect(clock.timers).toBe(0);
  });
});

test.each([
  [0, 25],
  [250, 25],
  [1_000, 100],
  [180_000, 250],
])('after %i ms it is asked for again in %i ms', (waitedMs, ms) => {
  expect(pollMs(waitedMs)).toBe(ms);
});
