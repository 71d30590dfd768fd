import type { Problem, SourceName } from './errors.js';

/**
 * Everything that the cores tell the outside. Logs, counters and the trace of a request listen; no core knows a logger.
 * No event holds a URL, a key or a body. Durations are in ms.
 */
export type TelemetryEvent =
  | { type: 'request.finished'; requestId: string; operation: string | null; ms: number; errors: number }
  | { type: 'request.failed'; requestId: string; error: unknown }
  | { type: 'keys.asked'; source: SourceName; requestId: string; keys: number }
  | { type: 'reports.planned'; source: SourceName; requestId: string; reports: number }
  | { type: 'call.queued'; source: SourceName; requestId: string }
  | { type: 'call.started'; source: SourceName; requestId: string; queuedMs: number }
  | { type: 'call.finished'; source: SourceName; requestId: string; ms: number; failure: string | null }
  | { type: 'catalog.changed'; sites: number }
  | { type: 'catalog.rejected'; problems: readonly Problem[] }
  | { type: 'access.open' }
  | { type: 'server.notice'; message: string };

export type Report = (event: TelemetryEvent) => void;
