import { describe, expect, test } from '@jest/globals';
import { type AnswerHead, failureOfHead, readAnswer } from '../../../src/sources/partner/answer.js';

const json: AnswerHead = { contentType: 'application/json', contentEncoding: 'identity', framed: true };
const text: AnswerHead = { ...json, contentType: 'text/plain' };

/** What a client makes of an answer: its value, or what is wrong with it. */
function read(head: AnswerHead, body: string | Uint8Array, format: 'json' | 'text'): unknown {
  try {
    return failureOfHead(head, format) ?? readAnswer(head, Buffer.from(body as string), format);
  } catch (error) {
    return error;
  }
}

function refused(reason: string | RegExp) {
  return expect.objectContaining({ code: 'SOURCE_BAD_RESPONSE', message: expect.stringMatching(reason) });
}

describe('a JSON answer', () => {
  test.each<[string, AnswerHead]>([
    ['application/json', json],
    ['application/json; charset=utf-8', { ...json, contentType: 'application/json; charset=utf-8' }],
    ['no type at all', { ...json, contentType: '' }],
    ['text/plain', text],
    ['an unknown length', { ...json, framed: false }],
  ])('is parsed with %s', (_, head) => {
    expect(read(head, '{"a": [1, "ü"]}\n', 'json')).toEqual({ a: [1, 'ü'] });
  });

  test('may begin with a byte order mark', () => {
    expect(read(json, '\ufeff{"a":"ü€😀"}', 'json')).toEqual({ a: 'ü€😀' });
  });

  test.each([
    '',
    ' ',
    '{',
    '{"a": 1',
    '{"a": 1} x',
    '{"a": 1}{"a": 2}',
    "{'a': 1}",
    '{"a": 01}',
    '{"a": NaN}',
    'undefined',
    '<?xml version="1.0"?>',
  ])('is refused when it is %j', (body) => {
    expect(read(json, body, 'json')).toEqual(refused('is not valid JSON'));
  });

  test('is refused in words that repeat nothing of it', () => {
    const error = read(json, 'api_key=canary', 'json');
    expect(error).toEqual(refused('JSON'));
    expect(`${String(error)} ${(error as Error).stack} ${JSON.stringify(error)}`).not.toContain('canary');
  });

  test('that is 100,000 deep is a value or refused, and overflows nothing', () => {
    const deep = '['.repeat(100_000) + ']'.repeat(100_000);
    const answer = read(json, deep, 'json');
    expect(Array.isArray(answer) || (answer as { code?: string }).code === 'SOURCE_BAD_RESPONSE').toBe(true);
  });

  test('without a length that is a bare number is refused, because it may be cut off', () => {
    const unframed = { ...json, framed: false };
    expect(read(unframed, '123', 'json')).toEqual(refused(/cut off/));
  });
});

describe('a text answer', () => {
  test('is the text, as it is', () => {
    expect(read(text, '1234.50', 'text')).toBe('1234.50');
    expect(read(text, '', 'text')).toBe('');
  });

  test('is refused without a length, because it may be cut off', () => {
    expect(read({ ...text, framed: false }, '123', 'text')).toEqual(refused(/cut off/));
  });
});

describe('any answer is refused', () => {
  test.each(['text/html', 'text/html; charset=utf-8', 'application/xhtml+xml'])(
    'as %s, a login page',
    (contentType) => {
      for (const format of ['json', 'text'] as const) {
        expect(read({ ...json, contentType }, '{"a":1}', format)).toEqual(refused('HTML'));
      }
    },
  );

  test.each(['gzip', 'br', 'deflate', 'gzip, gzip', 'x-unknown'])(
    'in the encoding %s, which was not asked for',
    (contentEncoding) => {
      expect(read({ ...json, contentEncoding }, '{}', 'json')).toEqual(refused('compressed'));
    },
  );

  test.each([
    ['latin-1', Uint8Array.of(0x22, 0xfc, 0x22)],
    ['a letter that is cut off', Uint8Array.of(0x22, 0xe2, 0x82, 0x22)],
    ['a surrogate', Uint8Array.of(0x22, 0xed, 0xa0, 0x80, 0x22)],
    ['an overlong sign', Uint8Array.of(0x22, 0xc0, 0xaf, 0x22)],
    ['UTF-16', Uint8Array.of(0xff, 0xfe, 0x31, 0x00)],
  ])('in invalid UTF-8: %s', (_, bytes) => {
    expect(read(json, bytes, 'json')).toEqual(refused('UTF-8'));
    expect(read(text, bytes, 'text')).toEqual(refused('UTF-8'));
  });
});
