import { describeColumns } from '../../src/catalog/rows.js';
import { describeConfig } from '../../src/config.js';
import { errorTable } from '../../src/errors.js';

/** The table of README that lists what clients can be told went wrong. */
export function renderErrorTable(): string {
  const rows = Object.entries(errorTable).map(([code, { meaning, retryable }]) => [
    `\`${code}\``,
    retryable ? 'yes' : 'no',
    meaning,
  ]);
  return renderTable(['code', 'ask again?', 'when'], rows);
}

/** The table of README that lists the keys of gateway.yaml. */
export function renderConfigTable(): string {
  const rows = describeConfig().map(({ key, default: value, meaning }) => [
    `\`${key}\``,
    value === undefined || value === null ? '' : `\`${typeof value === 'string' ? value : JSON.stringify(value)}\``,
    meaning,
  ]);
  return renderTable(['key', 'default', 'meaning'], rows);
}

/** The table of README that lists the columns of a catalog in a database. */
export function renderColumnTable(): string {
  const rows = describeColumns().map(({ table, column, isRequired, meaning }) => [
    `\`${table}\``,
    `\`${column}\``,
    isRequired ? 'yes' : '',
    meaning,
  ]);
  return renderTable(['of', 'column', 'must be there', 'meaning'], rows);
}

function renderTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), `|${head.map(() => '---').join('|')}|`, ...rows.map(line)].join('\n');
}
