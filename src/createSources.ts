// A part of the composition root: it only wires, as app.ts does, and nothing but app.ts calls it.
import { traceBatches } from './cache/batchSpans.js';
import { createCache } from './cache/cache.js';
import type { Codec } from './cache/envelope.js';
import type { Caller } from './cache/flight.js';
import { createKeeping, namespaceOf } from './cache/keeping.js';
import { createMemoryStore } from './cache/memoryStore.js';
import { createRedisPace } from './cache/redisPace.js';
import { connectRedis } from './cache/redisStore.js';
import { Cancellation, type Signal } from './cancellation.js';
import type { Clock } from './clock.js';
import type { Config } from './config.js';
import type { SourceName } from './errors.js';
import type { Figures } from './figures.js';
import { createPlanning } from './plan.js';
import { createScheduler, type SchedulerSettings } from './scheduler/scheduler.js';
import { createGoogleAnalyticsClient } from './sources/googleAnalytics/client.js';
import { measureCodec } from './sources/googleAnalytics/codec.js';
import { boundReports } from './sources/googleAnalytics/cost.js';
import { createDispatcher } from './sources/googleAnalytics/dispatcher.js';
import { createLedgers } from './sources/googleAnalytics/ledgers.js';
import { createGoogleAnalyticsLoaders } from './sources/googleAnalytics/loader.js';
import { createGoogleAnalyticsPlanning } from './sources/googleAnalytics/planning.js';
import { googleAnalyticsPolicies } from './sources/googleAnalytics/policies.js';
import { createReporter } from './sources/googleAnalytics/reporter.js';
import { createPartnerClient } from './sources/partner/client.js';
import { partnerCodec } from './sources/partner/codec.js';
import { createPartnerLoaders } from './sources/partner/loader.js';
import { createPartnerPlanning } from './sources/partner/planning.js';
import { compileSummaryReader } from './sources/partner/summary.js';
import type { Report } from './telemetry.js';
import type { Tracing } from './tracing.js';
import { parseUrlTemplate } from './urlTemplate.js';

export interface SourcesOptions {
  config: Config;
  figures: Figures;
  clock: Clock;
  report: Report;
  tracing: Tracing;
}

export type Sources = Awaited<ReturnType<typeof createSources>>;

/** Each source: its client, behind its scheduler, behind loaders that live for one request. */
export async function createSources({ config, figures, clock, report, tracing }: SourcesOptions) {
  const { googleAnalytics, partner } = config.sources;
  const redis = config.cache.redis === null ? null : await connectRedis(config.cache.redis, { clock, report });
  const maxBytes = config.cache.memory * 1_048_576;

  /** What all requests share; and all replicas, where there is a Redis. */
  function shared<V>(source: SourceName, { settings, meaning, codec }: SharedOptions<V>) {
    const namespace = namespaceOf(source, meaning);
    const near = createMemoryStore<V>({ maxBytes, clock });
    const { intervalMs } = settings;
    const pace = redis ? createRedisPace({ connection: redis, namespace, intervalMs }) : undefined;
    const scheduler = createScheduler({ source, settings, pace, clock, report });
    const keeping = createKeeping({ source, near, redis, namespace, codec, clock, report });
    return {
      scheduler,
      cache: traceBatches(
        createCache<V>({ source, near, ...keeping, pauseMs: scheduler.pauseMs, clock, report }),
        source,
        tracing,
      ),
    };
  }

  const google = googleAnalytics && {
    client: createGoogleAnalyticsClient({ ...googleAnalytics, tracing }),
    ledgers: createLedgers({ concurrency: googleAnalytics.concurrency, clock, report }),
    keysPerReport: googleAnalytics.keysPerReport,
    ...shared('googleAnalytics', {
      settings: { ...googleAnalyticsPolicies, ...googleAnalytics },
      meaning: [googleAnalytics.rootUrl],
      codec: measureCodec,
    }),
  };
  const partnerSource = partner && {
    client: createPartnerClient(partner, clock, tracing),
    lifetime: partner.cache,
    readSummary: compileSummaryReader(figures.partner.values(), partner.identity),
    hasRange: parseUrlTemplate(partner.url).hasRange,
    ...shared('partner', {
      settings: { ...partner, intervalMs: partner.rate ?? 0 },
      meaning: [partner.url, partner.format, partner.identity, ...figures.partner.values()],
      codec: partnerCodec(figures.partner.keys()),
    }),
  };
  const reporter = google && createReporter({ ...google, schedule: google.scheduler.run, clock, report });
  const googlePlanning = google && createGoogleAnalyticsPlanning({ ...google, clock });
  const partnerPlanning = partnerSource && createPartnerPlanning(partnerSource);
  const mostMetrics = Math.max(figures.googleAnalytics.size, figures.googleAnalyticsPoint.size);
  const all = [google, partnerSource].filter((source) => source !== null);
  const googleLoaders =
    google &&
    reporter &&
    createGoogleAnalyticsLoaders({ dispatcher: createDispatcher(reporter), cache: google.cache, clock, report });
  const partnerLoaders =
    partnerSource &&
    createPartnerLoaders({
      ...partnerSource,
      schedule: partnerSource.scheduler.run,
      takesCalls: partnerSource.scheduler.takesCalls,
      clock,
      report,
    });
  return {
    /** The loaders of one request; null where a source is not configured. */
    loaders: (caller: Caller) => ({
      googleAnalytics: googleLoaders?.(caller) ?? null,
      partner: partnerLoaders?.(caller) ?? null,
    }),
    /** The most reports that one selection can need for one site, where so many products have several keys. */
    reportsPerSelection: (withSeveralKeys: number) =>
      google ? boundReports({ ...google, metrics: mostMetrics, withSeveralKeys }) : 0,
    /** Loaders that find out what an operation would cost. */
    planning: () =>
      createPlanning({ googleAnalytics: googlePlanning?.() ?? null, partner: partnerPlanning?.() ?? null }),
    /** What a Google property has to offer; null where Google Analytics is not configured. */
    metadata:
      google &&
      ((property: string, { requestId, deadline, signal }: Caller) => {
        const run = (attempt: Signal) => google.client.getMetadata(property, attempt);
        const promoted = new Cancellation();
        return google.scheduler.run({ requestId, deadline: () => deadline, background: false, promoted, run }, signal);
      }),
    statuses: () =>
      all.map((source) => ({
        ...source.scheduler.status(),
        cacheHitShare: source.cache.hitShare(),
        quotaRemaining: 'ledgers' in source ? source.ledgers.remaining() : null,
      })),
    async close() {
      await Promise.all(all.map((source) => source.cache.close()));
      for (const source of all) source.scheduler.close();
      await Promise.all(all.map((source) => source.client.close()));
      await redis?.close();
    },
  };
}

interface SharedOptions<V> {
  settings: SchedulerSettings;
  /** What gives the values their meaning, beside their keys. */
  meaning: readonly unknown[];
  codec: Codec<V>;
}
