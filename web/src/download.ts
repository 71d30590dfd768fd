import type { Client } from './client.js';
import { writeCsv } from './csv.js';
import { h } from './dom.js';
import type { Figure } from './figures.js';
import type { Row } from './rows.js';

/** Saves the rows on the screen. */
export function downloadRows(rows: readonly Row[], columns: readonly Figure[], name: string): void {
  // Spreadsheets take a file without this mark for one of their old encodings.
  save(new Blob(['\uFEFF', writeCsv(rows, columns)], { type: 'text/csv;charset=utf-8' }), name);
}

/**
 * Fetches a file with the viewer's key and saves it: a link could not send the key.
 * @throws Error with what to say to the viewer.
 */
export async function downloadFile(client: Client, url: string, name: string): Promise<void> {
  const response = await client.fetch(url);
  if (!response.ok) throw new Error(await reasonOf(response));
  save(await response.blob(), name);
}

async function reasonOf(response: Response): Promise<string> {
  const body = (await response.json().catch(() => null)) as { errors?: { message: string }[] } | null;
  return body?.errors?.[0]?.message ?? `The gateway answered ${response.status}.`;
}

function save(blob: Blob, name: string): void {
  const url = URL.createObjectURL(blob);
  h('a', { href: url, download: name }).click();
  // The download has its own hold on the data once it has begun.
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
