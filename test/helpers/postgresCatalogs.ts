import type { Catalog } from '../../src/catalog/catalog.js';
import { createPostgresCatalog } from '../../src/catalog/postgresCatalog.js';
import type { PostgresConfig } from '../../src/catalogConfig.js';
import { ConfigurationError } from '../../src/errors.js';
import type { TelemetryEvent } from '../../src/telemetry.js';
import { createMovableClock } from './movableClock.js';
import { until } from './until.js';

export interface WatchedCatalog {
  readonly catalog: Catalog;
  readonly events: TelemetryEvent[];
  /** Lets the time of the next refresh come; does not wait for it. */
  startRefresh(): void;
  /** The same, and waits for the event that it ends with. */
  refresh(): Promise<TelemetryEvent>;
  /** Pushes time on. */
  push(ms: number): void;
}

/** A catalog over a real database, in time that a test can push. */
export async function openCatalog(postgres: PostgresConfig): Promise<WatchedCatalog> {
  const clock = createMovableClock();
  const events: TelemetryEvent[] = [];
  const catalog = await createPostgresCatalog({
    postgres,
    file: 'gateway.yaml',
    partnerIdPattern: '[A-Za-z0-9_-]{1,64}',
    sendsPartnerKey: true,
    clock,
    report: (event) => void events.push(event),
  });
  return {
    catalog,
    events,
    startRefresh: () => clock.push(postgres.refresh),
    push: clock.push,
    async refresh() {
      const before = events.length;
      clock.push(postgres.refresh);
      await until(() => events.length > before, 'the refresh is told');
      return events[before] as TelemetryEvent;
    },
  };
}

/** Why a catalog cannot be opened: the messages of its problems. */
export async function whyNot(postgres: PostgresConfig): Promise<string[]> {
  const opened = await openCatalog(postgres).catch((error: unknown) => error);
  if (opened instanceof ConfigurationError) return opened.problems.map(({ message }) => message);
  throw new Error('The catalog could be opened, or failed otherwise.', { cause: opened });
}
