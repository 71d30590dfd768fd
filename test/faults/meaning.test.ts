import { afterEach, describe, expect, test } from '@jest/globals';
import { createRandom } from '../../src/demo/random.js';
import type { TelemetryEvent } from '../../src/telemetry.js';
import type { Script } from '../helpers/badConnection.js';
import { failing, honest, http, summaryOf } from '../helpers/badScripts.js';
import type { BadRequest } from '../helpers/badServer.js';
import { createFakeClock } from '../helpers/fakeClock.js';
import {
  type FaultyGateway,
  type FaultyOptions,
  honestFigures,
  type ProductAnswer,
  startFaultyGateway,
} from '../helpers/faultyGateway.js';
import { until } from '../helpers/until.js';

const running: FaultyGateway[] = [];
afterEach(async () => {
  for (const gateway of running.splice(0)) await gateway.close();
});

async function start(
  script: Script | ((request: BadRequest) => Script),
  options?: FaultyOptions,
): Promise<FaultyGateway> {
  const gateway = await startFaultyGateway({ scripts: { '*': script } }, options);
  running.push(gateway);
  return gateway;
}

type Errors = Awaited<ReturnType<FaultyGateway['askProduct']>>['errors'];
const codesOf = (errors: Errors) => (errors ?? []).map(({ extensions }) => extensions?.['code']);
const google = (answer: ProductAnswer) => answer.googleAnalytics?.pageViews;
const breakerStates = ({ events }: FaultyGateway) =>
  events.flatMap((event) => (event.type === 'breaker.changed' && event.source === 'partner' ? [event.state] : []));
const partnerCalls = ({ events }: FaultyGateway, type: TelemetryEvent['type']) =>
  events.filter((event) => event.type === type && 'source' in event && event.source === 'partner').length;

/** One product, whose partner figures are all null for this reason; Google's are there, and the partner was asked once. */
async function expectFailure(gateway: FaultyGateway, code: string, retryable: boolean): Promise<void> {
  const answer = await gateway.askProduct();
  expect([answer.status, answer.data.product.partner]).toEqual([200, null]);
  expect(google(answer.data.product)).toEqual(expect.any(Number));
  expect(answer.errors).toMatchObject([
    { path: ['product', 'partner'], extensions: { code, source: 'partner', retryable } },
  ]);
  expect(gateway.calls()).toBe(1);
}

describe('an answer that is none', () => {
  test.each([
    ['an HTML page', http('<html><form>Log in</form></html>', 'text/html')],
    ['an HTML page that says it is JSON', http('<html><form>Log in</form></html>')],
    ['an empty body', http('')],
    ['cut JSON', http('{"product":"P-1001","impressions":12')],
    ['JSON with something behind it', http(`${summaryOf('?product=P-1001')}{}`)],
    ['text', http('12345', 'text/plain')],
    ['latin-1', http(Buffer.from(summaryOf('?product=P-1001').replace('EUR', 'caf\u00e9'), 'latin1'))],
    ['invalid UTF-8', http(Buffer.concat([Buffer.from('{"product":"'), Buffer.from([0xc3, 0x28]), Buffer.from('"}')]))],
    ['UTF-16', http(Buffer.from(summaryOf('?product=P-1001'), 'utf16le'))],
    ['null', http('null')],
    ['a list', http('[]')],
    ['another product', http(summaryOf('?product=P-1002'))],
    ['a product that only looks the same', http(summaryOf('?product=p-1001'))],
    ['a product hidden in a prototype', http('{"__proto__":{"product":"P-1001","impressions":1}}')],
    ['204', 'HTTP/1.1 204 No Content\r\n\r\n'],
    ['206', 'HTTP/1.1 206 Partial\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}'],
  ])('(%s) is SOURCE_BAD_RESPONSE and asked for once', async (_, send) => {
    await expectFailure(await start([{ send }]), 'SOURCE_BAD_RESPONSE', false);
  });

  test('and repeats our key is SOURCE_BAD_RESPONSE, and nobody reads the key', async () => {
    const echo = (target: string) => http(JSON.stringify({ error: `not allowed: ${target}` }));
    const gateway = await start([{ send: echo }]);
    const answer = await gateway.askProduct();
    expect(gateway.bad.ledger[0]).toContain('test-partner-key');
    expect(codesOf(answer.errors)).toEqual(['SOURCE_BAD_RESPONSE']);
    expect(JSON.stringify([answer, gateway.events])).not.toContain('test-partner-key');
    expect(JSON.stringify(answer)).not.toContain('not allowed');
  });

  test.each([400, 401, 403, 404, 429, 500, 503])(
    'with status %i and our key in it tells nobody the key',
    async (status) => {
      const gateway = await start((request) => failing(status, '', JSON.stringify({ error: request.target })));
      const answer = await gateway.askProduct();
      expect(answer.data.product.partner).toBeNull();
      expect(JSON.stringify([answer, gateway.events])).not.toContain('test-partner-key');
    },
  );
});

