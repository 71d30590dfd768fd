import { buildConnector, Pool } from 'undici';

/** A connection that takes longer than this to open counts as refused. */
const connectTimeoutMs = 3_000;

/** Errors that a connection brought which had been read from before. */
const ofUsedConnections = new WeakSet<object>();

/**
 * The partner's connections, kept alive between calls. undici's own limits are for silence between two packets; the call's
 * signal limits its whole time.
 */
export function createConnections(origin: string, connections: number): Pool {
  const connect = buildConnector({ timeout: connectTimeoutMs });
  return new Pool(origin, {
    connections,
    pipelining: 1,
    headersTimeout: 0,
    bodyTimeout: 0,
    connect(options, callback) {
      connect(options, (error, socket) => {
        socket?.on('error', (failure) => {
          if (socket.bytesRead > 0) ofUsedConnections.add(failure);
        });
        if (error) callback(error, null);
        else callback(null, socket);
      });
    },
  });
}

/** Whether the error ended a connection that had answered before; a connection that was closed in order says so itself. */
export function wasUsedConnection(error: unknown): boolean {
  if (typeof error !== 'object' || error === null) return false;
  const { socket } = error as { socket?: { bytesRead?: number } | null };
  return ofUsedConnections.has(error) || (socket?.bytesRead ?? 0) > 0;
}
