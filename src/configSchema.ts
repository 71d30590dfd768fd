import { z } from 'zod';
import { access } from './accessSchema.js';
import { catalogKeys } from './catalogConfig.js';
import { dateRangePresets } from './dateRange.js';
import { limits } from './limitsSchema.js';
import { server } from './serverSchema.js';
import { duration, rate, share, wholeNumber } from './units.js';
import { parseUrlTemplate } from './urlTemplate.js';

const url = z.url({ protocol: /^https?$/, error: 'write a whole URL, http:// or https://' });
const redisUrl = z.url({ protocol: /^rediss?$/, error: 'write a whole URL, redis:// or rediss://' });
const headerName = /^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/;

const apiKey = z.union(
  [
    z.strictObject({ query: z.string().min(1), value: z.string().min(1) }),
    z.strictObject({
      header: z.string().regex(headerName, { error: 'write the name of a header, such as X-Api-Key' }),
      value: z.string().min(1),
    }),
  ],
  { error: 'write { query: NAME, value: KEY } or { header: NAME, value: KEY }' },
);

const googleAnalytics = z.strictObject({
  credentials: z
    .string()
    .min(1)
    .nullable()
    .default(null)
    .describe('Credentials file, or its JSON; absent = application default credentials'),
  rootUrl: url.default('https://analyticsdata.googleapis.com/').describe('Where the Data API is'),
  tokenUrl: url.nullable().default(null).describe("Where tokens are asked instead of Google's own; for emulators"),
  concurrency: wholeNumber(1, 50)
    .prefault(5)
    .describe('Calls in flight at once; Google allows 10 for a property, which others use as well'),
  timeout: duration.prefault('10s').describe('How long one report may take; most take 1 to 3 s'),
  keysPerReport: wholeNumber(1, 10_000)
    .prefault(500)
    .describe('Keys that one filter may list; of more than 500 products the whole table is read instead'),
});

const partner = z.strictObject({
  url: z
    .string()
    .check(urlTemplateCheck)
    .describe('{partnerId} is required; {start} and {end} go together, without them the partner answers for all time'),
  apiKey: apiKey.nullable().default(null).describe('How the key is sent; absent = none'),
  format: z.enum(['json', 'text']).default('json').describe('text: the whole body is the value, at the pointer ""'),
  identity: z
    .string()
    .regex(/^(\/([^~/]|~[01])*)*$/, { error: 'write a JSON Pointer such as /product' })
    .nullable()
    .default(null)
    .describe('JSON Pointer to the product id in the answer; absent = not checked'),
  idPattern: z
    .string()
    .check(regularExpressionCheck)
    .default('[A-Za-z0-9_-]{1,64}')
    .describe('What a whole partner id looks like'),
  timeout: duration
    .prefault('180s')
    .describe('How long one attempt may take; longer than the deadline, because a late answer fills the cache'),
  concurrency: wholeNumber(1, 10_000)
    .prefault(32)
    .describe('Calls in flight at once, the others wait their turn; ask the partner how many it likes'),
  queue: wholeNumber(1, 1_000_000)
    .prefault(10_000)
    .describe('Calls that may wait, one more is OVERLOADED at once; room for ten of the largest pages'),
  rate: rate.nullable().default(null).describe('The pace of calls, such as 50/s; absent = not paced'),
  maxPause: duration
    .prefault('5m')
    .describe('The longest pause that Retry-After may ask for; a mistaken header silences nobody for days'),
  cache: z
    .strictObject({
      fresh: duration.prefault('10m').describe('How long an answer counts as new, give or take 10 %'),
      stale: duration
        .prefault('24h')
        .describe('How long after that it may still be shown, as STALE; a day survives most outages'),
    })
    .prefault({}),
  retry: z
    .strictObject({
      attempts: wholeNumber(1, 10)
        .prefault(2)
        .describe(
          'How often one call is sent at most: after a broken connection, 502, 503 and 504; a second try heals most hiccups. An idle connection that breaks is no try',
        ),
      budget: share
        .prefault('10%')
        .describe('Retries as a share of calls in a minute, at least 3: an outage is not made worse'),
    })
    .prefault({}),
  breaker: z
    .strictObject({
      failures: wholeNumber(1, 1_000)
        .prefault(10)
        .describe('Failures in a row after which the partner is not asked for a while'),
      slow: duration
        .prefault('25s')
        .describe('The same when nothing came back for so long, be it of a single call; set it above a normal one'),
      open: duration
        .prefault('30s')
        .describe('How long the partner is left alone before one call tries again; no sooner than it could recover'),
    })
    .prefault({}),
});

/** gateway.yaml: what may stand in it, with every default and what it is for. */
export const gatewayFile = z.strictObject({
  server,
  catalog: catalogKeys.describe('Where sites and products come from'),
  schema: z
    .string()
    .min(1)
    .nullable()
    .default(null)
    .describe('The schema file; absent = the one that comes with the gateway'),
  sources: z
    .strictObject({
      googleAnalytics: googleAnalytics.nullable().default(null),
      partner: partner.nullable().default(null),
    })
    .prefault({})
    .describe('A source that is absent is not asked; then no type of the schema may be fed by it'),
  cache: z
    .strictObject({
      memory: wholeNumber(1, 65_536)
        .prefault(64)
        .describe('MiB that the cached figures of each source may take in this process'),
      answers: wholeNumber(0, 65_536)
        .prefault(32)
        .describe(
          'MiB that whole answers may take, kept while all of their parts are fresh; 0 = none is kept or shared',
        ),
      redis: redisUrl
        .nullable()
        .default(null)
        .describe('What replicas share: figures, who asks for what, pace; absent = each keeps its own, in memory'),
    })
    .prefault({}),
  warm: z
    .array(
      z.strictObject({
        site: z.string().min(1),
        range: z.enum(dateRangePresets),
        every: duration,
      }),
    )
    .default([])
    .describe('Pages that are kept fresh in the background: { site: shop, range: LAST_28_DAYS, every: 10m }'),
  limits,
  documents: z
    .strictObject({
      file: z
        .string()
        .min(1)
        .describe('JSON of documents by their ids, as the client preset of GraphQL Code Generator writes it'),
      mode: z
        .enum(['off', 'enforce'])
        .default('off')
        .describe('enforce: these documents are answered and no other; off: they are, and others as well'),
    })
    .nullable()
    .default(null),
  log: z
    .strictObject({
      level: z
        .enum(['info', 'warn', 'error'])
        .default('info')
        .describe('The least that is worth a line; info has one for each request'),
      queries: z.boolean().default(false).describe('Whether that line holds the query; its variables are never logged'),
    })
    .prefault({}),
  access: access.describe('Must be written: open = everybody who reaches the port may ask; or keys, or jwt, or both'),
});

/** gateway.yaml as it was read: durations in ms, shares from 0 to 1. */
export type GatewayFile = z.output<typeof gatewayFile>;
export type PartnerConfig = Readonly<NonNullable<GatewayFile['sources']['partner']>>;
export type GoogleAnalyticsConfig = Readonly<NonNullable<GatewayFile['sources']['googleAnalytics']>>;

function urlTemplateCheck(context: z.core.ParsePayload<string>): void {
  addIssueOnThrow(context, () => parseUrlTemplate(context.value));
}

function regularExpressionCheck(context: z.core.ParsePayload<string>): void {
  addIssueOnThrow(context, () => new RegExp(context.value));
}

function addIssueOnThrow(context: z.core.ParsePayload<string>, attempt: () => void): void {
  try {
    attempt();
  } catch (error) {
    context.issues.push({ code: 'custom', input: context.value, message: (error as Error).message });
  }
}
