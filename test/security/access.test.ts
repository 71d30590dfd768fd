import { createHmac } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { hashSecret } from '../../src/server/accessKeys.js';
import { runCommand } from '../helpers/commandLine.js';
import { onFreshDay } from '../helpers/freshDay.js';
import { type RunningGateway, startGateway } from '../helpers/gateway.js';
import { createMovableClock } from '../helpers/movableClock.js';
import { audience, issuer, startTokenSigner, type TokenSigner, unsignedToken } from '../helpers/tokenSigner.js';

const page = 'https://shop.example';
const clock = createMovableClock();
const minuteMs = 60_000;
const keyOf = (id: string) => `${id}.the-secret-of-${id}`;
const key = (id: string, rest: object = {}) => ({ id, hash: hashSecret(`the-secret-of-${id}`), ...rest });
const bearer = (credential: string) => ({ authorization: `Bearer ${credential}` });

let signer: TokenSigner;
let gateway: RunningGateway;

beforeAll(async () => {
  signer = await startTokenSigner(clock);
  gateway = await startGateway({
    products: 3,
    sites: 2,
    clock,
    configure: (file) => {
      file['access'] = {
        keys: [
          key('all'),
          key('shop-only', { sites: ['shop'], origins: [page], limits: { first: 2 } }),
          key('frugal', { limits: { maxPartnerCalls: 2, maxReports: 0 } }),
          key('elsewhere', { origins: ['https://elsewhere.example'] }),
        ],
        jwt: { ...signer.rules, origins: [page] },
      };
    },
  });
});
beforeEach(() => clock.push(minuteMs));
afterAll(() => Promise.all([gateway.close(), signer.close()]));

const ask = (query: string, headers: Record<string, string>) => gateway.ask(query, {}, { headers });
const idOf = (siteIndex: number) =>
  gateway.world.products.find(({ siteId }) => siteId === gateway.world.sites[siteIndex]?.id)?.id;

/** What a client can see of an answer; what differs from request to request is left out. */
async function seen(response: Response): Promise<object> {
  const headers = [...response.headers].filter(([name]) => !['date', 'x-request-id', 'connection'].includes(name));
  return { status: response.status, headers, body: await response.text() };
}

const getFile = (site: string, headers: Record<string, string>) =>
  fetch(new URL(`/export/products.csv?site=${site}&columns=id`, gateway.url), { headers });

const send = (headers: Record<string, string>) =>
  fetch(gateway.url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ query: `{ sites { id } product(id: "${idOf(0)}") { partner${onFreshDay()} { orders } } }` }),
  });

async function upstreamCalls(): Promise<number> {
  const [google, partner] = await Promise.all([gateway.google.stats(), gateway.partner.stats()]);
  return google.calls + google.tokenCalls + partner.calls;
}

