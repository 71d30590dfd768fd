/** The rows of a GraphQL answer, and the columns in the order in which they were selected. */
export interface Rows {
  readonly columns: readonly string[];
  readonly rows: readonly ReadonlyMap<string, string>[];
}

/**
 * Makes a table of an answer: one row for each item of the list that holds the most, one column for each value in it, named
 * by its path (`partner.orders`). An answer without a list is one row. null is an empty cell.
 */
export function flatten(data: unknown): Rows {
  const items = longestList(data) ?? [data];
  const rows = items.map((item) => new Map(cells(item, '')));
  return { columns: [...new Set(rows.flatMap((row) => [...row.keys()]))], rows };
}

/** Text in columns, for people; numbers stand to the right. */
export function formatTable({ columns, rows }: Rows): string {
  const table = columns.map((column) => {
    const values = rows.map((row) => row.get(column) ?? '');
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

function longestList(value: unknown): readonly unknown[] | null {
  if (Array.isArray(value)) return value.filter((item) => item !== null);
  if (typeof value !== 'object' || value === null) return null;
  const lists = Object.values(value)
    .map(longestList)
    .filter((list) => list !== null);
  return lists.reduce<readonly unknown[] | null>(
    (best, list) => (best && best.length >= list.length ? best : list),
    null,
  );
}

function cells(value: unknown, path: string): [string, string][] {
  if (typeof value !== 'object' || value === null) return [[path || 'value', value == null ? '' : String(value)]];
  return Object.entries(value).flatMap(([name, item]) => cells(item, path ? `${path}.${name}` : name));
}
