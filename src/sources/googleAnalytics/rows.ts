import Big from 'big.js';
import type { DateRange } from '../../dateRange.js';
import { GatewayError } from '../../errors.js';
import type { MetricFigure } from '../../figures.js';
import { metricKind } from '../../metricKinds.js';
import { type ReportAnswer, reportAnswer } from './answer.js';
import { badResponse } from './failures.js';
import type { Cell, ReportPlan } from './planner.js';
import { isWithheld, joinQuality, type Quality, readQuality } from './quality.js';
import { intervalDimensions, pointsOf } from './series.js';

const source = 'googleAnalytics';

/** A figure's value, or why it cannot be had. A GraphQL field that resolves to an Error fails alone. */
export type FigureResult = number | string | null | GatewayError;

/** A metric of a product in a range: an exact decimal number; null = it cannot be known; an error = it was no number. */
export type MetricText = string | null | GatewayError;

/** What is kept of a cell: one text, or one for each point of its series, in their order. */
export interface Measure {
  readonly texts: readonly MetricText[];
  readonly quality: Quality;
}

/** A row of a report, found by what it is about. The key is "" where all keys are counted as one, the point where there is no series. */
interface Place {
  readonly range: DateRange;
  readonly key: string;
  readonly point: string;
}

/** One page of a report, or several of them joined. */
export interface ReportRows {
  /** How many rows came, those that are passed over included, and how many Google says that there are. */
  readonly rowsSent: number;
  readonly rowCount: number;
  readonly rows: ReadonlyMap<string, readonly string[]>;
  readonly metrics: readonly string[];
  /** For each range of the plan, in its order. */
  readonly quality: readonly Quality[];
  readonly ranges: readonly DateRange[];
  /** Metrics that our credentials may not see: Google sends zeros for them. */
  readonly restricted: ReadonlySet<string>;
}

/** What Google writes in the place of values that it does not tell: never a product's own key. */
export function isPlaceholder(key: string): boolean {
  return key === '' || key === '(other)' || key === '(not set)' || key === '(data not available)';
}

/** The name of a range in a report: what the column `dateRange` says, where there are several. */
export function nameOfRange({ start, end }: DateRange): string {
  return `r_${start}_${end}`;
}

/**
 * Indexes a report's rows by the names in its headers and ranges, never by position alone.
 * @throws GatewayError SOURCE_BAD_RESPONSE when the answer is not one to this plan.
 */
export function readRows(plan: ReportPlan, answer: unknown): ReportRows {
  const parsed = reportAnswer.safeParse(answer);
  if (!parsed.success) throw badResponse('does not have the form of a report');
  const { metadata, rowCount } = parsed.data;
  const rowsSent = parsed.data.rows.length;
  // With several ranges rowCount counts a key once for all of them, so there may be more rows than it says.
  if (rowsSent < Math.min(plan.limit, rowCount - plan.offset)) throw badResponse('has fewer rows than it says');
  return {
    rowsSent,
    rowCount,
    rows: indexRows(plan, parsed.data),
    metrics: plan.metrics,
    ranges: plan.ranges,
    quality: plan.ranges.map((_, index) => readQuality(metadata, index, plan.ranges.length)),
    restricted: new Set(
      metadata.schemaRestrictionResponse.activeMetricRestrictions.map(({ metricName }) => metricName),
    ),
  };
}

/** Pages of the same report as one; where two have the same row, because the table moved in between, the later one holds. */
export function joinPages(pages: readonly ReportRows[]): ReportRows {
  const [first, ...more] = pages;
  if (!first) throw new Error('A report has no page.');
  if (more.length === 0) return first;
  return {
    ...first,
    rows: new Map(pages.flatMap(({ rows }) => [...rows])),
    restricted: new Set(pages.flatMap(({ restricted }) => [...restricted])),
    quality: first.quality.map((_, index) => joinQuality(pages.flatMap(({ quality }) => quality[index] ?? []))),
  };
}

/** Keys that have a row in every range. */
export function seenKeys({ keys, ranges }: ReportPlan, { rows }: ReportRows): Set<string> {
  const isSeen = (key: string) => ranges.every((range) => rows.has(nameOfPlace({ range, key, point: '' })));
  return new Set(keys.filter(isSeen));
}

