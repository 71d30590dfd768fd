import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Site } from '../../src/catalog/catalog.js';
import type { DateRange } from '../../src/dateRange.js';
import { GatewayError } from '../../src/errors.js';
import type { ReportPlan } from '../../src/sources/googleAnalytics/planner.js';
import type { PartnerRequest } from '../../src/sources/partner/client.js';
import { fuzzRuns, fuzzTimeoutMs } from '../helpers/fuzzing.js';
import {
  createLoaderBench,
  createProduct,
  createSite,
  december,
  january,
  type LoaderBench,
  metric,
  reportOf,
  summaryOf,
} from '../helpers/loaderBench.js';

/** All of them in `npm run test:fuzz`; each is two requests of two tenants. */
const numRuns = Math.min(fuzzRuns, 5_000);

// Every two of them have the same product ids, Google keys and partner ids; the last two share the account of the source.
const sites = [
  createSite('a', { property: '1', partnerApiKey: 'the-key-of-site-a' }),
  createSite('b', { property: '2', partnerApiKey: 'the-key-of-site-b' }),
  createSite('c', { property: '3' }),
  createSite('d', { property: '3' }),
];
const ranges = [january, december];
const metrics = ['pageViews', 'eventCount', 'sessions'];

/** A number that says whose it is: of which account or property, product, range and metric. */
const partnerCanary = (apiKey: string | null, partnerId: string, range: DateRange | null) =>
  canary([null, 'the-key-of-site-a', 'the-key-of-site-b'].indexOf(apiKey), partnerId, range, 0);
const googleCanary = (property: string | undefined, key: string, range: DateRange, name: string) =>
  canary(Number(property), key, range, ['screenPageViews', 'eventCount', 'sessions'].indexOf(name) + 1);

function canary(owner: number, product: string, range: DateRange | null, kind: number): number {
  const days = ranges.findIndex((each) => each.start === range?.start);
  return 100_000 + 10_000 * owner + 1_000 * Number(product.slice(-1)) + 10 * days + kind;
}

const honestSummary = ({ apiKey, partnerId, range }: PartnerRequest) =>
  summaryOf(partnerId, { orders: partnerCanary(apiKey, partnerId, range) });
const honestReport = (plan: ReportPlan) =>
  reportOf(plan, (key, name, range) => googleCanary(plan.property, key, range, name));

const stepsOf = (type: 'partner' | 'google') =>
  fc.oneof(
    {
      weight: 5,
      arbitrary: fc.record({
        type: fc.constant(type),
        site: fc.constantFrom(...sites),
        products: fc.uniqueArray(fc.integer({ min: 1, max: 2 }), { minLength: 1 }),
        range: fc.constantFrom(...ranges),
        metrics: fc.uniqueArray(fc.constantFrom(...metrics), { minLength: 1 }),
        maxAgeMs: fc.constantFrom(null, null, 0),
        maxWaitMs: fc.constantFrom(null, null, 10),
        sameRequest: fc.boolean(),
      }),
    },
    { weight: 4, arbitrary: fc.record({ type: fc.constant('answer' as const), which: fc.nat(9) }) },
    { weight: 1, arbitrary: fc.record({ type: fc.constant('fail' as const), which: fc.nat(9) }) },
    { weight: 1, arbitrary: fc.constant({ type: 'leave' as const }) },
    {
      weight: 2,
      arbitrary: fc.record({ type: fc.constant('wait' as const), ms: fc.constantFrom(0, 0, 0, 10, 700_000) }),
    },
  );
type Step = ReturnType<typeof stepsOf> extends fc.Arbitrary<infer S> ? S : never;
type AskStep = Extract<Step, { site: Site }>;

