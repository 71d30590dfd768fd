import { dirname, join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { parse, stringify } from 'yaml';
import { type Config, describeConfig, loadConfig, ownSchemaFile, readConfig } from '../src/config.js';
import { ConfigurationError } from '../src/errors.js';
import { caught } from './helpers/caught.js';
import { temporaryFolder } from './helpers/temporaryFolder.js';

const write = temporaryFolder();
const smallest = 'catalog: { file: catalog.yaml }\naccess: open\n';
const partnerUrl = 'https://api.partner.example/v1/summary?product={partnerId}&from={start}&to={end}';

function load(text: string, environment: NodeJS.ProcessEnv = {}): Config {
  return loadConfig(write('conf/gateway.yaml', text), environment);
}

function problemsOf(text: string, environment: NodeJS.ProcessEnv = {}): string[] {
  const { problems } = caught(ConfigurationError, () => load(text, environment));
  return problems.map(({ line, message }) => `${line}: ${message}`);
}

/** The smallest configuration with a partner, whose settings are changed. */
function withPartner(settings: object): string {
  return `${smallest}${stringify({ sources: { partner: { url: partnerUrl, ...settings } } })}`;
}

describe('the smallest configuration', () => {
  test('is complete: what is left out has its default', () => {
    expect(load(smallest)).toMatchObject({
      server: { port: 4000, host: '0.0.0.0', deadline: 30_000 },
      schema: ownSchemaFile,
      sources: { googleAnalytics: null, partner: null },
      limits: { first: 1_000, ids: 200, maxPartnerCalls: 1_000, maxReports: 30 },
      access: 'open',
      production: false,
    });
  });

  test('gives each source its defaults', () => {
    const { sources } = load(`${smallest}sources:\n  googleAnalytics: {}\n  partner: { url: "${partnerUrl}" }\n`);
    expect(sources.googleAnalytics).toMatchObject({
      credentials: null,
      rootUrl: 'https://analyticsdata.googleapis.com/',
      tokenUrl: null,
      concurrency: 5,
      timeout: 10_000,
    });
    expect(sources.partner).toMatchObject({
      url: partnerUrl,
      apiKey: null,
      format: 'json',
      identity: null,
      timeout: 180_000,
      concurrency: 32,
    });
  });

  test('cannot be changed, at any depth', () => {
    const config = load(withPartner({ apiKey: { query: 'key', value: 'x' } }));
    const parts: unknown[] = [config];
    for (const part of parts) {
      expect(Object.isFrozen(part)).toBe(true);
      parts.push(...Object.values(part as object).filter((value) => typeof value === 'object' && value !== null));
    }
    expect(parts.length).toBeGreaterThan(5);
  });
});

describe('what is read', () => {
  test('are durations in ms and numbers, also from variables, which are texts', () => {
    const text = `${smallest}server: { port: "$\{PORT_NUMBER}", deadline: 1.5m }\nlimits: { first: "10" }\n`;
    const config = load(text, { PORT_NUMBER: '8080' });
    expect(config.server).toMatchObject({ port: 8080, deadline: 90_000 });
    expect(config.limits).toMatchObject({ first: 10 });
  });

  test('may forbid every call of a query, and no less', () => {
    const limits = (text: string) => `${smallest}limits: ${text}\n`;
    expect(load(limits('{ maxPartnerCalls: 0, maxReports: 0 }')).limits).toMatchObject({
      maxPartnerCalls: 0,
      maxReports: 0,
    });
    expect(problemsOf(limits('{ maxPartnerCalls: -1, maxReports: 1.5 }'))).toEqual([
      expect.stringMatching(/limits\.maxPartnerCalls/),
      expect.stringMatching(/limits\.maxReports/),
    ]);
  });

  test('takes paths relative to the file itself, not to where the gateway was started', () => {
    const file = write(
      'deep/er/gateway.yaml',
      `${smallest}schema: ../own.graphql\nsources: { googleAnalytics: { credentials: key.json } }\n`,
    );
    write('deep/er/key.json', '{ "type": "service_account" }');
    const config = loadConfig(file, {});
    expect(config.catalog.file).toBe(join(dirname(file), 'catalog.yaml'));
    expect(config.schema).toBe(join(dirname(file), '../own.graphql'));
    expect(config.sources.googleAnalytics?.credentials).toBe('{"type":"service_account"}');
  });

  test.each([
    ['a file that is not there', 'missing.json', {}],
    ['a text that is no JSON', `"$\{JSON}"`, { JSON: '{ canary' }],
  ])('names the line of credentials that are %s, and quotes nothing of them', (_, credentials, environment) => {
    const text = `${smallest}sources:\n  googleAnalytics: { credentials: ${credentials} }\n`;
    const error = caught(ConfigurationError, () => load(text, environment));
    expect(error.message).toMatch(/:\d+: sources\.googleAnalytics\.credentials: /);
    expect(error.message).not.toContain('canary');
  });

  test('leaves an absolute path and credentials that are JSON as they are', () => {
    const json = '{"type":"service_account"}';
    const config = load(
      `${smallest}schema: /etc/own.graphql\nsources: { googleAnalytics: { credentials: "$\{JSON}" } }\n`,
      {
        JSON: json,
      },
    );
    expect(config.schema).toBe('/etc/own.graphql');
    expect(config.sources.googleAnalytics?.credentials).toBe(json);
  });

  test.each([
    ['production', true],
    ['development', false],
    [undefined, false],
  ])('with NODE_ENV %s is for production: %s', (NODE_ENV, production) => {
    expect(load(smallest, NODE_ENV === undefined ? {} : { NODE_ENV }).production).toBe(production);
  });

  test.each([
    [undefined, null],
    ['', null],
    ['--max-old-space-size=700', 700],
    ['--enable-source-maps --max_old_space_size=256 --trace-warnings', 256],
    ['--max-old-space-size=256 --max-old-space-size=512', 512],
    ['--max-semi-space-size=16', null],
  ])('with NODE_OPTIONS %j Node was told how many MiB may live on: %j', (NODE_OPTIONS, maxOldMiB) => {
    expect(load(smallest, NODE_OPTIONS === undefined ? {} : { NODE_OPTIONS }).maxOldMiB).toBe(maxOldMiB);
  });

  test('reads a configuration that a program made, without a file', () => {
    const written = { file: '/conf/made.yaml', value: parse(smallest), lineOf: () => undefined };
    expect(readConfig(written, {}).catalog.file).toBe('/conf/catalog.yaml');
  });
});

describe('PORT in the environment', () => {
  test.each([
    smallest,
    `${smallest}server: { port: 5000, host: localhost }\n`,
    `${smallest}server: { port: nonsense }\n`,
  ])('wins over %j', (text) => {
    expect(load(text, { PORT: '7000' }).server.port).toBe(7000);
  });

  test('leaves the rest of the server as it is written', () => {
    const { server } = load(`${smallest}server: { host: localhost, deadline: 5s }\n`, { PORT: '0' });
    expect(server).toEqual(expect.objectContaining({ port: 0, host: 'localhost', deadline: 5_000 }));
  });

  test('that is empty is not set', () => {
    expect(load(smallest, { PORT: '' }).server.port).toBe(4000);
  });

  test.each(['http', '80a', '65536', '-1', '1.5', ' ', '0x50'])('that is %j is a problem', (PORT) => {
    expect(problemsOf(smallest, { PORT })).toEqual([expect.stringMatching(/write a whole number from 0 to 65535/)]);
  });
});

describe('problems', () => {
  test('are all told at once, with file and line', () => {
    const text = [
      'serve: { port: 1 }',
      'catalog: { file: catalog.yaml }',
      'server:',
      '  port: 70000',
      '  deadline: 30',
      'sources:',
      '  googleAnalytics:',
      '    rootUrl: analyticsdata',
      '    timeuot: 10s',
      '  partner:',
      '    url: "https://api.partner.example/{product}"',
      `    apiKey: { query: key, value: "$\{PARTNER_KEY}" }`,
      '    concurrency: 0',
    ].join('\n');
    const { problems } = caught(ConfigurationError, () => load(text));
    expect(problems.every(({ file }) => file.endsWith('conf/gateway.yaml'))).toBe(true);
    const told = problems.map(({ line, message }) => `${line}: ${message}`);
    expect(told).toHaveLength(9);
    expect(told).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^1: serve: .* did you mean server\?$/),
        expect.stringMatching(/^4: server\.port: write a whole number from 0 to 65535/),
        expect.stringMatching(/^5: server\.deadline: write a number and a unit/),
        expect.stringMatching(/^8: sources\.googleAnalytics\.rootUrl: write a whole URL/),
        expect.stringMatching(/^9: sources\.googleAnalytics\.timeuot: .* did you mean timeout\?$/),
        expect.stringMatching(/^11: sources\.partner\.url: .*\{product\}/),
        expect.stringMatching(/^12: sources\.partner\.apiKey\.value: the variable PARTNER_KEY is not set/),
        expect.stringMatching(/^13: sources\.partner\.concurrency: write a whole number/),
        expect.stringMatching(/access: say who may ask; write access: open/),
      ]),
    );
  });

  test.each([
    ['{ query: key }', 'a key without its value'],
    ['{ value: x }', 'a value without its place'],
    ['{ query: a, header: b, value: x }', 'two places'],
    ['secret', 'a key alone'],
  ])('of apiKey %s: %s; say the two forms', (apiKey) => {
    const text = `${smallest}sources: { partner: { url: "${partnerUrl}", apiKey: ${apiKey} } }`;
    expect(problemsOf(text)).toEqual([expect.stringMatching(/^3: .*\{ query: NAME.*\{ header: NAME/)]);
  });

  test.each([
    ['{ header: "X Api", value: x }', 'header'],
    ['{ header: "X:Api", value: x }', 'header'],
    ['{ query: "", value: x }', 'query'],
    ['{ query: key, value: "" }', 'value'],
  ])('of apiKey %s stand at its %s', (apiKey, key) => {
    const text = `${smallest}sources: { partner: { url: "${partnerUrl}", apiKey: ${apiKey} } }`;
    expect(problemsOf(text)).toEqual([expect.stringContaining(`3: sources.partner.apiKey.${key}: `)]);
  });

  test('never repeat the value of a key', () => {
    const told = problemsOf(withPartner({ apiKey: { query: '', value: 'canary-key' } }));
    expect(told.join()).not.toContain('canary-key');
  });

  test.each(['everyone', '"no"', 'true', '[]'])(
    'are told of access: %s, which lets nobody know who may ask',
    (access) => {
      expect(problemsOf(`catalog: { file: c.yaml }\naccess: ${access}\n`)).toEqual([
        expect.stringMatching(/^2: access: /),
      ]);
    },
  );

  test('are told of a pattern of ids that is no regular expression', () => {
    expect(problemsOf(withPartner({ idPattern: '[' }))).toEqual([
      expect.stringMatching(/idPattern: .*regular expression/),
    ]);
  });

  test('are told of an identity that is no JSON Pointer, which would refuse every answer', () => {
    expect(problemsOf(withPartner({ identity: 'product' }))).toEqual([expect.stringMatching(/identity: .*Pointer/i)]);
  });
});

