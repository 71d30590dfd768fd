import { z } from 'zod';

const header = z.object({ name: z.string() });
const values = z.array(z.object({ value: z.string() })).default([]);
/** The API leaves out what is 0. */
const int64 = z.string().regex(/^-?\d{1,19}$/);
const whole = z.union([z.int(), int64.transform(Number)]).default(0);
const count = whole.refine((value) => value >= 0);

const metadata = z.object({
  dataLossFromOtherRow: z.boolean().default(false),
  subjectToThresholding: z.boolean().default(false),
  samplingMetadatas: z.array(z.object({ samplesReadCount: count, samplingSpaceSize: count })).default([]),
  dataTruncationReasons: z.array(z.unknown()).default([]),
  schemaRestrictionResponse: z
    .object({ activeMetricRestrictions: z.array(z.object({ metricName: z.string() })).default([]) })
    .prefault({}),
});

/** The part of a RunReportResponse that is read; the API leaves out what is empty. */
export const reportAnswer = z.object({
  kind: z.literal('analyticsData#runReport'),
  dimensionHeaders: z.array(header).default([]),
  metricHeaders: z.array(header).default([]),
  rows: z.array(z.object({ dimensionValues: values, metricValues: values })).default([]),
  rowCount: z.int().nonnegative().default(0),
  metadata: metadata.prefault({}),
});
export type ReportAnswer = z.output<typeof reportAnswer>;

/** What the property has left; a bucket that says nothing of what remains is empty. */
const status = z.object({ consumed: count, remaining: whole });
const quotaAnswer = z.object({ propertyQuota: z.record(z.string(), status) });

/** What an answer says of one bucket. */
export type BucketStatus = Readonly<z.output<typeof status>>;

/** The quota that came with an answer, by bucket; undefined where there is none that can be read. */
export function readQuota(answer: unknown): Readonly<Record<string, BucketStatus>> | undefined {
  const parsed = quotaAnswer.safeParse(answer);
  return parsed.success ? parsed.data.propertyQuota : undefined;
}
