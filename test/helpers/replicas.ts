import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../src/clock.js';
import { writeDemoFiles } from '../../src/demo/files.js';
import { createGoogleAnalyticsEmulator } from '../../src/demo/googleAnalyticsEmulator.js';
import { createPartnerEmulator } from '../../src/demo/partnerEmulator.js';
import { createDemoWorld, type DemoWorld } from '../../src/demo/seed.js';
import { type RunningCommand, startCommand } from './commandLine.js';
import { type CatalogFile, editYaml, type GatewayFile, type RunningEmulator, withControls } from './gateway.js';

/** A gateway that is a process of its own. */
export interface Replica extends RunningCommand {
  /** Without a slash at its end. */
  readonly url: string;
  ask<T = Record<string, unknown>>(query: string, variables?: object, signal?: AbortSignal): Promise<ReplicaAnswer<T>>;
  /** The value of a metric without labels, or the sum over its labels; 0 where there is none. */
  metric(name: string): Promise<number>;
  isReady(): Promise<boolean>;
}

export interface ReplicaAnswer<T> {
  readonly data: T;
  readonly errors?: { message: string; extensions: Record<string, unknown> }[];
}

/** Gateways of one configuration over one pair of emulators. */
export interface Fleet {
  readonly partner: RunningEmulator;
  readonly google: RunningEmulator;
  readonly world: DemoWorld;
  /** One more gateway. */
  start(environment?: Record<string, string>): Promise<Replica>;
  /** Kills those that still run. */
  close(): Promise<void>;
}

export interface Replicas extends Fleet {
  readonly replicas: readonly [Replica, Replica];
}

export interface FleetOptions {
  /** Absent = each keeps what it knows to itself. */
  readonly redis?: string;
  readonly products?: number;
  readonly latencyMs?: number;
  readonly partnerKey?: string;
  /** Waited for, where it answers with a promise. */
  readonly configure?: (gateway: GatewayFile) => unknown;
  readonly catalog?: (catalog: CatalogFile) => void;
}

/** Two gateways of one configuration over one pair of emulators and one Redis. */
export async function startReplicas(options: FleetOptions & { redis: string }): Promise<Replicas> {
  const fleet = await prepareFleet(options);
  return { ...fleet, replicas: await Promise.all([fleet.start(), fleet.start()]) };
}

/** All that gateways need to be started: emulators, configuration and catalog. */
export async function prepareFleet(options: FleetOptions = {}): Promise<Fleet> {
  const { redis, products = 10, latencyMs = 0, partnerKey = 'test-partner-key' } = options;
  const world = createDemoWorld({ products, sites: 1, seed: 1 });
  const clock = systemClock;
  const google = withControls(await createGoogleAnalyticsEmulator({ world, clock }));
  const partner = withControls(
    await createPartnerEmulator({
      world,
      clock,
      apiKey: partnerKey,
      latency: { minMs: latencyMs, maxMs: latencyMs },
      seed: 1,
    }),
  );
  const folder = await mkdtemp(join(tmpdir(), 'analytics-gateway-test-'));
  const urls = { googleUrl: google.url, partnerUrl: partner.url };
  const file = await writeDemoFiles({ world, folder, port: 0, ...urls, partnerKey });
  await editYaml<GatewayFile>(file, async (gateway) => {
    if (redis) gateway['cache'] = { redis };
    await options.configure?.(gateway);
  });
  await editYaml<CatalogFile>(join(folder, 'catalog.yaml'), options.catalog ?? (() => {}));
  const running: RunningCommand[] = [];

  async function start(environment: Record<string, string> = {}): Promise<Replica> {
    const command = startCommand(['serve', '--config', file], environment);
    running.push(command);
    const url = await command.printed(/listens on (\S+)\/graphql/);
    return { ...command, url, ...controlsOf(url) };
  }

  return {
    partner,
    google,
    world,
    start,
    async close() {
      await Promise.all(running.map((command) => command.end('SIGKILL')));
      await Promise.all([partner.close(), google.close(), rm(folder, { recursive: true, force: true })]);
    },
  };
}

function controlsOf(url: string): Pick<Replica, 'ask' | 'metric' | 'isReady'> {
  return {
    async ask(query, variables = {}, signal) {
      const response = await fetch(`${url}/graphql`, {
        ...(signal && { signal }),
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ query, variables }),
      });
      return (await response.json()) as never;
    },
    async metric(name) {
      const lines = (await (await fetch(`${url}/metrics`)).text()).split('\n');
      const values = lines.filter((line) => line.startsWith(name) && /^[ {]/.test(line.slice(name.length)));
      return values.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
    },
    isReady: async () => (await fetch(`${url}/readyz`)).ok,
  };
}
