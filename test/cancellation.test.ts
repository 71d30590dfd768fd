import { getEventListeners, setMaxListeners } from 'node:events';
import { describe, expect, test } from '@jest/globals';
import { Cancellation, onAbort, toAbortSignal, untilAborted } from '../src/cancellation.js';

const reason = new Error('no longer wanted');
const listeners = (signal: AbortSignal) => getEventListeners(signal, 'abort').length;

describe('onAbort', () => {
  test('calls back once, with the reason', () => {
    const controller = new AbortController();
    const reasons: unknown[] = [];
    onAbort(controller.signal, (why) => reasons.push(why));
    expect(reasons).toEqual([]);
    controller.abort(reason);
    controller.abort(new Error('again'));
    expect(reasons).toEqual([reason]);
    expect(listeners(controller.signal)).toBe(0);
  });

  test('calls back at once when the signal has aborted already', () => {
    const reasons: unknown[] = [];
    onAbort(AbortSignal.abort(reason), (why) => reasons.push(why))();
    expect(reasons).toEqual([reason]);
  });

  test('calls nobody back after it was released', () => {
    const controller = new AbortController();
    const release = onAbort(controller.signal, () => {
      throw new Error('called');
    });
    release();
    release();
    expect(listeners(controller.signal)).toBe(0);
    controller.abort();
  });
});

describe('untilAborted', () => {
  test('settles as the promise does, and leaves no listener behind', async () => {
    const { signal } = new AbortController();
    await expect(untilAborted(Promise.resolve(5), signal)).resolves.toBe(5);
    await expect(untilAborted(Promise.reject(reason), signal)).rejects.toBe(reason);
    expect(listeners(signal)).toBe(0);
  });

  test('rejects with the reason as soon as the signal aborts, and does not care what comes later', async () => {
    const controller = new AbortController();
    let fail = (_: Error): void => {};
    const waiting = untilAborted(new Promise((_, reject) => (fail = reject)), controller.signal);
    controller.abort(reason);
    await expect(waiting).rejects.toBe(reason);
    fail(new Error('late, and nobody’s unhandled rejection'));
    expect(listeners(controller.signal)).toBe(0);
  });

  test('rejects when the signal has aborted before', async () => {
    await expect(untilAborted(Promise.resolve(5), AbortSignal.abort(reason))).rejects.toBe(reason);
  });

  test('leaves no listener behind on a signal that 1,000 promises share', async () => {
    const { signal } = new AbortController();
    setMaxListeners(0, signal);
    const all = Promise.all(Array.from({ length: 1_000 }, (_, index) => untilAborted(Promise.resolve(index), signal)));
    expect(listeners(signal)).toBe(1_000);
    await all;
    await new Promise(setImmediate);
    expect(listeners(signal)).toBe(0);
  });
});

describe('a cancellation', () => {
  test('is a signal as Node has them: it aborts once, and knows why', () => {
    const cancellation = new Cancellation();
    expect(cancellation.aborted).toBe(false);
    expect(() => cancellation.throwIfAborted()).not.toThrow();
    cancellation.abort(reason);
    cancellation.abort(new Error('again'));
    expect([cancellation.aborted, cancellation.reason]).toEqual([true, reason]);
    expect(() => cancellation.throwIfAborted()).toThrow(reason);
  });

  test('tells its listeners once, in their order, and none that was taken off meanwhile', () => {
    const cancellation = new Cancellation();
    const told: string[] = [];
    const third = () => void told.push('third');
    cancellation.addEventListener('abort', () => told.push('first'));
    cancellation.addEventListener('abort', () => cancellation.removeEventListener('abort', third));
    cancellation.addEventListener('abort', third);
    cancellation.addEventListener('abort', () => told.push('fourth'));
    cancellation.abort(reason);
    cancellation.abort(reason);
    cancellation.addEventListener('abort', () => told.push('too late'));
    expect(told).toEqual(['first', 'fourth']);
  });

  test("is one of Node's where a library wants that", () => {
    const cancellation = new Cancellation();
    const signal = toAbortSignal(cancellation);
    expect([signal instanceof AbortSignal, signal.aborted]).toEqual([true, false]);
    cancellation.abort(reason);
    expect(signal.reason).toBe(reason);
    expect(toAbortSignal(cancellation).reason).toBe(reason);
    expect(toAbortSignal(signal)).toBe(signal);
  });
});
