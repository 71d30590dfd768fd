import { describe, expect, test } from '@jest/globals';
import { execute, parse } from 'graphql';
import {
  ConfigurationError,
  Disconnected,
  type ErrorCode,
  errorTable,
  formatProblem,
  GatewayError,
} from '../src/errors.js';
import { buildSchema } from '../src/schema/schema.js';

const codes = Object.keys(errorTable) as ErrorCode[];

describe('the table of errors', () => {
  test.each(codes)('says of %s what it means, in a sentence, and whether to ask again', (code) => {
    expect(errorTable[code].meaning).toMatch(/^[A-Z].*\.$/);
    expect(typeof errorTable[code].retryable).toBe('boolean');
  });

  test.each<[ErrorCode, boolean]>([
    ['SOURCE_TIMEOUT', true],
    ['DEADLINE_EXCEEDED', true],
    ['SOURCE_UNAVAILABLE', true],
    ['SOURCE_RATE_LIMITED', true],
    ['SOURCE_QUOTA_EXHAUSTED', true],
    ['OVERLOADED', true],
    ['SOURCE_BAD_RESPONSE', false],
    ['SOURCE_REJECTED', false],
    ['SOURCE_NOT_FOUND', false],
    ['NOT_ADDITIVE', false],
    ['BAD_USER_INPUT', false],
  ])('has %s, and says %s to asking again', (code, retryable) => {
    expect(new GatewayError(code, 'x').retryable).toBe(retryable);
  });
});

describe('what a client sees of an error', () => {
  test('is code and whether to ask again, and no empty places', () => {
    expect(new GatewayError('BAD_USER_INPUT', 'first: -1 is negative.').extensions).toEqual({
      code: 'BAD_USER_INPUT',
      retryable: false,
    });
  });

  test('is all that is known', () => {
    const error = new GatewayError('SOURCE_QUOTA_EXHAUSTED', 'x', {
      source: 'googleAnalytics',
      retryAfterMs: 1_000,
      bucket: 'tokensPerDay',
    });
    expect(error.extensions).toEqual({
      code: 'SOURCE_QUOTA_EXHAUSTED',
      source: 'googleAnalytics',
      retryable: true,
      retryAfterMs: 1_000,
      bucket: 'tokensPerDay',
    });
  });

  test.each([
    [0, 0],
    [0.1, 1],
    [999.2, 1_000],
  ])('is never asked to come back too early: %d ms are %d', (retryAfterMs, seen) => {
    expect(new GatewayError('SOURCE_RATE_LIMITED', 'x', { retryAfterMs }).extensions['retryAfterMs']).toBe(seen);
  });

  test('may differ from the table where one error is known better', () => {
    const error = new GatewayError('SOURCE_UNAVAILABLE', 'x', { retryable: false });
    expect([error.retryable, error.extensions['retryable']]).toEqual([false, false]);
  });

  test('comes out of graphql as it is, in the place of its field', async () => {
    const failure = new GatewayError('SOURCE_TIMEOUT', 'No answer within 5 s.', { source: 'partner' });
    const schema = buildSchema(parse('type Query { product(id: ID!): Product } type Product { id: ID! name: String }'));
    const contextValue = { catalog: { product: () => ({ id: 'a', name: failure }) } };
    const { data, errors } = await execute({
      schema,
      document: parse('{ product(id: "a") { id name } }'),
      contextValue,
    });
    expect(JSON.parse(JSON.stringify({ data, errors }))).toMatchObject({
      data: { product: { id: 'a', name: null } },
      errors: [
        {
          message: 'No answer within 5 s.',
          path: ['product', 'name'],
          extensions: { code: 'SOURCE_TIMEOUT', source: 'partner', retryable: true },
        },
      ],
    });
  });

  test('holds no foreign error', () => {
    expect(new GatewayError('SOURCE_UNAVAILABLE', 'x').cause).toBeUndefined();
  });
});

describe('problems of files', () => {
  test('are told one a line, with file and line where it is known', () => {
    const problems = [
      { file: 'gateway.yaml', line: 3, message: 'access: say who may ask.' },
      { file: 'catalog.yaml', message: 'there is no such file.' },
    ];
    const error = new ConfigurationError(problems);
    expect(error.message).toBe('gateway.yaml:3: access: say who may ask.\ncatalog.yaml: there is no such file.');
    expect(error.problems).toEqual(problems);
    expect(problems.map(formatProblem).join('\n')).toBe(error.message);
  });
});

test('errors can be told apart by their names, in logs', () => {
  const errors = [new GatewayError('OVERLOADED', 'x'), new ConfigurationError([]), new Disconnected()];
  expect(errors.map(({ name }) => name)).toEqual(['GatewayError', 'ConfigurationError', 'Disconnected']);
});
