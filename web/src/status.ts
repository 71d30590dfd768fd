import { byId, h } from './dom.js';
import { explainFailure, type Failure, notableFailures } from './failures.js';
import { type Figure, figures } from './figures.js';
import { type FigureValue, type FormatOptions, formatAge, formatExact, formatFigure } from './format.js';
import { marksOf } from './marks.js';
import type { Notices } from './notices.js';
import type { Overview, Totals } from './overview.js';
import { oldestReading, type Row, type Side } from './rows.js';

export interface StatusOptions extends FormatOptions {
  readonly now: number;
}

/** `37 of 120 products` of the partner, with a bar, while they come; nothing when all that can come are there. */
export function showProgress({ partner, totals, isGrowing, failures }: Overview, { locale }: { locale: string }): void {
  const sums = totals?.partner ?? partner;
  const place = byId('progress');
  place.dataset['state'] = isGrowing ? 'growing' : 'done';
  if (failures.partner || !sums) {
    place.replaceChildren();
    return;
  }
  const number = new Intl.NumberFormat(locale);
  const text = `${number.format(sums.coveredProducts)} of ${number.format(sums.totalProducts)} products`;
  const known = place.querySelector('progress');
  if (!isGrowing) {
    const isWhole = sums.coveredProducts === sums.totalProducts;
    place.replaceChildren(h('span', { class: 'hint' }, isWhole ? '' : `Partner: ${text}`));
    return;
  }
  const bar = known ?? h('progress', { 'aria-label': 'Products that the partner has answered for' });
  bar.max = sums.totalProducts;
  bar.value = sums.coveredProducts;
  place.replaceChildren(bar, h('span', { class: 'hint', role: 'status' }, `Partner: ${text}`));
}

/** When the oldest figure on the page was read. */
export function showUpdated(overview: Overview, rows: readonly Row[], { now, locale }: StatusOptions): void {
  const sides = rows.flatMap(({ googleAnalytics, partner }) => [googleAnalytics, partner]);
  const at = oldestReading([...sides, overview.googleAnalytics]);
  const stale = rows.filter(({ googleAnalytics, partner }) => isStale(googleAnalytics) || isStale(partner)).length;
  const place = byId('updated');
  place.textContent =
    at === null ? '' : `Updated ${formatAge(now - at, locale)}${stale > 0 ? `, ${stale} rows stale` : ''}`;
  place.title = at === null ? '' : new Date(at).toLocaleString(locale);
}

function isStale(side: Side | null | undefined): boolean {
  return side?.freshness.state === 'STALE';
}

/** What Google said about its own numbers, beside the chart. */
export function showMarks(overview: Overview, rows: readonly Row[], { locale }: { locale: string }): void {
  const qualities = [overview.googleAnalytics, ...rows.map(({ googleAnalytics }) => googleAnalytics)];
  const marks = marksOf(
    qualities.map((side) => side?.quality),
    locale,
  );
  byId('marks').replaceChildren(...marks.map(({ text, title }) => h('span', { class: 'mark', title }, text)));
}

/** What concerns everybody: an empty quota, a source that is left alone, refused access. */
export function showFailures(notices: Notices, overview: Overview, rows: readonly Row[], options: StatusOptions): void {
  const all = [...Object.values(overview.failures), ...rows.flatMap(({ failures }) => [...failures.values()])];
  const notable = notableFailures(all.filter((failure): failure is Failure => failure !== undefined));
  for (const source of ['googleAnalytics', 'partner']) {
    const failure = notable.find(({ extensions }) => extensions?.source === source);
    notices.set(source, failure ? { text: explainFailure(failure, options).long, tone: 'warning' } : null);
  }
}

/** The table's last line: only what may be added up, and how many products it holds where these are not all. */
export function totalCells(
  totals: Totals | undefined,
  options: FormatOptions,
): Map<string, { text: string; title: string }> {
  const cells = new Map<string, { text: string; title: string }>();
  for (const figure of figures) {
    const cell = figure.isAdditive && totals ? totalCell(figure, totals, options) : null;
    if (cell) cells.set(figure.id, cell);
  }
  return cells;
}

function totalCell(figure: Figure, totals: Totals, options: FormatOptions): { text: string; title: string } | null {
  const sums: Record<string, unknown> | null = figure.source === 'partner' ? totals.partner : totals.googleAnalytics;
  const value = sums?.[figure.name] as FigureValue;
  if (value == null) return null;
  const shown = figure.source === 'partner' ? { ...options, currency: totals.partner?.currency ?? null } : options;
  const { coveredProducts, totalProducts } = totals.partner ?? { coveredProducts: 0, totalProducts: 0 };
  const isPart = figure.source === 'partner' && coveredProducts < totalProducts;
  const exact = formatExact(value, figure.format, shown);
  return {
    text: formatFigure(value, figure.format, shown),
    title: isPart ? `${exact}, of ${coveredProducts} of ${totalProducts} products` : exact,
  };
}

export function totalOf(figure: Figure, totals: Totals | undefined): number | null {
  const sums: Record<string, unknown> | null | undefined =
    figure.source === 'partner' ? totals?.partner : totals?.googleAnalytics;
  const value = sums?.[figure.name];
  return value == null ? null : Number(value);
}
