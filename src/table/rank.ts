import type { Product } from '../catalog/catalog.js';
import { type Cursor, notACursor } from './cursor.js';

export interface ProductOrder {
  readonly by: 'NAME';
  readonly direction?: 'ASC' | 'DESC' | null | undefined;
}

export interface RankedProduct {
  readonly product: Product;
  /** What it was ordered by. */
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

/** Puts products in order: total and stable, ties by id. Without an order, that of the catalog. */
export function rankProducts(products: readonly Product[], order: ProductOrder | null | undefined): Ranking {
  return order ? rankByName(products, order.direction ?? 'DESC') : rankByCatalog(products);
}

/** A place of the catalog is known by its product; if that is gone, by the position that it had. */
function rankByCatalog(products: readonly Product[]): Ranking {
  const rows = products.map((product, index) => ({ product, value: index }));
  return {
    order: 'CATALOG',
    rows,
    indexOf({ id, value }, argument) {
      const index = rows.findIndex(({ product }) => product.id === id);
      if (index >= 0) return { index, found: true };
      if (typeof value !== 'number') throw notACursor(argument);
      return { index: Math.min(Math.max(value, 0), rows.length), found: false };
    },
  };
}

function rankByName(products: readonly Product[], direction: 'ASC' | 'DESC'): Ranking {
  const sign = direction === 'ASC' ? 1 : -1;
  const compare = (a: { name: string; id: string }, b: { name: string; id: string }) =>
    sign * names.compare(a.name, b.name) || compareIds(a.id, b.id);
  const rows = products.toSorted(compare).map((product) => ({ product, value: product.name }));
  return {
    order: `NAME ${direction}`,
    rows,
    indexOf({ id, value }) {
      const place = { name: String(value), id };
      const index = rows.findIndex(({ product }) => compare(product, place) >= 0);
      if (index < 0) return { index: rows.length, found: false };
      return { index, found: rows[index]?.product.id === id };
    },
  };
}

function compareIds(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
