import type { Clock } from './clock.js';

/** Calls back once when the signal aborts, at once if it has; the function returned takes the listener off again. */
export function onAbort(signal: AbortSignal, callback: (reason: unknown) => void): () => void {
  if (signal.aborted) {
    callback(signal.reason);
    return () => {};
  }
  const listener = () => callback(signal.reason);
  signal.addEventListener('abort', listener, { once: true });
  return () => signal.removeEventListener('abort', listener);
}

/** Settles as the promise does, or rejects with the signal's reason if that comes first. The promise itself goes on. */
export function untilAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const release = onAbort(signal, reject);
    promise.then(resolve, reject).finally(release);
  });
}

/** Resolves after this time, or rejects with the signal's reason if that comes first. */
export function sleep(ms: number, signal: AbortSignal, clock: Clock): Promise<void> {
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
