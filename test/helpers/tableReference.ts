import type { Product } from '../../src/catalog/catalog.js';
import type { FigureType } from '../../src/figureMappings.js';
import type { CellOf, Column } from '../../src/table/column.js';
import type { FilterInput } from '../../src/table/filter.js';
import type { Order } from '../../src/table/rank.js';

// What a table must be, said in the plainest way: the whole list sorted by one comparator, every truth value tried.

/** The order of a list; of the catalog where there is none. */
export function referenceOrder(products: readonly Product[], order: Order | null, cellOf: CellOf): Product[] {
  if (!order) return [...products];
  const { by } = order;
  const sign = order.direction === 'DESC' ? -1 : 1;
  return [...products].sort((a, b) => {
    const values = [a, b].map((product) => (by === 'NAME' ? product.name : knownValue(by, product, cellOf)));
    return compareValues(by === 'NAME' ? 'NAME' : by.type, values, sign) || (a.id < b.id ? -1 : 1);
  });
}

function knownValue(column: Column, product: Product, cellOf: CellOf): unknown {
  const cell = cellOf(column, product);
  return cell && 'value' in cell ? cell.value : null;
}

function compareValues(type: FigureType | 'NAME', [a, b]: unknown[], sign: number): number {
  if (a === null && b === null) return 0;
  if (a === null) return 1;
  if (b === null) return -1;
  if (type === 'NAME') return sign * String(a).localeCompare(String(b), 'en', { numeric: true });
  const [x, y] = [exactNumber(type, a), exactNumber(type, b)];
  return x === y ? 0 : x < y ? -sign : sign;
}

/** Every value as a whole number: decimals in units of 10^-9, days as YYYYMMDD, moments in ms. */
export function exactNumber(type: FigureType, value: unknown): bigint | number {
  if (value instanceof Date) return value.getTime();
  if (type === 'Date') return Number(String(value).replaceAll('-', ''));
  if (type === 'DateTime') return new Date(String(value)).getTime();
  if (type !== 'Decimal') return Number(value);
  const text = String(value);
  const [whole = '', fraction = ''] = text.replace('-', '').split('.');
  return BigInt(whole + fraction.padEnd(9, '0')) * (text.startsWith('-') ? -1n : 1n);
}

export type Truth = 'yes' | 'no' | 'unknown';

/** What a comparison of one figure says: its truth, or undefined where the figure has not come. */
export type TruthOfFigure = (home: string, figure: string, comparisons: object) => Truth | undefined;

/**
 * Everything that a filter may turn out to be once the figures come that have not: each of them tried as every truth value,
 * at every place where it stands.
 */
export function possibleTruths(filter: FilterInput, name: string, truthOf: TruthOfFigure): Set<Truth> {
  const parts: Set<Truth>[] = [];
  for (const each of filter.and ?? []) parts.push(possibleTruths(each, name, truthOf));
  if (filter.or) {
    const options = filter.or.map((each) => possibleTruths(each, name, truthOf));
    parts.push(combine(options, (truths) => pick(truths, ['yes', 'unknown', 'no'])));
  }
  if (filter.not) parts.push(new Set([...possibleTruths(filter.not, name, truthOf)].map(opposite)));
  if (filter.name) parts.push(new Set([textTruth(name, { ...filter.name })]));
  for (const home of ['googleAnalytics', 'partner', 'combined'] as const) {
    for (const [figure, comparisons] of Object.entries(filter[home] ?? {})) {
      const truth = truthOf(home, figure, comparisons);
      parts.push(new Set(truth ? [truth] : ['yes', 'no', 'unknown']));
    }
  }
  return combine(parts, (truths) => pick(truths, ['no', 'unknown', 'yes']));
}

/** The first of the order that is there; the last where nothing is. */
function pick(truths: readonly Truth[], order: readonly [Truth, Truth, Truth]): Truth {
  return order.find((truth) => truths.includes(truth)) ?? order[2];
}

const opposite = (truth: Truth): Truth => (truth === 'unknown' ? truth : truth === 'yes' ? 'no' : 'yes');

function combine(parts: readonly Set<Truth>[], join: (truths: readonly Truth[]) => Truth): Set<Truth> {
  const [first, ...rest] = parts;
  if (!first) return new Set([join([])]);
  if (rest.length === 0) return new Set([...first].map((truth) => join([truth])));
  const ofRest = combine(rest, join);
  return new Set([...first].flatMap((truth) => [...ofRest].map((other) => join([truth, other]))));
}

/** Of a figure that exists. */
export function numberTruth(type: FigureType, value: unknown, comparisons: object): Truth {
  const bounds = Object.entries(comparisons).filter(([, bound]) => bound !== null && bound !== undefined);
  const holds = bounds.every(([operator, bound]) => {
    const [x, y] = [exactNumber(type, value), exactNumber(type, bound)];
    const allowed = { eq: [0], gt: [1], gte: [0, 1], lt: [-1], lte: [-1, 0] }[operator];
    return allowed?.includes(x < y ? -1 : x > y ? 1 : 0);
  });
  return holds ? 'yes' : 'no';
}

export function textTruth(text: string, comparisons: { eq?: string; in?: string[]; contains?: string }): Truth {
  const { eq, in: list, contains } = comparisons;
  const isEqual = eq === undefined || eq === text;
  const isListed = list === undefined || list.some((each) => each === text);
  const isPart = contains === undefined || text.toLowerCase().indexOf(contains.toLowerCase()) >= 0;
  return isEqual && isListed && isPart ? 'yes' : 'no';
}
