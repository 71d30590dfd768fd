import type { Problem, SourceName } from './errors.js';

/**
 * Everything that the cores tell the outside. Logs, counters and the trace of a request listen; no core knows a logger.
 * No event holds a URL, a key or a body. Durations are in ms.
 */
export type TelemetryEvent =
  | RequestFinished
  /** An answer that was not made for this request: kept from before, or the one that somebody else waited for. */
  | { type: 'answer.shared'; requestId: string; how: 'kept' | 'joined' }
  | { type: 'request.failed'; requestId: string; error: unknown }
  /** Refused for who asked, where from, or what, before it was executed; or because nobody could be asked who it is. */
  | { type: 'request.refused'; requestId: string; reason: Refusal; address: string }
  /** Refused before it was read, because too much is asked of the process. */
  | { type: 'request.shed'; requestId: string; reason: 'inFlight' | 'lag' | 'heap' }
  /** Cut off: its client did not read its answer. */
  | { type: 'reader.stalled'; requestId: string }
  | { type: 'drain.started'; inFlight: number }
  | { type: 'drain.finished'; ms: number }
  /** Something that nobody caught; the process ends. */
  | { type: 'process.crashed'; error: unknown }
  | { type: 'keys.asked'; source: SourceName; requestId: string; keys: number }
  | { type: 'reports.planned'; source: SourceName; requestId: string; reports: number }
  /** `tokens` is what a call cost, `remaining` what its property has left of this hour. */
  | { type: 'quota.read'; source: SourceName; requestId: string; tokens: number; remaining: number }
  | { type: 'cache.read'; source: SourceName; requestId: string; hits: number; staleHits: number; joined: number }
  /** Values in Redis that are none of ours: cut, changed, or of another version. */
  | { type: 'cache.corrupt'; source: SourceName; keys: number }
  /** Another replica asked for the same; what it brought, or its failure, was waited for. */
  | { type: 'lease.waited'; source: SourceName; ms: number }
  /** A replica that had been taken for dead came too late; what it brought was not kept. */
  | { type: 'lease.fenced'; source: SourceName }
  /** `failure` is the code of the error that told, where there was one. */
  | { type: 'redis.changed'; up: boolean; failure: string | null }
  | { type: 'redis.failed'; failure: string }
  | { type: 'call.queued'; source: SourceName; requestId: string }
  | { type: 'call.admitted'; source: SourceName; requestId: string; queuedMs: number }
  | { type: 'call.started'; source: SourceName; requestId: string }
  | { type: 'call.finished'; source: SourceName; requestId: string; ms: number; failure: string | null }
  | { type: 'call.retried'; source: SourceName; requestId: string; delayMs: number; failure: string }
  | { type: 'call.rejected'; source: SourceName; requestId: string; failure: string }
  | { type: 'source.paused'; source: SourceName; ms: number }
  | { type: 'breaker.changed'; source: SourceName; state: 'closed' | 'open' | 'halfOpen' }
  | { type: 'page.warmed'; site: string; range: string }
  | { type: 'catalog.changed'; sites: number }
  | { type: 'catalog.rejected'; problems: readonly Problem[] }
  | { type: 'access.open' }
  | { type: 'server.notice'; message: string };

/** unavailable: the keys of those who sign tokens could not be had; document: not a trusted one; malformed: no request at all. */
export type Refusal = 'unauthenticated' | 'forbidden' | 'tooManyAttempts' | 'unavailable' | 'document' | 'malformed';

/** A GraphQL request, or one for a file, has its whole answer. */
export interface RequestFinished {
  readonly type: 'request.finished';
  readonly requestId: string;
  /** Who asked. */
  readonly viewer: string;
  /** The operation's own name; null where it has none. */
  readonly operation: string | null;
  /** export: a file of products; unknown: the document could not be read. */
  readonly operationType: 'query' | 'export' | 'unknown';
  /** The document as it was sent. Nothing of it is logged unless the configuration wants that. */
  readonly query: string | undefined;
  readonly ms: number;
  readonly errors: number;
  /** Each code of its errors once. */
  readonly codes: readonly string[];
}

/** How a source is doing at this moment. */
export interface SourceStatus {
  readonly name: SourceName;
  readonly breaker: 'closed' | 'open' | 'halfOpen';
  readonly inFlight: number;
  readonly queued: number;
  /** Of the calls that were answered lately, in ms; null while none was. */
  readonly p50Ms: number | null;
  readonly p95Ms: number | null;
  /** Share of the keys asked for that were in the cache, 0 to 1; null while none was asked for. */
  readonly cacheHitShare: number | null;
  /** Tokens that Google has left for this hour, of the property that has the fewest; null while unknown, or without a quota. */
  readonly quotaRemaining: number | null;
}

export type Report = (event: TelemetryEvent) => void;
