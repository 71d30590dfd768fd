/** One part of an answer in parts, as the 2022-08-24 proposal has it. */
export interface AnswerPart {
  data?: unknown;
  hasNext: boolean;
  errors?: readonly unknown[];
  extensions?: { sources?: Record<string, Record<string, number>> };
  incremental?: readonly DeferredPart[];
}

export interface DeferredPart {
  path: readonly (string | number)[];
  label?: string;
  data: unknown;
  errors?: readonly { message: string; path: readonly (string | number)[]; extensions: Record<string, unknown> }[];
}

export interface PartsAnswer {
  readonly contentType: string;
  /** The next part as soon as it is there; undefined after the last one. */
  next(): Promise<AnswerPart | undefined>;
  /** Every part that follows. */
  rest(): Promise<AnswerPart[]>;
  disconnect(): void;
}

/** Asks as a client that reads an answer part by part. */
export async function askInParts(url: string, query: string): Promise<PartsAnswer> {
  const leaving = new AbortController();
  const response = await fetch(url, {
    method: 'POST',
    body: JSON.stringify({ query }),
    headers: { 'content-type': 'application/json', accept: 'multipart/mixed;deferSpec=20220824, application/json' },
    signal: leaving.signal,
  });
  const parts = readParts(response);
  return {
    contentType: response.headers.get('content-type') ?? '',
    next: async () => (await parts.next()).value,
    async rest() {
      const all: AnswerPart[] = [];
      for await (const part of parts) all.push(part);
      return all;
    },
    disconnect: () => leaving.abort(),
  };
}

async function* readParts({ body }: Response): AsyncGenerator<AnswerPart, undefined> {
  const decoder = new TextDecoder();
  let unread = '';
  for await (const chunk of body ?? []) {
    unread += decoder.decode(chunk as Uint8Array, { stream: true });
    for (let end = unread.indexOf('\r\n---'); end >= 0; end = unread.indexOf('\r\n---')) {
      const part = unread.slice(0, end);
      unread = unread.slice(end + '\r\n---'.length);
      const start = part.indexOf('\r\n\r\n');
      if (start >= 0) yield JSON.parse(part.slice(start)) as AnswerPart;
    }
  }
  return undefined;
}
