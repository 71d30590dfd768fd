// Spans, as everybody else sees them. A leaf of its own: whoever does something worth a span is handed one of these, and
// knows no library. server/openTelemetry.ts is the one that sends them somewhere.

/** What a span says of itself. Never a query, a key or an id of a product: spans leave the house. */
export interface SpanDescription {
  readonly name: string;
  /** server = somebody asked us, client = we ask somebody, internal = neither. */
  readonly kind: 'server' | 'client' | 'internal';
  readonly attributes: Readonly<Record<string, string | number>>;
}

export interface Tracing {
  /** Does the work in a span below the one in which this is called. The span fails when the work does. */
  span<T>(span: SpanDescription, work: () => Promise<T>): Promise<T>;
  /** W3C trace context of the span in which this is called, as headers of a request; empty where nothing is traced. */
  headers(): Readonly<Record<string, string>>;
  /**
   * Does what follows from a request in a span, below the one that its headers name. `end` is to be called when the answer has
   * been sent.
   */
  request(
    description: SpanDescription,
    headers: Readonly<Record<string, string | string[] | undefined>>,
    work: (span: RequestSpan) => void,
  ): void;
  /** Sends what has not been sent yet. */
  close(): Promise<void>;
}

export interface RequestSpan {
  /** `name`: what turned out to have been asked. */
  end(result: { name: string; attributes: Readonly<Record<string, string | number>>; failed: boolean }): void;
}

/** Where nobody wants to know. */
export const untraced: Tracing = {
  span: (_, work) => work(),
  headers: () => ({}),
  request: (_, __, work) => work({ end() {} }),
  close: async () => {},
};

/** A URL without its query, which may hold a key. */
export function withoutQuery(url: string): string {
  return url.replace(/[?#].*$/s, '');
}