describe('the catalog', () => {
  const database = { url: 'postgres://reader:secret@db.example/shop', sites: 'SELECT 1', products: 'SELECT 2' };
  const withCatalog = (catalog: object) => stringify({ catalog, access: 'open' });

  test('may be a file, or a database that is read every 5 minutes', () => {
    expect(load(smallest).catalog.postgres).toBeNull();
    expect(load(withCatalog({ postgres: database })).catalog).toEqual({
      file: null,
      postgres: { ...database, refresh: 300_000, timeout: 30_000 },
    });
  });

  test('may have its own times', () => {
    const { catalog } = load(withCatalog({ postgres: { ...database, refresh: '30s', timeout: '1m' } }));
    expect(catalog.postgres).toMatchObject({ refresh: 30_000, timeout: 60_000 });
  });

  test.each([
    ['both', { file: 'catalog.yaml', postgres: database }],
    ['neither', {}],
  ])('may not be %s', (_, catalog) => {
    expect(problemsOf(withCatalog(catalog))).toEqual([expect.stringMatching(/^1: catalog: .*write file or postgres/)]);
  });

  test.each([
    ['url', { ...database, url: 'mysql://reader:secret@db.example/shop' }, /write a whole URL, postgres:/],
    ['url', { ...database, url: 'db.example' }, /write a whole URL, postgres:/],
    ['refresh', { ...database, refresh: 300 }, /write a number and a unit/],
    ['timeout', { ...database, timeout: '0s' }, /longer than nothing/],
    ['sites', { ...database, sites: undefined }, /is missing; write a text/],
    ['refesh', { ...database, refesh: '1m' }, /did you mean refresh\?/],
  ])('has the line of a %s that is wrong, and quotes nothing of the URL', (key, postgres, message) => {
    const problems = problemsOf(withCatalog({ postgres }));
    expect(problems).toEqual([expect.stringMatching(new RegExp(`^\\d+: catalog\\.postgres\\.${key}: `))]);
    expect(problems[0]).toMatch(message);
    expect(problems[0]).not.toMatch(/secret|db\.example/);
  });
});

