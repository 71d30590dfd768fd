import { createHash } from 'node:crypto';
import type { PartnerConfig } from '../../configSchema.js';

/** What a key does to a request: it joins the query or the headers. */
interface Signed {
  readonly path: string;
  readonly headers: Record<string, string>;
}

/** The only place that knows the partner's keys. `own` is the key of one site; null = the key of the source. */
export interface Credentials {
  /** Adds the key, right before the request leaves. */
  sign(path: string, headers: Record<string, string>, own: string | null): Signed;
  /** The key as a partner might repeat it: as it is, and encoded for a URL, a JSON text or in base64. */
  forms(own: string | null): readonly string[];
  /** Names the account for cache keys: the same for the same key, and not the key. */
  account(own: string | null): string;
}

/** Shorter ones are no secrets, and stand in every text; so does the scheme before a token, such as Bearer. */
const shortestKey = 8;

export function createCredentials({ apiKey, url }: Pick<PartnerConfig, 'apiKey' | 'url'>): Credentials {
  const known = new Map<string, { forms: readonly string[]; account: string }>();
  const keyOf = (own: string | null) => (apiKey && (own ?? apiKey.value)) ?? '';

  function describe(key: string) {
    const description = known.get(key) ?? {
      forms: key.split(/\s+/).flatMap((part) => (part.length < shortestKey ? [] : formsOf(part))),
      account: createHash('sha256').update(`${url} ${key}`).digest('base64url').slice(0, 16),
    };
    known.set(key, description);
    return description;
  }

  return {
    sign(path, headers, own) {
      if (!apiKey) return { path, headers };
      if ('header' in apiKey) return { path, headers: { ...headers, [apiKey.header]: keyOf(own) } };
      const separator = path.includes('?') ? '&' : '?';
      return { path: `${path}${separator}${apiKey.query}=${encodeURIComponent(keyOf(own))}`, headers };
    },
    forms: (own) => describe(keyOf(own)).forms,
    account: (own) => describe(keyOf(own)).account,
  };
}

function formsOf(key: string): string[] {
  const base64 = Buffer.from(key).toString('base64').replace(/=+$/, '');
  return [...new Set([key, encodeURIComponent(key), JSON.stringify(key).slice(1, -1), base64])];
}
