import { getEventListeners, setMaxListeners } from 'node:events';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Signal } from '../../src/cancellation.js';
import { createLimiter } from '../../src/scheduler/limiter.js';
import type { Policy } from '../../src/scheduler/policy.js';
import { createCall } from '../helpers/calls.js';
import { createFakeClock } from '../helpers/fakeClock.js';

interface Settings {
  concurrency: number;
  queue?: number;
}

/** A limiter by itself: nothing paces it, and nothing beside it has a say. */
function createRun({ concurrency, queue = 10_000 }: Settings): { run: Policy; settle: () => Promise<void> } {
  const clock = createFakeClock();
  const gate = { refusal: () => null, allowance: () => Number.POSITIVE_INFINITY, onChange: () => {} };
  const { run } = createLimiter({
    source: 'partner',
    concurrency,
    queue,
    intervalMs: 0,
    gate,
    clock,
    report: () => {},
  });
  return { run, settle: () => clock.advance(0) };
}

/** Calls that end when the test says so, and what became of each. */
function startCalls(settings: Settings) {
  const { run, settle } = createRun(settings);
  const started: string[] = [];
  const results = new Map<string, unknown>();
  const ends = new Map<string, (failure?: Error) => void>();
  const counts = { inFlight: 0, most: 0 };

  function begin(name: string, signal: Signal): Promise<string> {
    started.push(name);
    counts.inFlight += 1;
    counts.most = Math.max(counts.most, counts.inFlight);
    expect(signal.aborted).toBe(false);
    return new Promise<string>((resolve, reject) => {
      ends.set(name, (failure) => {
        counts.inFlight -= 1;
        ends.delete(name);
        if (failure) reject(failure);
        else resolve(name);
      });
    });
  }

  /** The first letter of a call's name is its request. */
  function ask(name: string, signal: Signal = new AbortController().signal): void {
    const call = createCall((own) => begin(name, own), name.charAt(0));
    run(call, signal).then(
      (value) => results.set(name, value),
      (error: unknown) => results.set(name, error),
    );
  }

  return {
    started,
    results,
    counts,
    settle,
    async ask(...names: string[]) {
      for (const name of names) ask(name);
      await settle();
    },
    async askWith(signal: Signal, ...names: string[]) {
      for (const name of names) ask(name, signal);
      await settle();
    },
    async end(name: string, failure?: Error): Promise<void> {
      ends.get(name)?.(failure);
      await settle();
    },
    async endAll() {
      while (ends.size > 0) {
        for (const end of [...ends.values()]) end();
        await settle();
      }
    },
  };
}

describe('a limiter', () => {
  test('starts calls at once while slots are free, and the others as slots come free', async () => {
    const calls = startCalls({ concurrency: 2 });
    await calls.ask('a1', 'a2', 'a3', 'a4');
    expect(calls.started).toEqual(['a1', 'a2']);
    await calls.end('a2');
    expect(calls.started).toEqual(['a1', 'a2', 'a3']);
    await calls.endAll();
    expect([...calls.results.values()].sort()).toEqual(['a1', 'a2', 'a3', 'a4']);
  });

  test('frees the slot of a call that fails, and passes its failure on', async () => {
    const calls = startCalls({ concurrency: 1 });
    await calls.ask('a1', 'a2');
    const failure = new Error('no');
    await calls.end('a1', failure);
    expect([calls.results.get('a1'), calls.started]).toEqual([failure, ['a1', 'a2']]);
  });

  test('frees the slot of a call that throws before it has begun', async () => {
    const { run } = createRun({ concurrency: 1 });
    const { signal } = new AbortController();
    const failure = new Error('at once');
    const throwing = (): Promise<never> => {
      throw failure;
    };
    await expect(run(createCall(throwing), signal)).rejects.toBe(failure);
    await expect(
      run(
        createCall(async () => 'done'),
        signal,
      ),
    ).resolves.toBe('done');
  });

  test('takes turns between requests: three calls do not wait for a thousand', async () => {
    const calls = startCalls({ concurrency: 1 });
    await calls.ask(...Array.from({ length: 1_000 }, (_, index) => `a${index}`), 'b0', 'b1', 'b2');
    for (const name of ['a0', 'a1', 'b0', 'a2', 'b1', 'a3', 'b2']) await calls.end(name);
    expect(calls.started).toEqual(['a0', 'a1', 'b0', 'a2', 'b1', 'a3', 'b2', 'a4']);
  });

  test('never lets a newcomer pass those who wait', async () => {
    const calls = startCalls({ concurrency: 1 });
    await calls.ask('a1', 'b1');
    calls.end('a1');
    await calls.ask('c1');
    expect(calls.started).toEqual(['a1', 'b1']);
  });
});

