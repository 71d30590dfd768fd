import type { IncomingHttpHeaders } from 'node:http';
import type { Dispatcher } from 'undici';
import type { Signal } from '../../cancellation.js';
import type { Clock } from '../../clock.js';
import type { Connections } from './transport.js';

export interface ExchangeOptions {
  readonly connections: Pick<Connections, 'lend' | 'giveBack'>;
  readonly clock: Clock;
  /** What is wrong with an answer already by its head: its body is then read past and not kept. null = nothing. */
  judge(statusCode: number, headers: IncomingHttpHeaders): Error | null;
  /** The largest body that is read. */
  readonly maxBytes: number;
  tooLarge(): Error;
}

export interface Answered {
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/**
 * How much of a body that is not wanted is read past, so that its connection can be used again, and for how long (ms). What
 * it says is not for us: it may repeat the key.
 */
const readPast = { bytes: 16_384, ms: 500 };

/** The connection broke, or could not be had. */
export class ConnectionFailed extends Error {
  /** `wasIdle`: it had been open before the call, and broke before anything of an answer had come. */
  constructor(
    override readonly cause: unknown,
    readonly wasIdle: boolean,
  ) {
    super('The connection failed.');
  }
}

/**
 * Makes one call and reads its answer whole, by undici's handlers: a stream of its own for each body of a few hundred bytes
 * costs more than all the rest of a call.
 * @throws what `judge` and `tooLarge` give, the signal's reason, or ConnectionFailed.
 */
export function exchange(
  { path, headers }: { path: string; headers: Record<string, string> },
  signal: Signal,
  { connections, clock, judge, maxBytes, tooLarge }: ExchangeOptions,
): Promise<Answered> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    const line = connections.lend();
    const chunks: Buffer[] = [];
    let size = 0;
    let answerHeaders: IncomingHttpHeaders = {};
    let controller: Dispatcher.DispatchController | undefined;
    let failure: Error | null = null;
    let stopTimer = () => {};
    let hasBegun = false;
    let isOver = false;

    function end(isSound: boolean): void {
      isOver = true;
      stopTimer();
      signal.removeEventListener('abort', abort);
      connections.giveBack(line, isSound);
    }

    /** The first time counts: what is given back unsound fails once more. */
    function fail(error: unknown): void {
      if (isOver) return;
      end(false);
      reject(error);
    }

    function abort(): void {
      if (controller) controller.abort(signal.reason as Error);
      else fail(signal.reason);
    }

    function keep(chunk: Buffer): void {
      size += chunk.length;
      if (failure) {
        if (size > readPast.bytes) controller?.abort(failure);
      } else if (size > maxBytes) {
        failure = tooLarge();
        controller?.abort(failure);
      } else {
        chunks.push(chunk);
      }
    }

    signal.addEventListener('abort', abort, { once: true });
    line.client.dispatch(
      { path, method: 'GET', headers },
      {
        onRequestStart(own) {
          controller = own;
        },
        onResponseStart(own, statusCode, received) {
          hasBegun = true;
          // An early hint is no answer yet.
          if (statusCode < 200) return;
          answerHeaders = received;
          failure = judge(statusCode, received);
          if (failure) stopTimer = clock.after(readPast.ms, () => own.abort(failure as Error));
        },
        onResponseData: (_, chunk) => keep(chunk),
        onResponseEnd() {
          end(true);
          if (failure) reject(failure);
          else
            resolve({
              headers: answerHeaders,
              body: chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks),
            });
        },
        onResponseError(_, error) {
          if (failure) fail(failure);
          else fail(signal.aborted ? signal.reason : new ConnectionFailed(error, line.wasOpen && !hasBegun));
        },
      },
    );
  });
}
