import { describe, expect, test } from '@jest/globals';
import type { ErrorCode } from '../../../src/errors.js';
import { badResponse, failureOfConnection, failureOfStatus } from '../../../src/sources/partner/failures.js';

describe('the status of an answer', () => {
  test('200 is no failure', () => {
    expect(failureOfStatus(200, null)).toBeNull();
  });

  test.each<[number, ErrorCode, boolean]>([
    [201, 'SOURCE_BAD_RESPONSE', false],
    [204, 'SOURCE_BAD_RESPONSE', false],
    [206, 'SOURCE_BAD_RESPONSE', false],
    [301, 'SOURCE_BAD_RESPONSE', false],
    [302, 'SOURCE_BAD_RESPONSE', false],
    [304, 'SOURCE_BAD_RESPONSE', false],
    [307, 'SOURCE_BAD_RESPONSE', false],
    [400, 'SOURCE_REJECTED', false],
    [401, 'SOURCE_REJECTED', false],
    [403, 'SOURCE_REJECTED', false],
    [404, 'SOURCE_NOT_FOUND', false],
    [410, 'SOURCE_NOT_FOUND', false],
    [418, 'SOURCE_REJECTED', false],
    [429, 'SOURCE_RATE_LIMITED', true],
    [500, 'SOURCE_UNAVAILABLE', true],
    [502, 'SOURCE_UNAVAILABLE', true],
    [503, 'SOURCE_UNAVAILABLE', true],
    [504, 'SOURCE_UNAVAILABLE', true],
    [599, 'SOURCE_UNAVAILABLE', true],
  ])('%d is %s, retryable: %s', (status, code, retryable) => {
    expect(failureOfStatus(status, null)?.extensions).toMatchObject({ code, source: 'partner', retryable });
  });

  test.each([429, 503])('%d tells the client when the partner wants to be asked again', (status) => {
    expect(failureOfStatus(status, 5_000)?.extensions).toMatchObject({ retryAfterMs: 5_000 });
  });
});

describe('a broken connection', () => {
  test.each<[string, ErrorCode, boolean]>([
    ['ECONNREFUSED', 'SOURCE_UNAVAILABLE', true],
    ['ECONNRESET', 'SOURCE_UNAVAILABLE', true],
    ['ENOTFOUND', 'SOURCE_UNAVAILABLE', true],
    ['EAI_AGAIN', 'SOURCE_UNAVAILABLE', true],
    ['UND_ERR_SOCKET', 'SOURCE_UNAVAILABLE', true],
    ['UND_ERR_CONNECT_TIMEOUT', 'SOURCE_UNAVAILABLE', true],
    ['CERT_HAS_EXPIRED', 'SOURCE_UNAVAILABLE', false],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'SOURCE_UNAVAILABLE', false],
    ['SELF_SIGNED_CERT_IN_CHAIN', 'SOURCE_UNAVAILABLE', false],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'SOURCE_UNAVAILABLE', false],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'SOURCE_UNAVAILABLE', false],
    ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'SOURCE_UNAVAILABLE', false],
    ['HPE_INVALID_CONSTANT', 'SOURCE_BAD_RESPONSE', false],
    ['HPE_UNEXPECTED_CONTENT_LENGTH', 'SOURCE_BAD_RESPONSE', false],
    ['UND_ERR_HEADERS_OVERFLOW', 'SOURCE_BAD_RESPONSE', false],
    ['UND_ERR_RES_CONTENT_LENGTH_MISMATCH', 'SOURCE_BAD_RESPONSE', false],
  ])('with %s is %s, retryable: %s, and the code is said', (code, expected, retryable) => {
    const failure = failureOfConnection(Object.assign(new Error('canary'), { code }));
    expect(failure.extensions).toMatchObject({ code: expected, source: 'partner', retryable });
    expect(failure.message).toContain(`(${code})`);
  });

  const url = 'https://partner.example/summary?api_key=canary';
  test.each<[string, unknown]>([
    ['a message with the URL', new Error(url)],
    ['a code with the URL', Object.assign(new Error(url), { code: url })],
    ['a code that is no text', { code: { toString: () => url } }],
    ['a cause with the URL', new Error(url, { cause: new Error(url) })],
    ['a text', url],
    ['null', null],
    ['undefined', undefined],
  ])('passes nothing on that a foreign error says: %s', (_, error) => {
    const failure = failureOfConnection(error);
    expect(failure.code).toBe('SOURCE_UNAVAILABLE');
    expect(
      [failure.message, failure.stack, JSON.stringify(failure.options), String(failure.cause)].join(),
    ).not.toContain('canary');
  });
});

test('a bad answer says why, as the partner’s fault', () => {
  expect(badResponse('is an HTML page')).toMatchObject({
    message: "The partner's answer is an HTML page.",
    extensions: { code: 'SOURCE_BAD_RESPONSE', source: 'partner', retryable: false },
  });
});
