import type { Product, Site } from '../catalog/catalog.js';
import type { DateRange } from '../dateRange.js';
import type { FigureHome, FigureReference, MetricFigure } from '../figures.js';
import { type Cell, type Column, nameOfColumn } from '../table/column.js';
import type { TableLoads } from '../table/table.js';
import type { Context } from './context.js';
import { currencyOf, isMoney, type Known, loadSides, readFigure, type Sides } from './sides.js';

export interface ColumnsOptions {
  readonly site: Site;
  readonly context: Context;
  /** How long to wait for the partner (ms). */
  readonly maxWaitMs: number | null;
  /** What will be asked of them later, to be asked in the same report. */
  readonly ahead: readonly FiguresAhead[];
}

/** Figures of Google Analytics, by name, over some days. */
export interface FiguresAhead {
  readonly range: DateRange | null;
  readonly names: readonly string[];
}

/** More cells than this are not asked ahead: they would only push each other out of the cache. */
const maxCellsAhead = 100_000;

/** A list of so many whose figures are at hand is read without a break: some 20 ms. */
const productsAtOnce = 2_000;
const nextTurn = () => new Promise<void>((resolve) => setImmediate(resolve));

/** Loads columns of a site's products from both sources, and finds their cells. */
export function createColumns({ site, context, maxWaitMs, ahead }: ColumnsOptions): TableLoads {
  const cells = new Map<string, Map<string, Cell>>();
  const begin = context.elapsedMs();
  const { figures } = context;

  function keep(column: Column, product: Product, sides: Sides): void {
    const name = nameOfColumn(column);
    const ofColumn = cells.get(name) ?? new Map<string, Cell>();
    cells.set(name, ofColumn);
    ofColumn.set(product.id, readCell(column, sides));
  }

  function readCell({ home, figure }: Column, sides: Sides): Cell {
    const cell = toCell(readFigure(home, figure, sides, figures));
    if (!isAmount(home, figure) || !('value' in cell) || cell.value === null) return cell;
    // An amount of nobody knows what cannot be compared with others.
    const currency = currencyOf(sides);
    return currency === null ? { value: null } : { ...cell, currency };
  }

  /** Whether it is money of the partner, or money for each of something; money by money is a mere number. */
  function isAmount(home: FigureHome, figure: string): boolean {
    const ratio = home === 'combined' ? figures.combined.get(figure) : undefined;
    const sides = ratio ? [ratio.of, ratio.per] : [{ source: home, figure } as FigureReference];
    return sides.filter((side) => isMoney(side, figures)).length === 1;
  }

  /** Figures of Google Analytics that these columns need; with those that the page will ask for over the same days. */
  function metricsOf(columns: readonly Column[], range: DateRange | null, count: number): MetricFigure[] {
    const needed = new Set(columns.flatMap((column) => googleFigures(column, context)));
    if (needed.size === 0) return [];
    const later = ahead.filter((each) => isSame(each.range, range)).flatMap(({ names }) => names);
    const all = new Set([...needed, ...later]);
    const names = all.size * count <= maxCellsAhead ? all : needed;
    return [...figures.googleAnalytics.values()].filter(({ name }) => names.has(name));
  }

  async function loadGroup(products: readonly Product[], columns: readonly Column[]): Promise<void> {
    const range = columns[0]?.range ?? null;
    const metrics = metricsOf(columns, range, products.length);
    const asksPartner = columns.some((column) => readsPartner(column, context));
    // Filter and order share one patience, also when they load one after the other.
    const patience = maxWaitMs === null ? null : Math.max(0, maxWaitMs - (context.elapsedMs() - begin));
    const waits: Promise<void>[] = [];
    for (const [index, product] of products.entries()) {
      // Others are answered in between; not once something has to be asked, which then leaves together.
      if (index > 0 && index % productsAtOnce === 0 && waits.length === 0) await nextTurn();
      const request = { product, site, range, metrics, asksPartner, maxWaitMs: patience, maxAgeMs: null };
      const keepAll = (sides: Sides): void => {
        for (const column of columns) keep(column, product, sides);
      };
      const loaded = loadSides(request, context);
      if (loaded instanceof Promise) waits.push(loaded.then(keepAll));
      else keepAll(loaded);
    }
    await Promise.all(waits);
  }

  return {
    isGenerous: context.planning !== null,
    cellOf: (column, { id }) => cells.get(nameOfColumn(column))?.get(id),
    async load(products, columns) {
      const byRange = new Map<string, Column[]>();
      for (const column of columns) {
        const name = `${column.range?.start} ${column.range?.end}`;
        byRange.set(name, [...(byRange.get(name) ?? []), column]);
      }
      await Promise.all([...byRange.values()].map((group) => loadGroup(products, group)));
    },
  };
}

function toCell(known: Known): Cell {
  if ('value' in known) return known;
  return { missing: 'failure' in known ? known.failure.code : 'PENDING' };
}

/** Names of the figures of Google Analytics that it takes to know this one. */
export function googleFigures({ home, figure }: Pick<Column, 'home' | 'figure'>, context: Context): string[] {
  if (home === 'googleAnalytics') return [figure];
  return sidesOf(home, figure, context).flatMap((side) => (side.source === 'googleAnalytics' ? [side.figure] : []));
}

/** Whether the partner has to be asked for a figure, or for what a list is ordered by. */
export function readsPartner(by: 'NAME' | Pick<Column, 'home' | 'figure'>, context: Context): boolean {
  if (by === 'NAME') return false;
  const { home, figure } = by;
  return home === 'partner' || sidesOf(home, figure, context).some(({ source }) => source === 'partner');
}

function sidesOf(home: FigureHome, figure: string, { figures }: Context): FigureReference[] {
  const ratio = home === 'combined' ? figures.combined.get(figure) : undefined;
  return ratio ? [ratio.of, ratio.per] : [];
}

function isSame(a: DateRange | null, b: DateRange | null): boolean {
  return a?.start === b?.start && a?.end === b?.end;
}
