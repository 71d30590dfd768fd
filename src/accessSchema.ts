// A part of configSchema.ts: who may ask.
import { z } from 'zod';
import { isOrigin } from './origin.js';
import { wholeNumber } from './units.js';

const hashHelp = 'write what `analytics-gateway keys create` printed: sha256: and 64 hexadecimal digits';
const originHelp = 'write an origin such as https://shop.example, without a path';
const jwksHelp = 'write a whole URL, https:// (http:// only on this machine)';

const origins = z.array(z.string().refine(isOrigin, { error: originHelp })).default([]);

/** What one viewer may have less, or more, of than others; a limit that is absent is the gateway's. */
const ownLimits = z
  .strictObject({
    first: wholeNumber(1, 100_000).optional(),
    ids: wholeNumber(1, 100_000).optional(),
    maxPartnerCalls: wholeNumber(0, 1_000_000).optional(),
    maxReports: wholeNumber(0, 10_000).optional(),
    callsPerMinute: wholeNumber(1, 1_000_000).optional(),
  })
  .prefault({});

const accessKey = z.strictObject({
  id: z.string().regex(/^[A-Za-z0-9_-]{1,64}$/, { error: 'write 1 to 64 letters, digits, _ or -' }),
  hash: z.string().regex(/^sha256:[0-9a-f]{64}$/, { error: hashHelp }),
  sites: z.array(z.string().min(1)).nullable().default(null),
  origins,
  limits: ownLimits,
});

const jwt = z.strictObject({
  issuer: z.string().min(1).describe('Who signs tokens: their iss'),
  audience: z.string().min(1).describe('Whom they are for: their aud'),
  jwks: z.string().refine(isSafeUrl, { error: jwksHelp }).describe("Where the signer's public keys are"),
  sitesClaim: z
    .string()
    .min(1)
    .default('sites')
    .describe('The claim that lists the ids of the sites that the token is for, or is "*"; without it: no site'),
  origins: origins.describe('Web pages that may send tokens: https://…'),
  limits: ownLimits.describe('As in a key'),
});

const accessRules = z
  .strictObject({
    keys: z
      .array(accessKey)
      .default([])
      .superRefine((keys, context) => {
        const ids = keys.map(({ id }) => id);
        ids.forEach((id, index) => {
          if (ids.indexOf(id) < index) {
            context.addIssue({ code: 'custom', path: [index, 'id'], message: `${id} is the id of another key` });
          }
        });
      })
      .describe(
        '`{ id, hash, sites, origins, limits: { first, ids, maxPartnerCalls, maxReports, callsPerMinute } }` as `keys create` prints them; without sites: all, without origins: no web page',
      ),
    jwt: jwt.nullable().default(null),
  })
  .refine(({ keys, jwt: tokens }) => keys.length > 0 || tokens !== null, { error: 'name at least one key, or jwt' });

export const access = z.union([z.literal('open'), accessRules], {
  error: 'say who may ask; write access: open to let everybody, or keys, or jwt',
});

export type AccessRules = Readonly<z.output<typeof accessRules>>;
export type AccessKey = Readonly<AccessRules['keys'][number]>;
export type JwtRules = Readonly<NonNullable<AccessRules['jwt']>>;

/** Whoever can change the keys on their way can sign tokens. */
function isSafeUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname } = new URL(text);
  return protocol === 'https:' || (protocol === 'http:' && /^(localhost|127\.0\.0\.1|\[::1\])$/.test(hostname));
}
