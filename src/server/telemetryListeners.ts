import { pino } from 'pino';
import { systemClock } from '../clock.js';
import { formatProblem } from '../errors.js';
import type { Report, RequestFinished, TelemetryEvent } from '../telemetry.js';
import { createSampling } from './logSampling.js';
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
 * One JSON line per event that a person has to know of, on standard error. Of the same trouble only some are written, and
 * how many were not.
 */
export function createLog({ level, queries, redact }: LogOptions): Report {
  const logger = pino(
    { base: null, level, timestamp: pino.stdTimeFunctions.isoTime, hooks: { streamWrite: redact } },
    pino.destination({ dest: 2, sync: true }),
  );
  const write = (entry: Entry, fields: object) => logger[entry.level](fields, entry.message);
  const mayWrite = createSampling<Entry>({
    clock: systemClock,
    nameOf: ({ message, kind }) => JSON.stringify([message, kind]),
    tell: (entry, leftOut) => write(entry, { ...entry.kind, leftOut }),
  });
  return (event) => {
    const entry = event.type === 'request.finished' ? describeRequest(event, queries) : describe(event);
    if (!entry || !logger.isLevelEnabled(entry.level)) return;
    if (entry.kind === null || mayWrite(entry)) write(entry, entry.fields);
  };
}

type Fields = Readonly<Record<string, unknown>>;

interface Entry {
  readonly level: 'info' | 'warn' | 'error' | 'fatal';
  readonly message: string;
  readonly fields: Fields;
  /** What tells it from other trouble with the same message; null = it is no trouble, and always written. */
  readonly kind: Fields | null;
}

/** What went as it should. */
function news(message: string, fields: Fields = {}): Entry {
  return { level: 'info', message, fields, kind: null };
}

/** What somebody may have to do something about. */
function trouble(level: 'warn' | 'error' | 'fatal', message: string, fields: Fields = {}, kind: Fields = {}): Entry {
  return { level, message, fields: { ...fields, ...kind }, kind };
}

function describe(event: TelemetryEvent): Entry | null {
  switch (event.type) {
    case 'access.open':
      return trouble('warn', 'access is open: everybody who reaches this port may ask');
    case 'breaker.changed':
      return trouble('warn', `the circuit breaker is ${event.state}`, {}, { source: event.source });
    case 'source.paused':
      return trouble('warn', 'the source wants no calls for now', { ms: event.ms }, { source: event.source });
    case 'catalog.changed':
      return news('the catalog was read again', { sites: event.sites });
    case 'catalog.rejected': {
      const problems = event.problems.map(formatProblem);
      return trouble('error', 'the catalog has problems; the one before stays in use', { problems });
    }
    case 'request.failed':
      return trouble('error', 'a request failed by a fault of the gateway', failureFields(event));
    case 'request.refused': {
      const { requestId, address, reason } = event;
      return trouble('warn', 'a request was refused', { requestId, address }, { reason });
    }
    case 'request.shed': {
      const { requestId, reason } = event;
      return trouble('warn', 'too much to do; a request was refused', { requestId }, { reason });
    }
    case 'redis.changed': {
      if (event.up) return news('Redis is there');
      return trouble('warn', 'Redis is away; this replica goes on by itself', { failure: event.failure });
    }
    case 'cache.corrupt': {
      const { source, keys } = event;
      return trouble('warn', 'values in Redis are none of ours; they count as missing', { keys }, { source });
    }
    case 'lease.fenced':
      return trouble(
        'warn',
        'this replica was taken for dead; what it brought was not kept',
        {},
        { source: event.source },
      );
    case 'reader.stalled':
      return trouble('warn', 'a client did not read its answer; it was cut off', { requestId: event.requestId });
    case 'drain.started':
      return news('ending; what runs is answered', { inFlight: event.inFlight });
    case 'drain.finished':
      return news('all is answered', { ms: Math.round(event.ms) });
    case 'process.crashed':
      return trouble('fatal', 'a fault that nobody caught; ending', placeOf(event.error));
    case 'server.notice':
      return trouble('warn', event.message);
    default:
      return null;
  }
}

function failureFields({ requestId, error }: Extract<TelemetryEvent, { type: 'request.failed' }>): Fields {
  return { requestId, error: error instanceof Error ? error.stack : String(error) };
}

/** Of the name that a client gave its operation: the document that it stands in may have half a megabyte. */
const longestName = 100;

/** One with errors is known by the first of their codes: refused documents are a flood as well. */
function describeRequest(event: RequestFinished, queries: boolean): Entry {
  const { requestId, viewer, operation, ms, errors, codes, query } = event;
  const name = operation?.slice(0, longestName) ?? null;
  const fields = { requestId, viewer, operation: name, ms: Math.round(ms), errors, codes };
  const entry = news('a request was answered', queries ? { ...fields, query } : fields);
  return errors === 0 ? entry : { ...entry, kind: { codes: codes.slice(0, 1) } };
}

/** What kind of error, and where it was made. Not its message: a foreign one may hold a URL with a key in it. */
function placeOf(error: unknown): Fields {
  if (!(error instanceof Error)) return { error: typeof error };
  const frames = (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
  return { error: error.name, stack: frames.map((line) => line.trim()) };
}
