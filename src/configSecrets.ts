// What must never be written down, for the redactor; apart from config.ts because only what is written needs it.
import type { Site } from './catalog/catalog.js';
import type { Config } from './config.js';

/** Every secret of the configuration, and each line of the private key, because a log may quote one alone. */
export function secretsOf({ sources, cache, catalog }: Config): string[] {
  const { partner, googleAnalytics } = sources;
  return [
    ...secretsInKey(partner?.apiKey?.value ?? null),
    passwordIn(cache.redis),
    passwordIn(catalog.postgres?.url ?? null),
    ...secretsInCredentials(googleAnalytics?.credentials ?? null),
  ].filter((secret): secret is string => Boolean(secret));
}

/** The partner keys that single sites of a catalog have. */
export function secretsOfSites(sites: readonly Pick<Site, 'partnerApiKey'>[]): string[] {
  return sites.flatMap(({ partnerApiKey }) => secretsInKey(partnerApiKey));
}

/** The token after a scheme is a secret without it, too. */
function secretsInKey(key: string | null): string[] {
  return key === null ? [] : [key, ...key.split(/\s+/)];
}

function passwordIn(url: string | null): string | undefined {
  return url === null ? undefined : decodeURIComponent(new URL(url).password);
}

/** Of a service account, a user, or an external account; other members name whose they are. */
function secretsInCredentials(text: string | null): string[] {
  if (text === null) return [];
  const { private_key: key, client_secret, refresh_token } = (JSON.parse(text) ?? {}) as Record<string, unknown>;
  const lines = typeof key === 'string' ? key.split('\n').filter((line) => !line.startsWith('-----')) : [];
  return [key, ...lines, client_secret, refresh_token].filter((secret) => typeof secret === 'string');
}
