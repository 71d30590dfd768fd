import { hash, randomUUID } from 'node:crypto';
import { type Signal, sleep } from '../cancellation.js';
import type { Clock } from '../clock.js';
import type { GatewayError, SourceName } from '../errors.js';
import type { Report } from '../telemetry.js';
import type { Fence } from './store.js';

/** When somebody looked for values and did not find them. */
export interface Look {
  /** Monotonic ms. */
  readonly at: number;
  /** An older failure is not used; null = as old as its lifetime allows. */
  readonly maxAgeMs: number | null;
}

/** The right to be the only replica that asks for some keys; it lasts until it is ended, or its holder dies. */
export interface Lease {
  readonly fence: Fence;
  /** Lets those who wait go on: to the values, or with the same failure for `ms`; 0 = one of them tries instead. */
  end(failure?: { error: unknown; ms: number }): void;
}

export interface Leases {
  /**
   * Waits until this replica holds the lease for these keys, or until another one has brought their values since the look:
   * then 'done'. null = nobody knows who else asks, so go without.
   * @throws GatewayError the failure that another replica met when it asked for the same keys; or the signal's reason.
   */
  take(keys: readonly string[], look: Look, signal: Signal): Promise<Lease | 'done' | null>;
}

/** What became of an attempt to take a lease. */
export type Taken = 'mine' | 'held' | 'done' | GatewayError;

/** Where all replicas write down who holds what. It never rejects; where it cannot be reached, nothing happens. */
export interface LeaseTable {
  /** `sinceMs`: how long ago a result may have been left behind to count; `failureSinceMs`: the same for a failure. */
  take(fence: Fence, ages: { leaseMs: number; sinceMs: number; failureSinceMs: number }): Promise<Taken | undefined>;
  renew(fences: readonly Fence[], leaseMs: number): void;
  end(fence: Fence, failure?: { error: unknown; ms: number }): void;
}

export interface LeasesOptions {
  table: LeaseTable;
  /** Begins every name, so that only those share a lease who share the values. */
  namespace: string;
  source: SourceName;
  clock: Clock;
  report: Report;
}

/** How long a lease outlives its holder, in ms. A process that is busy for longer than this minus a beat loses its leases. */
const leaseMs = 3_000;
const beatMs = 750;

/**
 * One flight per key over all replicas. Whoever gets the lease asks the source; the others wait for what it leaves behind,
 * be it values or a failure, and the first of them takes over when it dies. What a dead one brings when it turns out to
 * live is refused by the store, because its fence no longer holds.
 */
export function createLeases({ table, namespace, source, clock, report }: LeasesOptions): Leases {
  const held = new Map<string, Fence>();
  let isBeating = false;

  /** One beat for all leases of this process, as long as it has one. */
  function beat(): void {
    if (isBeating || held.size === 0) return;
    isBeating = true;
    clock.after(beatMs, () => {
      isBeating = false;
      if (held.size > 0) table.renew([...held.values()], leaseMs);
      beat();
    });
  }

  function hold(fence: Fence): Lease {
    held.set(fence.token, fence);
    beat();
    return {
      fence,
      end(failure) {
        held.delete(fence.token);
        table.end(fence, failure);
      },
    };
  }

  /** Asks again and again, for as long as another replica holds it. */
  async function notHeld(fence: Fence, look: Look, signal: Signal): Promise<Exclude<Taken, 'held'> | undefined> {
    const startedAt = clock.monotonic();
    for (let waitedMs = 0; ; waitedMs = clock.monotonic() - startedAt) {
      const taken = await table.take(fence, { leaseMs, ...agesOf(look, clock.monotonic()) });
      if (taken === 'held') {
        await sleep(pollMs(waitedMs), signal, clock);
        continue;
      }
      if (waitedMs > 0) report({ type: 'lease.waited', source, ms: waitedMs });
      return taken;
    }
  }

  return {
    async take(keys, look, signal) {
      const fence = { key: nameOf(namespace, keys), token: randomUUID() };
      const taken = await notHeld(fence, look, signal);
      if (taken === 'mine') return hold(fence);
      if (taken === undefined || taken === 'done') return taken ?? null;
      throw taken;
    },
  };
}

/** The same for the same keys in any order, and short for however many. */
function nameOf(namespace: string, keys: readonly string[]): string {
  return `${namespace}lease:${hash('sha256', JSON.stringify(keys.toSorted()), 'base64url')}`;
}

/** A result counts if it was left after the look, because the look could not see it; a failure also when it is young. */
function agesOf({ at, maxAgeMs }: Look, now: number): { sinceMs: number; failureSinceMs: number } {
  const sinceMs = Math.ceil(now - at) + 1;
  return { sinceMs, failureSinceMs: Math.max(sinceMs, maxAgeMs ?? Number.MAX_SAFE_INTEGER) };
}

const shortestPollMs = 25;
const longestPollMs = 250;

/** A tenth of the time that went by, so that nobody waits much longer than need be, and nobody asks all the time. */
export function pollMs(waitedMs: number): number {
  return Math.min(longestPollMs, Math.max(shortestPollMs, waitedMs / 10));
}
