import { setMaxListeners } from 'node:events';
import { readFileSync } from 'node:fs';
import { createCache } from '../../src/cache/cache.js';
import type { Caller } from '../../src/cache/flight.js';
import { createMemoryStore } from '../../src/cache/memoryStore.js';
import type { Signal } from '../../src/cancellation.js';
import type { Product, Site } from '../../src/catalog/catalog.js';
import { ownSchemaFile } from '../../src/config.js';
import type { PartnerConfig } from '../../src/configSchema.js';
import type { DateRange } from '../../src/dateRange.js';
import { Disconnected } from '../../src/errors.js';
import type { MetricFigure } from '../../src/figures.js';
import type { Policy } from '../../src/scheduler/policy.js';
import { readSchema } from '../../src/schema/schema.js';
import { createDispatcher } from '../../src/sources/googleAnalytics/dispatcher.js';
import { createLedgers } from '../../src/sources/googleAnalytics/ledgers.js';
import { createGoogleAnalyticsLoaders } from '../../src/sources/googleAnalytics/loader.js';
import type { ReportPlan } from '../../src/sources/googleAnalytics/planner.js';
import { createReporter } from '../../src/sources/googleAnalytics/reporter.js';
import { nameOfRange } from '../../src/sources/googleAnalytics/rows.js';
import { createPartnerClient, type PartnerRequest } from '../../src/sources/partner/client.js';
import { createPartnerLoaders } from '../../src/sources/partner/loader.js';
import { compileSummaryReader } from '../../src/sources/partner/summary.js';
import type { TelemetryEvent } from '../../src/telemetry.js';
import { createFakeClock } from './fakeClock.js';

const text = readFileSync(ownSchemaFile, 'utf8');
const schemaText = { file: ownSchemaFile, text };
export const { figures } = readSchema(schemaText, schemaText, { googleAnalytics: true, partner: true });
const partnerConfig = {
  url: 'http://partner.invalid/summary?product={partnerId}&from={start}&to={end}',
  apiKey: { query: 'api_key', value: 'the-key-of-the-source' },
  format: 'json',
  idPattern: '.*',
  concurrency: 1,
} as PartnerConfig;

/** One call that reached a source; it stops when its signal aborts, as every client does. */
export interface LoaderCall<Request> {
  readonly request: Request;
  readonly isRunning: boolean;
  answer(value: unknown): void;
  fail(error: unknown): void;
}

export function metric(name: string): MetricFigure {
  const figure = figures.googleAnalytics.get(name);
  if (!figure) throw new Error(`The schema has no figure ${name} of Google Analytics.`);
  return figure;
}

export function createSite(id: string, options: { property?: string; partnerApiKey?: string | null } = {}): Site {
  const { property = '123', partnerApiKey = null } = options;
  return {
    id,
    name: id,
    timeZone: 'Europe/Berlin',
    currency: 'EUR',
    googleAnalytics: { property, dimension: 'pagePath' },
    partnerApiKey,
  };
}

export function createProduct(site: Site, number: number): Product {
  return {
    id: `${site.id}-${number}`,
    name: `Product ${number}`,
    siteId: site.id,
    googleAnalyticsKeys: [`/p/${number}`],
    partnerId: `P-${number}`,
  };
}

/** What Google sends for a report: of every key and metric, in every range, what `numberOf` says. */
export function reportOf(
  plan: ReportPlan,
  numberOf: (key: string, metric: string, range: DateRange) => number,
): object {
  const isCompared = plan.ranges.length > 1;
  return {
    kind: 'analyticsData#runReport',
    dimensionHeaders: [{ name: plan.dimension }, ...(isCompared ? [{ name: 'dateRange' }] : [])],
    metricHeaders: plan.metrics.map((name) => ({ name })),
    rows: plan.ranges.flatMap((range) =>
      plan.keys.map((key) => ({
        dimensionValues: [{ value: key }, ...(isCompared ? [{ value: nameOfRange(range) }] : [])],
        metricValues: plan.metrics.map((name) => ({ value: String(numberOf(key, name, range)) })),
      })),
    ),
  };
}

