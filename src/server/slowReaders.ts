import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

export interface ReaderLimits {
  /** For how long a client may read nothing (ms). */
  readonly stallMs: number;
  /** How much of all answers together may lie unread (bytes). */
  readonly maxUnread: number;
}

export interface Readers {
  /**
   * To be called when the answer begins, and not before: a limit on idle sockets would also end those who wait minutes for a
   * slow source.
   */
  follow(response: ServerResponse, onKill: () => void): void;
}

/**
 * Lets go of clients that do not read what they asked for: an answer that nobody takes lies in memory. Those who read nothing
 * have `stallMs`, of which Node takes up to twice as much; less where unread answers would take too much together: then it
 * is those who have been behind for longest. Nothing left to send, as between two parts of an answer, is no fault of the reader's.
 */
export function createReaders({ stallMs, maxUnread }: ReaderLimits): Readers {
  /** Those who have not taken all of an answer at once, in the order in which that was seen. */
  const behind = new Map<Socket, () => void>();

  function cutOff(socket: Socket, onKill: () => void): void {
    behind.delete(socket);
    onKill();
    socket.destroy();
  }

  function cutOffSome(): void {
    let unread = 0;
    for (const socket of behind.keys()) unread += socket.writableLength;
    for (const [socket, onKill] of behind) {
      if (unread <= maxUnread) return;
      unread -= socket.writableLength;
      if (socket.writableLength > 0) cutOff(socket, onKill);
    }
  }

  return {
    follow(response, onKill) {
      const { socket } = response;
      if (!socket) return;
      // Node's own timer: only it knows that a part of a large buffer has left.
      response.setTimeout(stallMs, () => {
        if (socket.writableLength === 0) socket.setTimeout(stallMs);
        else cutOff(socket, onKill);
      });
      // By then it has been written, as far as the client takes it.
      setImmediate(() => {
        if (socket.writableLength === 0) return;
        behind.set(socket, onKill);
        response.once('close', () => behind.delete(socket));
        cutOffSome();
      });
    },
  };
}
