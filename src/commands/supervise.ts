import type { Occasion } from '../app.js';
import { createLog } from '../server/telemetryListeners.js';

/** Something that serves until it is told to end. */
export interface Running {
  close(occasion: Occasion): Promise<void>;
}

type Exit = (how: 'done' | 'failed') => void;

/** The longest that ending after a crash may take (ms): what runs has 5 s, its answers a second, and closing the rest. */
const crashLimitMs = 7_000;

/**
 * Ends what runs in order when the process is told to end, or when something went wrong that nobody caught. A second signal
 * ends it at once.
 */
export function supervise(running: Running, exit: Exit): void {
  let isEnding = false;
  let hasCrashed = false;

  function end(occasion: Occasion): void {
    isEnding = true;
    running.close(occasion).then(
      () => exit(hasCrashed ? 'failed' : 'done'),
      () => exit('failed'),
    );
  }

  const onSignal = (occasion: Occasion) => () => (isEnding ? exit('failed') : end(occasion));

  /** One line, however many faults follow from the first: the answers of the others go before them all. */
  function crash(error: unknown): void {
    if (hasCrashed) return;
    hasCrashed = true;
    // Its line says where the error was made and not what it says, so there is no secret to look for.
    createLog({ level: 'error', queries: false, redact: (line) => line })({ type: 'process.crashed', error });
    setTimeout(() => exit('failed'), crashLimitMs).unref();
    if (!isEnding) end('crashed');
  }

  process.on('SIGTERM', onSignal('terminated')).on('SIGINT', onSignal('asked'));
  process.on('uncaughtException', crash).on('unhandledRejection', crash);
}
