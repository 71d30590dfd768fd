import { createVerify, generateKeyPair, type KeyObject, randomBytes } from 'node:crypto';
import { promisify } from 'node:util';

/** The file that Google hands out for a service account. */
export interface ServiceAccount {
  readonly type: 'service_account';
  readonly project_id: string;
  readonly private_key_id: string;
  readonly private_key: string;
  readonly client_email: string;
  readonly client_id: string;
  readonly auth_uri: string;
  readonly token_uri: string;
}

export interface TokenAnswer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

export interface TokenIssuer {
  readonly serviceAccount: ServiceAccount;
  /** The JWT bearer grant: an assertion that the service account signed, for an access token of an hour. */
  exchange(form: URLSearchParams): TokenAnswer;
  /** Whether an access token, or a JWT that the service account signed for the API itself, is good now. */
  accepts(bearer: string): boolean;
}

const tokenUri = 'https://oauth2.googleapis.com/token';
const apiAudience = 'https://analyticsdata.googleapis.com/';
const jwtGrant = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
const scopes = ['https://www.googleapis.com/auth/analytics', 'https://www.googleapis.com/auth/analytics.readonly'];
const lifetimeSeconds = 3599;
const longestAssertionSeconds = 3600;
const clockSkewSeconds = 300;

/**
 * Plays Google's token endpoint for one service account.
 *
 * It goes by the machine's time, not by the clock of the reports: clients sign with the machine's.
 */
export async function createTokenIssuer(nowSeconds = () => Date.now() / 1000): Promise<TokenIssuer> {
  keys ??= promisify(generateKeyPair)('rsa', { modulusLength: 2048 });
  const { privateKey, publicKey } = await keys;
  const serviceAccount = createServiceAccount(privateKey);
  const expiries = new Map<string, number>();
  return {
    serviceAccount,
    exchange(form) {
      const grant = form.get('grant_type');
      if (grant !== jwtGrant) return refuse('unsupported_grant_type', `Invalid grant_type: ${grant ?? ''}`);
      const jwt = readJwt(form.get('assertion') ?? '');
      if (!jwt) return refuse('invalid_grant', 'Invalid JWT: Failed to parse.');
      const refusal = judgeAssertion(jwt, serviceAccount.client_email, publicKey, nowSeconds());
      if (refusal) return refusal;
      const token = `ya29.c.${randomBytes(48).toString('base64url')}`;
      expiries.set(token, nowSeconds() + lifetimeSeconds);
      return { status: 200, body: { access_token: token, expires_in: lifetimeSeconds, token_type: 'Bearer' } };
    },
    accepts(bearer) {
      const expiry = expiries.get(bearer);
      if (expiry !== undefined) return expiry > nowSeconds();
      const jwt = readJwt(bearer);
      if (!jwt || !isSignedBy(jwt, publicKey) || !hasGoodTimes(jwt.claims, nowSeconds())) return false;
      return jwt.claims.iss === serviceAccount.client_email && (jwt.claims.aud === apiAudience || hasScope(jwt.claims));
    },
  };
}

/** One pair for the process: making it takes a tenth of a second and more. */
let keys: Promise<{ privateKey: KeyObject; publicKey: KeyObject }> | undefined;

/** undefined = the assertion deserves a token; else Google's answer for its first fault. */
function judgeAssertion(jwt: Jwt, account: string, publicKey: KeyObject, now: number): TokenAnswer | undefined {
  const { claims } = jwt;
  if (claims.iss !== account) return refuse('invalid_grant', 'Invalid grant: account not found');
  if (!isSignedBy(jwt, publicKey)) return refuse('invalid_grant', 'Invalid JWT Signature.');
  if (claims.aud !== tokenUri) return refuse('invalid_grant', 'Invalid JWT: Failed audience check.');
  if (!hasGoodTimes(claims, now)) return refuse('invalid_grant', badTimes);
  if (!hasScope(claims)) return refuse('invalid_scope', 'Invalid OAuth scope or ID token audience provided.');
  return undefined;
}

function hasGoodTimes({ iat, exp }: Claims, now: number): boolean {
  return exp > now && iat <= now + clockSkewSeconds && exp - iat <= longestAssertionSeconds;
}

const badTimes =
  'Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe. Check your iat and exp values in the JWT claim.';

function refuse(error: string, description: string): TokenAnswer {
  return { status: 400, body: { error, error_description: description } };
}

function createServiceAccount(privateKey: KeyObject): ServiceAccount {
  return {
    type: 'service_account',
    project_id: 'analytics-gateway-demo',
    private_key_id: randomBytes(20).toString('hex'),
    private_key: String(privateKey.export({ type: 'pkcs8', format: 'pem' })),
    client_email: 'gateway@analytics-gateway-demo.iam.gserviceaccount.com',
    client_id: '100000000000000000001',
    auth_uri: 'https://accounts.google.com/o/oauth2/auth',
    token_uri: tokenUri,
  };
}

interface Claims {
  readonly iss: unknown;
  readonly aud: unknown;
  readonly scope: unknown;
  readonly iat: number;
  readonly exp: number;
}

interface Jwt {
  readonly claims: Claims;
  readonly signed: string;
  readonly signature: Buffer;
}

/** undefined = not a JWT that was signed by RS256. */
function readJwt(text: string): Jwt | undefined {
  const [head = '', payload = '', signature = '', ...rest] = text.split('.');
  const header = readPart(head);
  const claims = readPart(payload);
  if (header?.['alg'] !== 'RS256' || !claims || signature === '' || rest.length > 0) return undefined;
  const { iss, aud, scope, iat, exp } = claims;
  return {
    claims: { iss, aud, scope, iat: Number(iat), exp: Number(exp) },
    signed: `${head}.${payload}`,
    signature: Buffer.from(signature, 'base64url'),
  };
}

function readPart(part: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
    return typeof value === 'object' && value !== null ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}

function isSignedBy({ signed, signature }: Jwt, publicKey: KeyObject): boolean {
  return createVerify('RSA-SHA256').update(signed).verify(publicKey, signature);
}

function hasScope({ scope }: Claims): boolean {
  return typeof scope === 'string' && scope.split(' ').some((name) => scopes.includes(name));
}
