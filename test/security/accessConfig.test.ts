import { describe, expect, test } from '@jest/globals';
import { stringify } from 'yaml';
import { createSnapshot } from '../../src/catalog/catalog.js';
import { loadConfig } from '../../src/config.js';
import { ConfigurationError } from '../../src/errors.js';
import { hashSecret } from '../../src/server/accessKeys.js';
import { checkSites } from '../../src/siteChecks.js';
import { createSite } from '../helpers/catalogParts.js';
import { caught } from '../helpers/caught.js';
import { runCommand } from '../helpers/commandLine.js';
import { temporaryFolder } from '../helpers/temporaryFolder.js';

const write = temporaryFolder();
const hash = hashSecret('x');
const jwt = { issuer: 'i', audience: 'a', jwks: 'https://login.example/keys' };

const load = (access: unknown) =>
  loadConfig(write('gateway.yaml', stringify({ catalog: { file: 'catalog.yaml' }, access })), {});
const problemsOf = (access: unknown) =>
  caught(ConfigurationError, () => load(access)).problems.map(({ message }) => message);

describe('access in gateway.yaml', () => {
  test('is open, or keys, or jwt, or both', () => {
    expect(load('open').access).toBe('open');
    expect(load({ keys: [{ id: 'a', hash }] }).access).toEqual({
      keys: [{ id: 'a', hash, sites: null, origins: [], limits: {} }],
      jwt: null,
    });
    expect(load({ jwt }).access).toEqual({
      keys: [],
      jwt: { ...jwt, sitesClaim: 'sites', origins: [], limits: {} },
    });
  });

  test.each([
    [undefined, 'access: say who may ask'],
    ['closed', 'access: say who may ask'],
    [null, 'access: say who may ask'],
    [[], 'access: say who may ask'],
    [{}, 'access: name at least one key, or jwt'],
    [{ keys: [] }, 'access: name at least one key, or jwt'],
    [{ kyes: [] }, 'access.kyes: this key is not known; did you mean keys?'],
    [{ keys: [{ id: 'a b', hash }] }, 'access.keys.0.id: write 1 to 64'],
    [{ keys: [{ id: 'a', hash: 'secret' }] }, 'access.keys.0.hash: write what `analytics-gateway keys create` printed'],
    [{ keys: [{ id: 'a', hash: hash.toUpperCase() }] }, 'access.keys.0.hash: write what'],
    [{ keys: [{ id: 'a', hash, origins: ['https://a.example/path'] }] }, 'access.keys.0.origins.0: write an origin'],
    [{ keys: [{ id: 'a', hash, origins: ['*'] }] }, 'access.keys.0.origins.0: write an origin'],
    [{ keys: [{ id: 'a', hash, limits: { calls: 1 } }] }, 'access.keys.0.limits.calls: this key is not known'],
    [
      {
        keys: [
          { id: 'a', hash },
          { id: 'a', hash },
        ],
      },
      'access.keys.1.id: a is the id of another key',
    ],
    [{ jwt: { ...jwt, jwks: 'http://login.example/keys' } }, 'access.jwt.jwks: write a whole URL, https://'],
    [{ jwt: { issuer: 'i', jwks: jwt.jwks } }, 'access.jwt.audience: is missing'],
  ])('%j is a problem with its place', (access, message) => {
    expect(problemsOf(access)).toEqual(expect.arrayContaining([expect.stringContaining(message)]));
  });

  test('names sites that the catalog has', () => {
    const check = (sites: string[]) =>
      checkSites(load({ keys: [{ id: 'page', hash, sites }] }), createSnapshot([createSite()], []));
    check(['shop']);
    const { problems } = caught(ConfigurationError, () => check(['shpo', 'shop']));
    expect(problems.map(({ message }) => message)).toEqual(['access.keys: page: the catalog has no site shpo.']);
  });

  test.each([
    ['10.0.0.0/8', true],
    ['::1', true],
    ['fd00::/8', true],
    ['10.0.0.0/33', false],
    ['proxy.example', false],
    ['true', false],
  ])('server.proxies may name %s: %s', (address, fine) => {
    const text = stringify({ catalog: { file: 'c' }, access: 'open', server: { proxies: [address] } });
    const read = () => loadConfig(write('proxies.yaml', text), {});
    if (fine) expect(read().server.proxies).toEqual([address]);
    else expect(caught(ConfigurationError, read).message).toMatch(/server\.proxies\.0: write an address/);
  });
});

describe('keys create', () => {
  test('prints a key and what lets it in, which is not the key', async () => {
    const args = ['--id', 'stats-page', '--sites', 'shop', 'outlet', '--origin', 'https://shop.example'];
    const { code, stdout } = await runCommand(['keys', 'create', ...args]);
    expect(code).toBe(0);
    const [, secret = ''] = /^\s+stats-page\.(\S+)$/m.exec(stdout) ?? [];
    const [, entry = ''] = /^\s+- (\{.*\})$/m.exec(stdout) ?? [];
    const text = `catalog: { file: c }\naccess:\n  keys:\n    - ${entry}\n`;
    expect(loadConfig(write('made.yaml', text), {}).access).toMatchObject({
      keys: [
        {
          id: 'stats-page',
          hash: hashSecret(secret),
          sites: ['shop', 'outlet'],
          origins: ['https://shop.example'],
        },
      ],
    });
    expect(entry).not.toContain(secret);
  }, 60_000);

  test.each([
    [[]],
    [['--id', 'a b']],
    [['--id', 'page', '--sites', 'shop,outlet']],
    [['--id', 'page', '--origin', 'https://shop.example/stats']],
  ])('with %j is wrong usage', async (args) => {
    expect((await runCommand(['keys', 'create', ...args])).code).toBe(2);
  });
});
