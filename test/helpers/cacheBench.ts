import { setMaxListeners } from 'node:events';
import type { Answer } from '../../src/cache/answer.js';
import { createCache, type Peeked } from '../../src/cache/cache.js';
import type { Ask, Fetched } from '../../src/cache/fetching.js';
import type { Job, Patience, Waiter } from '../../src/cache/flight.js';
import type { Loading } from '../../src/cache/loading.js';
import { createMemoryStore } from '../../src/cache/memoryStore.js';
import type { Store } from '../../src/cache/store.js';
import { Disconnected, GatewayError } from '../../src/errors.js';
import type { TelemetryEvent } from '../../src/telemetry.js';
import { createFakeClock, type FakeClock } from './fakeClock.js';

export const minute = 60_000;
export const hour = 60 * minute;
/** How long what the source of the bench says counts as new, and how long after that it may be shown. */
export const lifetime = { freshMs: 10 * minute, staleMs: 24 * hour };

/** One call that reached the source; it stops when its signal aborts, as every client does. */
export interface SourceCall {
  readonly keys: readonly string[];
  readonly job: Job;
  readonly state: 'running' | 'answered' | 'failed' | 'cancelled';
  /** Answers every key with its name and the number of the call; `parts` says otherwise, for all of them. */
  answer(parts?: Partial<Fetched<string>>): void;
  fail(error: unknown): void;
}

export interface ClientOptions
  extends Partial<Pick<Waiter, 'maxWaitMs' | 'maxAgeMs' | 'minFreshMs' | 'background' | 'requestId' | 'used'>> {
  /** Monotonic ms; far away by default. */
  deadline?: number;
  /** One call for all keys, as one report; by default each key is a call of its own. */
  together?: boolean;
}

export interface Outcome {
  readonly key: string;
  settled: number;
  answer?: Answer<string>;
  error?: unknown;
}

/** Somebody who asked, with what became of each key. */
export interface CacheClient {
  readonly outcomes: readonly Outcome[];
  readonly signal: AbortSignal;
  /** Value and state of every key, `code` of the error in its place, or nothing yet. */
  seen(): string[];
  disconnect(): void;
  reachDeadline(): void;
}

export interface CacheBench {
  readonly clock: FakeClock;
  readonly calls: readonly SourceCall[];
  readonly events: readonly TelemetryEvent[];
  running(): SourceCall[];
  /** The call with this number, from 1; it must have been made. */
  call(number: number): SourceCall;
  /** Asks, and lets the cache go as far as it gets without any time going by. */
  ask(keys: readonly string[], options?: ClientOptions): Promise<CacheClient>;
  /** The same, without waiting for anything. */
  begin(keys: readonly string[], options?: ClientOptions): CacheClient;
  /** Looks keys up without asking. */
  peek(keys: readonly string[], patience?: Partial<Patience>): Promise<Peeked<string>[]>;
  settle(): Promise<void>;
  hitShare(): number | null;
  close(): Promise<void>;
}

export interface BenchOptions {
  clock?: FakeClock;
  /** 0 to 1, for jitter; 0.5 = none. */
  random?: () => number;
  maxBytes?: number;
  store?: Store<string>;
  /** How long (ms) a call that is cancelled takes to end; 0 by default. */
  stoppingMs?: number;
}

