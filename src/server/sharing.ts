import type { IncomingHttpHeaders } from 'node:http';
import type { FastifyRequest } from 'fastify';
import type { WholeAnswer } from './answerStore.js';

/** Parts come in the order of one execution, and a plan is of one moment. */
export function isShareable(headers: IncomingHttpHeaders): boolean {
  return headers['gateway-plan'] === undefined && !headers.accept?.includes('multipart');
}

export function isTraced({ headers }: FastifyRequest): boolean {
  return headers['gateway-trace'] === '1';
}

/** Cache-Control: whoever keeps it may do so as long as the gateway would, to the second. */
export function cachingOf(ms: number): string {
  const seconds = Math.min(Math.floor(ms / 1_000), 86_400);
  return seconds > 0 ? `private, max-age=${seconds}` : 'no-store';
}

/** The body with a trace behind it: no source was asked. */
export function withTrace({ body }: WholeAnswer, answer: 'kept' | 'joined'): string {
  const end = body.lastIndexOf('}');
  return `${body.slice(0, end)},"extensions":${JSON.stringify({ sources: {}, answer })}}\n`;
}
