import type { Product } from '../../src/catalog/catalog.js';
import type { FigureType } from '../../src/figureMappings.js';
import type { Cell, CellOf, Column, FigureValue } from '../../src/table/column.js';
import { cutPage, type PageRequest } from '../../src/table/page.js';
import type { Order, Ranking } from '../../src/table/rank.js';

export const limits = { first: 100, ids: 5 };

export function createColumn(figure: string, type: FigureType = 'SafeInt', parts: Partial<Column> = {}): Column {
  return { home: 'googleAnalytics', figure, type, range: { start: '2026-01-01', end: '2026-01-28' }, ...parts };
}

export function createOrder(by: Order['by'], direction: Order['direction']): Order {
  return { name: `${by === 'NAME' ? by : by.figure} ${direction}`, by, direction };
}

/** What is known, by product id and figure; a figure that is left out was not loaded. */
export type KnownCells = Readonly<Record<string, Readonly<Record<string, Cell>>>>;

export function cellsFrom(cells: KnownCells): CellOf {
  return ({ figure }, { id }) => (Object.hasOwn(cells, id) ? cells[id]?.[figure] : undefined);
}

/** The cells of one figure, by product id. */
export function cellsOfFigure(figure: string, values: Readonly<Record<string, FigureValue | Cell>>): CellOf {
  const cellOf = (value: FigureValue | Cell): Cell => (typeof value === 'object' && value !== null ? value : { value });
  return cellsFrom(Object.fromEntries(Object.entries(values).map(([id, value]) => [id, { [figure]: cellOf(value) }])));
}

export function idsOf(products: readonly Product[]): string[] {
  return products.map(({ id }) => id);
}

/**
 * Ids of all pages from one end to the other, first to last; `rankingOf` is asked anew for every page, as another request
 * would be.
 */
export async function walkPages(
  rankingOf: (page: number) => Ranking | Promise<Ranking>,
  size: number,
  forwards: boolean,
): Promise<string[]> {
  const seen: string[] = [];
  let cursor: string | null = null;
  for (let page = 0; page < 1_000; page += 1) {
    const request: PageRequest = forwards ? { first: size, after: cursor } : { last: size, before: cursor };
    const { nodes, pageInfo } = cutPage(await rankingOf(page), request, limits);
    if (forwards) seen.push(...idsOf(nodes));
    else seen.unshift(...idsOf(nodes));
    if (!(forwards ? pageInfo.hasNextPage : pageInfo.hasPreviousPage)) return seen;
    cursor = forwards ? pageInfo.endCursor : pageInfo.startCursor;
  }
  throw new Error('The walk does not end.');
}
