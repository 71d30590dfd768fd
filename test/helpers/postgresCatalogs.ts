import type { Catalog } from '../../src/catalog/catalog.js';
import { createPostgresCatalog } from '../../src/catalog/postgresCatalog.js';
import type { PostgresConfig } from '../../src/catalogConfig.js';
import { ConfigurationError } from '../../src/errors.js';
import type { TelemetryEvent } from '../../src/telemetry.js';
import { createMovableClock } from './movableClock.js';
import { until } from './until.js';

export interface WatchedCatalog {
  readonly catalog: Catalog;
  /** Lets the time of the next refresh come; settles with the events that were told when it is over. */
  refresh(): Promise<TelemetryEvent[]>;
  /** What was told and not answered by refresh(). */
  readonly events: readonly TelemetryEvent[];
  /** Pushes time on. */
  push(ms: number): void;
  /** Timers of the catalog that wait. */
  timers(): number;
}

/** A catalog over a real database, in time that a test can push. */
export async function openCatalog(postgres: PostgresConfig): Promise<WatchedCatalog> {
  const clock = createMovableClock();
  const events: TelemetryEvent[] = [];
  let timers = 0;
  /** How often the time until the next refresh has begun, which it does when one is over. */
  let rounds = 0;

  function after(ms: number, callback: () => void): () => void {
    timers += 1;
    if (ms === postgres.refresh) rounds += 1;
    let isOver = false;
    const end = () => {
      if (!isOver) timers -= 1;
      isOver = true;
    };
    const cancel = clock.after(ms, () => {
      end();
      callback();
    });
    return () => {
      end();
      cancel();
    };
  }

  const catalog = await createPostgresCatalog({
    postgres,
    file: 'gateway.yaml',
    partnerIdPattern: '[A-Za-z0-9_-]{1,64}',
    sendsPartnerKey: true,
    clock: { ...clock, after },
    report: (event) => void events.push(event),
  });
  return {
    catalog,
    events,
    push: clock.push,
    timers: () => timers,
    async refresh() {
      const before = rounds;
      clock.push(postgres.refresh);
      await until(() => rounds > before, 'the refresh is over');
      return events.splice(0);
    },
  };
}

/** Why a catalog cannot be opened: the messages of its problems. */
export async function whyNot(postgres: PostgresConfig): Promise<string[]> {
  const opened = await openCatalog(postgres).catch((error: unknown) => error);
  if (opened instanceof ConfigurationError) return opened.problems.map(({ message }) => message);
  throw new Error('The catalog could be opened, or failed otherwise.', { cause: opened });
}
