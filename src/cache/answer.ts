import type { Age, Entry, Found } from './entry.js';
import type { Setback } from './setbacks.js';

/** What a waiter gets for a key. A failure is thrown instead. */
export interface Answer<V> {
  /** undefined while PENDING. */
  readonly value: V | undefined;
  readonly state: 'FRESH' | 'STALE' | 'PENDING';
  /** Wall time, ms since the epoch, at which the source answered; null while PENDING. */
  readonly asOf: number | null;
}

/** What is known of a key before anybody is asked. */
export interface Known<V> {
  readonly age: Age;
  readonly found: Found<V> | undefined;
  readonly setback: Setback<V> | undefined;
}

/** After a refusal nothing is refreshed for a moment; somebody who waits is always worth a try. */
export function isDue(known: Known<unknown> | undefined): boolean {
  if (!known || known.age === 'fresh') return false;
  return !known.setback || (known.setback.kind === 'refused' && known.age === 'missing');
}

/** Whether nobody need wait for it, be it a value or a failure. */
export function isAtHand({ age, found, setback }: Known<unknown>): boolean {
  return (found !== undefined && age !== 'missing') || setback?.kind === 'partial' || setback?.kind === 'failed';
}

/** What needs no waiting. A setback says only what the last try brought; a value that is merely old goes before it. */
export function answerAtHand<V>({ age, found, setback }: Known<V>): Answer<V> | undefined {
  if (found && age !== 'missing') return answerOf(found.entry, age === 'fresh' ? 'FRESH' : 'STALE');
  if (setback?.kind === 'partial') return answerOf(setback.entry, 'FRESH');
  if (setback?.kind === 'failed') throw setback.error;
  return undefined;
}

/** The same without its failure. */
export function valueAtHand<V>(known: Known<V>): Answer<V> | undefined {
  const isFailure = known.age === 'missing' && known.setback?.kind === 'failed';
  return isFailure ? undefined : answerAtHand(known);
}

export function answerOf<V>({ value, asOf }: Entry<V>, state: 'FRESH' | 'STALE'): Answer<V> {
  return { value, state, asOf };
}
