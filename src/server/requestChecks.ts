import type { FastifyRequest } from 'fastify';
import { unreadable } from './failure.js';

/** Nearly all requests name the same one. */
let lastValid: string | undefined;

export function isHost(host: string): boolean {
  if (host === lastValid) return true;
  const isValid = URL.canParse(`http://${host}/`);
  if (isValid) lastValid = host;
  return isValid;
}

/** The handler makes a whole URL of it, and would take one that is none for a fault of its own. */
export async function requireHost({ host }: FastifyRequest): Promise<void> {
  if (!isHost(host)) throw unreadable(400, 'The Host header is not valid.');
}

/** Bodies are read as UTF-8, and as they come: what says that it is something else would be taken for what it is not. */
export async function requirePlainBody({ headers }: FastifyRequest): Promise<void> {
  const { 'content-encoding': encoding = 'identity', 'content-type': type = '' } = headers;
  const charset = /;\s*charset\s*=\s*"?([^";\s]*)/i.exec(type)?.[1] ?? 'utf-8';
  const isPlain = /^identity$/i.test(encoding) && /^utf-?8$/i.test(charset);
  if (!isPlain) throw unreadable(415, 'The body must be JSON in UTF-8, and not compressed.');
}
