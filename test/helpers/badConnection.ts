import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { type SecureContext, TLSSocket } from 'node:tls';

/** What is sent. A function is called when its turn comes, with the target that was asked for. */
export type Payload = string | Uint8Array | ((target: string) => string | Uint8Array);

export type Step =
  | { readonly send: Payload }
  /** Ms. */
  | { readonly sleep: number }
  | { readonly rst: true }
  /** `abrupt` leaves out the close_notify of TLS; without TLS the two are the same. */
  | { readonly fin: true | 'abrupt' }
  /** Stays connected, reads on, and never says another word. */
  | { readonly halfOpen: true }
  /** Goes on when the promise is settled, or the client has left. */
  | { readonly until: Promise<unknown> }
  /** Without `times`: for as long as the client stays. */
  | { readonly repeat: Script; readonly times?: number };

/** Carried out step by step. After the last one the next request may come on the same connection. */
export type Script = readonly Step[];

export interface ConnectionRecord {
  /** On the wire, TLS included. */
  bytesIn: number;
  bytesOut: number;
  /** `performance.now()`; absent = still open. */
  closedAt?: number;
  /** Who went first. */
  closedBy?: 'client' | 'server';
  /** It ended by a reset instead of a goodbye. */
  reset: boolean;
}

export interface ReadRequest {
  /** Path with query. */
  readonly target: string;
  readonly body: string;
}

export interface BadConnection {
  readonly record: ConnectionRecord;
  /** One request after the other: the next is handed out when the last one's promise is settled. */
  onRequest(answer: (request: ReadRequest) => Promise<void>): void;
  run(script: Script, target?: string): Promise<void>;
  close(): void;
}

export function createBadConnection(raw: Socket, secureContext?: SecureContext): BadConnection {
  const socket = secureContext ? new TLSSocket(raw, { isServer: true, secureContext }) : raw;
  const record: ConnectionRecord = { bytesIn: 0, bytesOut: 0, reset: false };
  const closed = new AbortController();
  recordEnd(raw, socket, record);
  const gone = new Promise<void>((resolve) => raw.once('close', () => resolve()));
  raw.once('close', () => closed.abort());
  socket.resume();

  const isOver = () => closed.signal.aborted || record.closedBy !== undefined;

  async function run(script: Script, target = ''): Promise<void> {
    for (const step of script) {
      if (isOver()) return;
      await perform(step, target);
    }
  }

  async function perform(step: Step, target: string): Promise<void> {
    if ('send' in step) await send(typeof step.send === 'function' ? step.send(target) : step.send);
    else if ('sleep' in step) await sleep(step.sleep, undefined, { signal: closed.signal }).catch(() => {});
    else if ('repeat' in step) await repeat(step.repeat, step.times, target);
    else if ('halfOpen' in step) await gone;
    else if ('until' in step) await Promise.race([step.until.catch(() => {}), gone]);
    else leave(step);
  }

  async function repeat(script: Script, times: number | undefined, target: string): Promise<void> {
    for (let left = times ?? Number.POSITIVE_INFINITY; left > 0 && !isOver(); left -= 1) await run(script, target);
  }

  /** Waits until the system has taken the bytes: that bounds an endless answer, and no reset overtakes them. */
  function send(bytes: string | Uint8Array): Promise<void> {
    return new Promise((resolve) => socket.write(bytes, () => resolve()));
  }

  function leave(step: { rst: true } | { fin: true | 'abrupt' }): void {
    record.closedBy = 'server';
    record.reset = 'rst' in step;
    if ('rst' in step) raw.resetAndDestroy();
    else if (step.fin === 'abrupt') raw.end();
    else socket.end();
  }

  return {
    record,
    run,
    onRequest: (answer) => readRequests(socket, answer),
    close() {
      record.closedBy ??= 'server';
      raw.destroy();
    },
  };
}

function recordEnd(raw: Socket, socket: Socket, record: ConnectionRecord): void {
  const byClient = (error?: NodeJS.ErrnoException) => {
    if (record.closedBy) return;
    record.closedBy = 'client';
    record.reset = error?.code === 'ECONNRESET' || error?.code === 'EPIPE';
  };
  for (const side of new Set([raw, socket])) side.on('error', byClient).once('end', () => byClient());
  raw.once('close', () => {
    byClient();
    Object.assign(record, { closedAt: performance.now(), bytesIn: raw.bytesRead, bytesOut: raw.bytesWritten });
  });
}

function readRequests(socket: Socket, answer: (request: ReadRequest) => Promise<void>): void {
  let unread = '';
  let previous = Promise.resolve();
  socket.setEncoding('latin1').on('data', (text: string) => {
    unread += text;
    for (let request = takeRequest(unread); request; request = takeRequest(unread)) {
      const { rest, ...read } = request;
      unread = rest;
      previous = previous.then(() => answer(read));
    }
  });
}

/** The first whole request of what has arrived; bodies only with a Content-Length, which is all that the gateway sends. */
function takeRequest(text: string): (ReadRequest & { rest: string }) | undefined {
  const headEnd = text.indexOf('\r\n\r\n') + 4;
  if (headEnd < 4) return undefined;
  const head = text.slice(0, headEnd);
  const end = headEnd + Number(/^content-length: *(\d+)/im.exec(head)?.[1] ?? 0);
  if (text.length < end) return undefined;
  const body = Buffer.from(text.slice(headEnd, end), 'latin1').toString();
  return { target: head.split(' ', 2)[1] ?? '', body, rest: text.slice(end) };
}
