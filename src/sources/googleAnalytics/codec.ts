import type { Codec } from '../../cache/envelope.js';
import type { MetricText } from './rows.js';

const fits = (value: unknown): value is MetricText =>
  value === null || (typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value));

/** A metric as JSON: its text is exact already. */
export const metricTextCodec: Codec<MetricText> = {
  encode: (value) => (fits(value) ? value : undefined),
  decode: (json) => (fits(json) ? json : undefined),
};
