import type { Product } from '../catalog/catalog.js';
import { GatewayError } from '../errors.js';
import { type CellOf, type Column, type LoadColumns, nameOfColumn } from './column.js';
import { type Condition, columnsOf, judge } from './filter.js';
import { arrangeProducts, type Order, type Ranking, rankProducts } from './rank.js';

export interface TableRequest {
  /** A list of the catalog: what was arranged once is not arranged again. */
  readonly all: readonly Product[];
  /** Which of them are meant, without any figure. */
  isChosen(product: Product): boolean;
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
export function arrangeTable({ all, isChosen, condition, order }: TableRequest): Table {
  const nothing: CellOf = () => undefined;
  const chosen = arrangeProducts(all, order).filter(
    (product) => isChosen(product) && (!condition || judge(condition, product, nothing).least === 1),
  );
  return { ranking: rankProducts({ all, arranged: chosen, order, cellOf: nothing }), missing: 0, reasons: [] };
}

/**
 * Chooses, filters and orders. What costs nothing decides first; then Google Analytics, which answers for all products at
 * once; the partner is asked only for products that it can still decide about, and for those that stay, if it orders them.
 * @throws GatewayError BAD_USER_INPUT when money of several currencies would be compared.
 */
export async function loadTable(request: TableRequest, { load, cellOf, isGenerous }: TableLoads): Promise<Table> {
  const { all, isChosen, condition, order } = request;
  const filterColumns = condition ? columnsOf(condition) : [];
  const orderColumns = isColumn(order?.by) ? [order.by] : [];
  const mayPass = (product: Product) => !condition || judge(condition, product, cellOf).most === 1;
  const isUndecided = (product: Product) => condition !== null && judge(condition, product, cellOf).least < 1;

  let products = arrangeProducts(all, order).filter((product) => isChosen(product) && mayPass(product));
  await load(products, [...filterColumns, ...orderColumns].filter(isCheap));
  products = products.filter(mayPass);
  await load(
    products.filter(isUndecided),
    filterColumns.filter((column) => !isCheap(column)),
  );
  if (condition)
    for (const column of filterColumns) checkCurrency(column, decidedBy(column, condition, products, cellOf), cellOf);
  const passed = products.filter((product) => mayPass(product) && (isGenerous || !isUndecided(product)));
  await load(
    passed,
    orderColumns.filter((column) => !isCheap(column)),
  );
  for (const column of orderColumns) checkCurrency(column, passed, cellOf);

  const open = products.filter((product) => mayPass(product) && isUndecided(product));
  const unordered = passed.filter((product) => orderColumns.some((column) => isMissing(cellOf(column, product))));
  const columns = [...filterColumns, ...orderColumns];
  return {
    ranking: rankProducts({ all, arranged: passed, order, cellOf }),
    missing: new Set([...open, ...unordered]).size,
    reasons: reasonsOf([...open, ...unordered], columns, cellOf),
  };
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
  const name = nameOfColumn(column);
  const without: CellOf = (other, product) => (nameOfColumn(other) === name ? undefined : cellOf(other, product));
  return products.filter((product) => {
    const { least, most } = judge(condition, product, without);
    return least < 1 && most === 1;
  });
}

/** Amounts of several currencies have no order. */
function checkCurrency(column: Column, products: readonly Product[], cellOf: CellOf): void {
  const currencies = new Set<string>();
  for (const product of products) {
    const cell = cellOf(column, product);
    if (cell && 'value' in cell && cell.currency !== undefined) currencies.add(cell.currency);
  }
  if (currencies.size < 2) return;
  const [first] = currencies;
  throw new GatewayError(
    'BAD_USER_INPUT',
    `${column.home}.${column.figure} is in ${[...currencies].sort().join(' and ')} here, which cannot be compared; add filter: { partner: { currency: { eq: "${first}" } } }.`,
  );
}
