import { afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { TelemetryEvent } from '../../src/telemetry.js';
import { type BadScript, badScripts, honest, http, summaryOf } from '../helpers/badScripts.js';
import { startBadServer } from '../helpers/badServer.js';
import { type FaultyGateway, type FaultyOptions, honestFigures, startFaultyGateway } from '../helpers/faultyGateway.js';
import { startGateway } from '../helpers/gateway.js';
import { until } from '../helpers/until.js';

const running: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const each of running.splice(0).reverse()) await each.close();
});

async function start(...options: Parameters<typeof startFaultyGateway>): Promise<FaultyGateway> {
  const gateway = await startFaultyGateway(...options);
  running.push(gateway);
  return gateway;
}

function scriptOf(name: string): BadScript {
  const script = badScripts.find((candidate) => candidate.name === name);
  if (!script) throw new Error(`There is no script "${name}"`);
  return script;
}

const finishedPartnerCall = (event: TelemetryEvent) => event.type === 'call.finished' && event.source === 'partner';

const face = (name: string, options?: FaultyOptions) => start(scriptOf(name).server, options);

/** What Google says about the first product, asked without any partner fault. */
let pageViews: number;
beforeAll(async () => {
  const gateway = await startGateway({ products: 1 });
  const { data } = await gateway.ask<{ product: { googleAnalytics: { pageViews: number } } }>(
    `{ product(id: "shop-red-shoe-1") { googleAnalytics { pageViews } } }`,
  );
  pageViews = data.product.googleAnalytics.pageViews;
  await gateway.close();
});

interface Expected {
  code: string;
  retryable: boolean;
}

/** The partner's figures are null, the error says why and where, and Google's figures are what they always are. */
function expectFailure(answer: Awaited<ReturnType<FaultyGateway['askProduct']>>, { code, retryable }: Expected): void {
  expect(answer.status).toBe(200);
  expect(answer.data.product).toMatchObject({ partner: null, googleAnalytics: { pageViews } });
  expect(answer.errors).toEqual([
    expect.objectContaining({
      path: ['product', 'partner'],
      extensions: expect.objectContaining({ code, source: 'partner', retryable }),
    }),
  ]);
}

/** The connection of the first call; the HTTP client may open another one at once, to have it ready. */
const closedByClient = ({ bad }: FaultyGateway) =>
  until(() => bad.connections[0]?.closedBy === 'client', 'the client to close the connection');

/** Rows 1 to 5: nothing comes, or too little, and nothing breaks. */
const silent = [
  'hangs before the head',
  'hangs after the head',
  'hangs in the body',
  'drips a byte every 100 ms',
  'sends early hints for ever',
  'never speaks after the connect',
  'never answers the TLS handshake',
];

describe('a partner that stays silent', () => {
  const deadline = 300;
  const timeout = 200;

  test.each(silent)('%s: SOURCE_TIMEOUT after its timeout, one call, and the connection is closed', async (name) => {
    const gateway = await face(name, { partner: { timeout: `${timeout}ms` } });
    const answer = await gateway.askProduct();
    expectFailure(answer, { code: 'SOURCE_TIMEOUT', retryable: true });
    expect(answer.ms).toBeGreaterThanOrEqual(timeout);
    expect(answer.ms).toBeLessThan(3 * timeout + (await fixedCosts(gateway)));
    await closedByClient(gateway);
    expect(gateway.calls()).toBe(scriptOf(name).server.onConnect ? 0 : 1);
  });

  test.each(silent)('%s: DEADLINE_EXCEEDED at the deadline where that comes first', async (name) => {
    const gateway = await face(name, { deadline: `${deadline}ms`, partner: { timeout: '600ms' } });
    // A first report, with its token, may take as long as the deadline on a machine that is busy.
    const ofGoogle = () => gateway.ask('{ product(id: "shop-red-shoe-1") { googleAnalytics { pageViews } } }');
    await until(async () => (await ofGoogle()).errors === undefined, "Google's figures to be at hand");
    const answer = await gateway.askProduct();
    expectFailure(answer, { code: 'DEADLINE_EXCEEDED', retryable: true });
    expect(answer.ms).toBeLessThan(3 * deadline);
    // The call is the gateway's own; it goes on until its timeout, for whoever asks again.
    await until(() => gateway.events.some(finishedPartnerCall), 'the call to end');
    expect(gateway.calls()).toBe(scriptOf(name).server.onConnect ? 0 : 1);
  });

  /** The token and the report that Google's figures cost; the first request of a process is the slowest. */
  async function fixedCosts({ events }: FaultyGateway): Promise<number> {
    const times = events.flatMap((event) =>
      event.type === 'call.finished' && event.source === 'googleAnalytics' ? [event.ms] : [],
    );
    return Math.max(0, ...times);
  }
});

