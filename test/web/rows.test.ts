import { describe, expect, test } from '@jest/globals';
import type { Failure } from '../../web/src/failures.js';
import { closeRow, oldestReading, type Row, readRows, renewRow, type Side, unsettledIds } from '../../web/src/rows.js';

const side = (state: Side['freshness']['state'], asOf: string | null = '2026-01-01T00:00:00Z'): Side => ({
  freshness: { state, asOf },
});
const row = (id: string, sides: Partial<Row> = {}): Row => ({ id, name: id, failures: new Map(), ...sides });
const failure = (path: (string | number)[]): Failure => ({ message: path.join('.'), path });

describe('rows of an answer', () => {
  test('know their own failures, of a side and of a single figure', () => {
    const failures = [
      failure(['site', 'products', 'nodes', 1, 'partner']),
      failure(['products', 0, 'partner', 'orders']),
    ];
    const answer = { data: [row('a'), row('b')], failures, isWhole: true };
    const [a, b] = readRows(answer, (nodes) => nodes);
    expect([...(a?.failures.keys() ?? [])]).toEqual(['partner.orders']);
    expect([...(b?.failures.keys() ?? [])]).toEqual(['partner']);
  });

  test('leave out products that are gone', () => {
    const answer = { data: [null, row('b')], failures: [failure(['products', 1, 'partner'])], isWhole: true };
    const rows = readRows(answer, (nodes) => nodes);
    expect(rows.map(({ id, failures }) => [id, failures.size])).toEqual([['b', 1]]);
  });
});

describe('a newer row', () => {
  test('keeps what it has not brought yet', () => {
    const old = row('a', { partner: side('STALE'), failures: new Map([['combined', failure(['combined'])]]) });
    const next = renewRow(old, row('a', { googleAnalytics: side('FRESH') }));
    expect(next.partner).toEqual(side('STALE'));
    expect([...next.failures.keys()]).toEqual(['combined']);
  });

  test('ends a failure of what it brings', () => {
    const old = row('a', { partner: null, failures: new Map([['partner.orders', failure([])]]) });
    expect(renewRow(old, row('a', { partner: side('FRESH') })).failures.size).toBe(0);
  });
});

describe('a row', () => {
  test('says so where nothing more will come', () => {
    const closed = closeRow(row('a', { googleAnalytics: side('FRESH') }), failure([]));
    expect([...closed.failures.keys()]).toEqual(['partner', 'combined']);
  });

  test('is unsettled while one of its sources is', () => {
    const rows = [
      row('fresh', { partner: side('FRESH') }),
      row('pending', { partner: side('PENDING', null) }),
      row('stale', { googleAnalytics: side('STALE') }),
      row('unknown', { partner: null }),
    ];
    expect(unsettledIds(rows, 'PENDING')).toEqual(['pending']);
    expect(unsettledIds(rows, 'STALE')).toEqual(['stale']);
  });

  test('is as old as its oldest figure', () => {
    const later = side('FRESH', '2026-01-02T00:00:00Z');
    expect(oldestReading([later, side('FRESH'), null, side('PENDING', null)])).toBe(Date.parse('2026-01-01'));
    expect(oldestReading([null])).toBeNull();
  });
});
