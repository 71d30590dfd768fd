import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import type { FormattedExecutionResult } from 'graphql';
import { type Cache, createCache } from './cache/cache.js';
import { createMemoryStore } from './cache/memoryStore.js';
import { createFileCatalog } from './catalog/fileCatalog.js';
import { type Clock, systemClock } from './clock.js';
import { type Config, ownSchemaFile, variablesOf } from './config.js';
import { ConfigurationError, type SourceName } from './errors.js';
import type { Figures } from './figures.js';
import { type Probe, probeSources } from './probe.js';
import { createScheduler, type SchedulerSettings } from './scheduler/scheduler.js';
import type { Context } from './schema/context.js';
import { buildSchema, readSchema, type SchemaFile, type SchemaText } from './schema/schema.js';
import { createApollo } from './server/apollo.js';
import { createMetrics } from './server/metrics.js';
import { createRequestScope, type RequestScope } from './server/requestScope.js';
import { createServer } from './server/server.js';
import { createTraces } from './server/trace.js';
import { createGoogleAnalyticsClient } from './sources/googleAnalytics/client.js';
import { createGoogleAnalyticsLoaders, type MetricText } from './sources/googleAnalytics/loader.js';
import { googleAnalyticsPolicies } from './sources/googleAnalytics/policies.js';
import { createPartnerClient } from './sources/partner/client.js';
import { createPartnerLoaders, type PartnerFigures } from './sources/partner/loader.js';
import { compileSummaryReader } from './sources/partner/summary.js';
import type { Report } from './telemetry.js';
import { parseUrlTemplate } from './urlTemplate.js';

export interface AppOptions {
  clock?: Clock;
  report?: Report;
  /** Whether every answer carries `extensions.sources`, as in the demo. */
  alwaysTrace?: boolean;
  /** An operation that Sandbox opens with. */
  sandboxDocument?: string;
}

export interface Operation {
  query: string;
  variables?: Record<string, unknown>;
  operationName?: string;
}

export interface App {
  /** Starts to serve; answers with the URL, which names the real port where the configuration says 0. */
  listen(): Promise<string>;
  /** Runs one operation in process, as a request of its own. */
  execute(operation: Operation): Promise<FormattedExecutionResult>;
  /** Asks every source once, for a product that it knows. */
  probe(): Promise<Probe[]>;
  /** Ends what runs and frees every socket and timer. */
  close(): Promise<void>;
}

/**
 * Builds the gateway from its configuration. Nothing is asked of a source yet.
 * @throws ConfigurationError with every problem of the catalog and the schema.
 */
export async function createApp(config: Config, options: AppOptions = {}): Promise<App> {
  const { clock = systemClock, report: reportOutside = () => {}, alwaysTrace = false, sandboxDocument } = options;
  const traces = createTraces(clock);
  const metrics = createMetrics(() => sources.statuses());
  const report: Report = (event) => {
    traces.listen(event);
    metrics.listen(event);
    reportOutside(event);
  };
  const schemaFile = loadSchema(config);
  const catalog = createFileCatalog({ file: config.catalog.file, variables: variablesOf(), report });
  const sources = createSources({ config, figures: schemaFile.figures, clock, report });
  const apollo = createApollo({
    schema: buildSchema(schemaFile.document),
    production: config.production,
    sandboxDocument,
    alwaysTrace,
    traces,
    clock,
    report,
  });

  const createContext = (scope: RequestScope): Context => ({
    requestId: scope.requestId,
    now: clock.now(),
    catalog: catalog.current(),
    figures: schemaFile.figures,
    limits: config.limits,
    googleAnalytics: sources.googleAnalytics?.(scope) ?? null,
    partner: sources.partner?.(scope) ?? null,
    sources: sources.statuses,
  });
  await apollo.start();
  const server = await createServer({ config, apollo, createContext, traces, metrics, clock, report });
  if (config.access === 'open') report({ type: 'access.open' });

  /** Does something in process as a request of its own, with the deadline of every request. */
  async function inScope<T>(work: (context: Context) => Promise<T>): Promise<T> {
    const scope = createRequestScope({ requestId: crypto.randomUUID(), deadlineMs: config.server.deadline, clock });
    traces.begin(scope.requestId);
    try {
      return await work(createContext(scope));
    } finally {
      scope.end();
      traces.end(scope.requestId);
    }
  }

  return {
    async listen() {
      await server.listen({ port: config.server.port, host: config.server.host });
      const { port } = server.server.address() as AddressInfo;
      return `http://localhost:${port}/`;
    },
    execute: (operation) =>
      inScope(async (contextValue) => {
        const { body } = await apollo.executeOperation(operation, { contextValue });
        if (body.kind !== 'single') throw new Error('An operation without @defer was answered in parts.');
        return body.singleResult;
      }),
    probe: () => inScope(probeSources),
    async close() {
      await server.close();
      await apollo.stop();
      catalog.close();
      await sources.close();
    },
  };
}

/** @throws ConfigurationError with every problem of the schema file. */
export function loadSchema(config: Config): SchemaFile {
  const { googleAnalytics, partner } = config.sources;
  const configured: Record<SourceName, boolean> = {
    googleAnalytics: googleAnalytics !== null,
    partner: partner !== null,
  };
  return readSchema(readText(config.schema), readText(ownSchemaFile), configured);
}

function readText(file: string): SchemaText {
  try {
    return { file, text: readFileSync(file, 'utf8') };
  } catch {
    throw new ConfigurationError([{ file, message: 'the schema file cannot be read; check the path.' }]);
  }
}

interface SourcesOptions {
  config: Config;
  figures: Figures;
  clock: Clock;
  report: Report;
}

/** Each source: its client, behind its scheduler, behind loaders that live for one request. */
function createSources({ config, figures, clock, report }: SourcesOptions) {
  const { googleAnalytics, partner } = config.sources;
  const scheduler = (source: SourceName, settings: SchedulerSettings) =>
    createScheduler({ source, settings, clock, report });
  const maxBytes = config.cache.memory * 1_048_576;
  const cache = <V>(source: SourceName): Cache<V> =>
    createCache<V>({ source, store: createMemoryStore<V>({ maxBytes, clock }), clock, report });
  const google = googleAnalytics && {
    client: createGoogleAnalyticsClient(googleAnalytics),
    cache: cache<MetricText>('googleAnalytics'),
    scheduler: scheduler('googleAnalytics', { ...googleAnalyticsPolicies, ...googleAnalytics }),
  };
  const partnerSource = partner && {
    client: createPartnerClient(partner, clock),
    cache: cache<PartnerFigures>('partner'),
    lifetime: partner.cache,
    scheduler: scheduler('partner', { ...partner, intervalMs: partner.rate ?? 0 }),
    readSummary: compileSummaryReader(figures.partner.values(), partner.identity),
    hasRange: parseUrlTemplate(partner.url).hasRange,
  };
  const all = [google, partnerSource].filter((source) => source !== null);
  return {
    googleAnalytics:
      google && createGoogleAnalyticsLoaders({ ...google, schedule: google.scheduler.run, clock, report }),
    partner:
      partnerSource && createPartnerLoaders({ ...partnerSource, schedule: partnerSource.scheduler.run, clock, report }),
    statuses: () => all.map((source) => ({ ...source.scheduler.status(), cacheHitShare: source.cache.hitShare() })),
    async close() {
      await Promise.all(all.map((source) => source.cache.close()));
      for (const source of all) source.scheduler.close();
      await Promise.all(all.map((source) => source.client.close()));
    },
  };
}
