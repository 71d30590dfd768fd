import type { AccessKey, AccessRules } from '../accessSchema.js';
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
  /** Who would be admitted without a page's origin, where that needs no waiting. Counts no failure: null = `admit` has more to say. */
  recognize(authorization: string | undefined): Viewer | null;
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
  if (rules === 'open') {
    return { admit: async () => ({ viewer: everybody }), recognize: () => everybody, origins: [] };
  }
  const { identify, byKey, isToken } = createIdentification(rules, clock);
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
    recognize(authorization) {
      const credential = bearerOf(authorization);
      const found = isToken(credential) ? 'refused' : byKey(credential);
      return found === 'refused' ? null : found.viewer;
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
  const ofKeys = new Map(keys.map((key) => [key, holderOf(key)]));
  const tokens = jwt && { rules: jwt, verify: createTokenVerifier(jwt, clock) };

  const isToken = (credential: string) => credential.split('.', 4).length === 3;

  function byKey(credential: string): Identified | 'refused' {
    const key = findKey(credential);
    return (key && ofKeys.get(key)) ?? 'refused';
  }

  async function identify(credential: string): Promise<Identified | 'refused' | 'unavailable'> {
    if (!tokens || !isToken(credential)) return byKey(credential);
    const holder = await tokens.verify(credential);
    return typeof holder === 'string' ? holder : { viewer: viewerOf(holder), origins: tokens.rules.origins };
  }

  function viewerOf({ subject, sites }: TokenHolder): Viewer {
    return { name: `token:${subject}`, sites, limits: tokens?.rules.limits ?? {} };
  }

  return { identify, byKey, isToken };
}

function holderOf({ id, sites, origins, limits }: AccessKey): Identified {
  return { viewer: { name: `key:${id}`, sites: sites ? new Set(sites) : 'all', limits }, origins };
}

/** RFC 6750; '' for every header that is not of this form. */
function bearerOf(authorization: string | undefined): string {
  return /^Bearer +([A-Za-z0-9._~+/-]{1,8192}=*)$/i.exec(authorization ?? '')?.[1] ?? '';
}

/** Browsers name the origin of the gateway's own pages too. */
function isOwn(origin: string, host: string | undefined): boolean {
  return URL.canParse(origin) && new URL(origin).host === host;
}
