import { randomUUID } from 'node:crypto';
import type { ApolloServer } from '@apollo/server';
import { fastifyApolloHandler } from '@as-integrations/fastify';
import compress from '@fastify/compress';
import fastify, {
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  type preHandlerHookHandler,
} from 'fastify';
import type { GraphQLSchema } from 'graphql';
import type { Clock } from '../clock.js';
import type { Config } from '../config.js';
import type { Planning } from '../plan.js';
import type { Context } from '../schema/context.js';
import type { Report } from '../telemetry.js';
import type { Viewer } from '../viewer.js';
import { allowOrigins, createAccessHook, originHeaders } from './accessHook.js';
import { createAdmission } from './admission.js';
import { parseUnknown } from './answerParser.js';
import { type Answers, createAnswers, type Execute } from './answers.js';
import type { Access } from './auth.js';
import { followConnections } from './clientConnections.js';
import { sandboxPolicy, securityHeaders, strictPolicy } from './contentPolicies.js';
import { createDocumentHook } from './documentHook.js';
import { createDrain, type DrainTimes } from './drain.js';
import { addExports } from './exports.js';
import { answerFailures, fail, maxRequestBytes } from './failure.js';
import { createFastPath } from './fastPath.js';
import { createHttpServer } from './httpServer.js';
import { createKeptAnswers } from './keptAnswers.js';
import type { Metrics } from './metrics.js';
import { createOverload, type Overload } from './overload.js';
import { servePages } from './pages.js';
import { requireHost, requirePlainBody } from './requestChecks.js';
import { createRequestNames, createRequestOpener } from './requestOpener.js';
import type { RequestScope } from './requestScope.js';
import type { RequestSpans } from './requestSpans.js';
import { createReaders } from './slowReaders.js';
import type { Traces } from './trace.js';
import type { TrustedDocuments } from './trustedDocuments.js';

export interface ServerOptions {
  config: Config;
  apollo: ApolloServer<Context>;
  access: Access;
  documents: TrustedDocuments | null;
  createContext(scope: RequestScope, viewer: Viewer): Context;
  currentCatalog(): Context['catalog'];
  /** Every answer carries the trace of its own execution, so that none is shared. */
  alwaysTrace: boolean;
  schema: GraphQLSchema;
  createPlanning(): Planning;
  traces: Traces;
  metrics: Metrics;
  spans: RequestSpans;
  clock: Clock;
  report: Report;
}

/** Below this many bytes an answer is sent as it is: packing it costs more than it saves. */
const packedFromBytes = 1_400;

/** How long a client may take nothing of an answer that is on its way to it (ms). */
const stallMs = 15_000;
/** How much all large answers that are on their way may take together (bytes). */
const maxUnread = 128 * 1_048_576;

/** No route has a schema for JSON; the compilers of those need not be loaded for nothing. */
const noSchemas = () => () => {
  throw new Error('A route has a schema for JSON; let the framework bring its compilers.');
};

export interface GatewayServer {
  readonly fastify: FastifyInstance;
  /** Answers what is under way, and ends. */
  close(times: DrainTimes): Promise<void>;
}

/**
 * The HTTP side: GraphQL, the explorer, files of products, and the two questions that an orchestrator asks.
 *
 * What a request goes through, the cheapest first: whether there is too much to do, who asks, whether its answer is kept, whether
 * its document is trusted, its turn, and then its execution. A plain request of a known key whose answer is kept ends there,
 * before the framework has seen it.
 */
