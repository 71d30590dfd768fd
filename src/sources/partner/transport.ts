import type { Socket } from 'node:net';
import { buildConnector, type Dispatcher, Pool } from 'undici';
import type { Clock } from '../../clock.js';

/** A connection that takes longer than this to open counts as refused. */
const connectTimeoutMs = 3_000;
/** How long a connection that was opened early waits for its call: about as long as servers keep an idle one. */
const spareMs = 4_000;

/** Errors that a connection brought which had been read from before, or had been lying open: they say nothing of the call. */
const ofIdleConnections = new WeakSet<object>();

/** The partner's connections, kept alive between calls. */
export interface Connections {
  readonly dispatcher: Dispatcher;
  /**
   * Opens what so many calls lack, so that they find it open when they leave, and never more than there may be; what none of
   * them takes is closed soon.
   */
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
      opening.take((error, socket, wasSpare) => {
        socket?.on('error', (failure) => {
          if (wasSpare || socket.bytesRead > 0) ofIdleConnections.add(failure);
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
      const lacking = calls - free - opening.ready;
      const room = connections - connected - opening.size;
      for (let left = Math.min(lacking, room); left > 0; left -= 1) opening.begin();
    },
    async close() {
      opening.close();
      await pool.destroy();
    },
  };
}

/** `wasSpare`: it lay open for a while. */
type Taker = (error: Error | null, socket: Socket | null, wasSpare: boolean) => void;

/** Connections that were opened before anybody took them. */
function createOpening(origin: string, clock: Clock) {
  const { hostname: written, host, protocol, port } = new URL(origin);
  // An IPv6 address has no brackets where it is connected to.
  const hostname = written.replace(/^\[|\]$/g, '');
  const connect = buildConnector({ timeout: connectTimeoutMs });
  const spare = new Set<Socket>();
  const takers: Taker[] = [];
  let underWay = 0;
  let isClosed = false;

  function begin(): void {
    underWay += 1;
    connect({ hostname, host, protocol, port }, opened);
  }

  function opened(error: Error | null, socket: Socket | null): void {
    underWay -= 1;
    const taker = takers.shift();
    if (taker) taker(error, socket, false);
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
    /** Open or on their way. */
    get size() {
      return spare.size + underWay;
    },
    /** Of these, those that nobody has asked for. */
    get ready() {
      return spare.size + underWay - takers.length;
    },
    begin,
    /** An open connection; one that is on its way; or a new one. */
    take(taker: Taker): void {
      const [socket] = spare;
      if (socket) {
        spare.delete(socket);
        queueMicrotask(() => taker(null, socket, true));
      } else {
        takers.push(taker);
        if (takers.length > underWay) begin();
      }
    },
    close() {
      isClosed = true;
      for (const socket of spare) socket.destroy();
    },
  };
}

/** Whether the error ended a connection that had been idle; one that was closed in order says so itself. */
export function wasIdleConnection(error: unknown): boolean {
  if (typeof error !== 'object' || error === null) return false;
  const { socket } = error as { socket?: { bytesRead?: number } | null };
  return ofIdleConnections.has(error) || (socket?.bytesRead ?? 0) > 0;
}
