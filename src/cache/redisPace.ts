import { createScript, type RedisConnection } from './redisConnection.js';

/**
 * KEYS: until when nobody may start, when the next one may. ARGV: ms between two starts (0 = not paced), how many ms late
 * starts may catch up, whether to take a turn. Answers with the ms of the pause that is left and the ms to wait for the turn.
 */
const turnScript = createScript(`
local pause = redis.call('PTTL', KEYS[1])
if pause > 0 then return {pause, 0} end
local interval = tonumber(ARGV[1])
if interval == 0 or ARGV[3] == '0' then return {0, 0} end
local time = redis.call('TIME')
local now = time[1] * 1000 + time[2] / 1000
local turn = math.max(tonumber(redis.call('GET', KEYS[2]) or 0) or 0, now - ARGV[2])
local wait = math.max(0, math.ceil(turn - now))
redis.call('SET', KEYS[2], string.format('%.3f', turn + interval), 'PX', math.ceil(wait + interval + ARGV[2]))
return {0, wait}
`);

/** KEYS: until when nobody may start. ARGV: ms. A pause is only ever made longer. */
const pauseScript = createScript(`
if redis.call('PTTL', KEYS[1]) < tonumber(ARGV[1]) then redis.call('SET', KEYS[1], '1', 'PX', ARGV[1]) end
`);

/** Starts may catch up this much, as in each replica's own limiter. */
const catchUpMs = 50;

export interface RedisPaceOptions {
  connection: RedisConnection;
  /** Begins both keys: the same for all who ask the same source. */
  namespace: string;
  /** The least ms between two starts of all replicas together; 0 = not paced. */
  intervalMs: number;
}

/** The pace and the pauses of a source, kept by all replicas together; where Redis is away each keeps its own. */
export function createRedisPace({ connection, namespace, intervalMs }: RedisPaceOptions) {
  const pauseKey = `${namespace}pause`;
  const turnKey = `${namespace}turn`;
  return {
    /** Ms that are left of a pause, and ms to wait for the turn that was taken; null = nobody knows. */
    async turn(takes: boolean): Promise<{ pauseMs: number; waitMs: number } | null> {
      const args = [intervalMs, catchUpMs, takes ? 1 : 0];
      const reply = await connection.run(turnScript, [pauseKey, turnKey], args);
      if (!Array.isArray(reply)) return null;
      return { pauseMs: Number(reply[0]), waitMs: Number(reply[1]) };
    },
    pause(ms: number): void {
      if (ms >= 1) void connection.run(pauseScript, [pauseKey], [Math.ceil(ms)]);
    },
  };
}
