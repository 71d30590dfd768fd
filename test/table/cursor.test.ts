import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { GatewayError } from '../../src/errors.js';
import { decodeCursor, encodeCursor } from '../../src/table/cursor.js';
import { caught } from '../helpers/caught.js';

const values = fc.oneof(
  fc.string(),
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true }).filter((n) => !Object.is(n, -0)),
  fc.constant(null),
);
const forged = (parts: unknown) => Buffer.from(JSON.stringify(parts)).toString('base64url');

describe('a cursor', () => {
  test('brings back the place that it was made of', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), values, fc.string(), (order, value, id) => {
        expect(decodeCursor(encodeCursor({ order, value, id }), 'after', order)).toEqual({ order, value, id });
      }),
    );
  });

  test('fits into a URL as it is', () => {
    fc.assert(
      fc.property(values, fc.string({ unit: 'binary' }), (value, id) => {
        expect(encodeCursor({ order: 'NAME ASC', value, id })).toMatch(/^[A-Za-z0-9_-]+$/);
      }),
    );
  });

  test('of another order is refused, and the answer says what to do', () => {
    const cursor = encodeCursor({ order: 'NAME DESC', value: 'x', id: 'a' });
    const error = caught(GatewayError, () => decodeCursor(cursor, 'before', 'NAME ASC'));
    expect(error.code).toBe('BAD_USER_INPUT');
    expect(error.message).toMatch(/^before: .*another order; start again without it/);
  });

  test.each([
    '',
    'x',
    '10',
    '***',
    'null',
    forged(null),
    forged('NAME'),
    forged({ order: 'NAME', value: 1, id: 'a' }),
    forged([]),
    forged(['NAME', 1]),
    forged(['NAME', 1, 'a', 'b']),
    forged([1, 1, 'a']),
    forged(['NAME', 1, 2]),
    forged(['NAME', true, 'a']),
    forged(['NAME', [1], 'a']),
    forged(['NAME', { toString: 1 }, 'a']),
    Buffer.from('["NAME",1,"a"').toString('base64url'),
  ])('is not any text: %j is BAD_USER_INPUT that names the argument', (text) => {
    const error = caught(GatewayError, () => decodeCursor(text, 'after', 'NAME'));
    expect([error.code, error.message]).toEqual([
      'BAD_USER_INPUT',
      'after: this is not a cursor of a list of products; take one from pageInfo or edges of an answer.',
    ]);
  });

  test('that is any text at all is a place or BAD_USER_INPUT, and never something else', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.json().map((json) => Buffer.from(json).toString('base64url')),
        ),
        (text) => {
          expect(caught(GatewayError, () => decodeCursor(text, 'after', 'NAME')).code).toBe('BAD_USER_INPUT');
        },
      ),
    );
  });
});
