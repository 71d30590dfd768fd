import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** The connections of a server, and what each of them is owed. */
export interface ClientConnections {
  /** How many responses a connection is owed: more than one where its client has sent requests in a row. */
  owed(socket: Socket): number;
  /**
   * Closes those that are owed nothing, and every other one when it has all that it is owed. Node's own closing waits for a
   * connection that was opened and never used, as browsers and HTTP clients keep them, until its client leaves.
   */
  endWhenIdle(): void;
}

interface Connection {
  readonly owed: Set<ServerResponse>;
  /** How many bytes had come when it became idle: more than those are the beginning of a request. */
  bytesWhenIdle: number;
}

/** Each part of the gateway that waits for the end of a response has a listener, and so have framework, packer and pipe. */
const maxListeners = 20;

/** From now on every response emits `close`, once, also one that waits behind another when its connection ends. */
export function followConnections(server: Server): ClientConnections {
  const connections = new Map<Socket, Connection>();
  let isEnding = false;

  function begin(socket: Socket): Connection {
    const connection: Connection = { owed: new Set(), bytesWhenIdle: 0 };
    connections.set(socket, connection);
    socket.once('close', () => {
      connections.delete(socket);
      // Node tells the response that a connection is writing, and forgets those whose turn would have come.
      for (const response of connection.owed) if (!response.socket) closeResponse(response);
    });
    return connection;
  }

  function follow(response: ServerResponse, socket: Socket): void {
    const connection = connections.get(socket) ?? begin(socket);
    connection.owed.add(response);
    response.setMaxListeners(maxListeners);
    response.once('close', () => {
      connection.owed.delete(response);
      if (connection.owed.size > 0) return;
      if (isEnding) socket.destroySoon();
      else connection.bytesWhenIdle = socket.bytesRead;
    });
  }

  server.on('connection', begin);
  server.on('request', ({ socket }: IncomingMessage, response: ServerResponse) => follow(response, socket));
  return {
    owed: (socket) => connections.get(socket)?.owed.size ?? 0,
    endWhenIdle() {
      isEnding = true;
      for (const [socket, { owed, bytesWhenIdle }] of connections) {
        if (owed.size === 0 && socket.bytesRead === bytesWhenIdle) socket.destroySoon();
      }
    },
  };
}

function closeResponse(response: ServerResponse): void {
  response.destroy();
  response.emit('close');
}
