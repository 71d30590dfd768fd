import type { Socket } from 'node:net';
import { buildConnector, Client } from 'undici';
import type { Clock } from '../../clock.js';

/** A connection that takes longer than this to open counts as refused. */
const connectTimeoutMs = 3_000;
/** How long a connection that was opened early waits for its call: about as long as servers keep an idle one. */
const spareMs = 4_000;

/** Errors that a connection brought which had been read from before, or had been lying open: they say nothing of the call. */
const ofIdleConnections = new WeakSet<object>();

/** The partner's connections, kept alive between calls. */
export interface Connections {
  /** One that no other call has: it opens when the call leaves, where it is not open. */
  lend(): Client;
  /** `isSound`: the call went to its end, so that the next one may have its connection. */
  giveBack(connection: Client, isSound: boolean): void;
  /**
   * Opens what so many calls lack, so that they find it open when they leave, and never more than there may be; what none of
   * them takes is closed soon.
   */
  prepare(calls: number): void;
  close(): Promise<void>;
}

/**
 * `most`: how many calls there are at once, which whoever makes them sees to. undici's Pool would look through all of its
 * connections for each call, a tenth of what a call costs where there are a thousand. Its limits are for silence between two
 * packets; the call's signal limits its whole time.
 */
export function createConnections(origin: string, most: number, clock: Clock): Connections {
  const opening = createOpening(origin, clock);
  const lent = new Set<Client>();
  /** The one that was used last is lent first: the others may have been idle for too long. */
  const idle: Client[] = [];
  let open = 0;

  function connect(_: unknown, callback: buildConnector.Callback): void {
    opening.take((error, socket, wasSpare) => {
      if (!socket) return callback(error ?? new Error('There is no connection.'), null);
      open += 1;
      socket.once('close', () => {
        open -= 1;
      });
      socket.on('error', (failure) => {
        if (wasSpare || socket.bytesRead > 0) ofIdleConnections.add(failure);
      });
      callback(null, socket);
    });
  }

  return {
    lend() {
      const connection =
        idle.pop() ?? new Client(origin, { pipelining: 1, headersTimeout: 0, bodyTimeout: 0, connect });
      lent.add(connection);
      return connection;
    },
    giveBack(connection, isSound) {
      lent.delete(connection);
      if (isSound) idle.push(connection);
      else void connection.destroy();
    },
    prepare(calls) {
      const wanted = Math.min(lent.size + calls, most);
      for (let left = wanted - open - opening.size; left > 0; left -= 1) opening.begin();
    },
    async close() {
      opening.close();
      await Promise.all([...idle, ...lent].map((connection) => connection.destroy()));
    },
  };
}

/** `wasSpare`: it was opened before it was asked for. */
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
  let handedOver = 0;
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
    /** Open or on their way, until they are taken. */
    get size() {
      return spare.size + underWay + handedOver;
    },
    begin,
    /** An open connection; one that is on its way; or a new one. */
    take(taker: Taker): void {
      const [socket] = spare;
      if (socket) {
        spare.delete(socket);
        handedOver += 1;
        // undici expects it later, as if it had been opened for it.
        queueMicrotask(() => {
          handedOver -= 1;
          taker(null, socket, true);
        });
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
