import type { Entry, Found } from './entry.js';
import type { Patience } from './flight.js';

/** Proof that one is the only one who asks for a key, over all replicas, as long as the store agrees. */
export interface Fence {
  /** Where the store finds who that is. */
  readonly key: string;
  readonly token: string;
}

/** Whose entries count as fresh for the one who asks; see `ageOf`. */
export type Wanted = Pick<Patience, 'maxAgeMs' | 'minFreshMs'>;

/** Where entries are kept. A store never throws: what it cannot read is missing, what it cannot keep is not kept. */
export interface Store<V> {
  /**
   * One answer per key, in their order. A store in memory answers at once, without a promise. A store of several looks
   * further where the first one has nothing that is as fresh as wanted.
   */
  getMany(
    keys: readonly string[],
    wanted?: Wanted,
  ): readonly (Found<V> | undefined)[] | Promise<readonly (Found<V> | undefined)[]>;
  /**
   * Keeps entries until they are no longer even stale. False = nothing was kept, because somebody else holds the fence by now
   * and has, or will have, newer ones.
   */
  setMany(entries: ReadonlyMap<string, Entry<V>>, fence?: Fence): boolean | Promise<boolean>;
  close(): Promise<void>;
}

/** A store that answers at once. */
export interface NearStore<V> extends Store<V> {
  getMany(keys: readonly string[], wanted?: Wanted): readonly (Found<V> | undefined)[];
}
