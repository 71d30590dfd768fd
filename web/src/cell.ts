import { compareFigure, type Difference } from './compare.js';
import { explainFailure } from './failures.js';
import type { Figure } from './figures.js';
import { type FormatOptions, formatAge, formatExact, formatFigure, percent } from './format.js';
import { failureOf, figureValue, type Row, type Side } from './rows.js';

/** What a cell says of its figure. Only `value` shows a number, and only one that was read. */
export type Cell =
  | { readonly kind: 'loading' | 'pending'; readonly title: string }
  | { readonly kind: 'failed'; readonly text: string; readonly title: string }
  | { readonly kind: 'unknown'; readonly title: string }
  | {
      readonly kind: 'value';
      readonly text: string;
      readonly title: string;
      /** How long ago it was read, where that is longer than the gateway promises. */
      readonly staleFor: string | null;
      readonly difference: Difference | null;
      /** Of the total of all rows. */
      readonly share: string | null;
    };

export interface CellContext {
  readonly locale: string;
  readonly timeZone: string;
  /** What Google Analytics reports this site's money in. */
  readonly currency: string;
  /** ms since the epoch. */
  readonly now: number;
  readonly compares: boolean;
  /** What the figure adds up to over all rows; null while unknown. */
  total(figure: Figure): number | null;
}

export function readCell(row: Row, figure: Figure, context: CellContext): Cell {
  const side = row[figure.source];
  const failure = failureOf(row, figure);
  if (failure) {
    const { short, long } = explainFailure(failure, context);
    return { kind: 'failed', text: short, title: long };
  }
  if (side === undefined) return { kind: 'loading', title: 'On its way' };
  if (side === null) return { kind: 'unknown', title: whyNobodyKnows(figure) };
  if (side.freshness.state === 'PENDING') {
    return { kind: 'pending', title: 'The source has not answered yet. It is shown here as soon as it does.' };
  }
  const value = figureValue(row, figure);
  if (value == null) return { kind: 'unknown', title: whyUnknown(figure, row) };
  return valueCell(row, figure, side, context);
}

function valueCell(row: Row, figure: Figure, side: Side, context: CellContext): Cell {
  const value = figureValue(row, figure);
  const options: FormatOptions = { ...context, currency: currencyOf(row, figure, context) };
  const age = side.freshness.asOf === null ? null : context.now - Date.parse(side.freshness.asOf);
  const staleFor = side.freshness.state === 'STALE' && age !== null ? formatAge(age, context.locale) : null;
  const difference = context.compares ? compareFigure(figure, value, figureValue(row, figure, true), options) : null;
  const total = figure.isAdditive ? context.total(figure) : null;
  const share = total ? percent(Number(value) / total, context.locale, 1) : null;
  const title = [
    `${figure.label}: ${formatExact(value, figure.format, options)}`,
    share && `${share} of the total`,
    difference?.exact,
    staleFor ? `Read ${staleFor}, being asked again` : age !== null && `Read ${formatAge(age, context.locale)}`,
  ];
  return {
    kind: 'value',
    text: formatFigure(value, figure.format, options),
    title: title.filter(Boolean).join('\n'),
    staleFor,
    difference,
    share,
  };
}

/** Money of the partner is in the partner's currency; everything else in the site's. */
export function currencyOf(row: Row, { source }: Pick<Figure, 'source'>, context: { currency: string }): string | null {
  return source === 'partner' ? (row.partner?.currency ?? null) : context.currency;
}

function whyNobodyKnows({ source }: Figure): string {
  if (source === 'partner') return 'The partner does not have this product.';
  if (source === 'googleAnalytics') return 'Google Analytics does not have this product.';
  return 'One of the two sources does not have this product.';
}

function whyUnknown({ source }: Figure, { googleAnalytics }: Row): string {
  if (source === 'combined')
    return 'Unknown: one of the two figures is unknown, in another currency, or the divisor is 0.';
  if (source === 'partner') return 'The partner did not say.';
  if (googleAnalytics?.quality?.thresholded) return 'Google withheld this, because it could tell who somebody is.';
  if (googleAnalytics?.quality?.otherRow)
    return 'Google folded this product into (other), so it has no figure of its own.';
  return 'Unknown: Google Analytics did not say.';
}