describe('an answer in an unusual form', () => {
  const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
  test.each([
    ['with a byte order mark', `\ufeff${summaryOf('?product=P-1001')}`],
    ['with white space around it', `\r\n\t ${summaryOf('?product=P-1001')} \n`],
    ['with figures that nobody asked for', summaryOf('?product=P-1001').replace('{', '{"more":{"a":[1,2]},')],
    ['with a key twice, where the last one counts', summaryOf('?product=P-1001').replace('{', '{"impressions":1,')],
    ['with a prototype, which stays out', summaryOf('?product=P-1001').replace('{', '{"__proto__":{"polluted":1},')],
  ])('(%s) is read', async (_, body) => {
    const gateway = await start([{ send: http(body) }]);
    const { data, errors } = await gateway.askProduct();
    expect([data.product.partner, errors]).toEqual([honestFigures, undefined]);
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
  });

  test('(100,000 levels deep) is a value or SOURCE_BAD_RESPONSE, and the gateway goes on', async () => {
    const nested = summaryOf('?product=P-1001').replace('{', `{"deep":${deep},`);
    const gateway = await start(({ path }) => [path === '/P-1001' ? { send: http(nested) } : honest], { products: 2 });
    const { status, data, errors } = await gateway.askProduct(0);
    expect(status).toBe(200);
    if (data.product.partner === null) expect(codesOf(errors)).toEqual(['SOURCE_BAD_RESPONSE']);
    else expect(data.product.partner).toEqual(honestFigures);
    expect((await gateway.askProduct(1)).data.product.partner).toEqual(honestFigures);
  });
});

