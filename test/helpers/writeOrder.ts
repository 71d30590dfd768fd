import { setTimeout as sleep } from 'node:timers/promises';
import type { Redis } from 'ioredis';

export interface WriteOrder {
  /** Values that took the place of newer ones so far, in words. */
  readonly violations: readonly string[];
  /** To be called when Redis has been emptied: nothing was there any more that could be newer. */
  forget(): void;
  /** How often there were values to look at. */
  readonly looks: number;
  stop(): Promise<void>;
}

const lookMs = 100;
/** What was sent before a newer value was written may arrive this much later over a bad network (ms). */
const onTheWayMs = 1_000;

/** Looks again and again at what all replicas keep in Redis, and holds each value against the one that was there before. */
export function watchWriteOrder(redis: Redis): WriteOrder {
  const latest = new Map<string, number>();
  const violations: string[] = [];
  let looks = 0;
  let isOver = false;

  async function look(): Promise<void> {
    const keys = await redis.keys('agw:1:*');
    if (keys.length === 0) return;
    const texts = await redis.mget(...keys);
    const values = keys.map((key, index) => ({ key, asOf: writtenAt(texts[index]) }));
    if (values.some(({ asOf }) => asOf !== null)) looks += 1;
    for (const { key, asOf } of values) {
      if (asOf === null) continue;
      const before = latest.get(key) ?? asOf;
      if (asOf < before - onTheWayMs) violations.push(`${key} went back by ${before - asOf} ms`);
      latest.set(key, Math.max(asOf, before));
    }
  }

  const watching = (async () => {
    while (!isOver) {
      await look();
      await sleep(lookMs);
    }
  })();
  return {
    violations,
    get looks() {
      return looks;
    },
    forget: () => latest.clear(),
    async stop() {
      isOver = true;
      await watching;
    },
  };
}

/** When a source gave a value that is kept in Redis; null for what is gone, and for leases, turns and pauses. */
function writtenAt(text: string | null | undefined): number | null {
  if (!text?.startsWith('agw1 ')) return null;
  const [, asOf] = JSON.parse(text.slice(text.indexOf('['))) as [unknown, number];
  return asOf;
}
