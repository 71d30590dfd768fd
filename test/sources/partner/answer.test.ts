import { describe, expect, test } from '@jest/globals';
import { type AnswerHead, readAnswer } from '../../../src/sources/partner/answer.js';

const json: AnswerHead = { contentType: 'application/json', contentEncoding: 'identity', framed: true };
const text: AnswerHead = { ...json, contentType: 'text/plain' };
const mebibyte = 1_048_576;

async function* chunksOf(...chunks: (string | Uint8Array)[]): AsyncGenerator<Uint8Array> {
  for (const chunk of chunks) yield typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
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
  ])('is parsed with %s', async (_, head) => {
    expect(await readAnswer(head, chunksOf('{"a": [1, ', '"ü"]}\n'), 'json')).toEqual({ a: [1, 'ü'] });
  });

  test('may begin with a byte order mark, and be cut anywhere, even inside a letter', async () => {
    const bytes = Buffer.from('\ufeff{"a":"ü€😀"}');
    const single = Array.from(bytes, (byte) => Uint8Array.of(byte));
    expect(await readAnswer(json, chunksOf(...single), 'json')).toEqual({ a: 'ü€😀' });
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
  ])('is refused when it is %j', async (body) => {
    await expect(readAnswer(json, chunksOf(body), 'json')).rejects.toEqual(refused('is not valid JSON'));
  });

  test('is refused in words that repeat nothing of it', async () => {
    const error: unknown = await readAnswer(json, chunksOf('api_key=canary'), 'json').catch(
      (failure: unknown) => failure,
    );
    expect(error).toEqual(refused('JSON'));
    expect(`${String(error)} ${(error as Error).stack} ${JSON.stringify(error)}`).not.toContain('canary');
  });

  test('that is 100,000 deep is a value or refused, and overflows nothing', async () => {
    const deep = '['.repeat(100_000) + ']'.repeat(100_000);
    const answer = await readAnswer(json, chunksOf(deep), 'json').catch((failure: unknown) => failure);
    expect(Array.isArray(answer) || (answer as { code?: string }).code === 'SOURCE_BAD_RESPONSE').toBe(true);
  });

  test('without a length that is a bare number is refused, because it may be cut off', async () => {
    const unframed = { ...json, framed: false };
    await expect(readAnswer(unframed, chunksOf('123'), 'json')).rejects.toEqual(refused(/cut off/));
  });
});

describe('a text answer', () => {
  test('is the text, as it is', async () => {
    expect(await readAnswer(text, chunksOf('12', '34.50'), 'text')).toBe('1234.50');
    expect(await readAnswer(text, chunksOf(), 'text')).toBe('');
  });

  test('is refused without a length, because it may be cut off', async () => {
    await expect(readAnswer({ ...text, framed: false }, chunksOf('123'), 'text')).rejects.toEqual(refused(/cut off/));
  });
});

describe('any answer is refused', () => {
  test.each(['text/html', 'text/html; charset=utf-8', 'application/xhtml+xml'])(
    'as %s, a login page',
    async (contentType) => {
      for (const format of ['json', 'text'] as const) {
        await expect(readAnswer({ ...json, contentType }, chunksOf('{"a":1}'), format)).rejects.toEqual(
          refused('HTML'),
        );
      }
    },
  );

  test.each(['gzip', 'br', 'deflate', 'gzip, gzip', 'x-unknown'])(
    'in the encoding %s, which was not asked for',
    async (contentEncoding) => {
      await expect(readAnswer({ ...json, contentEncoding }, chunksOf('{}'), 'json')).rejects.toEqual(
        refused('compressed'),
      );
    },
  );

  test.each([
    ['latin-1', Uint8Array.of(0x22, 0xfc, 0x22)],
    ['a letter that is cut off', Uint8Array.of(0x22, 0xe2, 0x82, 0x22)],
    ['a surrogate', Uint8Array.of(0x22, 0xed, 0xa0, 0x80, 0x22)],
    ['an overlong sign', Uint8Array.of(0x22, 0xc0, 0xaf, 0x22)],
    ['UTF-16', Uint8Array.of(0xff, 0xfe, 0x31, 0x00)],
  ])('in invalid UTF-8: %s', async (_, bytes) => {
    await expect(readAnswer(json, chunksOf(bytes), 'json')).rejects.toEqual(refused('UTF-8'));
    await expect(readAnswer(text, chunksOf(bytes), 'text')).rejects.toEqual(refused('UTF-8'));
  });

  test('beyond 1 MiB, without reading on', async () => {
    let read = 0;
    let ended = false;
    async function* endless(): AsyncGenerator<Uint8Array> {
      try {
        for (;;) {
          read += 65_536;
          yield Buffer.alloc(65_536, ' ');
        }
      } finally {
        ended = true;
      }
    }
    await expect(readAnswer(json, endless(), 'json')).rejects.toEqual(refused('larger than 1048576 bytes'));
    expect(ended).toBe(true);
    expect(read).toBeLessThanOrEqual(mebibyte + 65_536);
  });

  test('but not at 1 MiB', async () => {
    const full = `${'1'.padEnd(mebibyte, ' ')}`;
    expect(await readAnswer(json, chunksOf(full), 'json')).toBe(1);
  });

  test('with what broke it, when the connection breaks', async () => {
    async function* broken(): AsyncGenerator<Uint8Array> {
      yield Buffer.from('{"a":');
      throw Object.assign(new Error('other side closed'), { code: 'UND_ERR_SOCKET' });
    }
    await expect(readAnswer(json, broken(), 'json')).rejects.toMatchObject({ code: 'UND_ERR_SOCKET' });
  });
});
