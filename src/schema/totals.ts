import type { Product, Site } from '../catalog/catalog.js';
import { type DateRangeRequest, resolveDateRange } from '../dateRange.js';
import { GatewayError } from '../errors.js';
import { type Freshness, joinFreshness } from '../freshness.js';
import type { FigureValue } from '../table/column.js';
import { commonCurrency, sumFigures } from '../table/totals.js';
import type { Context } from './context.js';
import { checkMs, currencyOf, isMoney, loadSides, partnerRange, readSide, type Sides } from './sides.js';

/** Sums by field name, and what they hold. */
export interface Totals {
  readonly [figure: string]: FigureValue | Freshness | string[];
  readonly coveredProducts: number;
  readonly totalProducts: number;
  /** Products whose figures were asked for and have not come. */
  readonly missing: number;
  /** Error codes, or PENDING. */
  readonly reasons: string[];
  readonly freshness: Freshness;
}

/** A list whose figures may be added up. */
export interface TotalsOf {
  readonly site: Site;
  readonly products: readonly Product[];
}

export interface TotalsRequest extends TotalsOf {
  readonly source: 'googleAnalytics' | 'partner';
  /** Names of the fields that are asked for. */
  readonly selected: ReadonlySet<string>;
  readonly range: DateRangeRequest | null | undefined;
  readonly maxWaitMs: number | null;
}

/** What was added up for a request already, by list: a site stands below each of its products. */
const memo = new WeakMap<Context, Map<readonly Product[], Map<string, Promise<Totals | null>>>>();

/**
 * Adds up what is asked for over the products whose every such figure is known; null where the source knows none of them. The
 * same list is added up once for a request.
 * @throws GatewayError when no figure is known, and a source has failed.
 */
export function loadTotals(request: TotalsRequest, context: Context): Promise<Totals | null> {
  const { source, products, selected, range, maxWaitMs } = request;
  const ofContext = memo.get(context) ?? new Map();
  memo.set(context, ofContext);
  const ofList: Map<string, Promise<Totals | null>> = ofContext.get(products) ?? new Map();
  ofContext.set(products, ofList);
  const name = JSON.stringify([source, [...selected], range, maxWaitMs]);
  const known = ofList.get(name) ?? addUp(request, context);
  ofList.set(name, known);
  return known;
}

async function addUp(request: TotalsRequest, context: Context): Promise<Totals | null> {
  const { source, selected, products } = request;
  const figures = [...context.figures[source].values()].filter(({ name, additive }) => additive && selected.has(name));
  const isSumOfMoney = ({ name }: { name: string }) => isMoney({ source, figure: name }, context.figures);
  const needed = figures.map(({ name }) => name);
  // An amount without a currency cannot be added to others.
  if (figures.some(isSumOfMoney)) needed.push('currency');
  const loaded = await loadAll(request, context);
  if (loaded.length > 0 && loaded.every((sides) => sides[source] === null)) return null;
  const rows = loaded.map((sides) => readRow(needed, source, sides));
  const covered = rows.flatMap((row) => ('values' in row ? [row] : []));
  const isPending = rows.some((row) => 'pending' in row);
  const [failure] = rows.flatMap((row) => ('failure' in row ? [row.failure] : []));
  if (covered.length === 0 && !isPending && failure) throw failure;

  const currency = commonCurrency(covered.map(({ sides }) => currencyOf(sides)));
  const addable = figures.filter((figure) => currency !== null || !isSumOfMoney(figure));
  return {
    ...sumFigures(
      addable,
      covered.map(({ values }) => values),
    ),
    ...(source === 'partner' && { currency }),
    coveredProducts: covered.length,
    totalProducts: products.length,
    ...missingOf(rows),
    freshness: isPending ? pending : joinFreshness(covered.map(({ freshness }) => freshness)),
  };
}

async function loadAll(request: TotalsRequest, context: Context): Promise<Sides[]> {
  const { source, site, products, selected, maxWaitMs, range } = request;
  const isPartner = source === 'partner';
  const additive = [...context.figures.googleAnalytics.values()].filter((figure) => figure.additive);
  const wanted = additive.filter(({ name }) => selected.has(name));
  // How many products Google knows, and how currently, is found out by any figure.
  const metrics = wanted.length > 0 ? wanted : additive.slice(0, 1);
  const common = {
    site,
    range: isPartner ? partnerRange(range, site, context) : resolveDateRange(range, site, context.now),
    metrics: isPartner ? [] : metrics,
    asksPartner: isPartner,
    maxWaitMs: checkMs('maxWaitMs', maxWaitMs),
    maxAgeMs: null,
  };
  return Promise.all(products.map((product) => loadSides({ ...common, product }, context)));
}

const pending: Freshness = { state: 'PENDING', asOf: null };

function missingOf(rows: readonly Row[]): Pick<Totals, 'missing' | 'reasons'> {
  const reasons = rows.flatMap((row) => ('failure' in row ? [row.failure.code] : 'pending' in row ? ['PENDING'] : []));
  return { missing: reasons.length, reasons: [...new Set<string>(reasons)].sort() };
}

type Row =
  | { readonly values: Record<string, FigureValue>; readonly freshness: Freshness; readonly sides: Sides }
  | { readonly failure: GatewayError }
  | { readonly pending: true }
  | { readonly unknown: true };

/** A product with all figures that are wanted, or why it has not all of them. */
function readRow(names: readonly string[], source: TotalsRequest['source'], sides: Sides): Row {
  const side = sides[source];
  if (side === null) return { unknown: true };
  if (side instanceof GatewayError) return { failure: side };
  if (side.freshness.state === 'PENDING') return { pending: true };
  const values: Record<string, FigureValue> = {};
  for (const figure of names) {
    const known = readSide({ source, figure }, sides);
    if (!('value' in known)) return known;
    if (known.value === null) return { unknown: true };
    values[figure] = known.value;
  }
  return { values, freshness: side.freshness, sides };
}
