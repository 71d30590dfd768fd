import { createServer, type RequestListener, type Server } from 'node:http';

/** How long a client may take to send its request (ms). */
const requestTimeoutMs = 10_000;
/** How often it is looked for clients that take longer. */
const connectionCheckMs = 1_000;
/** How long a connection may wait for its next request: longer than most load balancers', so that they are who closes it. */
const keepAliveMs = 72_000;
/** Sockets are cheap but not free: 10,000 clients that send half a request take about 100 MB. */
const maxConnections = 10_000;

/** Node's server with limits for slow clients; those for slow readers are in slowReaders.ts. */
export function createHttpServer(listener: RequestListener): Server {
  const server = createServer(
    {
      requestTimeout: requestTimeoutMs,
      // Node takes no requestTimeout into account that is shorter than this.
      headersTimeout: requestTimeoutMs,
      connectionsCheckingInterval: connectionCheckMs,
      keepAliveTimeout: keepAliveMs,
    },
    listener,
  );
  server.maxConnections = maxConnections;
  return server;
}
