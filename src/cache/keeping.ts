import { hash } from 'node:crypto';
import type { Clock } from '../clock.js';
import type { SourceName } from '../errors.js';
import type { Report } from '../telemetry.js';
import type { Codec } from './envelope.js';
import { createLeases, type Leases } from './lease.js';
import type { RedisConnection } from './redisConnection.js';
import { createRedisLeaseTable } from './redisLease.js';
import { createRedisStore } from './redisStore.js';
import type { NearStore, Store } from './store.js';
import { createTieredStore } from './tieredStore.js';

export interface KeepingOptions<V> {
  source: SourceName;
  near: NearStore<V>;
  /** null = nothing is shared. */
  redis: RedisConnection | null;
  namespace: string;
  codec: Codec<V>;
  clock: Clock;
  report: Report;
}

/** Where the values of a source are kept, and who asks for them: by this replica alone, or together with the others. */
export function createKeeping<V>(options: KeepingOptions<V>): { store: Store<V>; leases: Leases | undefined } {
  const { near, redis, ...shared } = options;
  if (!redis) return { store: near, leases: undefined };
  const far = createRedisStore<V>({ connection: redis, ...shared });
  const table = createRedisLeaseTable(redis);
  return { store: createTieredStore({ near, far }), leases: createLeases({ table, ...shared }) };
}

/**
 * What the keys of a source begin with in Redis. `meaning` is what gives its values their meaning beside their keys; replicas
 * that do not agree on it share nothing. Only a hash of it is seen.
 */
export function namespaceOf(source: SourceName, meaning: readonly unknown[]): string {
  return `agw:1:${source}:${hash('sha256', JSON.stringify(meaning), 'base64url').slice(0, 16)}:`;
}
