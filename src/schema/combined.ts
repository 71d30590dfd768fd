import type { Product } from '../catalog/catalog.js';
import { type DateRangeRequest, resolveDateRange } from '../dateRange.js';
import { GatewayError } from '../errors.js';
import type { RatioFigure } from '../figures.js';
import { type Freshness, joinFreshness } from '../freshness.js';
import type { FigureValue } from '../table/column.js';
import type { Context } from './context.js';
import { checkMs, loadSides, readRatio, type Sides } from './sides.js';

/** The selected ratios by field name; one that cannot be had is an error in its place. */
export interface CombinedSummary {
  readonly [figure: string]: FigureValue | GatewayError | Freshness;
  readonly freshness: Freshness;
}

export interface CombinedArgs {
  readonly range?: DateRangeRequest | null | undefined;
  readonly maxWaitMs?: number | null | undefined;
  readonly maxAgeMs?: number | null | undefined;
}

/**
 * Figures of both sources, divided; both are asked at the same time, for what the selected ratios need.
 * @throws GatewayError when no source brought anything.
 */
export async function loadCombined(
  product: Product,
  selected: ReadonlySet<string>,
  args: CombinedArgs,
  context: Context,
): Promise<CombinedSummary> {
  const { figures, catalog } = context;
  const site = catalog.siteOf(product);
  const all = [...figures.combined.values()];
  const wanted = all.filter(({ name }) => selected.has(name));
  // How current the ratios are says something of the sources only together with a ratio.
  const ratios = wanted.length === 0 && selected.has('freshness') ? all : wanted;
  const references = ratios.flatMap(({ of, per }) => [of, per]);
  const asked = new Set(references.flatMap(({ source, figure }) => (source === 'googleAnalytics' ? [figure] : [])));
  const sides = await loadSides(
    {
      product,
      site,
      range: resolveDateRange(args.range, site, context.now),
      metrics: [...figures.googleAnalytics.values()].filter(({ name }) => asked.has(name)),
      asksPartner: references.some(({ source }) => source === 'partner'),
      maxWaitMs: checkMs('maxWaitMs', args.maxWaitMs ?? null),
      maxAgeMs: checkMs('maxAgeMs', args.maxAgeMs ?? null),
    },
    context,
  );
  return {
    ...Object.fromEntries(wanted.map((ratio) => [ratio.name, resultOf(ratio, sides, context)])),
    freshness: freshnessOf(sides),
  };
}

function resultOf(ratio: RatioFigure, sides: Sides, { figures }: Context): FigureValue | GatewayError {
  const known = readRatio(ratio, sides, figures);
  if ('failure' in known) return known.failure;
  return 'value' in known ? known.value : null;
}

function freshnessOf({ googleAnalytics, partner }: Sides): Freshness {
  const sides = [googleAnalytics, partner].filter((side) => side !== null);
  const [failure] = sides;
  const arrived = sides.flatMap((side) => (side instanceof GatewayError ? [] : [side.freshness]));
  if (arrived.length === 0 && failure instanceof GatewayError) throw failure;
  return joinFreshness(arrived);
}
