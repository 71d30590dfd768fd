import type { CellContext } from './cell.js';
import { createChart } from './chart.js';
import { type ChartField, chartData } from './chartData.js';
import type { Client } from './client.js';
import { byId, h } from './dom.js';
import { explainFailure } from './failures.js';
import { figureById } from './figures.js';
import type { Notices } from './notices.js';
import { followOrder } from './ordering.js';
import { createOverview, emptyOverview, type Overview } from './overview.js';
import { createProducts } from './products.js';
import type { SiteInfo } from './questions.js';
import { comparedDays, daysOf, labelOfComparison, usualInterval } from './ranges.js';
import { type Row, waitingRows } from './rows.js';
import type { State } from './state.js';
import { showFailures, showMarks, showProgress, showUpdated, totalCells, totalOf } from './status.js';
import { createTableView } from './tableView.js';
import { tileViews } from './tiles.js';

export interface StatsPageOptions {
  readonly client: Client;
  readonly notices: Notices;
  readonly locale: string;
  now(): number;
  change(change: Partial<State>): void;
}

export interface StatsPage {
  show(state: State, site: SiteInfo, before: State | null): void;
  /** Asks for everything again: what is fresh comes from the cache, only what is stale costs a call. */
  refresh(): Promise<void>;
  /** Ages and times of day move on. */
  tick(): void;
  rows(): readonly Row[];
}

/** What a change of these asks again; other changes only show what is there in another way. */
const asked = {
  site: ['site', 'range', 'compare', 'interval'],
  rows: ['site', 'range', 'compare', 'sort', 'direction', 'search', 'filter', 'page', 'size'],
  sums: ['site', 'range', 'compare', 'search', 'filter'],
} as const;

export function createStatsPage({ client, notices, locale, now, change }: StatsPageOptions): StatsPage {
  let state: State | null = null;
  let site: SiteInfo | null = null;
  let overview: Overview = emptyOverview;
  /** Sums are asked for after the rows, so that the rows' calls stand first in the queue. */
  let sumsAreDue: 'loudly' | 'quietly' | null = null;
  const chart = createChart(byId('chart'));

  const format = () => ({ locale, timeZone: site?.timeZone ?? 'UTC', currency: site?.currency ?? '', now: now() });
  const context = (): CellContext => ({
    ...format(),
    compares: state?.compare !== 'NONE',
    total: (figure) => totalOf(figure, overview.totals),
  });
  const table = createTableView({
    place: byId('table'),
    context,
    onChoice: change,
    onRetry: (row, figure) => void products.retry(row, figure),
  });
  const products = createProducts({
    client,
    view: table,
    now,
    onRows: showStatus,
    onFailure(failure) {
      const text = failure && explainFailure(failure, format()).long;
      notices.set(
        'list',
        text ? { text, tone: 'error', action: { label: 'Try again', run: () => void refresh() } } : null,
      );
    },
    onShown(page, signal) {
      if (sumsAreDue) void loader.loadSums(page.state, page.site, sumsAreDue === 'quietly');
      sumsAreDue = null;
      notices.set('order', null);
      const options = { client, notices, isUnderCursor: table.isUnderCursor, reorder: () => void loadRows(true) };
      followOrder(page, options, signal).catch((error: unknown) => {
        if (!signal.aborted) throw error;
      });
    },
  });
  const loader = createOverview({ client, now, onChange: showOverview });

  function showStatus(): void {
    const rows = products.rows();
    showUpdated(overview, rows, format());
    showMarks(overview, rows, format());
    showFailures(notices, overview, rows, format());
  }

  function showOverview(next: Overview): void {
    const hadTotals = overview.totals;
    overview = next;
    showTilesAndChart();
    showProgress(overview, { locale });
    table.setTotals(totalCells(overview.totals, format()));
    if (overview.totals !== hadTotals) table.refill();
    showStatus();
  }

  function showTilesAndChart(): void {
    if (!state || !site) return;
    byId('tiles').replaceChildren(
      ...tileViews(overview, { ...format(), state, onChart: (field) => change({ chart: field }) }),
    );
    const { series, seriesBefore } = overview;
    const field = state.chart as ChartField;
    const label = figureById(`googleAnalytics.${field}`)?.label ?? field;
    const interval = state.interval ?? usualInterval(daysOf(state.range, site.timeZone, now()));
    const labelBefore = labelOfComparison(state.compare);
    const data = series?.length ? chartData(series, seriesBefore, field) : null;
    chart.show(data && { data, label, labelBefore, interval, locale });
    const isCompared = comparedDays(daysOf(state.range, site.timeZone, now()), state.compare) !== null;
    byId('chart-legend').replaceChildren(
      h('span', { class: 'key now' }, label),
      isCompared ? h('span', { class: 'key before' }, labelBefore) : '',
    );
  }

  async function loadRows(quietly = false): Promise<void> {
    if (state && site) await products.load(state, site, { quietly });
  }

  async function refresh(): Promise<void> {
    if (!state || !site) return;
    sumsAreDue = 'quietly';
    await Promise.all([loadRows(true), loader.loadSite(state, site, true)]);
  }

  return {
    show(next, nextSite, before) {
      const changed = (names: readonly (keyof State)[]) =>
        before === null || site !== nextSite || names.some((name) => next[name] !== before[name]);
      const [asksSite, asksRows, asksSums] = [changed(asked.site), changed(asked.rows), changed(asked.sums)];
      const showsColumns = !asksRows && before?.columns !== next.columns;
      state = next;
      site = nextSite;
      byId('stats').dataset['compares'] = String(next.compare !== 'NONE');
      if (asksSums) sumsAreDue = 'loudly';
      if (asksSite) void loader.loadSite(next, nextSite);
      else showTilesAndChart();
      if (before === null) table.show({ state: next, rows: waitingRows(next.size), total: 0 });
      if (asksRows) void loadRows();
      if (showsColumns) table.show({ state: next, rows: products.rows(), total: products.total() });
      table.setTotals(totalCells(overview.totals, format()));
    },
    refresh,
    tick() {
      table.refill();
      showStatus();
    },
    rows: products.rows,
  };
}
