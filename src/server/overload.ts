import { systemClock } from '../clock.js';
import { readHeapShare } from './heap.js';

/** Why a request is not begun: too many are, the event loop is late, or memory runs out. */
export type ShedReason = 'inFlight' | 'lag' | 'heap';

/** How much the process has on its hands at this moment. */
export interface Load {
  readonly inFlight: number;
  /** How late a request will begin, because others go first or the event loop itself is late (ms). */
  readonly lagMs: number;
  /** Of the heap that the process may use, 0 to 1. */
  readonly heapShare: number;
}

export interface LoadLimits {
  readonly maxInFlight: number;
  /** Ms. */
  readonly maxLag: number;
}

/** Beyond this share of the heap V8 collects garbage more than it works, and then gives up. */
const maxHeapShare = 0.9;

/** Whether one more request may begin; null = it may. `inFlight` only where that is all that stands against it. */
export function refusalOf(load: Load, { maxInFlight, maxLag }: LoadLimits): ShedReason | null {
  if (load.lagMs > maxLag) return 'lag';
  if (load.heapShare > maxHeapShare) return 'heap';
  return load.inFlight >= maxInFlight ? 'inFlight' : null;
}

export interface OverloadOptions extends LoadLimits {
  /** Of `--max-old-space-size`; null = it is not set. */
  readonly maxOldMiB: number | null;
}

export interface Overload {
  readonly load: Load;
  /** Why this request is refused; null = it counts from now on, until `leave` is called for it. */
  enter(): ShedReason | null;
  /** One that had entered has its answer, or is gone. */
  leave(): void;
  /** Whether the event loop itself is late, or was a moment ago: no instance to send requests to. One that only refuses some is not. */
  isLate(): boolean;
  /** Calls back in a later turn of the event loop, in which nobody else's turn is. */
  takeTurn(begin: () => void): void;
  close(): void;
}

/** At rest the event loop is late by 1 to 10 ms. */
const maxLoopLagMs = 500;
/** How long a process that was stuck stays suspect (ms): who asks for its health does so every second or two. */
const suspectMs = 1_000;

/** How often lag and heap are looked at (ms): a process that is stuck is noticed, and given another chance, that soon. */
const sampleMs = 100;

/**
 * Keeps the process answering when more is asked of it than it can do: so many requests are in progress, they begin a few at a
 * time, and whoever comes beyond that is told so at once.
 *
 * The turns are what keeps refusals and health checks quick: every few ms all sockets are read. A mean of the lag over a
 * second, which is what libraries judge by, neither sees a process that is stuck nor answers the others in time.
 */
export function createOverload({ maxOldMiB, ...limits }: OverloadOptions): Overload {
  const turns = createTurns();
  const samples = sampleLoad(maxOldMiB);
  let inFlight = 0;
  const load = () => {
    const { lagMs, heapShare } = samples.last();
    return { inFlight, lagMs: Math.max(lagMs, turns.waitMs()), heapShare };
  };
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
    isLate: samples.isLate,
    takeTurn: turns.take,
    close: samples.stop,
  };
}

/** How long beginnings may take in one turn of the event loop (ms): about what a refusal or a health check waits. */
const turnMs = 20;
/** More than can begin in that time. */
const maxPerTurn = 100;
/** Of the time that one takes, what the newest counts: about the last fifty do. */
const newestShare = 0.02;
/** What takes longer is a hiccup, such as the first request of a process, and says nothing of the next one (ms). */
const longestBeginMs = 50;

/**
 * First come, first served, for `turnMs` in each turn of the event loop; then every socket is read once. Each one begins in a
 * callback of its own, so that what it sets off has run before the next one.
 */
function createTurns() {
  const waiting: (() => void)[] = [];
  let served = 0;
  let scheduled = 0;
  let turnEndsAt: number | undefined;
  let servedAt: number | undefined;
  let msEach = 0;

  /** Everything that happens between two beginnings while others wait is part of what one takes. */
  function measure(now: number): void {
    if (servedAt !== undefined) msEach += (Math.min(now - servedAt, longestBeginMs) - msEach) * newestShare;
    servedAt = waiting.length > served ? now : undefined;
  }

  function serve(): void {
    scheduled -= 1;
    const now = systemClock.monotonic();
    turnEndsAt ??= now + turnMs;
    const next = now < turnEndsAt ? waiting[served] : undefined;
    if (next) {
      served += 1;
      measure(now);
      next();
    }
    if (scheduled === 0) plan();
  }

  /** Callbacks of setImmediate that are set now run in the next turn, one after the other. */
  function plan(): void {
    waiting.splice(0, served);
    served = 0;
    turnEndsAt = undefined;
    scheduled = Math.min(waiting.length, maxPerTurn);
    for (let count = scheduled; count > 0; count -= 1) setImmediate(serve);
  }

  return {
    take(begin: () => void) {
      waiting.push(begin);
      if (scheduled === 0) plan();
    },
    /** How long one that comes now will wait (ms). */
    waitMs: () => (waiting.length - served) * msEach,
  };
}

/** A timer that is late shows how late everything is; by real time, whatever clock the requests go by. */
function sampleLoad(maxOldMiB: number | null) {
  let last = { lagMs: 0, heapShare: 0 };
  let stop = () => {};
  let due = 0;
  let suspectUntil = 0;

  function schedule(): void {
    due = systemClock.monotonic() + sampleMs;
    stop = systemClock.after(sampleMs, sample);
  }

  function sample(): void {
    const now = systemClock.monotonic();
    last = { lagMs: Math.max(0, now - due), heapShare: readHeapShare(maxOldMiB) };
    if (last.lagMs > maxLoopLagMs) suspectUntil = now + suspectMs;
    schedule();
  }

  schedule();
  return { last: () => last, isLate: () => systemClock.monotonic() < suspectUntil, stop: () => stop() };
}
