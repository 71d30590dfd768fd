import { pino } from 'pino';
import { formatProblem } from '../errors.js';
import type { Report, TelemetryEvent } from '../telemetry.js';
import { createRedactor } from './redactor.js';

/** One JSON line per event that a person has to know of, on standard error; without these secrets, whatever an event says. */
export function createLog(secrets: readonly string[]): Report {
  const logger = pino(
    { base: null, timestamp: pino.stdTimeFunctions.isoTime, hooks: { streamWrite: createRedactor(secrets) } },
    pino.destination({ dest: 2, sync: true }),
  );
  return (event) => {
    const entry = describe(event);
    if (entry) logger[entry.level](entry.fields, entry.message);
  };
}

interface Entry {
  level: 'info' | 'warn' | 'error';
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
