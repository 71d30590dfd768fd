import type { Figure } from './figures.js';
import { type FigureValue, type FormatOptions, formatExact, formatFigure, percent } from './format.js';

export interface Difference {
  /** `+12 %`; `new` where there was nothing before; in points for a share. */
  readonly text: string;
  /** The difference itself and what it was, for the tooltip. */
  readonly exact: string;
  readonly trend: 'up' | 'down' | 'same';
  /** By the figure's own good direction. */
  readonly judgement: 'good' | 'bad' | 'neutral';
}

/** How a figure changed; null where one of both is unknown, or a change says nothing. */
export function compareFigure(
  figure: Pick<Figure, 'format' | 'goodDirection'>,
  now: FigureValue,
  before: FigureValue,
  options: FormatOptions,
): Difference | null {
  if (now == null || before == null || figure.format === 'moment') return null;
  const difference = Number(now) - Number(before);
  const trend = difference === 0 ? 'same' : difference > 0 ? 'up' : 'down';
  const judgement =
    trend === 'same' || figure.goodDirection === null ? 'neutral' : trend === figure.goodDirection ? 'good' : 'bad';
  return {
    text: changeText(figure, difference, Number(before), options.locale),
    exact: `${signed(difference, figure, options)} against ${formatExact(before, figure.format, options)}`,
    trend,
    judgement,
  };
}

function changeText(figure: Pick<Figure, 'format'>, difference: number, before: number, locale: string): string {
  if (figure.format === 'share') {
    const points = new Intl.NumberFormat(locale, { maximumFractionDigits: 1, signDisplay: 'exceptZero' });
    return `${points.format(difference * 100)} pt`;
  }
  if (before === 0) return difference === 0 ? percent(0, locale) : 'new';
  const ratio = difference / Math.abs(before);
  const digits = Math.abs(ratio) < 0.1 ? 1 : 0;
  const format = new Intl.NumberFormat(locale, {
    style: 'percent',
    maximumFractionDigits: digits,
    signDisplay: 'exceptZero',
  });
  return format.format(ratio);
}

/** Differences of decimals are rounded to the places that both are shown with, so that no binary dust is seen. */
function signed(difference: number, { format }: Pick<Figure, 'format'>, options: FormatOptions): string {
  const sign = difference > 0 ? '+' : difference < 0 ? '−' : '±';
  return sign + formatFigure(Math.abs(Math.round(difference * 1e6) / 1e6), format, options);
}
