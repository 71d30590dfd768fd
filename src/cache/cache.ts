import type { Clock } from '../clock.js';
import { GatewayError, type SourceName } from '../errors.js';
import type { Report } from '../telemetry.js';
import { type Answer, answerOf, isDue, type Known, valueAtHand } from './answer.js';
import { ageOf, type Found, freshMsLeft } from './entry.js';
import { type Ask, type Brought, createFetching } from './fetching.js';
import { type Caller, type Flight, type Job, type Patience, startFlight, type Waiter } from './flight.js';
import type { Leases, Look } from './lease.js';
import { createLoading, type Loading } from './loading.js';
import { createSetbacks } from './setbacks.js';
import type { NearStore, Store } from './store.js';

/** What is kept of a key, and what loading it would do. */
export interface Peeked<V> {
  /** undefined = nothing that could be answered at once. */
  readonly answer: Answer<V> | undefined;
  /** Whether its source would be asked: now, because somebody would wait; behind, to refresh it; or not at all. */
  readonly asks: 'now' | 'behind' | 'never';
}

export interface Cache<V> {
  /**
   * Answers every key: fresh and stale values at once, a missing one when its job is done. Stale keys are asked again behind.
   * `ask` plans the calls for the keys that it is handed; a key that is on its way is never asked twice.
   */
  load(
    keys: readonly string[],
    ask: (keys: readonly string[]) => readonly Ask<V>[],
    waiter: Waiter,
  ): Promise<Loading<V>>;
  /** Answers every key, in their order, if all of them are fresh in memory; otherwise null, and nothing has happened. */
  loadFresh(keys: readonly string[], caller: Caller, patience: Patience): readonly Answer<V>[] | null;
  /** Looks every key up, in their order, and asks nobody. */
  peek(keys: readonly string[], patience: Patience): Promise<Peeked<V>[]>;
  /** Share of the keys asked for that needed no waiting, 0 to 1; null while nothing was asked. */
  hitShare(): number | null;
  close(): Promise<void>;
}

export interface CacheOptions<V> {
  source: SourceName;
  store: Store<V>;
  /** The part of the store that answers without waiting. */
  near?: NearStore<V>;
  /** Who asks for a key, over all replicas; without them each replica asks for itself. */
  leases?: Leases | undefined;
  /** For how long the source wants no calls, from now (ms); 0 = it takes them. */
  pauseMs?: () => number;
  clock: Clock;
  report: Report;
  /** 0 to 1, for jitter. */
  random?: () => number;
}

interface Launch {
  /** When it was found that somebody has to be asked. */
  readonly look: Look;
  readonly background: boolean;
}

/** Keeps what a source said, and sees to it that the same is asked once however many want it. */
export function createCache<V>(options: CacheOptions<V>): Cache<V> {
  const { source, store, near, leases, pauseMs = () => 0, clock, report, random = Math.random } = options;
  const flights = new Map<string, Flight<Brought<V>>>();
  const setbacks = createSetbacks<V>({ clock, random });
  const fetching = createFetching<V>({ source, store, leases, setbacks, clock, report, random });
  const counts = { keys: 0, hits: 0 };

  function known(key: string, found: Found<V> | undefined, patience: Patience): Known<V> {
    return {
      age: ageOf(found, patience.maxAgeMs, patience.minFreshMs),
      found,
      setback: setbacks.get(key, patience.maxAgeMs),
    };
  }

  function launch(ask: Ask<V>, { requestId, viewer, deadline }: Waiter, { look, background }: Launch): void {
    const { keys } = ask;
    const work = (job: Job) => fetching.fetch(ask, job, look);
    const onEnd = () => land(flight);
    const flight = startFlight({ keys, requestId, viewer, deadline, background, onEnd, work });
    for (const key of keys) flights.set(key, flight);
  }

  /** Launches what the waiter may have; the others of these keys are answered with the reason. */
  function launchPaid(asks: readonly Ask<V>[], waiter: Waiter, launching: Launch): Map<string, GatewayError> {
    const refusals = new Map<string, GatewayError>();
    for (const ask of asks) {
      const refusal = waiter.spend?.(1);
      if (!refusal) launch(ask, waiter, launching);
      else {
        for (const key of ask.keys) refusals.set(key, refusal);
        report({ type: 'call.rejected', source, requestId: waiter.requestId, failure: refusal.code });
      }
    }
    return refusals;
  }

  function land(flight: Flight<unknown>): void {
    for (const key of flight.keys) if (flights.get(key) === flight) flights.delete(key);
  }

  return {
    async load(keys, ask, waiter) {
      const look = { at: clock.monotonic(), maxAgeMs: waiter.maxAgeMs };
      const found = await store.getMany(keys, waiter);
      const all = keys.map((key, index) => known(key, found[index], waiter));
      const due: { missing: string[]; stale: string[] } = { missing: [], stale: [] };
      const ages = { fresh: 0, stale: 0, missing: 0 };
      let joined = 0;
      for (const [index, key] of keys.entries()) {
        const { age } = all[index] as Known<V>;
        ages[age] += 1;
        if (flights.has(key)) joined += Number(age === 'missing');
        else if (age !== 'fresh' && isDue(all[index])) due[age].push(key);
      }
      const { background = false } = waiter;
      const refusals = launchPaid(ask(due.missing), waiter, { look, background });
      launchPaid(ask(due.stale), waiter, { look, background: true });

      const { fresh: hits, stale: staleHits } = ages;
      counts.keys += keys.length;
      counts.hits += hits + staleHits;
      report({ type: 'cache.read', source, requestId: waiter.requestId, hits, staleHits, joined });
      return createLoading({ source, keys, known: all, refusals, flights, waiter, pauseMs, clock });
    },
    loadFresh(keys, { requestId, used }, { maxAgeMs, minFreshMs }) {
      const found = near?.getMany(keys) ?? [];
      const answers: Answer<V>[] = [];
      let freshMs = Number.POSITIVE_INFINITY;
      for (const one of found) {
        if (!one || ageOf(one, maxAgeMs, minFreshMs) !== 'fresh') return null;
        freshMs = Math.min(freshMs, freshMsLeft(one, maxAgeMs));
        answers.push(answerOf(one.entry, 'FRESH'));
      }
      if (answers.length !== keys.length) return null;
      used?.(freshMs);
      counts.keys += keys.length;
      counts.hits += keys.length;
      report({ type: 'cache.read', source, requestId, hits: keys.length, staleHits: 0, joined: 0 });
      return answers;
    },
    async peek(keys, patience) {
      const found = await store.getMany(keys, patience);
      return keys.map((key, index) => {
        const one = known(key, found[index], patience);
        const isAsked = isDue(one) && !flights.has(key);
        const asks = one.age === 'missing' ? 'now' : 'behind';
        return { answer: valueAtHand(one), asks: isAsked ? asks : 'never' };
      });
    },
    hitShare: () => (counts.keys === 0 ? null : counts.hits / counts.keys),
    async close() {
      const reason = new GatewayError('DEADLINE_EXCEEDED', 'The gateway is closing; ask again.', { source });
      // A lease is given back when its work has ended, over the connection that the store closes.
      await Promise.all(Array.from(new Set(flights.values()), (flight) => flight.cancel(reason)));
      await store.close();
    },
  };
}
