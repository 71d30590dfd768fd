/** Takes secrets out of a text. */
export type Redact = (text: string) => string;

/** Shorter ones are no secrets, and stand in every text. */
const shortest = 8;
const mark = '[secret]';

/**
 * The second net under what is logged, for the case that the first one tears: no event holds a secret, but the text of an
 * error that nobody thought of may. Knows each secret as it is, and encoded for a URL, a form, JSON and base64.
 */
export function createRedactor(secrets: readonly string[]): Redact {
  const forms = [...new Set(secrets.filter(({ length }) => length >= shortest).flatMap(formsOf))];
  if (forms.length === 0) return (text) => text;
  // A form that contains another one goes first, or its rest would stay.
  const sorted = forms.sort((a, b) => b.length - a.length);
  const pattern = new RegExp(sorted.map((form) => form.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('|'), 'g');
  return (text) => text.replace(pattern, mark);
}

function formsOf(secret: string): string[] {
  const escaped = JSON.stringify(secret).slice(1, -1);
  const twice = JSON.stringify(escaped).slice(1, -1);
  const form = new URLSearchParams([['', secret]]).toString().slice(1);
  const offsets = [0, 1, 2].flatMap((offset) => [
    insideBase64(secret, offset, 'base64'),
    insideBase64(secret, offset, 'base64url'),
  ]);
  return [secret, encodeURIComponent(secret), form, escaped, twice, ...offsets];
}

/** What base64 makes of a secret depends on where it stands: three cases, of which the ends are shared with what is beside it. */
function insideBase64(secret: string, offset: number, encoding: 'base64' | 'base64url'): string {
  const bytes = Buffer.concat([Buffer.alloc(offset), Buffer.from(secret)]);
  const whole = bytes.subarray(0, bytes.length - (bytes.length % 3)).toString(encoding);
  return whole.slice(offset === 0 ? 0 : 4);
}
