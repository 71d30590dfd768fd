/** Takes secrets out of a text. */
export type Redact = (text: string) => string;

/**
 * The second net under what is logged and traced, for the case that the first one tears: no event and no span holds a secret,
 * but the text of an error that nobody thought of may.
 */
export interface Redactor {
  readonly redact: Redact;
  /** Knows these too from now on. It never forgets one: calls that were made with a key go on when the key is replaced. */
  learn(secrets: Iterable<string>): void;
}

/** Shorter ones are no secrets, and stand in every text. No form of a longer one is shorter. */
const shortest = 8;
const mark = '[secret]';
/** Tokens come and go, so nobody can learn them, but they have a form: Google's, those in three parts, and whatever is sent as one. */
const tokens = /\bya29\.[\w.-]{10,}|\beyJ[\w-]{8,}\.[\w-]+\.[\w-]*|(?<=\bBearer )[\w.~+/-]{8,}=*/gi;

/**
 * Knows each secret as it is, and encoded for a URL, a form, JSON and base64. A text takes as long with a thousand secrets as
 * with one: sites may have keys of their own.
 */
export function createRedactor(secrets: Iterable<string> = []): Redactor {
  const known = new Set<string>();
  /** All forms, by what they begin with. */
  const forms = new Map<string, string[]>();
  /** Pairs of characters that some form begins with: nearly every place of a text is passed without another look. */
  const starts = new Uint8Array(65_536);

  function add(form: string): void {
    const start = form.slice(0, shortest);
    // A form that contains another one goes first, or its rest would stay.
    const alike = [...(forms.get(start) ?? []), form].sort((a, b) => b.length - a.length);
    forms.set(start, alike);
    starts[pairAt(form, 0)] = 1;
  }

  function learn(more: Iterable<string>): void {
    for (const secret of more) {
      if (secret.length < shortest || known.has(secret)) continue;
      known.add(secret);
      for (const form of new Set(formsOf(secret))) add(form);
    }
  }

  function formAt(text: string, at: number): string | undefined {
    return forms.get(text.slice(at, at + shortest))?.find((form) => text.startsWith(form, at));
  }

  function redact(text: string): string {
    let clean = '';
    let rest = 0;
    let at = 0;
    while (at + shortest <= text.length) {
      const form = starts[pairAt(text, at)] === 1 ? formAt(text, at) : undefined;
      if (form === undefined) at += 1;
      else {
        clean += text.slice(rest, at) + mark;
        at += form.length;
        rest = at;
      }
    }
    return (clean + text.slice(rest)).replace(tokens, mark);
  }

  learn(secrets);
  return { redact, learn };
}

/** Of the lower bytes alone: it may let pass too much, and that is looked at again. */
function pairAt(text: string, at: number): number {
  return ((text.charCodeAt(at) & 255) << 8) | (text.charCodeAt(at + 1) & 255);
}

function formsOf(secret: string): string[] {
  const escaped = JSON.stringify(secret).slice(1, -1);
  const twice = JSON.stringify(escaped).slice(1, -1);
  const form = new URLSearchParams([['', secret]]).toString().slice(1);
  const offsets = [0, 1, 2].flatMap((offset) => [
    insideBase64(secret, offset, 'base64'),
    insideBase64(secret, offset, 'base64url'),
  ]);
  return [secret, percentEncoded(secret), form, escaped, twice, ...offsets];
}

/** Half a surrogate pair has no encoding: in bytes it is another character. */
function percentEncoded(secret: string): string {
  return encodeURIComponent(Buffer.from(secret).toString());
}

/** What base64 makes of a secret depends on where it stands: three cases, of which the ends are shared with what is beside it. */
function insideBase64(secret: string, offset: number, encoding: 'base64' | 'base64url'): string {
  const bytes = Buffer.concat([Buffer.alloc(offset), Buffer.from(secret)]);
  const whole = bytes.subarray(0, bytes.length - (bytes.length % 3)).toString(encoding);
  return whole.slice(offset === 0 ? 0 : 4);
}
