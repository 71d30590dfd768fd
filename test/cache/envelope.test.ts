import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Entry } from '../../src/cache/entry.js';
import { seal, unseal } from '../../src/cache/envelope.js';
import { measureCodec } from '../../src/sources/googleAnalytics/codec.js';
import { partnerCodec } from '../../src/sources/partner/codec.js';

const codec = partnerCodec(['orders', 'name', '__proto__']);
const ms = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER });
const figure = fc.oneof(fc.string({ unit: 'binary' }), fc.boolean(), fc.constant(null), fc.double({ noNaN: true }));
const value = fc
  .tuple(figure, figure, figure)
  .filter((figures) => figures.every((one) => one !== Number.POSITIVE_INFINITY && one !== Number.NEGATIVE_INFINITY))
  .map(([orders, name, odd]) =>
    Object.fromEntries([
      ['orders', orders],
      ['name', name],
      ['__proto__', odd],
    ]),
  );
const entries: fc.Arbitrary<Entry<Record<string, string | number | boolean | null>>> = fc.record({
  value,
  asOf: ms,
  freshMs: ms,
  staleMs: ms,
});

describe('a sealed entry', () => {
  test('is opened as it was, by its own key', () => {
    fc.assert(
      fc.property(fc.string(), entries, (key, entry) => {
        const opened = unseal(key, seal(key, entry, codec) ?? '', codec);
        expect(JSON.stringify(opened)).toBe(JSON.stringify(entry));
      }),
    );
  });

  test('is nothing by any other key', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), entries, (key, other, entry) => {
        fc.pre(key !== other);
        expect(unseal(other, seal(key, entry, codec) ?? '', codec)).toBeUndefined();
      }),
    );
  });

  test('is nothing when a letter of it is another one, is gone, or was added', () => {
    fc.assert(
      fc.property(entries, fc.nat(), fc.string({ unit: 'grapheme', maxLength: 2 }), (entry, place, letters) => {
        const text = seal('key', entry, codec) ?? '';
        const at = place % text.length;
        const spoiled = text.slice(0, at) + letters + text.slice(at + 1);
        fc.pre(spoiled !== text);
        expect(unseal('key', spoiled, codec)).toBeUndefined();
        expect(unseal('key', text.slice(0, at), codec)).toBeUndefined();
      }),
    );
  });

  test('is nothing to a codec that expects other figures', () => {
    const entry = { value: { a: 1 }, asOf: 1, freshMs: 1, staleMs: 1 };
    const text = seal('key', entry, partnerCodec(['a'])) ?? '';
    expect(unseal('key', text, partnerCodec(['a']))).toEqual(entry);
    expect(unseal('key', text, partnerCodec(['a', 'b']))).toBeUndefined();
    expect(unseal('key', text, measureCodec)).toBeUndefined();
  });
});

const quality = { sampledShare: 0.5, thresholded: false, otherRow: true, truncated: false };

describe('what is not kept', () => {
  test.each([
    ['an error', { orders: new Error('secret') }],
    ['no number', { orders: Number.NaN }],
    ['an endless number', { orders: Number.POSITIVE_INFINITY }],
    ['a list', { orders: [] }],
    ['nothing', { orders: undefined }],
    ['another figure', { clicks: 1 }],
    ['one more figure', { orders: 1, clicks: 1 }],
  ])('is a summary with %s', (_, spoiled) => {
    expect(partnerCodec(['orders']).encode(spoiled as never)).toBeUndefined();
    expect(partnerCodec(['orders']).decode(spoiled)).toBeUndefined();
  });

  test.each(['', ' 1', '1e5', '0x1', '1.', '.5', 'NaN', '--1', 1, undefined, {}])('is the metric %j', (text) => {
    expect(measureCodec.encode({ texts: ['1', text as never], quality })).toBeUndefined();
    expect(measureCodec.decode([['1', text], null, false, false, false])).toBeUndefined();
  });

  test.each(['0', '-1', '12345678901234567890.123', null])('is not the metric %j', (text) => {
    const measure = { texts: ['7', text], quality };
    expect(measureCodec.decode(measureCodec.encode(measure))).toEqual(measure);
  });

  test.each([
    [
      null,
      '1',
      [],
      [['1']],
      [['1'], 2, false, false, false],
      [['1'], null, 0, false, false],
      ['1', null, false, false, false],
    ],
  ])('is a measure of another form', (...forms) => {
    expect(forms.map((form) => measureCodec.decode(form))).toEqual(forms.map(() => undefined));
  });
});