describe('a number', () => {
  /** One product for each way to write its impressions. */
  async function read(written: readonly string[]): Promise<{ nodes: ProductAnswer[]; errors: Errors }> {
    const body = (target: string) => {
      const index = Number(new URL(target, 'http://partner').pathname.slice('/P-'.length)) - 1_001;
      return http(summaryOf(target).replace('12345', written[index] ?? ''));
    };
    const gateway = await start([{ send: body }], { products: written.length });
    const { data, errors } = await gateway.askSite(written.length);
    return { nodes: data.site.products.nodes, errors };
  }

  const wrong = [
    '"1,234"',
    '"1.234"',
    '"1 234"',
    '""',
    '" "',
    'null',
    'true',
    'false',
    '"NaN"',
    '"Infinity"',
    '1e999',
    '-1e999',
    '"1e3"',
    '"0x10"',
    '9007199254740992',
    '9007199254740993',
    '"9007199254740993"',
    '12345678901234567890',
    '"12345678901234567890"',
    '-1',
    '"-1"',
    '"+5"',
    '1.5',
    '" 5"',
    '"5 "',
    '"5\\n"',
    '"\uff11\uff12"',
    '"\u0661"',
    '[]',
    '[5]',
    '{}',
    '{"valueOf":5}',
  ];

  test('that is none is null with SOURCE_BAD_RESPONSE at its own path, never 0, and the other figures stay', async () => {
    const { nodes, errors = [] } = await read(wrong);
    expect(nodes.map(({ partner }) => partner)).toEqual(wrong.map(() => ({ ...honestFigures, impressions: null })));
    expect(errors.map(({ path }) => path).sort()).toEqual(
      wrong.map((_, index) => ['site', 'products', 'nodes', index, 'partner', 'impressions']).sort(),
    );
    expect(new Set(codesOf(errors))).toEqual(new Set(['SOURCE_BAD_RESPONSE']));
    expect(nodes.map(google)).toEqual(wrong.map(() => expect.any(Number)));
  });

  test.each([
    ['0', 0],
    ['"0"', 0],
    ['12', 12],
    ['"12"', 12],
    ['999999999999999', 999_999_999_999_999],
    ['"999999999999999"', 999_999_999_999_999],
    ['9007199254740991', Number.MAX_SAFE_INTEGER],
  ])('written as %s is read as it is', async (written, value) => {
    const { nodes, errors } = await read([written]);
    expect([nodes[0]?.partner?.impressions, errors]).toEqual([value, undefined]);
  });
});

describe('429', () => {
  const hasty: FaultyOptions = { products: 3, deadline: '500ms' };
  const start429 = async (status: number, retryAfter: (now: number) => string | null) => {
    const clock = createFakeClock();
    const header = retryAfter(clock.now());
    const limited = failing(status, header === null ? '' : `Retry-After: ${header}\r\n`);
    const gateway = await start(({ path }) => (path === '/P-1001' ? limited : [honest]), { ...hasty, clock });
    return { clock, gateway };
  };
  const dateIn = (ms: number) => (now: number) => new Date(now + ms).toUTCString();

  test.each<[string, (now: number) => string | null, number, number]>([
    ['5', () => '5', 5_000, 5_000],
    ['a date in 5 s', dateIn(5_000), 5_000, 5_000],
    ['-5', () => '-5', 1_000, 1_000],
    ['3600', () => '3600', 3_600_000, 300_000],
    ['a date in an hour', dateIn(3_600_000), 3_600_000, 300_000],
    ['nothing', () => null, 1_000, 1_000],
    ['junk', () => 'junk', 1_000, 1_000],
  ])('with Retry-After: %s is no call for so long, then again', async (_, retryAfter, told, pause) => {
    const { clock, gateway } = await start429(429, retryAfter);
    const first = await gateway.askProduct(0);
    expect(first.data.product).toMatchObject({ partner: null, googleAnalytics: { pageViews: expect.any(Number) } });
    expect(first.errors).toMatchObject([
      {
        path: ['product', 'partner'],
        extensions: { code: 'SOURCE_RATE_LIMITED', source: 'partner', retryable: true, retryAfterMs: told },
      },
    ]);

    const second = await gateway.askProduct(1);
    expect(google(second.data.product)).toEqual(expect.any(Number));
    expect(second.errors).toMatchObject([
      { extensions: { code: 'SOURCE_RATE_LIMITED', retryable: true, retryAfterMs: pause } },
    ]);
    await clock.advance(pause - 500);
    expect(codesOf((await gateway.askProduct(1)).errors)).toEqual(['SOURCE_RATE_LIMITED']);
    expect(gateway.bad.ledger).toHaveLength(1);

    await clock.advance(500);
    expect((await gateway.askProduct(2)).data.product.partner).toEqual(honestFigures);
    expect(breakerStates(gateway)).toEqual([]);
  });

  test('with a pause that ends before the deadline is waited for', async () => {
    const { clock, gateway } = await start429(429, () => '5');
    await gateway.askProduct(0);
    await clock.advance(4_700);
    const waiting = gateway.askProduct(1);
    await until(() => partnerCalls(gateway, 'call.queued') === 1, 'the call to wait');
    expect(gateway.bad.ledger).toHaveLength(1);
    await clock.advance(300);
    const { data, extensions } = await waiting;
    expect(data.product.partner).toEqual(honestFigures);
    expect(extensions.sources['partner']).toMatchObject({ queuedMs: 300, calls: 1 });
  });

  test('is a pause as well when it is 503 with Retry-After, and 503 without is none', async () => {
    const asked = await start429(503, () => '5');
    expect((await asked.gateway.askProduct(0)).errors).toMatchObject([
      { extensions: { code: 'SOURCE_UNAVAILABLE', retryable: true, retryAfterMs: 5_000 } },
    ]);
    expect(codesOf((await asked.gateway.askProduct(1)).errors)).toEqual(['SOURCE_RATE_LIMITED']);
    expect(asked.gateway.bad.ledger).toHaveLength(1);
  });
});

