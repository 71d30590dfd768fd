import type { Clock } from '../clock.js';
import type { SourceName } from '../errors.js';
import type { Report } from '../telemetry.js';
import { dated, type Entry, type Found } from './entry.js';
import { type Codec, seal, unseal } from './envelope.js';
import { createScript, guardRedis, type RedisConnection, type RedisLink } from './redisConnection.js';
import type { Store } from './store.js';

/** How long a connection may take to open, and how long a start waits for the first one (ms). */
const connectTimeoutMs = 1_000;
const longestReconnectMs = 2_000;
/** How long a connection may take to close (ms). */
const disconnectTimeoutMs = 100;

/**
 * Connects to Redis. Answers when it can be used, or when it turns out that it cannot for now: then it is as good as absent
 * until it is back. The library is loaded here, so that it costs nothing where no Redis is configured.
 */
export async function connectRedis(url: string, options: { clock: Clock; report: Report }): Promise<RedisConnection> {
  const { Redis } = await import('ioredis');
  const redis = new Redis(url, {
    lazyConnect: true,
    connectTimeout: connectTimeoutMs,
    // The time of a command is measured in redisConnection.ts, which knows a busy process from a slow Redis.
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    keepAlive: 10_000,
    // Its timer runs even where there is nothing to disconnect from, and keeps the process from ending.
    disconnectTimeout: disconnectTimeoutMs,
    disableClientInfo: true,
    retryStrategy: (attempt) => Math.min(attempt * 100, longestReconnectMs),
  });
  const listeners = new Set<Parameters<RedisLink['onChange']>[0]>();
  let failure: string | null = null;
  const tell = (isReady: boolean) => {
    for (const listener of listeners) listener(isReady, isReady ? null : failure);
  };
  redis.on('error', (error: { code?: string }) => {
    failure = error.code ?? 'DISCONNECTED';
  });
  redis.on('ready', () => tell(true));
  redis.on('close', () => tell(false));
  const connection = guardRedis(
    {
      send: (command, args) => redis.call(command, [...args]),
      onChange: (listener) => void listeners.add(listener),
      reconnect: () => redis.disconnect(true),
      close: () => redis.disconnect(),
    },
    options,
  );
  await settledWithin(redis.connect(), connectTimeoutMs, options.clock);
  if (redis.status !== 'ready') tell(false);
  return connection;
}

function settledWithin(promise: Promise<unknown>, ms: number, clock: Clock): Promise<void> {
  return new Promise((resolve) => {
    const stop = clock.after(ms, resolve);
    promise
      .catch(() => {})
      .finally(() => {
        stop();
        resolve();
      });
  });
}

/** KEYS: values. Answers with each value and the ms that it has left, in pairs; what is no text is nothing. */
const readScript = createScript(`
local found = {}
for i, value in ipairs(redis.call('MGET', unpack(KEYS))) do
  found[2 * i - 1] = value
  found[2 * i] = value and redis.call('PTTL', KEYS[i]) or 0
end
return found
`);

/** How many keys one read may have: Lua can hand on a few thousand, and others want to be served in between. */
const chunkSize = 500;

/**
 * KEYS: a lease, then values. ARGV: the lease's token (empty = without a lease), then the text and the ms of each value.
 * 0 = something was not kept, because another one holds the lease by now; or nobody does, and there is a value already, which
 * may be a newer one. Everything is tried before the first failure is told.
 */
const writeScript = createScript(`
local holder = ARGV[1] ~= '' and redis.pcall('GET', KEYS[1])
if holder and holder ~= 'held ' .. ARGV[1] then return 0 end
local isLost = ARGV[1] ~= '' and not holder
local result = 1
for i = 2, #KEYS do
  local set = {'SET', KEYS[i], ARGV[2 * i - 2], 'PX', ARGV[2 * i - 1]}
  if isLost then set[6] = 'NX' end
  local reply = redis.pcall(unpack(set))
  if not reply then result = 0 elseif reply.err then result = reply end
end
return result
`);

export interface RedisStoreOptions<V> {
  connection: RedisConnection;
  /** Begins every key: what makes two values comparable, such as the source, and the figures that the schema reads. */
  namespace: string;
  codec: Codec<V>;
  source: SourceName;
  clock: Clock;
  report: Report;
}

/** Entries that all replicas share. What Redis has that is none of ours counts as missing, and is told. */
export function createRedisStore<V>(options: RedisStoreOptions<V>): Store<V> {
  const { connection, namespace, codec, source, clock, report } = options;

  async function read(keys: readonly string[]): Promise<(Found<V> | undefined)[]> {
    const names = keys.map((key) => namespace + key);
    const reply = await connection.run(readScript, names, []);
    const parts: unknown[] = Array.isArray(reply) ? reply : [];
    const found = names.map((name, index) => {
      const text = parts[2 * index];
      return typeof text === 'string' ? foundOf(name, text, Number(parts[2 * index + 1])) : null;
    });
    const corrupt = found.filter((one) => one === undefined).length;
    if (corrupt > 0) report({ type: 'cache.corrupt', source, keys: corrupt });
    return found.map((one) => one ?? undefined);
  }

  function foundOf(name: string, text: string, leftMs: number): Found<V> | undefined {
    const entry = unseal(name, text, codec);
    return entry && leftMs > 0 ? aged(entry, leftMs, clock.now()) : undefined;
  }

  return {
    async getMany(keys) {
      return (await Promise.all(chunks(keys, chunkSize).map(read))).flat();
    },
    async setMany(entries, fence) {
      const written = [...entries].flatMap(([key, entry]) => {
        const name = namespace + key;
        const text = seal(name, entry, codec);
        const leftMs = Math.ceil(entry.freshMs + entry.staleMs - Math.max(0, clock.now() - entry.asOf));
        return text !== undefined && leftMs > 0 ? [{ name, text, leftMs }] : [];
      });
      const names = written.map(({ name }) => name);
      const values = written.flatMap(({ text, leftMs }) => [text, leftMs]);
      const { key, token } = fence ?? { key: '', token: '' };
      return (await connection.run(writeScript, [key, ...names], [token, ...values])) !== 0;
    },
    // The connection is not this store's own.
    async close() {},
  };
}

/** Pure: how old an entry is that Redis keeps for `leftMs` more. Only Redis's clock counts. */
function aged<V>(entry: Entry<V>, leftMs: number, now: number): Found<V> {
  const ageMs = Math.max(0, entry.freshMs + entry.staleMs - leftMs);
  return { entry: dated(entry, ageMs, now), ageMs };
}

function chunks<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  );
}
