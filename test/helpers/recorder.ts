import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface RecordedRequest {
  readonly method: string;
  /** Path and query, as they stood on the wire. */
  readonly target: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface RecordedAnswer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface Recorder {
  readonly url: string;
  /** In the order of arrival. */
  readonly requests: readonly RecordedRequest[];
  /** Asks the server at this URL from now on, and hands its answers on. */
  forwardTo(url: string): void;
  /** Answers itself from now on. */
  answerWith(answer: (request: RecordedRequest) => RecordedAnswer): void;
  /** Keeps what arrives from now on waiting; the function returned lets it all go on. */
  holdBack(): () => void;
  close(): Promise<void>;
}

/** An HTTP server that remembers what it was asked; it answers by itself or in the name of another server. */
export async function startRecorder(): Promise<Recorder> {
  const requests: RecordedRequest[] = [];
  let released: Promise<void> = Promise.resolve();
  let answer = async (_: RecordedRequest): Promise<RecordedAnswer> => ({ status: 404, body: '{}' });

  async function respond(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk);
    const { method = 'GET', url: target = '/', headers } = incoming;
    const request = { method, target, headers, body: Buffer.concat(chunks).toString('utf8') };
    requests.push(request);
    await released;
    const { status = 200, headers: own = { 'content-type': 'application/json' }, body } = await answer(request);
    const length = Buffer.byteLength(body);
    response.writeHead(status, { ...own, 'content-length': length }).end(body);
  }

  const server = createServer((incoming, response) => {
    // A server behind that breaks off, or a client that leaves, ends the connection here too.
    void respond(incoming, response).catch(() => response.destroy());
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    forwardTo(url) {
      answer = (request) => forward(url, request);
    },
    answerWith(next) {
      answer = async (request) => next(request);
    },
    holdBack() {
      let release = () => {};
      released = new Promise((resolve) => {
        release = resolve;
      });
      return release;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function forward(url: string, { method, target, headers, body }: RecordedRequest): Promise<RecordedAnswer> {
  const { authorization, 'content-type': contentType } = headers;
  const answer = await fetch(url + target, {
    method,
    redirect: 'manual',
    headers: { ...(authorization && { authorization }), ...(contentType && { 'content-type': contentType }) },
    ...(method !== 'GET' && { body }),
  });
  const type = answer.headers.get('content-type') ?? 'application/json';
  return { status: answer.status, headers: { 'content-type': type }, body: await answer.text() };
}

/** What an honest partner says about the product that it is asked for. */
export function partnerAnswer({ target }: RecordedRequest): RecordedAnswer {
  const product = new URL(target, 'http://partner').searchParams.get('product');
  const figures = { impressions: 300, clicks: 20, orders: 1, revenue: '12.50', currency: 'EUR' };
  return { body: JSON.stringify({ product, ...figures, updatedAt: '2026-01-02T03:04:05.000Z' }) };
}
