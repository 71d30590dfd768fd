import type { ServerResponse } from 'node:http';

/**
 * Lets go of clients that do not read what they asked for: an answer that nobody takes lies in memory.
 *
 * To be called when the answer begins, and not before: a limit on idle sockets would also end those who wait minutes for a
 * slow source. Node looks every `stallMs` at what has left, so that it may take twice that long. Nothing left to send, as
 * between two parts of an answer, is no fault of the reader's.
 */
export function limitStall(response: ServerResponse, stallMs: number, onKill: () => void): void {
  const { socket } = response;
  if (!socket) return;
  // Node's own timer: only it knows that a part of a large buffer has left.
  response.setTimeout(stallMs, () => {
    if (socket.writableLength === 0) {
      socket.setTimeout(stallMs);
    } else {
      onKill();
      socket.destroy();
    }
  });
}