describe('a full outage', () => {
  const errors500 = failing(500);

  test.each([500, 503])(
    '(%i) with 1,000 keys is noticed after ten failures, apart from what is in flight',
    async (status) => {
      const gateway = await start(failing(status), { products: 1_000, partner: { concurrency: 20 } });
      const { status: http, data, errors } = await gateway.askSite(1_000);
      expect(http).toBe(200);
      expect(data.site.products.nodes.every(({ partner }) => partner === null)).toBe(true);
      expect(data.site.products.nodes.map(google)).toEqual(Array(1_000).fill(expect.any(Number)));
      const asked = new Set(gateway.bad.ledger).size;
      expect(asked).toBeLessThanOrEqual(10 + 20);
      expect(gateway.bad.ledger.length).toBeLessThanOrEqual(1.1 * asked + 3);
      // Whoever waited for a second attempt finds the breaker open.
      expect(codesOf(errors).filter((code) => code !== 'SOURCE_UNAVAILABLE').length).toBeGreaterThanOrEqual(
        1_000 - asked,
      );
      expect(codesOf(errors).filter((code) => !/^(CIRCUIT_OPEN|SOURCE_UNAVAILABLE)$/.test(`${code}`))).toEqual([]);
      expect(errors).toHaveLength(1_000);
      expect(breakerStates(gateway)).toEqual(['open']);
    },
  );

  test('is probed once in each window, and when it is over all keys are served without a burst', async () => {
    const clock = createFakeClock();
    const concurrency = 20;
    let healthy = false;
    const gateway = await start(() => (healthy ? [honest] : errors500), {
      products: 1_000,
      partner: { concurrency },
      clock,
    });
    await gateway.askSite(1_000);
    const atOnset = gateway.bad.ledger.length;

    for (let window = 1; window <= 3; window += 1) {
      await clock.advance(29_999);
      expect(new Set(codesOf((await gateway.askSite(50)).errors))).toEqual(new Set(['CIRCUIT_OPEN']));
      expect(gateway.bad.ledger.length).toBe(atOnset + window - 1);
      await clock.advance(1);
      await gateway.askSite(50);
      expect(gateway.bad.ledger.length).toBe(atOnset + window);
    }

    healthy = true;
    await clock.advance(30_000);
    expect((await gateway.askProduct(999)).data.product.partner).toEqual(honestFigures);
    const before = gateway.events.length;
    const { data, errors } = await gateway.askSite(1_000);
    expect(errors).toBeUndefined();
    expect(data.site.products.nodes.map(({ partner }) => partner)).toEqual(Array(1_000).fill(honestFigures));
    expect(breakerStates(gateway).at(-1)).toBe('closed');

    // Two to begin with, and one more for each that was answered.
    let inFlight = 0;
    let succeeded = 0;
    for (const event of gateway.events.slice(before)) {
      if (!('source' in event) || event.source !== 'partner') continue;
      if (event.type === 'call.started') {
        inFlight += 1;
        expect(inFlight).toBeLessThanOrEqual(Math.min(concurrency, 2 + succeeded));
      }
      if (event.type === 'call.finished') {
        inFlight -= 1;
        succeeded += 1;
      }
    }
    expect(succeeded).toBe(999);
  });

  test('is a matter of one source: the breaker that it opens is to be seen, and Google goes on', async () => {
    const gateway = await start(errors500, { products: 20, partner: { concurrency: 1 } });
    await gateway.askSite(20);
    const { data } = await gateway.ask<{ sources: { name: string; breaker: string }[] }>(
      '{ sources { name breaker } }',
    );
    expect(data.sources).toEqual([
      { name: 'googleAnalytics', breaker: 'CLOSED' },
      { name: 'partner', breaker: 'OPEN' },
    ]);
  });
});

