import type { AccessRules } from '../accessSchema.js';
import type { Clock } from '../clock.js';
import type { Refusal } from '../telemetry.js';
import type { Viewer } from '../viewer.js';
import { createKeyFinder } from './accessKeys.js';
import { createAttempts } from './attempts.js';
import { createTokenVerifier, type TokenHolder } from './jwt.js';

/** What a request says of who sends it. */
export interface Credentials {
  readonly authorization: string | undefined;
  /** Set by browsers, for pages of other origins; absent = no browser, or a page of the gateway's own. */
  readonly origin: string | undefined;
  readonly host: string | undefined;
  readonly address: string;
}

/** Why nobody was admitted. */
export type NoAdmission = Exclude<Refusal, 'document' | 'malformed'>;

export type Admission = { readonly viewer: Viewer } | { readonly refusal: NoAdmission; readonly retryAfterMs?: number };

export interface Access {
  admit(credentials: Credentials): Promise<Admission>;
  /** Every origin that some viewer may come from. */
  readonly origins: readonly string[];
}

/** How long to leave the signer's keys alone that could not be fetched (ms). */
const unavailableMs = 5_000;
const everybody: Viewer = { name: 'everybody', sites: 'all', limits: {} };

/**
 * The one place where a request becomes a viewer. Whatever is wrong with a credential, the answer is the same.
 *
 * More than 10 failures of an address in a minute are answered by the time to wait. Good credentials are heard all the same:
 * clients behind one proxy share its address, and a stranger among them must not lock out the others.
 */
export function createAccess(rules: AccessRules | 'open', clock: Clock): Access {
  if (rules === 'open') return { admit: async () => ({ viewer: everybody }), origins: [] };
  const identify = createIdentification(rules, clock);
  const attempts = createAttempts(clock);
  return {
    origins: [...new Set([...rules.keys, ...(rules.jwt ? [rules.jwt] : [])].flatMap(({ origins }) => origins))],
    async admit({ authorization, origin, host, address }) {
      const found = await identify(bearerOf(authorization));
      if (found === 'unavailable') return { refusal: 'unavailable', retryAfterMs: unavailableMs };
      if (found === 'refused') {
        // Nothing sent is nothing guessed.
        const retryAfterMs = authorization === undefined ? 0 : attempts.fail(address);
        return retryAfterMs > 0 ? { refusal: 'tooManyAttempts', retryAfterMs } : { refusal: 'unauthenticated' };
      }
      const mayCome = origin === undefined || found.origins.includes(origin) || isOwn(origin, host);
      return mayCome ? { viewer: found.viewer } : { refusal: 'forbidden' };
    },
  };
}

interface Identified {
  readonly viewer: Viewer;
  readonly origins: readonly string[];
}

/** A key has one dot, a token two; what is neither is looked up as a key, so that it takes no less time. */
function createIdentification({ keys, jwt }: AccessRules, clock: Clock) {
  const findKey = createKeyFinder(keys);
  const tokens = jwt && { rules: jwt, verify: createTokenVerifier(jwt, clock) };

  return async (credential: string): Promise<Identified | 'refused' | 'unavailable'> => {
    if (tokens && credential.split('.', 4).length === 3) {
      const holder = await tokens.verify(credential);
      return typeof holder === 'string' ? holder : { viewer: viewerOf(holder), origins: tokens.rules.origins };
    }
    const key = findKey(credential);
    if (!key) return 'refused';
    const { id, sites, origins, limits } = key;
    return { viewer: { name: `key:${id}`, sites: sites ? new Set(sites) : 'all', limits }, origins };
  };

  function viewerOf({ subject, sites }: TokenHolder): Viewer {
    return { name: `token:${subject}`, sites, limits: tokens?.rules.limits ?? {} };
  }
}

/** RFC 6750; '' for every header that is not of this form. */
function bearerOf(authorization: string | undefined): string {
  return /^Bearer +([A-Za-z0-9._~+/-]{1,8192}=*)$/i.exec(authorization ?? '')?.[1] ?? '';
}

/** Browsers name the origin of the gateway's own pages too. */
function isOwn(origin: string, host: string | undefined): boolean {
  return URL.canParse(origin) && new URL(origin).host === host;
}
