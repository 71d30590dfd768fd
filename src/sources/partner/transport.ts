import type { Socket } from 'node:net';
import { buildConnector, Client } from 'undici';
import type { Clock } from '../../clock.js';

/** A connection that takes longer than this to open counts as refused. */
const connectTimeoutMs = 3_000;
/** How long a connection that was opened early waits for its call: about as long as servers keep an idle one. */
const spareMs = 4_000;

/** The way of one call, which is on it alone. */
export interface Line {
  readonly client: Client;
  /** Whether its connection was open before it was lent: that it breaks then says nothing of the call. */
  readonly wasOpen: boolean;
}

/** The partner's connections, kept alive between calls. */
export interface Connections {
  /** The one that was used last, because the partner may have closed the others; its connection opens when the call leaves. */
  lend(): Line;
  /** `isSound`: the call went to its end, so that the next one may have its connection. */
  giveBack(line: Line, isSound: boolean): void;
  /**
   * Opens what so many calls lack, so that they find it open when they leave, and never more than there may be; what none of
   * them takes is closed soon.
   */
  prepare(calls: number): void;
  /** Ends what is under way; a call that comes later fails. */
  close(): Promise<void>;
}

/**
 * `most`: how many calls there are at once, which whoever makes them sees to. undici's Pool would look through all of its
 * connections for each call, a tenth of what a call costs where there are a thousand. Its limits are for silence between two
 * packets; the call's signal limits its whole time.
 */
export function createConnections(origin: string, most: number, clock: Clock): Connections {
  const opening = createOpening(origin, clock);
  const lent = new Set<OwnLine>();
  const idle: OwnLine[] = [];
  let open = 0;
  let isClosed = false;

  function create(): OwnLine {
    const client = new Client(origin, { pipelining: 1, headersTimeout: 0, bodyTimeout: 0, connect });
    const line: OwnLine = { client, wasOpen: false, leave: () => {} };

    function connect(_: unknown, callback: buildConnector.Callback): void {
      line.leave = opening.take((error, socket, wasSpare) => {
        line.wasOpen = wasSpare;
        if (socket) count(socket);
        if (socket) callback(null, socket);
        else callback(error ?? new Error('There is no connection.'), null);
      });
    }

    if (isClosed) void client.destroy();
    return line;
  }

  function count(socket: Socket): void {
    open += 1;
    socket.once('close', () => {
      open -= 1;
    });
  }

  return {
    lend() {
      const line = idle.pop() ?? create();
      lent.add(line);
      return line;
    },
    giveBack(line: OwnLine, isSound) {
      lent.delete(line);
      if (isSound) {
        line.wasOpen = true;
        idle.push(line);
      } else {
        line.leave();
        void line.client.destroy();
      }
    },
    prepare(calls) {
      const wanted = isClosed ? 0 : Math.min(lent.size + calls, most);
      for (let left = wanted - open - opening.size; left > 0; left -= 1) opening.begin();
    },
    async close() {
      isClosed = true;
      opening.close();
      await Promise.all([...idle.splice(0), ...lent].map(({ client }) => client.destroy()));
    },
  };
}

interface OwnLine extends Line {
  wasOpen: boolean;
  /** Waits for no connection any more. */
  leave(): void;
}

/** `wasSpare`: it was opened before it was asked for. */
type Taker = (error: Error | null, socket: Socket | null, wasSpare: boolean) => void;

/** Connections that were opened before anybody took them. */
function createOpening(origin: string, clock: Clock) {
  const { hostname: written, host, protocol, port } = new URL(origin);
  // An IPv6 address has no brackets where it is connected to.
  const hostname = written.replace(/^\[|\]$/g, '');
  const connect = buildConnector({ timeout: connectTimeoutMs });
  /** With what lets go of each. */
  const spare = new Map<Socket, () => void>();
  /** First come, first served. */
  const takers = new Set<Taker>();
  let underWay = 0;
  let handedOver = 0;
  let isClosed = false;

  function begin(): void {
    underWay += 1;
    connect({ hostname, host, protocol, port }, opened);
  }

  function opened(error: Error | null, socket: Socket | null): void {
    underWay -= 1;
    // As many are on their way as are waited for.
    if (error && takers.size <= underWay) return;
    const [taker] = takers;
    if (taker) takers.delete(taker);
    if (taker) taker(error, socket, false);
    else if (isClosed) socket?.destroy();
    else if (socket) keep(socket);
  }

  function keep(socket: Socket): void {
    const drop = () => void socket.destroy();
    const stop = clock.after(spareMs, drop);
    const release = () => {
      stop();
      socket.off('readable', drop);
      spare.delete(socket);
    };
    spare.set(socket, release);
    // What a partner says before it is asked, such as 408, or that it ends, is no answer to the next call.
    socket.on('readable', drop).once('close', release);
  }

  return {
    /** Open or on their way, until they are taken. */
    get size() {
      return spare.size + underWay + handedOver;
    },
    begin,
    /**
     * An open connection; one that is on its way; or a new one. The function returned takes it back: what was opened for this
     * taker is for the next one.
     */
    take(taker: Taker): () => void {
      const [next] = spare;
      if (!next) {
        takers.add(taker);
        if (takers.size > underWay) begin();
        return () => void takers.delete(taker);
      }
      const [socket, release] = next;
      release();
      handedOver += 1;
      // undici expects it later, as if it had been opened for it.
      queueMicrotask(() => {
        handedOver -= 1;
        taker(null, socket, true);
      });
      return () => {};
    },
    close() {
      isClosed = true;
      for (const socket of spare.keys()) socket.destroy();
    },
  };
}
