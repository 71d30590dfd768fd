import { pino } from 'pino';
import { type Clock, systemClock } from '../clock.js';
import { formatProblem } from '../errors.js';
import type { Report, RequestFinished, TelemetryEvent } from '../telemetry.js';
import type { Redact } from './redactor.js';

export interface LogOptions {
  /** The least that is written. */
  level: 'info' | 'warn' | 'error';
  /** Whether the line of a request holds its document. */
  queries: boolean;
  /** Takes out what no line may hold, whatever an event says. */
  redact: Redact;
}

/**
 * One JSON line per event that a person has to know of, on standard error. Of the same trouble at most ten lines a second,
 * so that an outage does not drown what else there is to read, or the disk; the next line says how many were left out.
 */
export function createLog({ level, queries, redact }: LogOptions): Report {
  const logger = pino(
    { base: null, level, timestamp: pino.stdTimeFunctions.isoTime, hooks: { streamWrite: redact } },
    pino.destination({ dest: 2, sync: true }),
  );
  const sample = createSampling(systemClock);
  return (event) => {
    const entry = event.type === 'request.finished' ? describeRequest(event, queries) : describe(event);
    if (!entry || !logger.isLevelEnabled(entry.level)) return;
    const leftOut = entry.level === 'info' ? 0 : sample(entry.message);
    if (leftOut !== null) logger[entry.level]({ ...entry.fields, ...(leftOut > 0 && { leftOut }) }, entry.message);
  };
}

const linesPerSecond = 10;

/** Answers with how many of the kind were left out since the last line; null = leave this one out, too. */
export function createSampling(clock: Pick<Clock, 'monotonic'>): (kind: string) => number | null {
  const kinds = new Map<string, { since: number; lines: number; leftOut: number }>();
  return (kind) => {
    const now = clock.monotonic();
    const last = kinds.get(kind) ?? { since: now, lines: 0, leftOut: 0 };
    const current = now - last.since < 1_000 ? last : { ...last, since: now, lines: 0 };
    kinds.set(kind, current);
    if (current.lines === linesPerSecond) {
      current.leftOut += 1;
      return null;
    }
    const { leftOut } = current;
    current.lines += 1;
    current.leftOut = 0;
    return leftOut;
  };
}

interface Entry {
  level: 'info' | 'warn' | 'error' | 'fatal';
  message: string;
  fields: Record<string, unknown>;
}

function describe(event: TelemetryEvent): Entry | null {
  switch (event.type) {
    case 'access.open':
      return { level: 'warn', message: 'access is open: everybody who reaches this port may ask', fields: {} };
    case 'breaker.changed':
      return { level: 'warn', message: `the circuit breaker is ${event.state}`, fields: { source: event.source } };
    case 'source.paused':
      return {
        level: 'warn',
        message: 'the source wants no calls for now',
        fields: { source: event.source, ms: event.ms },
      };
    case 'catalog.changed':
      return { level: 'info', message: 'the catalog was read again', fields: { sites: event.sites } };
    case 'catalog.rejected': {
      const problems = event.problems.map(formatProblem);
      return { level: 'error', message: 'the catalog has problems; the one before stays in use', fields: { problems } };
    }
    case 'request.failed':
      return { level: 'error', message: 'a request failed by a fault of the gateway', fields: failureFields(event) };
    case 'redis.changed': {
      const { up, failure } = event;
      if (up) return { level: 'info', message: 'Redis is there', fields: {} };
      return { level: 'warn', message: 'Redis is away; this replica goes on by itself', fields: { failure } };
    }
    case 'cache.corrupt': {
      const { source, keys } = event;
      return {
        level: 'warn',
        message: 'values in Redis are none of ours; they count as missing',
        fields: { source, keys },
      };
    }
    case 'lease.fenced': {
      const { source } = event;
      return {
        level: 'warn',
        message: 'this replica was taken for dead; what it brought was not kept',
        fields: { source },
      };
    }
    case 'request.shed': {
      const { requestId, reason } = event;
      return { level: 'warn', message: 'too much to do; a request was refused', fields: { requestId, reason } };
    }
    case 'reader.stalled':
      return {
        level: 'warn',
        message: 'a client did not read its answer; it was cut off',
        fields: { requestId: event.requestId },
      };
    case 'drain.started':
      return { level: 'info', message: 'ending; what runs is answered', fields: { inFlight: event.inFlight } };
    case 'drain.finished':
      return { level: 'info', message: 'all is answered', fields: { ms: Math.round(event.ms) } };
    case 'process.crashed':
      return { level: 'fatal', message: 'a fault that nobody caught; ending', fields: placeOf(event.error) };
    case 'server.notice':
      return { level: 'warn', message: event.message, fields: {} };
    default:
      return null;
  }
}

function failureFields({
  requestId,
  error,
}: Extract<TelemetryEvent, { type: 'request.failed' }>): Record<string, unknown> {
  return { requestId, error: error instanceof Error ? error.stack : String(error) };
}

function describeRequest(event: RequestFinished, queries: boolean): Entry {
  const { requestId, viewer, operation, ms, errors, codes, query } = event;
  const fields = { requestId, viewer, operation, ms: Math.round(ms), errors, codes };
  return { level: 'info', message: 'a request was answered', fields: queries ? { ...fields, query } : fields };
}

/** What kind of error, and where it was made. Not its message: a foreign one may hold a URL with a key in it. */
function placeOf(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error)) return { error: typeof error };
  const frames = (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
  return { error: error.name, stack: frames.map((line) => line.trim()) };
}
