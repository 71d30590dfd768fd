// What must never be written down, for the redactor; apart from config.ts because only the log needs it.
import type { Config } from './config.js';

/** Every secret of the configuration, and each line of the private key, because a log may quote one alone. */
export function secretsOf({ sources, cache, catalog }: Config): string[] {
  const { partner, googleAnalytics } = sources;
  return [
    partner?.apiKey?.value,
    ...(partner?.apiKey?.value.split(/\s+/) ?? []),
    passwordIn(cache.redis),
    passwordIn(catalog.postgres?.url ?? null),
    ...secretsInCredentials(googleAnalytics?.credentials ?? null),
  ].filter((secret): secret is string => Boolean(secret));
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
