import type { Codec } from '../../cache/envelope.js';
import type { PartnerFigures } from './loader.js';

/** A summary as JSON, for figures of these names and no others. One with a figure that could not be read is not kept. */
export function partnerCodec(names: Iterable<string>): Codec<PartnerFigures> {
  const expected = [...names].sort().join();
  const fits = (value: unknown): value is PartnerFigures =>
    typeof value === 'object' &&
    value !== null &&
    Object.keys(value).sort().join() === expected &&
    Object.values(value).every(isFigureValue);
  return {
    encode: (value) => (fits(value) ? value : undefined),
    decode: (json) => (fits(json) ? json : undefined),
  };
}

function isFigureValue(value: unknown): boolean {
  if (typeof value === 'number') return Number.isFinite(value);
  return value === null || typeof value === 'string' || typeof value === 'boolean';
}