describe('a full queue', () => {
  test('is OVERLOADED at once, and only for the one too many', async () => {
    const calls = startCalls({ concurrency: 1, queue: 2 });
    await calls.ask('a1', 'a2', 'a3', 'b1');
    expect([...calls.results.keys()]).toEqual(['b1']);
    expect(calls.results.get('b1')).toMatchObject({
      extensions: { code: 'OVERLOADED', source: 'partner', retryable: true },
    });
    await calls.endAll();
    expect(calls.started).toEqual(['a1', 'a2', 'a3']);
  });

  test('has room again when one was started or has left', async () => {
    const calls = startCalls({ concurrency: 1, queue: 1 });
    const controller = new AbortController();
    await calls.ask('a1');
    await calls.askWith(controller.signal, 'a2');
    controller.abort();
    await calls.ask('a3');
    await calls.end('a1');
    await calls.ask('a4', 'a5');
    expect([...calls.results.keys()]).toEqual(['a2', 'a1', 'a5']);
    expect(calls.started).toEqual(['a1', 'a3']);
  });

  test('of length 0 still lets the free slots be used', async () => {
    const calls = startCalls({ concurrency: 2, queue: 0 });
    await calls.ask('a1', 'a2', 'a3');
    expect([calls.started, [...calls.results.keys()]]).toEqual([['a1', 'a2'], ['a3']]);
  });
});

describe('a waiter that gives up', () => {
  const reason = new Error('gone');

  test('leaves at once with its reason, and is never started', async () => {
    const calls = startCalls({ concurrency: 1 });
    const controller = new AbortController();
    await calls.ask('a1');
    await calls.askWith(controller.signal, 'b1', 'b2');
    await calls.ask('c1');
    controller.abort(reason);
    await calls.settle();
    expect([calls.results.get('b1'), calls.results.get('b2')]).toEqual([reason, reason]);
    await calls.endAll();
    expect(calls.started).toEqual(['a1', 'c1']);
  });

  test('before it came is not started, even while slots are free', async () => {
    const calls = startCalls({ concurrency: 1 });
    await calls.askWith(AbortSignal.abort(reason), 'a1');
    expect([calls.started, calls.results.get('a1')]).toEqual([[], reason]);
  });

  test('while it runs keeps its slot until the call has really ended', async () => {
    const calls = startCalls({ concurrency: 1 });
    const controller = new AbortController();
    await calls.askWith(controller.signal, 'a1');
    await calls.ask('b1');
    controller.abort(reason);
    await calls.settle();
    expect(calls.started).toEqual(['a1']);
    await calls.end('a1', reason);
    expect(calls.started).toEqual(['a1', 'b1']);
  });

  test.each([1, 32])('leaves no listener behind: 1,000 calls on one signal, %d at a time', async (concurrency) => {
    const calls = startCalls({ concurrency });
    const controller = new AbortController();
    setMaxListeners(0, controller.signal);
    await calls.askWith(controller.signal, ...Array.from({ length: 1_000 }, (_, index) => `a${index}`));
    if (concurrency === 1) controller.abort(reason);
    await calls.endAll();
    expect(calls.results.size).toBe(1_000);
    expect(getEventListeners(controller.signal, 'abort')).toEqual([]);
  });
});

describe('whatever is asked, ends, fails and gives up', () => {
  const steps = fc.array(
    fc.oneof(
      { weight: 4, arbitrary: fc.record({ act: fc.constant('ask' as const), at: fc.nat(3) }) },
      { weight: 3, arbitrary: fc.record({ act: fc.constantFrom('end' as const, 'fail' as const), at: fc.nat(40) }) },
      { weight: 2, arbitrary: fc.record({ act: fc.constant('abort' as const), at: fc.nat(40) }) },
    ),
    { maxLength: 40 },
  );

  /** One step; `names` and `controllers` are those of all calls so far. */
  async function take(
    { act, at }: { act: 'ask' | 'end' | 'fail' | 'abort'; at: number },
    calls: ReturnType<typeof startCalls>,
    asked: { name: string; controller: AbortController }[],
  ): Promise<void> {
    if (act === 'ask') {
      const call = { name: `${'abcd'.charAt(at)}${asked.length}`, controller: new AbortController() };
      asked.push(call);
      await calls.askWith(call.controller.signal, call.name);
      return;
    }
    const call = asked[at];
    if (!call) return;
    if (act === 'abort') call.controller.abort(new Error('gone'));
    else await calls.end(call.name, act === 'fail' ? new Error('no') : undefined);
  }

  test('no more calls run than there are slots, no slot is lost, and every call settles once', async () => {
    const sizes = fc.record({ concurrency: fc.integer({ min: 1, max: 3 }), queue: fc.integer({ min: 0, max: 5 }) });
    await fc.assert(
      fc.asyncProperty(steps, sizes, async (all, settings) => {
        const calls = startCalls(settings);
        const asked: { name: string; controller: AbortController }[] = [];
        for (const step of all) await take(step, calls, asked);
        await calls.endAll();
        expect(calls.counts.most).toBeLessThanOrEqual(settings.concurrency);
        expect(calls.results.size).toBe(asked.length);
        expect(new Set(calls.started).size).toBe(calls.started.length);
        await calls.ask(...Array.from({ length: settings.concurrency }, (_, index) => `z${index}`));
        expect(calls.counts.inFlight).toBe(settings.concurrency);
      }),
      { numRuns: 60 },
    );
  });
});