/** A cache over a memory store on the time of a fake clock, and a source that answers when the test says so. */
export function createCacheBench(options: BenchOptions = {}): CacheBench {
  const { clock = createFakeClock(), random = () => 0.5, maxBytes = 1_048_576 } = options;
  const { store = createMemoryStore<string>({ maxBytes, clock }), stoppingMs = 0 } = options;
  const calls: SourceCall[] = [];
  const events: TelemetryEvent[] = [];
  const report = (event: TelemetryEvent) => void events.push(event);
  const cache = createCache<string>({ source: 'partner', store, clock, report, random });
  let clients = 0;

  function run(keys: readonly string[], job: Job): Promise<ReadonlyMap<string, Fetched<string>>> {
    const number = calls.length + 1;
    return new Promise((resolve, reject) => {
      let state: SourceCall['state'] = 'running';
      const end = (next: SourceCall['state'], settle: () => void) => {
        if (state !== 'running') return;
        state = next;
        job.signal.removeEventListener('abort', cancel);
        settle();
      };
      const stop = () => reject(job.signal.reason);
      const cancel = () => end('cancelled', () => (stoppingMs > 0 ? clock.after(stoppingMs, stop) : stop()));
      calls.push({
        keys,
        job,
        get state() {
          return state;
        },
        answer: (parts = {}) =>
          end('answered', () => resolve(new Map(keys.map((key) => [key, fetchedOf(`${key} ${number}`, parts)])))),
        fail: (error) => end('failed', () => reject(error)),
      });
      if (job.signal.aborted) cancel();
      else job.signal.addEventListener('abort', cancel);
    });
  }

  const fetchedOf = (value: string, parts: Partial<Fetched<string>>): Fetched<string> => ({
    value,
    asOf: clock.now(),
    ...lifetime,
    isWhole: true,
    ...parts,
  });

  function plan(names: readonly string[], together: boolean): Ask<string>[] {
    if (names.length === 0) return [];
    const groups = together ? [names] : names.map((name) => [name]);
    return groups.map((keys) => ({ keys, run: (job) => run(keys, job) }));
  }

  function begin(keys: readonly string[], asked: ClientOptions = {}): CacheClient {
    clients += 1;
    const { deadline = Number.POSITIVE_INFINITY, together = false, ...rest } = asked;
    const controller = new AbortController();
    setMaxListeners(0, controller.signal);
    const waiter: Waiter = {
      requestId: `request ${clients}`,
      maxWaitMs: null,
      maxAgeMs: null,
      ...rest,
      deadline,
      signal: controller.signal,
    };
    const outcomes = keys.map((key): Outcome => ({ key, settled: 0 }));
    const settle = (outcome: Outcome | undefined, result: Partial<Outcome>) => {
      if (outcome) Object.assign(outcome, result, { settled: outcome.settled + 1 });
    };
    cache
      .load(keys, (names) => plan(names, together), waiter)
      .then((loading) => {
        for (const [index, answer] of answersOf(loading, keys.length).entries()) {
          answer.then(
            (value) => settle(outcomes[index], { answer: value }),
            (error: unknown) => settle(outcomes[index], { error }),
          );
        }
      });
    return {
      outcomes,
      signal: controller.signal,
      seen: () => outcomes.map(describeOutcome),
      disconnect: () => controller.abort(new Disconnected()),
      reachDeadline: () => controller.abort(new GatewayError('DEADLINE_EXCEEDED', 'Too late; ask again.')),
    };
  }

  return {
    clock,
    calls,
    events,
    begin,
    running: () => calls.filter(({ state }) => state === 'running'),
    call(number) {
      const call = calls[number - 1];
      if (!call) throw new Error(`There was no call ${number}, only ${calls.length}.`);
      return call;
    },
    async ask(keys, asked) {
      const client = begin(keys, asked);
      await clock.advance(0);
      return client;
    },
    peek: (keys, patience) => cache.peek(keys, { maxWaitMs: null, maxAgeMs: null, ...patience }),
    settle: () => clock.advance(0),
    hitShare: () => cache.hitShare(),
    close: () => cache.close(),
  };
}

/** What a client sees of a key: 'a 1 FRESH', 'PENDING', the code of an error, the name of another one, or 'waiting'. */
export function describeOutcome({ settled, answer, error }: Outcome): string {
  if (settled === 0) return 'waiting';
  if (answer) return [answer.value, answer.state].filter((part) => part !== undefined).join(' ');
  if (error instanceof GatewayError) return error.code;
  return error instanceof Error ? error.name : String(error);
}

/** Each answer as soon as it is there. */
export function answersOf<V>(loading: Loading<V>, count: number): Promise<Answer<V>>[] {
  return Array.from({ length: count }, async (_, place) => {
    await loading.wait([place]);
    return loading.answer(place);
  });
}
