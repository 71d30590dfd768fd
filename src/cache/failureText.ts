import { type ErrorCode, errorTable, GatewayError, type GatewayErrorOptions } from '../errors.js';

/** A failure as text, for another replica; undefined for one that says nothing to others. */
export function writeFailure(error: unknown): string | undefined {
  if (!(error instanceof GatewayError)) return undefined;
  return JSON.stringify([error.code, error.message, error.options]);
}

/** undefined for what is no failure of ours. */
export function readFailure(text: string): GatewayError | undefined {
  const parts = parse(text);
  if (!Array.isArray(parts)) return undefined;
  const [code, message, options] = parts;
  if (!isCode(code) || typeof message !== 'string' || typeof options !== 'object') return undefined;
  return new GatewayError(code, message, readOptions({ ...options }));
}

/** What clients are told. The rest is for whoever makes the call, and that was another replica. */
function readOptions({ source, retryAfterMs, bucket, retryable }: Record<string, unknown>): GatewayErrorOptions {
  return {
    ...((source === 'partner' || source === 'googleAnalytics') && { source }),
    ...(typeof retryAfterMs === 'number' && { retryAfterMs }),
    ...(typeof bucket === 'string' && { bucket }),
    ...(typeof retryable === 'boolean' && { retryable }),
  };
}

function isCode(code: unknown): code is ErrorCode {
  return typeof code === 'string' && Object.hasOwn(errorTable, code);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
