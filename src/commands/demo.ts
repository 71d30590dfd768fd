import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { print as printDocument } from 'graphql';
import { createApp, type Occasion } from '../app.js';
import { systemClock } from '../clock.js';
import { loadConfig } from '../config.js';
import { secretsOf } from '../configSecrets.js';
import { writeDemoFiles } from '../demo/files.js';
import { createGoogleAnalyticsEmulator } from '../demo/googleAnalyticsEmulator.js';
import { productStats } from '../demo/operations.js';
import { createPartnerEmulator } from '../demo/partnerEmulator.js';
import { createDemoWorld } from '../demo/seed.js';
import { createRedactor } from '../server/redactor.js';
import { createLog } from '../server/telemetryListeners.js';
import type { TelemetryEvent } from '../telemetry.js';
import type { Print } from './serve.js';
import type { Running } from './supervise.js';

export interface DemoCommandOptions {
  port: number;
  products: number;
  sites: number;
  seed: number;
  latency: { minMs: number; maxMs: number };
  print: Print;
  /** Called before the first request can come, so that none is lost to a signal. */
  supervise: (running: Running) => void;
}

/** The gateway in front of two emulated services, on real ports: port + 1 is Google Analytics, port + 2 the partner. */
export async function demo(options: DemoCommandOptions): Promise<void> {
  /** What was opened, to be closed in the reverse order, also when the next thing cannot be opened. */
  const opened: ((occasion: Occasion) => Promise<unknown>)[] = [];
  const close = async (occasion: Occasion) => {
    for (const undo of opened.splice(0).reverse()) await undo(occasion);
  };
  // Nobody balances loads over demos: none of them waits to be noticed.
  const running = { close: (occasion: Occasion) => close(occasion === 'terminated' ? 'asked' : occasion) };
  try {
    await open(options, opened, running);
  } catch (error) {
    await close('asked');
    if (!(error instanceof Error && /is in use/.test(error.message))) throw error;
    throw new Error(`${error.message} The demo takes three ports in a row; choose the first by --port or PORT.`);
  }
}

async function open(
  options: DemoCommandOptions,
  opened: ((occasion: Occasion) => Promise<unknown>)[],
  running: Running,
): Promise<void> {
  const { port, products, sites, seed, latency, print, supervise } = options;
  const world = createDemoWorld({ products, sites, seed });
  const partnerKey = `demo-key-${seed}`;
  const clock = systemClock;
  const google = await createGoogleAnalyticsEmulator({ world, clock, port: port && port + 1 });
  opened.push(() => google.close());
  const partnerPort = port && port + 2;
  const partner = await createPartnerEmulator({ world, clock, apiKey: partnerKey, port: partnerPort, latency, seed });
  opened.push(() => partner.close());
  const folder = await mkdtemp(join(tmpdir(), 'analytics-gateway-demo-'));
  opened.push(() => rm(folder, { recursive: true, force: true }));
  const file = await writeDemoFiles({
    world,
    folder,
    port,
    googleUrl: google.url,
    partnerUrl: partner.url,
    partnerKey,
  });
  const config = loadConfig(file, {});
  // A line for each request is for operators.
  const redactor = createRedactor(secretsOf(config));
  const log = createLog({ level: 'warn', queries: false, redact: redactor.redact });
  // Nobody has to be warned that the demo is open.
  const report = (event: TelemetryEvent) => event.type !== 'access.open' && log(event);
  const sandboxDocument = printDocument(productStats);
  const app = await createApp(config, { redactor, report, alwaysTrace: true, sandboxDocument });
  opened.push((occasion) => app.close(occasion));
  supervise(running);
  const url = await app.listen();
  welcome({ url, googleUrl: google.url, partnerUrl: partner.url, file, site: world.sites[0]?.id ?? '', print });
}

function welcome(options: {
  url: string;
  googleUrl: string;
  partnerUrl: string;
  file: string;
  site: string;
  print: Print;
}): void {
  const { url, googleUrl, partnerUrl, file, site, print } = options;
  print(`Stats page           ${url}   (open it in a browser)`);
  print(`GraphiQL             ${url}graphiql   (to explore)`);
  print(`Analytics Gateway    ${url}graphql`);
  print(`Google Analytics     ${googleUrl}   (emulator)`);
  print(`Partner              ${partnerUrl}   (emulator)`);
  print(`Configuration        ${file}`);
  print('');
  print('Try:');
  const query = `{ site(id: "${site}") { products(first: 5) { nodes { name googleAnalytics { pageViews } partner { orders revenue } } } } }`;
  print(`  curl -s ${url}graphql -H 'content-type: application/json' -d '${JSON.stringify({ query })}'`);
}