test('a partner that fails half of the time by chance answers half of the first attempts, and is asked a tenth more at most', async () => {
  // With this seed 51 of the first 100 throws are good, and never five in a row are bad.
  const random = createRandom('flapping-4');
  const throws: boolean[] = [];
  const gateway = await start(
    () => {
      throws.push(random() < 0.5);
      return throws.at(-1) ? [honest] : failing(503);
    },
    { products: 100, partner: { concurrency: 10 } },
  );
  const { data, errors = [] } = await gateway.askSite(100);
  const answered = data.site.products.nodes.filter(({ partner }) => partner !== null);
  expect(answered).toHaveLength(throws.filter(Boolean).length);
  expect(answered.length).toBeGreaterThanOrEqual(50);
  expect(answered.map(({ partner }) => partner)).toEqual(answered.map(() => honestFigures));
  expect(new Set(codesOf(errors))).toEqual(new Set(['SOURCE_UNAVAILABLE']));
  expect(errors).toHaveLength(100 - answered.length);
  expect(gateway.bad.ledger.length).toBeLessThanOrEqual(110);
  expect(breakerStates(gateway)).toEqual([]);
});

describe('a partner that refuses', () => {
  test.each([401, 403])('our credentials (%i) is asked three times, then left alone', async (status) => {
    const gateway = await start(failing(status), { products: 20, partner: { concurrency: 1 } });
    const { data, errors = [] } = await gateway.askSite(20);
    expect(gateway.bad.ledger).toHaveLength(3);
    expect(codesOf(errors).sort()).toEqual([...Array(17).fill('CIRCUIT_OPEN'), ...Array(3).fill('SOURCE_REJECTED')]);
    expect(errors.find(({ extensions }) => extensions?.['code'] === 'SOURCE_REJECTED')?.extensions).toMatchObject({
      retryable: false,
    });
    expect(data.site.products.nodes.map(google)).toEqual(Array(20).fill(expect.any(Number)));
  });

  test.each([
    [400, 'SOURCE_REJECTED'],
    [404, 'SOURCE_NOT_FOUND'],
    [410, 'SOURCE_NOT_FOUND'],
    [422, 'SOURCE_REJECTED'],
  ])('single products (%i) is asked for each of them once, and for the others as well', async (status, code) => {
    const gateway = await start(({ path }) => (path === '/P-1050' ? [honest] : failing(status)), {
      products: 50,
      partner: { concurrency: 5 },
    });
    const { data, errors = [] } = await gateway.askSite(50);
    expect(codesOf(errors)).toEqual(Array(49).fill(code));
    expect(errors[0]?.extensions).toMatchObject({ source: 'partner', retryable: false });
    expect(data.site.products.nodes[49]?.partner).toEqual(honestFigures);
    expect(gateway.bad.ledger).toHaveLength(50);
    expect(breakerStates(gateway)).toEqual([]);
  });
});

