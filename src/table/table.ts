import type { Product } from '../catalog/catalog.js';
import { GatewayError } from '../errors.js';
import { type CellOf, type Column, type LoadColumns, nameOfColumn } from './column.js';
import { type Condition, columnsOf, judge } from './filter.js';
import { arrangeProducts, type Order, type Ranking, rankProducts } from './rank.js';

export interface TableRequest {
  /** A list of the catalog: what was arranged once is not arranged again. */
  readonly all: readonly Product[];
  /** Which of them are meant, without any figure; null = all of them. */
  readonly isChosen: ((product: Product) => boolean) | null;
  readonly condition: Condition | null;
  readonly order: Order | null;
}

export interface TableLoads {
  readonly load: LoadColumns;
  readonly cellOf: CellOf;
  /** A figure that is not known lets its product pass: for a plan, which must not promise too little. */
  readonly isGenerous: boolean;
}

/** Products chosen, filtered and ordered. */
export interface Table {
  readonly ranking: Ranking;
  /** How many products a needed figure is not known of. */
  readonly missing: number;
  /** Error codes, or PENDING: why. Sorted, without repeats. */
  readonly reasons: readonly string[];
}

/** Whether a table can be made without loading anything. */
export function needsFigures({ condition, order }: Pick<TableRequest, 'condition' | 'order'>): boolean {
  return isColumn(order?.by) || (condition !== null && columnsOf(condition).length > 0);
}

/** A table that needs no figures. */
export function arrangeTable(request: TableRequest): Table {
  const { all, condition, order } = request;
  const nothing: CellOf = () => undefined;
  const chosen = chooseProducts(request);
  const arranged = condition ? chosen.filter((product) => judge(condition, product, nothing).least === 1) : chosen;
  return { ranking: rankProducts({ all, arranged, order, cellOf: nothing }), missing: 0, reasons: [] };
}

function chooseProducts({ all, isChosen, order }: TableRequest): readonly Product[] {
  const arranged = arrangeProducts(all, order);
  return isChosen ? arranged.filter(isChosen) : arranged;
}

/**
 * Chooses, filters and orders. What costs nothing decides first; then Google Analytics, which answers for all products at
 * once; the partner is asked only for products that it can still decide about, and for those that stay, if it orders them.
 * @throws GatewayError BAD_USER_INPUT when money of several currencies would be compared.
 */
export async function loadTable(request: TableRequest, loads: TableLoads): Promise<Table> {
  const { all, order } = request;
  const { cellOf } = loads;
  const orderColumns = isColumn(order?.by) ? [order.by] : [];
  const { passed, open } = await filterProducts(request, loads, orderColumns.filter(isCheap));
  await loads.load(
    passed,
    orderColumns.filter((column) => !isCheap(column)),
  );
  for (const column of orderColumns) checkCurrency(column, passed, cellOf);
  const unordered = passed.filter((product) => orderColumns.some((column) => isMissing(cellOf(column, product))));
  const unknown = [...new Set([...open, ...unordered])];
  const columns = [...filterColumns(request), ...orderColumns];
  return {
    ranking: rankProducts({ all, arranged: passed, order, cellOf }),
    missing: unknown.length,
    reasons: reasonsOf(unknown, columns, cellOf),
  };
}

interface Filtered {
  readonly passed: readonly Product[];
  /** The filter cannot decide about them, because figures have not come. */
  readonly open: readonly Product[];
}

/** `extra` is loaded together with what Google is asked for by the filter. */
async function filterProducts(request: TableRequest, loads: TableLoads, extra: readonly Column[]): Promise<Filtered> {
  const { condition } = request;
  const { load, cellOf, isGenerous } = loads;
  const chosen = chooseProducts(request);
  if (!condition) {
    await load(chosen, extra);
    return { passed: chosen, open: [] };
  }
  const columns = filterColumns(request);
  const judged = (products: readonly Product[]) =>
    products.map((product) => ({ product, ...judge(condition, product, cellOf) })).filter(({ most }) => most === 1);
  const undecided = (verdicts: ReturnType<typeof judged>) => verdicts.filter(({ least }) => least < 1).map(toProduct);
  const free = judged(chosen).map(toProduct);
  await load(free, [...columns.filter(isCheap), ...extra]);
  const cheap = judged(free);
  await load(
    undecided(cheap),
    columns.filter((column) => !isCheap(column)),
  );
  const candidates = cheap.map(toProduct);
  for (const column of columns) checkCurrency(column, decidedBy(column, condition, candidates, cellOf), cellOf);
  const final = judged(candidates);
  const passed = isGenerous ? final : final.filter(({ least }) => least === 1);
  return { passed: passed.map(toProduct), open: undecided(final) };
}

const toProduct = ({ product }: { readonly product: Product }) => product;

function filterColumns({ condition }: TableRequest): Column[] {
  return condition ? columnsOf(condition) : [];
}

function isColumn(by: Order['by'] | undefined): by is Column {
  return by !== undefined && by !== 'NAME';
}

/** One report for all products, instead of one call for each. */
const isCheap = ({ home }: Column) => home === 'googleAnalytics';

const isMissing = (cell: ReturnType<CellOf>) => !cell || 'missing' in cell;

function reasonsOf(products: readonly Product[], columns: readonly Column[], cellOf: CellOf): string[] {
  const reasons = products.flatMap((product) =>
    columns.flatMap((column) => {
      const cell = cellOf(column, product);
      return cell && 'missing' in cell ? [cell.missing] : [];
    }),
  );
  return [...new Set(reasons)].sort();
}

/** The products that a column decides about: without it they might pass, and might not. */
function decidedBy(column: Column, condition: Condition, products: readonly Product[], cellOf: CellOf): Product[] {
  if (!products.some((product) => currencyIn(cellOf(column, product)))) return [];
  const name = nameOfColumn(column);
  const without: CellOf = (other, product) => (nameOfColumn(other) === name ? undefined : cellOf(other, product));
  return products.filter((product) => {
    const { least, most } = judge(condition, product, without);
    return least < 1 && most === 1;
  });
}

function currencyIn(cell: ReturnType<CellOf>): string | undefined {
  return cell && 'value' in cell ? cell.currency : undefined;
}

/** Amounts of several currencies have no order. */
function checkCurrency(column: Column, products: readonly Product[], cellOf: CellOf): void {
  const currencies = new Set<string>();
  for (const product of products) {
    const currency = currencyIn(cellOf(column, product));
    if (currency !== undefined) currencies.add(currency);
  }
  if (currencies.size < 2) return;
  const [first] = currencies;
  throw new GatewayError(
    'BAD_USER_INPUT',
    `${column.home}.${column.figure} is in ${[...currencies].sort().join(' and ')} here, which cannot be compared; add filter: { partner: { currency: { eq: "${first}" } } }.`,
  );
}
