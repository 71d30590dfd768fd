import Big from 'big.js';
import { z } from 'zod';
import { GatewayError } from '../../errors.js';
import { type MetricFigure, metricKind } from '../../figures.js';
import { badResponse } from './failures.js';
import type { ReportPlan } from './planner.js';

const source = 'googleAnalytics';

/** A figure's value, or why it cannot be had. A GraphQL field that resolves to an Error fails alone. */
export type FigureResult = number | string | null | GatewayError;

/** A metric of a product in a range: an exact decimal number; null = it cannot be known; an error = it was no number. */
export type MetricText = string | null | GatewayError;

/** One report's answer, indexed: what Google sent, as text. */
export interface ReportRows {
  /** The metric's text in the row of this key; undefined where there is no such row. */
  text(key: string, metric: string): string | undefined;
  /** Google says that rows or events were left out, so that a missing row does not mean 0. */
  readonly withheld: boolean;
  /** Metrics that our credentials may not see: Google sends zeros for them. */
  readonly restricted: ReadonlySet<string>;
}

const header = z.object({ name: z.string() });
const values = z.array(z.object({ value: z.string() })).default([]);

/** The part of a RunReportResponse that is read; the API leaves out what is empty. */
const reportAnswer = z.object({
  kind: z.literal('analyticsData#runReport'),
  dimensionHeaders: z.array(header).default([]),
  metricHeaders: z.array(header).default([]),
  rows: z.array(z.object({ dimensionValues: values, metricValues: values })).default([]),
  metadata: z
    .object({
      dataLossFromOtherRow: z.boolean().default(false),
      subjectToThresholding: z.boolean().default(false),
      samplingMetadatas: z.array(z.unknown()).default([]),
      dataTruncationReasons: z.array(z.unknown()).default([]),
      schemaRestrictionResponse: z
        .object({ activeMetricRestrictions: z.array(z.object({ metricName: z.string() })).default([]) })
        .prefault({}),
    })
    .prefault({}),
});

type Metadata = z.output<typeof reportAnswer>['metadata'];

/**
 * Indexes a report's rows by the names in its headers, never by position alone.
 * @throws GatewayError SOURCE_BAD_RESPONSE when the answer is not one to this plan.
 */
export function readRows(plan: ReportPlan, answer: unknown): ReportRows {
  const parsed = reportAnswer.safeParse(answer);
  if (!parsed.success) throw badResponse('does not have the form of a report');
  const { rows, metadata } = parsed.data;
  const dimensionAt = columnsOf(parsed.data.dimensionHeaders);
  const metricAt = columnsOf(parsed.data.metricHeaders);
  const keyColumn = dimensionAt.get(plan.dimension);
  const complete = keyColumn !== undefined && plan.metrics.every((metric) => metricAt.has(metric));
  if (!complete && rows.length > 0) throw badResponse('lacks a column that was asked for');
  const rowByKey = new Map(rows.map((row) => [cell(row.dimensionValues, keyColumn), row]));
  if (rowByKey.size < rows.length) throw badResponse('has two rows for one key');
  return {
    text(key, metric) {
      const row = rowByKey.get(key);
      return row && cell(row.metricValues, metricAt.get(metric));
    },
    withheld: isWithheld(metadata),
    restricted: new Set(
      metadata.schemaRestrictionResponse.activeMetricRestrictions.map(({ metricName }) => metricName),
    ),
  };
}

/**
 * Joins the rows of a product's keys into the text of one metric: an exact decimal number, or null where it cannot be known.
 * No row is 0 for a count of which nothing was withheld. What is no number is an error in the place of this value only.
 */
export function readMetric(metric: string, keys: readonly string[], rows: ReportRows): MetricText {
  if (rows.restricted.has(metric)) return null;
  const texts = keys.map((key) => rows.text(key, metric)).filter((text) => text !== undefined);
  if (texts.length < keys.length && (rows.withheld || metricKind(metric) === 'ratio')) return null;
  if (!texts.every((text) => apiNumber.test(text))) return badResponse(`has no valid number for ${metric}`);
  return texts.reduce((total, text) => total.plus(text), new Big(0)).toFixed();
}

/** A metric's text as the figure's own type; what does not fit it is an error of that figure only. */
export function readFigure(text: MetricText, { name, type }: MetricFigure): FigureResult {
  if (typeof text !== 'string' || type === 'Decimal') return text;
  const number = Number(text);
  if (type === 'Float') return Number.isFinite(number) ? number : badResponse(`is beyond every Float for ${name}`);
  const max = type === 'Int' ? 2_147_483_647 : Number.MAX_SAFE_INTEGER;
  const fits = Number.isInteger(number) && Math.abs(number) <= max;
  return fits ? number : badResponse(`has a fraction, or too many digits, for ${name}, which is declared as ${type}`);
}

/** For a product with several keys, whose rows must not be summed. */
export function notAdditive({ name }: MetricFigure, keys: readonly string[]): GatewayError {
  const message = `${name} must not be summed over the ${keys.length} Google keys of this product.`;
  return new GatewayError('NOT_ADDITIVE', message, { source });
}

/** How the API prints numbers: integers, or doubles as protobuf does. */
const apiNumber = /^-?\d+(\.\d+)?([eE][+-]?\d{1,3})?$/;

function columnsOf(headers: readonly { name: string }[]): Map<string, number> {
  return new Map(headers.map(({ name }, index) => [name, index]));
}

function cell(row: readonly { value: string }[], column: number | undefined): string {
  const value = column === undefined ? undefined : row[column]?.value;
  if (value === undefined) throw badResponse('has a row without a value');
  return value;
}

function isWithheld(metadata: Metadata): boolean {
  const { samplingMetadatas, dataTruncationReasons, subjectToThresholding, dataLossFromOtherRow } = metadata;
  const isPart = samplingMetadatas.length > 0 || dataTruncationReasons.length > 0;
  return isPart || subjectToThresholding || dataLossFromOtherRow;
}
