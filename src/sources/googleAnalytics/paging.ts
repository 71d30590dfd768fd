import { chunks } from './lists.js';
import { countRows, maxRowsPerPage, type PlannedReport, type PlannerOptions } from './planner.js';

/** What one page of a report brought. */
export interface Page {
  /** How many rows it has. */
  readonly rows: number;
  /** What Google says that the whole table has; with several ranges it counts a key once for all of them. */
  readonly rowCount: number;
  /** Keys that have had a row in this page or an earlier one. */
  readonly seen: ReadonlySet<string>;
}

/**
 * What is still to be asked after a page; empty = the report is complete.
 *
 * A list of keys is complete as soon as it has every row that it can have. A table that is read as a whole goes on, unless
 * the keys that are still missing take fewer reports as a list: a product that nobody visited is in no page at all.
 */
export function planRest(plan: PlannedReport, page: Page, { keysPerReport }: PlannerOptions): PlannedReport[] {
  const next = plan.offset + plan.limit;
  const isCutOff = page.rows >= plan.limit || page.rowCount > next;
  if (!isCutOff) return [];
  if (plan.scan === null) return next < countRows(plan) ? [{ ...plan, offset: next }] : [];
  const missing = plan.keys.filter((key) => !page.seen.has(key));
  const lists = plan.interval === null ? chunks(missing, keysPerReport) : undefined;
  const pagesLeft = Math.max(1, Math.ceil((page.rowCount - next) / plan.limit));
  if (!lists || lists.length > pagesLeft) return [{ ...plan, offset: next }];
  return lists.map((keys) => {
    const list = { ...plan, keys, scan: null, offset: 0 };
    return { ...list, limit: Math.min(maxRowsPerPage, countRows(list)) };
  });
}
