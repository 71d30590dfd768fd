import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** What is wrong with the network; several at once add up. Only answers are shaped, requests pass as they are. */
export interface Toxics {
  /** Every chunk comes later by ms, more or less jitterMs; the order of the bytes stays. */
  readonly latency?: { readonly ms: number; readonly jitterMs?: number };
  readonly bandwidth?: { readonly bytesPerSecond: number };
  /** At most so many bytes at a time, each after a pause. */
  readonly slicer?: { readonly bytes: number; readonly pauseMs?: number };
  /** So many bytes of answers to a connection, then a goodbye. */
  readonly limitData?: { readonly bytes: number };
  /** A reset, counted from the connect, or from the change when the connection was there before. */
  readonly resetPeer?: { readonly afterMs: number };
  /** Accepts, and loses every byte in both directions: what a frozen server or a network partition looks like. */
  readonly timeout?: true;
  /** The server's goodbye comes later. */
  readonly slowClose?: { readonly ms: number };
  /** Nobody listens, and open connections are closed. */
  readonly down?: true;
}

/** The network of all connections of a proxy at this moment. */
export interface Weather {
  readonly toxics: Toxics;
  readonly random: () => number;
  /** Aborted when the toxics change: what sleeps because of the old ones wakes up. */
  readonly changed: AbortController;
  lostBytes: number;
}

export interface ToxicLink {
  onChange(): void;
  close(): void;
}

/** Carries bytes between the two sockets, as badly as the weather wants it. */
export function createToxicLink(client: Socket, upstream: Socket, weather: Weather): ToxicLink {
  let delivered = 0;
  let resetTimer: NodeJS.Timeout | undefined;

  function armReset(): void {
    clearTimeout(resetTimer);
    const { resetPeer } = weather.toxics;
    if (resetPeer) resetTimer = setTimeout(resetBoth, resetPeer.afterMs);
  }

  function resetBoth(): void {
    client.resetAndDestroy();
    upstream.resetAndDestroy();
  }

  async function deliver(chunk: Buffer, dueAt: number): Promise<void> {
    await pause(dueAt - performance.now(), weather);
    for (let rest = chunk; rest.length > 0 && !client.destroyed; ) {
      const piece = rest.subarray(0, pieceSize(weather.toxics));
      await pause(pieceMs(piece, weather.toxics), weather);
      await deliverPiece(piece);
      rest = rest.subarray(piece.length);
    }
  }

  async function deliverPiece(piece: Buffer): Promise<void> {
    if (isLost(piece, weather)) return;
    const { limitData } = weather.toxics;
    const room = (limitData?.bytes ?? Number.POSITIVE_INFINITY) - delivered;
    delivered += piece.length;
    await write(client, piece.subarray(0, Math.max(room, 0)));
    if (room > piece.length) return;
    client.destroySoon();
    upstream.destroy();
  }

  async function endAnswer(): Promise<void> {
    if (weather.toxics.slowClose) await pause(weather.toxics.slowClose.ms, weather);
    // A lost goodbye is not repeated; a client that has left wants none.
    if (!weather.toxics.timeout || client.readableEnded) client.end();
  }

  carry(upstream, client, { dueAt: () => dueAt(weather), deliver, end: endAnswer });
  carry(client, upstream, {
    dueAt: () => 0,
    deliver: async (chunk) => {
      if (!isLost(chunk, weather)) await write(upstream, chunk);
    },
    end: async () => void upstream.end(),
  });
  client.once('close', () => clearTimeout(resetTimer));
  armReset();

  return {
    onChange: armReset,
    close() {
      client.destroy();
      upstream.destroy();
    },
  };
}

interface Carrier {
  /** `performance.now()` at which what arrives now may be delivered. */
  dueAt(): number;
  deliver(chunk: Buffer, dueAt: number): Promise<void>;
  end(): Promise<void>;
}

const maxQueuedBytes = 1024 * 1024;

/** Whatever happens on one side happens on the other, in the same order and behind the bytes that came before it. */
function carry(from: Socket, to: Socket, { dueAt, deliver, end }: Carrier): void {
  let queuedBytes = 0;
  let last: Promise<void> = Promise.resolve();
  const enqueue = (work: () => void | Promise<void>) => {
    last = last.then(work);
  };

  from.on('data', (chunk) => {
    const due = dueAt();
    queuedBytes += chunk.length;
    if (queuedBytes > maxQueuedBytes) from.pause();
    enqueue(async () => {
      await deliver(chunk, due);
      queuedBytes -= chunk.length;
      if (queuedBytes <= maxQueuedBytes) from.resume();
    });
  });
  from.once('end', () => enqueue(end));
  from.once('error', () => enqueue(() => void to.resetAndDestroy()));
}

function isLost(bytes: Buffer, weather: Weather): boolean {
  if (!weather.toxics.timeout) return false;
  weather.lostBytes += bytes.length;
  return true;
}

function write(socket: Socket, bytes: Buffer): Promise<void> {
  // Waiting for the system to take them is what slows the sender down; a closed socket calls back with an error.
  return new Promise((resolve) => socket.write(bytes, () => resolve()));
}

function dueAt({ toxics: { latency }, random }: Weather): number {
  const jitterMs = (2 * random() - 1) * (latency?.jitterMs ?? 0);
  return latency ? performance.now() + latency.ms + jitterMs : 0;
}

/** A narrow line lets through a fiftieth of a second's worth at a time. */
function pieceSize({ slicer, bandwidth }: Toxics): number {
  const slice = slicer?.bytes ?? Number.POSITIVE_INFINITY;
  return bandwidth ? Math.min(slice, Math.ceil(bandwidth.bytesPerSecond / 50)) : slice;
}

function pieceMs(piece: Buffer, { slicer, bandwidth }: Toxics): number {
  return (slicer?.pauseMs ?? 0) + (bandwidth ? (piece.length / bandwidth.bytesPerSecond) * 1_000 : 0);
}

async function pause(ms: number, { changed }: Weather): Promise<void> {
  if (ms > 0) await sleep(ms, undefined, { signal: changed.signal, ref: false }).catch(() => {});
}
