import type { GraphQLResolveInfo } from 'graphql';
import type { Product, Site } from '../catalog/catalog.js';
import { type DateRangeRequest, resolveDateRange } from '../dateRange.js';
import { GatewayError } from '../errors.js';
import { type FigureHome, type Figures, findConstant } from '../figures.js';
import type { Column } from '../table/column.js';
import { columnsOf, type FilterInput, readFilter } from '../table/filter.js';
import {
  checkCounts,
  choiceOf,
  cutPage,
  type PageRequest,
  type ProductChoice,
  type ProductPage,
  pageSize,
} from '../table/page.js';
import type { Order, RankedProduct } from '../table/rank.js';
import { arrangeTable, loadTable, needsFigures, type Table, type TableRequest } from '../table/table.js';
import { createColumns, type FiguresAhead, googleFigures, readsPartner } from './columns.js';
import type { Context } from './context.js';
import { type ListSelection, selectAhead, selectOfPartner } from './selection.js';
import { checkMs, partnerRange, timelessRatio } from './sides.js';

/** Which products of a site, in which order. */
export interface ListRequest extends ProductChoice {
  readonly filter?: FilterInput | null | undefined;
  readonly orderBy?: OrderRequest | null | undefined;
  readonly maxWaitMs?: number | null | undefined;
}

export interface OrderRequest {
  /** NAME, or a figure as `constantOf` names it. */
  readonly by: string;
  readonly direction?: 'ASC' | 'DESC' | null | undefined;
  readonly range?: DateRangeRequest | null | undefined;
}

/** A page of a list, with what is known of the whole list. */
export interface ProductList extends ProductPage {
  readonly site: Site;
  /** On all pages, in order. */
  readonly all: readonly Product[];
  readonly ranking: { readonly complete: boolean; readonly missing: number; readonly reasons: readonly string[] };
}

/**
 * A page of a site's products. Answers at once where neither order nor filter needs a figure.
 * @throws GatewayError BAD_USER_INPUT that names the argument.
 */
export function listProducts(
  site: Site,
  args: ListRequest & PageRequest,
  context: Context,
  info: GraphQLResolveInfo,
): ProductList | Promise<ProductList> {
  checkCounts(args, context.limits);
  const pageOf = ({ ranking, missing, reasons }: Table): ProductList => ({
    ...cutPage(ranking, args, context.limits),
    site,
    get all() {
      return ranking.rows.map(({ product }) => product);
    },
    ranking: { complete: missing === 0, missing, reasons },
  });
  const table = tableOf(site, args, context, () => selectAhead(info));
  if (!(table instanceof Promise)) return pageOf(table);
  expectPage(site, args, context, info);
  return table.then(pageOf);
}

/** Who is on the page is not known yet; that they will be asked for is. A filter may leave fewer. */
function expectPage(site: Site, args: ProductChoice & PageRequest, context: Context, info: GraphQLResolveInfo): void {
  const ranges = countPartnerRanges(selectOfPartner(info), site, context);
  if (ranges === 0) return;
  const isChosen = choiceOf(args, context.limits) ?? (() => true);
  const known = context.catalog.products(site.id).filter((each) => each.partnerId !== null && isChosen(each));
  context.partner?.expect(ranges * Math.min(pageSize(args, context.limits), known.length));
}

/** Over how many different days the partner is asked about each product. */
function countPartnerRanges(
  selected: readonly ListSelection<'partner' | 'combined'>[],
  site: Site,
  context: Context,
): number {
  const ranges = selected
    .filter(({ home, names }) => names.some((figure) => readsPartner({ home, figure }, context)))
    .flatMap(({ range }) => orNone(() => [partnerRange(range, site, context)]));
  return new Set(ranges.map((range) => JSON.stringify(range))).size;
}

/** A range that is not valid is told where it stands. */
function orNone<T>(resolve: () => readonly T[]): readonly T[] {
  try {
    return resolve();
  } catch (error) {
    if (error instanceof GatewayError) return [];
    throw error;
  }
}

