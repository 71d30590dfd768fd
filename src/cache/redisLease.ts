import { readFailure, writeFailure } from './failureText.js';
import type { LeaseTable, Taken } from './lease.js';
import { createScript, type RedisConnection } from './redisConnection.js';

// A lease is one key. It holds `held <token>` while somebody asks, and then for a while what became of it: `done <ms>`, or
// `failed <ms> <failure>`, where ms is how long that stays, so that its age is known by Redis's clock alone.

/** How long (ms) it can be seen that values were brought: longer than anybody takes from looking for them to taking the lease. */
const doneMs = 5_000;

/** KEYS: the lease. ARGV: token, lease ms, how old a result may be, how old a failure may be. */
const takeScript = createScript(`
local text = redis.pcall('GET', KEYS[1])
if type(text) == 'string' then
  if string.sub(text, 1, 5) == 'held ' then return 'held' end
  local kind, ms = string.match(text, '^(%a+) (%d+)')
  local oldest = kind == 'done' and ARGV[3] or ARGV[4]
  if kind and ms - redis.call('PTTL', KEYS[1]) <= tonumber(oldest) then return text end
end
redis.call('SET', KEYS[1], 'held ' .. ARGV[1], 'PX', ARGV[2])
return 'mine'
`);

/** KEYS: leases. ARGV: lease ms, then a token for each. */
const renewScript = createScript(`
for i, key in ipairs(KEYS) do
  if redis.pcall('GET', key) == 'held ' .. ARGV[i + 1] then redis.call('PEXPIRE', key, ARGV[1]) end
end
`);

/** KEYS: the lease. ARGV: token, ms that the result stays (0 = it is gone at once), the result. A full Redis keeps none. */
const endScript = createScript(`
if redis.pcall('GET', KEYS[1]) ~= 'held ' .. ARGV[1] then return end
if ARGV[2] == '0' or redis.pcall('SET', KEYS[1], ARGV[3], 'PX', ARGV[2]).err then redis.call('DEL', KEYS[1]) end
`);

/** The leases of all replicas that use the same Redis. */
export function createRedisLeaseTable(connection: RedisConnection): LeaseTable {
  return {
    async take({ key, token }, { leaseMs, sinceMs, failureSinceMs }) {
      return readTaken(await connection.run(takeScript, [key], [token, leaseMs, sinceMs, failureSinceMs]));
    },
    renew(fences, leaseMs) {
      const keys = fences.map(({ key }) => key);
      void connection.run(renewScript, keys, [leaseMs, ...fences.map(({ token }) => token)]);
    },
    end({ key, token }, failure) {
      const text = failure ? `failed ${failure.ms} ${writeFailure(failure.error)}` : `done ${doneMs}`;
      void connection.run(endScript, [key], [token, Math.round(failure ? failure.ms : doneMs), text]);
    },
  };
}

function readTaken(reply: unknown): Taken | undefined {
  if (typeof reply !== 'string') return undefined;
  if (reply === 'mine' || reply === 'held') return reply;
  if (reply.startsWith('done ')) return 'done';
  return readFailure(reply.replace(/^failed \d+ /, ''));
}
