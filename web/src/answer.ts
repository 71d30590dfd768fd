import type { Failure } from './failures.js';

/** An answer, whole or so far. */
export interface Answer<T> {
  readonly data: T | null;
  readonly failures: readonly Failure[];
  /** False while parts of it are still to come. */
  readonly isWhole: boolean;
}

/** One payload of an answer in parts, as the 2022-08-24 proposal has it. */
export interface Part {
  readonly data?: unknown;
  readonly errors?: readonly Failure[];
  readonly hasNext?: boolean;
  readonly incremental?: readonly {
    readonly path?: readonly (string | number)[];
    readonly data?: unknown;
    readonly errors?: readonly Failure[];
  }[];
}

export const nothingYet: Answer<never> = { data: null, failures: [], isWhole: false };

/** Adds a payload to what has come so far; what was there stays as it is. */
export function addPart<T>(answer: Answer<T>, part: Part): Answer<T> {
  let data: unknown = 'data' in part ? part.data : answer.data;
  const failures = [...answer.failures, ...(part.errors ?? [])];
  for (const { path = [], data: more, errors = [] } of part.incremental ?? []) {
    failures.push(...errors);
    if (more !== null && more !== undefined) data = mergeAt(data, path, more);
  }
  return { data: data as T | null, failures, isWhole: part.hasNext !== true };
}

/** Copies only what lies on the way to the place, so that whoever holds an older answer sees no change. */
function mergeAt(target: unknown, path: readonly (string | number)[], more: unknown): unknown {
  const [step, ...rest] = path;
  if (step === undefined) return mergeDeep(target, more);
  if (Array.isArray(target)) return target.with(Number(step), mergeAt(target[Number(step)], rest, more));
  if (!isRecord(target)) return target;
  return { ...target, [step]: mergeAt(target[step], rest, more) };
}

function mergeDeep(target: unknown, more: unknown): unknown {
  if (!isRecord(target) || !isRecord(more)) return more;
  const merged = Object.entries(more).map(([name, value]) => [name, mergeDeep(target[name], value)]);
  return { ...target, ...Object.fromEntries(merged) };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
