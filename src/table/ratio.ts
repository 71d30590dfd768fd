import { Big } from 'big.js';
import type { FigureValue } from './column.js';

/** Enough places for every digit of a double, however small the quotient. */
const Exact = Big();
Exact.DP = 60;

/** Divides one figure by another; null when one of them is unknown, or the divisor is 0. */
export function divide(of: FigureValue, per: FigureValue): number | null {
  if (of === null || per === null) return null;
  const divisor = new Exact(String(per));
  return divisor.eq(0) ? null : new Exact(String(of)).div(divisor).toNumber();
}
