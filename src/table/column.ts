import { Big } from 'big.js';
import type { Product } from '../catalog/catalog.js';
import type { DateRange } from '../dateRange.js';
import type { FigureType } from '../figureMappings.js';
import type { FigureHome } from '../figures.js';

/** A figure of every product over the same days: what lists are ordered, filtered and added up by. */
export interface Column {
  readonly home: FigureHome;
  /** The field's name in the schema. */
  readonly figure: string;
  readonly type: FigureType;
  /** null where the source answers for all time. */
  readonly range: DateRange | null;
}

export type FigureValue = string | number | boolean | null;

/** What is known of one product's figure: its value, where null says that there is none; or why it is not known. */
export type Cell = KnownCell | { readonly missing: string };

export interface KnownCell {
  readonly value: FigureValue;
  /** Of an amount of the partner. */
  readonly currency?: string;
}

/** Finds the cell of a product; undefined while it was not loaded. */
export type CellOf = (column: Column, product: { readonly id: string }) => Cell | undefined;

/** Loads columns for products; a source that fails is in their cells. */
export type LoadColumns = (products: readonly Product[], columns: readonly Column[]) => Promise<void>;

const names = new WeakMap<Column, string>();

/** What makes two columns the same. */
export function nameOfColumn(column: Column): string {
  const known = names.get(column);
  if (known) return known;
  const { home, figure, range } = column;
  const name = `${home}.${figure} ${range?.start} ${range?.end}`;
  names.set(column, name);
  return name;
}

/** What a value is compared by: of an exact decimal its number, of a moment its time. */
export type SortKey = number | string | Big;

/** @throws Error for a value that is none of its type. */
export function sortKey(type: FigureType, value: string | number | boolean): SortKey {
  if (type === 'Decimal') return new Big(String(value));
  if (type === 'DateTime') return Date.parse(String(value));
  return typeof value === 'boolean' ? Number(value) : value;
}

/** Both of one type. */
export function compareKeys(a: SortKey, b: SortKey): number {
  if (a instanceof Big) return a.cmp(b as Big);
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