describe('whoever has no right key or token', () => {
  const now = () => Math.floor(clock.now() / 1_000);
  const good = () => ({ iss: issuer, aud: audience, sub: 'me', exp: now() + 600, sites: '*' });
  const wrong: [name: string, authorization: () => Promise<string | undefined> | string | undefined][] = [
    ['nothing', () => undefined],
    ['an empty header', () => ''],
    ['a scheme alone', () => 'Bearer'],
    ['another scheme', () => `Basic ${Buffer.from('all:the-secret-of-all').toString('base64')}`],
    ['an unknown id', () => 'Bearer nobody.the-secret-of-all'],
    ['a wrong secret', () => 'Bearer all.the-secret-of-none'],
    ['the secret of another key', () => 'Bearer all.the-secret-of-elsewhere'],
    ['a key without its secret', () => 'Bearer all.'],
    ['an id alone', () => 'Bearer all'],
    ['a secret alone', () => 'Bearer .the-secret-of-all'],
    ['the hash for the secret', () => `Bearer all.${hashSecret('the-secret-of-all').slice('sha256:'.length)}`],
    ['a member of every object', () => 'Bearer __proto__.constructor'],
    ['two keys', () => `Bearer ${keyOf('all')} ${keyOf('all')}`],
    ['8 kB of letters', () => `Bearer all.${'x'.repeat(8_000)}`],
    ['an expired token', async () => `Bearer ${await signer.sign({ exp: now() - 60 })}`],
    ['a token that begins later', async () => `Bearer ${await signer.sign({ nbf: now() + 6_000 })}`],
    ['a token that never ends', async () => `Bearer ${await signer.sign({ exp: undefined })}`],
    ['a token of nobody', async () => `Bearer ${await signer.sign({ sub: undefined })}`],
    ['a token of another issuer', async () => `Bearer ${await signer.sign({ iss: 'https://evil.example/' })}`],
    ['a token for another audience', async () => `Bearer ${await signer.sign({ aud: 'payroll' })}`],
    ['a forged token', async () => `Bearer ${await signer.forge()}`],
    ['a token of an unknown key', async () => `Bearer ${await signer.sign({}, { kid: 'two' })}`],
    ['a changed token', async () => `Bearer ${(await signer.sign()).replace(/\.\w/, '.X')}`],
    ['a token without its signature', async () => `Bearer ${(await signer.sign()).replace(/[^.]*$/, '')}`],
    ['alg: none', () => `Bearer ${unsignedToken({ alg: 'none' }, good())}`],
    ['alg: none with a signature', () => `Bearer ${unsignedToken({ alg: 'none', kid: 'one' }, good(), 'AAAA')}`],
    ['alg: NONE', () => `Bearer ${unsignedToken({ alg: 'NONE', kid: 'one' }, good())}`],
    ['a token signed with the public key as a secret', () => `Bearer ${confused(good())}`],
    [
      'a critical header that nobody knows',
      () => `Bearer ${unsignedToken({ alg: 'ES256', crit: ['x'], x: 1 }, good(), 'A')}`,
    ],
    ['three parts that are no token', () => 'Bearer a.b.c'],
    ['three parts that are empty', () => 'Bearer ..'],
  ];

  /** The classic: an HMAC whose secret is what the whole world knows. */
  function confused(claims: object): string {
    const unsigned = unsignedToken({ alg: 'HS256', kid: 'one' }, claims).slice(0, -1);
    return `${unsigned}.${createHmac('sha256', signer.rules.jwks).update(unsigned).digest('base64url')}`;
  }

  test.each(wrong)('%s: the one answer, and nobody is asked', async (_, authorization) => {
    const header = await authorization();
    const before = await upstreamCalls();
    const first = await seen(await send({}));
    expect(await seen(await send(header === undefined ? {} : { authorization: header }))).toEqual(first);
    expect(first).toMatchObject({
      status: 401,
      headers: expect.arrayContaining([['www-authenticate', 'Bearer']]),
      body: JSON.stringify({
        errors: [
          {
            message: 'Send a valid key or token: Authorization: Bearer …',
            extensions: { code: 'UNAUTHENTICATED' },
          },
        ],
      }),
    });
    expect(await upstreamCalls()).toBe(before);
  });

  test('is not heard before it says who it is: a body of any size is not read', async () => {
    const response = await fetch(gateway.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: 'x'.repeat(3_000_000),
    }).catch(() => null);
    // The connection may be closed while the client still sends.
    expect([401, undefined]).toContain(response?.status);
  });

  test('has nothing of /metrics, by whatever method', async () => {
    for (const method of ['GET', 'HEAD']) {
      expect((await fetch(new URL('/metrics', gateway.url), { method })).status).toBe(401);
    }
    const response = await fetch(new URL('/metrics', gateway.url), { headers: bearer(keyOf('all')) });
    expect([response.status, await response.text()]).toEqual([200, expect.stringContaining('gateway_requests_total')]);
  });

  test('has no file of products, with the same answer', async () => {
    const before = await upstreamCalls();
    for (const headers of [{}, bearer('all.wrong')]) {
      const response = await getFile('shop', headers);
      expect([response.status, response.headers.get('www-authenticate')]).toEqual([401, 'Bearer']);
      expect(await response.json()).toEqual((await (await send({})).json()) as object);
    }
    expect(await upstreamCalls()).toBe(before);
  });

  test.each(['/', '/graphiql'])('has the page at %s, which holds no data', async (path) => {
    // 404 says that the pages are not built here.
    expect([200, 404]).toContain((await fetch(new URL(path, gateway.url))).status);
  });

  test.each(['/livez', '/readyz'])('has %s', async (path) => {
    expect((await fetch(new URL(path, gateway.url))).status).toBe(200);
  });

  test('has the page of Sandbox in development, and no data by the same way', async () => {
    const get = (query: string, accept: string) =>
      fetch(gateway.url + query, { headers: { accept, 'apollo-require-preflight': '1' } });
    const sandbox = await get('', 'text/html');
    expect([sandbox.status, sandbox.headers.get('content-type')]).toEqual([200, expect.stringContaining('text/html')]);
    const query = `?query=${encodeURIComponent('{ sites { id } }')}`;
    for (const accept of ['application/json, text/html', 'text/html;q=0.1, application/json', 'text/html;q=0', '*/*']) {
      const answer = await get(query, accept);
      expect([accept, answer.status, await answer.text()]).toEqual([accept, 401, expect.not.stringContaining('shop')]);
    }
  });

  test('is told to wait after ten tries of a minute, while a good key from the same address is heard', async () => {
    const statuses: number[] = [];
    for (let attempt = 1; attempt <= 12; attempt += 1) statuses.push((await send(bearer('all.guess'))).status);
    expect(statuses).toEqual([...Array(10).fill(401), 429, 429]);
    const late = await send(bearer('all.guess'));
    expect(Number(late.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await send(bearer(keyOf('all')))).status).toBe(200);
    expect((await send({ ...bearer('all.guess'), 'x-forwarded-for': '203.0.113.7' })).status).toBe(429);
    clock.push(minuteMs);
    expect((await send(bearer('all.guess'))).status).toBe(401);
  });
});

