import type { Clock } from '../clock.js';
import { GatewayError, type SourceName } from '../errors.js';
import type { Report } from '../telemetry.js';
import { type Entry, jitter } from './entry.js';
import type { Job } from './flight.js';
import type { Lease, Leases, Look } from './lease.js';
import { memoryOf, type Setbacks } from './setbacks.js';
import type { Fence, Store } from './store.js';

/** What a source gave for one key. Durations in ms, before jitter. */
export interface Fetched<V> extends Entry<V> {
  /** Whether it may take the place of what was kept before; otherwise it is remembered as briefly as a failure. */
  readonly isWhole: boolean;
}

/** One piece of work at the source, which answers all of its keys: with a value, or with the failure of this key alone. */
export interface Ask<V> {
  readonly keys: readonly string[];
  run(job: Job): Promise<Brought<V>>;
}

/** What it gave, by key. */
export type Brought<V> = ReadonlyMap<string, Fetched<V> | GatewayError>;

export interface FetchingOptions<V> {
  source: SourceName;
  store: Store<V>;
  leases: Leases | undefined;
  setbacks: Setbacks<V>;
  clock: Clock;
  report: Report;
  /** 0 to 1, for jitter. */
  random: () => number;
}

/** By how much an age may be wrong that another replica's clock had a say in (ms). */
const clockErrorMs = 1_000;

/** Asks the source, as the only one of all replicas, and keeps what it says: values and setbacks. */
export function createFetching<V>({ source, store, leases, setbacks, clock, report, random }: FetchingOptions<V>) {
  /** Asks the source, unless another replica does: then takes what that one brings. */
  async function obtain(ask: Ask<V>, job: Job, look: Look, among: Leases): Promise<Brought<V>> {
    const lease = await among.take(ask.keys, look, job.signal);
    if (lease === null) return keep(await ask.run(job));
    if (lease !== 'done') return lead(lease, ask, job);
    return (await readBrought(ask.keys, look)) ?? keep(await ask.run(job));
  }

  async function lead(lease: Lease, ask: Ask<V>, job: Job): Promise<Brought<V>> {
    try {
      const brought = await keep(await ask.run(job), lease.fence);
      lease.end();
      return brought;
    } catch (error) {
      lease.end({ error, ms: memoryOf(error) });
      throw error;
    }
  }

  /** What was written since the look; undefined where something is missing, such as an answer that was not whole. */
  async function readBrought(keys: readonly string[], look: Look): Promise<Brought<V> | undefined> {
    const sinceMs = clock.monotonic() - look.at + clockErrorMs;
    const found = await store.getMany(keys, { maxAgeMs: sinceMs });
    const brought = new Map<string, Fetched<V>>();
    for (const [index, key] of keys.entries()) {
      const one = found[index];
      if (one && one.ageMs <= sinceMs) brought.set(key, { ...one.entry, isWhole: true });
    }
    return brought.size === keys.length ? brought : undefined;
  }

  /** Whoever waits is told the same lifetime that is kept. */
  async function keep(brought: Brought<V>, fence?: Fence): Promise<Brought<V>> {
    const whole = new Map<string, Fetched<V>>();
    for (const [key, fetched] of brought) {
      if (fetched instanceof GatewayError) {
        setbacks.addFailure([key], fetched);
      } else if (fetched.isWhole) {
        whole.set(key, { ...fetched, freshMs: jitter(fetched.freshMs, random()) });
        setbacks.forget(key);
      } else {
        setbacks.addPartial(key, fetched);
      }
    }
    if (!(await store.setMany(whole, fence))) report({ type: 'lease.fenced', source });
    return whole.size === brought.size ? whole : new Map([...brought, ...whole]);
  }

  return {
    /** `look`: when it was found that somebody has to be asked. */
    async fetch(ask: Ask<V>, job: Job, look: Look): Promise<Brought<V>> {
      try {
        return await (leases ? obtain(ask, job, look, leases) : keep(await ask.run(job)));
      } catch (error) {
        setbacks.addFailure(ask.keys, error);
        throw error;
      }
    },
  };
}