/** Carries out the steps, and keeps what was seen beside what should have been. */
function createWorld(bench: LoaderBench) {
  const seen: { expected: unknown; actual: unknown }[] = [];
  let request = bench.request();
  let asked = 0;

  const watch = (loaded: object | null | Promise<object | null>, expected: Record<string, number>) => {
    asked += 1;
    Promise.resolve(loaded).then(
      (loadedSummary) => {
        const summary = loadedSummary as { freshness: { state: string }; [figure: string]: unknown };
        const { freshness } = summary;
        for (const [name, value] of Object.entries(expected)) {
          const actual = summary[name];
          seen.push({ expected: freshness.state === 'PENDING' ? undefined : value, actual });
        }
      },
      () => {},
    );
  };

  function ask({ type, site, products, range, metrics: names, maxAgeMs, maxWaitMs, sameRequest }: AskStep): void {
    if (!sameRequest) request = bench.request(`request ${asked}`);
    for (const product of products.map((number) => createProduct(site, number))) {
      const {
        partnerId,
        googleAnalyticsKeys: [key = ''],
      } = product;
      if (type === 'partner') {
        const orders = partnerCanary(site.partnerApiKey, partnerId ?? '', range);
        watch(request.partner.load({ product, site, range, maxAgeMs, maxWaitMs }), { orders });
      } else {
        const figures = names.map(metric);
        const expected = figures.map((each) => [
          each.name,
          googleCanary(site.googleAnalytics?.property, key, range, each.metric),
        ]);
        watch(request.google.load({ product, site, range, figures, maxAgeMs }), Object.fromEntries(expected));
      }
    }
  }

  function endOne(which: number, error?: Error): void {
    const running = [
      ...bench.reports.map((call) => ({ call, answer: () => call.answer(honestReport(call.request)) })),
      ...bench.summaries.map((call) => ({ call, answer: () => call.answer(honestSummary(call.request)) })),
    ].filter(({ call }) => call.isRunning);
    const one = running[which % Math.max(1, running.length)];
    if (error) one?.call.fail(error);
    else one?.answer();
  }

  return {
    bench,
    seen,
    async take(step: Step): Promise<void> {
      if (step.type === 'answer') endOne(step.which);
      else if (step.type === 'fail') endOne(step.which, new GatewayError('SOURCE_UNAVAILABLE', 'It failed.'));
      else if (step.type === 'wait') await (step.ms === 0 ? turn() : bench.clock.advance(step.ms));
      else if (step.type === 'leave') {
        request.disconnect();
        request = bench.request(`request ${asked}`);
      } else ask(step);
    },
    async finish(): Promise<void> {
      await bench.clock.advance(10);
      for (;;) {
        const running = [...bench.reports, ...bench.summaries].filter(({ isRunning }) => isRunning).length;
        if (running === 0) return;
        for (let left = running; left > 0; left -= 1) endOne(0);
        await turn();
      }
    },
  };
}

describe('sites whose products have the same ids', () => {
  test.each(['partner', 'google'] as const)(
    'asked of %s, never see a number of another one, nor of other days or figures, in whatever order it all happens',
    async (source) => {
      const bench = createLoaderBench();
      let numbers = 0;
      await fc.assert(
        fc.asyncProperty(fc.array(stepsOf(source), { minLength: 3, maxLength: 9 }), async (steps) => {
          const world = createWorld(bench);
          for (const step of steps) await world.take(step);
          await world.finish();
          for (const { expected, actual } of world.seen) {
            // A figure may fail alone.
            if (actual !== expected && !(actual instanceof GatewayError)) expect(actual).toBe(expected);
          }
          numbers += world.seen.filter(({ actual }) => typeof actual === 'number').length;
          await bench.forget();
        }),
        { numRuns },
      );
      expect(numbers).toBeGreaterThan(numRuns);
    },
    fuzzTimeoutMs,
  );

  test('of one account or property are asked for once', async () => {
    const { request, reports, summaries, clock } = createLoaderBench();
    const { google, partner } = request();
    for (const site of sites) {
      const product = createProduct(site, 1);
      const wait = { range: january, maxAgeMs: null };
      void google.load({ product, site, figures: [metric('pageViews')], ...wait });
      void partner.load({ product, site, maxWaitMs: null, ...wait });
    }
    await clock.advance(0);
    expect(reports.map((call) => call.request.property)).toEqual(['1', '2', '3']);
    expect(summaries.map((call) => call.request.apiKey)).toEqual(['the-key-of-site-a', 'the-key-of-site-b', null]);
  });
});