describe('a viewer', () => {
  test('with a key or a token of any case of Bearer is answered', async () => {
    for (const scheme of ['Bearer', 'bearer', 'BEARER']) {
      expect((await send({ authorization: `${scheme} ${keyOf('all')}` })).status).toBe(200);
    }
    expect((await send(bearer(await signer.sign()))).status).toBe(200);
  });

  test('asks by the command line, with its key out of the environment', async () => {
    const file = join(gateway.folder, 'sites.graphql');
    await writeFile(file, '{ sites { id } }');
    const run = (environment: Record<string, string>) => runCommand(['query', file, '--url', gateway.url], environment);
    const { code, stdout } = await run({ ANALYTICS_GATEWAY_KEY: keyOf('shop-only') });
    expect([code, JSON.parse(stdout)]).toMatchObject([0, { data: { sites: [{ id: 'shop' }] } }]);
    expect((await run({})).code).toBe(1);
  }, 60_000);

  test('is admitted for 30 seconds longer than its token says, because clocks differ', async () => {
    const exp = Math.floor(clock.now() / 1_000) - 20;
    expect((await send(bearer(await signer.sign({ exp })))).status).toBe(200);
  });

  const everySite = `query { sites { id } shop: site(id: "shop") { id } other: site(id: "OTHER") { id }
    mine: product(id: "MINE") { id site { id } } theirs: product(id: "THEIRS") { id partner { orders } }
    both: products(ids: ["MINE", "THEIRS"]) { id } sources { name } }`;

  test.each([
    ['a key', async () => keyOf('shop-only')],
    ['a token', () => signer.sign({ sites: ['shop', 'no-such-site'] })],
  ])('with %s for one site: what it may not see does not exist', async (_, credential) => {
    const [mine, theirs] = [idOf(0) ?? '', idOf(1) ?? ''];
    const other = gateway.world.sites[1]?.id ?? '';
    const query = everySite.replaceAll('MINE', mine).replaceAll('THEIRS', theirs).replaceAll('OTHER', other);
    const { data, errors } = await ask(query, bearer(await credential()));
    expect(errors).toBeUndefined();
    expect(data).toEqual({
      sites: [{ id: 'shop' }],
      shop: { id: 'shop' },
      other: null,
      mine: { id: mine, site: { id: 'shop' } },
      theirs: null,
      both: [{ id: mine }, null],
      sources: [{ name: 'googleAnalytics' }, { name: 'partner' }],
    });
  });

  test.each([
    ['without the claim', { sites: undefined }],
    ['with an object', { sites: { shop: true } }],
    ['with a text that is not *', { sites: 'shop' }],
    ['with numbers', { sites: [1] }],
    ['with *, in a list', { sites: ['*'] }],
  ])('with a token %s sees no site', async (_, claims) => {
    const { data } = await ask('{ sites { id } site(id: "shop") { id } }', bearer(await signer.sign(claims)));
    expect(data).toEqual({ sites: [], site: null });
  });

  test('has files of products of its sites only', async () => {
    const other = gateway.world.sites[1]?.id ?? '';
    const [mine, theirs] = await Promise.all(['shop', other].map((site) => getFile(site, bearer(keyOf('shop-only')))));
    expect([mine?.status, await mine?.text()]).toEqual([200, expect.stringContaining(idOf(0) ?? '?')]);
    expect([theirs?.status, await theirs?.text()]).toEqual([404, expect.not.stringContaining(idOf(1) ?? '?')]);
  });

  test('has a price limit of its own, for queries and for files', async () => {
    const query = `{ site(id: "shop") { products { nodes { partner${onFreshDay()} { orders } } } } }`;
    const asFile = () =>
      fetch(new URL('/export/products.csv?site=shop&columns=partner.orders', gateway.url), {
        headers: bearer(keyOf('frugal')),
      });
    const before = await upstreamCalls();
    for (const refused of [await ask(query, bearer(keyOf('frugal'))), await (await asFile()).json()]) {
      expect(refused).toMatchObject({ errors: [{ extensions: { code: 'QUERY_TOO_EXPENSIVE' } }] });
    }
    expect(await upstreamCalls()).toBe(before);
    expect((await ask(query, bearer(keyOf('all')))).errors).toBeUndefined();
  });

  test('has its own limits, and others have the usual ones', async () => {
    const three = '{ site(id: "shop") { products(first: 3) { nodes { id } } } }';
    const { errors } = await ask(three, bearer(keyOf('shop-only')));
    expect(errors?.map(({ extensions }) => extensions?.['code'])).toEqual(['BAD_USER_INPUT']);
    expect((await ask(three, bearer(keyOf('all')))).errors).toBeUndefined();
  });
});

