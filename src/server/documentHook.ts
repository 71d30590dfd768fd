import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Report } from '../telemetry.js';
import { fail } from './failure.js';
import { isOfForeignPage } from './foreignPages.js';
import type { AskedDocument, TrustedDocuments } from './trustedDocuments.js';

const refusal = {
  status: 403,
  code: 'FORBIDDEN',
  message: 'Only documents that the gateway knows are answered here: send the id of one.',
} as const;

/** Puts the text of a trusted document in the place of its id, and answers whatever is not to be executed. */
export function createDocumentHook(documents: TrustedDocuments, report: Report) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<unknown> => {
    const asked = request.method === 'GET' ? askedInUrl(request) : askedInBody(request.body);
    if (!asked) return undefined;
    const found = documents.find(asked);
    if (found === 'refused') {
      report({ type: 'request.refused', requestId: request.id, reason: 'document', address: request.ip });
      return fail(reply, refusal);
    }
    if (found === 'asIs') return undefined;
    if (request.method === 'GET') admitLink(request, found.query);
    else request.body = { ...(request.body as object), query: found.query, ...without(asked.extensions) };
    return undefined;
  };
}

/** A body that is no object asks for no document; Apollo refuses it. */
function askedInBody(body: unknown): AskedDocument | null {
  return typeof body === 'object' && body !== null && !Array.isArray(body) ? body : null;
}

/** Read as Apollo reads it, so that both see the same. */
function askedInUrl({ url }: FastifyRequest): AskedDocument {
  const parameters = parametersOf(url);
  const read = (name: string) => {
    const [value, ...others] = parameters.getAll(name);
    return others.length > 0 ? parameters.getAll(name) : value;
  };
  return { query: read('query'), documentId: read('documentId'), extensions: parseJson(read('extensions')) };
}

/**
 * A link to a trusted document needs none of the headers that only a program can send: it was written here, and only reads.
 * The handler reads the URL once more, so that is where the text has to stand.
 */
function admitLink(request: FastifyRequest, query: string): void {
  if (!isOfForeignPage(request)) request.headers['apollo-require-preflight'] = 'trusted document';
  const parameters = parametersOf(request.url);
  parameters.delete('extensions');
  parameters.delete('documentId');
  parameters.set('query', query);
  request.raw.url = `/graphql?${parameters}`;
}

function parametersOf(url: string): URLSearchParams {
  return new URL(url, 'http://gateway').searchParams;
}

function parseJson(text: unknown): unknown {
  try {
    return typeof text === 'string' ? JSON.parse(text) : text;
  } catch {
    return undefined;
  }
}

/** Apollo would take the id for one of its own. */
function without(extensions: unknown): { extensions?: unknown } {
  if (typeof extensions !== 'object' || extensions === null) return {};
  const { persistedQuery: _, ...others } = extensions as Record<string, unknown>;
  return { extensions: others };
}
