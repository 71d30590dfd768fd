import { LRUCache } from 'lru-cache';
import type { Clock } from '../clock.js';
import { GatewayError, type SourceName } from '../errors.js';
import type { Report } from '../telemetry.js';
import { type Age, ageOf, type Entry, type Found, jitter } from './entry.js';
import { type Flight, type Job, startFlight, WaitedLongEnough, type Waiter } from './flight.js';
import type { Store } from './store.js';

/** What a source gave for one key. Durations in ms, before jitter. */
export interface Fetched<V> extends Entry<V> {
  /** Whether it may take the place of what was kept before; otherwise it is remembered as briefly as a failure. */
  readonly isWhole: boolean;
}

/** One call to the source, which answers all of its keys. */
export interface Ask<V> {
  readonly keys: readonly string[];
  run(job: Job): Promise<ReadonlyMap<string, Fetched<V>>>;
}

/** What a waiter gets for a key. A failure is thrown instead. */
export interface Answer<V> {
  /** undefined while PENDING. */
  readonly value: V | undefined;
  readonly state: 'FRESH' | 'STALE' | 'PENDING';
  /** Wall time, ms since the epoch, at which the source answered; null while PENDING. */
  readonly asOf: number | null;
}

export interface Cache<V> {
  /**
   * Answers every key, in their order: fresh and stale values at once, a missing one when its job is done. Stale keys are
   * asked again behind. `ask` plans the calls for the keys that it is handed; a key that is on its way is never asked twice.
   */
  load(
    keys: readonly string[],
    ask: (keys: readonly string[]) => readonly Ask<V>[],
    waiter: Waiter,
  ): Promise<Promise<Answer<V>>[]>;
  /** Share of the keys asked for that needed no waiting, 0 to 1; null while nothing was asked. */
  hitShare(): number | null;
  close(): Promise<void>;
}

export interface CacheOptions<V> {
  source: SourceName;
  store: Store<V>;
  clock: Clock;
  report: Report;
  /** 0 to 1, for jitter. */
  random?: () => number;
}

/** How long a failure keeps us from asking again, in ms. */
const failureMs = 5_000;
const notFoundMs = 300_000;
const maxFailures = 10_000;

/** What the last try for a key brought that is not kept as its value. */
type Setback<V> = { readonly at: number; readonly ms: number } & (
  | { readonly kind: 'failed'; readonly error: GatewayError }
  | { readonly kind: 'partial'; readonly entry: Entry<V> }
);

/** What is known of a key before anybody is asked. */
interface Known<V> {
  readonly age: Age;
  readonly found: Found<V> | undefined;
  readonly setback: Setback<V> | undefined;
}

