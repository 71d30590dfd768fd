import type { Fetched } from '../../cache/fetching.js';
import type { Job } from '../../cache/flight.js';
import type { Signal } from '../../cancellation.js';
import type { Clock } from '../../clock.js';
import { dayIn } from '../../dateRange.js';
import { GatewayError } from '../../errors.js';
import type { Policy } from '../../scheduler/policy.js';
import type { Report } from '../../telemetry.js';
import type { GoogleAnalyticsClient } from './client.js';
import { createGuilt } from './guilt.js';
import type { Ledgers } from './ledgers.js';
import { lifetimeOf } from './lifetime.js';
import { chunks, groupBy } from './lists.js';
import { planRest } from './paging.js';
import { type Cell, type PlannedReport, type PlannerOptions, planReports, reportsPerCall } from './planner.js';
import { joinPages, type Measure, type ReportRows, readCell, readRows, seenKeys } from './rows.js';

export interface ReporterOptions extends PlannerOptions {
  client: Pick<GoogleAnalyticsClient, 'runReports'>;
  /** What every call goes through. */
  schedule: Policy;
  ledgers: Ledgers;
  clock: Clock;
  report: Report;
}

export type Settle = (cell: Cell, result: Fetched<Measure> | GatewayError) => void;

export interface Reporter {
  /** Asks the fewest reports for these cells of one property, several wishes at once, and settles each cell. */
  ask(wishes: readonly (readonly Cell[])[], job: Job, settle: Settle): Promise<void>;
}

/** A report on its way, with the pages that have come. */
interface Running {
  readonly plan: PlannedReport;
  readonly pages: ReportRows[];
  /** Pages, or lists of keys, that are still to come. */
  left: number;
}

interface Question {
  readonly plan: PlannedReport;
  readonly of: Running;
}

/** One plan being carried out. */
interface Errand {
  readonly job: Job;
  readonly settle: Settle;
  /** Whose wish each cell is. */
  readonly wishOf: ReadonlyMap<Cell, number>;
}

/** So much longer is a figure kept while little of the quota is left. */
const lowFactor = 4;

