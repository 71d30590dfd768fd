/**
 * How long a Retry-After header asks to wait, in ms: whole seconds or an HTTP date; null where it says nothing of use, such
 * as a negative number, a date that is no date, or no header at all. A date in the past is 0.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9110#name-retry-after
 */
export function parseRetryAfter(header: string | undefined, now: number): number | null {
  const text = header?.trim() ?? '';
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1_000;
  // Date.parse takes "-5" for a year; an HTTP date begins with the name of a day, and is in GMT whether it says so or not.
  const date = /^[A-Za-z]{3,9},? /.test(text) ? Date.parse(/GMT$/.test(text) ? text : `${text} GMT`) : Number.NaN;
  return Number.isNaN(date) ? null : Math.max(0, date - now);
}
