import { describe, expect, test } from '@jest/globals';
import { type ErrorCode, GatewayError } from '../../../src/errors.js';
import { badResponse, failureOfGoogle, tokenServerFailed } from '../../../src/sources/googleAnalytics/failures.js';

/** An error as the Google client throws it. */
function clientError(status: number, message = 'canary message', extra: object = {}): Error {
  const data = { error: { code: status, message } };
  return Object.assign(new Error(message), { code: status, status, response: { status, data }, ...extra });
}

const hour = 3_600_000;

describe('an answer of Google Analytics other than 200', () => {
  test.each<[number, ErrorCode, boolean]>([
    [400, 'SOURCE_REJECTED', false],
    [401, 'SOURCE_REJECTED', false],
    [403, 'SOURCE_REJECTED', false],
    [404, 'SOURCE_REJECTED', false],
    [429, 'SOURCE_QUOTA_EXHAUSTED', true],
    [500, 'SOURCE_UNAVAILABLE', true],
    [503, 'SOURCE_UNAVAILABLE', true],
    [504, 'SOURCE_UNAVAILABLE', true],
    [tokenServerFailed, 'SOURCE_UNAVAILABLE', true],
    [302, 'SOURCE_BAD_RESPONSE', false],
    [204, 'SOURCE_BAD_RESPONSE', false],
  ])('%d is %s, retryable: %s', (status, code, retryable) => {
    const { extensions } = failureOfGoogle(clientError(status));
    expect(extensions).toMatchObject({ code, source: 'googleAnalytics', retryable });
  });

  test.each([
    ['Exhausted concurrent requests quota.', 'concurrentRequests', 1_000],
    ['Exhausted potentially thresholded requests quota.', 'potentiallyThresholdedRequestsPerHour', hour],
    ['Exhausted server errors for a project per hour.', 'serverErrorsPerProjectPerHour', hour],
    [
      'Exhausted property tokens for a project per hour. These quota tokens will return in under an hour. To learn more, see https://x',
      'tokensPerProjectPerHour',
      hour,
    ],
    ['Exhausted property tokens per hour.', 'tokensPerHour', hour],
    ['Exhausted property tokens per day.', 'tokensPerDay', 24 * hour],
  ])('429 %j names the bucket %s', (message, bucket, retryAfterMs) => {
    const { extensions } = failureOfGoogle(clientError(429, message));
    expect(extensions).toMatchObject({ code: 'SOURCE_QUOTA_EXHAUSTED', bucket, retryAfterMs });
  });

  test.each(['Some new words.', '', undefined])(
    '429 with the text %j names no bucket rather than a wrong one',
    (message) => {
      const { extensions } = failureOfGoogle(
        clientError(429, message, { response: { status: 429, data: { error: { message } } } }),
      );
      expect(extensions).toEqual({ code: 'SOURCE_QUOTA_EXHAUSTED', source: 'googleAnalytics', retryable: true });
    },
  );

  test.each<[string, unknown]>([
    ['an HTML page', '<html>per day</html>'],
    ['nothing', null],
    ['another shape', { error: 'per day' }],
    ['a message that is no text', { error: { message: { toString: 1 } } }],
  ])('429 whose body is %s is still one', (_, data) => {
    const failure = () => failureOfGoogle(clientError(429, '', { response: { status: 429, data } }));
    expect(failure).not.toThrow();
    expect(failure().code).toBe('SOURCE_QUOTA_EXHAUSTED');
  });

  test('is known by its status, in whichever of the three places it stands, also as a text', () => {
    expect(
      [{ code: 503 }, { code: '503' }, { status: 503 }, { response: { status: 503 } }].map(
        (error) => failureOfGoogle(error).message,
      ),
    ).toEqual(Array(4).fill('Google Analytics answered 503.'));
  });
});

describe('any error of the client', () => {
  test.each<[string, unknown]>([
    ['an error without a status', Object.assign(new Error('getaddrinfo canary'), { code: 'ENOTFOUND' })],
    ['a message that is a whole page', clientError(502, '<html>canary</html>')],
    ['a refusal with details', clientError(403, 'User canary does not have sufficient permissions')],
    ['a text', 'canary'],
    ['null', null],
    ['undefined', undefined],
  ])('is a GatewayError that passes nothing of the text on: %s', (_, error) => {
    const failure = failureOfGoogle(error);
    expect(failure.extensions['source']).toBe('googleAnalytics');
    expect(JSON.stringify([failure.message, failure.stack, failure.extensions, failure.cause])).not.toMatch(/canary /);
    expect(failure.message).not.toContain('canary');
  });

  test('is left alone where it is a GatewayError already', () => {
    const own = badResponse('is larger than 5 bytes');
    expect(failureOfGoogle(own)).toBe(own);
  });

  test('is what our own transport threw, when the client has wrapped it', () => {
    const own = badResponse('is larger than 5 bytes');
    expect(failureOfGoogle(new Error(own.message, { cause: own }))).toBe(own);
    expect(own).toBeInstanceOf(GatewayError);
    expect([own.code, own.message]).toEqual([
      'SOURCE_BAD_RESPONSE',
      "Google Analytics' answer is larger than 5 bytes.",
    ]);
  });
});

describe('a 400', () => {
  test.each([
    ['Field nope is not a valid metric. For a list of valid dimensions and metrics, see https://x ', ['nope']],
    ['Did you mean sessions? Field customEvent:sesions is not a valid metric.  For a list', ['customEvent:sesions']],
    [
      "Please remove eventCount, itemId to make the request compatible. The request's dimensions",
      ['eventCount', 'itemId'],
    ],
    ['Requests are limited to 10 metrics within a nested request.', []],
    ['Field <b>canary</b> is not a valid metric.', []],
  ])('%j takes offence at %j', (message, names) => {
    const { options, extensions } = failureOfGoogle(clientError(400, message));
    expect(options.invalid).toEqual(names);
    expect(extensions).toEqual({ code: 'SOURCE_REJECTED', source: 'googleAnalytics', retryable: false });
  });

  test('is the only answer that blames the report', () => {
    expect([401, 403, 404, 429, 500].map((status) => failureOfGoogle(clientError(status)).options.invalid)).toEqual(
      Array.from({ length: 5 }),
    );
  });
});
