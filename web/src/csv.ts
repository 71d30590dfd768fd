import type { Figure } from './figures.js';
import { figureById } from './figures.js';
import { filterOf, type SiteInfo } from './questions.js';
import { figureValue, type Row } from './rows.js';
import { printRange, type State } from './state.js';

/** Where the gateway writes all rows of the list, as filtered, ordered and ranged. */
export function exportUrl(state: State, site: SiteInfo): string {
  const filter = filterOf(state);
  const parameters = new URLSearchParams({
    site: site.id,
    range: typeof state.range === 'string' ? state.range : printRange(state.range),
    columns: ['id', 'name', ...state.columns].join(','),
    orderBy: figureById(state.sort)?.orderBy ?? 'NAME',
    direction: state.direction,
  });
  if (state.search) parameters.set('search', state.search);
  if (filter) parameters.set('filter', JSON.stringify(filter));
  return `/export/products.csv?${parameters}`;
}

/** The rows that are on the screen, with every digit; an unknown figure is an empty cell. */
export function writeCsv(rows: readonly Row[], columns: readonly Figure[]): string {
  const head = ['id', 'name', ...columns.map(({ id }) => id)];
  const lines = rows.map((row) => [
    row.id,
    row.name,
    ...columns.map((figure) => String(figureValue(row, figure) ?? '')),
  ]);
  return [head, ...lines].map((cells) => `${cells.map(quote).join(',')}\r\n`).join('');
}

/** A spreadsheet would run a text that begins like a formula; a negative number is none. */
function quote(text: string): string {
  const isFormula = /^[=+\-@\t\r]/.test(text) && !/^-?\d+(\.\d+)?$/.test(text);
  const safe = isFormula ? `'${text}` : text;
  return /[",\r\n']/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
