import type { DateRange } from './dateRange.js';

/** A partner URL split once at start, so that a call only joins strings. */
export interface UrlTemplate {
  /** Scheme, host and port: fixed, whatever is asked. */
  readonly origin: string;
  /** Whether {start} and {end} stand in it; without them the partner answers for all time. */
  readonly hasRange: boolean;
  /** Path and query for one product; values are percent-encoded and cannot reach another path. */
  path(partnerId: string, range: DateRange | null): string;
}

const placeholders = ['partnerId', 'start', 'end'];

/**
 * Reads e.g. `https://api.partner.example/v1/summary?product={partnerId}&from={start}&to={end}`.
 * @throws Error that says in words what is wrong with the template.
 */
export function parseUrlTemplate(template: string): UrlTemplate {
  const [before, origin, rest] = /^(https?:\/\/[A-Za-z0-9.:[\]-]+)((?:[/?].*)?)$/.exec(template) ?? [];
  if (before === undefined || origin === undefined || rest === undefined || !URL.canParse(origin)) {
    throw new Error('must begin with http:// or https:// and a fixed host, without user name or placeholder');
  }
  if (/[\s\\]/.test(rest)) throw new Error('must not have a blank or a backslash; write %20 or %5C');
  if (rest.includes('#')) throw new Error('must not have a fragment (#)');
  const parts = rest.split(/\{([^{}]*)\}/);
  const names = parts.filter((_, index) => index % 2 === 1);
  const stray = parts.filter((_, index) => index % 2 === 0).find((part) => /[{}]/.test(part));
  if (stray !== undefined) throw new Error(`has a brace without its partner: ${stray}`);
  checkPlaceholders(names);
  const slash = rest.startsWith('/') ? '' : '/';
  return {
    origin: new URL(origin).origin,
    hasRange: names.includes('start'),
    path(partnerId, range) {
      const values: Record<string, string> = { partnerId, start: range?.start ?? '', end: range?.end ?? '' };
      return slash + parts.map((part, i) => (i % 2 === 1 ? encodeURIComponent(values[part] ?? '') : part)).join('');
    },
  };
}

function checkPlaceholders(names: readonly string[]): void {
  const unknown = names.find((name) => !placeholders.includes(name));
  if (unknown !== undefined) {
    throw new Error(`has the unknown placeholder {${unknown}}; known are {${placeholders.join('}, {')}}`);
  }
  if (!names.includes('partnerId')) throw new Error('must hold {partnerId}, the id of the product that is asked for');
  if (names.includes('start') !== names.includes('end'))
    throw new Error('must hold both {start} and {end}, or neither');
}