/** Carries out plans: five reports to a call, pages until a report is complete, and a batch that one report spoilt taken apart. */
export function createReporter(options: ReporterOptions): Reporter {
  const { client, schedule, ledgers, clock, report } = options;
  const guilt = createGuilt(clock);

  function call(questions: readonly Question[], job: Job): Promise<readonly unknown[]> {
    const [first] = questions;
    const isBackground = () => job.background && !job.promoted.aborted;
    return ledgers.run(first?.plan.property ?? '', {
      job,
      isBackground,
      ask(check) {
        const run = (signal: Signal) => {
          check();
          return client.runReports(
            questions.map(({ plan }) => plan),
            signal,
          );
        };
        return schedule({ ...job, run }, job.signal);
      },
    });
  }

  function fail(cells: readonly Cell[], error: unknown, { settle }: Errand): void {
    if (!(error instanceof GatewayError)) throw error;
    for (const cell of cells) settle(cell, error);
  }

  function finish({ plan, pages }: Running, { settle }: Errand): void {
    const rows = joinPages(pages);
    const asOf = clock.now();
    const isLow = ledgers.isLow(plan.property);
    for (const cell of plan.cells) {
      const value = readCell(cell, plan, rows);
      const { freshMs, staleMs } = lifetimeOf(cell.range, dayIn(cell.timeZone, asOf));
      const isWhole = !value.texts.some((text) => text instanceof GatewayError);
      settle(cell, { value, asOf, freshMs: isLow ? freshMs * lowFactor : freshMs, staleMs, isWhole });
    }
  }

  /** Reads one page, and answers with what is still to be asked. */
  function take({ plan, of }: Question, answer: unknown, errand: Errand): Question[] {
    try {
      const page = readRows(plan, answer);
      of.pages.push(page);
      const seen = seenKeys(of.plan, joinPages(of.pages));
      const rest = planRest(plan, { rows: page.rowsSent, rowCount: page.rowCount, seen }, options);
      of.left += rest.length - 1;
      if (of.left === 0) finish(of, errand);
      return rest.map((next) => ({ plan: next, of }));
    } catch (error) {
      fail(of.plan.cells, error, errand);
      return [];
    }
  }

  /** Asks for pages until all reports are complete. */
  async function complete(questions: readonly Question[], errand: Errand): Promise<void> {
    const rest = await Promise.all(chunks(questions, reportsPerCall).map((batch) => askBatch(batch, errand)));
    if (rest.flat().length > 0) await complete(rest.flat(), errand);
  }

  async function askBatch(batch: readonly Question[], errand: Errand): Promise<Question[]> {
    try {
      const answers = await call(batch, errand.job);
      return batch.flatMap((question, index) => take(question, answers[index], errand));
    } catch (error) {
      if (isInvalid(error)) return takeApart(batch, error, errand);
      for (const { of } of batch) fail(of.plan.cells, error, errand);
      return [];
    }
  }

  /** One wrong report spoils its batch, and one wrong metric its report: the innocent are asked again by themselves. */
  async function takeApart(batch: readonly Question[], error: GatewayError, errand: Errand): Promise<Question[]> {
    const alone =
      batch.length > 1 ? batch : batch.flatMap(({ plan }) => withoutGuilty(plan, namedIn(plan, error), error, errand));
    return (await Promise.all(alone.map((question) => askBatch([question], errand)))).flat();
  }

  /** What is left of a report that Google called wrong: the metrics that it did not name, or each wish's own part. */
  function withoutGuilty(
    plan: PlannedReport,
    named: readonly string[],
    error: GatewayError,
    errand: Errand,
  ): Question[] {
    const parts = named.length > 0 ? [] : byWish(plan, errand);
    if (parts.length > 1) return begin(parts, errand);
    const guilty = new Set(named.length > 0 ? named : plan.metrics);
    const refusal = refusalOf([...guilty], error);
    guilt.add(plan, [...guilty], named.length > 0, refusal);
    fail(
      plan.cells.filter(({ metric }) => guilty.has(metric)),
      refusal,
      errand,
    );
    const innocent = plan.cells.filter(({ metric }) => !guilty.has(metric));
    return begin(planReports(innocent, options), errand);
  }

  /** The reports that are worth asking; what is known to be wrong is not. */
  function begin(plans: readonly PlannedReport[], errand: Errand): Question[] {
    return plans.flatMap((plan) => {
      const wrong = plan.metrics.filter((metric) => guilt.ofMetric(plan, metric));
      const known = guilt.ofMetrics(plan, plan.metrics) ?? guilt.ofMetric(plan, wrong[0] ?? '');
      return known ? withoutGuilty(plan, wrong, known, errand) : [{ plan, of: { plan, pages: [], left: 1 } }];
    });
  }

  /** The same report for each of those who wanted a part of it. */
  function byWish(plan: PlannedReport, { wishOf }: Errand): PlannedReport[] {
    const parts = [...groupBy(plan.cells, (cell) => String(wishOf.get(cell))).values()];
    return parts.length > 1 ? parts.flatMap((cells) => planReports(cells, options)) : [plan];
  }

  return {
    async ask(wishes, job, settle) {
      const wishOf = new Map<Cell, number>();
      for (const [wish, cells] of wishes.entries()) for (const cell of cells) wishOf.set(cell, wish);
      const errand = { job, settle, wishOf };
      const questions = begin(planReports(wishes.flat(), options), errand);
      const { requestId } = job;
      if (questions.length > 0) {
        report({ type: 'reports.planned', source: 'googleAnalytics', requestId, reports: questions.length });
      }
      await complete(questions, errand);
    },
  };
}

function namedIn({ metrics }: PlannedReport, { options: { invalid } }: GatewayError): string[] {
  return metrics.filter((metric) => invalid?.includes(metric));
}

/** Names only metrics of our own schema, never anything that Google wrote. */
function refusalOf(metrics: readonly string[], { code, options }: GatewayError): GatewayError {
  return new GatewayError(code, `Google Analytics refused ${metrics.join(', ')} (400).`, options);
}

function isInvalid(error: unknown): error is GatewayError {
  return error instanceof GatewayError && error.options.invalid !== undefined;
}
