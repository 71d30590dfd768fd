import { addDays } from '../../src/demo/days.js';

let last = '2026-03-01';

/** A day of the past that nothing in this test file was asked about before: no answer is known to the gateway yet. */
export function freshDay(): { start: string; end: string } {
  last = addDays(last, 1);
  return { start: last, end: last };
}

/** The same, as the argument of a field. */
export function onFreshDay(): string {
  const { start, end } = freshDay();
  return `(range: { start: "${start}", end: "${end}" })`;
}
