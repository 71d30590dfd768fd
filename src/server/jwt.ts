import { createRemoteJWKSet, errors, type JWTPayload, jwtVerify } from 'jose';
import type { JwtRules } from '../accessSchema.js';
import type { Clock } from '../clock.js';

/** What a good token says. */
export interface TokenHolder {
  readonly subject: string;
  readonly sites: 'all' | ReadonlySet<string>;
}

/** `unavailable`: its signer's keys are not there, so that nothing can be said of the token. */
export type VerifyToken = (token: string) => Promise<TokenHolder | 'refused' | 'unavailable'>;

/** By public keys only: with HMAC, whoever can verify can sign. `none` is no algorithm. */
const algorithms = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
];
const clockToleranceSeconds = 30;
const jwksTimeoutMs = 3_000;

/** The signer's keys are fetched when first needed, kept for 10 minutes, and asked for again at most twice a minute for an unknown `kid`. */
export function createTokenVerifier({ issuer, audience, jwks, sitesClaim }: JwtRules, clock: Clock): VerifyToken {
  const keys = createRemoteJWKSet(new URL(jwks), { timeoutDuration: jwksTimeoutMs });
  return async (token) => {
    try {
      const { payload } = await jwtVerify(token, keys, {
        issuer,
        audience,
        algorithms,
        clockTolerance: clockToleranceSeconds,
        currentDate: new Date(clock.now()),
        // A token that never ends could never be taken back.
        requiredClaims: ['sub', 'exp'],
      });
      return { subject: String(payload.sub), sites: sitesOf(payload, sitesClaim) };
    } catch (error) {
      return isOfToken(error) ? 'refused' : 'unavailable';
    }
  };
}

/** Only what is plainly said counts: a claim that is absent, or of another form, is no site. */
function sitesOf(payload: JWTPayload, claim: string): 'all' | ReadonlySet<string> {
  const sites = payload[claim];
  if (sites === '*') return 'all';
  return new Set(Array.isArray(sites) ? sites.filter((site): site is string => typeof site === 'string') : []);
}

/** jose's errors that are not of the token itself are of its signer's keys: a time-out, another status, no JSON. */
function isOfToken(error: unknown): boolean {
  if (!(error instanceof errors.JOSEError)) return false;
  return !['ERR_JOSE_GENERIC', 'ERR_JWKS_TIMEOUT', 'ERR_JWKS_INVALID'].includes(error.code);
}
