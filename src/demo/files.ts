import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';
import type { DemoWorld } from './seed.js';

export interface DemoFilesOptions {
  world: DemoWorld;
  folder: string;
  port: number;
  googleUrl: string;
  partnerUrl: string;
  partnerKey: string;
}

/**
 * Writes what a company would write: gateway.yaml, catalog.yaml and a credentials file, pointing at the emulators. The demo
 * then starts from these files as `serve` does. Answers with the path of gateway.yaml.
 */
export async function writeDemoFiles(options: DemoFilesOptions): Promise<string> {
  const { world, folder, port, googleUrl, partnerUrl, partnerKey } = options;
  await mkdir(folder, { recursive: true });
  const credentials = await fetch(`${googleUrl}/__credentials`);
  const gateway = {
    server: { port },
    catalog: { file: 'catalog.yaml' },
    sources: {
      googleAnalytics: {
        credentials: 'google-credentials.json',
        rootUrl: googleUrl,
        tokenUrl: `${googleUrl}/token`,
      },
      partner: {
        url: `${partnerUrl}/summary?product={partnerId}&from={start}&to={end}`,
        apiKey: { query: 'api_key', value: partnerKey },
        identity: '/product',
        timeout: '30s',
        concurrency: 40,
      },
    },
    access: 'open',
  };
  const file = join(folder, 'gateway.yaml');
  await Promise.all([
    writeFile(file, stringify(gateway)),
    writeFile(join(folder, 'catalog.yaml'), stringify(catalogOf(world), { aliasDuplicateObjects: false })),
    writeFile(join(folder, 'google-credentials.json'), await credentials.text(), { mode: 0o600 }),
  ]);
  return file;
}

/** The world's sites and products in the form of catalog.yaml. */
export function catalogOf(world: DemoWorld): object {
  return {
    sites: world.sites.map(({ id, name, timeZone, currency, googleAnalytics }) => ({
      id,
      name,
      timeZone,
      currency,
      googleAnalytics,
      products: world.products
        .filter(({ siteId }) => siteId === id)
        .map((product) => ({
          id: product.id,
          name: product.name,
          googleAnalytics: product.googleAnalyticsKeys,
          partner: product.partnerId,
        })),
    })),
  };
}
