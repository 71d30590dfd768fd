import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createFairQueue, createViewerQueue } from '../../src/scheduler/fairQueue.js';

function drain<T>(queue: { size: number; shift(): T | undefined }): T[] {
  const items: T[] = [];
  for (let item = queue.shift(); item !== undefined; item = queue.shift()) items.push(item);
  return items;
}

function filled(...items: string[]) {
  const queue = createFairQueue<string>();
  const leave = new Map(items.map((item) => [item, queue.push(item.charAt(0), item)]));
  return { queue, leave: (item: string) => leave.get(item)?.() };
}

describe('a fair queue', () => {
  test('is first in, first out within a group', () => {
    expect(drain(filled('a1', 'a2', 'a3').queue)).toEqual(['a1', 'a2', 'a3']);
  });

  test('takes turns between groups, however much one of them has', () => {
    expect(drain(filled('a1', 'a2', 'a3', 'a4', 'b1', 'b2', 'c1').queue)).toEqual([
      'a1',
      'b1',
      'c1',
      'a2',
      'b2',
      'a3',
      'a4',
    ]);
  });

  test('lets a group that comes late have its turn in the same round', () => {
    const { queue } = filled('a1', 'a2', 'a3');
    expect(queue.shift()).toBe('a1');
    queue.push('b', 'b1');
    expect(drain(queue)).toEqual(['a2', 'b1', 'a3']);
  });

  test('puts a group that was served and comes back behind the others', () => {
    const { queue } = filled('a1', 'b1', 'c1');
    queue.shift();
    queue.push('a', 'a2');
    expect(drain(queue)).toEqual(['b1', 'c1', 'a2']);
  });

  test('lets an item leave, wherever it stands, and only once', () => {
    const { queue, leave } = filled('a1', 'a2', 'b1', 'b2');
    leave('a2');
    leave('a2');
    leave('b1');
    expect(queue.size).toBe(2);
    expect(drain(queue)).toEqual(['a1', 'b2']);
    leave('a1');
    expect(queue.size).toBe(0);
  });

  test('does not let an item that was served leave with one that came after it', () => {
    const { queue, leave } = filled('a1');
    queue.shift();
    queue.push('a', 'a1 again');
    leave('a1');
    expect([queue.size, queue.shift()]).toEqual([1, 'a1 again']);
  });

  test('keeps equal items apart', () => {
    const queue = createFairQueue<string>();
    const leave = queue.push('a', 'same');
    queue.push('a', 'same');
    leave();
    expect(drain(queue)).toEqual(['same']);
  });

  test('is empty at first and after all', () => {
    const queue = createFairQueue<string>();
    expect([queue.size, queue.shift(), queue.size]).toEqual([0, undefined, 0]);
  });
});

describe('whatever comes and goes', () => {
  const groups = ['a', 'b', 'c', 'd', '__proto__'];
  const steps = fc.array(
    fc.oneof(
      { weight: 3, arbitrary: fc.constantFrom(...groups).map((group) => ({ do: 'push', group, item: 0 })) },
      { weight: 1, arbitrary: fc.nat(30).map((item) => ({ do: 'leave', group: '', item })) },
      { weight: 2, arbitrary: fc.constant({ do: 'shift', group: '', item: 0 }) },
    ),
    { maxLength: 80 },
  );

  /** Runs the steps on a queue of numbers that grow, and tells `onServed` what each shift gave. */
  function run(all: readonly { do: string; group: string; item: number }[], onServed: (item: number) => void) {
    const queue = createFairQueue<number>();
    const waiting = new Map<number, { group: string; leave: () => void }>();
    let pushed = 0;
    const actions: Record<string, (step: { group: string; item: number }) => void> = {
      push({ group }) {
        const item = pushed++;
        waiting.set(item, { group, leave: queue.push(group, item) });
      },
      leave({ item }) {
        waiting.get(item)?.leave();
        waiting.delete(item);
      },
      shift() {
        const item = queue.shift();
        if (item === undefined) return;
        onServed(item);
        waiting.delete(item);
      },
    };
    for (const step of all) {
      actions[step.do]?.(step);
      expect(queue.size).toBe(waiting.size);
    }
    return { queue, waiting };
  }

  test('no item is lost or served twice, and the size is always true', () => {
    fc.assert(
      fc.property(steps, (all) => {
        const servedBefore: number[] = [];
        const { queue, waiting } = run(all, (item) => servedBefore.push(item));
        const rest = drain(queue);
        expect([...rest].sort((a, b) => a - b)).toEqual([...waiting.keys()]);
        expect(new Set([...servedBefore, ...rest]).size).toBe(servedBefore.length + rest.length);
      }),
    );
  });

  test('each round serves every group that waits, once, and a new group in the same round', () => {
    fc.assert(
      fc.property(steps, (all) => {
        const { queue, waiting } = run(all, () => {});
        const groupOf = new Map([...waiting].map(([item, { group }]) => [item, group]));
        const count = new Set(groupOf.values()).size;
        queue.push('new', -1);
        const round = drain(queue).slice(0, count + 1);
        expect(round.at(-1)).toBe(-1);
        expect(new Set(round.map((item) => groupOf.get(item))).size).toBe(count + 1);
      }),
    );
  });
});

describe('turns between viewers', () => {
  test('give one of each, whoever has more requests, and then one of each request', () => {
    const queue = createViewerQueue<string>();
    for (const item of ['a1', 'a2']) queue.push('a', 'first', item);
    for (const item of ['a3', 'a4']) queue.push('a', 'second', item);
    for (const item of ['b1', 'b2']) queue.push('b', 'only', item);
    expect(Array.from({ length: 7 }, () => queue.shift())).toEqual(['a1', 'b1', 'a3', 'b2', 'a2', 'a4', undefined]);
  });

  test('let items go wherever they stand, once, and forget a viewer that has none', () => {
    const queue = createViewerQueue<string>();
    const leave = queue.push('a', 'one', 'a1');
    queue.push('b', 'one', 'b1');
    leave();
    leave();
    expect([queue.size, queue.shift(), queue.shift(), queue.size]).toEqual([1, 'b1', undefined, 0]);
    queue.push('a', 'one', 'again');
    leave();
    expect([queue.size, queue.shift()]).toEqual([1, 'again']);
  });

  test('count what is left when several are taken out', () => {
    const queue = createViewerQueue<number>();
    for (let n = 0; n < 12; n += 1) queue.push(`viewer ${n % 3}`, `request ${n % 2}`, n);
    queue.removeIf((n) => n % 3 === 0 || n > 9);
    expect(queue.size).toBe(6);
    const rest = Array.from({ length: 7 }, () => queue.shift());
    expect(rest.slice(0, 6).toSorted()).toEqual([1, 2, 4, 5, 7, 8]);
    expect([rest[6], queue.size]).toEqual([undefined, 0]);
  });
});
