import type { Trace } from './trace.js';

/**
 * The trace of a request as browsers show it next to their own times: for each source when its last call ended (0 = none was
 * made), and the other numbers of `extensions.sources` in words.
 */
export function formatServerTiming(trace: Trace): string {
  return Object.entries(trace)
    .map(([source, { lastMs, ...numbers }]) => `${source};dur=${lastMs ?? 0};desc="${describe(numbers)}"`)
    .join(', ');
}

function describe(numbers: Readonly<Record<string, number | null | undefined>>): string {
  return Object.entries(numbers)
    .map(([name, value]) => `${name}=${value ?? 'none'}`)
    .join(' ');
}
