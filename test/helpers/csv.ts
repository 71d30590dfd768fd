import type { RunningGateway } from './gateway.js';

/** The cells of a file as RFC 4180 has them, by the letter: an unquoted cell holds no quote and no line break. */
export function readCsv(text: string): string[][] {
  const rows: string[][] = [];
  const cell = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n|$)/y;
  let row: string[] = [];
  while (cell.lastIndex < text.length) {
    const at = cell.lastIndex;
    const [, quoted, plain = '', end] = cell.exec(text) ?? [];
    if (end === undefined) throw new Error(`This is no CSV: ${JSON.stringify(text.slice(at, at + 40))}`);
    row.push(quoted?.replaceAll('""', '"') ?? plain);
    if (end === ',') continue;
    rows.push(row);
    row = [];
  }
  return rows;
}

export interface ExportAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** By column, in the order of the file, the header left out. */
  readonly rows: Record<string, string>[];
}

const mark = '\uFEFF';

/** Downloads a file of products. What is not a file has no rows. */
export async function download(gateway: RunningGateway, parameters: Record<string, string>): Promise<ExportAnswer> {
  const response = await openExport(gateway, parameters);
  // Not by text(), which takes the byte order mark off.
  const text = Buffer.from(await response.arrayBuffer()).toString('utf8');
  const { status, headers } = response;
  return { status, headers, text, rows: text.startsWith(mark) ? toRecords(readCsv(text.slice(1))) : [] };
}

export function openExport(
  { url }: RunningGateway,
  parameters: Record<string, string> | [string, string][],
  init: RequestInit = {},
): Promise<Response> {
  return fetch(new URL(`/export/products.csv?${new URLSearchParams(parameters)}`, url), init);
}

function toRecords([header = [], ...rows]: string[][]): Record<string, string>[] {
  return rows.map((row) => Object.fromEntries(header.map((name, index) => [name, row[index] ?? '(no cell)'])));
}