/**
 * Joins the rows of a cell's keys into the text of its metric, or of each point of its series: exact decimal numbers, or null
 * where it cannot be known. No row is 0 for a count of which nothing was withheld. What is no number is an error in the place
 * of this value only.
 */
export function readCell(cell: Cell, plan: Pick<ReportPlan, 'byKey'>, rows: ReportRows): Measure {
  const { range, interval, metric } = cell;
  const at = rows.ranges.findIndex(({ start, end }) => start === range.start && end === range.end);
  const quality = rows.quality[at];
  if (!quality) throw new Error('A report was read for a range that it does not have.');
  const column = rows.metrics.indexOf(metric);
  const keys = plan.byKey ? cell.keys : [''];
  const points = interval ? pointsOf(range, interval).map(({ name }) => name) : [''];
  const read = (point: string) => {
    const texts = keys.map((key) => rows.rows.get(nameOfPlace({ range, key, point }))?.[column]);
    return joinTexts(metric, texts, isWithheld(quality));
  };
  return { texts: rows.restricted.has(metric) ? points.map(() => null) : points.map(read), quality };
}

function joinTexts(metric: string, rows: readonly (string | undefined)[], withheld: boolean): MetricText {
  const [only] = rows;
  if (rows.length === 1 && only !== undefined && plainNumber.test(only)) return only;
  const texts = rows.filter((text) => text !== undefined);
  if (texts.length < rows.length && (withheld || metricKind(metric) === 'ratio')) return null;
  if (!texts.every((text) => apiNumber.test(text))) return badResponse(`has no valid number for ${metric}`);
  return texts.reduce((total, text) => total.plus(text), new Big(0)).toFixed();
}

/** What an exact sum of one text would say again. */
const plainNumber = /^(0|-?[1-9]\d*)$/;

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

function indexRows(plan: ReportPlan, { rows, dimensionHeaders, metricHeaders }: ReportAnswer) {
  const dimensionAt = columnsOf(dimensionHeaders);
  const metricAt = columnsOf(metricHeaders);
  const columns = columnsOfPlan(plan);
  const complete =
    Object.values(columns).every((name) => name === null || dimensionAt.has(name)) &&
    plan.metrics.every((metric) => metricAt.has(metric));
  if (!complete && rows.length > 0) throw badResponse('lacks a column that was asked for');
  const rangeByName = new Map(plan.ranges.map((range) => [nameOfRange(range), range]));
  const index = new Map<string, readonly string[]>();
  for (const { dimensionValues, metricValues } of rows) {
    const read = (column: string | null) => (column === null ? '' : cell(dimensionValues, dimensionAt.get(column)));
    const key = read(columns.key);
    if (columns.key !== null && isPlaceholder(key)) continue;
    const range = columns.range === null ? plan.ranges[0] : rangeByName.get(read(columns.range));
    if (!range) throw badResponse('has a row for a range that was not asked for');
    const place = nameOfPlace({ range, key, point: read(columns.point) });
    if (index.has(place)) throw badResponse('has two rows for one key');
    index.set(
      place,
      plan.metrics.map((metric) => cell(metricValues, metricAt.get(metric))),
    );
  }
  return index;
}

/** The columns that tell rows apart; null = there is none. */
function columnsOfPlan({ byKey, dimension, interval, ranges }: ReportPlan) {
  return {
    key: byKey ? dimension : null,
    point: interval && intervalDimensions[interval],
    range: ranges.length > 1 ? 'dateRange' : null,
  };
}

function nameOfPlace({ range, key, point }: Place): string {
  return `${range.start} ${range.end} ${point} ${key}`;
}

function columnsOf(headers: readonly { name: string }[]): Map<string, number> {
  return new Map(headers.map(({ name }, index) => [name, index]));
}

function cell(row: readonly { value: string }[], column: number | undefined): string {
  const value = column === undefined ? undefined : row[column]?.value;
  if (value === undefined) throw badResponse('has a row without a value');
  return value;
}
