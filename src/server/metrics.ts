import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { SourceStatus, TelemetryEvent } from '../telemetry.js';
import type { Load } from './overload.js';

/** Prometheus metrics of everything that the cores report. Labels are source names and codes, never a URL or an id. */
export interface Metrics {
  listen(event: TelemetryEvent): void;
  /** Shows the load of the process from now on. */
  watch(load: () => Load): void;
  readonly contentType: string;
  text(): Promise<string>;
}

/** From a call that is answered at once to one that takes the partner's three minutes (s). */
const buckets = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 180];
/** From an answer out of the cache to the longest deadlines that people set (s). */
const requestBuckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];
const breakerValues = { closed: 0, halfOpen: 1, open: 2 } as const;

export function createMetrics(statuses: () => readonly SourceStatus[]): Metrics {
  const registry = new Registry();
  const counters = createCounters(registry);
  addGauges(registry, statuses);
  const showRedis = redisGauge(registry);
  return {
    listen(event) {
      if (event.type === 'redis.changed') showRedis(event.up);
      else count(counters, event);
    },
    watch: (load) => addLoadGauges(registry, load),
    contentType: registry.contentType,
    text: () => registry.metrics(),
  };
}

type Counters = ReturnType<typeof createCounters>;

function createCounters(registry: Registry) {
  const registers = [registry];
  const counter = <T extends string>(name: string, help: string, labelNames: T[]) =>
    new Counter({ name, help, labelNames, registers });
  const histogram = (name: string, help: string) =>
    new Histogram({ name, help, labelNames: ['source'], buckets, registers });
  return {
    calls: counter('gateway_source_calls_total', 'Calls that were made, by result (ok or an error code)', [
      'source',
      'result',
    ]),
    retries: counter('gateway_source_retries_total', 'Calls that were made again, by the code of the failure', [
      'source',
      'code',
    ]),
    rejections: counter('gateway_source_rejections_total', 'Calls that were not made, by error code', [
      'source',
      'code',
    ]),
    queued: counter('gateway_source_queued_total', 'Calls that had to wait for their turn', ['source']),
    breaker: counter('gateway_source_breaker_changes_total', 'How often the breaker came into a state', [
      'source',
      'state',
    ]),
    pauses: counter('gateway_source_pauses_total', 'Pauses that the source asked for', ['source']),
    tokens: counter('gateway_source_quota_tokens_total', 'Quota tokens that calls have cost', ['source']),
    duration: histogram('gateway_source_call_duration_seconds', 'How long a call took'),
    queueWait: histogram('gateway_source_queue_wait_seconds', 'How long a call waited for its turn'),
    corrupt: counter('gateway_cache_corrupt_total', 'Values in Redis that were none of ours', ['source']),
    leaseWaits: histogram('gateway_cache_lease_wait_seconds', 'How long another replica was waited for'),
    fenced: counter('gateway_cache_lease_fenced_total', 'Answers that came after this replica had lost its lease', [
      'source',
    ]),
    redisFailures: counter('gateway_redis_failures_total', 'Commands without an answer of use, by error code', [
      'code',
    ]),
    shed: counter('gateway_requests_shed_total', 'Requests that were refused at once, by reason', ['reason']),
    refused: counter('gateway_requests_refused_total', 'Requests that were refused for who asked or what, by reason', [
      'reason',
    ]),
    stalled: counter('gateway_readers_stalled_total', 'Clients that were cut off because they did not read', []),
    requestDuration: new Histogram({
      name: 'gateway_request_duration_seconds',
      help: 'How long a request took, by type of operation (query or export)',
      labelNames: ['type'],
      buckets: requestBuckets,
      registers,
    }),
    cacheKeys: counter(
      'gateway_cache_keys_total',
      'Keys asked for that needed no call of their own: FRESH and STALE were in the cache, JOINED were on their way',
      ['source', 'result'],
    ),
    keys: counter('gateway_source_keys_total', 'Different keys that requests asked for', ['source']),
    requests: counter('gateway_requests_total', 'GraphQL requests and files, by result (ok or errors)', ['result']),
    shared: counter('gateway_answers_shared_total', 'Answers that were not executed, but kept or joined', ['how']),
  };
}

