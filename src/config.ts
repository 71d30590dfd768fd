import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import type { AccessRules } from './accessSchema.js';
import type { CatalogConfig } from './catalogConfig.js';
import { type GatewayFile, type GoogleAnalyticsConfig, gatewayFile, type PartnerConfig } from './configSchema.js';
import type { DateRangePreset } from './dateRange.js';
import { ConfigurationError, type Problem } from './errors.js';
import { packageRoot } from './packageRoot.js';
import { parseWritten, readYamlFile, type Variables } from './yamlFile.js';
import type { Written } from './yamlText.js';

/** What the gateway runs with. Checked, complete and frozen; durations in ms, paths absolute. */
export interface Config {
  /** Where it was read from. */
  readonly file: string;
  readonly server: Readonly<GatewayFile['server']>;
  readonly catalog: CatalogConfig;
  readonly schema: string;
  readonly sources: Readonly<{ googleAnalytics: GoogleAnalyticsConfig | null; partner: PartnerConfig | null }>;
  readonly cache: Readonly<{ memory: number; answers: number; redis: string | null }>;
  readonly warm: readonly Readonly<{ site: string; range: DateRangePreset; every: number }>[];
  readonly limits: Readonly<GatewayFile['limits']>;
  readonly documents: Readonly<{ file: string; mode: 'off' | 'enforce' }> | null;
  readonly log: Readonly<GatewayFile['log']>;
  readonly access: 'open' | AccessRules;
  /** Whether spans are sent: any OTEL_* is set, but OTEL_SDK_DISABLED. */
  readonly openTelemetry: boolean;
  /** What Node was told by --max-old-space-size; null = nothing. */
  readonly maxOldMiB: number | null;
  /** Development shows Apollo Sandbox and answers introspection; NODE_ENV=production does neither. */
  readonly production: boolean;
}

/** The schema that comes with the gateway. */
export const ownSchemaFile = fileURLToPath(new URL('schema.graphql', packageRoot));

/**
 * Reads gateway.yaml. PORT in the environment wins over `server.port`.
 * @throws ConfigurationError with every problem of the file.
 */
export function loadConfig(file: string, environment: NodeJS.ProcessEnv = process.env): Config {
  return readConfig(readYamlFile(file), environment);
}

/** The same for a configuration that a program made; relative paths are relative to `file`, which need not exist. */
export function readConfig(written: Written, environment: NodeJS.ProcessEnv = process.env): Config {
  const known = [...debugProblems(written.file, environment), ...reportProblems(written.file, environment)];
  const parsed = parseWritten(withPort(written, environment), gatewayFile, variablesOf(environment), known);
  const absolute = (path: string) => resolve(dirname(written.file), path);
  const { catalog, documents, sources } = parsed;
  return deepFreeze({
    ...parsed,
    file: written.file,
    catalog: catalog.file === null ? catalog : { ...catalog, file: absolute(catalog.file) },
    documents: documents && { ...documents, file: absolute(documents.file) },
    schema: parsed.schema === null ? ownSchemaFile : absolute(parsed.schema),
    sources: {
      ...sources,
      googleAnalytics: sources.googleAnalytics && withCredentials(written, sources.googleAnalytics),
    },
    openTelemetry: wantsOpenTelemetry(environment),
    maxOldMiB: maxOldMiB(environment),
    production: isProduction(environment),
  });
}

function wantsOpenTelemetry(environment: NodeJS.ProcessEnv): boolean {
  const isSet = Object.keys(environment).some((name) => name.startsWith('OTEL_'));
  return isSet && environment['OTEL_SDK_DISABLED'] !== 'true';
}

/** The last one counts, and the command line comes after NODE_OPTIONS. */
function maxOldMiB(environment: NodeJS.ProcessEnv): number | null {
  const options = [environment['NODE_OPTIONS'], ...process.execArgv].join(' ');
  const told = [...options.matchAll(/--max[-_]old[-_]space[-_]size=(\d+)/g)].at(-1)?.[1];
  return told === undefined ? null : Number(told);
}

