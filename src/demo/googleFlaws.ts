import type { DimensionDefinition } from './googleDimensions.js';
import { invalidArgument } from './googleErrors.js';
import { coreFields } from './googleFields.js';
import { addHit, createTally, type Hit } from './googleHits.js';
import type { MetricDefinition } from './googleMetrics.js';
import { hash } from './random.js';

/** What Google may do to its own numbers. */
export interface ReportFlaws {
  /** Rows of fewer users are withheld. */
  readonly minUsers?: number;
  /** The share of the visits that is read, 0 to 1; the counts are multiplied up, so they are estimates. */
  readonly sampledShare?: number;
  /** Visits are known hours after they began, a few of them only on the second day: the last days still move. */
  readonly isLate?: boolean;
  /** About half of the values of a dimension that has many are folded into `(other)`. */
  readonly otherRow?: boolean;
}

/** What one unit of each currency is worth in euros: the demo's own rates, the same on every day. */
const euros = new Map([
  ['EUR', 1],
  ['USD', 0.9],
  ['JPY', 0.006],
  ['GBP', 1.15],
  ['AUD', 0.6],
  ['BRL', 0.16],
]);

/**
 * The fields as one answer reads them: money in the currency that was asked for, counts of a sample multiplied up, rare
 * values folded where they shall be.
 *
 * @throws GoogleError 400 for a currency that the emulator has no rate for.
 */
export function adaptFields(from: string, to: string, { otherRow, sampledShare = 1 }: ReportFlaws): typeof coreFields {
  const convert = convertCurrency(from, to);
  return {
    dimensions: otherRow ? coreFields.dimensions.map(foldRareValues) : coreFields.dimensions,
    metrics: coreFields.metrics.map((metric) => extrapolate(convert(metric), sampledShare)),
  };
}

function extrapolate(metric: MetricDefinition, share: number): MetricDefinition {
  if (share >= 1 || metric.isRatio) return metric;
  const isWhole = metric.type === 'TYPE_INTEGER' || metric.type === 'TYPE_STANDARD';
  return {
    ...metric,
    read(tally) {
      const estimate = metric.read(tally) / share;
      return isWhole ? Math.round(estimate) : estimate;
    },
  };
}

function convertCurrency(from: string, to: string): (metric: MetricDefinition) => MetricDefinition {
  if (from === to) return (metric) => metric;
  const rate = (euros.get(from) ?? Number.NaN) / (euros.get(to) ?? Number.NaN);
  if (Number.isNaN(rate)) throw invalidArgument(`The emulator has no exchange rate for the currencyCode ${to}.`);
  return (metric) => {
    return metric.type === 'TYPE_CURRENCY' ? { ...metric, read: (tally) => metric.read(tally) * rate } : metric;
  };
}

function foldRareValues(dimension: DimensionDefinition): DimensionDefinition {
  if (!dimension.manyValues) return dimension;
  return {
    ...dimension,
    read(hit) {
      const value = dimension.read(hit);
      return hash(value) % 2 === 0 ? value : '(other)';
    },
  };
}

/** What an answer says of its own flaws; what is not so is left out. */
export interface FlawMetadata {
  readonly dataLossFromOtherRow?: true;
  readonly subjectToThresholding?: true;
  readonly samplingMetadatas?: readonly { readonly samplesReadCount?: string; readonly samplingSpaceSize?: string }[];
}

/** The hits of one range: those that were read, and all that there were to read. */
interface SampledRange {
  hits(): Iterable<Hit>;
  space(): Iterable<Hit>;
}

export function describeFlaws(
  { minUsers = 0, otherRow = false, sampledShare }: ReportFlaws,
  dimensions: readonly DimensionDefinition[],
  ranges: readonly SampledRange[],
): FlawMetadata {
  return {
    ...(otherRow && dimensions.some(({ manyValues }) => manyValues) && { dataLossFromOtherRow: true }),
    ...(minUsers > 0 && { subjectToThresholding: true }),
    ...(sampledShare !== undefined && { samplingMetadatas: ranges.map(describeSample) }),
  };
}

/** As proto3 writes it: a count of 0 is left out. */
function describeSample({ hits, space }: SampledRange) {
  const [read, all] = [countEvents(hits()), countEvents(space())];
  return { ...(read > 0 && { samplesReadCount: String(read) }), ...(all > 0 && { samplingSpaceSize: String(all) }) };
}

function countEvents(hits: Iterable<Hit>): number {
  const tally = createTally();
  for (const hit of hits) addHit(tally, hit);
  return tally.events;
}
