import { describe, expect, test } from '@jest/globals';
import type { Entry, Found } from '../../src/cache/entry.js';
import { createMemoryStore } from '../../src/cache/memoryStore.js';
import type { Store } from '../../src/cache/store.js';
import { createTieredStore } from '../../src/cache/tieredStore.js';
import { createFakeClock } from '../helpers/fakeClock.js';

const clock = createFakeClock();
const entry = (value: string, ageMs = 0): Entry<string> => ({
  value,
  asOf: clock.now() - ageMs,
  freshMs: 1_000,
  staleMs: 5_000,
});
const valuesOf = (found: readonly (Found<string> | undefined)[]) => found.map((one) => one?.entry.value);

/** Two tiers, and which keys the far one was asked for. */
function createTiers({ refuses = false } = {}) {
  const near = createMemoryStore<string>({ maxBytes: 1_000_000, clock });
  const kept = createMemoryStore<string>({ maxBytes: 1_000_000, clock });
  const asked: (readonly string[])[] = [];
  const far: Store<string> = {
    async getMany(keys) {
      asked.push(keys);
      return kept.getMany(keys);
    },
    setMany: async (entries) => !refuses && kept.setMany(entries),
    close: async () => {},
  };
  return { near, far, kept, asked, store: createTieredStore({ near, far }) };
}

describe('two stores as one', () => {
  test('look no further, and answer at once, when the near one has all that is wanted', () => {
    const { store, near, asked } = createTiers();
    near.setMany(new Map([['a', entry('near')]]));
    const found = store.getMany(['a']);
    expect(found).not.toBeInstanceOf(Promise);
    expect(valuesOf(found as readonly Found<string>[])).toEqual(['near']);
    expect(asked).toEqual([]);
  });

  test.each([
    ['missing', {}, 0],
    ['stale', {}, 2_000],
    ['older than wanted', { maxAgeMs: 100 }, 500],
    ['soon stale', { minFreshMs: 600 }, 500],
  ])('look further for what is %s, and keep near what they find', async (_, wanted, ageMs) => {
    const { store, near, kept, asked } = createTiers();
    near.setMany(new Map([['fresh', entry('fresh')], ...(ageMs > 0 ? [['a', entry('old', ageMs)] as const] : [])]));
    kept.setMany(new Map([['a', entry('new')]]));
    const found = await store.getMany(['fresh', 'a', 'nowhere'], { maxAgeMs: null, ...wanted });
    expect(valuesOf(found)).toEqual(['fresh', 'new', undefined]);
    expect(asked).toEqual([['a', 'nowhere']]);
    expect(valuesOf(near.getMany(['a']))).toEqual(['new']);
  });

  test('never give the older one of two', async () => {
    const { store, near, kept } = createTiers();
    near.setMany(new Map([['a', entry('younger', 2_000)]]));
    kept.setMany(new Map([['a', entry('older', 3_000)]]));
    expect(valuesOf(await store.getMany(['a']))).toEqual(['younger']);
  });

  test('see what was brought while the far one was asked', async () => {
    const { store, near } = createTiers();
    const found = store.getMany(['a']);
    near.setMany(new Map([['a', entry('just now')]]));
    expect(valuesOf(await found)).toEqual(['just now']);
  });

  test('are both written, the near one at once', async () => {
    const { store, near, kept } = createTiers();
    const written = store.setMany(new Map([['a', entry('new')]]));
    expect(valuesOf(near.getMany(['a']))).toEqual(['new']);
    expect(await written).toBe(true);
    expect(valuesOf(kept.getMany(['a']))).toEqual(['new']);
  });

  test('keep nothing that the far one refuses, because somebody else holds the fence', async () => {
    const { store, near } = createTiers({ refuses: true });
    expect(await store.setMany(new Map([['a', entry('late')]]), { key: 'k', token: 't' })).toBe(false);
    expect(valuesOf(near.getMany(['a']))).toEqual([undefined]);
  });
});