function count(counters: Counters, event: TelemetryEvent): void {
  switch (event.type) {
    case 'call.finished':
      counters.calls.inc({ source: event.source, result: event.failure ?? 'ok' });
      counters.duration.observe({ source: event.source }, event.ms / 1_000);
      break;
    case 'quota.read':
      counters.tokens.inc({ source: event.source }, event.tokens);
      break;
    case 'call.admitted':
      counters.queueWait.observe({ source: event.source }, event.queuedMs / 1_000);
      break;
    case 'call.retried':
      counters.retries.inc({ source: event.source, code: event.failure });
      break;
    case 'call.rejected':
      counters.rejections.inc({ source: event.source, code: event.failure });
      break;
    case 'call.queued':
      counters.queued.inc({ source: event.source });
      break;
    case 'breaker.changed':
      counters.breaker.inc({ source: event.source, state: event.state });
      break;
    case 'source.paused':
      counters.pauses.inc({ source: event.source });
      break;
    case 'cache.corrupt':
      counters.corrupt.inc({ source: event.source }, event.keys);
      break;
    case 'lease.waited':
      counters.leaseWaits.observe({ source: event.source }, event.ms / 1_000);
      break;
    case 'lease.fenced':
      counters.fenced.inc({ source: event.source });
      break;
    case 'redis.failed':
      counters.redisFailures.inc({ code: event.failure });
      break;
    case 'answer.shared':
      counters.shared.inc({ how: event.how });
      break;
    case 'request.finished':
      counters.requests.inc({ result: event.errors === 0 ? 'ok' : 'errors' });
      counters.requestDuration.observe({ type: event.operationType }, event.ms / 1_000);
      break;
    case 'request.shed':
      counters.shed.inc({ reason: event.reason });
      break;
    case 'request.refused':
      counters.refused.inc({ reason: event.reason });
      break;
    case 'reader.stalled':
      counters.stalled.inc();
      break;
    case 'keys.asked':
      counters.keys.inc({ source: event.source }, event.keys);
      break;
    case 'cache.read':
      counters.cacheKeys.inc({ source: event.source, result: 'FRESH' }, event.hits);
      counters.cacheKeys.inc({ source: event.source, result: 'STALE' }, event.staleHits);
      counters.cacheKeys.inc({ source: event.source, result: 'JOINED' }, event.joined);
      break;
  }
}

/** Read when Prometheus asks, not kept up to date in between. */
function addGauges(registry: Registry, statuses: () => readonly SourceStatus[]): void {
  const gauge = (name: string, help: string, read: (status: SourceStatus) => number | null) =>
    new Gauge({
      name,
      help,
      labelNames: ['source'],
      registers: [registry],
      collect() {
        this.reset();
        for (const status of statuses()) {
          const value = read(status);
          if (value !== null) this.set({ source: status.name }, value);
        }
      },
    });
  gauge('gateway_source_in_flight', 'Calls in flight', ({ inFlight }) => inFlight);
  gauge('gateway_source_queued', 'Calls that wait for their turn', ({ queued }) => queued);
  gauge('gateway_source_quota_tokens', 'Quota tokens left for this hour', ({ quotaRemaining }) => quotaRemaining);
  gauge('gateway_source_breaker_state', '0 closed, 1 half open, 2 open', ({ breaker }) => breakerValues[breaker]);
}

function addLoadGauges(registry: Registry, load: () => Load): void {
  const gauge = (name: string, help: string, read: () => number) =>
    new Gauge({
      name,
      help,
      registers: [registry],
      collect() {
        this.set(read());
      },
    });
  gauge('gateway_requests_in_flight', 'GraphQL requests and files in progress', () => load().inFlight);
  gauge('gateway_event_loop_lag_seconds', 'How late the event loop is', () => load().lagMs / 1_000);
  gauge('gateway_heap_used_ratio', 'Of the heap that V8 may use', () => load().heapShare);
  gauge('gateway_resident_memory_bytes', 'Memory of the process', () => process.memoryUsage.rss());
}

/** Shown from the first time that something is known of Redis: not at all where none is configured. */
function redisGauge(registry: Registry): (up: boolean) => void {
  let gauge: Gauge | undefined;
  return (up) => {
    gauge ??= new Gauge({ name: 'gateway_redis_up', help: 'Whether Redis answers', registers: [registry] });
    gauge.set(up ? 1 : 0);
  };
}
