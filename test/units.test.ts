import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { duration, wholeNumber } from '../src/units.js';

describe('a duration', () => {
  test.each([
    ['250ms', 250],
    ['1ms', 1],
    ['30s', 30_000],
    ['1.5s', 1_500],
    ['5m', 300_000],
    ['2h', 7_200_000],
    ['1d', 86_400_000],
  ])('%s is %d ms', (text, ms) => {
    expect(duration.parse(text)).toBe(ms);
  });

  test.each(['30', 's', '', ' 30s', '30 s', '30S', '-5s', '+5s', '1e3s', '.5s', '5.s', '1h30m', '30s\n', '5w', '٣s'])(
    'refuses %j and says how to write one',
    (text) => {
      expect(duration.safeParse(text).error?.issues).toEqual([
        expect.objectContaining({ message: 'write a number and a unit: 250ms, 30s, 5m, 2h or 1d' }),
      ]);
    },
  );

  test.each(['0s', '0ms', '0.0d'])('refuses %s, which is no time at all', (text) => {
    expect(duration.safeParse(text).error?.issues[0]?.message).toBe('must be longer than nothing');
  });

  test.each([30, null, undefined, true, ['30s']])('refuses %j, which is no text', (value) => {
    expect(duration.safeParse(value).success).toBe(false);
  });

  test('refuses one that no number can hold', () => {
    expect(duration.safeParse(`${'9'.repeat(400)}s`).success).toBe(false);
  });

  test('is never anything else than a positive number of ms, whatever the text', () => {
    const written = fc.stringMatching(/^\d{1,20}(\.\d{1,5})?(ms|s|m|h|d)$/);
    fc.assert(
      fc.property(fc.oneof(fc.string(), written), (text) => {
        const { success, data } = duration.safeParse(text);
        if (success) expect(data > 0 && Number.isFinite(data)).toBe(true);
      }),
    );
  });
});

describe('a whole number', () => {
  const port = wholeNumber(1, 100);

  test.each([
    [1, 1],
    [100, 100],
    ['42', 42],
    ['007', 7],
  ])('reads %j as %d, because a variable is always text', (written, value) => {
    expect(port.parse(written)).toBe(value);
  });

  test.each([0, 101, 1.5, -1, Number.NaN, Infinity, '', ' 1', '1.0', '1e1', '0x10', '101', 'ten', null, true, [5], {}])(
    'refuses %j and says the range',
    (written) => {
      expect(port.safeParse(written).error?.issues[0]?.message).toBe('write a whole number from 1 to 100');
    },
  );
});