describe('a browser', () => {
  const preflight = (origin: string) =>
    fetch(gateway.url, {
      method: 'OPTIONS',
      headers: { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': 'authorization' },
    });

  test.each([page, 'https://elsewhere.example'])('is told that %s may ask, without a key', async (origin) => {
    const { status, headers } = await preflight(origin);
    expect([status, headers.get('access-control-allow-origin')]).toEqual([204, origin]);
    for (const header of ['authorization', 'gateway-plan']) {
      expect(headers.get('access-control-allow-headers')).toContain(header);
    }
    expect(headers.get('access-control-allow-methods')).toContain('GET');
    expect(headers.get('access-control-allow-credentials')).toBeNull();
  });

  test.each(['https://evil.example', 'null', 'https://shop.example.evil.example', 'http://shop.example'])(
    'is not told that %s may ask',
    async (origin) => {
      expect((await preflight(origin)).headers.get('access-control-allow-origin')).not.toBe(origin);
    },
  );

  test.each([
    ['a key', keyOf('shop-only'), page, 200],
    ['a key, from the origin of another key', keyOf('shop-only'), 'https://elsewhere.example', 403],
    ['a key that is not for pages', keyOf('all'), page, 403],
    ['a key, from nowhere', keyOf('all'), 'null', 403],
  ])('sends %s', async (_, credential, origin, status) => {
    const before = await upstreamCalls();
    const response = await send({ ...bearer(credential), origin });
    expect(response.status).toBe(status);
    if (status === 403) {
      expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: 'FORBIDDEN' } }] });
      expect(await upstreamCalls()).toBe(before);
    }
  });

  test('sends any key from a page of the gateway itself', async () => {
    expect((await send({ ...bearer(keyOf('all')), origin: new URL(gateway.url).origin })).status).toBe(200);
  });

  test('has a file of products for a page whose origin the key names', async () => {
    const fromPage = (origin: string) =>
      getFile('shop', { ...bearer(keyOf('shop-only')), origin, 'sec-fetch-site': 'cross-site' });
    const [mine, theirs] = [await fromPage(page), await fromPage('https://elsewhere.example')];
    expect([mine.status, theirs.status]).toEqual([200, 403]);
    expect(mine.headers.get('access-control-allow-origin')).toBe(page);
    expect(mine.headers.get('access-control-expose-headers')).toContain('content-disposition');
  });

  test('reads why it was refused', async () => {
    const response = await send({ ...bearer('all.wrong'), origin: page });
    expect([response.status, response.headers.get('access-control-allow-origin')]).toEqual([401, page]);
  });
});

