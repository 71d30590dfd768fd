// A part of configSchema.ts: where the gateway listens, and how much of everything a request may take.
import { isIP } from 'node:net';
import { z } from 'zod';
import { duration, wholeNumber } from './units.js';

export const server = z
  .strictObject({
    port: wholeNumber(0, 65_535).prefault(4000).describe('0 = any free port'),
    host: z.string().min(1).default('0.0.0.0').describe('The address to listen on'),
    proxies: z
      .array(z.string().min(1).refine(isAddress, { error: 'write an address or a range of them, such as 10.0.0.0/8' }))
      .default([])
      .describe('Addresses of proxies in front, whose X-Forwarded-For says who asks; it is not believed otherwise'),
    deadline: duration
      .prefault('30s')
      .describe(
        'How long a request may take, about as long as people wait; what is missing then is an error of its field',
      ),
    maxInFlight: wholeNumber(1, 100_000)
      .prefault(1_000)
      .describe('Requests in progress at once; one more is 503 at once, because all would wait longer than people do'),
    maxLag: duration
      .prefault('5s')
      .describe(
        'A request that would have to wait longer for its turn is 503 at once; long enough for hundreds that come together',
      ),
    notice: duration
      .prefault('5s')
      .describe(
        'After SIGTERM, how long requests are still taken while /readyz says no: what a load balancer needs to notice',
      ),
    grace: duration
      .prefault('23s')
      .describe(
        'How long running requests may then take before they are DEADLINE_EXCEEDED; with the notice, and a second for the last answers, less than the 30 s that orchestrators wait',
      ),
  })
  .prefault({});

/** An address, with or without the length of its prefix. */
function isAddress(text: string): boolean {
  const [address = '', bits = '0', ...rest] = text.split('/');
  return (
    isIP(address) > 0 && rest.length === 0 && /^\d{1,3}$/.test(bits) && Number(bits) <= (isIP(address) === 4 ? 32 : 128)
  );
}