describe('a partner that breaks off', () => {
  test.each(['refuses the connection', 'resets in the body', 'ends before its content length', 'ends inside a chunk'])(
    '%s: SOURCE_UNAVAILABLE after a second try',
    async (name) => {
      const gateway = await face(name);
      const answer = await gateway.askProduct();
      expectFailure(answer, { code: 'SOURCE_UNAVAILABLE', retryable: true });
      expect(answer.extensions.sources['partner']).toMatchObject({ keys: 1, calls: 2, retries: 1, failures: 2 });
      expect(gateway.calls()).toBe(scriptOf(name).server.refuses ? 0 : 2);
    },
  );

  test('is asked a second time, and its good answer is what the client sees', async () => {
    const broken = scriptOf('resets in the body').server.scripts?.['*'];
    const gateway = await start({
      scripts: { '*': ({ call }) => (call === 1 && Array.isArray(broken) ? broken : [honest]) },
    });
    const { data, errors, extensions } = await gateway.askProduct();
    expect([data.product.partner, errors]).toEqual([honestFigures, undefined]);
    expect([gateway.calls(), extensions.sources['partner']]).toMatchObject([2, { retries: 1, failures: 1 }]);
  });

  test('costs many products no more than a tenth of the calls again, and three', async () => {
    const gateway = await start(scriptOf('resets in the body').server, {
      products: 60,
      partner: { concurrency: 60, breaker: { failures: 1_000, slow: '25s', open: '30s' } },
    });
    const { data, errors } = await gateway.askSite(60);
    expect(data.site.products.nodes.filter(({ partner }) => partner === null)).toHaveLength(60);
    expect(errors).toHaveLength(60);
    expect(gateway.bad.ledger.length).toBeLessThanOrEqual(66 + 3);
    expect(Math.max(...Array.from({ length: 60 }, (_, index) => gateway.calls(index)))).toBeLessThanOrEqual(2);
  });

  test('closes the connection in the middle of an answer that was to be the last one: nothing partial is shown', async () => {
    const head = 'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n';
    for (const answer of [
      `${head}Content-Length: 200\r\n\r\n${summaryOf('?product=P-1001')}`,
      `${head}Transfer-Encoding: chunked\r\n\r\n${summaryOf('').length.toString(16)}\r\n{"product":"P-1001"`,
    ]) {
      const gateway = await start({ scripts: { '*': [{ send: answer }, { fin: true }] } });
      const { data, errors } = await gateway.askProduct();
      expect(data.product.partner).toBeNull();
      expect(errors?.[0]?.extensions?.['code']).toMatch(/^SOURCE_(UNAVAILABLE|BAD_RESPONSE)$/);
    }
  });
});