export function summaryOf(partnerId: string, numbers: object): object {
  const honest = { impressions: 1, clicks: 1, orders: 1, revenue: '1.00', currency: 'EUR' };
  return { product: partnerId, ...honest, updatedAt: '2026-01-15T00:00:00.000Z', ...numbers };
}

/** Makes no connection: it only names accounts. */
const { account } = createPartnerClient(partnerConfig, createFakeClock());

/** Both sources' loaders over their caches, without the network: the sources answer when the test says so. */
export function createLoaderBench() {
  const clock = createFakeClock();
  const events: TelemetryEvent[] = [];
  const report = (event: TelemetryEvent) => void events.push(event);
  const schedule: Policy = (call, signal) => call.run(signal);
  const reports: LoaderCall<ReportPlan>[] = [];
  const summaries: LoaderCall<PartnerRequest>[] = [];
  const prepared: number[] = [];
  const prepare = (calls: number) => void prepared.push(calls);
  const partnerState = { takesCalls: true };
  const shared = { schedule, clock, report };
  const maxBytes = 1_048_576;

  const google = createGoogleAnalyticsLoaders({
    dispatcher: createDispatcher(
      createReporter({
        client: { runReports: (plans, signal) => Promise.all(plans.map((plan) => receive(reports, plan, signal))) },
        ledgers: createLedgers({ concurrency: 5, clock, report }),
        keysPerReport: 500,
        ...shared,
      }),
    ),
    cache: createCache({ source: 'googleAnalytics', store: createMemoryStore({ maxBytes, clock }), clock, report }),
    ...shared,
  });
  const partner = createPartnerLoaders({
    client: {
      get: (request, signal) => receive(summaries, request, signal),
      account,
      prepare,
      close: async () => {},
    },
    cache: createCache({ source: 'partner', store: createMemoryStore({ maxBytes, clock }), clock, report }),
    readSummary: compileSummaryReader(figures.partner.values(), '/product'),
    lifetime: { fresh: 600_000, stale: 86_400_000 },
    hasRange: true,
    takesCalls: () => partnerState.takesCalls,
    ...shared,
  });

  return {
    clock,
    events,
    reports,
    summaries,
    /** For how many calls connections were opened early. */
    prepared,
    partnerState,
    /** Lets time pass until nothing is known any more, and forgets what was called. */
    async forget() {
      await clock.advance(30 * 86_400_000);
      for (const list of [events, reports, summaries]) list.length = 0;
    },
    /** The loaders of one request, and how it ends early. */
    request(requestId = 'request') {
      const controller = new AbortController();
      setMaxListeners(0, controller.signal);
      const caller: Caller = { requestId, signal: controller.signal, deadline: Number.POSITIVE_INFINITY };
      return {
        google: google(caller),
        partner: partner(caller),
        disconnect: () => controller.abort(new Disconnected()),
      };
    },
  };
}

function receive<Request>(calls: LoaderCall<Request>[], request: Request, signal: Signal): Promise<unknown> {
  return new Promise((resolve, reject) => {
    let isRunning = true;
    const end = (settle: () => void) => {
      if (!isRunning) return;
      isRunning = false;
      settle();
    };
    signal.addEventListener('abort', () => end(() => reject(signal.reason)));
    calls.push({
      request,
      get isRunning() {
        return isRunning;
      },
      answer: (value) => end(() => resolve(value)),
      fail: (error) => end(() => reject(error)),
    });
  });
}

export const january: DateRange = { start: '2026-01-01', end: '2026-01-10' };
export const december: DateRange = { start: '2025-12-01', end: '2025-12-31' };
export type LoaderBench = ReturnType<typeof createLoaderBench>;
