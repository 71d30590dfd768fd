import { getEventListeners } from 'node:events';

/** Jest hands a copy of `process` to tests, which hears neither warnings nor rejections; Node's own functions know the real one. */
const realProcess = (getEventListeners.constructor as FunctionConstructor)('return process')() as NodeJS.Process;

/** Collects the names of all warnings that Node gives while `work` runs, such as of listeners that pile up; none is printed. */
export async function warningsDuring(work: () => Promise<void>): Promise<string[]> {
  const names: string[] = [];
  const others = realProcess.listeners('warning');
  realProcess.removeAllListeners('warning').on('warning', ({ name }) => void names.push(name));
  try {
    await work();
    // Node emits them on the next tick.
    await new Promise((resolve) => setImmediate(resolve));
    return names;
  } finally {
    realProcess.removeAllListeners('warning');
    for (const listener of others) realProcess.on('warning', listener);
  }
}

/** Collects what would have ended the process while `work` runs: exceptions and rejections that nobody catches. */
export async function mishapsDuring(work: () => Promise<void>): Promise<unknown[]> {
  const mishaps: unknown[] = [];
  const note = (error: unknown) => void mishaps.push(error);
  realProcess.on('uncaughtException', note).on('unhandledRejection', note);
  try {
    await work();
    // Rejections are judged when the microtasks are done.
    await new Promise((resolve) => setImmediate(resolve));
    return mishaps;
  } finally {
    realProcess.off('uncaughtException', note).off('unhandledRejection', note);
  }
}

/** How many of each resource keep the process busy: timers, sockets, servers. */
export function activeResources(): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const name of realProcess.getActiveResourcesInfo()) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}