describe("the partner's URL", () => {
  test.each([partnerUrl, 'http://localhost:4002/{partnerId}', 'https://p.example/a/{partnerId}/b?x=1'])(
    'may be %s',
    (url) => {
      expect(load(withPartner({ url })).sources.partner?.url).toBe(url);
    },
  );

  test.each([
    ['https://p.example/summary', /\{partnerId\}/],
    ['https://p.example/{partnerId}?from={start}', /\{end\}/],
    ['https://p.example/{partnerId}?to={end}', /\{start\}/],
    ['https://p.example/{product}', /unknown placeholder \{product\}.*\{partnerId\}/],
    ['ftp://p.example/{partnerId}', /http/],
    ['p.example/{partnerId}', /http/],
    ['', /http/],
    ['https://p.example/{partnerId}#top', /#/],
  ])('may not be %j', (url, message) => {
    expect(problemsOf(withPartner({ url }))).toEqual([expect.stringMatching(message)]);
  });
});

describe('the table of all keys', () => {
  const table = describeConfig();

  test('says what every key means, each once, parents before children', () => {
    const keys = table.map(({ key }) => key);
    expect(keys).toEqual(
      expect.arrayContaining(['server.port', 'sources.partner.url', 'limits.first', 'catalog.file']),
    );
    expect(new Set(keys).size).toBe(keys.length);
    expect(table.every(({ meaning }) => meaning.length > 0)).toBe(true);
  });

  test.each([
    'server.port',
    'server.deadline',
    'sources.googleAnalytics.concurrency',
    'sources.googleAnalytics.timeout',
    'sources.partner.timeout',
    'sources.partner.concurrency',
    'limits.first',
    'limits.ids',
    'limits.maxPartnerCalls',
    'limits.maxReports',
  ])('shows the default of %s', (key) => {
    expect(table.find((row) => row.key === key)?.default).toEqual(expect.anything());
  });
});
