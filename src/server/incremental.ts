import { execute } from '@graphql-tools/executor';
import type { ExecutionArgs } from 'graphql';
import type { Clock } from '../clock.js';

/**
 * How long parts are gathered before they are sent as one (ms). Clients merge every part into the whole list, so 500 parts
 * cost a browser seconds where a few cost nothing.
 */
const gatherMs = 100;

/** One payload of a response in parts, as the 2022-08-24 proposal has it. */
interface Part {
  incremental?: readonly unknown[];
  hasNext: boolean;
  [key: string]: unknown;
}

/**
 * Executes an operation whose client accepts parts (`multipart/mixed;deferSpec=20220824`): what is behind @defer follows in
 * the order in which it is complete. Apollo calls this for such requests only; for the others @defer changes nothing.
 */
export function createIncrementalExecution(clock: Clock) {
  return async (args: ExecutionArgs): Promise<never> => {
    const result = (await execute(args)) as { subsequentResults?: AsyncGenerator<Part> };
    if (!result.subsequentResults) return result as never;
    return { ...result, subsequentResults: gather(result.subsequentResults, clock) } as never;
  };
}

/** Joins parts that come within `gatherMs` of each other. Ends with its source; leaving early ends the source. */
export async function* gather(parts: AsyncGenerator<Part>, clock: Clock): AsyncGenerator<Part> {
  try {
    let next = parts.next();
    for (;;) {
      const first = await next;
      if (first.done) return;
      const gathered: Part[] = [first.value];
      let stopTimer = () => {};
      const timeIsUp = new Promise<'time is up'>((resolve) => {
        stopTimer = clock.after(gatherMs, () => resolve('time is up'));
      });
      next = parts.next();
      for (let isLast = !first.value.hasNext; !isLast; ) {
        const more = await Promise.race([next, timeIsUp]);
        if (more === 'time is up' || more.done) break;
        gathered.push(more.value);
        isLast = !more.value.hasNext;
        next = parts.next();
      }
      stopTimer();
      yield joinParts(gathered);
    }
  } finally {
    await parts.return(undefined);
  }
}

function joinParts(parts: readonly Part[]): Part {
  const incremental = parts.flatMap((part) => part.incremental ?? []);
  const last = parts.at(-1) ?? { hasNext: false };
  return { ...last, ...(incremental.length > 0 && { incremental }) };
}
