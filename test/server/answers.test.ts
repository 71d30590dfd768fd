import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type GatedPartner, startGatedPartner } from '../helpers/gatedPartner.js';
import { editYaml, type GatewayFile, type RunningGateway, startGateway } from '../helpers/gateway.js';
import { createMovableClock, type MovableClock } from '../helpers/movableClock.js';
import { until } from '../helpers/until.js';

const question =
  '{ site(id: "shop") { products(first: 2) { nodes { id googleAnalytics { pageViews } partner { orders } } } } }';
const partnerQuestion = '{ site(id: "shop") { products(first: 1) { nodes { partner { orders } } } } }';
const minute = 60_000;
const day = 86_400_000;

let clock: MovableClock;
let partner: GatedPartner;
let gateway: RunningGateway;

beforeEach(async () => {
  clock = createMovableClock();
  partner = await startGatedPartner();
  gateway = await startGateway({
    products: 4,
    clock,
    alwaysTrace: false,
    configure: ({ server, sources }: GatewayFile) => {
      server['deadline'] = '5s';
      Object.assign(sources.partner ?? {}, { url: partner.url, cache: { fresh: '2m', stale: '24h' } });
    },
  });
});

afterEach(async () => {
  await gateway.close();
  await partner.close();
});

async function send(query: string, headers: Record<string, string> = {}) {
  const response = await fetch(gateway.url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ query }),
  });
  return { text: await response.text(), caching: response.headers.get('cache-control') };
}

/** How often an answer was shared in each way, and how often sources were asked for keys. */
function counts() {
  const shared = (wanted: string) =>
    gateway.events.filter((event) => event.type === 'answer.shared' && event.how === wanted).length;
  const asked = gateway.events.filter(({ type }) => type === 'keys.asked').length;
  return { kept: shared('kept'), joined: shared('joined'), asked };
}

const maxAge = (caching: string | null) => Number(/^private, max-age=(\d+)$/.exec(caching ?? '')?.[1]);

describe('a complete answer', () => {
  beforeEach(() => partner.releaseAll());

  test('is kept and sent again, to the byte, without asking anybody or anything', async () => {
    const first = await send(question);
    const { asked } = counts();
    const second = await send(question);
    expect(second.text).toBe(first.text);
    expect(counts()).toEqual({ kept: 1, joined: 0, asked });
    expect(gateway.events.filter(({ type }) => type === 'request.finished')).toHaveLength(2);
  });

  test('may be kept by its client as long as its parts are fresh, which gets less', async () => {
    const first = await send(question);
    clock.push(minute);
    const second = await send(question);
    expect(counts().kept).toBe(1);
    expect(maxAge(first.caching)).toBeGreaterThan(60);
    expect(maxAge(first.caching) - maxAge(second.caching)).toBeGreaterThanOrEqual(60);
  });

  test('is executed again when the first of its parts is no longer fresh', async () => {
    await send(question);
    clock.push(3 * minute);
    const { asked } = counts();
    const later = await send(question);
    expect(counts().kept).toBe(0);
    expect(counts().asked).toBeGreaterThan(asked);
    // The partner's part is stale by now.
    expect(later.caching).toBe('no-store');
  });

  test('is made anew on another day, when its presets mean other days', async () => {
    await send('{ site(id: "shop") { name } }');
    clock.push(day);
    await send('{ site(id: "shop") { name } }');
    expect(counts().kept).toBe(0);
  });

  test('is made anew from a new catalog', async () => {
    const names = '{ site(id: "shop") { name } }';
    await send(names);
    await editYaml<{ sites: { name: string }[] }>(join(gateway.folder, 'catalog.yaml'), ({ sites: [site] }) => {
      if (site) site.name = 'Renamed';
    });
    await until(async () => (await send(names)).text.includes('Renamed'), 'the new name is served');
  });

  test('is another one where another type was asked for', async () => {
    const accept = 'application/graphql-response+json';
    await send(question);
    await send(question, { accept });
    expect(counts().kept).toBe(0);
    await send(question, { accept });
    expect(counts().kept).toBe(1);
  });

  test('says that it was kept to whoever asks for its trace, and executed where it was', async () => {
    const traced = { 'gateway-trace': '1' };
    expect(JSON.parse((await send(question, traced)).text)).toMatchObject({ extensions: { answer: 'executed' } });
    const { text } = await send(question);
    const { data, extensions } = JSON.parse((await send(question, traced)).text);
    expect({ data, extensions }).toEqual({ ...JSON.parse(text), extensions: { sources: {}, answer: 'kept' } });
  });
});

