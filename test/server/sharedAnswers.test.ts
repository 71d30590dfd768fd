import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { createSnapshot } from '../../src/catalog/catalog.js';
import type { Clock } from '../../src/clock.js';
import { type Answers, createAnswers } from '../../src/server/answers.js';
import { createRequestScope, followResponse, type RequestScope } from '../../src/server/requestScope.js';
import type { Viewer } from '../../src/viewer.js';
import { createFakeClock } from '../helpers/fakeClock.js';
import { until } from '../helpers/until.js';

const site = {
  id: 'shop',
  name: 'Shop',
  timeZone: 'Europe/Berlin',
  currency: 'EUR',
  googleAnalytics: null,
  partnerApiKey: null,
};

/** Two of them have the same rights. */
const viewers = {
  all: { name: 'all', sites: 'all', limits: {} },
  shop: { name: 'shop', sites: new Set(['shop']), limits: {} },
  alsoShop: { name: 'alsoShop', sites: new Set(['shop']), limits: { callsPerMinute: 10 } },
  both: { name: 'both', sites: new Set(['shop', 'outlet']), limits: {} },
  odd: { name: 'odd', sites: new Set(['shop","outlet']), limits: {} },
  less: { name: 'less', sites: new Set(['shop']), limits: { maxPartnerCalls: 5 } },
} as const satisfies Record<string, Viewer>;
const rightsByViewer = { all: '1', shop: '2', alsoShop: '2', both: '3', odd: '4', less: '5' } as const;
type ViewerName = keyof typeof viewers;

interface Asked {
  readonly question: string;
  /** The parts of the answer stay fresh for so long. */
  readonly freshMs: readonly number[];
  /** How long the execution takes. */
  readonly takesMs: number;
}

/** Answers over a real server whose execution is the test's own: it takes its time, and uses parts that age. */
function serve(clock: Clock, execute: (asked: Asked, request: FastifyRequest, scope: RequestScope) => Promise<string>) {
  const catalog = createSnapshot([site], []);
  const answers: Answers = createAnswers({
    maxBytes: 100_000,
    currentCatalog: () => catalog,
    nameRequest: ({ id }) => id,
    clock,
    report: () => {},
  });
  const server = fastify({ forceCloseConnections: true });
  server.decorateRequest('viewer', null);
  server.addContentTypeParser<string>('application/json', { parseAs: 'string' }, (request, text, done) => {
    // Whoever asks tells in the headers who it is and what the execution shall be like; the question is the body.
    request.viewer = viewers[request.headers['x-viewer'] as keyof typeof viewers];
    done(null, answers.find(request, text) ? undefined : { query: text });
  });
  server.post('/', (request, reply) =>
    answers.handle(request, reply, async (own: FastifyRequest, ownReply: FastifyReply) => {
      const scope = createRequestScope({ requestId: own.id, deadlineMs: 60_000, clock });
      followResponse(scope, ownReply.raw, () => answers.isAwaited(own));
      answers.follow(own, scope);
      ownReply.header('content-type', 'application/json');
      return execute(JSON.parse(String(own.headers['x-asked'])) as Asked, own, scope);
    }),
  );
  return { server, answers };
}

function headersOf(viewer: ViewerName, asked: Asked) {
  return { 'content-type': 'application/json', 'x-viewer': viewer, 'x-asked': JSON.stringify(asked) };
}

const asking = fc.record({
  viewer: fc.constantFrom(...(Object.keys(viewers) as ViewerName[])),
  question: fc.constantFrom('a', 'b'),
  freshMs: fc.array(fc.constantFrom(0, 500, 5_000, 50_000, 5_000_000), { minLength: 0, maxLength: 3 }),
  takesMs: fc.constantFrom(0, 1, 1_000, 20_000),
  // Then so much time goes by: also over midnight.
  thenMs: fc.constantFrom(0, 0, 1, 700, 10_000, 40_000_000),
});

