import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createRedactor } from '../../src/server/redactor.js';
import { findSecrets, secretForms } from '../helpers/secretForms.js';

const secret = 'c4n4ry/+k&y="%5C\\ü-of-the-partner';

describe('a text that is logged', () => {
  const { redact } = createRedactor([secret, 'another-secret']);

  test.each([...secretForms(secret)].filter(([form]) => form !== 'hexadecimal'))(
    'has no secret %s, and keeps what is around it',
    (_, form) => {
      expect(redact(`before ${form} after`)).toBe('before [secret] after');
    },
  );

  test('has none of several secrets, however often they stand in it', () => {
    expect(redact(`${secret}, another-secret, ${secret}`)).toBe('[secret], [secret], [secret]');
  });

  test('has the longer one of two secrets taken out whole', () => {
    const { redact: redactBoth } = createRedactor(['the-key-of-a-shop', 'the-key-of-a-shop-in-berlin']);
    expect(redactBoth('the-key-of-a-shop-in-berlin the-key-of-a-shop')).toBe('[secret] [secret]');
  });

  test('stays as it is where it holds none', () => {
    expect(redact('{"level":50,"msg":"a request failed"}\n')).toBe('{"level":50,"msg":"a request failed"}\n');
    expect(createRedactor().redact('anything')).toBe('anything');
  });

  test.each([
    ["one of Google's", 'ya29.c.b0AXv0zTPt-_XyZ0123456789'],
    ['one in three parts', 'eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJtZSJ9.c2lnbmF0dXJl'],
    ['a key that a client sends', 'Bearer stats-page.3b1c9a-_0123456789', 'Bearer [secret]'],
  ])('has no token, though nobody has learnt it: %s', (_, token, expected = '[secret]') => {
    expect(createRedactor().redact(`{"error":"sent ${token}"}`)).toBe(`{"error":"sent ${expected}"}`);
  });

  test('keeps words that are too short to be secrets', () => {
    expect(createRedactor(['GET', '']).redact('GET /')).toBe('GET /');
  });

  test('has no secret that became known later, nor those from before', () => {
    const redactor = createRedactor(['the-first-key']);
    expect(redactor.redact('the-first-key the-second-key')).toBe('[secret] the-second-key');
    redactor.learn(['the-second-key']);
    redactor.learn(['the-third-key']);
    expect(redactor.redact('the-first-key the-second-key the-third-key')).toBe('[secret] [secret] [secret]');
  });

  test('has no secret that cannot be encoded', () => {
    const broken = 'half-a-pair-\ud83d';
    expect(createRedactor([broken]).redact(`key=${JSON.stringify(broken)}`)).toBe('key="[secret]"');
  });

  test('has no secret, whatever it is made of and whatever is around it', () => {
    const text = fc.string({ unit: 'grapheme', maxLength: 30 });
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 12, maxLength: 40 }), text, text, (key, before, after) => {
        fc.pre(Buffer.from(key).toString() === key);
        const line = JSON.stringify({
          plain: before + key + after,
          url: `/?k=${encodeURIComponent(key)}`,
          base64: Buffer.from(before + key + after).toString('base64'),
        });
        const forms = findSecrets(new Map([['the line', createRedactor([key]).redact(line)]]), { key });
        expect(forms.filter((form) => !form.includes('hexadecimal'))).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });
});
