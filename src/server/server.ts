import { randomUUID } from 'node:crypto';
import type { ApolloServer } from '@apollo/server';
import { fastifyApolloHandler } from '@as-integrations/fastify';
import compress from '@fastify/compress';
import helmet from '@fastify/helmet';
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import type { GraphQLSchema } from 'graphql';
import type { Clock } from '../clock.js';
import type { Config } from '../config.js';
import type { Planning } from '../plan.js';
import type { Context } from '../schema/context.js';
import type { Report } from '../telemetry.js';
import type { Viewer } from '../viewer.js';
import { allowOrigins, createAccessHook } from './accessHook.js';
import type { Access } from './auth.js';
import { createDocumentHook } from './documentHook.js';
import { createDrain } from './drain.js';
import { addExports } from './exports.js';
import { fail } from './failure.js';
import { unauthenticated } from './masking.js';
import type { Metrics } from './metrics.js';
import { servePages } from './pages.js';
import { createRequestScope, followResponse, type RequestScope } from './requestScope.js';
import type { Traces } from './trace.js';
import type { TrustedDocuments } from './trustedDocuments.js';

export interface ServerOptions {
  config: Config;
  apollo: ApolloServer<Context>;
  access: Access;
  documents: TrustedDocuments | null;
  createContext(scope: RequestScope, viewer: Viewer): Context;
  schema: GraphQLSchema;
  createPlanning(): Planning;
  traces: Traces;
  metrics: Metrics;
  clock: Clock;
  report: Report;
}

/** How long a client may take to send its request, and how large it may be. */
const requestTimeoutMs = 10_000;
/** Ten times what a document of all its tokens takes, with 200 ids of the longest: what is larger is no question. */
const maxRequestBytes = 524_288;

/** Below this many bytes an answer is sent as it is: packing it costs more than it saves. */
const packedFromBytes = 1_400;

/** For answers that are no pages. */
const strictPolicy = { useDefaults: false, directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] } };

/** Sandbox's page brings a stricter policy for its scripts, with a nonce that only it knows; both hold at once. */
const sandboxPolicy = {
  useDefaults: false,
  directives: {
    defaultSrc: ["'self'", 'https:', 'data:', "'unsafe-inline'"],
    baseUri: ["'none'"],
    objectSrc: ["'none'"],
    frameAncestors: ["'none'"],
  },
};

/** The HTTP side: GraphQL, the explorer, files of products, and the two questions that an orchestrator asks. */
export async function createServer({
  config,
  apollo,
  access,
  documents,
  createContext,
  schema,
  createPlanning,
  traces,
  metrics,
  clock,
  report,
}: ServerOptions): Promise<FastifyInstance> {
  const server = fastify({
    bodyLimit: maxRequestBytes,
    requestTimeout: requestTimeoutMs,
    trustProxy: config.server.proxies.length > 0 && [...config.server.proxies],
    http: { headersTimeout: requestTimeoutMs },
    frameworkErrors: (_, __, reply) => fail(reply, { status: 400, message: 'The URL is not valid.' }),
    genReqId: (request) => requestIdOf(request.headers['x-request-id']),
  });
  const drain = createDrain(server.server);
  let ready = false;
  let requests = 0;

  /** @throws GraphQLError where nobody was admitted: Apollo is asked for data, not for its page. */
  function openContext(request: FastifyRequest, reply: FastifyReply): Context {
    if (!request.viewer) throw unauthenticated();
    // Clients may use an id of theirs twice; what is kept by request needs one of its own.
    requests += 1;
    const requestId = `${request.id}.${requests.toString(36)}`;
    const scope = createRequestScope({ requestId, deadlineMs: config.server.deadline, clock });
    followResponse(scope, reply.raw);
    traces.begin(requestId);
    reply.raw.once('close', () => traces.end(requestId));
    return createContext(scope, request.viewer);
  }

  await server.register(helmet, { contentSecurityPolicy: strictPolicy, crossOriginOpenerPolicy: false, hsts: false });
  // Answers only: a small request must not become a large one.
  await server.register(compress, { threshold: packedFromBytes, globalDecompression: false });
  server.addHook('onRequest', async (request, reply) => void reply.header('x-request-id', request.id));
  await allowOrigins(server, access);
  server.setErrorHandler((error: { statusCode?: number; message?: string }, request, reply) => {
    const { statusCode = 500, message = 'The request is not valid.' } = error;
    if (statusCode < 500) return fail(reply, { status: statusCode, message });
    report({ type: 'request.failed', requestId: request.id, error });
    return fail(reply, { status: 500, message: 'The gateway failed on this request; its log knows more.' });
  });
  server.setNotFoundHandler((request, reply) => {
    const [path] = request.url.split('?');
    return fail(reply, { status: 404, message: `There is nothing at ${path}; GraphQL is at /graphql.` });
  });

  await servePages(server, { explorer: !config.production });
  server.get('/livez', async () => ({ status: 'alive' }));
  server.get('/readyz', async (_, reply) =>
    reply.code(ready ? 200 : 503).send({ status: ready ? 'ready' : 'not ready' }),
  );
  // Scrapers can send a key as well (`authorization:` in Prometheus), and numbers of the inside are not for strangers.
  server.get('/metrics', { onRequest: createAccessHook(access) }, async (_, reply) =>
    reply.type(metrics.contentType).send(await metrics.text()),
  );
  server.route({
    method: ['GET', 'POST'],
    url: '/graphql',
    helmet: { contentSecurityPolicy: config.production ? strictPolicy : sandboxPolicy },
    onRequest: [requireHost, createAccessHook(access, (request) => !config.production && mayBeSandbox(request))],
    ...(documents && { preHandler: createDocumentHook(documents) }),
    handler: fastifyApolloHandler(apollo, {
      context: async (request: FastifyRequest, reply: FastifyReply) => openContext(request, reply),
    }),
  });
  const admit = [requireHost, createAccessHook(access)];
  addExports(server, { schema, createPlanning, admit, openContext, clock, report });

  server.addHook('onReady', async () => {
    ready = true;
  });
  server.addHook('preClose', async () => {
    ready = false;
    drain.begin();
  });
  return server;
}

/** The handler makes a whole URL of it, and would take one that is none for a fault of its own. */
async function requireHost({ host }: FastifyRequest, reply: FastifyReply): Promise<unknown> {
  if (URL.canParse(`http://${host}/`)) return undefined;
  return fail(reply, { status: 400, message: 'The Host header is not valid.' });
}

/** Apollo decides in the end whether it answers with its page; without a viewer that is all it answers with. */
function mayBeSandbox({ method, headers }: FastifyRequest): boolean {
  return method === 'GET' && headers.authorization === undefined && Boolean(headers.accept?.includes('text/html'));
}

/** A client's own id is kept where it cannot break a log or a header. */
function requestIdOf(header: string | string[] | undefined): string {
  return typeof header === 'string' && /^[\w-]{1,64}$/.test(header) ? header : randomUUID();
}
