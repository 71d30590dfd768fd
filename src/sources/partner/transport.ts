import type { Socket } from 'node:net';
import { buildConnector, type Dispatcher, Pool } from 'undici';
import type { Clock } from '../../clock.js';

/** A connection that takes longer than this to open counts as refused. */
const connectTimeoutMs = 3_000;
/** How long a connection that was opened early waits for its call: about as long as servers keep an idle one. */
const spareMs = 4_000;

/** Errors that a connection brought which had been read from before. */
const ofUsedConnections = new WeakSet<object>();

/** The partner's connections, kept alive between calls. */
export interface Connections {
  readonly dispatcher: Dispatcher;
  /** Opens what so many calls lack, so that they find it open when they leave; what none of them takes is closed soon. */
  prepare(calls: number): void;
  close(): Promise<void>;
}

/** undici's own limits are for silence between two packets; the call's signal limits its whole time. */
export function createConnections(origin: string, connections: number, clock: Clock): Connections {
  const opening = createOpening(origin, clock);
  const pool = new Pool(origin, {
    connections,
    pipelining: 1,
    headersTimeout: 0,
    bodyTimeout: 0,
    connect(_, callback) {
      opening.take((error, socket) => {
        socket?.on('error', (failure) => {
          if (socket.bytesRead > 0) ofUsedConnections.add(failure);
        });
        if (socket) callback(null, socket);
        else callback(error ?? new Error('There is no connection.'), null);
      });
    },
  });
  return {
    dispatcher: pool,
    prepare(calls) {
      const { connected, free } = pool.stats;
      const most = Math.min(calls - free, connections - connected);
      for (let lacking = most - opening.size; lacking > 0; lacking -= 1) opening.begin();
    },
    async close() {
      opening.close();
      await pool.destroy();
    },
  };
}

type Taker = (error: Error | null, socket: Socket | null) => void;

/** Connections that were opened before anybody took them. */
function createOpening(origin: string, clock: Clock) {
  const { hostname: written, host, protocol, port } = new URL(origin);
  // An IPv6 address has no brackets where it is connected to.
  const hostname = written.replace(/^\[|\]$/g, '');
  const connect = buildConnector({ timeout: connectTimeoutMs });
  const open = (callback: Taker) => connect({ hostname, host, protocol, port }, callback);
  const spare = new Set<Socket>();
  const takers: Taker[] = [];
  /** On their way, and nobody has asked for them yet. */
  let unclaimed = 0;
  let isClosed = false;

  function opened(error: Error | null, socket: Socket | null): void {
    const taker = takers.shift();
    if (!taker) unclaimed -= 1;
    if (taker) taker(error, socket);
    else if (isClosed) socket?.destroy();
    else if (socket) keep(socket);
  }

  function keep(socket: Socket): void {
    spare.add(socket);
    const stop = clock.after(spareMs, () => {
      if (spare.has(socket)) socket.destroy();
    });
    socket.once('close', () => {
      stop();
      spare.delete(socket);
    });
  }

  return {
    get size() {
      return spare.size + unclaimed;
    },
    begin() {
      unclaimed += 1;
      open(opened);
    },
    /** An open connection; one that is on its way; or a new one. */
    take(taker: Taker): void {
      const [socket] = spare;
      if (socket) {
        spare.delete(socket);
        queueMicrotask(() => taker(null, socket));
      } else if (unclaimed > 0) {
        unclaimed -= 1;
        takers.push(taker);
      } else {
        open(taker);
      }
    },
    close() {
      isClosed = true;
      for (const socket of spare) socket.destroy();
    },
  };
}

/** Whether the error ended a connection that had answered before; a connection that was closed in order says so itself. */
export function wasUsedConnection(error: unknown): boolean {
  if (typeof error !== 'object' || error === null) return false;
  const { socket } = error as { socket?: { bytesRead?: number } | null };
  return ofUsedConnections.has(error) || (socket?.bytesRead ?? 0) > 0;
}
