import { describe, expect, test } from '@jest/globals';
import { createFakeClock } from './fakeClock.js';

describe('the fake clock', () => {
  test('stands still by itself and moves wall and monotonic time together', async () => {
    const clock = createFakeClock('2026-03-01T00:00:00Z');
    expect([clock.now(), clock.monotonic()]).toEqual([Date.UTC(2026, 2, 1), 0]);
    await clock.advance(1_500);
    expect([clock.now(), clock.monotonic()]).toEqual([Date.UTC(2026, 2, 1) + 1_500, 1_500]);
  });

  test('fires what is due in the order of time, then in the order of setting, each at its own time', async () => {
    const clock = createFakeClock();
    const fired: string[] = [];
    for (const [name, ms] of Object.entries({ late: 30, first: 10, second: 10, past: -5, never: 41 })) {
      clock.after(ms, () => fired.push(`${name} at ${clock.monotonic()}`));
    }
    await clock.advance(40);
    expect(fired).toEqual(['past at 0', 'first at 10', 'second at 10', 'late at 30']);
  });

  test('does not fire a timer that was cancelled, even by a timer of the same moment', async () => {
    const clock = createFakeClock();
    let fired = false;
    clock.after(10, () => cancel());
    const cancel = clock.after(10, () => {
      fired = true;
    });
    await clock.advance(10);
    expect(fired).toBe(false);
  });

  test('lets promises settle between two timers, and fires what they set when that is due as well', async () => {
    const clock = createFakeClock();
    const sleep = (ms: number) => new Promise<void>((resolve) => void clock.after(ms, resolve));
    const seen: number[] = [];
    const loop = (async () => {
      for (let round = 0; round < 3; round += 1) {
        await sleep(10);
        seen.push(clock.monotonic());
      }
    })();
    await clock.advance(100);
    await loop;
    expect(seen).toEqual([10, 20, 30]);
    expect(clock.monotonic()).toBe(100);
  });
});