describe('what is true for one request only is not kept:', () => {
  test.each([
    ['the state of the sources', '{ sources { name inFlight } }'],
    ['an answer for which an age was asked', partnerQuestion.replace('partner', 'partner(maxAgeMs: 60000)')],
    ['an error', '{ products(ids: []) { id } site(id: "shop") { products(first: -1) { totalCount } } }'],
    ['a wrong question', '{ nothing }'],
  ])('%s', async (_, query) => {
    partner.releaseAll();
    const first = await send(query);
    await send(query);
    expect(first.caching).toBe('no-store');
    expect(counts()).toMatchObject({ kept: 0, joined: 0 });
  });

  test('what is pending', async () => {
    const query = partnerQuestion.replace('partner', 'partner(maxWaitMs: 0)');
    expect((await send(query)).caching).toBe('no-store');
    partner.releaseAll();
    await until(async () => !(await send(query)).text.includes('null'), 'the figure has come');
  });

  test('a page that is ordered without all of its figures', async () => {
    const query = '{ site(id: "shop") { products(orderBy: { by: PARTNER_ORDERS }, maxWaitMs: 0) { nodes { id } } } }';
    expect((await send(query)).caching).toBe('no-store');
    partner.releaseAll();
  });

  test('a plan', async () => {
    partner.releaseAll();
    await send(question);
    expect((await send(question, { 'gateway-plan': 'only' })).text).toContain('"plan"');
    expect(counts().kept).toBe(0);
  });
});

describe('the same question at the same moment', () => {
  const clients = 30;

  test('is executed once', async () => {
    const answers = Array.from({ length: clients }, () => send(partnerQuestion));
    await until(() => partner.asked().length === 1, 'the partner is asked');
    partner.releaseAll();
    const texts = new Set((await Promise.all(answers)).map(({ text }) => text));
    expect([...texts]).toEqual([expect.stringContaining('"orders"')]);
    expect(counts().asked).toBe(1);
    expect(counts().joined + counts().kept).toBe(clients - 1);
    expect(partner.asked()).toHaveLength(1);
  });

  test('is executed by each of them where the first answer has an error', async () => {
    let answered = 0;
    const answers = Array.from({ length: 3 }, () => send(partnerQuestion).finally(() => (answered += 1)));
    await until(() => partner.asked().length === 1, 'the partner is asked');
    await until(() => {
      clock.push(6_000);
      return answered === 3;
    }, 'all of them are over their deadline');
    const texts = (await Promise.all(answers)).map(({ text }) => text);
    expect(texts.every((text) => text.includes('DEADLINE_EXCEEDED'))).toBe(true);
    expect(counts()).toMatchObject({ kept: 0, joined: 0 });
    expect(partner.asked()).toHaveLength(1);
    partner.releaseAll();
  });
});

test('nothing is kept or shared where that is switched off', async () => {
  partner.releaseAll();
  const other = await startGateway({
    alwaysTrace: false,
    configure: (file) => {
      file['cache'] = { answers: 0 };
    },
  });
  try {
    for (let times = 0; times < 2; times += 1) await other.ask('{ __typename }');
    expect(other.events.filter(({ type }) => type === 'answer.shared')).toEqual([]);
  } finally {
    await other.close();
  }
});
