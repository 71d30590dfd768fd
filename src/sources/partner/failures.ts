import { GatewayError } from '../../errors.js';

const source = 'partner';

/** How long a 429 keeps us away that does not say it itself. */
const defaultPauseMs = 1_000;
/** Statuses of something between us and the partner, or of a partner that is busy; 500 is a fault that would come again. */
const transient: ReadonlySet<number> = new Set([502, 503, 504]);

/**
 * What an HTTP status other than 200 means; null for 200.
 *
 * `retryAfterMs` is what Retry-After asked for; null where it asked for nothing. 3xx is never followed: a Location may lead anywhere and may repeat the key.
 */
export function failureOfStatus(status: number, retryAfterMs: number | null): GatewayError | null {
  if (status === 200) return null;
  if (status < 400)
    return new GatewayError('SOURCE_BAD_RESPONSE', `The partner answered ${status}, not 200.`, { source });
  if (status === 404 || status === 410) {
    return new GatewayError('SOURCE_NOT_FOUND', 'The partner does not know this product.', { source });
  }
  if (status === 429) {
    const pauseMs = retryAfterMs ?? defaultPauseMs;
    return new GatewayError('SOURCE_RATE_LIMITED', 'The partner asks for fewer calls.', {
      source,
      retryAfterMs: pauseMs,
      pauseMs,
    });
  }
  if (status >= 500) {
    return new GatewayError('SOURCE_UNAVAILABLE', `The partner answered ${status}.`, {
      source,
      ...(transient.has(status) && { again: 'budgeted' }),
      ...(retryAfterMs !== null && { retryAfterMs, pauseMs: retryAfterMs }),
    });
  }
  return new GatewayError(
    'SOURCE_REJECTED',
    status === 401 || status === 403
      ? `The partner does not accept the key (${status}).`
      : `The partner refused the request (${status}).`,
    {
      source,
      refused: status === 401 || status === 403,
    },
  );
}

/** Certificate errors of node:tls; asking again brings the same certificate. */
const certificateError = /^(CERT_|DEPTH_ZERO_|ERR_TLS_CERT|SELF_SIGNED_|UNABLE_TO_)/;
/** The answer broke HTTP itself. */
const protocolErrors: ReadonlySet<string> = new Set([
  'UND_ERR_HEADERS_OVERFLOW',
  'UND_ERR_RES_CONTENT_LENGTH_MISMATCH',
]);

/**
 * What a connection that broke means. `wasIdle`: it had been used before, or opened early, and broke before it answered, as
 * happens when the partner closes an idle connection at the moment in which we use it. Says only the code, because foreign
 * messages may hold the URL.
 */
export function failureOfConnection(error: unknown, wasIdle = false): GatewayError {
  const code = codeOf(error);
  if (certificateError.test(code)) {
    return new GatewayError('SOURCE_UNAVAILABLE', `The partner's certificate is not valid (${code}).`, {
      source,
      retryable: false,
    });
  }
  if (protocolErrors.has(code) || isParserError(error, code)) {
    return new GatewayError('SOURCE_BAD_RESPONSE', `The partner's answer is not valid HTTP (${code}).`, { source });
  }
  return new GatewayError('SOURCE_UNAVAILABLE', `The connection to the partner failed (${code}).`, {
    source,
    again: wasIdle ? 'free' : 'budgeted',
  });
}

/** Of undici's parser; some of its errors have no code. */
function isParserError(error: unknown, code: string): boolean {
  return code.startsWith('HPE_') || (error as { name?: unknown } | null)?.name === 'HTTPParserError';
}

export function badResponse(reason: string): GatewayError {
  return new GatewayError('SOURCE_BAD_RESPONSE', `The partner's answer ${reason}.`, { source });
}

function codeOf(error: unknown): string {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' && /^[A-Z0-9_]{1,60}$/.test(code) ? code : 'no code';
}