/** PORT as it was given; undefined where it is not set. */
export function environmentPort(environment: NodeJS.ProcessEnv = process.env): string | undefined {
  return environment['PORT'] || undefined;
}

/** The key or token that commands send to a gateway that runs; out of the environment, because others can read the flags of a process. */
export function environmentKey(environment: NodeJS.ProcessEnv = process.env): string | undefined {
  return environment['ANALYTICS_GATEWAY_KEY'] || undefined;
}

/** What a partner's id must look like, whether or not a partner is configured. */
export function partnerIdPatternOf({ sources }: Pick<Config, 'sources'>): string {
  return sources.partner?.idPattern ?? '[A-Za-z0-9_-]{1,64}';
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
  const?: unknown;
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
    // A section needs no line of its own, unless a word may stand in its place.
    const isSection = inner.length > 0 && !child.anyOf?.some((choice) => choice.const !== undefined);
    if (isSection || child.description === undefined) return inner;
    return [{ key, default: child.default, meaning: child.description }, ...inner];
  });
}

const isProduction = (environment: NodeJS.ProcessEnv) => environment['NODE_ENV'] === 'production';

/** Parts of Node that write whole URLs and headers on standard error when they are told to; the partner's key is in them. */
const talkative = ['undici', 'fetch', 'http', 'https', 'net', 'tls', 'stream'];

/** For development this may be just what somebody wants. */
function debugProblems(file: string, environment: NodeJS.ProcessEnv): Problem[] {
  const patterns = (environment['NODE_DEBUG'] ?? '').toLowerCase().split(',').filter(Boolean);
  // As Node reads them: a star stands for anything.
  const matches = (pattern: string, name: string) =>
    pattern.split('*').length > 1 ? name.startsWith(pattern.split('*')[0] ?? '') : pattern.trim() === name;
  const heard = talkative.filter((name) => patterns.some((pattern) => matches(pattern, name)));
  if (!isProduction(environment) || heard.length === 0) return [];
  return [{ file, message: `NODE_DEBUG names ${heard.join(', ')}, which would log keys; unset it in production.` }];
}

/** What makes Node write a report of its process, and the whole environment in it. */
const reportSwitch = /^--report-(on-fatalerror|on-signal|uncaught-exception)$/;

function reportProblems(file: string, environment: NodeJS.ProcessEnv): Problem[] {
  const given = [...(environment['NODE_OPTIONS'] ?? '').split(/\s+/), ...process.execArgv];
  const switches = given.map((each) => each.replaceAll('_', '-'));
  const heard = switches.filter((each) => reportSwitch.test(each));
  if (!isProduction(environment) || heard.length === 0 || switches.includes('--report-exclude-env')) return [];
  const cure = 'leave that out in production, or add --report-exclude-env (Node 22.13 and newer)';
  return [{ file, message: `${heard.join(', ')} would write keys of the environment into a file; ${cure}.` }];
}

function withPort(written: Written, environment: NodeJS.ProcessEnv): Written {
  const port = environmentPort(environment);
  if (port === undefined) return written;
  const value = written.value as { server?: object };
  return { ...written, value: { ...value, server: { ...value.server, port } } };
}

/** The credentials read and parsed, so that a client never meets a file that is not there, or a text that is no JSON. */
function withCredentials(written: Written, config: GoogleAnalyticsConfig): GoogleAnalyticsConfig {
  if (config.credentials === null) return config;
  const isInline = config.credentials.trimStart().startsWith('{');
  const path = ['sources', 'googleAnalytics', 'credentials'];
  try {
    const text = isInline
      ? config.credentials
      : readFileSync(resolve(dirname(written.file), config.credentials), 'utf8');
    return { ...config, credentials: JSON.stringify(JSON.parse(text)) };
  } catch {
    // The error of a parser quotes the text, and with it the private key.
    const what = isInline ? 'is not valid JSON' : `the file ${config.credentials} cannot be read, or is not JSON`;
    const line = written.lineOf(path);
    const message = `${path.join('.')}: ${what}.`;
    throw new ConfigurationError([{ file: written.file, ...(line !== undefined && { line }), message }]);
  }
}

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    Object.values(value).forEach(deepFreeze);
  }
  return value;
}
