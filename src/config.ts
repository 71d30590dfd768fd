import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { duration, wholeNumber } from './units.js';
import { parseUrlTemplate } from './urlTemplate.js';
import { parseWritten, readYamlFile, type Variables, type Written } from './yamlFile.js';

const url = z.url({ protocol: /^https?$/, error: 'write a whole URL, http:// or https://' });
const headerName = /^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/;

const apiKey = z.union(
  [
    z.strictObject({ query: z.string().min(1), value: z.string().min(1) }),
    z.strictObject({ header: z.string().regex(headerName), value: z.string().min(1) }),
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
  concurrency: wholeNumber(1, 50).default(5).describe('Reports in flight at once; Google allows 10 for a property'),
  timeout: duration.default(10_000).describe('How long one report may take'),
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
    .nullable()
    .default(null)
    .describe('JSON Pointer to the product id in the answer; absent = not checked'),
  idPattern: z
    .string()
    .check(regularExpressionCheck)
    .default('[A-Za-z0-9_-]{1,64}')
    .describe('What a whole partner id looks like'),
  timeout: duration.default(180_000).describe('How long one attempt may take'),
  concurrency: wholeNumber(1, 10_000).default(32).describe('Calls in flight at once; the others wait their turn'),
});

const gatewayFile = z.strictObject({
  server: z
    .strictObject({
      port: wholeNumber(0, 65_535).default(4000).describe('0 = any free port'),
      host: z.string().min(1).default('0.0.0.0').describe('The address to listen on'),
      deadline: duration
        .default(30_000)
        .describe('How long a request may take; what is missing then is an error of its field'),
    })
    .prefault({}),
  catalog: z
    .strictObject({ file: z.string().min(1).describe('The file that lists sites and products') })
    .describe('Where sites and products come from'),
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
  limits: z
    .strictObject({
      first: wholeNumber(1, 100_000).default(1_000).describe('The most products that one page may hold'),
      ids: wholeNumber(1, 100_000).default(200).describe('The most ids that one argument may hold'),
    })
    .prefault({}),
  access: z.literal('open', { error: 'say who may ask; write access: open to let everybody' }),
});

type GatewayFile = z.output<typeof gatewayFile>;
export type PartnerConfig = Readonly<NonNullable<GatewayFile['sources']['partner']>>;
export type GoogleAnalyticsConfig = Readonly<NonNullable<GatewayFile['sources']['googleAnalytics']>>;

/** What the gateway runs with. Checked, complete and frozen; durations in ms, paths absolute. */
export interface Config {
  readonly server: Readonly<{ port: number; host: string; deadline: number }>;
  readonly catalog: Readonly<{ file: string }>;
  readonly schema: string;
  readonly sources: Readonly<{ googleAnalytics: GoogleAnalyticsConfig | null; partner: PartnerConfig | null }>;
  readonly limits: Readonly<{ first: number; ids: number }>;
  readonly access: 'open';
  /** Development shows Apollo Sandbox and answers introspection; NODE_ENV=production does neither. */
  readonly production: boolean;
}

/** The schema that comes with the gateway. */
export const ownSchemaFile = fileURLToPath(new URL('../schema.graphql', import.meta.url));

/**
 * Reads gateway.yaml. PORT in the environment wins over `server.port`.
 * @throws ConfigurationError with every problem of the file.
 */
export function loadConfig(file: string, environment: NodeJS.ProcessEnv = process.env): Config {
  return readConfig(readYamlFile(file), environment);
}

/** The same for a configuration that a program made; relative paths are relative to `file`, which need not exist. */
export function readConfig(written: Written, environment: NodeJS.ProcessEnv = process.env): Config {
  const parsed = parseWritten(withPort(written, environment), gatewayFile, variablesOf(environment));
  const absolute = (path: string) => resolve(dirname(written.file), path);
  const { sources } = parsed;
  return deepFreeze({
    ...parsed,
    catalog: { file: absolute(parsed.catalog.file) },
    schema: parsed.schema === null ? ownSchemaFile : absolute(parsed.schema),
    sources: { ...sources, googleAnalytics: sources.googleAnalytics && withPath(sources.googleAnalytics, absolute) },
    production: environment['NODE_ENV'] === 'production',
  });
}

/** PORT, where it is a number; undefined where it is not set. */
export function environmentPort(environment: NodeJS.ProcessEnv = process.env): number | undefined {
  const port = environment['PORT'];
  return port ? Number(port) : undefined;
}

/** What `${NAME}` stands for, in gateway.yaml and catalog.yaml. */
export function variablesOf(environment: NodeJS.ProcessEnv = process.env): Variables {
  return (name) => environment[name];
}

/** The JSON Schema of gateway.yaml, for editors. */
export function gatewayJsonSchema(): object {
  return z.toJSONSchema(gatewayFile, { io: 'input' });
}

/** Every key of gateway.yaml with its default and meaning, in the order of the file; README prints this table. */
export function describeConfig(): { key: string; default: unknown; meaning: string }[] {
  return describeNode(gatewayJsonSchema() as SchemaNode, '');
}

interface SchemaNode {
  properties?: Record<string, SchemaNode>;
  anyOf?: SchemaNode[];
  description?: string;
  default?: unknown;
}

function describeNode(node: SchemaNode, prefix: string): { key: string; default: unknown; meaning: string }[] {
  const object = [node, ...(node.anyOf ?? [])].find(({ properties }) => properties);
  return Object.entries(object?.properties ?? {}).flatMap(([name, child]) => {
    const key = prefix + name;
    const inner = describeNode(child, `${key}.`);
    return child.description === undefined
      ? inner
      : [{ key, default: child.default, meaning: child.description }, ...inner];
  });
}

function withPort(written: Written, environment: NodeJS.ProcessEnv): Written {
  const port = environmentPort(environment);
  if (port === undefined) return written;
  const value = written.value as { server?: object };
  return { ...written, value: { ...value, server: { ...value.server, port } } };
}

function withPath(config: GoogleAnalyticsConfig, absolute: (path: string) => string): GoogleAnalyticsConfig {
  const { credentials } = config;
  if (credentials === null || credentials.trimStart().startsWith('{')) return config;
  return { ...config, credentials: absolute(credentials) };
}

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

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    Object.values(value).forEach(deepFreeze);
  }
  return value;
}
