import type { CsvCell, CsvRow } from '../csv.js';

/** The rows of a GraphQL answer, and the columns in the order in which they were selected. */
export interface Rows {
  readonly columns: readonly string[];
  readonly rows: readonly ReadonlyMap<string, string>[];
}

/**
 * Makes a table of an answer: one row for each item of the list that holds the most, one column for each value in it, named
 * by its path (`partner.orders`). Lists of the same field count as one. An answer without a list is one row. null is an
 * empty cell.
 */
export function flatten(data: unknown): Rows {
  const lists = new Map<string, unknown[]>();
  collectLists(data, '', lists);
  const items = [...lists.values()].reduce<unknown[] | null>(
    (longest, list) => (longest && longest.length >= list.length ? longest : list),
    null,
  );
  const rows = (items ?? [data]).map((item) => new Map(cells(item, '')));
  return { columns: columnsOf(rows), rows };
}

/** Text in columns, for people; numbers stand to the right. */
export function formatTable({ columns, rows }: Rows): string {
  const table = columns.map((column) => {
    const values = rows.map((row) => printable(row.get(column) ?? ''));
    const width = Math.max(column.length, ...values.map((value) => value.length));
    const isNumber = values.every((value) => /^-?[\d.]*$/.test(value));
    return [column, ...values].map((value) => (isNumber ? value.padStart(width) : value.padEnd(width)));
  });
  const line = (index: number) =>
    table
      .map((column) => column[index] ?? '')
      .join('  ')
      .trimEnd();
  return Array.from({ length: rows.length + 1 }, (_, index) => line(index)).join('\n');
}

/** The cells of a file, the header first. A Decimal travels as a text, so a text that is a number counts as one. */
export function csvRows({ columns, rows }: Rows): CsvRow[] {
  const cell = (text: string): CsvCell => (/^-?\d+(\.\d+)?(e[+-]?\d+)?$/.test(text) ? { exact: text } : text);
  return [columns, ...rows.map((row) => columns.map((column) => cell(row.get(column) ?? '')))];
}

function collectLists(value: unknown, path: string, lists: Map<string, unknown[]>): void {
  if (Array.isArray(value)) {
    const items = value.filter((item) => item !== null);
    lists.set(path, [...(lists.get(path) ?? []), ...items]);
    for (const item of items) collectLists(item, path, lists);
  } else if (typeof value === 'object' && value !== null) {
    for (const [name, item] of Object.entries(value)) collectLists(item, `${path}.${name}`, lists);
  }
}

function cells(value: unknown, path: string): [string, string][] {
  if (typeof value !== 'object' || value === null) return [[path || 'value', value == null ? '' : String(value)]];
  return Object.entries(value).flatMap(([name, item]) => cells(item, path ? `${path}.${name}` : name));
}

/** Columns of a tree: what is null in one row and an object in another is the object's columns, in its place. */
interface Column extends Map<string, Column> {}

function columnsOf(rows: readonly ReadonlyMap<string, string>[]): string[] {
  const root: Column = new Map();
  for (const name of rows.flatMap((row) => [...row.keys()])) {
    let parent = root;
    for (const step of name.split('.')) {
      const child: Column = parent.get(step) ?? new Map();
      parent.set(step, child);
      parent = child;
    }
  }
  return leavesOf(root);
}

function leavesOf(column: Column): string[] {
  return [...column].flatMap(([name, children]) =>
    children.size === 0 ? [name] : leavesOf(children).map((leaf) => `${name}.${leaf}`),
  );
}

/** A row is a line: line breaks and other control characters are shown as JSON writes them. */
function printable(text: string): string {
  return text.replace(/\p{Cc}/gu, (character) => JSON.stringify(character).slice(1, -1));
}
