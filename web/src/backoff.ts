/** How long to wait before asking again (ms): soon at first, then less and less often. */
export function pauseBefore(attempt: number): number {
  return Math.min(1_000 * 1.6 ** attempt, 10_000);
}

/** Waits; ends early, with an error, when the signal says so. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const stop = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', stop);
      resolve();
    }, ms);
    signal.addEventListener('abort', stop, { once: true });
  });
}
