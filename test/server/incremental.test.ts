import { describe, expect, test } from '@jest/globals';
import { gather } from '../../src/server/incremental.js';
import { createFakeClock } from '../helpers/fakeClock.js';

type Part = Awaited<ReturnType<ReturnType<typeof gather>['next']>>['value'];

/** Parts that come when the test says so, and what was sent to the client, with the time of it. */
function createStream() {
  const clock = createFakeClock();
  const queue: (Part | Error | 'end')[] = [];
  let wake = () => {};
  let isOver = false;

  async function* source(): AsyncGenerator<Part> {
    try {
      for (;;) {
        while (queue.length === 0) await new Promise<void>((resolve) => (wake = resolve));
        const next = queue.shift();
        if (next === 'end' || next === undefined) return;
        if (next instanceof Error) throw next;
        yield next;
      }
    } finally {
      isOver = true;
    }
  }

  const parts = gather(source(), clock);
  const sent: { at: number; items: unknown[]; hasNext: boolean }[] = [];
  const failures: unknown[] = [];
  async function read(): Promise<void> {
    for await (const { incremental = [], hasNext } of parts) {
      sent.push({ at: clock.monotonic(), items: [...incremental], hasNext });
    }
  }
  const done = read().catch((error: unknown) => void failures.push(error));

  async function push(...items: (Part | Error | 'end')[]): Promise<void> {
    queue.push(...items);
    wake();
    await clock.advance(0);
  }
  return { clock, parts, sent, failures, done, push, isOver: () => isOver };
}

const part = (item: string, hasNext = true): Part => ({ incremental: [item], hasNext });

describe('the parts of an answer', () => {
  test('that come within 100 ms of the first are sent as one, in their order', async () => {
    const { clock, push, sent } = createStream();
    await push(part('a'));
    await clock.advance(60);
    await push(part('b'), part('c'));
    await clock.advance(39);
    expect(sent).toEqual([]);
    await clock.advance(1);
    expect(sent).toEqual([{ at: 100, items: ['a', 'b', 'c'], hasNext: true }]);
  });

  test('that come later are sent in the next one, whose time begins with it', async () => {
    const { clock, push, sent } = createStream();
    await push(part('a'));
    await clock.advance(150);
    await push(part('b'));
    await clock.advance(99);
    expect(sent).toHaveLength(1);
    await clock.advance(1);
    expect(sent.at(-1)).toEqual({ at: 250, items: ['b'], hasNext: true });
  });

  test('are sent without waiting when the last one is there, and nothing stays behind', async () => {
    const { clock, push, sent, done, isOver } = createStream();
    await push(part('a'), part('b', false), 'end');
    expect(sent).toEqual([{ at: 0, items: ['a', 'b'], hasNext: false }]);
    await done;
    expect([clock.timers, isOver()]).toEqual([0, true]);
  });

  test('end with an empty one where there is nothing more to say', async () => {
    const { clock, push, sent, done } = createStream();
    await push(part('a'));
    await clock.advance(100);
    await push({ hasNext: false }, 'end');
    await done;
    expect(sent.map(({ items, hasNext }) => [items, hasNext])).toEqual([
      [['a'], true],
      [[], false],
    ]);
  });

  test('that fail fail the answer, and leave nothing behind', async () => {
    const { clock, push, failures, done, isOver } = createStream();
    const error = new Error('broken');
    await push(part('a'), error);
    await clock.advance(100);
    await done;
    expect(failures).toEqual([error]);
    expect([clock.timers, isOver()]).toEqual([0, true]);
  });

  test('end with their reader, as soon as what was under way has ended', async () => {
    const { clock, parts, push, sent, isOver } = createStream();
    await push(part('a'));
    await clock.advance(100);
    const left = parts.return(undefined);
    await push(part('b'), part('c'), 'end');
    await left;
    expect([sent.flatMap(({ items }) => items).slice(0, 1), isOver(), clock.timers]).toEqual([['a'], true, 0]);
  });
});
