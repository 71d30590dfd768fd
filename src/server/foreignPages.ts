import type { FastifyRequest } from 'fastify';

/**
 * Whether the page of another site asks, as browsers say of it: what costs calls is not begun for such a page. An address that
 * a person opens is none; and a page that sends a key has been held to the origins of that key already.
 */
export function isOfForeignPage({ headers }: Pick<FastifyRequest, 'headers'>): boolean {
  const isOfAnotherSite = headers['sec-fetch-site'] === 'cross-site' && headers['sec-fetch-mode'] !== 'navigate';
  return isOfAnotherSite && headers.authorization === undefined;
}
