import type { Transform } from 'node:stream';
import { type CastReturnObject, type Options, stringify } from 'csv-stringify';
import { stringify as stringifyAll } from 'csv-stringify/sync';

/** An exact decimal, which is a text that must stay a number. */
export interface ExactNumber {
  readonly exact: string;
}

/** null = an empty cell. */
export type CsvCell = string | number | boolean | null | ExactNumber;
export type CsvRow = readonly CsvCell[];

/**
 * RFC 4180. A text that a spreadsheet would take for a formula gets an apostrophe before it, because names come from people;
 * numbers stay what they are, below 0 too.
 */
const common: Options = {
  escape_formulas: true,
  // Without this a delimiter of ours switches it off, and a lone line break in a name would tear its row.
  quote_record_delimiter: true,
  cast: {
    // The library's own writes 1, and nothing for false.
    boolean: String,
    object: (cell) => writeExact(cell as unknown as ExactNumber),
  },
};

/** The library escapes every text that begins with a minus, so a number is told that it is one. */
function writeExact({ exact }: ExactNumber): string | CastReturnObject {
  const asNumber = { value: exact, escape_formulas: false };
  return exact.startsWith('-') ? asNumber : exact;
}

/**
 * Takes rows and gives a file, no faster than it is read. It begins with a byte order mark: without one, Excel takes UTF-8 for
 * the code page of its machine.
 */
export function createCsvFile(): Transform {
  return stringify({ ...common, bom: true, record_delimiter: 'windows' });
}

/** Rows as text for a pipe: lines end as its other programs expect, and none ends the last one. */
export function formatCsv(rows: readonly CsvRow[]): string {
  return stringifyAll([...rows], { ...common, record_delimiter: 'unix', eof: false });
}
