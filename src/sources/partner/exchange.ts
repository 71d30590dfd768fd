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

/**
 * Makes one call and reads its answer whole, by undici's handlers: a stream of its own for each body of a few hundred bytes
 * costs more than all the rest of a call.
 * @throws what `judge` and `tooLarge` give, the signal's reason, or an error of undici's.
 */
export function exchange(
  { path, headers }: { path: string; headers: Record<string, string> },
  signal: Signal,
  { connections, clock, judge, maxBytes, tooLarge }: ExchangeOptions,
): Promise<Answered> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    let answerHeaders: IncomingHttpHeaders = {};
    let controller: Dispatcher.DispatchController | undefined;
    let failure: Error | null = null;
    let stopTimer = () => {};

    const abort = () => controller?.abort(signal.reason as Error);
    const connection = connections.lend();
    const settle = (isSound: boolean) => {
      connections.giveBack(connection, isSound);
      stopTimer();
      signal.removeEventListener('abort', abort);
    };

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
    connection.dispatch(
      { path, method: 'GET', headers },
      {
        onRequestStart(own) {
          controller = own;
          // Its turn for a connection may have come too late.
          if (signal.aborted) abort();
        },
        onResponseStart(own, statusCode, received) {
          // An early hint is no answer yet.
          if (statusCode < 200) return;
          answerHeaders = received;
          failure = judge(statusCode, received);
          if (failure) stopTimer = clock.after(readPast.ms, () => own.abort(failure as Error));
        },
        onResponseData: (_, chunk) => keep(chunk),
        onResponseEnd() {
          settle(true);
          if (failure) reject(failure);
          else
            resolve({
              headers: answerHeaders,
              body: chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks),
            });
        },
        onResponseError(_, error) {
          settle(false);
          reject(failure ?? error);
        },
      },
    );
  });
}
