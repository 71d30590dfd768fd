import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fastify, { type FastifyInstance } from 'fastify';
import { servePages } from '../../src/server/pages.js';

let folder: string;
let server: FastifyInstance;

/** A server with the pages of a folder that the test may change. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'analytics-gateway-pages-'));
  server = fastify();
  await servePages(server, { explorer: true, folder });
});
afterAll(async () => {
  await server.close();
  await rm(folder, { recursive: true, force: true });
});

const get = (url: string, headers: Record<string, string> = {}) => server.inject({ url, headers });
const policyOf = async (url: string) => {
  const { headers } = await get(url);
  const policy = String(headers['content-security-policy']);
  return new Map(policy.split(';').map((part) => [part.split(' ')[0] ?? '', part.split(' ').slice(1)]));
};

describe.each(['/', '/graphiql'])('%s, before the pages are built', (path) => {
  test('says which command builds them', async () => {
    const { statusCode, headers, body } = await get(path);
    expect([statusCode, headers['content-type'], headers['cache-control']]).toEqual([
      404,
      'text/plain; charset=utf-8',
      'no-store',
    ]);
    expect(body).toContain('npm run build:web');
  });
});

describe('the pages, once they are built', () => {
  beforeAll(async () => {
    await mkdir(join(folder, 'assets'));
    const script = '<script src="/assets/a-1.js" nonce="nonce-of-the-response"></script>';
    await Promise.all([
      writeFile(join(folder, 'index.html'), '<title>Stats</title>'),
      writeFile(join(folder, 'graphiql.html'), `<title>GraphiQL</title>${script}`),
      writeFile(join(folder, 'assets', 'a-1.js'), 'plain'),
      writeFile(join(folder, 'assets', 'a-1.js.br'), 'packed'),
    ]);
  });

  test.each([
    ['/', 'Stats'],
    ['/graphiql', 'GraphiQL'],
  ])('%s is there without a restart, and is asked for again each time', async (path, title) => {
    const { statusCode, headers, body } = await get(path);
    expect([statusCode, headers['content-type'], headers['cache-control']]).toEqual([
      200,
      'text/html; charset=utf-8',
      'no-cache',
    ]);
    expect(body).toContain(`<title>${title}</title>`);
  });

  test.each(['/', '/graphiql'])(
    '%s allows nothing inline, nothing of elsewhere and no frame around it',
    async (path) => {
      const policy = await policyOf(path);
      expect(policy.get('default-src')).toEqual(["'none'"]);
      expect(policy.get('frame-ancestors')).toEqual(["'none'"]);
      expect(policy.get('base-uri')).toEqual(["'none'"]);
      const sources = [...policy.values()].flat();
      expect(sources.filter((source) => /unsafe|^https?:|^\*|^blob:/.test(source))).toEqual([]);
      expect(policy.get('script-src')).toContain("'self'");
      expect(policy.get('connect-src')).toEqual(["'self'"]);
    },
  );

  test('the stats page needs no exception at all', async () => {
    const sources = new Set([...(await policyOf('/')).values()].flat());
    expect([...sources].sort()).toEqual(["'none'", "'self'"]);
  });

  test('the explorer gets another nonce each time, the one that its policy names', async () => {
    const nonces = [];
    for (const { headers, body } of [await get('/graphiql'), await get('/graphiql')]) {
      const [, nonce = ''] = /nonce="([^"]+)"/.exec(body) ?? [];
      expect(headers['content-security-policy']).toMatch(new RegExp(`style-src 'self' 'nonce-${nonce}'(;|$)`));
      nonces.push(nonce);
    }
    expect(new Set(nonces).size).toBe(2);
  });

  test('a file, whose name holds its hash, is kept for good', async () => {
    const { statusCode, headers, body } = await get('/assets/a-1.js');
    expect([statusCode, body]).toEqual([200, 'plain']);
    expect(headers['content-type']).toMatch(/^(text|application)\/javascript/);
    expect(headers['cache-control']).toBe('public, max-age=31536000, immutable');
  });

  test('is sent as it was packed when it was built', async () => {
    const { headers, body } = await get('/assets/a-1.js', { 'accept-encoding': 'gzip, br' });
    expect([headers['content-encoding'], body]).toEqual(['br', 'packed']);
    expect(headers['vary']).toMatch(/accept-encoding/i);
  });

  test.each(['/assets/', '/assets/nothing.js', '/assets/../index.html', '/assets/%2e%2e/index.html', '/assets/.a'])(
    'there is nothing at %s',
    async (path) => {
      const { statusCode, body } = await get(path);
      expect([403, 404]).toContain(statusCode);
      expect(body).not.toMatch(/Stats|a-1\.js"/);
    },
  );
});

describe('without an explorer', () => {
  const link = /<a[^>]*graphiql[^>]*>/;
  let own: string;
  let without: FastifyInstance;
  beforeAll(async () => {
    own = await mkdtemp(join(tmpdir(), 'analytics-gateway-pages-'));
    await writeFile(join(own, 'index.html'), await readFile(new URL('../../web/index.html', import.meta.url), 'utf8'));
    without = fastify();
    await servePages(without, { explorer: false, folder: own });
  });
  afterAll(async () => {
    await without.close();
    await rm(own, { recursive: true, force: true });
  });

  test('there is none, and the stats page does not lead to it', async () => {
    expect(await readFile(join(own, 'index.html'), 'utf8')).toMatch(link);
    const { statusCode, body } = await without.inject({ url: '/' });
    expect([statusCode, body]).toEqual([200, expect.not.stringMatching(link)]);
    expect((await without.inject({ url: '/graphiql' })).statusCode).toBe(404);
  });
});
