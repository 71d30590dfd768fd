import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';

/** How long the event loop stood still at most while `work` ran (ms); the gateway of a test shares it. */
export async function stallDuring(work: () => Promise<unknown>): Promise<number> {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  // What stood still before is not counted; what stands still at the end shows on the next turn.
  await sleep(2);
  delay.reset();
  await work();
  await sleep(2);
  delay.disable();
  return delay.max / 1_000_000;
}

/** The calmest of some rounds: a busy machine makes each of them longer, and none shorter. */
export async function calmestStall(rounds: number, work: () => Promise<unknown>): Promise<number> {
  const stalls: number[] = [];
  for (let round = 0; round < rounds; round += 1) stalls.push(await stallDuring(work));
  return Math.min(...stalls);
}