describe('whatever is asked, by whomever and whenever', () => {
  test('no answer reaches a viewer with other rights, and none outlives a part of it or its day', async () => {
    let shared = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(asking, { minLength: 2, maxLength: 25 }), async (askings) => {
        const clock = createFakeClock();
        const dayOf = (at: number) => new Date(at).toLocaleDateString('en-CA', { timeZone: site.timeZone });
        let executions = 0;
        const { server } = serve(clock, async ({ question, freshMs, takesMs }, { viewer }, scope) => {
          executions += 1;
          const number = executions;
          const startDay = dayOf(clock.now());
          for (const ms of freshMs) scope.used(ms);
          const freshUntil = Math.min(...freshMs.map((ms) => clock.monotonic() + ms));
          await new Promise<void>((resolve) => void clock.after(takesMs, resolve));
          const rights = rightsByViewer[viewer?.name as ViewerName];
          const data = { number, question, rights, freshUntil: String(freshUntil), day: startDay };
          return JSON.stringify({ data });
        });
        const seen = new Map<number, number>();
        const waits: Promise<void>[] = [];
        for (const { viewer, thenMs, ...asked } of askings) {
          const sent = server.inject({
            method: 'POST',
            url: '/',
            headers: headersOf(viewer, asked),
            payload: asked.question,
          });
          waits.push(
            sent.then((response) => {
              const { data } = JSON.parse(response.body);
              expect([data.rights, data.question]).toEqual([rightsByViewer[viewer], asked.question]);
              seen.set(data.number, (seen.get(data.number) ?? 0) + 1);
              if (seen.get(data.number) === 1) return;
              shared += 1;
              expect(Number(data.freshUntil)).toBeGreaterThan(clock.monotonic());
              expect(data.day).toBe(dayOf(clock.now()));
            }),
          );
          await clock.advance(thenMs);
        }
        await clock.advance(100_000);
        await Promise.all(waits);
        await server.close();
      }),
      { numRuns: 60 },
    );
    // Otherwise this has shown nothing.
    expect(shared).toBeGreaterThan(20);
  });
});

describe('an answer that several wait for', () => {
  const asked: Asked = { question: 'a', freshMs: [50_000], takesMs: 0 };
  let executions: { request: FastifyRequest; scope: RequestScope; end(): void }[];
  let server: FastifyInstance;
  let answers: Answers;
  let url: string;

  beforeEach(async () => {
    executions = [];
    ({ server, answers } = serve(
      createFakeClock(),
      (_, request, scope) =>
        new Promise((resolve) => {
          executions.push({ request, scope, end: () => resolve('{"data":{}}') });
        }),
    ));
    url = await server.listen({ port: 0, host: '127.0.0.1' });
  });

  afterEach(() => server.close());

  function ask(signal: AbortSignal | null = null) {
    return fetch(url, { method: 'POST', headers: headersOf('shop', asked), body: asked.question, signal });
  }

  async function askTogether() {
    const clients = [new AbortController(), new AbortController()] as const;
    const first = ask(clients[0].signal);
    await until(() => executions.length === 1, 'the first is executed');
    const second = ask(clients[1].signal);
    const [execution] = executions;
    if (!execution) throw new Error('Nothing is executed.');
    await until(() => answers.isAwaited(execution.request), 'the second waits for it');
    return { clients, first, second, execution };
  }

  test('is made for the others when the one who asked first has gone', async () => {
    const { clients, first, second, execution } = await askTogether();
    clients[0].abort();
    await expect(first).rejects.toThrow();
    execution.end();
    expect(await (await second).text()).toBe('{"data":{}}');
    expect(executions).toHaveLength(1);
    expect(execution.scope.signal.aborted).toBe(false);
  });

  test('is called off when all of them have gone', async () => {
    const { clients, first, second, execution } = await askTogether();
    const bothGone = Promise.allSettled([first, second]);
    for (const client of clients) client.abort();
    await bothGone;
    await until(() => execution.scope.signal.aborted, 'the execution is called off');
  });

  test('is not called off when one who joined has gone', async () => {
    const { clients, first, second, execution } = await askTogether();
    clients[1].abort();
    await expect(second).rejects.toThrow();
    await until(() => !answers.isAwaited(execution.request), 'the second has gone');
    expect(execution.scope.signal.aborted).toBe(false);
    execution.end();
    expect((await first).status).toBe(200);
  });
});