describe('a host name that leads nowhere', () => {
  test('is SOURCE_UNAVAILABLE after a second try, and Google is not touched by it', async () => {
    const gateway = await start({}, { partner: { url: 'http://partner.invalid/{partnerId}' } });
    const answer = await gateway.askProduct();
    expectFailure(answer, { code: 'SOURCE_UNAVAILABLE', retryable: true });
    expect(answer.extensions.sources['partner']).toMatchObject({ calls: 2, retries: 1, failures: 2 });
    expect(JSON.stringify(answer.errors)).not.toContain('partner.invalid');
  });

  test('that leads there again, by a server that moved, is answered on a new connection', async () => {
    // As far as this goes without a name server of our own: the old connection dies with the old address.
    const gateway = await face('moves to another address', { products: 2 });
    expect((await gateway.askProduct(0)).data.product.partner).toEqual(honestFigures);
    const { port } = gateway.bad;
    await gateway.bad.close();
    const moved = await startBadServer({ scripts: { '*': [honest] }, port });
    running.push(moved);
    expect((await gateway.askProduct(1)).data.product.partner).toEqual(honestFigures);
    expect(moved.ledger).toHaveLength(1);
  });
});

describe('a text that may be cut off', () => {
  const text = (length: string, body: string) => `HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n${length}\r\n${body}`;
  const wholeBody =
    'type PartnerSummary { "All of it." impressions: SafeInt @value(pointer: "", additive: true) "How current." freshness: Freshness! }';
  /** One figure alone has no ratios with others. */
  const ratios = / {2}"[^\n]*"\n[^\n]*@ratio\([^\n]*\n/g;
  const options: FaultyOptions = {
    partner: { format: 'text', identity: null },
    schema: (own) => own.replace(/type PartnerSummary \{[^}]*\}/, wholeBody).replace(ratios, ''),
  };
  const ask = async (gateway: FaultyGateway) =>
    gateway.ask<{ product: { partner: { impressions: number } | null } }>(
      '{ product(id: "shop-red-shoe-1") { googleAnalytics { pageViews } partner { impressions } } }',
    );

  test('because it has no length is not believed', async () => {
    const gateway = await face('cuts a text without a length', options);
    const { status, data, errors } = await ask(gateway);
    expect([status, data.product]).toEqual([200, { googleAnalytics: { pageViews }, partner: null }]);
    expect(errors).toMatchObject([
      { path: ['product', 'partner'], extensions: { code: 'SOURCE_BAD_RESPONSE', retryable: false } },
    ]);
    expect(gateway.calls()).toBe(1);
  });

  test.each([
    ['ends before its content length', text('Content-Length: 5\r\n', '123')],
    [
      'ends before its content length, as the last of its connection',
      text('Content-Length: 5\r\nConnection: close\r\n', '123'),
    ],
    ['ends inside a chunk', text('Transfer-Encoding: chunked\r\n', '5\r\n123')],
    [
      'ends inside a chunk, as the last of its connection',
      text('Transfer-Encoding: chunked\r\nConnection: close\r\n', '5\r\n123'),
    ],
    ['ends between two chunks', text('Transfer-Encoding: chunked\r\nConnection: close\r\n', '3\r\n123\r\n')],
  ])('because it %s is not believed', async (_, answer) => {
    for (const step of [{ fin: true }, { rst: true }] as const) {
      const gateway = await start({ scripts: { '*': [{ send: answer }, { sleep: 20 }, step] } }, options);
      const { data, errors } = await ask(gateway);
      expect(data.product.partner).toBeNull();
      expect(errors?.[0]?.extensions?.['code']).toMatch(/^SOURCE_(UNAVAILABLE|BAD_RESPONSE)$/);
    }
  });

  test('although it is whole is believed', async () => {
    const gateway = await start({ scripts: { '*': [{ send: http('12345', 'text/plain') }] } }, options);
    expect((await ask(gateway)).data.product.partner).toEqual({ impressions: 12_345 });
  });

  test('as a bare number without a length is not believed in JSON either', async () => {
    const cut = { send: 'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n123' };
    const gateway = await start(
      { scripts: { '*': [cut, { fin: true }] } },
      { ...options, partner: { identity: null } },
    );
    const { data, errors } = await ask(gateway);
    expect(data.product.partner?.impressions ?? null).toBeNull();
    expect(errors).toMatchObject([{ extensions: { code: 'SOURCE_BAD_RESPONSE' } }]);
  });

  test('is believed as a whole JSON object, which shows its own end', async () => {
    const whole = (target: string) =>
      `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n${summaryOf(target)}`;
    const gateway = await start({ scripts: { '*': [{ send: whole }, { fin: true }] } });
    expect((await gateway.askProduct()).data.product.partner).toEqual(honestFigures);
  });
});