describe('a partner that hangs on every call', () => {
  test('leaves Google its time: partner figures are DEADLINE_EXCEEDED at the deadline, and few calls are made', async () => {
    const gateway = await start([{ halfOpen: true }], {
      products: 200,
      deadline: '1500ms',
      partner: { concurrency: 10, timeout: '30s', breaker: { slow: '20s' } },
    });
    const { status, data, errors, extensions, ms } = await gateway.askSite(200);
    expect(status).toBe(200);
    expect(codesOf(errors)).toEqual(Array(200).fill('DEADLINE_EXCEEDED'));
    expect(errors?.[0]?.extensions).toMatchObject({ source: 'partner', retryable: true });
    expect(data.site.products.nodes.map(google)).toEqual(Array(200).fill(expect.any(Number)));
    expect(gateway.bad.ledger).toHaveLength(10);
    expect(ms).toBeLessThan(3 * 1_500);
    // Google's report was there before the deadline made it wait for the partner.
    expect(extensions.sources['googleAnalytics']?.['lastMs']).toBeLessThan(1_500);
  });

  test('is known as dead by the age of its calls, and whoever waits is told at once', async () => {
    const gateway = await start([{ halfOpen: true }], {
      products: 100,
      partner: { concurrency: 10, timeout: '1s', breaker: { failures: 1_000, slow: '200ms', open: '30s' } },
    });
    const { errors, ms } = await gateway.askSite(100);
    expect(codesOf(errors).sort()).toEqual([...Array(90).fill('CIRCUIT_OPEN'), ...Array(10).fill('SOURCE_TIMEOUT')]);
    expect(gateway.bad.ledger).toHaveLength(10);
    expect(ms).toBeLessThan(3 * 1_000);
    expect(breakerStates(gateway)).toEqual(['open']);
  });

  test('but answered a moment ago is asked on', async () => {
    const gateway = await start(({ path }) => [path === '/P-1001' ? { halfOpen: true } : honest], {
      products: 30,
      partner: { concurrency: 2, timeout: '1s', breaker: { failures: 10, slow: '30s', open: '30s' } },
    });
    const { data, errors } = await gateway.askSite(30);
    expect(codesOf(errors)).toEqual(['SOURCE_TIMEOUT']);
    expect(data.site.products.nodes.filter(({ partner }) => partner !== null)).toHaveLength(29);
  });
});

test('one poisoned product of 1,000 leaves 999 values, and one error with its path', async () => {
  const gateway = await start(
    ({ path }) => [path === '/P-1500' ? { send: http('<html></html>', 'text/html') } : honest],
    { products: 1_000, deadline: '60s' },
  );
  const { data, errors } = await gateway.askSite(1_000);
  const { nodes } = data.site.products;
  expect(nodes.filter(({ partner }) => partner !== null).map(({ partner }) => partner)).toEqual(
    Array(999).fill(honestFigures),
  );
  const poisoned = nodes.findIndex(({ partner }) => partner === null);
  expect(nodes[poisoned]?.id).toBe(gateway.world.products.find(({ partnerId }) => partnerId === 'P-1500')?.id);
  expect(errors).toMatchObject([
    {
      path: ['site', 'products', 'nodes', poisoned, 'partner'],
      extensions: { code: 'SOURCE_BAD_RESPONSE', retryable: false },
    },
  ]);
  expect(nodes.map(google)).toEqual(Array(1_000).fill(expect.any(Number)));
  expect(gateway.bad.ledger).toHaveLength(1_000);
});

test("two products whose answers are swapped show nothing of each other's", async () => {
  const swapped = (target: string) =>
    http(summaryOf(target.includes('P-1001') ? '?product=P-1002' : '?product=P-1001'));
  const gateway = await start([{ send: swapped }], { products: 2 });
  const { data, errors } = await gateway.askSite(2);
  expect(data.site.products.nodes.map(({ partner }) => partner)).toEqual([null, null]);
  expect(codesOf(errors)).toEqual(['SOURCE_BAD_RESPONSE', 'SOURCE_BAD_RESPONSE']);
});