/** Keeps what a source said, and sees to it that the same is asked once however many want it. */
export function createCache<V>({ source, store, clock, report, random = Math.random }: CacheOptions<V>): Cache<V> {
  const flights = new Map<string, Flight<ReadonlyMap<string, Fetched<V>>>>();
  const setbacks = new LRUCache<string, Setback<V>>({ max: maxFailures });
  const counts = { keys: 0, hits: 0 };

  function known(key: string, found: Found<V> | undefined, { maxAgeMs }: Waiter): Known<V> {
    const setback = setbacks.get(key);
    const setbackAge = setback ? clock.monotonic() - setback.at : 0;
    const holds = setback && setbackAge < Math.min(setback.ms, maxAgeMs ?? Number.POSITIVE_INFINITY);
    return { age: ageOf(found, maxAgeMs), found, setback: holds ? setback : undefined };
  }

  function launch({ keys, run }: Ask<V>, { requestId, deadline }: Waiter, background: boolean): void {
    const flight = startFlight({
      keys,
      requestId,
      deadline,
      background,
      clock,
      work: (job) =>
        run(job)
          .then(keep, (error) => fail(keys, error))
          .finally(() => land(flight)),
    });
    for (const key of keys) flights.set(key, flight);
  }

  function land(flight: Flight<unknown>): void {
    for (const key of flight.keys) if (flights.get(key) === flight) flights.delete(key);
  }

  function keep(fetched: ReadonlyMap<string, Fetched<V>>): ReadonlyMap<string, Fetched<V>> {
    const entries = new Map<string, Entry<V>>();
    for (const [key, { isWhole, ...entry }] of fetched) {
      if (isWhole) {
        entries.set(key, { ...entry, freshMs: jitter(entry.freshMs, random()) });
        setbacks.delete(key);
      } else {
        setbacks.set(key, { kind: 'partial', entry, at: clock.monotonic(), ms: jitter(failureMs, random()) });
      }
    }
    store.setMany(entries);
    return fetched;
  }

  /** Remembers what the source itself brought about; a call that was not made, or called off, says nothing of the next one. */
  function fail(keys: readonly string[], error: unknown): never {
    const ms = error instanceof GatewayError ? memoryOf(error) : 0;
    if (ms > 0 && error instanceof GatewayError) {
      for (const key of keys)
        setbacks.set(key, { kind: 'failed', error, at: clock.monotonic(), ms: jitter(ms, random()) });
    }
    throw error;
  }

  async function answer(key: string, knownOfKey: Known<V>, join: Join<V>): Promise<Answer<V>> {
    const atHand = answerAtHand(knownOfKey);
    if (atHand) return atHand;
    const flight = flights.get(key);
    if (!flight) throw new Error(`${source}: no call was planned for a key that is missing.`);
    const fetched = await join(flight).catch(excuse);
    if (fetched === 'pending') return { value: undefined, state: 'PENDING', asOf: null };
    const entry = fetched.get(key);
    if (!entry) throw new Error(`${source}: a call left out a key that it was made for.`);
    return answerOf(entry, 'FRESH');
  }

  /** A waiter who has waited long enough is told so; the deadline of a request does not know which source was late. */
  function excuse(error: unknown): 'pending' {
    if (error instanceof WaitedLongEnough) return 'pending';
    if (!(error instanceof GatewayError) || error.code !== 'DEADLINE_EXCEEDED') throw error;
    throw new GatewayError(error.code, error.message, { source });
  }

  return {
    async load(keys, ask, waiter) {
      const found = await store.getMany(keys);
      const all = keys.map((key, index) => known(key, found[index], waiter));
      const due = keys.filter((key, index) => isDue(all[index]) && !flights.has(key));
      const isMissing = new Set(keys.filter((_, index) => all[index]?.age === 'missing'));
      const joined = [...isMissing].filter((key) => flights.has(key)).length;
      for (const one of ask(due.filter((key) => isMissing.has(key)))) launch(one, waiter, false);
      for (const one of ask(due.filter((key) => !isMissing.has(key)))) launch(one, waiter, true);

      const hits = all.filter(({ age }) => age === 'fresh').length;
      const staleHits = all.filter(({ age }) => age === 'stale').length;
      counts.keys += keys.length;
      counts.hits += hits + staleHits;
      report({ type: 'cache.read', source, requestId: waiter.requestId, hits, staleHits, joined });
      const join = joinOnce<V>(waiter);
      return keys.map((key, index) => answer(key, all[index] as Known<V>, join));
    },
    hitShare: () => (counts.keys === 0 ? null : counts.hits / counts.keys),
    async close() {
      for (const flight of flights.values()) {
        flight.cancel(new GatewayError('DEADLINE_EXCEEDED', 'The gateway is closing; ask again.', { source }));
      }
      await store.close();
    },
  };
}

type Join<V> = (flight: Flight<ReadonlyMap<string, Fetched<V>>>) => Promise<ReadonlyMap<string, Fetched<V>>>;

/** One report may answer a thousand keys of a request; it is waited for once. */
function joinOnce<V>(waiter: Waiter): Join<V> {
  const joined = new Map<Flight<ReadonlyMap<string, Fetched<V>>>, Promise<ReadonlyMap<string, Fetched<V>>>>();
  return (flight) => {
    const result = joined.get(flight) ?? flight.join(waiter);
    joined.set(flight, result);
    return result;
  };
}

function isDue(known: Known<unknown> | undefined): boolean {
  return known !== undefined && known.age !== 'fresh' && !known.setback;
}

/** What needs no waiting. A setback says only what the last try brought; a value that is merely old goes before it. */
function answerAtHand<V>({ age, found, setback }: Known<V>): Answer<V> | undefined {
  if (found && age !== 'missing') return answerOf(found.entry, age === 'fresh' ? 'FRESH' : 'STALE');
  if (setback?.kind === 'partial') return answerOf(setback.entry, 'FRESH');
  if (setback?.kind === 'failed') throw setback.error;
  return undefined;
}

function answerOf<V>({ value, asOf }: Entry<V>, state: 'FRESH' | 'STALE'): Answer<V> {
  return { value, state, asOf };
}

function memoryOf({ code }: GatewayError): number {
  switch (code) {
    case 'SOURCE_NOT_FOUND':
      return notFoundMs;
    case 'SOURCE_TIMEOUT':
    case 'SOURCE_UNAVAILABLE':
    case 'SOURCE_BAD_RESPONSE':
    case 'SOURCE_REJECTED':
    case 'SOURCE_QUOTA_EXHAUSTED':
      return failureMs;
    default:
      return 0;
  }
}
