import type { Entry, Found } from './entry.js';

/** Where entries are kept. A store never throws: what it cannot read is missing, what it cannot keep is not kept. */
export interface Store<V> {
  /** One answer per key, in their order. A store in memory answers at once, without a promise. */
  getMany(keys: readonly string[]): readonly (Found<V> | undefined)[] | Promise<readonly (Found<V> | undefined)[]>;
  /** Keeps entries until they are no longer even stale. */
  setMany(entries: ReadonlyMap<string, Entry<V>>): void;
  close(): Promise<void>;
}