export async function createServer(options: ServerOptions): Promise<GatewayServer> {
  const { config, apollo, access, documents, createContext, schema, createPlanning } = options;
  const { currentCatalog, alwaysTrace, traces, metrics, spans, clock, report } = options;
  const overload = createOverload({ ...config.server, maxOldMiB: config.maxOldMiB });
  const admission = createAdmission({ overload, requestIdOf, report });
  const readers = createReaders({ stallMs, maxUnread });
  const strict = securityHeaders(strictPolicy);
  const nameRequest = createRequestNames(spans);
  const maxBytes = alwaysTrace ? 0 : config.cache.answers * 1_048_576;
  const kept = maxBytes > 0 ? createKeptAnswers({ maxBytes, currentCatalog, clock, report }) : null;
  const fastPath = createFastPath({
    kept,
    recognize: access.recognize,
    headers: { ...strict, ...originHeaders(access) },
    packedFromBytes,
    isDraining: () => drain.isDraining,
    requestIdOf,
    nameRequest,
    readers,
    spans,
    clock,
    report,
  });
  const server = fastify({
    bodyLimit: maxRequestBytes,
    serverFactory: (handle) => createHttpServer(admission(fastPath(handle))),
    trustProxy: config.server.proxies.length > 0 && [...config.server.proxies],
    schemaController: { compilersFactory: { buildValidator: noSchemas, buildSerializer: noSchemas } },
    // Requests that come over connections that are still open are answered until these are closed.
    return503OnClosing: false,
    frameworkErrors: (_, __, reply) => fail(reply, { status: 400, message: 'The URL is not valid.' }),
    genReqId: (request) => requestIdOf(request.headers['x-request-id']),
  });
  const connections = followConnections(server.server);
  const drain = createDrain({ server: server.server, connections, clock, report });
  metrics.watch(() => overload.load);
  let isStarted = false;
  const isReady = () => isStarted && !drain.isDraining && !overload.isLate();
  const { deadline: deadlineMs } = config.server;
  const answers = createAnswers({ kept, currentCatalog, nameRequest, clock });
  const openRequest = createRequestOpener({ deadlineMs, createContext, drain, answers, nameRequest, traces, clock });
  const takeTurn = inTurn({ overload, answers, spans });

  // Answers only: a small request must not become a large one.
  await server.register(compress, { threshold: packedFromBytes, globalDecompression: false });
  server.addHook('onRequest', (request, reply, done) => {
    reply.headers(strict).header('x-request-id', request.id);
    done();
  });
  await allowOrigins(server, access);
  server.addHook('onSend', (request, reply, answer, done) => {
    const isLast = connections.owed(request.raw.socket) <= 1;
    if (drain.isDraining && isLast) reply.header('connection', 'close');
    readers.follow(reply.raw, bytesOf(answer), () => report({ type: 'reader.stalled', requestId: request.id }));
    done();
  });
  server.addHook('onClose', async () => overload.close());
  answerFailures(server, report);

  await servePages(server, { explorer: !config.production });
  server.get('/livez', async () => ({ status: 'alive' }));
  server.get('/readyz', async (_, reply) =>
    reply.code(isReady() ? 200 : 503).send({ status: isReady() ? 'ready' : 'not ready' }),
  );
  // Scrapers can send a key as well (`authorization:` in Prometheus), and numbers of the inside are not for strangers.
  server.get('/metrics', { onRequest: createAccessHook(access, report) }, async (_, reply) =>
    reply.type(metrics.contentType).send(await metrics.text()),
  );
  const sandbox = securityHeaders(sandboxPolicy);
  const isSandbox = (request: FastifyRequest) => !config.production && mayBeSandbox(request);
  const execute = fastifyApolloHandler(apollo, {
    context: async (request: FastifyRequest, reply: FastifyReply) => openRequest(request, reply),
  }) as Execute;
  await server.register(async (graphql) => {
    parseUnknown(graphql, answers);
    graphql.route({
      method: ['GET', 'POST'],
      url: '/graphql',
      onRequest: [requireHost, createAccessHook(access, report, isSandbox), requirePlainBody],
      preHandler: documents ? [createDocumentHook(documents, report), takeTurn] : takeTurn,
      handler(request, reply) {
        if (isSandbox(request)) reply.headers(sandbox);
        return answers.handle(request, reply, execute);
      },
    });
  });
  const hooks = { onRequest: [requireHost, createAccessHook(access, report)], preHandler: takeTurn };
  addExports(server, { schema, createPlanning, hooks, openRequest, clock, report });

  server.addHook('onReady', async () => {
    isStarted = true;
  });
  return { fastify: server, close: (times) => drain.close(times, () => server.close()) };
}

interface Turns {
  overload: Overload;
  answers: Answers;
  spans: RequestSpans;
}

/** Lets a request begin when it is its turn, unless its client has left by then. To send what is kept takes no turn. */
function inTurn({ overload, answers, spans }: Turns): preHandlerHookHandler {
  return (request, { raw: response }, done) => {
    const { url: route = '' } = request.routeOptions;
    const begin = () => {
      if (!response.destroyed) spans.open({ request: request.raw, response, route }, done);
    };
    if (answers.isKept(request)) begin();
    else overload.takeTurn(begin);
  };
}

/** Apollo decides in the end whether it answers with its page; without a viewer that is all it answers with. */
function mayBeSandbox({ method, headers }: FastifyRequest): boolean {
  return method === 'GET' && headers.authorization === undefined && Boolean(headers.accept?.includes('text/html'));
}

/** A client's own id is kept where it cannot break a log or a header. */
function requestIdOf(header: string | string[] | undefined): string {
  return typeof header === 'string' && /^[\w-]{1,64}$/.test(header) ? header : randomUUID();
}

/** What an answer takes in memory, about; a stream makes it while it is read. */
function bytesOf(answer: unknown): number {
  return typeof answer === 'string' || Buffer.isBuffer(answer) ? answer.length : 0;
}
