import type { FastifyReply, FastifyRequest } from 'fastify';
import type { WholeAnswer } from './answerStore.js';

/** Parts come in the order of one execution, and a plan is of one moment. */
export function isShareable({ headers }: FastifyRequest): boolean {
  return headers['gateway-plan'] === undefined && !headers.accept?.includes('multipart');
}

export function isTraced({ headers }: FastifyRequest): boolean {
  return headers['gateway-trace'] === '1';
}

/** Whoever keeps it may do so as long as the gateway would, to the second. */
export function setCaching(reply: FastifyReply, ms: number): void {
  const seconds = Math.min(Math.floor(ms / 1_000), 86_400);
  reply.header('cache-control', seconds > 0 ? `private, max-age=${seconds}` : 'no-store');
}

/** The bytes with a trace behind them: no source was asked. */
export function withTrace({ body }: WholeAnswer, answer: 'kept' | 'joined'): string {
  const end = body.lastIndexOf('}');
  return `${body.subarray(0, end)},"extensions":${JSON.stringify({ sources: {}, answer })}}\n`;
}
