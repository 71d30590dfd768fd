import type { FastifyInstance } from 'fastify';
import type { Answers } from './answers.js';

/** A body whose answer is known need not be parsed. */
export function parseUnknown(server: FastifyInstance, answers: Answers): void {
  const parse = server.getDefaultJsonParser('error', 'error');
  server.addContentTypeParser<string>('application/json', { parseAs: 'string' }, (request, text, done) => {
    if (answers.find(request, text)) done(null, undefined);
    else void parse(request, text, done);
  });
}
