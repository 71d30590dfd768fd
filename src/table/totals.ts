import { Big } from 'big.js';
import type { FigureType } from '../figureMappings.js';
import type { FigureValue } from './column.js';

/** A figure that may be added up. */
export interface AdditiveFigure {
  readonly name: string;
  readonly type: FigureType;
}

export interface Sums {
  /** By field name; of an exact decimal a text. null = nothing was added, or it must not be. */
  readonly [figure: string]: FigureValue;
}

/** Adds up figures of many products without rounding: sums of decimals keep the most places that one of them has. */
export function sumFigures(
  figures: readonly AdditiveFigure[],
  rows: readonly Readonly<Record<string, FigureValue>>[],
): Sums {
  return Object.fromEntries(figures.map((figure) => [figure.name, rows.length === 0 ? null : sumOf(figure, rows)]));
}

function sumOf({ name, type }: AdditiveFigure, rows: readonly Readonly<Record<string, FigureValue>>[]): FigureValue {
  let sum = new Big(0);
  let places = 0;
  for (const row of rows) {
    const text = String(row[name]);
    sum = sum.plus(text);
    places = Math.max(places, text.split('.')[1]?.length ?? 0);
  }
  return type === 'Decimal' ? sum.toFixed(places) : sum.toNumber();
}

/** The currency of all rows; null when they differ, or one has none. */
export function commonCurrency(currencies: readonly (string | null)[]): string | null {
  const [first = null] = currencies;
  return currencies.every((currency) => currency === first) ? first : null;
}
