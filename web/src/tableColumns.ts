import type DataTable from 'datatables.net';
import { h } from './dom.js';
import { type Figure, type FigureSource, figureById, sourceLabels } from './figures.js';
import type { Row } from './rows.js';
import type { State } from './state.js';

type ColumnSettings = NonNullable<NonNullable<ConstructorParameters<typeof DataTable>[1]>['columns']>[number];

/** What the viewer may choose by the table's own controls. */
export type Choice = Pick<State, 'sort' | 'direction' | 'page' | 'size'>;

/** What DataTables asks its server for. */
export interface TableRequest {
  readonly start: number;
  readonly length: number;
  readonly order: readonly { readonly column: number; readonly dir: string }[];
}

/** Columns before the figures: name and trend. */
const leading = 2;

export const language = {
  info: '_START_–_END_ of _TOTAL_ products',
  infoEmpty: '',
  lengthMenu: '_MENU_ a page',
  aria: { paginate: { number: 'Page ' } },
  emptyTable: 'No product matches.',
  zeroRecords: 'No product matches.',
};

/** Which order, page and size a request of DataTables means. */
export function readChoice({ start, length, order }: TableRequest, columns: readonly Figure[], state: State): Choice {
  const [first] = order;
  const column = first && (first.column === 0 ? 'name' : columns[first.column - leading]?.id);
  return {
    sort: column ?? state.sort,
    direction: column ? (first.dir === 'asc' ? 'ASC' : 'DESC') : state.direction,
    page: Math.floor(start / length) + 1,
    size: length,
  };
}

/** The order as DataTables writes it; none while the column of the order is not shown. */
export function orderOf({ sort, direction }: State, columns: readonly Figure[]): [number, 'asc' | 'desc'][] {
  const way = direction === 'ASC' ? 'asc' : 'desc';
  if (sort === 'name') return [[0, way]];
  const index = columns.findIndex(({ id }) => id === sort);
  return index < 0 ? [] : [[leading + index, way]];
}

export function columnsOf({ columns }: State): Figure[] {
  return columns.flatMap((id) => figureById(id) ?? []);
}

/**
 * How DataTables makes the cells. It writes nothing into them itself: it would write HTML, and names are text.
 * `onCell` is told of each new cell, by the figure's id, `name` or `trend`.
 */
export function columnSettings(
  columns: readonly Figure[],
  onCell: (id: string, cell: HTMLElement, row: Row) => void,
): ColumnSettings[] {
  const base = (id: string, className: string): ColumnSettings => ({
    data: null,
    className,
    render: () => '',
    createdCell: (cell: HTMLTableCellElement, _: unknown, row: Row) => onCell(id, cell, row),
  });
  return [
    { ...base('name', 'name'), cellType: 'th', orderSequence: ['asc', 'desc'] },
    { ...base('trend', 'trend'), orderable: false },
    ...columns.map(({ id, source }, index): ColumnSettings => {
      const isFirst = columns[index - 1]?.source !== source;
      return { ...base(id, `figure ${source}${isFirst ? ' first' : ''}`), orderSequence: ['desc', 'asc'] };
    }),
  ];
}

/** What DataTables reads: no button that sorts. */
const unsorted = { 'data-dt-order': 'disable' };

/** Two lines: the sources, and the figures of each. */
export function headOf(columns: readonly Figure[]): HTMLTableSectionElement {
  const sources = (Object.keys(sourceLabels) as FigureSource[]).flatMap((source) => {
    const count = columns.filter((figure) => figure.source === source).length;
    return count > 0 ? [{ source, count }] : [];
  });
  return h(
    'thead',
    {},
    h(
      'tr',
      { class: 'groups' },
      h('td', { colspan: leading, ...unsorted }),
      ...sources.map(({ source, count }) =>
        h('th', { scope: 'colgroup', colspan: count, ...unsorted }, sourceLabels[source]),
      ),
    ),
    h(
      'tr',
      { class: 'labels' },
      h('th', { scope: 'col' }, 'Product'),
      h('th', { scope: 'col' }, 'Trend'),
      ...columns.map(({ label, description }) => h('th', { scope: 'col', title: description }, label)),
    ),
  );
}
