import type { GatewayError } from '../../errors.js';
import type { FigureType } from '../../figureMappings.js';
import type { ValueFigure } from '../../figures.js';
import { badResponse } from './failures.js';

export type FigureValue = string | number | boolean | null;

/** A figure's value, or why it cannot be had. A GraphQL field that resolves to an Error fails alone. */
export type FigureResult = FigureValue | GatewayError;

/** Reads all figures of one answer, by field name. */
export type SummaryReader = (answer: unknown, partnerId: string) => Record<string, FigureResult>;

/**
 * Compiles the figures into a reader. A figure that is missing or malformed is an error of that figure only: never 0,
 * never a guess.
 *
 * `identity` points at the product id inside the answer. The reader throws SOURCE_BAD_RESPONSE when it is not the one that
 * was asked for, because then nothing in the answer is this product's.
 */
export function compileSummaryReader(figures: Iterable<ValueFigure>, identity: string | null): SummaryReader {
  const readers = Array.from(figures, ({ name, pointer, type }) => ({
    name,
    pointer,
    find: compilePointer(pointer),
    type,
  }));
  const findIdentity = identity === null ? null : compilePointer(identity);
  return (answer, partnerId) => {
    if (findIdentity) checkIdentity(findIdentity(answer), partnerId, identity);
    const summary: Record<string, FigureResult> = {};
    for (const { name, pointer, find, type } of readers) summary[name] = readValue(find(answer), type, pointer);
    return summary;
  };
}

function checkIdentity(value: unknown, partnerId: string, pointer: string | null): void {
  if (value === undefined) throw badResponse(`has no product id at "${pointer}", which identity points to`);
  if (!isId(value, partnerId)) throw badResponse("is another product's");
}

function isId(value: unknown, id: string): boolean {
  return value === id || (typeof value === 'number' && String(value) === id);
}

/** An RFC 6901 pointer as a function; undefined where the answer has nothing there. Own members only, so no prototype. */
export function compilePointer(pointer: string): (document: unknown) => unknown {
  const steps = pointer
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
  return (document) => {
    let value = document;
    for (const step of steps) {
      if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined;
      // An array has its length as a member of its own, which nobody sent.
      if (Array.isArray(value) && !arrayIndex.test(step)) return undefined;
      value = (value as Record<string, unknown>)[step];
    }
    return value;
  };
}

const arrayIndex = /^(0|[1-9]\d*)$/;
/** Up to 15 digits: every such number is exact as a double. */
const wholeNumber = /^\d{1,15}$/;
const decimalNumber = /^-?\d{1,15}(\.\d{1,15})?$/;
/** In characters: figures stand beside each other in a table, and thousands of them in one answer. */
const longestText = 1_000;
const dateOnly = /^\d{4}-\d{2}-\d{2}$/;
const moment = /^\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(\.\d{1,9})?([Zz]|[+-]\d{2}:\d{2})$/;

const readers: Record<FigureType, (value: unknown) => FigureValue | undefined> = {
  Int: (value) => within(readWhole(value), 2_147_483_647),
  SafeInt: (value) => within(readWhole(value), Number.MAX_SAFE_INTEGER),
  Float: (value) => {
    if (typeof value === 'number') return Number.isFinite(value) ? value : undefined;
    return matching(value, decimalNumber) === undefined ? undefined : Number(value);
  },
  Decimal: (value) => matching(typeof value === 'number' ? exactText(value) : value, decimalNumber),
  String: readText,
  ID: readText,
  Boolean: (value) => (typeof value === 'boolean' || value === null ? value : undefined),
  Date: (value) => (value === null ? null : calendarDay(matching(value, dateOnly))),
  DateTime: (value) => (value === null ? null : existingMoment(matching(value, moment))),
};

/** A text may be unknown to the partner and null; a number that is null is no number. */
function readValue(value: unknown, type: FigureType, pointer: string): FigureResult {
  if (value === undefined) return badResponse(`has nothing at "${pointer}"`);
  const read = readers[type](value);
  return read === undefined ? badResponse(`has no valid ${type} at "${pointer}"`) : read;
}

function readText(value: unknown): string | null | undefined {
  return value === null || (typeof value === 'string' && value.length <= longestText) ? value : undefined;
}

function readWhole(value: unknown): number | undefined {
  if (typeof value === 'number') return Number.isInteger(value) && value >= 0 ? value : undefined;
  return matching(value, wholeNumber) === undefined ? undefined : Number(value);
}

function within(value: number | undefined, max: number): number | undefined {
  return value !== undefined && value <= max ? value : undefined;
}

function matching(value: unknown, grammar: RegExp): string | undefined {
  return typeof value === 'string' && grammar.test(value) ? value : undefined;
}

function existing(text: string | undefined): string | undefined {
  return text !== undefined && Number.isFinite(Date.parse(text)) ? text : undefined;
}

/** A JSON number has lost its text by now; up to 15 digits it prints as it was sent. */
function exactText(value: number): string | undefined {
  const text = String(value);
  return text.replace(/^-?0?\.?0*|\./g, '').length <= 15 ? text : undefined;
}

/** A day that exists and an hour up to 23: what the schema's DateTime can print. */
function existingMoment(text: string | undefined): string | undefined {
  const isReal = text !== undefined && calendarDay(text.slice(0, 10)) !== undefined && text.slice(11, 13) < '24';
  return isReal ? existing(text) : undefined;
}

/** Date.parse rolls 30 February over to March, so the day must survive the way back. */
function calendarDay(text: string | undefined): string | undefined {
  const day = existing(text);
  return day !== undefined && new Date(day).toISOString().startsWith(day) ? day : undefined;
}
