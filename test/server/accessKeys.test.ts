import { describe, expect, test } from '@jest/globals';
import { createKeyFinder, createSecret, hashSecret } from '../../src/server/accessKeys.js';

const keyOf = (id: string, secret: string) => ({
  id,
  hash: hashSecret(secret),
  sites: null,
  origins: [],
  limits: {},
});

describe('a key', () => {
  const secret = createSecret();
  const find = createKeyFinder([keyOf('page', secret), keyOf('other', createSecret())]);

  test('is found by its id and its secret', () => {
    expect(find(`page.${secret}`)?.id).toBe('page');
  });

  test.each([
    ['another secret', `page.${createSecret()}`],
    ['an unknown id', `nobody.${secret}`],
    ['the id of another key', `other.${secret}`],
    ['no id', `.${secret}`],
    ['no secret', 'page.'],
    ['no dot', secret],
    ['a letter more', `page.${secret}x`],
    ['a letter less', `page.${secret.slice(0, -1)}`],
    ['nothing', ''],
  ])('is not found by %s', (_, credential) => {
    expect(find(credential)).toBeNull();
  });

  test('that is unknown is compared with something that nothing is equal to', () => {
    const [first, second] = [createKeyFinder([]), createKeyFinder([])];
    for (const guess of ['', 'a.', 'a.b', `a.${'0'.repeat(64)}`]) {
      expect([first(guess), second(guess)]).toEqual([null, null]);
    }
  });

  test('has 256 bits, and no two are equal', () => {
    const secrets = new Set(Array.from({ length: 1_000 }, createSecret));
    expect(secrets.size).toBe(1_000);
    for (const each of secrets) expect(Buffer.from(each, 'base64url')).toHaveLength(32);
  });

  /**
   * Row 67 of the faults: what the time of a refusal says of the file. Both kinds are timed in turns, in batches that are
   * long enough for the clock, the slowest tenth of each left out: what interrupts a batch is no work of ours.
   */
  test('takes as long to refuse for an unknown id as for a wrong secret', () => {
    const many = createKeyFinder(Array.from({ length: 1_000 }, (_, n) => keyOf(`key-${n}`, createSecret())));
    const wrong = createSecret();
    const time = (credential: string) => {
      const start = process.hrtime.bigint();
      for (let n = 0; n < 50; n += 1) many(credential);
      return Number(process.hrtime.bigint() - start);
    };
    const times: Record<'known' | 'unknown', number[]> = { known: [], unknown: [] };
    for (let batch = 0; batch < 600; batch += 1) {
      times.known.push(time(`key-500.${wrong}`));
      times.unknown.push(time(`nob-500.${wrong}`));
    }
    const mean = (values: readonly number[]) => {
      const kept = values.slice(100).sort((a, b) => a - b);
      const calm = kept.slice(0, Math.floor(kept.length * 0.9));
      return calm.reduce((sum, value) => sum + value, 0) / calm.length;
    };
    // A look-up that skipped the hash for unknown ids would be several times faster.
    expect(mean(times.known) / mean(times.unknown)).toBeGreaterThan(0.7);
    expect(mean(times.known) / mean(times.unknown)).toBeLessThan(1.4);
  });
});
