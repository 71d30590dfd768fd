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
  const asked = outcomes.filter((outcome) => outcome !== undefined);
  const answers = asked.flatMap((outcome) => (outcome instanceof GatewayError ? [] : [outcome]));
  const [failure] = asked;
  if (answers.length === 0 && failure instanceof GatewayError) throw failure;
  const days = begunPart(wanted.range, dayIn(wanted.site.timeZone, now));
  const texts = cells.map((cell, index) => textsOf(cell, outcomes[index]));
  const figures: Record<string, FigureResult> = {};
  for (const [index, wanted] of cells.entries()) {
    if (wanted.cell.interval === null) figures[wanted.figure.name] = valueAt(texts[index], 0, wanted);
  }
  return {
    ...figures,
    series: new Map((wanted.series ?? []).map(({ interval }) => [interval, listPoints(days, interval, cells, texts)])),
    quality: qualityOf(wanted, answers, now),
    freshness: joinFreshness(answers),
  };
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
  const { truncated, ...quality } = joinQuality(answers.flatMap(({ value }) => value?.quality ?? []));
  const asOf = Math.min(now, ...answers.flatMap((answer) => answer.asOf ?? []));
  const lastFinal = addDays(dayIn(site.timeZone, asOf), -daysThatChange - 1);
  return { ...quality, complete: !truncated && range.end <= lastFinal };
}
