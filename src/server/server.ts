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
import { type Answers, createAnswers, type Execute } from './answers.js';
import { createDrain } from './drain.js';
import { addExports } from './exports.js';
import type { Metrics } from './metrics.js';
import { servePages } from './pages.js';
import { createRequestScope, followResponse, type RequestScope } from './requestScope.js';
import type { Traces } from './trace.js';

export interface ServerOptions {
  config: Config;
  apollo: ApolloServer<Context>;
  createContext(scope: RequestScope): Context;
  currentCatalog(): Context['catalog'];
  /** Every answer carries the trace of its own execution, so that none is shared. */
  alwaysTrace: boolean;
  schema: GraphQLSchema;
  createPlanning(): Planning;
  traces: Traces;
  metrics: Metrics;
  clock: Clock;
  report: Report;
}

/** How long a client may take to send its request, and how large it may be. */
const requestTimeoutMs = 10_000;
const maxRequestBytes = 1_048_576;

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
  createContext,
  currentCatalog,
  alwaysTrace,
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
    http: { headersTimeout: requestTimeoutMs },
    frameworkErrors: (_, __, reply) => fail(reply, 400, 'The URL is not valid.'),
    genReqId: (request) => requestIdOf(request.headers['x-request-id']),
  });
  const drain = createDrain(server.server);
  const answers = createAnswers({
    maxBytes: alwaysTrace ? 0 : config.cache.answers * 1_048_576,
    // Access is open: all viewers have the same rights.
    rightsOf: () => '',
    currentCatalog,
    clock,
    report,
  });
  let ready = false;
  let requests = 0;

  function openContext(request: FastifyRequest, reply: FastifyReply): Context {
    // Clients may use an id of theirs twice; what is kept by request needs one of its own.
    requests += 1;
    const requestId = `${request.id}.${requests.toString(36)}`;
    const deadlineMs = config.server.deadline - answers.waitedMs(request);
    const scope = createRequestScope({ requestId, deadlineMs, clock });
    followResponse(scope, reply.raw, () => answers.isAwaited(request));
    answers.follow(request, scope);
    traces.begin(requestId);
    reply.raw.once('close', () => traces.end(requestId));
    return createContext(scope);
  }

  await server.register(helmet, { contentSecurityPolicy: strictPolicy, crossOriginOpenerPolicy: false, hsts: false });
  // Answers only: a small request must not become a large one.
  await server.register(compress, { threshold: packedFromBytes, globalDecompression: false });
  server.addHook('onRequest', (request, reply, done) => {
    reply.header('x-request-id', request.id);
    done();
  });
  server.setErrorHandler((error: { statusCode?: number; message?: string }, request, reply) => {
    const { statusCode = 500, message = 'The request is not valid.' } = error;
    if (statusCode < 500) return fail(reply, statusCode, message);
    report({ type: 'request.failed', requestId: request.id, error });
    return fail(reply, 500, 'The gateway failed on this request; its log knows more.');
  });
  server.setNotFoundHandler((request, reply) => {
    const [path] = request.url.split('?');
    return fail(reply, 404, `There is nothing at ${path}; GraphQL is at /graphql.`);
  });

  await servePages(server);
  server.get('/livez', async () => ({ status: 'alive' }));
  server.get('/readyz', async (_, reply) =>
    reply.code(ready ? 200 : 503).send({ status: ready ? 'ready' : 'not ready' }),
  );
  server.get('/metrics', async (_, reply) => reply.type(metrics.contentType).send(await metrics.text()));
  const execute = fastifyApolloHandler(apollo, {
    context: async (request: FastifyRequest, reply: FastifyReply) => openContext(request, reply),
  }) as Execute;
  await server.register(async (graphql) => {
    parseUnknown(graphql, answers);
    graphql.route({
      method: ['GET', 'POST'],
      url: '/graphql',
      // A policy of its own is put together for each request; only Sandbox is worth that.
      ...(!config.production && { helmet: { contentSecurityPolicy: sandboxPolicy } }),
      handler: (request, reply) => answers.handle(request, reply, execute),
    });
  });
  addExports(server, { schema, createPlanning, openContext, clock, report });

  server.addHook('onReady', async () => {
    ready = true;
  });
  server.addHook('preClose', async () => {
    ready = false;
    drain.begin();
  });
  return server;
}

/** A body whose answer is known need not be parsed. */
function parseUnknown(server: FastifyInstance, answers: Answers): void {
  const parse = server.getDefaultJsonParser('error', 'error');
  server.addContentTypeParser<string>('application/json', { parseAs: 'string' }, (request, text, done) => {
    if (answers.find(request, text)) done(null, undefined);
    else void parse(request, text, done);
  });
}

/** A client's own id is kept where it cannot break a log or a header. */
function requestIdOf(header: string | string[] | undefined): string {
  return typeof header === 'string' && /^[\w-]{1,64}$/.test(header) ? header : randomUUID();
}

/** Every error has the form that GraphQL clients read, also where no operation was reached. */
function fail(reply: FastifyReply, status: number, message: string) {
  const code = status >= 500 ? 'INTERNAL_SERVER_ERROR' : 'BAD_REQUEST';
  return reply.code(status).send({ errors: [{ message, extensions: { code } }] });
}
