import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { FaultRule } from '../src/demo/faults.js';
import { hashSecret } from '../src/server/accessKeys.js';
import { startCommand } from './helpers/commandLine.js';
import { onFreshDay } from './helpers/freshDay.js';
import { type GatewayOptions, type RunningGateway, startGateway } from './helpers/gateway.js';
import { type RecordedRequest, type Recorder, startRecorder } from './helpers/recorder.js';
import { findSecrets } from './helpers/secretForms.js';
import { until } from './helpers/until.js';

/** Holds what every encoding changes. */
const canary = 'c4n4ry/+k&y="%5C\\ü-of-the-partner';
const query = (on: string) =>
  `{ site(id: "shop") { products { nodes { id googleAnalytics${on} { pageViews totalRevenue } partner${on} { orders revenue currency updatedAt } } } } }`;

/** What a client sends: it is known to the gateway by its hash alone. */
const clientKey = 'c4n4ry-of-a-client-0123456789';
const authorization = `Bearer page.${clientKey}`;

/** Everything that went out: what a client, an operator or a log could read. */
type Sinks = Map<string, string>;

async function record(sinks: Sinks, name: string, response: Response): Promise<number> {
  sinks.set(`${name}: headers`, JSON.stringify([...response.headers]));
  sinks.set(`${name}: body`, await response.text());
  return response.status;
}

async function ask(url: string, sinks: Sinks, name: string): Promise<void> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'gateway-trace': '1', authorization },
    body: JSON.stringify({ query: query(onFreshDay()) }),
  });
  expect(await record(sinks, name, response)).toBe(200);
}

/** What the partner's own error pages like to repeat. */
const asked = `/summary?product=P-1001&api_key=${encodeURIComponent(canary)}`;
const figures = { product: 'P-1001', impressions: 1, clicks: 1, orders: 1, revenue: '1.00', updatedAt: null };
const partnerFaults: Omit<FaultRule, 'keys'>[] = [
  { fault: 'status', status: 500, body: `No luck with ${asked} (${canary})` },
  { fault: 'status', status: 401, body: { error: `wrong key ${canary}`, url: asked } },
  { fault: 'status', status: 429, retryAfter: 0, body: { url: asked } },
  { fault: 'status', status: 404, body: asked },
  { fault: 'status', status: 200, body: { error: `bad request: ${asked}` } },
  { fault: 'status', status: 200, body: asked },
  { fault: 'status', status: 200, body: { ...figures, orders: asked, currency: 'EUR' } },
  { fault: 'status', status: 200, body: { ...figures, product: canary } },
  { fault: 'redirect', location: `http://127.0.0.1:1${asked}` },
  { fault: 'html' },
  { fault: 'mismatch' },
  { fault: 'number', value: canary },
  { fault: 'hang' },
  { fault: 'reset' },
  { fault: 'truncate' },
  { fault: 'huge', bytes: 2_000_000 },
].map((rule) => rule as Omit<FaultRule, 'keys'>);

const googleFaults = (token: string): Omit<FaultRule, 'keys'>[] =>
  [
    {
      fault: 'status',
      status: 400,
      body: { error: { code: 400, message: `Bad Bearer ${token}`, status: 'INVALID_ARGUMENT' } },
    },
    { fault: 'status', status: 403, body: `<html>${token}</html>` },
    { fault: 'status', status: 500, body: { error: { message: token } } },
    { fault: 'status', status: 200, body: { kind: token } },
    { fault: 'quota', bucket: 'concurrentRequests' },
    { fault: 'unavailable' },
    { fault: 'html' },
    { fault: 'hang' },
    { fault: 'reset' },
    { fault: 'redirect', location: 'http://127.0.0.1:1/' },
    { fault: 'token-down' },
  ].map((rule) => rule as Omit<FaultRule, 'keys'>);

/** Short waits, no retries, and a breaker that never opens: every fault is really met. */
const plainly: Pick<GatewayOptions, 'configure'> = {
  configure({ sources: { partner, googleAnalytics } }) {
    Object.assign(partner ?? {}, {
      timeout: '150ms',
      maxPause: '1ms',
      retry: { attempts: 1, budget: '10%' },
      breaker: { failures: 1000, slow: '1h', open: '1ms' },
    });
    Object.assign(googleAnalytics ?? {}, { timeout: '150ms' });
  },
};