describe('a partner that says more than it was asked', () => {
  test('on an idle connection is not heard: the next product gets its own answer on a new one', async () => {
    const gateway = await face('answers twice', { products: 4, partner: { concurrency: 1 } });
    for (const index of [0, 1, 2, 3]) {
      const { data, errors } = await gateway.askProduct(index);
      expect([data.product.partner, errors]).toEqual([honestFigures, undefined]);
      await until(() => gateway.bad.connections[index]?.closedBy === 'client', 'the connection to be dropped');
    }
    expect(gateway.bad.ledger).toHaveLength(4);
  });
});

describe('a connection that the partner closes while it is idle', () => {
  test('is noticed and replaced, and the client sees nothing of it', async () => {
    const gateway = await face('closes an idle connection in silence', { products: 2, partner: { concurrency: 1 } });
    await gateway.askProduct(0);
    await until(() => gateway.bad.connections[0]?.closedAt !== undefined, 'the idle connection to be closed');
    const { data, extensions } = await gateway.askProduct(1);
    expect(data.product.partner).toEqual(honestFigures);
    expect(extensions.sources['partner']).toMatchObject({ calls: 1, failures: 0 });
  });

  const racing = (end: 'rst' | 'fin') => ({
    scripts: {
      '*': ({ onConnection }: { onConnection: number }) =>
        onConnection === 1 ? [honest] : [end === 'rst' ? { rst: true as const } : { fin: true as const }],
    },
  });

  test.each(['fin', 'rst'] as const)(
    'just when it is used (%s) costs one free call more, and the client sees nothing of it',
    async (end) => {
      const gateway = await start(racing(end), { products: 2, partner: { concurrency: 1, retry: { attempts: 1 } } });
      await gateway.askProduct(0);
      const { data, errors, extensions } = await gateway.askProduct(1);
      expect([data.product.partner, errors]).toEqual([honestFigures, undefined]);
      expect([gateway.calls(0), gateway.calls(1)]).toEqual([1, 2]);
      expect(extensions.sources['partner']).toMatchObject({ calls: 2, retries: 1 });
    },
  );

  test('and thirty others with it cost thirty free calls: no budget, no breaker, no error', async () => {
    const gateway = await start(racing('rst'), { products: 60, partner: { concurrency: 30, retry: { attempts: 1 } } });
    const ids = (from: number) => gateway.world.products.slice(from, from + 30).map(({ id }) => id);
    const query = 'query ($ids: [ID!]!) { products(ids: $ids) { partner { impressions } } }';
    await gateway.ask(query, { ids: ids(0) });
    expect(gateway.bad.connections).toHaveLength(30);
    const { data, errors } = await gateway.ask<{ products: unknown[] }>(query, { ids: ids(30) });
    expect(errors).toBeUndefined();
    expect(data.products).toEqual(Array(30).fill({ partner: { impressions: honestFigures.impressions } }));
  });
});

describe('a partner that breaks HTTP', () => {
  test.each(['gives two lengths', 'speaks no HTTP', 'sends a head of 70 kB'])(
    '%s: SOURCE_BAD_RESPONSE, one call, and the connection is closed',
    async (name) => {
      const gateway = await face(name);
      expectFailure(await gateway.askProduct(), { code: 'SOURCE_BAD_RESPONSE', retryable: false });
      await closedByClient(gateway);
      expect(gateway.calls()).toBe(1);
    },
  );
});

