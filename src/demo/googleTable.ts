import { formatDouble } from './doubles.js';
import { addHit, createTally, type Hit, type Tally } from './googleHits.js';
import type { OrderBy } from './googleMessages.js';
import type { MetricType } from './googleMetrics.js';
import { compareRows } from './googleOrder.js';

/** A report whose every name is known and every date resolved. */
export interface TablePlan {
  readonly dimensions: readonly { readonly apiName: string; read(hit: Hit): string }[];
  readonly metrics: readonly { readonly apiName: string; readonly type: MetricType; read(tally: Tally): number }[];
  readonly ranges: readonly TableRange[];
  keepsHit(hit: Hit): boolean;
  keepsRow(tally: Tally): boolean;
  readonly keepEmptyRows: boolean;
  readonly aggregations: readonly string[];
  readonly orderBys: readonly OrderBy[];
  readonly limit: number;
  readonly offset: number;
}

export interface TableRange {
  readonly name: string;
  /** Those of a visit one after the other; may be asked for again. */
  hits(): Iterable<Hit>;
}

export interface TableRow {
  readonly values: readonly string[];
  readonly range: TableRange;
  readonly numbers: readonly number[];
  /** Filled in, because another range has the combination. */
  readonly empty: boolean;
}

/** One row of an answer. */
interface RowMessage {
  readonly dimensionValues?: readonly { readonly value: string }[];
  readonly metricValues?: readonly { readonly value: string }[];
}

/** As proto3 writes it: what is empty or zero is left out. */
export interface TableMessage {
  readonly dimensionHeaders?: readonly { readonly name: string }[];
  readonly metricHeaders?: readonly { readonly name: string; readonly type: MetricType }[];
  readonly rows?: readonly RowMessage[];
  readonly totals?: readonly RowMessage[];
  readonly maximums?: readonly RowMessage[];
  readonly minimums?: readonly RowMessage[];
  readonly rowCount?: number;
}

/**
 * Counts the plan's hits into the rows of a report.
 *
 * Several ranges add a last column `dateRange`, and rowCount then counts combinations of dimension values, not rows.
 * Limit and offset cut rows; the aggregations cover all of them.
 */
export function createTable(plan: TablePlan): TableMessage {
  const rows = listRows(plan).sort(compareRows(plan));
  const rowCount = new Set(rows.map(({ values }) => keyOf(values))).size;
  const page = rows.slice(plan.offset, plan.offset + plan.limit).map(({ values, range, numbers }) => {
    return writeRow(plan, values, range, numbers);
  });
  return {
    ...writeHeaders(plan),
    ...(page.length > 0 && { rows: page }),
    ...aggregate(plan, rows),
    ...(rowCount > 0 && { rowCount }),
  };
}

interface Group {
  readonly values: readonly string[];
  readonly tally: Tally;
}

const keyOf = (values: readonly string[]) => values.join('\n');

function listRows(plan: TablePlan): TableRow[] {
  const groupsOf = new Map(plan.ranges.map((range) => [range, groupHits(plan, range)]));
  const combinations = new Map([...groupsOf.values()].flatMap((groups) => [...groups]));
  const rows: TableRow[] = [];
  for (const [range, groups] of groupsOf) {
    for (const [key, { values }] of plan.keepEmptyRows ? combinations : groups) {
      const tally = groups.get(key)?.tally ?? createTally();
      const numbers = plan.metrics.map((metric) => metric.read(tally));
      const isShown = plan.keepEmptyRows || numbers.length === 0 || numbers.some((number) => number !== 0);
      if (isShown && plan.keepsRow(tally)) rows.push({ values, range, numbers, empty: !groups.has(key) });
    }
  }
  return rows;
}

function groupHits(plan: TablePlan, range: TableRange): Map<string, Group> {
  const groups = new Map<string, Group>();
  for (const hit of range.hits()) {
    if (!plan.keepsHit(hit)) continue;
    const values = plan.dimensions.map((dimension) => dimension.read(hit));
    const key = keyOf(values);
    let group = groups.get(key);
    if (!group) {
      group = { values, tally: createTally() };
      groups.set(key, group);
    }
    addHit(group.tally, hit);
  }
  return groups;
}

function aggregate(plan: TablePlan, rows: readonly TableRow[]) {
  const message: { totals?: RowMessage[]; maximums?: RowMessage[]; minimums?: RowMessage[] } = {};
  if (rows.length === 0 || plan.metrics.length === 0) return message;
  const reserve = (name: string, numbersOf: (range: TableRange) => readonly number[]) =>
    plan.ranges.map((range) => {
      const values = plan.dimensions.map(() => name);
      return writeRow(plan, values, range, numbersOf(range));
    });
  const extreme = (pick: (...numbers: number[]) => number) => (range: TableRange) => {
    // Rows that were only filled in are no minimum.
    const own = rows.filter((row) => row.range === range && !row.empty);
    return plan.metrics.map((_, column) =>
      own.length > 0 ? own.map(numberAt(column)).reduce((a, b) => pick(a, b)) : 0,
    );
  };
  if (plan.aggregations.includes('TOTAL'))
    message.totals = reserve('RESERVED_TOTAL', (range) => total(plan, range, rows));
  if (plan.aggregations.includes('MAXIMUM')) message.maximums = reserve('RESERVED_MAX', extreme(Math.max));
  if (plan.aggregations.includes('MINIMUM')) message.minimums = reserve('RESERVED_MIN', extreme(Math.min));
  return message;
}

const numberAt =
  (column: number) =>
  ({ numbers }: TableRow) =>
    numbers[column] ?? 0;

/** Counted anew over all rows of the range: users and sessions of several rows are not their sum. */
function total(plan: TablePlan, range: TableRange, rows: readonly TableRow[]): number[] {
  const kept = new Set(rows.filter((row) => row.range === range).map(({ values }) => keyOf(values)));
  const tally = createTally();
  for (const hit of range.hits()) {
    const isKept = plan.keepsHit(hit) && kept.has(keyOf(plan.dimensions.map((dimension) => dimension.read(hit))));
    if (isKept) addHit(tally, hit);
  }
  return plan.metrics.map((metric) => metric.read(tally));
}

function writeHeaders({ dimensions, metrics, ranges }: TablePlan) {
  const names = [...dimensions.map(({ apiName }) => apiName), ...(ranges.length > 1 ? ['dateRange'] : [])];
  return {
    ...(names.length > 0 && { dimensionHeaders: names.map((name) => ({ name })) }),
    ...(metrics.length > 0 && { metricHeaders: metrics.map(({ apiName, type }) => ({ name: apiName, type })) }),
  };
}

function writeRow(
  { ranges }: TablePlan,
  values: readonly string[],
  range: TableRange,
  numbers: readonly number[],
): RowMessage {
  const texts = ranges.length > 1 ? [...values, range.name] : values;
  return {
    ...(texts.length > 0 && { dimensionValues: texts.map((value) => ({ value })) }),
    ...(numbers.length > 0 && { metricValues: numbers.map((number) => ({ value: formatDouble(number) })) }),
  };
}
