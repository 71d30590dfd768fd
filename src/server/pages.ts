import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import files from '@fastify/static';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { packageRoot } from '../packageRoot.js';
import { explorerPolicy, pagePolicy, securityHeaders } from './contentPolicies.js';

/** What `npm run build` makes of web/. */
const builtPages = fileURLToPath(new URL('dist/web', packageRoot));

/** What stands in the built explorer where the nonce of each response belongs (web/explorer/vite.config.ts). */
const noncePlaceholder = 'nonce-of-the-response';

/** As it stands in web/index.html. */
const explorerLink = '<a href="/graphiql">GraphiQL</a>';

export interface PagesOptions {
  /** Whether there is an explorer: only where introspection is answered, which it lives on. */
  explorer: boolean;
  folder?: string;
}

/**
 * Serves the stats page at `/` and the explorer at `/graphiql`, with their files. A file's name holds its hash, so browsers
 * keep it for good; a page is asked for again each time, so that it always names the files of this version.
 */
export async function servePages(server: FastifyInstance, options: PagesOptions): Promise<void> {
  const { explorer, folder = builtPages } = options;
  await server.register(files, {
    root: join(folder, 'assets'),
    prefix: '/assets/',
    index: false,
    immutable: true,
    maxAge: '1y',
    preCompressed: true,
    // A shared cache must not hand what was packed for one browser to one that cannot unpack it.
    setHeaders: (response) => void response.setHeader('vary', 'accept-encoding'),
  });
  const pageHeaders = securityHeaders(pagePolicy);
  server.get('/', (_, reply) =>
    sendPage(reply.headers(pageHeaders), join(folder, 'index.html'), (html) =>
      explorer ? html : html.replace(explorerLink, ''),
    ),
  );
  if (!explorer) return;
  server.get('/graphiql', (_, reply) => {
    const nonce = randomBytes(16).toString('hex');
    const headers = securityHeaders(explorerPolicy(nonce));
    return sendPage(reply.headers(headers), join(folder, 'graphiql.html'), (html) =>
      html.replaceAll(noncePlaceholder, nonce),
    );
  });
}

async function sendPage(reply: FastifyReply, file: string, fill: (html: string) => string): Promise<FastifyReply> {
  if (!existsSync(file)) return sendNotBuilt(reply);
  const html = fill(await readFile(file, 'utf8'));
  return reply.type('text/html; charset=utf-8').header('cache-control', 'no-cache').send(html);
}

/** Looked for at each request: who builds the pages while the gateway runs need not start it again. */
function sendNotBuilt(reply: FastifyReply): FastifyReply {
  return reply
    .code(404)
    .type('text/plain; charset=utf-8')
    .header('cache-control', 'no-store')
    .send(
      'The pages of the gateway are not built yet. Run this, then reload:\n\n  npm run build:web\n\nGraphQL is at /graphql.\n',
    );
}
