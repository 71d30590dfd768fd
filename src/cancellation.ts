import type { Clock } from './clock.js';

/** What tells that something is to stop: an AbortSignal, or the same in small. */
export interface Signal {
  readonly aborted: boolean;
  readonly reason: unknown;
  throwIfAborted(): void;
  addEventListener(type: 'abort', listener: () => void, options?: { once?: boolean }): void;
  removeEventListener(type: 'abort', listener: () => void): void;
}

/** Node's own controllers cost more than all the rest of a call: each signal is an event target that the collector has to watch. */
export class Cancellation implements Signal {
  aborted = false;
  reason: unknown = undefined;
  readonly #listeners: (() => void)[] = [];

  /** Only the first time counts. Listeners are called once, in their order. */
  abort(reason: unknown): void {
    if (this.aborted) return;
    this.aborted = true;
    this.reason = reason;
    for (let next = this.#listeners.shift(); next; next = this.#listeners.shift()) next();
  }

  throwIfAborted(): void {
    if (this.aborted) throw this.reason;
  }

  addEventListener(_: 'abort', listener: () => void): void {
    if (!this.aborted) this.#listeners.push(listener);
  }

  removeEventListener(_: 'abort', listener: () => void): void {
    const index = this.#listeners.indexOf(listener);
    if (index >= 0) this.#listeners.splice(index, 1);
  }
}

/** For libraries that take Node's own signals only. */
export function toAbortSignal(signal: Signal): AbortSignal {
  if (signal instanceof AbortSignal) return signal;
  const controller = new AbortController();
  onAbort(signal, (reason) => controller.abort(reason));
  return controller.signal;
}

/** Calls back once when the signal aborts, at once if it has; the function returned takes the listener off again. */
export function onAbort(signal: Signal, callback: (reason: unknown) => void): () => void {
  if (signal.aborted) {
    callback(signal.reason);
    return () => {};
  }
  const listener = () => callback(signal.reason);
  signal.addEventListener('abort', listener, { once: true });
  return () => signal.removeEventListener('abort', listener);
}

/** Settles as the promise does, or rejects with the signal's reason if that comes first. The promise itself goes on. */
export function untilAborted<T>(promise: Promise<T>, signal: Signal): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const release = onAbort(signal, reject);
    promise.then(
      (value) => {
        release();
        resolve(value);
      },
      (error) => {
        release();
        reject(error);
      },
    );
  });
}

/** Resolves after this time, or rejects with the signal's reason if that comes first. */
export function sleep(ms: number, signal: Signal, clock: Clock): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = clock.after(ms, () => {
      release();
      resolve();
    });
    const release = onAbort(signal, (reason) => {
      stop();
      reject(reason);
    });
  });
}