describe('no secret leaves the gateway', () => {
  let gateway: RunningGateway;
  let google: Recorder;
  const sinks: Sinks = new Map();
  const secrets: Record<string, string> = { 'the partner key': canary, 'the key of a client': clientKey };

  beforeAll(async () => {
    google = await startRecorder();
    gateway = await startGateway({
      products: 2,
      partnerKey: canary,
      configure(file) {
        plainly.configure?.(file);
        file['access'] = { keys: [{ id: 'page', hash: hashSecret(clientKey) }] };
        google.forwardTo(String(file.sources.googleAnalytics?.['rootUrl']));
        Object.assign(file.sources.googleAnalytics ?? {}, { rootUrl: google.url });
      },
    });
  });
  afterAll(() => Promise.all([gateway.close(), google.close()]));

  /** The token that the gateway was given, as Google sees it, and the key that it was bought with. */
  async function learnSecrets(): Promise<string> {
    const { authorization = '' } = google.requests.at(-1)?.headers ?? {};
    const token = authorization.replace('Bearer ', '');
    const file = await readFile(join(gateway.folder, 'google-credentials.json'), 'utf8');
    const { private_key: key } = JSON.parse(file) as { private_key: string };
    const [, ...lines] = key.trim().split('\n');
    Object.assign(secrets, {
      'the access token': token,
      'the private key': key,
      'a line of the private key': lines[3] ?? '',
    });
    expect(token).toMatch(/^ya29\..{20,}/);
    return token;
  }

  /** All faults of both sources, one after the other, and the requests that are wrong in themselves. */
  async function provoke(url: string, place: string): Promise<void> {
    // Times are short here, and a busy machine may need more than one try.
    await until(async () => {
      await ask(url, sinks, `${place}, no fault`);
      return google.requests.length > 0;
    }, 'Google was asked');
    const token = await learnSecrets();
    for (const [index, rule] of partnerFaults.entries()) {
      await gateway.partner.faults({ keys: '*', ...rule } as FaultRule);
      await ask(url, sinks, `${place}, partner ${rule.fault} ${index}`);
    }
    await gateway.partner.reset();
    for (const [index, rule] of googleFaults(token).entries()) {
      await gateway.google.faults({ keys: '*', ...rule } as FaultRule);
      await ask(url, sinks, `${place}, Google ${rule.fault} ${index}`);
    }
    await gateway.google.reset();
    for (const path of ['/', '/livez', '/readyz', '/metrics', '/graphql', '/nothing']) {
      await record(sinks, `${place}, ${path}`, await fetch(new URL(path, url), { headers: { authorization } }));
      await record(sinks, `${place}, ${path}, of a stranger`, await fetch(new URL(path, url)));
    }
    for (const wrong of [`Bearer nobody.${clientKey}`, `Bearer page.${clientKey}x`, `Basic ${clientKey}`, clientKey]) {
      const init = { method: 'POST', headers: { authorization: wrong }, body: '{}' };
      expect(await record(sinks, `${place}, ${wrong.slice(0, 11)}`, await fetch(url, init))).toBe(401);
    }
    await record(sinks, `${place}, malformed`, await fetch(url, { method: 'POST', body: `{"${canary}` }));
  }

  test('in process: not in answers, headers, extensions and telemetry', async () => {
    await provoke(gateway.url, 'in process');
    sinks.set('events as JSON', JSON.stringify(gateway.events));
    sinks.set('events as Node prints them', inspect(gateway.events, { depth: null, maxArrayLength: null }));
    expect(sinks.size).toBeGreaterThan(60);
    expect(findSecrets(sinks, secrets)).toEqual([]);
  });

  test('serve as a process: not in answers, standard output, the log and spans', async () => {
    const collector = await startRecorder();
    collector.answerWith(() => ({ body: '{}' }));
    const command = startCommand(['serve', '--config', join(gateway.folder, 'gateway.yaml')], {
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
    });
    const url = await command.printed(/listens on (\S+)/);
    await provoke(url, 'serve');
    const { stdout, stderr } = await command.end();
    await collector.close();
    const spans = collector.requests.map(({ body }) => body).join('\n');
    expect(spans).toMatch(/"SOURCE_\w+"/);
    sinks.set('standard output of serve', stdout).set('standard error of serve', stderr).set('spans of serve', spans);
    expect(findSecrets(sinks, secrets)).toEqual([]);
  }, 60_000);

  test('the search itself finds a secret in each of its forms', () => {
    const texts = new Map([
      ['text', `a ${canary} b`],
      ['url', `/?api_key=${encodeURIComponent(canary)}`],
      ['json', JSON.stringify({ nested: JSON.stringify({ key: canary }) })],
      ['base64', Buffer.from(`user:${canary}`).toString('base64')],
    ]);
    const found = findSecrets(texts, { key: canary });
    for (const place of texts.keys()) expect(found.some((text) => text.endsWith(`in ${place}`))).toBe(true);
  });
});

