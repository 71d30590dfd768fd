import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { stringify } from 'yaml';
import { loadConfig } from '../../src/config.js';
import { secretsOf, secretsOfSites } from '../../src/configSecrets.js';
import { ConfigurationError } from '../../src/errors.js';
import { caught } from '../helpers/caught.js';
import { type RunningGateway, startGateway } from '../helpers/gateway.js';
import { findSecrets } from '../helpers/secretForms.js';
import { temporaryFolder } from '../helpers/temporaryFolder.js';

const write = temporaryFolder();

let gateway: RunningGateway;
beforeAll(async () => {
  gateway = await startGateway({
    products: 1,
    partnerKey: 'the-partners-own-key',
    configure: (file) => {
      file['cache'] = { redis: 'redis://user:p%40ss-of-redis@127.0.0.1:1' };
    },
  });
});
afterAll(() => gateway.close());

const load = (environment: NodeJS.ProcessEnv) => loadConfig(join(gateway.folder, 'gateway.yaml'), environment);

describe('what is never to be logged', () => {
  test('are the keys of the partner, of Google, and the password of Redis', () => {
    const { private_key: key } = JSON.parse(readFileSync(join(gateway.folder, 'google-credentials.json'), 'utf8'));
    expect(secretsOf(load({}))).toEqual(
      expect.arrayContaining(['the-partners-own-key', 'p@ss-of-redis', key, key.split('\n')[3]]),
    );
  });

  test('is the password of the database', () => {
    const url = 'postgres://reader:p%40ss-of-postgres@127.0.0.1/shop';
    const postgres = { url, sites: 'SELECT 1', products: 'SELECT 1' };
    const file = write('gateway.yaml', stringify({ catalog: { postgres }, access: 'open' }));
    expect(secretsOf(loadConfig(file, {}))).toEqual(['p@ss-of-postgres']);
  });

  test('are the keys of single sites, with and without the scheme before them', () => {
    const sites = [{ partnerApiKey: 'Bearer the-key-of-a-shop' }, { partnerApiKey: null }];
    expect(secretsOfSites(sites)).toEqual(['Bearer the-key-of-a-shop', 'Bearer', 'the-key-of-a-shop']);
  });

  test('are all secrets that a configuration holds: none is left over in what is not one', () => {
    const config = load({});
    const secrets = Object.fromEntries(
      secretsOf(config).map((secret) => [createHash('sha256').update(secret).digest('hex').slice(0, 8), secret]),
    );
    const rest = { ...config, sources: null, cache: null };
    expect(findSecrets(new Map([['the rest', JSON.stringify(rest)]]), secrets)).toEqual([]);
  });
});

describe('NODE_DEBUG', () => {
  test.each(['undici', 'fetch', 'http', 'HTTPS', 'fs,undici', '*', 'und*', 'http*,fs'])(
    '%s is refused in production',
    (NODE_DEBUG) => {
      const { message } = caught(ConfigurationError, () => load({ NODE_ENV: 'production', NODE_DEBUG }));
      expect(message).toMatch(/NODE_DEBUG names .*unset it in production/);
    },
  );

  test.each(['', 'fs', 'fs,timers', 'module*'])('%j is fine in production', (NODE_DEBUG) => {
    expect(load({ NODE_ENV: 'production', NODE_DEBUG }).production).toBe(true);
  });

  test('is fine in development', () => {
    expect(load({ NODE_DEBUG: 'undici' }).production).toBe(false);
  });
});

describe('a report of Node, which holds the environment,', () => {
  const reporting = '--max-old-space-size=512 --report_on_signal --report-uncaught-exception';

  test('is refused in production', () => {
    const problems = () => load({ NODE_ENV: 'production', NODE_OPTIONS: reporting });
    expect(caught(ConfigurationError, problems).message).toMatch(
      /--report-on-signal, --report-uncaught-exception would write keys .*; leave that out in production/,
    );
  });

  test.each([
    { NODE_ENV: 'production', NODE_OPTIONS: `${reporting} --report-exclude-env` },
    { NODE_ENV: 'production', NODE_OPTIONS: '--report-compact --report-dir=reports' },
    { NODE_OPTIONS: reporting },
  ])('is fine with %j', (environment) => {
    expect(load(environment).file).toMatch(/gateway\.yaml$/);
  });
});
