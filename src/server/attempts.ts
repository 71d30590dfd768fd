import { isIPv6 } from 'node:net';
import { LRUCache } from 'lru-cache';
import type { Clock } from '../clock.js';

/** Counts failures by address. */
export interface Attempts {
  /** Notes one more; answers with the ms until this address is heard again, 0 = it has attempts left. */
  fail(address: string): number;
}

/** For people who mistype and clients that are configured wrongly, with room to spare. */
const maxFailures = 10;
const windowMs = 60_000;
/** Addresses are an attacker's to choose, memory is not. */
const maxAddresses = 10_000;

export function createAttempts(clock: Clock): Attempts {
  const windows = new LRUCache<string, { endsAt: number; failures: number }>({ max: maxAddresses });
  return {
    fail(address) {
      const now = clock.monotonic();
      const network = networkOf(address);
      const known = windows.get(network);
      const window = known && known.endsAt > now ? known : { endsAt: now + windowMs, failures: 0 };
      window.failures += 1;
      windows.set(network, window);
      return window.failures > maxFailures ? window.endsAt - now : 0;
    },
  };
}

/** As a socket for both kinds of address writes it, and as a translator between the two does (RFC 6052). */
const holdsIpv4 = /^(0 0 0 0 0 ffff|64 ff9b 0 0 0 0) /;

/**
 * What one party has as a rule: a single IPv4 address, but 64 bits of IPv6 ones, which it may go through as it likes. What is
 * no address stands for itself.
 */
export function networkOf(address: string): string {
  if (!isIPv6(address)) return address;
  const groups = groupsOf(address);
  if (holdsIpv4.test(groups.join(' '))) return groups.slice(6).flatMap(bytesOf).join('.');
  return `${groups.slice(0, 4).join(':')}::/64`;
}

/** The eight groups, in lower case and without leading zeros. */
function groupsOf(address: string): string[] {
  // A URL writes every form of an address in one way, with at most one gap for groups of zeros; it knows no zones.
  const { hostname } = new URL(`http://[${address.replace(/%.*$/s, '')}]`);
  const [before = [], after = []] = hostname
    .slice(1, -1)
    .split('::')
    .map((part) => part.split(':').filter(Boolean));
  return [...before, ...Array<string>(8 - before.length - after.length).fill('0'), ...after];
}

function bytesOf(group: string): number[] {
  const bits = Number.parseInt(group, 16);
  return [bits >> 8, bits & 255];
}
