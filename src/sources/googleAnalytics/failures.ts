import { GatewayError } from '../../errors.js';

const source = 'googleAnalytics';
const anHour = 3_600_000;

/** Stands for a 5xx of the token endpoint (see transport.ts); the API itself never answers it. */
export const tokenServerFailed = 424;
/** Stands for a 4xx of the token endpoint, which says nothing of a report. */
export const tokenRefused = 407;

interface GoogleFailure {
  cause?: unknown;
  code?: unknown;
  status?: unknown;
  response?: { status?: unknown; data?: unknown };
}

/** Which bucket a 429 speaks of, and when its tokens return. The API sends no Retry-After; the text is all there is. */
const buckets: readonly { pattern: RegExp; bucket: string; retryAfterMs: number }[] = [
  { pattern: /concurrent/i, bucket: 'concurrentRequests', retryAfterMs: 1_000 },
  { pattern: /thresholded/i, bucket: 'potentiallyThresholdedRequestsPerHour', retryAfterMs: anHour },
  { pattern: /client errors/i, bucket: 'clientErrorsPerProjectPerQuarterHour', retryAfterMs: anHour / 4 },
  { pattern: /server errors/i, bucket: 'serverErrorsPerProjectPerHour', retryAfterMs: anHour },
  { pattern: /project per hour/i, bucket: 'tokensPerProjectPerHour', retryAfterMs: anHour },
  { pattern: /per hour/i, bucket: 'tokensPerHour', retryAfterMs: anHour },
  { pattern: /per day/i, bucket: 'tokensPerDay', retryAfterMs: 24 * anHour },
];

/**
 * What an error of the Google client means. Its classes come in several copies and its messages may be whole HTML pages,
 * so only status and code are read, and nothing of the text is passed on.
 *
 * @see https://developers.google.com/analytics/devguides/reporting/data/v1/quotas
 */
export function failureOfGoogle(error: unknown): GatewayError {
  if (error instanceof GatewayError) return error;
  const failure = (error ?? {}) as GoogleFailure;
  // The client wraps what its transport throws.
  if (failure.cause instanceof GatewayError) return failure.cause;
  const status = statusOf(failure);
  if (status === undefined) {
    const message = "Google's credentials cannot be used; see sources.googleAnalytics.credentials.";
    return new GatewayError('SOURCE_REJECTED', message, { source });
  }
  if (status === tokenServerFailed) {
    return new GatewayError('SOURCE_UNAVAILABLE', "Google's token endpoint failed.", { source });
  }
  if (status === 429) return quotaFailure(messageOf(failure));
  if (status >= 500) {
    return new GatewayError('SOURCE_UNAVAILABLE', `Google Analytics answered ${status}.`, {
      source,
      serverError: true,
    });
  }
  if (status === tokenRefused) {
    const message = 'Google gives no token for these credentials; see sources.googleAnalytics.credentials.';
    return new GatewayError('SOURCE_REJECTED', message, { source, refused: true });
  }
  if (status >= 400) {
    return new GatewayError('SOURCE_REJECTED', `Google Analytics refused the request (${status}).`, {
      source,
      refused: status === 401,
      ...(status === 400 && isEnvelope(failure) && { invalid: fieldsIn(messageOf(failure)) }),
    });
  }
  return new GatewayError('SOURCE_BAD_RESPONSE', `Google Analytics answered ${status}, not 200.`, { source });
}

/** The fields that a 400 takes offence at: `Field X is not a valid metric`, `Please remove X to make the request compatible`. */
function fieldsIn(message: string): string[] {
  const offences = message.matchAll(/Field (\S+) is not a valid|Please remove (.{1,500}?) to make the request/g);
  return [...offences].flatMap(([, field, fields]) =>
    (field ?? fields ?? '').split(/[\s,]+/).filter((name) => fieldName.test(name)),
  );
}

const fieldName = /^[a-zA-Z]\w{0,99}(:\w{1,99})?$/;

function quotaFailure(message: string): GatewayError {
  const known = buckets.find(({ pattern }) => pattern.test(message));
  return new GatewayError('SOURCE_QUOTA_EXHAUSTED', "Google Analytics' quota for this property is used up.", {
    source,
    ...(known && { bucket: known.bucket, retryAfterMs: known.retryAfterMs }),
  });
}

/** Google no longer takes a token that it gave: it may have been withdrawn, and another one may do. */
export function isStaleToken(error: unknown): boolean {
  return statusOf((error ?? {}) as GoogleFailure) === 401;
}

function statusOf({ response, status, code }: GoogleFailure): number | undefined {
  return [response?.status, status, code]
    .map(Number)
    .find((value) => Number.isInteger(value) && value >= 100 && value < 600);
}

/** Whether it is the API itself that speaks, and not something in front of it. */
function isEnvelope({ response }: GoogleFailure): boolean {
  const data = response?.data as { error?: unknown } | undefined;
  return typeof data?.error === 'object' && data.error !== null;
}

function messageOf({ response }: GoogleFailure): string {
  const data = response?.data as { error?: { message?: unknown } } | undefined;
  const message = data?.error?.message;
  return typeof message === 'string' ? message : '';
}

export function badResponse(reason: string): GatewayError {
  return new GatewayError('SOURCE_BAD_RESPONSE', `Google Analytics' answer ${reason}.`, { source });
}

/** No answer began: the only kind of failure that is safe to repeat, because nothing was counted against the property. */
export function unreachable(): GatewayError {
  return new GatewayError('SOURCE_UNAVAILABLE', 'Google Analytics could not be reached.', {
    source,
    again: 'budgeted',
  });
}

export function brokenOff(): GatewayError {
  return new GatewayError('SOURCE_UNAVAILABLE', 'Google Analytics broke off its answer.', { source });
}
