import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import type { FormattedExecutionResult } from 'graphql';
import { type Clock, systemClock } from './clock.js';
import { type Config, ownSchemaFile } from './config.js';
import { secretsOf, secretsOfSites } from './configSecrets.js';
import { createCatalog } from './createCatalog.js';
import { createContexts } from './createContexts.js';
import { createSources } from './createSources.js';
import { loadDocuments } from './documentsFile.js';
import { ConfigurationError } from './errors.js';
import type { UpstreamPlan } from './plan.js';
import { type Probe, probeSources } from './probe.js';
import type { Context } from './schema/context.js';
import { readSchema, type SchemaFile, type SchemaText } from './schema/schema.js';
import { createApollo } from './server/apollo.js';
import { createAccess } from './server/auth.js';
import { type Occasion, timesOf } from './server/drain.js';
import { createMetrics } from './server/metrics.js';
import { startOpenTelemetry } from './server/openTelemetry.js';
import { createRedactor, type Redactor } from './server/redactor.js';
import { createRequestScope, type RequestScope } from './server/requestScope.js';
import { createRequestSpans } from './server/requestSpans.js';
import { createServer } from './server/server.js';
import { createTraces } from './server/trace.js';
import { checkProperties, type FieldProblem } from './sources/googleAnalytics/metadata.js';
import type { Report } from './telemetry.js';
import { untraced } from './tracing.js';
import { operator } from './viewer.js';
import { createWarmer } from './warm.js';

export interface AppOptions {
  clock?: Clock;
  report?: Report;
  /** Learns what nobody may write down, also of catalogs to come; whoever writes what is reported hands in the one that it writes through. */
  redactor?: Redactor;
  /** Whether every answer carries `extensions.sources`, as in the demo. */
  alwaysTrace?: boolean;
  /** An operation that Sandbox opens with. */
  sandboxDocument?: string;
}

export type { Occasion };

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
  /**
   * What the operation would ask of the sources, after what the cache has. Asks nobody.
   * @throws Error when it is no operation of this schema.
   */
  plan(operation: Operation): Promise<UpstreamPlan>;
  /** Asks every source once, for a product that it knows. */
  probe(): Promise<Probe[]>;
  /** Asks every Google property what it has to offer: what of the schema and the catalog it cannot answer. */
  checkFields(): Promise<FieldProblem[]>;
  /** Answers what runs, as long as the occasion leaves time for it, and frees every socket and timer. */
  close(occasion?: Occasion): Promise<void>;
}

/**
 * Builds the gateway from its configuration. Nothing is asked of a source yet.
 * @throws ConfigurationError with every problem of the catalog and the schema.
 */
