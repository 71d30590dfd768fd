import { describe, expect, test } from '@jest/globals';
import { createAttempts, networkOf } from '../../src/server/attempts.js';
import { createFakeClock } from '../helpers/fakeClock.js';

describe('failures are counted together', () => {
  test.each([
    ['127.0.0.1', '127.0.0.1'],
    ['::ffff:127.0.0.1', '127.0.0.1'],
    ['::FFFF:7f00:1', '127.0.0.1'],
    ['0:0:0:0:0:ffff:203.0.113.255', '203.0.113.255'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:DB8:0001:2::', '2001:db8:1:2::/64'],
    ['2001:db8:1:2:ffff:ffff:ffff:ffff', '2001:db8:1:2::/64'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['2001:0:0:1::ffff:1.2.3.4', '2001:0:0:1::/64'],
    ['::1', '0:0:0:0::/64'],
    ['::', '0:0:0:0::/64'],
    ['::1.2.3.4', '0:0:0:0::/64'],
    ['64:ff9b::203.0.113.1', '203.0.113.1'],
    ['64:ff9b:1::203.0.113.1', '64:ff9b:1:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['1:2:3:4:5:6:7::', '1:2:3:4::/64'],
    ['unknown', 'unknown'],
    ['203.0.113.1:5678', '203.0.113.1:5678'],
    ['[::1]', '[::1]'],
    ['', ''],
  ])('of %s with those of %s', (address, network) => {
    expect(networkOf(address)).toBe(network);
  });

  test('of a network that tries all its addresses, and not with those of the next one', () => {
    const attempts = createAttempts(createFakeClock());
    const waits = Array.from({ length: 11 }, (_, host) => attempts.fail(`2001:db8:1:2::${host.toString(16)}`));
    expect(waits).toEqual([...Array(10).fill(0), 60_000]);
    expect(attempts.fail('2001:db8:1:3::1')).toBe(0);
  });

  test('for a minute', async () => {
    const clock = createFakeClock();
    const attempts = createAttempts(clock);
    for (let failure = 0; failure < 10; failure += 1) attempts.fail('203.0.113.1');
    await clock.advance(59_999);
    expect([attempts.fail('::ffff:203.0.113.1'), attempts.fail('203.0.113.2')]).toEqual([1, 0]);
    await clock.advance(1);
    expect(attempts.fail('203.0.113.1')).toBe(0);
  });
});
