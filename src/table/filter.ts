import type { Product } from '../catalog/catalog.js';
import type { DateRangeRequest } from '../dateRange.js';
import { GatewayError } from '../errors.js';
import { type FigureHome, figureHomes } from '../figures.js';
import { type Cell, type CellOf, type Column, compareKeys, nameOfColumn, type SortKey, sortKey } from './column.js';

type Comparisons = Readonly<Record<string, unknown>>;

/** A filter as a client writes it; the schema has checked its names and types. */
export interface FilterInput {
  readonly and?: readonly FilterInput[] | null | undefined;
  readonly or?: readonly FilterInput[] | null | undefined;
  readonly not?: FilterInput | null | undefined;
  readonly range?: DateRangeRequest | null | undefined;
  readonly name?: object | null | undefined;
  readonly googleAnalytics?: object | null | undefined;
  readonly partner?: object | null | undefined;
  readonly combined?: object | null | undefined;
}

/** What must hold of a product. */
export type Condition =
  | { readonly kind: 'and' | 'or'; readonly conditions: readonly Condition[] }
  | { readonly kind: 'not'; readonly condition: Condition }
  | { readonly kind: 'name'; readonly holds: (name: string) => boolean }
  | { readonly kind: 'figure'; readonly column: Column; readonly holds: (value: string | number | boolean) => boolean };

/** Finds the column of a figure; throws what the client should know of a range that is not valid. */
export type ColumnOf = (home: FigureHome, figure: string, range: DateRangeRequest | null | undefined) => Column;

/** More is no question that people ask; every product of a list is held against each of them. */
const maxConditions = 100;

/**
 * Reads a filter; what stands inside takes over the range of what it stands in. `maxValues`: how many texts a list may hold.
 * @throws GatewayError BAD_USER_INPUT for a filter that is too large.
 */
export function readFilter(input: FilterInput, columnOf: ColumnOf, maxValues: number): Condition {
  checkSize(input, maxValues);
  return readConditions(input, columnOf, null);
}

function readConditions(
  input: FilterInput,
  columnOf: ColumnOf,
  outerRange: DateRangeRequest | null | undefined,
): Condition {
  const range = input.range ?? outerRange;
  const inner = (each: FilterInput) => readConditions(each, columnOf, range);
  const conditions: Condition[] = (input.and ?? []).map(inner);
  if (input.or) conditions.push({ kind: 'or', conditions: input.or.map(inner) });
  if (input.not) conditions.push({ kind: 'not', condition: inner(input.not) });
  if (input.name) conditions.push({ kind: 'name', holds: (name) => comparesText(name, { ...input.name }) });
  for (const home of figureHomes) {
    for (const [figure, comparisons] of Object.entries(input[home] ?? {})) {
      if (comparisons) conditions.push(figureCondition(columnOf(home, figure, range), { ...comparisons }));
    }
  }
  return { kind: 'and', conditions };
}

/** Walks without recursion, because the depth is the client's choice. */
function checkSize(input: FilterInput, maxValues: number): void {
  const open: unknown[] = [input];
  let conditions = 0;
  while (open.length > 0) {
    const each = open.pop();
    if (isTexts(each) && each.length > maxValues) throw tooLarge(`${each.length} texts in one list`, maxValues);
    if (typeof each !== 'object' || each === null || each instanceof Date || isTexts(each)) continue;
    conditions += Array.isArray(each) ? 0 : 1;
    if (conditions > maxConditions) throw tooLarge(`over ${maxConditions} conditions`, maxConditions);
    for (const inner of Object.values(each)) open.push(inner);
  }
}

function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && typeof value[0] === 'string';
}

function tooLarge(what: string, limit: number): GatewayError {
  return new GatewayError('BAD_USER_INPUT', `filter: ${what} are too many; give at most ${limit}.`);
}

/** The columns that a condition needs. */
export function columnsOf(condition: Condition): Column[] {
  const all = listColumns(condition);
  return [...new Map(all.map((column) => [nameOfColumn(column), column])).values()];
}

/**
 * How sure it is that a condition holds, from 0 (it does not) over 0.5 (a figure that it needs does not exist) to 1 (it does):
 * at least, and at most when what is not known, or not loaded yet, turns out well. Kleene's logic, with bounds.
 */
export interface Verdict {
  readonly least: number;
  readonly most: number;
}

export function judge(condition: Condition, product: Product, cellOf: CellOf): Verdict {
  switch (condition.kind) {
    case 'and':
      return joinVerdicts(
        condition.conditions.map((each) => judge(each, product, cellOf)),
        Math.min,
        1,
      );
    case 'or':
      return joinVerdicts(
        condition.conditions.map((each) => judge(each, product, cellOf)),
        Math.max,
        0,
      );
    case 'not': {
      const { least, most } = judge(condition.condition, product, cellOf);
      return { least: 1 - most, most: 1 - least };
    }
    case 'name':
      return exactly(condition.holds(product.name) ? 1 : 0);
    case 'figure':
      return judgeCell(cellOf(condition.column, product), condition.holds);
  }
}

function joinVerdicts(verdicts: readonly Verdict[], join: (a: number, b: number) => number, start: number): Verdict {
  return verdicts.reduce(
    (all, { least, most }) => ({ least: join(all.least, least), most: join(all.most, most) }),
    exactly(start),
  );
}

const exactly = (sure: number): Verdict => ({ least: sure, most: sure });

function judgeCell(cell: Cell | undefined, holds: (value: string | number | boolean) => boolean): Verdict {
  if (!cell || 'missing' in cell) return { least: 0, most: 1 };
  if (cell.value === null) return exactly(0.5);
  return exactly(holds(cell.value) ? 1 : 0);
}

function listColumns(condition: Condition): Column[] {
  if (condition.kind === 'figure') return [condition.column];
  if (condition.kind === 'not') return listColumns(condition.condition);
  return condition.kind === 'name' ? [] : condition.conditions.flatMap(listColumns);
}

function figureCondition(column: Column, comparisons: Comparisons): Condition {
  const { type } = column;
  if (type === 'String' || type === 'ID') {
    return { kind: 'figure', column, holds: (value) => comparesText(String(value), comparisons) };
  }
  const bounds = Object.entries(comparisons).flatMap(([operator, bound]) => {
    const holds = operators[operator];
    return bound == null || !holds ? [] : [{ holds, key: keyOf(column, bound) }];
  });
  return {
    kind: 'figure',
    column,
    holds: (value) => bounds.every(({ holds, key }) => holds(compareKeys(sortKey(type, value), key))),
  };
}

/** The schema hands a moment in as a Date. */
function keyOf({ type }: Column, bound: unknown): SortKey {
  return bound instanceof Date ? bound.getTime() : sortKey(type, bound as string | number | boolean);
}

const operators: Readonly<Record<string, (order: number) => boolean>> = {
  eq: (order) => order === 0,
  gt: (order) => order > 0,
  gte: (order) => order >= 0,
  lt: (order) => order < 0,
  lte: (order) => order <= 0,
};

function comparesText(text: string, { eq, in: list, contains }: Comparisons): boolean {
  if (typeof eq === 'string' && text !== eq) return false;
  if (Array.isArray(list) && !list.includes(text)) return false;
  return typeof contains !== 'string' || lowerCase(text).includes(lowerCase(contains));
}

/** The same on every machine. */
export function lowerCase(text: string): string {
  return text.toLocaleLowerCase('en');
}
