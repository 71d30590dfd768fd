import { type CellContext, readCell } from './cell.js';
import { fillCell } from './cellView.js';
import { h, spoken } from './dom.js';
import { type Figure, figureById } from './figures.js';
import { figureValue, type Row } from './rows.js';
import { sparklineView } from './sparkline.js';

export interface TableCells {
  /** A cell was made; empty so far. */
  add(id: string, element: HTMLElement, row: Row): void;
  /** Newer figures of rows that are shown; others are passed over. */
  renew(rows: readonly Row[]): void;
  /** Says again what every cell says: the time or a total has changed. */
  refill(): void;
  clear(): void;
  /** The figure whose cells show how large they are beside the largest. */
  sortedBy: Figure | undefined;
}

interface ShownRow {
  row: Row;
  readonly elements: Map<string, HTMLElement>;
}

/** The cells that are on the screen, by row and column: a figure that arrives touches its own cell and nothing else. */
export function createTableCells(context: () => CellContext, onRetry: (row: Row, figure: Figure) => void): TableCells {
  const shown = new Map<string, ShownRow>();

  function fill({ row, elements }: ShownRow): void {
    for (const [id, element] of elements) {
      const figure = figureById(id);
      if (id === 'name') fillName(element, row);
      else if (id === 'trend') fillTrend(element, row);
      else if (figure) {
        const cell = readCell(row, figure, context());
        element.classList.toggle('sorted', figure === cells.sortedBy);
        fillCell(element, cell, { name: `${figure.label} of ${row.name}`, retry: () => onRetry(row, figure) });
      }
    }
  }

  function refill(): void {
    for (const row of shown.values()) fill(row);
    drawBars([...shown.values()], cells.sortedBy);
  }

  const cells: TableCells = {
    sortedBy: undefined,
    add(id, element, row) {
      const known = shown.get(row.id) ?? { row, elements: new Map() };
      known.row = row;
      element.dataset['figure'] = id;
      known.elements.set(id, element);
      shown.set(row.id, known);
    },
    renew(rows) {
      for (const row of rows) {
        const known = shown.get(row.id);
        if (!known) continue;
        known.row = row;
        fill(known);
      }
      drawBars([...shown.values()], cells.sortedBy);
    },
    refill,
    clear: () => shown.clear(),
  };
  return cells;
}

function drawBars(shown: readonly ShownRow[], figure: Figure | undefined): void {
  if (!figure?.isAdditive) return;
  const sizes = shown.map(({ row }) => Math.max(0, Number(figureValue(row, figure) ?? 0)));
  const largest = Math.max(...sizes, 0);
  shown.forEach(({ elements }, index) => {
    const share = largest > 0 ? (sizes[index] ?? 0) / largest : 0;
    elements.get(figure.id)?.style.setProperty('--bar', share.toFixed(3));
  });
}

function fillName(element: HTMLElement, row: Row): void {
  if (element.dataset['seen'] === row.name && row.name) return;
  element.setAttribute('scope', 'row');
  element.dataset['seen'] = row.name;
  if (row.name) element.title = `${row.name} (${row.id})`;
  const waiting = [h('span', { class: 'skeleton', 'aria-hidden': 'true' }), spoken('loading')];
  element.replaceChildren(...(row.name ? [h('span', { class: 'name-text' }, row.name)] : waiting));
}

function fillTrend(element: HTMLElement, { trend }: Row): void {
  if (trend === undefined || element.dataset['seen'] === JSON.stringify(trend)) return;
  element.dataset['seen'] = JSON.stringify(trend);
  const values = trend?.series.map(({ pageViews }) => pageViews) ?? [];
  element.replaceChildren(sparklineView(values));
}
