import type { Codec } from '../../cache/envelope.js';
import type { Quality } from './quality.js';
import type { Measure, MetricText } from './rows.js';

const fits = (value: unknown): value is MetricText =>
  value === null || (typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value));

/** Metrics as JSON: their texts are exact already. */
export const measureCodec: Codec<Measure> = {
  encode: ({ texts, quality: { sampledShare, thresholded, otherRow, truncated } }) =>
    texts.every(fits) ? [texts, sampledShare, thresholded, otherRow, truncated] : undefined,
  decode(json) {
    if (!Array.isArray(json) || json.length !== 5) return undefined;
    const [texts, sampledShare, thresholded, otherRow, truncated] = json;
    if (!Array.isArray(texts) || !texts.every(fits)) return undefined;
    const quality = { sampledShare, thresholded, otherRow, truncated };
    return isQuality(quality) ? { texts, quality } : undefined;
  },
};

function isQuality({ sampledShare, ...flags }: Record<keyof Quality, unknown>): boolean {
  const isShare = sampledShare === null || (typeof sampledShare === 'number' && sampledShare >= 0 && sampledShare <= 1);
  return isShare && Object.values(flags).every((flag) => typeof flag === 'boolean');
}
