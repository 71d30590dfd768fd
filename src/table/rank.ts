import type { Product } from '../catalog/catalog.js';
import { type CellOf, type Column, compareKeys, type FigureValue, type SortKey, sortKey } from './column.js';
import { type Cursor, notACursor } from './cursor.js';

/** What a list is ordered by. */
export interface Order {
  /** As the client wrote it; a cursor only fits the order that it was made in. */
  readonly name: string;
  readonly by: 'NAME' | Column;
  readonly direction: 'ASC' | 'DESC';
}

export interface RankedProduct {
  readonly product: Product;
  /** What it was ordered by; null = unknown. */
  readonly value: string | number | null;
}

export interface Ranking {
  /** Names the order, in cursors. */
  readonly order: string;
  readonly rows: readonly RankedProduct[];
  /** Where a cursor's product stands (found), or would stand if it were still there. */
  indexOf(cursor: Cursor, argument: 'after' | 'before'): { index: number; found: boolean };
}

/** Numbers in names count as numbers, so that shoe 9 comes before shoe 10. The same on every machine. */
const names = new Intl.Collator('en', { numeric: true });

const sorted = new WeakMap<readonly Product[], readonly Product[]>();

/**
 * The products in the order that needs no figure: of the catalog, or by name. A hundred thousand names take half a second to
 * sort, so each list of the catalog is sorted once.
 */
export function arrangeProducts(products: readonly Product[], order: Order | null): readonly Product[] {
  if (order?.by !== 'NAME') return products;
  let ascending = sorted.get(products);
  if (!ascending) {
    ascending = products.toSorted((a, b) => names.compare(a.name, b.name) || compareIds(a.id, b.id));
    sorted.set(products, ascending);
  }
  return order.direction === 'ASC' ? ascending : reversed(ascending);
}

/** Names downwards, and still ids upwards where they are the same. */
function reversed(ascending: readonly Product[]): readonly Product[] {
  const down: Product[] = [];
  let end = ascending.length;
  while (end > 0) {
    let start = end - 1;
    while (start > 0 && names.compare(nameAt(ascending, start - 1), nameAt(ascending, end - 1)) === 0) start -= 1;
    for (let index = start; index < end; index += 1) down.push(ascending[index] as Product);
    end = start;
  }
  return down;
}

const nameAt = (products: readonly Product[], index: number) => (products[index] as Product).name;

export interface RankRequest {
  /** The list of the catalog. */
  readonly all: readonly Product[];
  /** Some of it, as `arrangeProducts` leaves it. */
  readonly arranged: readonly Product[];
  readonly order: Order | null;
  readonly cellOf: CellOf;
}

/** Puts arranged products in their final order: total and stable, ties by id, unknown values last up and down. */
export function rankProducts({ all, arranged, order, cellOf }: RankRequest): Ranking {
  if (!order) return arranged === all ? rankingOf(all) : rankByCatalog(arranged, all);
  return order.by === 'NAME' ? rankByName(arranged, order) : rankByFigure(arranged, order, order.by, cellOf);
}

const rankings = new WeakMap<readonly Product[], Ranking>();

/** A whole list of the catalog in its own order, as most pages are of it. */
function rankingOf(all: readonly Product[]): Ranking {
  const known = rankings.get(all) ?? rankByCatalog(all, all);
  rankings.set(all, known);
  return known;
}

/** A place of the catalog is known by its product; if that is gone, by the position that it had. */
function rankByCatalog(products: readonly Product[], all: readonly Product[]): Ranking {
  const positions = positionsOf(all);
  const rows = products.map((product) => ({ product, value: positions.get(product.id) ?? 0 }));
  return {
    order: 'CATALOG',
    rows,
    indexOf({ id, value }, argument) {
      if (typeof value !== 'number') throw notACursor(argument);
      const position = positions.get(id) ?? value;
      const index = partition(rows, (row) => row.value < position);
      return { index, found: rows[index]?.product.id === id };
    },
  };
}

const positionsByList = new WeakMap<readonly Product[], ReadonlyMap<string, number>>();

/** Where each product stands in a list of the catalog; found out once for each list. */
function positionsOf(all: readonly Product[]): ReadonlyMap<string, number> {
  const known = positionsByList.get(all);
  if (known) return known;
  const positions = new Map(all.map(({ id }, index) => [id, index]));
  positionsByList.set(all, positions);
  return positions;
}

function rankByName(arranged: readonly Product[], { name, direction }: Order): Ranking {
  const sign = direction === 'ASC' ? 1 : -1;
  return {
    order: name,
    rows: arranged.map((product) => ({ product, value: product.name })),
    indexOf({ id, value }, argument) {
      if (typeof value !== 'string') throw notACursor(argument);
      const isBefore = (product: Product) =>
        (sign * names.compare(product.name, value) || compareIds(product.id, id)) < 0;
      const index = partition(arranged, isBefore);
      return { index, found: arranged[index]?.id === id };
    },
  };
}

interface Place {
  readonly id: string;
  /** null = last. */
  readonly key: SortKey | null;
}

function rankByFigure(products: readonly Product[], order: Order, column: Column, cellOf: CellOf): Ranking {
  const sign = order.direction === 'ASC' ? 1 : -1;
  const compare = (a: Place, b: Place) => compareNullsLast(a.key, b.key, sign) || compareIds(a.id, b.id);
  const rows = products
    .map((product) => {
      const value = orderable(cellOf(column, product));
      return { product, value, id: product.id, key: value === null ? null : sortKey(column.type, value) };
    })
    .sort(compare);
  return {
    order: order.name,
    rows,
    indexOf({ id, value }, argument) {
      const place = { id, key: keyOfCursor(column, value, argument) };
      const index = partition(rows, (row) => compare(row, place) < 0);
      return { index, found: rows[index]?.id === id };
    },
  };
}

function orderable(cell: ReturnType<CellOf>): string | number | null {
  const value: FigureValue = cell && 'value' in cell ? cell.value : null;
  return typeof value === 'boolean' ? Number(value) : value;
}

function keyOfCursor({ type }: Column, value: Cursor['value'], argument: 'after' | 'before'): SortKey | null {
  if (value === null) return null;
  const isText = type === 'Decimal' || type === 'Date' || type === 'DateTime';
  const isMoment = type === 'Date' || type === 'DateTime';
  const fits =
    typeof value === (isText ? 'string' : 'number') && (!isMoment || Number.isFinite(Date.parse(String(value))));
  if (!fits) throw notACursor(argument);
  try {
    return sortKey(type, value);
  } catch {
    throw notACursor(argument);
  }
}

function compareNullsLast(a: SortKey | null, b: SortKey | null, sign: number): number {
  if (a === null || b === null) return Number(a === null) - Number(b === null);
  return sign * compareKeys(a, b);
}

/** How many of the items, which stand before all others, pass the test. */
function partition<T>(items: readonly T[], isBefore: (item: T) => boolean): number {
  let low = 0;
  let high = items.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (isBefore(items[middle] as T)) low = middle + 1;
    else high = middle;
  }
  return low;
}

function compareIds(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
