import { describe, expect, test } from '@jest/globals';
import { createSharedPace, type SharedPace } from '../../src/scheduler/sharedPace.js';
import { createCall } from '../helpers/calls.js';
import { createFakeClock } from '../helpers/fakeClock.js';

type Turn = Awaited<ReturnType<SharedPace['turn']>>;

/** A policy whose turns are written by the test, and what it did. */
function setUp(...turns: Turn[]) {
  const clock = createFakeClock();
  const taken: boolean[] = [];
  const pauses: number[] = [];
  const started: number[] = [];
  const pace: SharedPace = {
    async turn(takes) {
      taken.push(takes);
      return turns.length > 0 ? (turns.shift() ?? null) : { pauseMs: 0, waitMs: 0 };
    },
    pause: () => {},
  };
  const policy = createSharedPace({
    source: 'partner',
    pace,
    onPause: (ms) => pauses.push(ms),
    clock,
    report: () => {},
  });
  const run = (signal = new AbortController().signal, deadline = Number.POSITIVE_INFINITY) => {
    const call = createCall(async () => started.push(clock.monotonic()));
    return policy({ ...call, deadline: () => deadline }, signal);
  };
  return { clock, taken, pauses, started, run };
}

describe('a pace that is shared', () => {
  test('lets a call start at its turn, and looks once more for a pause before', async () => {
    const { clock, taken, started, run } = setUp({ pauseMs: 0, waitMs: 200 });
    const result = run();
    await clock.advance(199);
    expect(started).toEqual([]);
    await clock.advance(1);
    await result;
    expect(started).toEqual([200]);
    expect(taken).toEqual([true, false]);
  });

  test('starts at once when nobody knows', async () => {
    const { started, run } = setUp(null);
    await run();
    expect(started).toEqual([0]);
  });

  test('waits for the end of a pause, says so once, and then takes a new turn', async () => {
    const pause = { pauseMs: 1_000, waitMs: 0 };
    const { clock, taken, pauses, started, run } = setUp(pause, pause, { pauseMs: 0, waitMs: 20 });
    const results = [run(), run()];
    await clock.advance(2_000);
    await Promise.all(results);
    expect(pauses).toEqual([1_000]);
    expect(started).toEqual([1_000, 1_020]);
    expect(taken).toEqual([true, true, true, true, false]);
  });

  test('gives back the turn of a call that a pause meets', async () => {
    const { clock, taken, run } = setUp({ pauseMs: 0, waitMs: 100 }, { pauseMs: 500, waitMs: 0 });
    const result = run();
    await clock.advance(600);
    await result;
    expect(taken).toEqual([true, false, true]);
  });

  test('refuses a call that would be too late after the pause', async () => {
    const { run, started } = setUp({ pauseMs: 60_000, waitMs: 0 });
    await expect(run(new AbortController().signal, 30_000)).rejects.toMatchObject({
      code: 'SOURCE_RATE_LIMITED',
      options: { source: 'partner', retryAfterMs: 60_000 },
    });
    expect(started).toEqual([]);
  });

  test('lets go of a call that nobody wants, and of its timer', async () => {
    const { clock, started, run } = setUp({ pauseMs: 0, waitMs: 1_000 });
    const client = new AbortController();
    const result = run(client.signal);
    await clock.advance(10);
    client.abort('gone');
    await expect(result).rejects.toBe('gone');
    expect(started).toEqual([]);
    expect(clock.timers).toBe(0);
  });
});
