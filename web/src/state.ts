import { figureById, figures } from './figures.js';
import type { Interval, OrderDirection } from './generated/graphql.js';
import { type Comparison, comparisons, presets, type Range } from './ranges.js';

export type Operator = 'gte' | 'gt' | 'lte' | 'lt' | 'eq';

/** One condition on a figure; all of a list must hold. */
export interface Condition {
  /** Id of the figure. */
  readonly figure: string;
  readonly operator: Operator;
  /** A decimal number as it was typed. */
  readonly value: string;
}

/** Everything that the page shows, and all of it stands in the URL: back, bookmark and share work by themselves. */
export interface State {
  readonly view: 'stats' | 'sources';
  /** null = the first one that the viewer may see. */
  readonly site: string | null;
  readonly range: Range;
  readonly compare: Comparison;
  /** `name`, or the id of a figure. */
  readonly sort: string;
  readonly direction: OrderDirection;
  readonly search: string;
  readonly filter: readonly Condition[];
  /** From 1. */
  readonly page: number;
  readonly size: number;
  /** Name of the charted field. */
  readonly chart: string;
  /** null = what suits the range. */
  readonly interval: Interval | null;
  /** Ids of figures, in the order of the figures' list. */
  readonly columns: readonly string[];
}

export const pageSizes = [10, 25, 50, 100] as const;
export const chartedFields = ['sessions', 'activeUsers', 'pageViews'] as const;
export const usualColumns: readonly string[] = figures.filter(({ isUsual }) => isUsual).map(({ id }) => id);

export const defaultState: State = {
  view: 'stats',
  site: null,
  range: 'LAST_28_DAYS',
  compare: 'NONE',
  sort: 'googleAnalytics.pageViews',
  direction: 'DESC',
  search: '',
  filter: [],
  page: 1,
  size: 25,
  chart: 'sessions',
  interval: null,
  columns: usualColumns,
};

export const operators: Record<Operator, string> = { gte: '≥', gt: '>', lte: '≤', lt: '<', eq: '=' };

/** Reads what a URL says; what it does not say, or says wrongly, is as usual. */
export function parseState(query: string): State {
  const parameters = new URLSearchParams(query);
  const text = (name: string) => parameters.get(name) ?? '';
  const { sort, direction } = parseSort(text('sort'));
  return {
    view: text('view') === 'sources' ? 'sources' : 'stats',
    site: parameters.get('site') || null,
    range: parseRange(text('range')),
    compare:
      parseWord(
        text('compare'),
        comparisons.map(({ comparison }) => comparison),
      ) ?? defaultState.compare,
    sort,
    direction,
    search: text('search'),
    filter: parameters.getAll('filter').flatMap(parseCondition),
    page: parsePage(text('page')),
    size: pageSizes.find((size) => String(size) === text('size')) ?? defaultState.size,
    chart: chartedFields.find((field) => field === text('chart')) ?? defaultState.chart,
    interval: parseWord<Interval>(text('interval'), ['DAY', 'WEEK', 'MONTH']) ?? null,
    columns: parseColumns(text('columns')),
  };
}

/** The query of a URL, with nothing in it that is as usual: short enough to read aloud. */
export function printState(state: State): string {
  const parameters = new URLSearchParams();
  const set = (name: keyof State, text: string, usual = '') => text !== usual && parameters.set(name, text);
  set('view', state.view, defaultState.view);
  set('site', state.site ?? '');
  set('range', printRange(state.range), printRange(defaultState.range));
  set('compare', state.compare.toLowerCase(), defaultState.compare.toLowerCase());
  set('sort', printSort(state), printSort(defaultState));
  set('search', state.search);
  for (const { figure, operator, value } of state.filter) parameters.append('filter', `${figure}:${operator}:${value}`);
  set('page', String(state.page), '1');
  set('size', String(state.size), String(defaultState.size));
  set('chart', state.chart, defaultState.chart);
  set('interval', state.interval?.toLowerCase() ?? '');
  set('columns', state.columns.join(' '), usualColumns.join(' '));
  const query = parameters.toString();
  return query && `?${query}`;
}

/** `last_7_days`, or `2026-01-01..2026-01-31`. */
export function printRange(range: Range): string {
  return typeof range === 'string' ? range.toLowerCase() : `${range.start}..${range.end}`;
}

/** What follows from a change: another list begins at its first page. */
export function changeState(state: State, change: Partial<State>): State {
  const listed = ['site', 'range', 'sort', 'direction', 'search', 'filter', 'size'] as const;
  const isOtherList = listed.some((name) => name in change && change[name] !== state[name]);
  return { ...state, ...(isOtherList && { page: 1 }), ...change };
}

function parseWord<T extends string>(text: string, words: readonly T[]): T | undefined {
  return words.find((word) => word === text.toUpperCase());
}

function parseRange(text: string): Range {
  const [, start, end] = /^(\d{4}-\d\d-\d\d)\.\.(\d{4}-\d\d-\d\d)$/.exec(text) ?? [];
  if (start && end && isDay(start) && isDay(end) && start <= end) return { start, end };
  return (
    parseWord(
      text,
      presets.map(({ preset }) => preset),
    ) ?? defaultState.range
  );
}

function isDay(text: string): boolean {
  const at = Date.parse(text);
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(text);
}

function parseSort(text: string): Pick<State, 'sort' | 'direction'> {
  const sort = text.replace(/^-/, '');
  if (sort !== 'name' && !figureById(sort)) return defaultState;
  return { sort, direction: text.startsWith('-') ? 'DESC' : 'ASC' };
}

function printSort({ sort, direction }: State): string {
  return (direction === 'DESC' ? '-' : '') + sort;
}

function parseCondition(text: string): Condition[] {
  const [figure = '', operator = '', value = ''] = text.split(':');
  if (!figureById(figure) || !(operator in operators) || !isNumber(value)) return [];
  return [{ figure, operator: operator as Operator, value }];
}

/** Whether a figure can be compared with it. */
export function isNumber(text: string): boolean {
  return /^-?\d{1,15}(\.\d{1,9})?$/.test(text);
}

function parsePage(text: string): number {
  return /^[1-9]\d{0,5}$/.test(text) ? Number(text) : 1;
}

function parseColumns(text: string): readonly string[] {
  const named = new Set(text.split(/[ ,]+/));
  const known = figures.filter(({ id }) => named.has(id)).map(({ id }) => id);
  return known.length > 0 ? known : usualColumns;
}
