import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Entry } from '../../src/cache/entry.js';
import { createMemoryStore } from '../../src/cache/memoryStore.js';
import { createFakeClock, type FakeClock } from '../helpers/fakeClock.js';

const kib = 1_024;

function createStore<V>(maxBytes: number, clock: FakeClock = createFakeClock()) {
  const store = createMemoryStore<V>({ maxBytes, clock });
  const entryOf = (value: V, asOf = clock.now()): Entry<V> => ({ value, asOf, freshMs: 600_000, staleMs: 86_400_000 });
  return {
    clock,
    store,
    entryOf,
    keep: (key: string, value: V, asOf?: number) => store.setMany(new Map([[key, entryOf(value, asOf)]])),
    values: (...keys: string[]) => store.getMany(keys).map((found) => found?.entry.value),
  };
}

describe('a store in memory', () => {
  test('answers at once, one answer per key, in their order, repeats included', () => {
    const { keep, values } = createStore<number>(64 * kib);
    keep('a', 1);
    keep('b', 2);
    expect(values('b', 'x', 'a', 'b')).toEqual([2, undefined, 1, 2]);
  });

  test('says that it kept what it was given, and gives the last that it was given', () => {
    const { keep, values } = createStore<number>(64 * kib);
    expect(keep('a', 1)).toBe(true);
    keep('a', 2);
    expect(values('a')).toEqual([2]);
  });

  test('knows how old an entry is, also when it was not new any more', async () => {
    const { clock, store, keep } = createStore<string>(64 * kib);
    keep('new', 'v');
    keep('an hour old', 'v', clock.now() - 3_600_000);
    keep('of the future', 'v', clock.now() + 3_600_000);
    await clock.advance(5_000);
    expect(store.getMany(['new', 'an hour old', 'of the future']).map((found) => found?.ageMs)).toEqual([
      5_000, 3_605_000, 5_000,
    ]);
  });

  test('counts the age on, whatever becomes of the wall clock', async () => {
    const clock = createFakeClock();
    let jump = 0;
    const store = createMemoryStore<string>({ maxBytes: 64 * kib, clock: { ...clock, now: () => clock.now() + jump } });
    store.setMany(new Map([['a', { value: 'v', asOf: clock.now(), freshMs: 1, staleMs: 1 }]]));
    await clock.advance(700);
    for (jump of [-86_400_000, 0, 86_400_000]) {
      const [found] = store.getMany(['a']);
      expect(found?.ageMs).toBe(700);
      const shownAge = clock.now() + jump - (found?.entry.asOf ?? 0);
      expect(shownAge).toBeGreaterThanOrEqual(0);
      expect(shownAge).toBeLessThanOrEqual(1_700);
    }
  });

  test('lets go of the entries that were not used for longest when its bytes are used up', () => {
    const { keep, values } = createStore<string>(10 * kib);
    const large = 'x'.repeat(1_000);
    for (const key of ['a', 'b', 'c', 'd']) keep(key, large);
    expect(values('a')).toEqual([large]);
    keep('e', large);
    expect(values('a', 'b', 'c', 'd', 'e').map((value) => value !== undefined)).toEqual([
      true,
      false,
      true,
      true,
      true,
    ]);
  });

  test('does not keep an entry that is larger than all of its room, and loses nothing else for it', () => {
    const { keep, values } = createStore<string>(10 * kib);
    keep('small', 'v');
    keep('huge', 'x'.repeat(20 * kib));
    expect(values('small', 'huge')).toEqual(['v', undefined]);
  });

  test('never holds more text than its bytes, keys and nested values included', () => {
    const maxBytes = 32 * kib;
    const value = fc.oneof(
      fc.string({ maxLength: 3_000 }),
      fc.record({ name: fc.string({ maxLength: 1_000 }), list: fc.array(fc.string({ maxLength: 300 })) }),
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.string({ maxLength: 2_000 }), value), { maxLength: 100 }), (pairs) => {
        const { keep, store } = createStore<unknown>(maxBytes);
        for (const [key, each] of pairs) keep(key, each);
        const keys = [...new Set(pairs.map(([key]) => key))];
        const found = store.getMany(keys);
        const held = keys.filter((_, index) => found[index]);
        const texts = found.flatMap((each) => (each ? [JSON.stringify(each.entry.value)] : []));
        // JSON escapes some characters, and none of them is more than six long.
        const characters = [...held, ...texts].reduce((sum, text) => sum + text.length, 0);
        expect(characters).toBeLessThan(6 * maxBytes);
        expect(held.length * 300).toBeLessThanOrEqual(maxBytes);
      }),
    );
  });

  test('holds a value for each of ten thousand small keys in 8 MiB', () => {
    const { keep, values } = createStore<object>(8 * kib * kib);
    const keys = Array.from({ length: 10_000 }, (_, index) => `["account","P-${index}","2026-01-01","2026-01-28"]`);
    for (const key of keys) keep(key, { orders: 1, revenue: '12.50' });
    expect(values(...keys).filter((value) => value === undefined)).toEqual([]);
  });

  test('is empty once it is closed', async () => {
    const { keep, store, values } = createStore<string>(64 * kib);
    keep('a', 'v');
    await store.close();
    expect(values('a')).toEqual([undefined]);
  });
});