describe('a partner that repeats the URL that it was asked for', () => {
  const running: { close(): Promise<void> }[] = [];
  afterEach(async () => {
    for (const each of running.splice(0).reverse()) await each.close();
  });

  test.each([
    {
      where: 'in a text figure',
      answer: ({ target }: RecordedRequest) => JSON.stringify({ ...figures, currency: `see ${target}` }),
      format: 'json',
    },
    { where: 'as the whole text', answer: ({ target }: RecordedRequest) => `Hello ${target}`, format: 'text' },
    {
      where: 'decoded',
      answer: ({ target }: RecordedRequest) =>
        JSON.stringify({ ...figures, currency: new URL(target, 'http://p').searchParams.get('api_key') }),
      format: 'json',
    },
  ])('$where of a 200 does not hand the key to clients', async ({ answer, format }) => {
    const partner = await startRecorder();
    running.push(partner);
    partner.answerWith((request) => ({ body: answer(request), headers: { 'content-type': 'application/json' } }));
    const gateway = await startGateway({
      products: 1,
      partnerKey: canary,
      configure: ({ sources }) =>
        void Object.assign(sources.partner ?? {}, {
          url: `${partner.url}/summary?product={partnerId}&from={start}&to={end}`,
          format,
          identity: null,
        }),
      schema: (text) => (format === 'text' ? text.replace('pointer: "/currency"', 'pointer: ""') : text),
    });
    running.push(gateway);
    const sinks: Sinks = new Map();
    const response = await fetch(gateway.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: `{ product(id: "shop-red-shoe-1") { partner${onFreshDay()} { currency } } }` }),
    });
    expect(await record(sinks, 'the answer', response)).toBe(200);
    expect(partner.requests).toHaveLength(1);
    expect(findSecrets(sinks, { 'the partner key': canary })).toEqual([]);
  });
});

describe('demo as a process', () => {
  test('prints and answers neither its partner key nor its Google credentials', async () => {
    const command = startCommand([
      'demo',
      '--port',
      '0',
      '--products',
      '2',
      '--sites',
      '1',
      '--latency',
      '1',
      '--seed',
      '4711',
    ]);
    const url = await command.printed(/Analytics Gateway\s+(\S+)/);
    const googleUrl = await command.printed(/Google Analytics\s+(\S+)/);
    const partnerUrl = await command.printed(/Partner\s+(\S+)/);
    const { private_key: key } = (await (await fetch(`${googleUrl}/__credentials`)).json()) as { private_key: string };
    const sinks: Sinks = new Map();
    const spoil = (emulator: string, ...rules: object[]) =>
      fetch(`${emulator}/__faults`, { method: 'POST', body: JSON.stringify(rules) });
    await ask(url, sinks, 'no fault');
    await spoil(partnerUrl, { keys: '*', fault: 'status', status: 500, body: 'demo-key-4711' });
    await spoil(googleUrl, { keys: '*', fault: 'html' });
    await ask(url, sinks, 'faults');
    const { stdout, stderr } = await command.end();
    sinks.set('standard output', stdout).set('standard error', stderr);
    expect(
      findSecrets(sinks, { 'the partner key': 'demo-key-4711', 'the private key': key, 'a token': 'ya29.c.' }),
    ).toEqual([]);
  }, 60_000);
});
