import { getHeapStatistics } from 'node:v8';
import { systemClock } from '../clock.js';

/** Why a request is not begun: too many are, the event loop is late, or memory runs out. */
export type ShedReason = 'inFlight' | 'lag' | 'heap';

/** How much the process has on its hands at this moment. */
export interface Load {
  readonly inFlight: number;
  /** How late the event loop was when it was last looked at (ms). */
  readonly lagMs: number;
  /** Of the heap that V8 may use, 0 to 1. */
  readonly heapShare: number;
}

export interface LoadLimits {
  readonly maxInFlight: number;
  /** Ms. */
  readonly maxLag: number;
}

/** Beyond this share of the heap V8 collects garbage more than it works, and then gives up. */
const maxHeapShare = 0.9;

/** Whether one more request may begin; null = it may. */
export function refusalOf(load: Load, { maxInFlight, maxLag }: LoadLimits): ShedReason | null {
  if (load.inFlight >= maxInFlight) return 'inFlight';
  if (load.lagMs > maxLag) return 'lag';
  return load.heapShare > maxHeapShare ? 'heap' : null;
}

export interface Overload {
  readonly load: Load;
  /** Why this request is refused; null = it counts from now on, until `leave` is called for it. */
  enter(): ShedReason | null;
  /** One that had entered has its answer, or is gone. */
  leave(): void;
  /** Whether the event loop is late beyond its limit: no instance to send requests to. */
  isLate(): boolean;
  /** Calls back in a later turn of the event loop, in which nobody else's turn is. */
  takeTurn(begin: () => void): void;
  close(): void;
}

/** How often lag and heap are looked at (ms): a process that is stuck is noticed, and given another chance, that soon. */
const sampleMs = 100;

/**
 * Keeps the process answering when more is asked of it than it can do: so many requests are in progress, one begins in each
 * turn of the event loop, and whoever comes beyond that is told so at once.
 *
 * One to a turn is what keeps refusals and health checks quick: between any two beginnings every socket is read. A mean of the
 * lag over a second, which is what libraries judge by, neither sees a process that is stuck nor answers the others in time.
 */
export function createOverload(limits: LoadLimits): Overload {
  const turns = createTurns();
  const samples = sampleLoad();
  let inFlight = 0;
  const load = () => ({ inFlight, ...samples.last() });
  return {
    get load() {
      return load();
    },
    enter() {
      const refusal = refusalOf(load(), limits);
      if (!refusal) inFlight += 1;
      return refusal;
    },
    leave() {
      inFlight -= 1;
    },
    isLate: () => samples.last().lagMs > limits.maxLag,
    takeTurn: turns.take,
    close: samples.stop,
  };
}

/** First come, first served; between two turns the event loop goes round once. */
function createTurns() {
  const waiting: (() => void)[] = [];
  let next = 0;

  function serve(): void {
    const begin = waiting[next];
    next += 1;
    // The list is cut only now and then: shift() moves all that is behind, for each of thousands.
    if (next === waiting.length) {
      waiting.length = 0;
      next = 0;
    } else {
      setImmediate(serve);
    }
    begin?.();
  }

  return {
    take(begin: () => void) {
      waiting.push(begin);
      if (waiting.length - next === 1) setImmediate(serve);
    },
  };
}

/** A timer that is late shows how late everything is; by real time, whatever clock the requests go by. */
function sampleLoad() {
  let last = { lagMs: 0, heapShare: 0 };
  let stop = () => {};
  let due = 0;

  function schedule(): void {
    due = systemClock.monotonic() + sampleMs;
    stop = systemClock.after(sampleMs, sample);
  }

  function sample(): void {
    const { used_heap_size: used, heap_size_limit: limit } = getHeapStatistics();
    last = { lagMs: Math.max(0, systemClock.monotonic() - due), heapShare: used / limit };
    schedule();
  }

  schedule();
  return { last: () => last, stop: () => stop() };
}
