import type { Product, Site } from '../catalog/catalog.js';
import { type DateRange, type DateRangeRequest, resolveDateRange } from '../dateRange.js';
import { GatewayError } from '../errors.js';
import type { FigureHome, FigureReference, Figures, MetricFigure, RatioFigure } from '../figures.js';
import type { GoogleAnalyticsSummary } from '../sources/googleAnalytics/summary.js';
import type { PartnerSummary } from '../sources/partner/loader.js';
import type { FigureValue } from '../table/column.js';
import { divide } from '../table/ratio.js';
import type { Context } from './context.js';

/** What one product's figures are asked by, of both sources at the same time. */
export interface SidesRequest {
  readonly product: Product;
  readonly site: Site;
  /** null where the partner answers for all time, and nothing else is asked. */
  readonly range: DateRange | null;
  /** Figures of Google Analytics; empty = it is not asked. */
  readonly metrics: readonly MetricFigure[];
  readonly asksPartner: boolean;
  /** How long to wait for the partner; see `Patience`. */
  readonly maxWaitMs: number | null;
  readonly maxAgeMs: number | null;
}

/** What each source brought for one product: null = nothing, because it does not know it, or was not asked. */
export interface Sides {
  readonly site: Site;
  /** The partner answers for all time, and Google for some days. */
  readonly isTimeless: boolean;
  readonly googleAnalytics: GoogleAnalyticsSummary | GatewayError | null;
  readonly partner: PartnerSummary | GatewayError | null;
}

/** A figure's value, or why it is not known: a failure, or that it has not come yet. */
export type Known = { readonly value: FigureValue } | { readonly failure: GatewayError } | { readonly pending: true };

/** Asks both sources at the same time. Answers at once where everything is fresh in memory. */
export function loadSides(request: SidesRequest, context: Context): Sides | Promise<Sides> {
  const { product, site, range, metrics, asksPartner, maxWaitMs, maxAgeMs } = request;
  const { googleAnalytics: google, partner } = context;
  const googleSide =
    range && metrics.length > 0 ? google?.load({ product, site, range, figures: metrics, maxAgeMs }) : null;
  const partnerSide = asksPartner
    ? partner?.load({ product, site, range: partner.hasRange ? range : null, maxWaitMs, maxAgeMs })
    : null;
  const common = { site, isTimeless: partner?.hasRange === false };
  if (googleSide instanceof Promise || partnerSide instanceof Promise) {
    return settleSides(common, googleSide, partnerSide);
  }
  return { ...common, googleAnalytics: googleSide ?? null, partner: partnerSide ?? null };
}

type Load<T> = Promise<T | null> | T | null | undefined;

async function settleSides(
  common: Pick<Sides, 'site' | 'isTimeless'>,
  google: Load<GoogleAnalyticsSummary>,
  partner: Load<PartnerSummary>,
): Promise<Sides> {
  const [googleSide, partnerSide] = await Promise.all([outcomeOf(google), outcomeOf(partner)]);
  return { ...common, googleAnalytics: googleSide, partner: partnerSide };
}

/** A failure of a source is an outcome; anything else is thrown. */
async function outcomeOf<T>(load: Load<T>): Promise<T | GatewayError | null> {
  try {
    return (await load) ?? null;
  } catch (error) {
    if (error instanceof GatewayError) return error;
    throw error;
  }
}

export function readSide({ source, figure }: FigureReference, sides: Sides): Known {
  const side = sides[source];
  if (side === null) return { value: null };
  if (side instanceof GatewayError) return { failure: side };
  if (side.freshness.state === 'PENDING') return { pending: true };
  const value = side[figure] as FigureValue | GatewayError | undefined;
  return value instanceof GatewayError ? { failure: value } : { value: value ?? null };
}

/** A figure of any home: of one side, or of both. */
export function readFigure(home: FigureHome, figure: string, sides: Sides, figures: Figures): Known {
  if (home !== 'combined') return readSide({ source: home, figure }, sides);
  const ratio = figures.combined.get(figure);
  if (!ratio) throw new Error(`There is no ratio ${figure}.`);
  return readRatio(ratio, sides, figures);
}

/** A ratio of two sides. The partner's money counts in the site's currency only: nothing is converted. */
export function readRatio({ of, per }: RatioFigure, sides: Sides, figures: Figures): Known {
  if (of.source !== per.source && sides.isTimeless) return { failure: timelessRatio() };
  const dividend = readSide(of, sides);
  if (!('value' in dividend)) return dividend;
  const divisor = readSide(per, sides);
  if (!('value' in divisor)) return divisor;
  const isForeign = [of, per].some((each) => isMoney(each, figures) && currencyOf(sides) !== sides.site.currency);
  if (isForeign && of.source !== per.source) return { value: null };
  return { value: divide(dividend.value, divisor.value) };
}

/** What the partner counted since ever says nothing beside what Google counted in some days. */
export function timelessRatio(): GatewayError {
  return new GatewayError(
    'BAD_USER_INPUT',
    'The partner answers for all time and Google for some days; ask for the two figures apart.',
  );
}

/** Exact decimals of the partner are amounts in the currency that it names beside them, if it names one. */
export function isMoney({ source, figure }: FigureReference, { partner }: Figures): boolean {
  return source === 'partner' && partner.get(figure)?.type === 'Decimal' && partner.has('currency');
}

/** The currency of the partner's amounts; null while it is unknown. */
export function currencyOf({ partner }: Pick<Sides, 'partner'>): string | null {
  const currency = partner instanceof GatewayError ? null : partner?.['currency'];
  return typeof currency === 'string' ? currency : null;
}

/**
 * The days that the partner is asked about; null where it answers for all time.
 * @throws GatewayError BAD_USER_INPUT when it must not be asked about days.
 */
export function partnerRange(
  range: DateRangeRequest | null | undefined,
  site: Site,
  context: Context,
): DateRange | null {
  if (context.partner === null || context.partner.hasRange) return resolveDateRange(range, site, context.now);
  if (!range) return null;
  throw new GatewayError(
    'BAD_USER_INPUT',
    'range: the partner answers for all time and knows no days; leave range out.',
  );
}

/** @throws GatewayError BAD_USER_INPUT for a time below 0. */
export function checkMs(argument: string, ms: number | null): number | null {
  if (ms === null || ms >= 0) return ms;
  throw new GatewayError('BAD_USER_INPUT', `${argument}: ${ms} is negative; it is a number of ms, from 0.`);
}