describe('a partner that sends too much', () => {
  test.each([['sends 50 MB'], ['sends chunks for ever'], ['sends a gzip bomb']])(
    '%s: SOURCE_BAD_RESPONSE, one call, and the connection is closed',
    async (name) => {
      const gateway = await face(name);
      const answer = await gateway.askProduct();
      expectFailure(answer, { code: 'SOURCE_BAD_RESPONSE', retryable: false });
      expect(gateway.calls()).toBe(1);
      expect(answer.ms).toBeLessThan(5_000);
      await closedByClient(gateway);
    },
  );

  test('in ten codings at once: SOURCE_BAD_RESPONSE, one call', async () => {
    const gateway = await face('codes ten times');
    expectFailure(await gateway.askProduct(), { code: 'SOURCE_BAD_RESPONSE', retryable: false });
    expect(gateway.calls()).toBe(1);
  });

  test.each([
    ['an endless answer', scriptOf('sends chunks for ever').server.scripts?.['*']],
    ['a gzip bomb', scriptOf('sends a gzip bomb').server.scripts?.['*']],
    ['a large HTML page', [{ send: http('<p>'.repeat(400_000), 'text/html') }]],
    [
      'an endless text without a length',
      [{ send: 'HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n' }, { repeat: [{ send: 'x'.repeat(65_536) }] }],
    ],
    [
      'an endless error',
      [
        { send: 'HTTP/1.1 500 Failing\r\nTransfer-Encoding: chunked\r\n\r\n' },
        { repeat: [{ send: `10000\r\n${'x'.repeat(65_536)}\r\n` }] },
      ],
    ],
  ])('%s takes no connection for ever: the next product is answered', async (_, script) => {
    const gateway = await start(
      { scripts: { '/P-1001': script ?? [], '*': [honest] } },
      { products: 2, partner: { concurrency: 1, timeout: '2s' } },
    );
    expect((await gateway.askProduct(0)).data.product.partner).toBeNull();
    const { data, errors } = await gateway.askProduct(1);
    expect([data.product.partner, errors]).toEqual([honestFigures, undefined]);
  });
});

describe('a partner whose certificate is not valid', () => {
  test.each([
    'has a certificate that nobody vouches for',
    'has an expired certificate',
    'resets in the body, TLS',
    'cuts a text without a length, TLS',
  ])('%s: SOURCE_UNAVAILABLE, not to be repeated, and no request is sent', async (name) => {
    const gateway = await face(name);
    const answer = await gateway.askProduct();
    expectFailure(answer, { code: 'SOURCE_UNAVAILABLE', retryable: false });
    expect(answer.extensions.sources['partner']).toMatchObject({ calls: 1, retries: 0, failures: 1 });
    expect([gateway.bad.ledger, gateway.bad.connections.length]).toEqual([[], 1]);
  });

  test('is left alone after ten tries', async () => {
    const gateway = await face('has an expired certificate', { products: 20, partner: { concurrency: 1 } });
    const { errors = [] } = await gateway.askSite(20);
    expect(errors.map(({ extensions }) => extensions?.['code']).toSorted()).toEqual([
      ...Array(10).fill('CIRCUIT_OPEN'),
      ...Array(10).fill('SOURCE_UNAVAILABLE'),
    ]);
    expect(gateway.bad.connections).toHaveLength(10);
  });
});

describe('a redirect', () => {
  test.each([301, 302, 303, 307, 308])('(%i) is SOURCE_BAD_RESPONSE and not followed', async (status) => {
    const elsewhere = await startBadServer({ scripts: { '*': [honest] } });
    running.push(elsewhere);
    const redirect = `HTTP/1.1 ${status} Moved\r\nLocation: ${elsewhere.url}/login?api_key=x\r\nContent-Length: 0\r\n\r\n`;
    const gateway = await start({ scripts: { '*': [{ send: redirect }] } });
    const answer = await gateway.askProduct();
    expectFailure(answer, { code: 'SOURCE_BAD_RESPONSE', retryable: false });
    expect([gateway.calls(), elsewhere.connections.length]).toEqual([1, 0]);
    expect(JSON.stringify(answer)).not.toContain('login');
  });
});
