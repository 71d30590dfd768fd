import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';

export interface RawClient {
  readonly socket: Socket;
  /** Everything received so far, as latin-1. */
  received(): string;
  /** Bytes as they came in, TLS included. */
  wireBytes(): number;
  /** How the connection ended, as this side saw it: `goodbye`, or the code of the error, e.g. ECONNRESET. */
  outcome(): 'open' | 'goodbye' | string;
}

export interface RawClientOptions {
  /** Sent at once. */
  readonly send?: string;
  /** Speaks TLS and trusts this certificate as a root; false = trusts nobody. */
  readonly trust?: string | false;
}

/** A client without opinions: it sees what is on the wire, where an HTTP client would already interpret. */
export function connectRaw(port: number, { send, trust }: RawClientOptions = {}): RawClient {
  const wire = connect(port, '127.0.0.1');
  const tls = { socket: wire, servername: 'localhost', ...(trust && { ca: trust }) };
  const socket = trust === undefined ? wire : connectTls(tls);
  const chunks: Buffer[] = [];
  let outcome = 'open';
  socket.on('data', (chunk: Buffer) => chunks.push(chunk));
  socket.once('end', () => {
    outcome = 'goodbye';
  });
  socket.once('error', (error: NodeJS.ErrnoException) => {
    outcome = error.code ?? error.message;
  });
  if (send) socket.write(send);
  return {
    socket,
    received: () => Buffer.concat(chunks).toString('latin1'),
    wireBytes: () => wire.bytesRead,
    outcome: () => outcome,
  };
}

export function get(target: string): string {
  return `GET ${target} HTTP/1.1\r\nHost: localhost\r\n\r\n`;
}
