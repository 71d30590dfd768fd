import type { IncomingMessage, ServerResponse } from 'node:http';
import type { RequestFinished, TelemetryEvent } from '../telemetry.js';
import { type RequestSpan, type Tracing, untraced } from '../tracing.js';

export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** As it was registered, without anything of the request. */
  readonly route: string;
}

/** The span of each request that may ask the sources, from its turn to its last byte. */
export interface RequestSpans {
  listen(event: TelemetryEvent): void;
  /** Lets the request begin inside a span of its own, below that of the client, if it sent one. */
  open(exchange: Exchange, begin: () => void): void;
  /** How events call this request. */
  name(request: IncomingMessage, requestId: string): void;
}

const silent: RequestSpans = { listen() {}, open: (_, begin) => begin(), name() {} };

export function createRequestSpans(tracing: Tracing): RequestSpans {
  if (tracing === untraced) return silent;
  const ids = new WeakMap<IncomingMessage, string>();
  const finished = new Map<string, RequestFinished>();

  function close(request: IncomingMessage, response: ServerResponse, span: RequestSpan): void {
    const requestId = ids.get(request) ?? '';
    const event = finished.get(requestId);
    finished.delete(requestId);
    const { statusCode, writableFinished } = response;
    span.end({
      name: event?.operationType ?? 'unknown',
      attributes: {
        'http.response.status_code': statusCode,
        'gateway.request_id': requestId,
        'gateway.errors': event?.errors ?? 0,
      },
      failed: statusCode >= 500 || !writableFinished,
    });
  }

  return {
    listen(event) {
      if (event.type === 'request.finished') finished.set(event.requestId, event);
    },
    open({ request, response, route }, begin) {
      const attributes = { 'http.request.method': request.method ?? '', 'http.route': route };
      tracing.request({ name: 'unknown', kind: 'server', attributes }, request.headers, (span) => {
        response.once('close', () => close(request, response, span));
        begin();
      });
    },
    name: (request, requestId) => void ids.set(request, requestId),
  };
}
