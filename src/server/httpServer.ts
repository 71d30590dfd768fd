import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** How long a client may take to send its request (ms). */
const requestTimeoutMs = 10_000;
/** How often it is looked for clients that take longer. */
const connectionCheckMs = 1_000;
/** How long a connection may wait for its next request: longer than most load balancers', so that they are who closes it. */
const keepAliveMs = 72_000;
/** Sockets are cheap but not free: 10,000 clients that send half a request take about 100 MB. */
const maxConnections = 10_000;
/** Seven parts of the gateway wait for the end of a response, and framework, packer and pipe each for theirs. */
const maxListeners = 20;

/**
 * Node's server with limits for slow clients; those for slow readers are in slowReaders.ts. Every response emits `close`, once,
 * also one that waits behind another when its connection ends.
 */
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
  closeWaiting(server);
  return server;
}

/** Node tells the response that a connection is writing, and forgets those whose turn would have come. */
function closeWaiting(server: Server): void {
  const open = new WeakMap<Socket, Set<ServerResponse>>();

  function responsesOf(socket: Socket): Set<ServerResponse> {
    const known = open.get(socket);
    if (known) return known;
    const responses = new Set<ServerResponse>();
    open.set(socket, responses);
    socket.once('close', () => {
      for (const response of responses) if (!response.socket) closeResponse(response);
    });
    return responses;
  }

  // Before the listener that answers: what it hangs on a response must not find it closed already.
  server.prependListener('request', ({ socket }: IncomingMessage, response: ServerResponse) => {
    const responses = responsesOf(socket);
    responses.add(response);
    response.setMaxListeners(maxListeners);
    response.once('close', () => responses.delete(response));
  });
}

function closeResponse(response: ServerResponse): void {
  response.destroy();
  response.emit('close');
}
