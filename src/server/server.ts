import { randomUUID } from 'node:crypto';
import type { ApolloServer } from '@apollo/server';
import { fastifyApolloHandler } from '@as-integrations/fastify';
import helmet from '@fastify/helmet';
import fastify, {
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  type preHandlerHookHandler,
} from 'fastify';
import type { Clock } from '../clock.js';
import type { Config } from '../config.js';
import type { Context } from '../schema/context.js';
import type { Report } from '../telemetry.js';
import { createAdmission } from './admission.js';
import { createDrain, type DrainTimes } from './drain.js';
import { createHttpServer } from './httpServer.js';
import type { Metrics } from './metrics.js';
import { createOverload, type Overload } from './overload.js';
import { createRequestScope, followResponse, type RequestScope } from './requestScope.js';
import type { RequestSpans } from './requestSpans.js';
import { limitStall } from './slowReaders.js';
import type { Traces } from './trace.js';

export interface ServerOptions {
  config: Config;
  apollo: ApolloServer<Context>;
  createContext(scope: RequestScope): Context;
  traces: Traces;
  metrics: Metrics;
  spans: RequestSpans;
  clock: Clock;
  report: Report;
}

const maxRequestBytes = 1_048_576;
/** How long a client may take nothing of an answer that is on its way to it (ms). */
const stallMs = 15_000;

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

export interface GatewayServer {
  readonly fastify: FastifyInstance;
  /** Answers what is under way, and ends. */
  close(times: DrainTimes): Promise<void>;
}

/** The HTTP side: GraphQL, the explorer, and the two questions that an orchestrator asks. */
export async function createServer({
  config,
  apollo,
  createContext,
  traces,
  metrics,
  spans,
  clock,
  report,
}: ServerOptions): Promise<GatewayServer> {
  const overload = createOverload(config.server);
  const admission = createAdmission({ overload, requestIdOf, report });
  const server = fastify({
    bodyLimit: maxRequestBytes,
    serverFactory: (handle) => createHttpServer(admission(handle)),
    // Requests that come over connections that are still open are answered until these are closed.
    return503OnClosing: false,
    frameworkErrors: (_, __, reply) => fail(reply, 400, 'The URL is not valid.'),
    genReqId: (request) => requestIdOf(request.headers['x-request-id']),
  });
  const drain = createDrain({ server: server.server, clock, report });
  metrics.watch(() => overload.load);
  let isStarted = false;
  let requests = 0;
  const isReady = () => isStarted && !drain.isDraining && !overload.isLate();

  await server.register(helmet, { contentSecurityPolicy: strictPolicy, crossOriginOpenerPolicy: false, hsts: false });
  server.addHook('onRequest', async (request, reply) => void reply.header('x-request-id', request.id));
  server.addHook('onSend', async (request, reply) => {
    if (drain.isDraining) reply.header('connection', 'close');
    limitStall(reply.raw, stallMs, () => report({ type: 'reader.stalled', requestId: request.id }));
  });
  server.addHook('onClose', async () => overload.close());
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

  server.get('/', (_, reply) => reply.redirect('/graphql'));
  server.get('/livez', async () => ({ status: 'alive' }));
  server.get('/readyz', async (_, reply) =>
    reply.code(isReady() ? 200 : 503).send({ status: isReady() ? 'ready' : 'not ready' }),
  );
  server.get('/metrics', async (_, reply) => reply.type(metrics.contentType).send(await metrics.text()));
  server.route({
    method: ['GET', 'POST'],
    url: '/graphql',
    helmet: { contentSecurityPolicy: config.production ? strictPolicy : sandboxPolicy },
    preHandler: inTurn(overload, spans),
    handler: fastifyApolloHandler(apollo, {
      async context(request: FastifyRequest, reply: FastifyReply) {
        // Clients may use an id of theirs twice; what is kept by request needs one of its own.
        requests += 1;
        const requestId = `${request.id}.${requests.toString(36)}`;
        const scope = createRequestScope({ requestId, deadlineMs: config.server.deadline, clock });
        followResponse(scope, reply.raw);
        drain.follow(scope, reply.raw);
        spans.name(request.raw, requestId);
        traces.begin(requestId);
        reply.raw.once('close', () => traces.end(requestId));
        return createContext(scope);
      },
    }),
  });

  server.addHook('onReady', async () => {
    isStarted = true;
  });
  return { fastify: server, close: (times) => drain.close(times, () => server.close()) };
}

/** Lets a request begin when it is its turn, unless its client has left by then. */
function inTurn(overload: Overload, spans: RequestSpans): preHandlerHookHandler {
  return ({ raw: request }, { raw: response }, done) =>
    overload.takeTurn(() => {
      if (!response.destroyed) spans.open(request, response, done);
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
