import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { type ChartData, labelledPlaces, placeLabel, placeTitle } from './chartData.js';
import { h } from './dom.js';
import { formatCompact, formatFigure } from './format.js';
import type { Interval } from './generated/graphql.js';

export interface ChartContent {
  readonly data: ChartData;
  readonly label: string;
  /** What it is compared with. */
  readonly labelBefore: string;
  readonly interval: Interval;
  readonly locale: string;
}

export interface ChartView {
  show(content: ChartContent | null): void;
}

const height = 240;

/** The line over time; the period it is compared with is dashed. Beside the drawing stands a table for those who cannot see it. */
export function createChart(place: HTMLElement): ChartView {
  let content: ChartContent | null = null;
  let plot: uPlot | null = null;
  const canvas = h('div', { class: 'chart-canvas', role: 'img' });
  const tip = h('div', { class: 'chart-tip', hidden: true });
  const spokenTable = h('div', { class: 'spoken' });
  place.append(canvas, tip, spokenTable);

  function draw(): void {
    plot?.destroy();
    plot = null;
    canvas.replaceChildren();
    spokenTable.replaceChildren();
    if (!content) return;
    const { data, label, locale, interval } = content;
    canvas.setAttribute('aria-label', `${label} over time; the same figures follow as a table.`);
    spokenTable.replaceChildren(tableOf(content));
    const lines = data.before ? [data.places, data.now, data.before] : [data.places, data.now];
    const options = plotOptions(canvas, content, (place) => showTip(tip, content, place, plot));
    plot = new uPlot(options, lines as uPlot.AlignedData, canvas);
    // A single point stands in the middle.
    if (data.places.length === 1) plot.setScale('x', { min: -0.5, max: 0.5 });
    place.dataset['points'] = String(data.places.length);
    place.dataset['interval'] = interval;
    place.lang = locale;
  }

  // Colours come from the style sheet, and the width from the page.
  new ResizeObserver(() => plot?.setSize({ width: canvas.clientWidth, height })).observe(canvas);
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', draw);
  addEventListener('themechange', draw);
  return {
    show(next) {
      content = next;
      draw();
    },
  };
}

function plotOptions(
  canvas: HTMLElement,
  { data, interval, locale }: ChartContent,
  onPlace: (place: number | null) => void,
): uPlot.Options {
  const style = getComputedStyle(canvas);
  const colour = (name: string) => style.getPropertyValue(name).trim();
  const text = colour('--chart-text');
  const font = `12px ${style.fontFamily}`;
  const line = { width: 2, spanGaps: false, points: { show: data.places.length < 3, size: 6 } };
  const series: uPlot.Series[] = [
    {},
    { ...line, stroke: colour('--chart-now'), fill: colour('--chart-fill') },
    { ...line, width: 1.5, stroke: colour('--chart-before'), dash: [5, 4] },
  ];
  return {
    width: canvas.clientWidth,
    height,
    padding: [12, 28, 0, 0],
    legend: { show: false },
    cursor: { y: false, drag: { x: false, y: false }, points: { size: 8 } },
    scales: { x: { time: false }, y: { range: (_, __, max) => [0, Math.max(1, max) * 1.08] } },
    series: data.before ? series : series.slice(0, 2),
    axes: [
      {
        stroke: text,
        font,
        size: 30,
        grid: { show: false },
        ticks: { show: false },
        splits: (plot) => labelledPlaces(data.places.length, plot.width / 90),
        values: (_, places) =>
          places.map((place) => placeLabel(data.days[place] ?? data.daysBefore[place], interval, locale)),
      },
      {
        stroke: text,
        font,
        size: 52,
        grid: { stroke: colour('--chart-grid'), width: 1 },
        ticks: { show: false },
        values: (_, values) =>
          values.map((value) => (Number.isInteger(value) ? formatCompact(value, 'count', { locale }) : '')),
      },
    ],
    hooks: { setCursor: [(plot) => onPlace(plot.cursor.idx ?? null)] },
  };
}

function showTip(tip: HTMLElement, content: ChartContent | null, place: number | null, plot: uPlot | null): void {
  tip.hidden = place === null || !content || !plot;
  if (place === null || !content || !plot) return;
  const { data, interval, locale } = content;
  const line = (day: string | null | undefined, value: number | null | undefined, className: string) =>
    day
      ? h(
          'p',
          { class: className },
          h('b', {}, formatFigure(value, 'count', { locale })),
          ` ${placeTitle(day, interval, locale)}`,
        )
      : null;
  tip.replaceChildren(
    ...[
      line(data.days[place], data.now[place], 'now'),
      line(data.daysBefore[place], data.before?.[place], 'before'),
    ].filter((element) => element !== null),
  );
  const left = plot.valToPos(place, 'x') + plot.bbox.left / devicePixelRatio;
  const isRight = left > plot.width / 2;
  tip.style.setProperty('left', isRight ? 'auto' : `${left + 12}px`);
  tip.style.setProperty('right', isRight ? `${plot.width - left + 12}px` : 'auto');
}

function tableOf({ data, label, labelBefore, interval, locale }: ChartContent): HTMLTableElement {
  const rows = data.places.map((place) => {
    const day = data.days[place] ?? data.daysBefore[place];
    const cells = [data.now[place], ...(data.before ? [data.before[place]] : [])];
    return h(
      'tr',
      {},
      h('th', { scope: 'row' }, day ? placeTitle(day, interval, locale) : ''),
      ...cells.map((value) => h('td', {}, formatFigure(value, 'count', { locale }))),
    );
  });
  const head = h('tr', {}, h('th', { scope: 'col' }, 'Day'), h('th', { scope: 'col' }, label));
  if (data.before) head.append(h('th', { scope: 'col' }, labelBefore));
  return h('table', {}, h('caption', {}, `${label} over time`), h('thead', {}, head), h('tbody', {}, ...rows));
}
