import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parseUrlTemplate } from '../src/urlTemplate.js';

const range = { start: '2026-01-01', end: '2026-01-31' };
const anyText = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc
    .array(fc.constantFrom('.', '..', '/', '\\', '?', '&', '#', '%2e', '%', '{start}', '@', ':', ' ', '\r\n', '\0'))
    .map((parts) => parts.join('')),
);
const brokenText = fc.string({ unit: fc.nat(0xffff).map((code) => String.fromCharCode(code)) });

describe('a URL template', () => {
  test.each([
    ['https://api.example/v1/summary?product={partnerId}', 'https://api.example', '/v1/summary?product=P-1'],
    [
      'http://localhost:4002/{partnerId}/days/{start}..{end}',
      'http://localhost:4002',
      '/P-1/days/2026-01-01..2026-01-31',
    ],
    ['https://API.example:443?a={partnerId}&b={partnerId}', 'https://api.example', '/?a=P-1&b=P-1'],
    ['http://[::1]:80/{partnerId}', 'http://[::1]', '/P-1'],
  ])('%s asks %s for %s', (template, origin, path) => {
    const parsed = parseUrlTemplate(template);
    expect([parsed.origin, parsed.path('P-1', range)]).toEqual([origin, path]);
  });

  test.each([
    ['https://a.example/{partnerId}', false],
    ['https://a.example/{partnerId}?from={start}&to={end}', true],
  ])('%s knows days: %s', (template, hasRange) => {
    expect(parseUrlTemplate(template).hasRange).toBe(hasRange);
  });

  test('puts every value in percent-encoded', () => {
    const { path } = parseUrlTemplate('https://a.example/s?p={partnerId}&from={start}&to={end}');
    expect(path('a&b=c/../#{end}%2e', range)).toBe(
      '/s?p=a%26b%3Dc%2F..%2F%23%7Bend%7D%252e&from=2026-01-01&to=2026-01-31',
    );
  });

  test('asks the same origin for exactly its own path and one encoded value, whatever the id', () => {
    const inPath = parseUrlTemplate('https://a.example:8443/v1/{partnerId}');
    const inQuery = parseUrlTemplate('https://a.example:8443/v1?p={partnerId}&x=1');
    fc.assert(
      fc.property(anyText, (id) => {
        const path = inPath.path(id, null);
        expect(path).toBe(`/v1/${encodeURIComponent(id)}`);
        expect(path.slice('/v1/'.length)).not.toMatch(/[/?#\\\s]/);
        expect(inPath.origin).toBe('https://a.example:8443');
        const asked = new URL(inQuery.origin + inQuery.path(id, null));
        expect([asked.origin, asked.pathname, asked.hash]).toEqual(['https://a.example:8443', '/v1', '']);
        expect([...asked.searchParams]).toEqual([
          ['p', id],
          ['x', '1'],
        ]);
      }),
    );
  });

  test('never asks for another id than the one given: a text that no URL can hold is refused', () => {
    const { path } = parseUrlTemplate('https://a.example/{partnerId}');
    fc.assert(
      fc.property(brokenText, (id) => {
        let asked: string;
        try {
          asked = path(id, null);
        } catch {
          return;
        }
        expect(decodeURIComponent(asked.slice(1))).toBe(id);
      }),
    );
  });
});

describe('a template that cannot work is refused, with the reason:', () => {
  test.each([
    ['', /http/],
    ['api.example/{partnerId}', /http/],
    ['ftp://a.example/{partnerId}', /http/],
    ['//a.example/{partnerId}', /http/],
    ['https:///{partnerId}', /http/],
    [' https://a.example/{partnerId}', /http/],
    ['https://a.example:99999/{partnerId}', /http/],
    ['https://{partnerId}.example/', /host/],
    ['https://api.{partnerId}.example/', /host/],
    ['https://api.example{partnerId}', /host/],
    ['https://ada@a.example/{partnerId}', /user name/],
    ['https://ada:pw@a.example/{partnerId}', /user name/],
    ['https://ada:80@a.example/{partnerId}', /user name/],
    ['https://a.example\\b/{partnerId}', /host/],
    ['https://a.example/{partnerId}#x', /fragment/],
    ['https://a.example/', /\{partnerId\}/],
    ['https://a.example/{partnerId}?f={start}', /\{start\} and \{end\}/],
    ['https://a.example/{partnerId}?t={end}', /\{start\} and \{end\}/],
    ['https://a.example/{productId}', /\{productId\}.*\{partnerId\}, \{start\}, \{end\}/],
    ['https://a.example/{partnerId}/{}', /\{\}/],
    ['https://a.example/{partnerId}?{toString}', /\{toString\}/],
    ['https://a.example/{partnerId}?f={start', /\{/],
    ['https://a.example/partnerId}/{partnerId}', /\}/],
    ['https://a.example/a b/{partnerId}', /./],
    ['https://a.example/{partnerId}\n', /./],
  ])('%j', (template, reason) => {
    expect(() => parseUrlTemplate(template)).toThrow(reason);
  });
});
