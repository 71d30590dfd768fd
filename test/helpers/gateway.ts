import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DocumentNode, FormattedExecutionResult } from 'graphql';
import { print } from 'graphql';
import { parse, stringify } from 'yaml';
import { type App, createApp } from '../../src/app.js';
import { type Clock, systemClock } from '../../src/clock.js';
import { loadConfig } from '../../src/config.js';
import type { Emulator } from '../../src/demo/emulatorServer.js';
import type { FaultRule } from '../../src/demo/faults.js';
import { writeDemoFiles } from '../../src/demo/files.js';
import { createGoogleAnalyticsEmulator } from '../../src/demo/googleAnalyticsEmulator.js';
import type { QuotaLimits } from '../../src/demo/googleQuota.js';
import { createPartnerEmulator } from '../../src/demo/partnerEmulator.js';
import { createDemoWorld, type DemoWorld } from '../../src/demo/seed.js';
import type { TelemetryEvent } from '../../src/telemetry.js';

export interface GatewayOptions {
  products?: number;
  sites?: number;
  /** How long the partner takes; 0 by default. */
  latency?: { minMs: number; maxMs: number };
  /** Changes the configuration of the demo before it is read. */
  configure?: (gateway: GatewayFile) => void;
  /** Changes the catalog of the demo before it is read. */
  catalog?: (catalog: CatalogFile) => void;
  schema?: (text: string) => string;
  clock?: Clock;
  /** What differs from Google's standard quotas. */
  quotaLimits?: Partial<QuotaLimits>;
  environment?: NodeJS.ProcessEnv;
  partnerKey?: string;
  /** Whether every answer carries its trace, as in the demo; true by default. */
  alwaysTrace?: boolean;
}

export interface GatewayFile {
  server: Record<string, unknown>;
  schema?: string;
  sources: { googleAnalytics?: Record<string, unknown>; partner?: Record<string, unknown> };
  [key: string]: unknown;
}

export interface CatalogFile {
  sites: {
    id: string;
    partner?: { apiKey: string };
    products: { id: string; googleAnalytics?: string[]; partner?: string | null }[];
  }[];
}

/** What an emulator counted. */
export interface Stats {
  calls: number;
  maxInFlight: number;
  byKey: Record<string, number>;
  reports: number;
  tokenCalls: number;
}

export interface RunningEmulator extends Emulator {
  stats(): Promise<Stats>;
  faults(...rules: FaultRule[]): Promise<void>;
  reset(): Promise<void>;
}

export interface Answer<T = Record<string, unknown>> extends Omit<FormattedExecutionResult, 'data' | 'extensions'> {
  status: number;
  data: T;
  extensions: { sources: Record<string, Record<string, number>> };
}

export interface RunningGateway {
  url: string;
  app: App;
  world: DemoWorld;
  google: RunningEmulator;
  partner: RunningEmulator;
  folder: string;
  events: TelemetryEvent[];
  ask<T = Record<string, unknown>>(
    query: string | DocumentNode,
    variables?: object,
    init?: RequestInit,
  ): Promise<Answer<T>>;
  close(): Promise<void>;
}

/** The gateway as `demo` builds it, on free ports and from files, with its two emulators: nothing in it is replaced. */
export async function startGateway(options: GatewayOptions = {}): Promise<RunningGateway> {
  const { products = 40, sites = 1, latency = { minMs: 0, maxMs: 0 }, clock = systemClock } = options;
  const partnerKey = options.partnerKey ?? 'test-partner-key';
  const world = createDemoWorld({ products, sites, seed: 1 });
  const { quotaLimits = {} } = options;
  const google = withControls(await createGoogleAnalyticsEmulator({ world, clock, quotaLimits }));
  const partner = withControls(await createPartnerEmulator({ world, clock, apiKey: partnerKey, latency, seed: 1 }));
  const folder = await mkdtemp(join(tmpdir(), 'analytics-gateway-test-'));
  const file = await writeDemoFiles({
    world,
    folder,
    port: 0,
    googleUrl: google.url,
    partnerUrl: partner.url,
    partnerKey,
  });
  await editYaml(file, options.configure ?? (() => {}));
  await editYaml(join(folder, 'catalog.yaml'), options.catalog ?? (() => {}));
  if (options.schema) await writeSchema(folder, file, options.schema);
  const events: TelemetryEvent[] = [];
  const app = await createApp(loadConfig(file, options.environment ?? {}), {
    clock,
    alwaysTrace: options.alwaysTrace ?? true,
    report: (event) => void events.push(event),
  }).catch(async (error: unknown) => {
    // A server that stays would keep the test run from ending.
    await Promise.all([google.close(), partner.close()]);
    throw error;
  });
  const url = `${await app.listen()}graphql`;
  return {
    url,
    app,
    world,
    google,
    partner,
    folder,
    events,
    ask: (query, variables = {}, init = {}) => post(url, query, variables, init),
    async close() {
      await Promise.all([app.close(), google.close(), partner.close()]);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function post<T>(
  url: string,
  query: string | DocumentNode,
  variables: object,
  init: RequestInit,
): Promise<Answer<T>> {
  const text = typeof query === 'string' ? query : print(query);
  const response = await fetch(url, {
    method: 'POST',
    body: JSON.stringify({ query: text, variables }),
    ...init,
    headers: { 'content-type': 'application/json', ...init.headers },
  });
  return { status: response.status, ...((await response.json()) as Omit<Answer<T>, 'status'>) };
}

export async function editYaml<T>(file: string, change: (content: T) => unknown): Promise<void> {
  const content = parse(await readFile(file, 'utf8')) as T;
  await change(content);
  await writeFile(file, stringify(content, { aliasDuplicateObjects: false }));
}

async function writeSchema(folder: string, file: string, change: (text: string) => string): Promise<void> {
  const own = await readFile(new URL('../../schema.graphql', import.meta.url), 'utf8');
  await writeFile(join(folder, 'schema.graphql'), change(own));
  await editYaml<GatewayFile>(file, (gateway) => {
    gateway.schema = 'schema.graphql';
  });
}

export function withControls(emulator: Emulator): RunningEmulator {
  const send = async (path: string, body?: unknown) => {
    const init = body === undefined ? { method: 'POST' } : { method: 'POST', body: JSON.stringify(body) };
    const response = await fetch(emulator.url + path, init);
    if (!response.ok) throw new Error(`${path} answered ${response.status}: ${await response.text()}`);
  };
  return {
    ...emulator,
    stats: async () => (await (await fetch(`${emulator.url}/__stats`)).json()) as Stats,
    faults: (...rules) => send('/__faults', rules),
    reset: () => send('/__reset'),
  };
}
