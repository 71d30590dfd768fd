import { channel } from 'node:diagnostics_channel';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** Moments of one request and its one call, `performance.now()`; undefined until they come. */
interface Parting {
  /** The gateway saw that its client had gone before it had an answer. */
  leftAt?: number;
  /** The gateway closed the connection of the call. */
  closedAt?: number;
}

export interface Partings {
  /** How long after its client's leaving each call was closed (ms), of the requests for which both has happened. */
  delays(): number[];
  stop(): void;
}

/**
 * Watches from inside this process how long the gateway takes from the moment at which it sees a client leave until it closes
 * the call that it made for it: what the clients and the partner of the test take, which share the process, is not in it.
 *
 * A client says whom it asks for in `x-request-id`; `idOfPath` finds the same id in the target of a call.
 */
export function watchPartings(idOfPath: (path: string) => string): Partings {
  const partings = new Map<string, Parting>();
  const partingOf = (id: string) => {
    const parting = partings.get(id) ?? {};
    partings.set(id, parting);
    return parting;
  };

  const onRequest = (message: unknown) => {
    const { request, response } = message as { request: IncomingMessage; response: ServerResponse };
    const id = request.headers['x-request-id'];
    if (typeof id !== 'string') return;
    response.once('close', () => {
      if (!response.writableFinished) partingOf(id).leftAt = performance.now();
    });
  };
  const onCall = (message: unknown) => {
    const { request, socket } = message as { request: { path: string }; socket: Socket };
    socket.once('close', () => {
      partingOf(idOfPath(request.path)).closedAt = performance.now();
    });
  };
  // Node's own server and undici tell what they do there.
  const requests = channel('http.server.request.start');
  const calls = channel('undici:client:sendHeaders');
  requests.subscribe(onRequest);
  calls.subscribe(onCall);
  return {
    delays: () =>
      [...partings.values()].flatMap(({ leftAt, closedAt }) =>
        leftAt === undefined || closedAt === undefined ? [] : [closedAt - leftAt],
      ),
    stop() {
      requests.unsubscribe(onRequest);
      calls.unsubscribe(onCall);
    },
  };
}
