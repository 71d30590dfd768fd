import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { readFailure, writeFailure } from '../../src/cache/failureText.js';
import { type ErrorCode, errorTable, GatewayError } from '../../src/errors.js';

describe('a failure that another replica met', () => {
  test.each(Object.keys(errorTable) as ErrorCode[])('tells clients the same (%s)', (code) => {
    const options = { source: 'partner', retryAfterMs: 5, bucket: 'tokens', retryable: false } as const;
    const error = new GatewayError(code, 'Words.', options);
    const read = readFailure(writeFailure(error) ?? '');
    expect(read).toBeInstanceOf(GatewayError);
    expect(read?.message).toBe('Words.');
    expect(read?.extensions).toEqual(error.extensions);
  });

  test('is nothing that this replica retries, or pauses for', () => {
    const options = { again: 'free', refused: true, pauseMs: 5 } as const;
    expect(readFailure(writeFailure(new GatewayError('SOURCE_TIMEOUT', 'Words.', options)) ?? '')?.options).toEqual({});
  });

  test('is not written when it is a fault of the gateway', () => {
    expect(writeFailure(new Error('secret'))).toBeUndefined();
  });

  test('is nothing when it is any other text', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        expect(readFailure(text)).toBeUndefined();
      }),
    );
  });

  test.each(['["toString","x",{}]', '["SOURCE_TIMEOUT",1,{}]', '["SOURCE_TIMEOUT","x",1]', '["SOURCE_TIMEOUT"]'])(
    'is nothing when it is %s',
    (text) => {
      expect(readFailure(text)).toBeUndefined();
    },
  );
});
