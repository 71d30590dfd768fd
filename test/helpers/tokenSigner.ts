import { exportJWK, generateKeyPair, type JWTHeaderParameters, SignJWT } from 'jose';
import { type Clock, systemClock } from '../../src/clock.js';
import { type Recorder, startRecorder } from './recorder.js';

/** undefined = without this one. */
export type Claims = Record<string, unknown>;

type SigningKey = Awaited<ReturnType<typeof generateKeyPair>>['privateKey'];

/** Signs tokens, and serves the keys to check them with, as an identity provider does. */
export interface TokenSigner {
  /** As `access.jwt` wants it. */
  readonly rules: { issuer: string; audience: string; jwks: string };
  /** Answers for the keys; can be told to answer otherwise. */
  readonly server: Recorder;
  /** A good token for these claims, but for what is changed. */
  sign(claims?: Claims, header?: Partial<JWTHeaderParameters>): Promise<string>;
  /** The same, by a key that is not among those served. */
  forge(claims?: Claims): Promise<string>;
  close(): Promise<void>;
}

export const issuer = 'https://login.example/';
export const audience = 'analytics';

export async function startTokenSigner(clock: Pick<Clock, 'now'> = systemClock): Promise<TokenSigner> {
  const [own, strange] = await Promise.all([generateKeyPair('ES256'), generateKeyPair('ES256')]);
  const keys = [{ ...(await exportJWK(own.publicKey)), kid: 'one', use: 'sig', alg: 'ES256' }];
  const server = await startRecorder();
  server.answerWith(() => ({ body: JSON.stringify({ keys }) }));

  function signWith(key: SigningKey, claims: Claims = {}, header: Partial<JWTHeaderParameters> = {}) {
    const now = Math.floor(clock.now() / 1_000);
    const all = { iss: issuer, aud: audience, sub: 'somebody', iat: now, exp: now + 600, sites: '*', ...claims };
    return new SignJWT(all).setProtectedHeader({ alg: 'ES256', kid: 'one', ...header }).sign(key);
  }

  return {
    rules: { issuer, audience, jwks: `${server.url}/keys` },
    server,
    sign: (claims, header) => signWith(own.privateKey, claims, header),
    forge: (claims) => signWith(strange.privateKey, claims),
    close: () => server.close(),
  };
}

/** A token as somebody would write it who has no key at all. */
export function unsignedToken(header: object, claims: object, signature = ''): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part(header)}.${part(claims)}.${signature}`;
}
