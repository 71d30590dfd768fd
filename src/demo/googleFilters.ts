import { invalidArgument } from './googleErrors.js';
import type { Filter, FilterExpression, NumericValue } from './googleMessages.js';

/** Decides one leaf of a filter tree; made once, asked for every hit or row. */
export type Test<T> = (item: T) => boolean;

/** Turns a filter tree into one question; without a tree the answer is always yes. */
export function compileFilter<T>(expression: FilterExpression | undefined, leaf: (filter: Filter) => Test<T>): Test<T> {
  if (!expression) return () => true;
  const { andGroup, orGroup, notExpression, filter } = expression;
  const compile = (part: FilterExpression) => compileFilter(part, leaf);
  if (andGroup) {
    const tests = andGroup.expressions.map(compile);
    return (item) => tests.every((test) => test(item));
  }
  if (orGroup) {
    const tests = orGroup.expressions.map(compile);
    return (item) => tests.some((test) => test(item));
  }
  if (notExpression) {
    const test = compile(notExpression);
    return (item) => !test(item);
  }
  if (filter) return leaf(filter);
  throw invalidArgument('A FilterExpression must have one of andGroup, orGroup, notExpression and filter.');
}

/** Every field that a filter tree names, in reading order. */
export function listFilterFields(expression: FilterExpression | undefined): string[] {
  if (!expression) return [];
  const { andGroup, orGroup, notExpression, filter } = expression;
  return [
    ...(andGroup?.expressions ?? []).flatMap(listFilterFields),
    ...(orGroup?.expressions ?? []).flatMap(listFilterFields),
    ...listFilterFields(notExpression),
    ...(filter ? [filter.fieldName] : []),
  ];
}

/** A test of a dimension's values. Each value is judged once: a report asks for the same few again and again. */
export function compileTextFilter(filter: Filter): Test<string> {
  const judge = selectTextTest(filter);
  const judged = new Map<string, boolean>();
  return (value) => {
    const known = judged.get(value);
    if (known !== undefined) return known;
    const result = judge(value);
    judged.set(value, result);
    return result;
  };
}

function selectTextTest(filter: Filter): Test<string> {
  if (filter.stringFilter) return stringTest(filter.stringFilter);
  if (filter.inListFilter) return inListTest(filter.inListFilter);
  if (filter.emptyFilter) return (value) => value === '' || value === '(not set)';
  const test = compileNumberFilter(filter);
  return (value) => value !== '' && test(Number(value));
}

function stringTest({ matchType, value, caseSensitive }: NonNullable<Filter['stringFilter']>): Test<string> {
  if (matchType === 'FULL_REGEXP') return regexpTest(`^(?:${value})$`, caseSensitive);
  if (matchType === 'PARTIAL_REGEXP') return regexpTest(value, caseSensitive);
  const fold = caseFolder(caseSensitive);
  const wanted = fold(value);
  switch (matchType) {
    case 'BEGINS_WITH':
      return (text) => fold(text).startsWith(wanted);
    case 'ENDS_WITH':
      return (text) => fold(text).endsWith(wanted);
    case 'CONTAINS':
      return (text) => fold(text).includes(wanted);
    default:
      return (text) => fold(text) === wanted;
  }
}

function regexpTest(pattern: string, caseSensitive: boolean): Test<string> {
  try {
    const regexp = new RegExp(pattern, caseSensitive ? '' : 'i');
    return (text) => regexp.test(text);
  } catch {
    throw invalidArgument(`The regular expression ${pattern} is invalid.`);
  }
}

function inListTest({ values, caseSensitive }: NonNullable<Filter['inListFilter']>): Test<string> {
  if (values.length === 0) throw invalidArgument('The values of an inListFilter must be non-empty.');
  const fold = caseFolder(caseSensitive);
  const wanted = new Set(values.map(fold));
  return (text) => wanted.has(fold(text));
}

/** Google's filters ignore the case unless told otherwise. */
function caseFolder(caseSensitive: boolean): (text: string) => string {
  return caseSensitive ? (text) => text : (text) => text.toLowerCase();
}

export function compileNumberFilter({ fieldName, numericFilter, betweenFilter }: Filter): Test<number> {
  if (numericFilter) return comparison(numericFilter.operation, readNumber(numericFilter.value));
  if (betweenFilter) {
    const from = readNumber(betweenFilter.fromValue);
    const to = readNumber(betweenFilter.toValue);
    return (value) => value >= from && value <= to;
  }
  throw invalidArgument(`The filter of ${fieldName} must have a condition that fits it.`);
}

function comparison(operation: string, limit: number): Test<number> {
  switch (operation) {
    case 'LESS_THAN':
      return (value) => value < limit;
    case 'LESS_THAN_OR_EQUAL':
      return (value) => value <= limit;
    case 'GREATER_THAN':
      return (value) => value > limit;
    case 'GREATER_THAN_OR_EQUAL':
      return (value) => value >= limit;
    default:
      return (value) => value === limit;
  }
}

function readNumber(value: NumericValue | undefined): number {
  return value?.int64Value ?? value?.doubleValue ?? 0;
}
