import { setTimeout as sleep } from 'node:timers/promises';

const pollMs = 5;

/** Waits for a condition of the outside world, in real time; where time itself is tested there is fakeClock.ts. */
export async function until(
  condition: () => boolean | Promise<boolean>,
  message: string,
  timeoutMs = 10_000,
): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`Not within ${timeoutMs} ms: ${message}`);
    await sleep(pollMs);
  }
}
