import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** Knows which connections carry a request, so that closing waits for those and for no other. */
export interface Drain {
  /** From now on a connection ends with its answer; those without a request end at once. */
  begin(): void;
}

/**
 * Node's own closing waits for a connection that was opened and never used, as browsers and HTTP clients keep them, until its
 * client leaves; this one does not.
 */
export function createDrain(server: Server): Drain {
  const idle = new Set<Socket>();
  let draining = false;

  server.on('connection', (socket: Socket) => {
    idle.add(socket);
    socket.once('close', () => idle.delete(socket));
  });
  server.on('request', ({ socket }: IncomingMessage, response: ServerResponse) => {
    idle.delete(socket);
    response.once('close', () => {
      if (draining) socket.destroySoon();
      else if (!socket.destroyed) idle.add(socket);
    });
  });
  return {
    begin() {
      draining = true;
      for (const socket of idle) socket.destroy();
    },
  };
}