describe('while the keys of tokens cannot be fetched', () => {
  test.each([
    ['an error', { status: 500, body: 'down' }],
    ['no JSON', { body: '<html>' }],
    ['JSON that is no key set', { body: '{"keys": 7}' }],
    ['a redirect', { status: 302, headers: { location: 'http://127.0.0.1:1/' }, body: '' }],
  ])('because of %s, a token is answered by 503, and a key is heard', async (_, answer) => {
    const down = await startTokenSigner();
    const alone = await startGateway({
      products: 1,
      configure: (file) => {
        file['access'] = { keys: [key('all')], jwt: down.rules };
      },
    });
    try {
      down.server.answerWith(() => answer);
      const send503 = (credential: string) => alone.ask('{ sites { id } }', {}, { headers: bearer(credential) });
      const refused = await send503(await down.sign());
      expect([refused.status, refused.errors?.length]).toEqual([503, 1]);
      expect(JSON.stringify(refused)).not.toMatch(/jwks|127\.0\.0\.1|fetch|JOSE/i);
      expect((await send503(keyOf('all'))).status).toBe(200);
      expect((await send503('all.wrong')).status).toBe(401);
    } finally {
      await Promise.all([alone.close(), down.close()]);
    }
  });

  test('the keys are kept: once fetched, no further token asks for them', async () => {
    const before = signer.server.requests.length;
    const token = await signer.sign();
    for (let time = 0; time < 20; time += 1) expect((await send(bearer(token))).status).toBe(200);
    expect(signer.server.requests.length).toBe(before);
  });
});

describe('access: open', () => {
  test('is told to whoever reads the log, and lets everybody see everything', async () => {
    const open = await startGateway({ products: 1, sites: 2 });
    try {
      const { data } = await open.ask<{ sites: object[] }>('{ sites { id } }');
      expect(data.sites).toHaveLength(2);
      expect(open.events.map(({ type }) => type)).toContain('access.open');
      expect(gateway.events.map(({ type }) => type)).not.toContain('access.open');
    } finally {
      await open.close();
    }
  });
});
