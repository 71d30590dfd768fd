import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../src/clock.js';
import { writeDemoFiles } from '../../src/demo/files.js';
import { createGoogleAnalyticsEmulator } from '../../src/demo/googleAnalyticsEmulator.js';
import { createPartnerEmulator } from '../../src/demo/partnerEmulator.js';
import { createDemoWorld } from '../../src/demo/seed.js';
import { type RunningCommand, startCommand } from './commandLine.js';
import { type CatalogFile, editYaml, type GatewayFile, type RunningEmulator, withControls } from './gateway.js';

/** A gateway that is a process of its own. */
export interface Replica extends RunningCommand {
  ask<T = Record<string, unknown>>(query: string, variables?: object, signal?: AbortSignal): Promise<ReplicaAnswer<T>>;
  /** The value of a metric without labels, or the sum over its labels; 0 where there is none. */
  metric(name: string): Promise<number>;
  isReady(): Promise<boolean>;
}

export interface ReplicaAnswer<T> {
  readonly data: T;
  readonly errors?: { message: string; extensions: Record<string, unknown> }[];
}

export interface Replicas {
  readonly partner: RunningEmulator;
  readonly google: RunningEmulator;
  readonly replicas: readonly [Replica, Replica];
  /** One more, with the same configuration. */
  start(): Promise<Replica>;
  close(): Promise<void>;
}

export interface ReplicasOptions {
  readonly redis: string;
  readonly products?: number;
  readonly partnerKey?: string;
  readonly configure?: (gateway: GatewayFile) => void;
  readonly catalog?: (catalog: CatalogFile) => void;
}

/** Two gateways of one configuration over one pair of emulators and one Redis. */
export async function startReplicas(options: ReplicasOptions): Promise<Replicas> {
  const { redis, products = 10, partnerKey = 'test-partner-key' } = options;
  const world = createDemoWorld({ products, sites: 1, seed: 1 });
  const clock = systemClock;
  const google = withControls(await createGoogleAnalyticsEmulator({ world, clock }));
  const partner = withControls(
    await createPartnerEmulator({ world, clock, apiKey: partnerKey, latency: { minMs: 0, maxMs: 0 }, seed: 1 }),
  );
  const folder = await mkdtemp(join(tmpdir(), 'analytics-gateway-test-'));
  const urls = { googleUrl: google.url, partnerUrl: partner.url };
  const file = await writeDemoFiles({ world, folder, port: 0, ...urls, partnerKey });
  await editYaml<GatewayFile>(file, (gateway) => {
    gateway['cache'] = { redis };
    options.configure?.(gateway);
  });
  await editYaml<CatalogFile>(join(folder, 'catalog.yaml'), options.catalog ?? (() => {}));
  const running: RunningCommand[] = [];

  async function start(): Promise<Replica> {
    const command = startCommand(['serve', '--config', file]);
    running.push(command);
    const url = await command.printed(/listens on (\S+)\/graphql/);
    return { ...command, ...controlsOf(url) };
  }

  return {
    partner,
    google,
    replicas: await Promise.all([start(), start()]),
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
