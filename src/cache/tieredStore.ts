import { ageOf, type Found } from './entry.js';
import type { NearStore, Store, Wanted } from './store.js';

/** Two stores as one: what the near one has not fresh is looked for in the far one, and then kept near. Both are written. */
export function createTieredStore<V>({ near, far }: { near: NearStore<V>; far: Store<V> }): Store<V> {
  async function lookFurther(keys: readonly string[], lacking: readonly string[]) {
    const further = await far.getMany(lacking);
    // Read again: it may have been brought while the far store was asked.
    const known = new Map(near.getMany(keys).map((found, index) => [keys[index], found]));
    const newer = new Map<string, Found<V>>();
    for (const [index, key] of lacking.entries()) {
      const found = further[index];
      if (found && found.ageMs < (known.get(key)?.ageMs ?? Number.POSITIVE_INFINITY)) newer.set(key, found);
    }
    near.setMany(new Map([...newer].map(([key, { entry }]) => [key, entry])));
    return keys.map((key) => newer.get(key) ?? known.get(key));
  }

  return {
    getMany(keys, { maxAgeMs, minFreshMs }: Wanted = { maxAgeMs: null }) {
      const found = near.getMany(keys);
      const lacking = keys.filter((_, index) => ageOf(found[index], maxAgeMs, minFreshMs) !== 'fresh');
      return lacking.length === 0 ? found : lookFurther(keys, lacking);
    },
    async setMany(entries, fence) {
      const kept = far.setMany(entries, fence);
      // Without a fence nothing is refused, so nobody waits.
      if (fence && !(await kept)) return false;
      return near.setMany(entries);
    },
    async close() {
      await near.close();
      await far.close();
    },
  };
}
