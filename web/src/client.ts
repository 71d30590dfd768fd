import { meros } from 'meros/browser';
import { type Answer, addPart, nothingYet, type Part } from './answer.js';
import type { Failure } from './failures.js';
import type { TypedDocumentString } from './generated/graphql.js';

export interface AskOptions<T> {
  readonly signal: AbortSignal;
  /** Called with what has come so far whenever more comes, also at the end. */
  readonly onProgress?: (answer: Answer<T>) => void;
}

export interface Client {
  /**
   * Asks the gateway; resolves with the whole answer, whose failures concern single fields.
   * @throws RequestFailed when nothing of it can be shown.
   */
  ask<T, V>(document: TypedDocumentString<T, V>, variables: V, options: AskOptions<T>): Promise<Answer<T>>;
  /** Fetches something else of the gateway with the viewer's key. */
  fetch(url: string, init?: RequestInit): Promise<Response>;
}

/** The whole request failed: no connection, or a refusal. */
export class RequestFailed extends Error {
  readonly failure: Failure;

  constructor(failure: Failure) {
    super(failure.message);
    this.name = 'RequestFailed';
    this.failure = failure;
  }
}

export interface ClientOptions {
  /** The viewer's access key; null while there is none. */
  key(): string | null;
  /** Asks the viewer for a key, because the gateway wants one, or another one. */
  signIn(): Promise<void>;
}

export function createClient({ key, signIn }: ClientOptions): Client {
  async function send(url: string, init: RequestInit): Promise<Response> {
    for (;;) {
      const sentKey = key();
      const headers = new Headers(init.headers);
      if (sentKey !== null) headers.set('authorization', `Bearer ${sentKey}`);
      const response = await fetch(url, { ...init, headers }).catch((error: unknown) => {
        throw init.signal?.aborted ? error : noConnection();
      });
      // What stands before a gateway, or a gateway that is about to go.
      if ([502, 503, 504].includes(response.status)) throw noConnection();
      if (response.status !== 401) return response;
      // Another request may have brought a key meanwhile.
      if (key() === sentKey) await signIn();
      init.signal?.throwIfAborted();
    }
  }

  return {
    fetch: (url, init = {}) => send(url, init),
    async ask<T, V>(
      document: TypedDocumentString<T, V>,
      variables: V,
      { signal, onProgress = () => {} }: AskOptions<T>,
    ): Promise<Answer<T>> {
      const response = await send('/graphql', {
        method: 'POST',
        signal,
        headers: {
          'content-type': 'application/json',
          accept: 'multipart/mixed;deferSpec=20220824, application/graphql-response+json, application/json;q=0.9',
        },
        body: JSON.stringify({ query: document.toString(), variables }),
      });
      let answer: Answer<T> = nothingYet;
      for await (const part of readParts(response, signal)) {
        answer = addPart(answer, part);
        if (answer.data === null) throw new RequestFailed(answer.failures[0] ?? unreadable());
        onProgress(answer);
      }
      if (!answer.isWhole) throw new RequestFailed(noConnection().failure);
      return answer;
    },
  };
}

async function* readParts(response: Response, signal: AbortSignal): AsyncGenerator<Part> {
  try {
    const parts = await meros<Part>(response);
    if (parts instanceof Response) {
      yield (await parts.json()) as Part;
      return;
    }
    for await (const part of parts) if (part.json) yield part.body;
  } catch (error) {
    if (signal.aborted) throw error;
    throw error instanceof SyntaxError ? new RequestFailed(unreadable()) : noConnection();
  }
}

function noConnection(): RequestFailed {
  return new RequestFailed({ message: 'The gateway cannot be reached.', extensions: { code: 'NO_CONNECTION' } });
}

function unreadable(): Failure {
  return { message: 'The gateway sent something that this page cannot read.' };
}
