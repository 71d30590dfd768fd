import type { Clock } from '../clock.js';
import { GatewayError, type SourceName } from '../errors.js';
import { type Answer, answerAtHand, answerOf, isAtHand, type Known } from './answer.js';
import { freshMsLeft } from './entry.js';
import type { Brought, Fetched } from './fetching.js';
import { createStay, type Flight, WaitedLongEnough, type Waiter } from './flight.js';

/** What becomes of the keys of one load, by their places in it. One report may answer a thousand of them: they wait for it once. */
export interface Loading<V> {
  /** Resolves when nothing at these places is on its way any more; undefined = nothing is. Never rejects. */
  wait(places: readonly number[]): Promise<unknown> | undefined;
  /**
   * To be asked for when that is over.
   * @throws GatewayError when there is no value.
   */
  answer(place: number): Answer<V>;
}

export interface LoadingOptions<V> {
  source: SourceName;
  keys: readonly string[];
  /** What was known of each key. */
  known: readonly Known<V>[];
  /** Of keys that were not asked for, because the waiter may not have them. */
  refusals: ReadonlyMap<string, GatewayError>;
  flights: ReadonlyMap<string, Flight<Brought<V>>>;
  waiter: Waiter;
  /** For how long the source wants no calls, from now (ms); 0 = it takes them. */
  pauseMs: () => number;
  clock: Clock;
}

/** How the wait for a flight ended; undefined while it has not. */
interface Wait<V> {
  readonly over: Promise<void>;
  end?: { readonly brought: Brought<V> } | { readonly error: unknown };
}

/** Joins what is on its way, at once and each flight once. */
export function createLoading<V>(options: LoadingOptions<V>): Loading<V> {
  const { source, keys, known, refusals, flights, waiter, pauseMs, clock } = options;
  const stay = createStay(waiter, clock);
  const joined = new Map<Flight<Brought<V>>, Wait<V>>();

  function join(flight: Flight<Brought<V>>): Wait<V> {
    const wait: Wait<V> = {
      over: flight.join(waiter, stay).then(
        (brought) => {
          wait.end = { brought };
        },
        (error: unknown) => {
          wait.end = { error };
        },
      ),
    };
    joined.set(flight, wait);
    return wait;
  }

  function waitFor(key: string): Wait<V> {
    const flight = flights.get(key);
    if (!flight) throw new Error(`${source}: no call was planned for a key that is missing.`);
    return joined.get(flight) ?? join(flight);
  }

  const waits = keys.map((key, place) =>
    isAtHand(known[place] as Known<V>) || refusals.has(key) ? undefined : waitFor(key),
  );

  function tell(freshMs: number): void {
    waiter.used?.(freshMs);
  }

  // At once: what is at hand grows older while the others come.
  for (const [place, { age, found }] of known.entries()) {
    if (waits[place] === undefined) tell(age === 'fresh' && found ? freshMsLeft(found, waiter.maxAgeMs) : 0);
  }

  function answerOfKnown(place: number): Answer<V> | undefined {
    const refusal = refusals.get(keys[place] ?? '');
    if (refusal) throw refusal;
    return answerAtHand(known[place] as Known<V>);
  }

  function broughtTo(place: number): Fetched<V> {
    const end = waits[place]?.end;
    if (!end) throw new Error(`${source}: an answer was asked for before it had come.`);
    if ('error' in end) throw end.error;
    const entry = end.brought.get(keys[place] ?? '');
    if (!entry) throw new Error(`${source}: a call left out a key that it was made for.`);
    if (entry instanceof GatewayError) throw entry;
    return entry;
  }

  /** The deadline of a request does not know which source was late, and why. */
  function explained(error: unknown): unknown {
    if (!(error instanceof GatewayError) || error.code !== 'DEADLINE_EXCEEDED') return error;
    const retryAfterMs = pauseMs();
    return retryAfterMs > 0
      ? new GatewayError('SOURCE_RATE_LIMITED', 'This source wants no calls for now.', { source, retryAfterMs })
      : new GatewayError(error.code, error.message, { source });
  }

  return {
    wait(places) {
      const open = places.flatMap((place) => waits[place] ?? []).filter(({ end }) => !end);
      const [first] = open;
      return open.every((wait) => wait === first) ? first?.over : Promise.all(open.map(({ over }) => over));
    },
    answer(place) {
      try {
        const atHand = answerOfKnown(place);
        if (atHand) return atHand;
        const entry = broughtTo(place);
        const ageMs = Math.max(0, clock.now() - entry.asOf);
        tell(entry.isWhole ? freshMsLeft({ entry, ageMs }, waiter.maxAgeMs) : 0);
        return answerOf(entry, 'FRESH');
      } catch (error) {
        tell(0);
        // Who has waited long enough is told so.
        if (error instanceof WaitedLongEnough) return { value: undefined, state: 'PENDING', asOf: null };
        throw explained(error);
      }
    },
  };
}
