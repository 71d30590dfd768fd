import type { ServerResponse } from 'node:http';

export interface ReaderLimits {
  /** For how long a client may read nothing (ms). */
  readonly stallMs: number;
  /** How much all answers that are on their way may have together (bytes); those below 64 KiB are not counted. */
  readonly maxUnread: number;
}

export interface Readers {
  /**
   * To be called when the answer begins, and not before: a limit on idle sockets would also end those who wait minutes for a
   * slow source. `bytes`: of the answer as it lies in memory, before it is packed; 0 = it comes bit by bit.
   */
  follow(response: ServerResponse, bytes: number, onKill: () => void): void;
}

/** Small ones are taken by a socket at once. */
const countedFromBytes = 65_536;

/**
 * Lets go of clients that do not read what they asked for: an answer that nobody takes lies in memory. Those who read nothing
 * have `stallMs`, of which Node takes up to twice as much; nothing left to send, as between two parts of an answer, is no fault
 * of theirs. Where large answers take too much together, those go that have been on their way for longest.
 */
export function createReaders({ stallMs, maxUnread }: ReaderLimits): Readers {
  /** In the order in which they began. */
  const large = new Map<ServerResponse, { readonly bytes: number; readonly onKill: () => void }>();
  let unread = 0;

  function forget(response: ServerResponse): void {
    unread -= large.get(response)?.bytes ?? 0;
    large.delete(response);
  }

  function cutOff(response: ServerResponse, onKill: () => void): void {
    const { socket } = response.req;
    for (const other of large.keys()) if (other.req.socket === socket) forget(other);
    onKill();
    socket.destroy();
  }

  return {
    follow(response, bytes, onKill) {
      // Nothing more would be heard of it.
      if (response.destroyed) return;
      // One that waits for its turn has no socket of its own yet.
      const { socket } = response.req;
      // Node's own timer: only it knows that a part of a large buffer has left.
      response.setTimeout(stallMs, () => {
        if (socket.writableLength === 0) socket.setTimeout(stallMs);
        else cutOff(response, onKill);
      });
      // Before Node gives the connection its next response, which may still be in the making, or lets it be idle.
      response.prependOnceListener('finish', () => socket.setTimeout(0));
      if (bytes < countedFromBytes) return;
      large.set(response, { bytes, onKill });
      unread += bytes;
      response.once('close', () => forget(response));
      for (const [oldest, { onKill: onKillOldest }] of large) {
        if (unread <= maxUnread || large.size === 1) return;
        cutOff(oldest, onKillOldest);
      }
    },
  };
}