export async function createApp(config: Config, options: AppOptions = {}): Promise<App> {
  const { clock = systemClock, report: reportOutside = () => {}, alwaysTrace = false, sandboxDocument } = options;
  const { redactor = createRedactor(secretsOf(config)) } = options;
  const traces = createTraces(clock);
  const tracing = config.openTelemetry ? await startOpenTelemetry(redactor.redact) : untraced;
  const spans = createRequestSpans(tracing);
  const metrics = createMetrics(() => sources.statuses());
  const learnKeys = () => redactor.learn(secretsOfSites(catalog.current().sites));
  const report: Report = (event) => {
    if (event.type === 'catalog.changed') learnKeys();
    traces.listen(event);
    metrics.listen(event);
    spans.listen(event);
    reportOutside(event);
  };
  const schemaFile = loadSchema(config);
  if (schemaFile.isStale) report({ type: 'server.notice', message: staleSchema(config.schema) });
  const { schema, figures } = schemaFile;
  const documents = loadDocuments(config, schema);
  const catalog = await createCatalog({ config, clock, report });
  learnKeys();
  const sources = await createSources({ config, figures, clock, report, tracing });
  const operations = { schema, createPlanning: sources.planning };
  const apollo = createApollo({
    ...operations,
    reportsPerSelection: ({ catalog: { withSeveralKeys } }) => sources.reportsPerSelection(withSeveralKeys),
    limits: config.limits,
    production: config.production,
    sandboxDocument,
    alwaysTrace,
    traces,
    clock,
    report,
  });

  const createContext = createContexts({ config, catalog, sources, figures, clock });
  const startWarmer = () =>
    createWarmer({ pages: config.warm, catalog, figures, loaders: sources.loaders, clock, report });
  let warmer: ReturnType<typeof startWarmer> | undefined;
  await apollo.start();
  const server = await createServer({
    config,
    apollo,
    access: createAccess(config.access, clock),
    documents,
    createContext,
    currentCatalog: () => catalog.current(),
    alwaysTrace,
    ...operations,
    traces,
    metrics,
    spans,
    clock,
    report,
  });
  if (config.access === 'open') report({ type: 'access.open' });

  /** Does something in process as a request of its own, with the deadline of every request. */
  async function inScope<T>(work: (context: Context, scope: RequestScope) => Promise<T>): Promise<T> {
    const scope = createRequestScope({ requestId: crypto.randomUUID(), deadlineMs: config.server.deadline, clock });
    traces.begin(scope.requestId);
    // No timer of ours keeps a process alive; here there is no server that does.
    const alive = setInterval(() => {}, 60_000);
    try {
      return await work(createContext(scope, operator), scope);
    } finally {
      clearInterval(alive);
      scope.end();
      traces.end(scope.requestId);
    }
  }

  async function run(operation: Operation, contextValue: Context): Promise<FormattedExecutionResult> {
    const { body } = await apollo.executeOperation(operation, { contextValue });
    if (body.kind !== 'single') throw new Error('An operation without @defer was answered in parts.');
    return body.singleResult;
  }

  return {
    async listen() {
      await server.fastify.listen({ port: config.server.port, host: config.server.host }).catch((error: unknown) => {
        throw listenFailure(error, config);
      });
      warmer = startWarmer();
      const { port } = server.fastify.server.address() as AddressInfo;
      return `http://localhost:${port}/`;
    },
    execute: (operation) => inScope((context) => run(operation, context)),
    plan: (operation) =>
      inScope(async (context) => {
        const planning = sources.planning();
        const answer = await run(operation, { ...context, ...planning.loaders, planning });
        if (answer.errors) throw new Error(answer.errors.map(({ message }) => message).join('\n'));
        return planning.plan();
      }),
    probe: () => inScope(probeSources),
    checkFields: () =>
      inScope(async (_, scope) => {
        const { metadata } = sources;
        if (!metadata) return [];
        return checkProperties(catalog.current().sites, figures, (property) => metadata(property, scope));
      }),
    async close(occasion = 'asked') {
      warmer?.close();
      await server.close(timesOf(occasion, config.server));
      await apollo.stop();
      await catalog.close();
      await sources.close();
      await tracing.close();
    },
  };
}

/** @throws ConfigurationError with every problem of the schema file. */
export function loadSchema(config: Config): SchemaFile {
  const { googleAnalytics, partner } = config.sources;
  return readSchema(readText(config.schema), readText(ownSchemaFile), {
    googleAnalytics: googleAnalytics !== null,
    partner: partner !== null,
  });
}

/** What to do about a schema file that still says of its figures what they were. */
export function staleSchema(file: string): string {
  return `${file}: what follows from its figures is not up to date there; run analytics-gateway generate ${file}.`;
}

function listenFailure(error: unknown, { server: { port } }: Config): unknown {
  const isTaken = (error as { code?: unknown } | null)?.code === 'EADDRINUSE';
  return isTaken ? new Error(`Port ${port} is in use; choose another one by --port, PORT or server.port.`) : error;
}

function readText(file: string): SchemaText {
  try {
    return { file, text: readFileSync(file, 'utf8') };
  } catch {
    throw new ConfigurationError([{ file, message: 'the schema file cannot be read; check the path.' }]);
  }
}
