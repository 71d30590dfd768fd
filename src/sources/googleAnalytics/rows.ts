import Big from 'big.js';
import { GatewayError } from '../../errors.js';
import { type MetricFigure, metricKind } from '../../figures.js';
import { badResponse } from './failures.js';
import type { ReportPlan } from './planner.js';

const source = 'googleAnalytics';

/** A figure's value, or why it cannot be had. A GraphQL field that resolves to an Error fails alone. */
export type FigureResult = number | string | null | GatewayError;

/** One report's answer, indexed: what Google sent, as text. */
export interface ReportRows {
  /** The metric's text in the row of this key; undefined where there is no such row. */
  text(key: string, metric: string): string | undefined;
  /** Google says that rows or events were left out, so that a missing row does not mean 0. */
  readonly withheld: boolean;
}

interface Row {
  dimensionValues?: readonly { value?: string | null }[] | null;
  metricValues?: readonly { value?: string | null }[] | null;
}

/** The part of a RunReportResponse that is read; the API leaves out what is empty. */
export interface ReportAnswer {
  kind?: string | null;
  dimensionHeaders?: readonly { name?: string | null }[] | null;
  metricHeaders?: readonly { name?: string | null }[] | null;
  rows?: readonly Row[] | null;
  metadata?: {
    dataLossFromOtherRow?: boolean | null;
    subjectToThresholding?: boolean | null;
    samplingMetadatas?: readonly unknown[] | null;
  } | null;
}

/**
 * Indexes a report's rows by the names in its headers, never by position alone.
 * @throws GatewayError SOURCE_BAD_RESPONSE when the answer is not one to this plan.
 */
export function readRows(plan: ReportPlan, answer: ReportAnswer): ReportRows {
  if (answer.kind !== 'analyticsData#runReport') throw badResponse('is no report');
  const rows = answer.rows ?? [];
  const dimensionAt = columnsOf(answer.dimensionHeaders);
  const metricAt = columnsOf(answer.metricHeaders);
  const keyColumn = dimensionAt.get(plan.dimension);
  const complete = keyColumn !== undefined && plan.metrics.every((metric) => metricAt.has(metric));
  if (!complete && rows.length > 0) throw badResponse('lacks a column that was asked for');
  const rowByKey = new Map(rows.map((row) => [cell(row.dimensionValues, keyColumn), row]));
  return {
    text(key, metric) {
      const row = rowByKey.get(key);
      return row && cell(row.metricValues, metricAt.get(metric));
    },
    withheld: isWithheld(answer.metadata),
  };
}

/**
 * Joins the rows of a product's keys into the text of one metric: an exact decimal number, or null where it cannot be known.
 * No row is 0 for a count of which nothing was withheld.
 * @throws GatewayError SOURCE_BAD_RESPONSE for what is no number.
 */
export function readMetric(metric: string, keys: readonly string[], rows: ReportRows): string | null {
  const texts = keys.map((key) => rows.text(key, metric)).filter((text) => text !== undefined);
  if (texts.length < keys.length && (rows.withheld || metricKind(metric) === 'ratio')) return null;
  if (!texts.every((text) => apiNumber.test(text))) throw badResponse(`has no valid number for ${metric}`);
  return texts.reduce((total, text) => total.plus(text), new Big(0)).toFixed();
}

/** A metric's text as the figure's own type; what does not fit it is an error of that figure only. */
export function readFigure(text: string | null, { name, type }: MetricFigure): FigureResult {
  if (text === null || type === 'Decimal') return text;
  const number = Number(text);
  if (type === 'Float' || Number.isSafeInteger(number)) return number;
  return badResponse(`has a fraction, or more than 53 bits, for ${name}, which is declared as a whole number`);
}

/** For a product with several keys, whose rows must not be summed. */
export function notAdditive({ name }: MetricFigure, keys: readonly string[]): GatewayError {
  const message = `${name} must not be summed over the ${keys.length} Google keys of this product.`;
  return new GatewayError('NOT_ADDITIVE', message, { source });
}

/** How the API prints numbers: integers, or doubles as protobuf does. */
const apiNumber = /^-?\d+(\.\d+)?([eE][+-]?\d{1,3})?$/;

function columnsOf(headers: readonly { name?: string | null }[] | null | undefined): Map<string, number> {
  return new Map((headers ?? []).map(({ name }, index) => [name ?? '', index]));
}

function cell(values: Row['dimensionValues'], column: number | undefined): string {
  const value = column === undefined ? undefined : values?.[column]?.value;
  if (typeof value !== 'string') throw badResponse('has a row without a value');
  return value;
}

function isWithheld(metadata: ReportAnswer['metadata']): boolean {
  const sampled = (metadata?.samplingMetadatas?.length ?? 0) > 0;
  return sampled || metadata?.subjectToThresholding === true || metadata?.dataLossFromOtherRow === true;
}
