import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { createShop, dimension, property } from './shop.js';

export interface GatewayFiles {
  /** Path of gateway.yaml. */
  readonly config: string;
  remove(): Promise<void>;
}

/** A gateway in front of the bench's upstreams, with every promise on: limits, retries, breaker, cache. */
export async function writeGatewayFiles(upstream: string, products: number, cache = {}): Promise<GatewayFiles> {
  const folder = await mkdtemp(join(tmpdir(), 'analytics-gateway-bench-'));
  const config = join(folder, 'gateway.yaml');
  await Promise.all([
    writeFile(config, stringify({ ...gatewayOf(upstream, products), cache })),
    writeFile(join(folder, 'catalog.yaml'), stringify(catalogOf(products), { aliasDuplicateObjects: false })),
    writeFile(join(folder, 'google.json'), JSON.stringify(createCredentials()), { mode: 0o600 }),
  ]);
  return { config, remove: () => rm(folder, { recursive: true, force: true }) };
}

function gatewayOf(upstream: string, products: number): object {
  return {
    server: { port: 0, host: '127.0.0.1', notice: '1ms' },
    catalog: { file: 'catalog.yaml' },
    sources: {
      googleAnalytics: {
        credentials: 'google.json',
        rootUrl: `${upstream}/`,
        tokenUrl: `${upstream}/token`,
        concurrency: 50,
      },
      partner: {
        url: `${upstream}/summary?product={partnerId}&from={start}&to={end}`,
        apiKey: { query: 'api_key', value: 'key-of-the-bench' },
        identity: '/product',
        concurrency: 1_000,
      },
    },
    limits: { first: Math.max(1_000, products), maxPartnerCalls: Math.max(1_000, products) },
    access: 'open',
    // A line for each request is what nobody else writes here either.
    log: { level: 'warn' },
  };
}

function catalogOf(products: number): object {
  const listed = createShop(products).map(({ id, name, key, partnerId }) => ({
    id,
    name,
    googleAnalytics: [key],
    partner: partnerId,
  }));
  const site = { id: 'shop', name: 'Shop', timeZone: 'Europe/Berlin', currency: 'EUR' };
  return { sites: [{ ...site, googleAnalytics: { property, dimension }, products: listed }] };
}

function createCredentials(): object {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 });
  return {
    type: 'service_account',
    project_id: 'bench',
    private_key_id: 'bench',
    private_key: privateKey.export({ type: 'pkcs8', format: 'pem' }),
    client_email: 'bench@bench.iam.gserviceaccount.com',
    client_id: '1',
    token_uri: 'https://oauth2.googleapis.com/token',
  };
}