/** All products of a list, in order; `selected` says what will be asked of them, so that it is asked in the same report. */
export function tableOf(
  site: Site,
  args: ListRequest,
  context: Context,
  selected: () => readonly ListSelection[],
): Table | Promise<Table> {
  const columnOf = (home: FigureHome, figure: string, range: DateRangeRequest | null | undefined) =>
    findColumn({ home, figure, range, site }, context);
  const request: TableRequest = {
    all: context.catalog.products(site.id),
    isChosen: choiceOf(args, context.limits),
    condition: args.filter ? readFilter(args.filter, columnOf, context.limits.ids) : null,
    order: args.orderBy ? readOrder(args.orderBy, context.figures, columnOf) : null,
  };
  const maxWaitMs = checkMs('maxWaitMs', args.maxWaitMs ?? null) ?? context.deadlineMs / 2;
  if (!needsFigures(request)) return arrangeTable(request);
  const ahead = [...aheadOfPage(selected(), site, context), ...aheadOfTable(request, context)];
  const table = loadTable(request, createColumns({ site, context, maxWaitMs, ahead }));
  const { planning } = context;
  return planning ? table.then((known) => guessPage(known, request, context)) : table;
}

/** What the page and the totals will ask of Google. */
function aheadOfPage(selected: readonly ListSelection[], site: Site, context: Context): FiguresAhead[] {
  return selected.flatMap(({ home, range, names }) => {
    const figures = names.flatMap((figure) => googleFigures({ home, figure }, context));
    return orNone(() => [{ range: resolveDateRange(range, site, context.now), names: figures }]);
  });
}

/** What filter and order will ask of Google for ratios, when it is known of whom. */
function aheadOfTable({ order, condition }: TableRequest, context: Context): FiguresAhead[] {
  const columns = [...(condition ? columnsOf(condition) : []), ...(order && order.by !== 'NAME' ? [order.by] : [])];
  return columns.map((column) => ({ range: column.range, names: googleFigures(column, context) }));
}

/**
 * A plan must not promise too little: where figures that are not known decide who is on a page, these are the products that
 * cost a call.
 */
function guessPage(table: Table, { order, condition }: TableRequest, context: Context): Table {
  const { ranking, missing } = table;
  if (missing === 0) return table;
  // Whom the partner orders, it was asked about; nobody on a page is news then.
  const isPageOpen = !order || !readsPartner(order.by, context);
  if (isPageOpen || (condition && columnsOf(condition).length > 0)) context.planning?.guess(isPageOpen);
  if (!isPageOpen) return table;
  const costs = ({ product }: RankedProduct) => Number(product.partnerId === null);
  return { ...table, ranking: { ...ranking, rows: ranking.rows.toSorted((a, b) => costs(a) - costs(b)) } };
}

interface WantedColumn {
  readonly home: FigureHome;
  readonly figure: string;
  readonly range: DateRangeRequest | null | undefined;
  readonly site: Site;
}

function findColumn({ home, figure, range, site }: WantedColumn, context: Context): Column {
  const found = context.figures[home].get(figure);
  if (!found) throw new Error(`The schema filters by ${home}.${figure}, which is no figure.`);
  if (home === 'combined' && context.partner?.hasRange === false && isOfBoth(figure, context)) throw timelessRatio();
  const days = home === 'partner' ? partnerRange(range, site, context) : resolveDateRange(range, site, context.now);
  return { home, figure, type: found.type, range: days };
}

function isOfBoth(figure: string, { figures }: Context): boolean {
  const ratio = figures.combined.get(figure);
  return ratio !== undefined && ratio.of.source !== ratio.per.source;
}

function readOrder(
  { by, direction, range }: OrderRequest,
  figures: Figures,
  columnOf: (home: FigureHome, figure: string, range: DateRangeRequest | null | undefined) => Column,
): Order {
  const down = direction ?? 'DESC';
  // As it was asked for: a cursor outlives midnight, when a preset means other days.
  const name = JSON.stringify([by, down, ...(range ? [range.preset, range.start, range.end, range.shift] : [])]);
  const found = findConstant(figures, by);
  return { name, direction: down, by: found ? columnOf(found.home, found.figure, range) : 'NAME' };
}
