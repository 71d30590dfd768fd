import type { Clock } from '../clock.js';
import type { SourceName } from '../errors.js';
import type { TelemetryEvent } from '../telemetry.js';

/** What one request cost at one source. Times are ms since the request began, rounded. */
export interface SourceTrace {
  /** Different keys asked for. */
  keys: number;
  /** Google Analytics only. */
  reports?: number;
  /** Google Analytics only: tokens that the property asked last has left for this hour; null while unknown. */
  quota?: number | null;
  /** Keys that were in the cache, new or stale. */
  cacheHits: number;
  staleHits: number;
  /** Waits on a call that another request started. */
  joined: number;
  /** Upstream HTTP calls that this request made. */
  calls: number;
  retries: number;
  failures: number;
  /** The longest that a call waited for its turn. */
  queuedMs: number;
  /** When the first and the last call ended; null while none has. */
  firstMs: number | null;
  lastMs: number | null;
}

export type Trace = Partial<Record<SourceName, SourceTrace>>;

/** Adds up the events of each request while it runs. */
export interface Traces {
  listen(event: TelemetryEvent): void;
  begin(requestId: string): void;
  /** What was counted so far. */
  read(requestId: string): Trace;
  end(requestId: string): void;
}

export function createTraces(clock: Clock): Traces {
  const running = new Map<string, { startedAt: number; sources: Trace }>();

  function traceOf(event: TelemetryEvent): { source: SourceTrace; elapsed: number } | undefined {
    if (!('source' in event) || !('requestId' in event)) return undefined;
    const request = running.get(event.requestId);
    if (!request) return undefined;
    request.sources[event.source] ??= {
      keys: 0,
      ...(event.source === 'googleAnalytics' && { reports: 0, quota: null }),
      cacheHits: 0,
      staleHits: 0,
      joined: 0,
      calls: 0,
      retries: 0,
      failures: 0,
      queuedMs: 0,
      firstMs: null,
      lastMs: null,
    };
    return {
      source: request.sources[event.source] as SourceTrace,
      elapsed: Math.round(clock.monotonic() - request.startedAt),
    };
  }

  return {
    listen(event) {
      const found = traceOf(event);
      if (found) count(found.source, event, found.elapsed);
    },
    begin: (requestId) => void running.set(requestId, { startedAt: clock.monotonic(), sources: {} }),
    read: (requestId) => running.get(requestId)?.sources ?? {},
    end: (requestId) => void running.delete(requestId),
  };
}

function count(trace: SourceTrace, event: TelemetryEvent, elapsed: number): void {
  switch (event.type) {
    case 'keys.asked':
      trace.keys += event.keys;
      break;
    case 'reports.planned':
      trace.reports = (trace.reports ?? 0) + event.reports;
      break;
    case 'quota.read':
      trace.quota = event.remaining;
      break;
    case 'cache.read':
      trace.cacheHits += event.hits;
      trace.staleHits += event.staleHits;
      trace.joined += event.joined;
      break;
    case 'call.admitted':
      trace.queuedMs = Math.max(trace.queuedMs, Math.round(event.queuedMs));
      break;
    case 'call.started':
      trace.calls += 1;
      break;
    case 'call.retried':
      trace.retries += 1;
      break;
    case 'call.finished':
      trace.failures += event.failure === null ? 0 : 1;
      trace.firstMs ??= elapsed;
      trace.lastMs = elapsed;
      break;
  }
}
