import DataTable, { type Api } from 'datatables.net';
import type { CellContext } from './cell.js';
import { h } from './dom.js';
import { type Figure, figureById } from './figures.js';
import type { Row } from './rows.js';
import { pageSizes, type State } from './state.js';
import { createTableCells } from './tableCells.js';
import {
  type Choice,
  columnSettings,
  columnsOf,
  headOf,
  language,
  orderOf,
  readChoice,
  type TableRequest,
} from './tableColumns.js';

/** What the table shows: a page of the list that the state describes. */
export interface Page {
  readonly state: State;
  readonly rows: readonly Row[];
  /** Rows on all pages. */
  readonly total: number;
}

export interface TableOptions {
  readonly place: HTMLElement;
  context(): CellContext;
  /** The viewer chose another order, page or size. */
  onChoice(choice: Choice): void;
  onRetry(row: Row, figure: Figure): void;
}

export interface TableView {
  show(page: Page): void;
  /** Puts newer figures into rows that are shown; nothing moves. */
  renew(rows: readonly Row[]): void;
  /** Says again what every cell says: the time or a total has changed. */
  refill(): void;
  /** The line below the rows, with what may be added up: by the figure's id. */
  setTotals(cells: ReadonlyMap<string, { text: string; title: string }>): void;
  /** Whether rows that moved now would move away under the pointer or the focus. */
  isUnderCursor(): boolean;
  setBusy(busy: boolean): void;
}

/**
 * The table: DataTables over pages that the gateway chose and ordered. DataTables draws rows, headers and paging; what the
 * cells say is put into them afterwards.
 */
export function createTableView({ place, context, onChoice, onRetry }: TableOptions): TableView {
  const cells = createTableCells(context, onRetry);
  let page: Page | null = null;
  let table: Api | null = null;
  let shownColumns = '';
  /** DataTables is being told, and does not ask. */
  let isTold = true;

  function build({ state }: Page): Api {
    const columns = columnsOf(state);
    table?.destroy();
    shownColumns = state.columns.join();
    const element = h(
      'table',
      { class: 'products', 'aria-labelledby': 'products-title' },
      headOf(columns),
      h('tbody'),
      footOf(columns),
    );
    place.replaceChildren(element);
    const made = new DataTable(element, {
      serverSide: true,
      processing: false,
      searching: false,
      autoWidth: false,
      orderMulti: false,
      lengthMenu: [...pageSizes],
      pageLength: state.size,
      displayStart: (state.page - 1) * state.size,
      order: orderOf(state, columns),
      columns: columnSettings(columns, cells.add),
      layout: { topStart: null, topEnd: null, bottomStart: ['info', 'pageLength'], bottomEnd: 'paging' },
      language,
      ajax: (request: object, answer: (data: object) => void) => {
        if (!isTold && page) onChoice(readChoice(request as TableRequest, columns, page.state));
        cells.clear();
        const total = page?.total ?? 0;
        answer({ data: page?.rows ?? [], recordsTotal: total, recordsFiltered: total });
      },
      drawCallback: () => cells.refill(),
    });
    // A table that is wider than its place is scrolled there, by keyboard too.
    const scroller = h('div', { class: 'scroller', tabindex: 0, role: 'region', 'aria-label': 'Rows and columns' });
    element.replaceWith(scroller);
    scroller.append(element);
    return made;
  }

  /** Brings DataTables to what was asked for; where its own headers asked, it is there already. */
  function sync(api: Api, { state }: Page): void {
    const wanted = orderOf(state, columnsOf(state));
    if (api.page.len() !== state.size) api.page.len(state.size);
    if (JSON.stringify(api.order()) !== JSON.stringify(wanted)) api.order(wanted);
    // The number of rows has to be known before a page of it can be turned to.
    api.draw(false);
    if (api.page() !== state.page - 1) api.page(state.page - 1).draw('page');
  }

  return {
    show(next) {
      page = next;
      cells.sortedBy = figureById(next.state.sort);
      isTold = true;
      if (!table || shownColumns !== next.state.columns.join()) table = build(next);
      else sync(table, next);
      isTold = false;
      markColumns(place, next.state);
    },
    renew(newer) {
      if (!page) return;
      const byId = new Map(newer.map((row) => [row.id, row]));
      page = { ...page, rows: page.rows.map((row) => byId.get(row.id) ?? row) };
      cells.renew(newer);
    },
    refill: cells.refill,
    setTotals(totals) {
      for (const element of place.querySelectorAll<HTMLElement>('tfoot [data-figure]')) {
        const cell = totals.get(element.dataset['figure'] ?? '');
        element.textContent = cell?.text ?? '';
        element.title = cell?.title ?? '';
      }
    },
    isUnderCursor: () => place.querySelector('tbody:is(:hover, :focus-within)') !== null,
    setBusy: (busy) => place.setAttribute('aria-busy', String(busy)),
  };
}

/** Widths are those of the columns, whatever stands in them: nothing moves sideways when a figure comes. */
function markColumns(place: HTMLElement, state: State): void {
  const names = ['name', 'trend', ...state.columns.map((id) => (id === state.sort ? 'sorted' : 'figure'))];
  place.querySelectorAll('col').forEach((column, index) => {
    column.className = names[index] ?? '';
  });
  place.style.setProperty('--figures', String(state.columns.length));
}

function footOf(columns: readonly Figure[]): HTMLTableSectionElement {
  const sums = columns.map(({ id, source }) => h('td', { 'data-figure': id, class: `figure ${source}` }));
  return h('tfoot', {}, h('tr', {}, h('th', { scope: 'row', class: 'name' }, 'Total'), h('td', {}), ...sums));
}
