import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { addDays } from '../../src/dateRange.js';
import type { Script } from '../helpers/badConnection.js';
import type { BadRequest } from '../helpers/badServer.js';
import { type FaultyGateway, startFaultyGateway } from '../helpers/faultyGateway.js';
import { fuzzRuns, fuzzSeed, fuzzTimeoutMs } from '../helpers/fuzzing.js';
import { createMalformer } from '../helpers/malformed.js';
import { mishapsDuring } from '../helpers/realProcess.js';

const { random, upTo, oneOf, mutate, send } = createMalformer(`partner ${fuzzSeed}`);
const figures = ['impressions', 'clicks', 'orders'] as const;
const products = 50;

/** What may stand where a number should. */
const notNumbers = [
  '"1,234"',
  '""',
  'null',
  '"NaN"',
  '1e999',
  '"0x10"',
  '9007199254740993',
  '-1',
  'true',
  '[]',
  '{}',
  '1.5',
  '"1e3"',
  '" 7"',
  '00',
  '+1',
  '١',
];

/** What the partner has sent for each target: the whole of a body, where it can be told from its beginning. */
const sent = new Map<string, string>();

function bodyFor({ path }: BadRequest): string {
  const number = () => (random() < 0.8 ? String(upTo(1e6)) : oneOf(...notNumbers));
  const product = random() < 0.95 ? decodeURIComponent(path.slice(1)) : 'P-OTHER';
  return `{"product":${JSON.stringify(product)},${figures.map((name) => `"${name}":${number()}`).join(',')},"revenue":"1.50","currency":"EUR"}`;
}

/** One malformed, broken or plainly strange answer; and now and then an honest one. */
function answer(request: BadRequest): Script {
  const body = random() < 0.5 ? bodyFor(request) : mutate(bodyFor(request));
  return send(body, (whole) => void sent.set(request.target, whole));
}

/** The figure that this body really holds; undefined where it holds none that could be shown. */
function honestFigure(body: string | undefined, partnerId: string | null, name: (typeof figures)[number]): unknown {
  try {
    const value = JSON.parse((body ?? '').replace(/^\uFEFF/, ''));
    return value.product === partnerId ? Number(value[name]) : undefined;
  } catch {
    return undefined;
  }
}

let gateway: FaultyGateway;
beforeAll(async () => {
  gateway = await startFaultyGateway(
    { scripts: { '*': answer } },
    {
      products,
      partner: {
        timeout: '2s',
        maxPause: '1ms',
        concurrency: 25,
        retry: { attempts: 1, budget: '0%' },
        breaker: { failures: 1_000, slow: '1h', open: '1ms' },
      },
    },
  );
});
afterAll(() => gateway.close());

interface Days {
  readonly start: string;
  readonly end: string;
}

/** Others for each page, as many as there may be. */
function daysOf(page: number): Days {
  const start = addDays('2016-01-01', page % 1_000);
  return { start, end: addDays(start, Math.floor(page / 1_000)) };
}

type Figures = Record<(typeof figures)[number], number | null>;

interface Page {
  site: { products: { nodes: { id: string; partner: Figures | null }[] } };
}

describe('a partner that answers what it likes', () => {
  test(
    `never makes a wrong number, 5xx, or an error that nobody catches (seed ${fuzzSeed})`,
    async () => {
      const partnerIds = new Map(gateway.world.products.map(({ id, partnerId }) => [id, partnerId]));
      const wrong: string[] = [];
      let numbers = 0;

      function check(partnerId: string | null, partner: Figures | null, { start, end }: Days): void {
        const body = sent.get(`/${partnerId}?product=${partnerId}&from=${start}&to=${end}&api_key=test-partner-key`);
        for (const name of figures) {
          const value = partner?.[name] ?? null;
          if (value === null) continue;
          numbers += 1;
          if (value !== honestFigure(body, partnerId, name)) wrong.push(`${name} ${value} of ${body}`);
        }
      }

      async function askPage({ start, end }: Days): Promise<void> {
        const { status, data } = await gateway.ask<Page>(
          `{ site(id: "shop") { products(first: ${products}) { nodes { id partner(range: { start: "${start}", end: "${end}" }) { ${figures.join(' ')} } } } } }`,
        );
        expect(status).toBe(200);
        for (const { id, partner } of data.site.products.nodes)
          check(partnerIds.get(id) ?? null, partner, { start, end });
        sent.clear();
      }

      const mishaps = await mishapsDuring(async () => {
        for (let page = 0; page * products < fuzzRuns; page += 1) await askPage(daysOf(page));
      });
      expect(wrong).toEqual([]);
      expect(mishaps).toEqual([]);
      expect(gateway.events.filter(({ type }) => type === 'request.failed')).toEqual([]);
      // Some calls end with the connection that an answer before them broke.
      expect(gateway.bad.ledger.length).toBeGreaterThan(0.9 * fuzzRuns);
      // Honest answers came through, or the test would prove nothing.
      expect(numbers).toBeGreaterThan(fuzzRuns / 10);
    },
    fuzzTimeoutMs,
  );
});
