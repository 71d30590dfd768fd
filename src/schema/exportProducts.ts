import type { Product } from '../catalog/catalog.js';
import type { CsvCell, CsvRow } from '../csv.js';
import { type DateRange, resolveDateRange } from '../dateRange.js';
import type { Figures } from '../figures.js';
import type { Planning, UpstreamPlan } from '../plan.js';
import type { FigureValue } from '../table/column.js';
import type { Table } from '../table/table.js';
import { googleFigures, readsPartner } from './columns.js';
import type { Context } from './context.js';
import { type ExportColumn, type ExportRequest, problemsColumn } from './exportRequest.js';
import { tableOf } from './products.js';
import { type Known, loadSides, partnerRange, readFigure, type Sides, type SidesRequest } from './sides.js';

/** The rows of a file, the header first. */
export interface ProductExport {
  /** The days of the figures; null where every figure is of all time. */
  readonly range: DateRange | null;
  /**
   * In the order of the list: each as soon as it and all before it are known, and not before it is asked for.
   * @throws Disconnected when the client has gone.
   */
  readonly rows: AsyncIterable<CsvRow>;
  /** How many cells of the rows so far are empty because they are not known, and why. */
  problems(): Problems;
}

export interface Problems {
  readonly cells: number;
  /** Each code once; PENDING where it only was not waited for. */
  readonly codes: ReadonlySet<string>;
}

/**
 * What an export would ask of the sources; asks nobody.
 * @throws GatewayError BAD_USER_INPUT for what only shows with the site's days.
 */
export async function planExport(request: ExportRequest, context: Context, planning: Planning): Promise<UpstreamPlan> {
  const planned: Context = { ...context, ...planning.loaders, planning };
  const { products } = await arrange(request, planned);
  const { ofProduct } = figuresOf(request, planned);
  await Promise.all(products.map((product) => loadSides(ofProduct(product), planned)));
  return planning.plan();
}

/**
 * Starts to load all products of a list, once their order is known: all at once, because whoever protects the sources paces
 * them.
 * @throws GatewayError BAD_USER_INPUT for what only shows with the figures.
 */
export async function exportProducts(request: ExportRequest, context: Context): Promise<ProductExport> {
  const { products, table } = await arrange(request, context);
  const { ofProduct, range } = figuresOf(request, context);
  const rows = products.map((product) => {
    const sides = loadSides(ofProduct(product), context);
    // It is awaited when its turn comes, which may be never, if the client goes away.
    if (sides instanceof Promise) sides.catch(() => {});
    return { product, sides };
  });
  const tally = { cells: 0, codes: new Set<string>() };
  return {
    range,
    rows: writeRows(request.columns, { rows, table, context, tally }),
    problems: () => tally,
  };
}

async function arrange(request: ExportRequest, context: Context): Promise<{ products: Product[]; table: Table }> {
  const { site, range, list } = request;
  const { metrics } = figuresOf(request, context);
  const ahead = [{ home: 'googleAnalytics' as const, range, names: metrics.map(({ name }) => name) }];
  const table = await tableOf(site, list, context, () => ahead);
  return { products: table.ranking.rows.map(({ product }) => product), table };
}

/** What each product is asked for, so that its columns can be filled. */
function figuresOf({ site, columns, range, list }: ExportRequest, context: Context) {
  const figures = columns.flatMap(({ figure }) => (figure ? [figure] : []));
  const names = new Set(figures.flatMap((figure) => googleFigures(figure, context)));
  const metrics = [...context.figures.googleAnalytics.values()].filter(({ name }) => names.has(name));
  const asksPartner = figures.some((figure) => readsPartner(figure, context));
  // A partner that knows no days is not asked about them; beside figures of Google's the range is theirs.
  const isRangeOfPartner = asksPartner && (context.partner?.hasRange || metrics.length === 0);
  const partnerDays = isRangeOfPartner ? partnerRange(range, site, context) : null;
  const days = resolveDateRange(range, site, context.now);
  const isTimeless = asksPartner && partnerDays === null;
  const { maxWaitMs = null } = list;
  const ofProduct = (product: Product): SidesRequest => ({
    product,
    site,
    range: days,
    metrics,
    asksPartner,
    maxWaitMs,
    maxAgeMs: null,
  });
  return { ofProduct, metrics, range: isTimeless ? null : days };
}

interface RowsToWrite {
  readonly rows: readonly { readonly product: Product; readonly sides: Sides | Promise<Sides> }[];
  readonly table: Table;
  readonly context: Context;
  readonly tally: { cells: number; codes: Set<string> };
}

async function* writeRows(
  columns: readonly ExportColumn[],
  { rows, table, context: { figures }, tally }: RowsToWrite,
): AsyncGenerator<CsvRow> {
  yield [...columns.map(({ name }) => name), problemsColumn];
  for (const { product, sides } of rows) {
    const { cells, problems } = writeRow(product, columns, await sides, figures);
    tally.cells += problems.length;
    for (const { code } of problems) tally.codes.add(code);
    yield [...cells, problems.map(({ name, code }) => `${name}: ${code}`).join('; ')];
  }
  if (table.missing > 0) yield [...columns.map(() => null), describeMissing(table)];
}

/** What is not known is an empty cell, and a problem that says what and why. */
function writeRow(product: Product, columns: readonly ExportColumn[], sides: Sides, figures: Figures) {
  const problems: { name: string; code: string }[] = [];
  const cells = columns.map(({ name, figure }): CsvCell => {
    if (!figure) return product[name as 'id' | 'name'];
    const known = readFigure(figure.home, figure.figure, sides, figures);
    if ('value' in known) return writeValue(known.value, figure.type);
    problems.push({ name, code: reasonOf(known) });
    return null;
  });
  return { cells, problems };
}

/** As an answer of GraphQL shows it. */
function writeValue(value: FigureValue, type: string): CsvCell {
  if (value === null) return null;
  if (type === 'Decimal') return { exact: String(value) };
  return type === 'DateTime' ? new Date(String(value)).toISOString() : value;
}

function reasonOf(known: Exclude<Known, { value: FigureValue }>): string {
  return 'failure' in known ? known.failure.code : 'PENDING';
}

/** A file must not look whole when the filter left something out because it could not know. */
function describeMissing({ missing, reasons }: Table): string {
  return `order or filter did not know figures of ${missing} products, which are listed last or left out: ${reasons.join(', ')}`;
}
