import type { Answer } from '../../cache/answer.js';
import { addDays, type DateRange, dayIn } from '../../dateRange.js';
import { GatewayError } from '../../errors.js';
import { type Freshness, joinFreshness } from '../../freshness.js';
import { begunPart, type WantedCell, type WantedFigures } from './cells.js';
import { joinQuality, type Quality } from './quality.js';
import { type FigureResult, type Measure, notAdditive, readFigure } from './rows.js';
import { type Interval, pointsOf } from './series.js';

/** What Google said about its own numbers; answers the schema's type of this name. */
export interface DataQuality extends Pick<Quality, 'sampledShare' | 'thresholded' | 'otherRow'> {
  /** No day of the range may change any more. */
  readonly complete: boolean;
}

/** The figures of one interval, by field name. */
export interface GoogleAnalyticsPoint {
  readonly [figure: string]: FigureResult;
  /** Its first day in the range. */
  readonly date: string;
}

export type SeriesByInterval = ReadonlyMap<Interval, readonly GoogleAnalyticsPoint[]>;

/** The selected figures by field name; one that could not be read is an error in its place. */
export interface GoogleAnalyticsSummary {
  readonly [figure: string]: FigureResult | SeriesByInterval | DataQuality | Freshness;
  /** Those that were asked for. */
  readonly series: SeriesByInterval;
  readonly quality: DataQuality;
  readonly freshness: Freshness;
}

/** What became of a cell; undefined = it was not asked, because it would take too many reports. */
export type Outcome = Answer<Measure> | GatewayError | undefined;

/**
 * Puts the outcomes of the cells, in their order, into the summary that was wanted.
 * @throws GatewayError when every cell that was asked failed: then there is nothing to show.
 */
export function summarize(
  wanted: WantedFigures,
  cells: readonly WantedCell[],
  outcomes: readonly Outcome[],
  now: number,
): GoogleAnalyticsSummary {
  const answers: Answer<Measure>[] = [];
  let failure: GatewayError | undefined;
  for (const outcome of outcomes) {
    if (outcome instanceof GatewayError) failure ??= outcome;
    else if (outcome !== undefined) answers.push(outcome);
  }
  if (answers.length === 0 && failure) throw failure;
  const texts = cells.map((cell, index) => textsOf(cell, outcomes[index]));
  const summary: Record<string, GoogleAnalyticsSummary[string]> = {};
  for (const [index, wanted] of cells.entries()) {
    if (wanted.cell.interval === null) summary[wanted.figure.name] = valueAt(texts[index], 0, wanted);
  }
  return Object.assign(summary, {
    series: seriesOf(wanted, cells, texts, now),
    quality: qualityOf(wanted, answers, now),
    freshness: joinFreshness(answers),
  });
}

const noSeries: SeriesByInterval = new Map();

function seriesOf(
  { range, site, series = [] }: WantedFigures,
  cells: readonly WantedCell[],
  texts: readonly Texts[],
  now: number,
): SeriesByInterval {
  if (series.length === 0) return noSeries;
  const days = begunPart(range, dayIn(site.timeZone, now));
  return new Map(series.map(({ interval }) => [interval, listPoints(days, interval, cells, texts)]));
}

type Texts = Measure['texts'] | GatewayError;

function textsOf({ figure, cell }: WantedCell, outcome: Outcome): Texts {
  if (outcome === undefined) return notAdditive(figure, cell.keys);
  return outcome instanceof GatewayError ? outcome : (outcome.value?.texts ?? []);
}

function valueAt(texts: Texts | undefined, index: number, wanted: WantedCell | undefined): FigureResult {
  if (texts instanceof GatewayError || !wanted) return texts instanceof GatewayError ? texts : null;
  return readFigure(texts?.[index] ?? null, wanted.figure);
}

function listPoints(
  range: DateRange,
  interval: Interval,
  cells: readonly WantedCell[],
  texts: readonly Texts[],
): GoogleAnalyticsPoint[] {
  const columns = cells.flatMap((wanted, index) =>
    wanted.cell.interval === interval ? [{ wanted, texts: texts[index] }] : [],
  );
  return pointsOf(range, interval).map(({ date }, index) => ({
    ...Object.fromEntries(
      columns.map(({ wanted, texts: column }) => [wanted.figure.name, valueAt(column, index, wanted)]),
    ),
    date,
  }));
}

/** Google goes on counting for a day or two after a day has ended. */
const daysThatChange = 2;

function qualityOf({ site, range }: WantedFigures, answers: readonly Answer<Measure>[], now: number): DataQuality {
  const parts: Quality[] = [];
  let oldest = now;
  for (const { value, asOf } of answers) {
    if (value) parts.push(value.quality);
    if (asOf !== null && asOf < oldest) oldest = asOf;
  }
  const { truncated, sampledShare, thresholded, otherRow } = joinQuality(parts);
  const lastFinal = addDays(dayIn(site.timeZone, oldest), -daysThatChange - 1);
  return { sampledShare, thresholded, otherRow, complete: !truncated && range.end <= lastFinal };
}
