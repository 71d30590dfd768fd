import type { ReportAnswer } from './answer.js';

/** What Google said about its own numbers. */
export interface Quality {
  /** The share of events that were read, 0 to 1; null = all of them. */
  readonly sampledShare: number | null;
  /** Rows were withheld because they could tell who somebody is. */
  readonly thresholded: boolean;
  /** Rows were folded into `(other)`. */
  readonly otherRow: boolean;
  /** Rows were left out for another reason. */
  readonly truncated: boolean;
}

/** What holds for figures that came with several of these. */
export function joinQuality(parts: readonly Quality[]): Quality {
  const [first, ...others] = parts;
  if (first && others.every((other) => other === first)) return first;
  const shares = parts.map(({ sampledShare }) => sampledShare).filter((share) => share !== null);
  return {
    sampledShare: shares.length > 0 ? Math.min(...shares) : null,
    thresholded: parts.some(({ thresholded }) => thresholded),
    otherRow: parts.some(({ otherRow }) => otherRow),
    truncated: parts.some(({ truncated }) => truncated),
  };
}

/** There is one statement on sampling for each range; where there is not, the worst holds for all. */
export function readQuality(metadata: ReportAnswer['metadata'], range: number, ranges: number): Quality {
  const { samplingMetadatas, dataTruncationReasons, subjectToThresholding, dataLossFromOtherRow } = metadata;
  const own = samplingMetadatas.length === ranges ? samplingMetadatas.slice(range, range + 1) : samplingMetadatas;
  const shares = own.map((sample) => sample.samplesReadCount / Math.max(1, sample.samplingSpaceSize));
  const share = Math.min(1, ...shares);
  return {
    sampledShare: share < 1 ? share : null,
    thresholded: subjectToThresholding,
    otherRow: dataLossFromOtherRow,
    truncated: dataTruncationReasons.length > 0,
  };
}

/** Whether a missing row may have been left out, so that it does not mean 0. */
export function isWithheld({ sampledShare, thresholded, otherRow, truncated }: Quality): boolean {
  return sampledShare !== null || thresholded || otherRow || truncated;
}
