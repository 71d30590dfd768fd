import { createServer } from 'node:http';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { createSnapshot } from '../../src/catalog/catalog.js';
import type { Clock } from '../../src/clock.js';
import { type Answers, createAnswers } from '../../src/server/answers.js';
import { createFastPath } from '../../src/server/fastPath.js';
import { createKeptAnswers } from '../../src/server/keptAnswers.js';
import { createRequestScope, followResponse, type RequestScope } from '../../src/server/requestScope.js';
import { createRequestSpans } from '../../src/server/requestSpans.js';
import { untraced } from '../../src/tracing.js';
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
  const currentCatalog = () => catalog;
  const nameRequest = ({ id }: { readonly id: string }) => id;
  const report = () => {};
  const kept = createKeptAnswers({ maxBytes: 100_000, currentCatalog, clock, report });
  const answers: Answers = createAnswers({ kept, currentCatalog, nameRequest, clock });
  const fastPath = createFastPath({
    kept,
    recognize: (name) => viewers[name as ViewerName],
    headers: {},
    packedFromBytes: Number.POSITIVE_INFINITY,
    isDraining: () => false,
    requestIdOf: () => 'id',
    nameRequest,
    readers: { follow() {} },
    spans: createRequestSpans(untraced),
    clock,
    report,
  });
  const server = fastify({ forceCloseConnections: true, serverFactory: (handle) => createServer(fastPath(handle)) });
  server.decorateRequest('viewer', null);
  server.addContentTypeParser<string>('application/json', { parseAs: 'string' }, (request, text, done) => {
    // Whoever asks tells in the headers who it is and what the execution shall be like; the question is the body.
    request.viewer = viewers[request.headers.authorization as ViewerName];
    done(null, answers.find(request, text) ? undefined : { query: text });
  });
  server.post('/graphql', (request, reply) =>
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

/** Executes as `asked` says, and answers with what a test must know of the execution. */
function createExecution(clock: Clock) {
  let executions = 0;
  return async ({ question, freshMs, takesMs }: Asked, { viewer }: FastifyRequest, scope: RequestScope) => {
    executions += 1;
    const number = executions;
    const startDay = dayOf(clock.now());
    for (const ms of freshMs) scope.used(ms);
    const freshUntil = Math.min(...freshMs.map((ms) => clock.monotonic() + ms));
    if (takesMs > 0) await new Promise<void>((resolve) => void clock.after(takesMs, resolve));
    const rights = rightsByViewer[viewer?.name as ViewerName];
    const data = { number, question, rights, freshUntil: String(freshUntil), day: startDay };
    return JSON.stringify({ data });
  };
}

const dayOf = (at: number) => new Date(at).toLocaleDateString('en-CA', { timeZone: site.timeZone });

function headersOf(viewer: ViewerName, asked: Asked) {
  return { 'content-type': 'application/json', authorization: viewer, 'x-asked': JSON.stringify(asked) };
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
        const { server } = serve(clock, createExecution(clock));
        const seen = new Map<number, number>();
        const waits: Promise<void>[] = [];
        for (const { viewer, thenMs, ...asked } of askings) {
          const sent = server.inject({
            method: 'POST',
            url: '/graphql',
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

  test('nor does one that is sent before the framework sees the request', async () => {
    let asked = 0;
    let seenByFramework = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(asking, { minLength: 2, maxLength: 25 }), async (askings) => {
        const clock = createFakeClock();
        const { server } = serve(clock, createExecution(clock));
        server.addHook('onRequest', async () => {
          seenByFramework += 1;
        });
        const url = `${await server.listen({ port: 0, host: '127.0.0.1' })}/graphql`;
        const seen = new Set<number>();
        for (const { viewer, thenMs, question, freshMs } of askings) {
          asked += 1;
          const headers = headersOf(viewer, { question, freshMs, takesMs: 0 });
          const response = await fetch(url, { method: 'POST', headers, body: question });
          const { data } = (await response.json()) as { data: Record<string, unknown> };
          expect([data['rights'], data['question']]).toEqual([rightsByViewer[viewer], question]);
          if (seen.has(Number(data['number']))) {
            expect(Number(data['freshUntil'])).toBeGreaterThan(clock.monotonic());
            expect(data['day']).toBe(dayOf(clock.now()));
          }
          seen.add(Number(data['number']));
          await clock.advance(thenMs);
        }
        await server.close();
      }),
      { numRuns: 60 },
    );
    // Otherwise this has shown nothing.
    expect(asked - seenByFramework).toBeGreaterThan(20);
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
    url = `${await server.listen({ port: 0, host: '127.0.0.1' })}/graphql`;
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
