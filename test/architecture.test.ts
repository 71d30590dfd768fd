import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { type Import, packageOf, readSourceFile, readSourceFiles, type SourceFile } from './helpers/sourceFiles.js';

const files = readSourceFiles(fileURLToPath(new URL('../src', import.meta.url)));
const paths = new Set(files.map(({ path }) => path.replace(/\.ts$/, '')));

/** Small modules that know no room: everybody may use them. What they use themselves is in `rules`. */
const leaves = [
  'cancellation',
  'clock',
  'csv',
  'dateRange',
  'errors',
  'figureMappings',
  'figures',
  'freshness',
  'metricKinds',
  'origin',
  'packageRoot',
  'suggestion',
  'tracing',
  'units',
  'yamlFile',
  'yamlText',
  'urlTemplate',
  'viewer',
];
/** Everybody may use these, as types. */
const sharedTypes = ['telemetry', 'config', 'configSchema', 'accessSchema', 'catalogConfig'];

interface Rule {
  /** Rooms (a folder and what is in it) or files. Whole rules name all that they allow; others may use the leaves as well. */
  readonly values: readonly string[];
  readonly types?: readonly string[];
  readonly whole?: boolean;
}

/** Who may import whom. The first rule whose name is the file, or a folder above it, holds. */
const rules: Record<string, Rule> = {
  cli: { values: ['commands', 'app', 'config', 'demo', 'catalog'] },
  commands: {
    values: [
      'commands',
      'app',
      'createCatalog',
      'config',
      'configSecrets',
      'demo',
      'documentsFile',
      'schema/schema',
      'server/telemetryListeners',
      'server/redactor',
      'server/accessKeys',
    ],
    types: ['plan'],
  },
  app: {
    values: [
      'createCatalog',
      'createContexts',
      'createSources',
      'documentsFile',
      'plan',
      'probe',
      'warm',
      'config',
      'configSecrets',
      'catalog',
      'sources',
      'scheduler',
      'cache',
      'table',
      'schema',
      'server',
    ],
  },
  createCatalog: { values: ['catalog', 'config', 'siteChecks'] },
  createContexts: {
    values: ['catalog', 'server/callBudgets'],
    types: ['createSources', 'schema/context', 'server/requestScope'],
  },
  createSources: { values: ['plan', 'sources', 'scheduler', 'cache'] },
  plan: { values: [], types: ['sources'] },
  configSecrets: { values: [], types: ['catalog/catalog'] },
  documentsFile: { values: ['schema', 'server'] },
  siteChecks: { values: [], types: ['catalog/catalog'] },
  probe: { values: [], types: ['catalog/catalog', 'schema/context'] },
  warm: { values: [], types: ['cache/flight', 'catalog/catalog', 'sources'] },
  server: { values: ['server', 'schema'], types: ['plan'] },
  schema: { values: ['schema', 'catalog', 'table'], types: ['sources', 'plan'] },
  table: { values: ['table'], types: ['catalog/catalog'] },
  'sources/googleAnalytics': {
    values: ['sources/googleAnalytics', 'sources/*', 'cache', 'scheduler'],
    types: ['catalog/catalog'],
  },
  'sources/partner': { values: ['sources/partner', 'sources/*', 'cache', 'scheduler'], types: ['catalog/catalog'] },
  sources: { values: ['sources/*', 'cache', 'scheduler'], types: ['catalog/catalog'] },
  cache: { values: ['cache'] },
  scheduler: { values: ['scheduler'] },
  catalog: { values: ['catalog'] },
  config: { values: ['config', 'configSchema'], types: ['catalogConfig'] },
  configSchema: { values: ['accessSchema', 'catalogConfig', 'limitsSchema', 'serverSchema'] },
  accessSchema: { values: [] },
  catalogConfig: { values: [] },
  limitsSchema: { values: [] },
  serverSchema: { values: [] },
  viewer: { values: [], whole: true },
  demo: { values: ['demo', 'clock', 'figures', 'errors'], types: ['catalog/catalog'], whole: true },
  telemetry: { values: [], types: ['errors'], whole: true },
  figures: { values: ['errors', 'figureMappings', 'metricKinds'], whole: true },
  figureMappings: { values: ['suggestion'], types: ['errors'], whole: true },
  freshness: { values: [], whole: true },
  metricKinds: { values: [], whole: true },
  dateRange: { values: ['errors'], whole: true },
  yamlFile: { values: ['errors', 'suggestion', 'yamlText'], whole: true },
  yamlText: { values: ['errors'], whole: true },
  packageRoot: { values: [], whole: true },
  urlTemplate: { values: [], types: ['dateRange'], whole: true },
  cancellation: { values: [], types: ['clock'], whole: true },
  clock: { values: [], whole: true },
  tracing: { values: [], whole: true },
  units: { values: [], whole: true },
  suggestion: { values: [], whole: true },
  origin: { values: [], whole: true },
  csv: { values: [], whole: true },
  errors: { values: [], whole: true },
};

/** Where a package may be imported; files or folders below src. */
const packages: Record<string, RegExp> = {
  googleapis: /^sources\/googleAnalytics\/client\.ts$/,
  undici: /^sources\/[^/]+\/(client|transport|exchange)\.ts$/,
  dataloader: /^sources\/[^/]+\/loader\.ts$/,
  'csv-stringify': /^csv\.ts$/,
  'graphql-jit': /^server\/compiledExecution\.ts$/,
  '@opentelemetry/api': /^server\/openTelemetry\.ts$/,
  '@opentelemetry/sdk-node': /^server\/openTelemetry\.ts$/,
  ioredis: /^cache\/redisStore\.ts$/,
  pg: /^catalog\/database\.ts$/,
  'pg-cursor': /^catalog\/database\.ts$/,
  fastify: /^server\//,
  '@fastify/compress': /^server\//,
  helmet: /^server\//,
  '@fastify/static': /^server\//,
  '@fastify/cors': /^server\/accessHook\.ts$/,
  jose: /^server\/jwt\.ts$/,
  '@as-integrations/fastify': /^server\//,
  '@apollo/server': /^server\//,
};

function ruleOf(path: string): Rule | undefined {
  const steps = path.replace(/\.ts$/, '').split('/');
  const names = steps.map((_, index) => steps.slice(0, steps.length - index).join('/'));
  return names.map((name) => rules[name]).find((rule) => rule !== undefined);
}

/** `sources/*` are the files of a folder, without the folders in it. */
function isIn(room: string, path: string): boolean {
  if (room.endsWith('/*')) return path.startsWith(room.slice(0, -1)) && !path.slice(room.length - 1).includes('/');
  return path === room || path.startsWith(`${room}/`);
}

function mayImport(path: string, { from, typeOnly }: Pick<Import, 'from' | 'typeOnly'>): boolean {
  const rule = ruleOf(path);
  if (!rule) return false;
  const values = rule.whole ? rule.values : [...rule.values, ...leaves];
  const types = [...(rule.types ?? []), ...sharedTypes];
  return values.some((room) => isIn(room, from)) || (typeOnly && types.some((room) => isIn(room, from)));
}

const isInside = ({ from }: Pick<Import, 'from'>) => paths.has(from);

/** `path:line: what` of every import that a test refuses. */
function refused(test: (file: SourceFile, found: Import) => boolean): string[] {
  return files.flatMap((file) =>
    file.imports.filter((found) => test(file, found)).map(({ from, line }) => `${file.path}:${line}: ${from}`),
  );
}

describe('who may import whom', () => {
  test('is known for every file', () => {
    expect(files.length).toBeGreaterThan(50);
    expect(files.filter(({ path }) => !ruleOf(path)).map(({ path }) => path)).toEqual([]);
  });

  test('no file reaches out of src by a path', () => {
    expect(refused((_, { from }) => from.startsWith('.'))).toEqual([]);
  });

  test('no file imports what its room must not know', () => {
    expect(refused(({ path }, found) => isInside(found) && !mayImport(path, found))).toEqual([]);
  });

  test('nothing imports cli', () => {
    expect(refused((_, { from }) => from === 'cli')).toEqual([]);
  });

  test('telemetry holds types only, and is imported as types only', () => {
    expect(refused((_, { from, typeOnly }) => from === 'telemetry' && !typeOnly)).toEqual([]);
  });

  test('tables know no GraphQL', () => {
    expect(refused(({ path }, { from }) => path.startsWith('table/') && /graphql/i.test(from))).toEqual([]);
  });

  test.each([
    ['app.ts', 'demo/seed', false],
    ['app.ts', 'cli', false],
    ['commands/serve.ts', 'server/server', false],
    ['server/server.ts', 'sources/partner/loader', true],
    ['server/server.ts', 'cache/cache', true],
    ['server/server.ts', 'scheduler/policy', true],
    ['server/server.ts', 'config', false],
    ['schema/context.ts', 'sources/partner/loader', false],
    ['schema/context.ts', 'cache/cache', true],
    ['table/page.ts', 'sources/partner/loader', true],
    ['table/page.ts', 'schema/context', true],
    ['table/page.ts', 'catalog/catalog', false],
    ['sources/partner/loader.ts', 'sources/googleAnalytics/rows', true],
    ['sources/partner/loader.ts', 'schema/context', true],
    ['scheduler/limiter.ts', 'cache/cache', true],
    ['cache/cache.ts', 'scheduler/policy', true],
    ['catalog/fileCatalog.ts', 'config', false],
    ['config.ts', 'catalog/catalog', true],
    ['figures.ts', 'schema/schema', true],
    ['errors.ts', 'clock', true],
    ['demo/seed.ts', 'catalog/catalog', false],
    ['demo/seed.ts', 'dateRange', false],
    ['demo/seed.ts', 'scheduler/policy', true],
    ['unheardOf.ts', 'errors', true],
  ])('refuses %s to import %s (as types: %s)', (path, from, typeOnly) => {
    expect(mayImport(path, { from, typeOnly })).toBe(false);
  });

  test.each([
    ['app.ts', 'sources/partner/loader', false],
    ['schema/context.ts', 'sources/partner/loader', true],
    ['table/page.ts', 'catalog/catalog', true],
    ['sources/partner/loader.ts', 'sources/freshness', false],
    ['scheduler/limiter.ts', 'telemetry', true],
    ['urlTemplate.ts', 'dateRange', true],
  ])('allows %s to import %s (as types: %s)', (path, from, typeOnly) => {
    expect(mayImport(path, { from, typeOnly })).toBe(true);
  });
});

describe('what stands in one place only', () => {
  test.each(Object.entries(packages))('%s is imported in %s', (name, place) => {
    expect(refused(({ path }, { from }) => packageOf(from) === name && !place.test(path))).toEqual([]);
  });

  test.each([
    ['env', 'config.ts'],
    ['exit', 'cli.ts'],
  ])('process.%s is in %s', (member, place) => {
    const users = files.filter(({ processMembers }) => processMembers.includes(member)).map(({ path }) => path);
    expect(users).toEqual([place]);
  });
});

describe('every file', () => {
  test('is at most 220 lines long, but for those that are generated', () => {
    const long = files.filter(
      ({ path, text }) => !path.endsWith('generated.ts') && text.trimEnd().split('\n').length > 220,
    );
    expect(long.map(({ path }) => path)).toEqual([]);
  });

  test('exports by name', () => {
    expect(files.filter(({ hasDefaultExport }) => hasDefaultExport).map(({ path }) => path)).toEqual([]);
  });

  test('is named by what it exports', () => {
    expect(
      files.map(({ path }) => path).filter((path) => /(^|\/)(utils?|helpers?|common|index|misc)\.ts$/.test(path)),
    ).toEqual([]);
  });
});

describe('the reader of these files', () => {
  const read = (text: string) => readSourceFile('table/page.ts', text);

  test.each([
    ["import { a } from '../errors.js'", { from: 'errors', typeOnly: false }],
    ["import a from './cursor.js'", { from: 'table/cursor', typeOnly: false }],
    ["import '../a/b.js'", { from: 'a/b', typeOnly: false }],
    ["import {} from '../a.js'", { from: 'a', typeOnly: false }],
    ["import * as a from 'undici'", { from: 'undici', typeOnly: false }],
    ["import type { a } from '../errors.js'", { from: 'errors', typeOnly: true }],
    ["import { type a, type b } from '../errors.js'", { from: 'errors', typeOnly: true }],
    ["import { type a, b } from '../errors.js'", { from: 'errors', typeOnly: false }],
    ["export { a } from '../errors.js'", { from: 'errors', typeOnly: false }],
    ["export * from '../errors.js'", { from: 'errors', typeOnly: false }],
    ["export type { a } from '../errors.js'", { from: 'errors', typeOnly: true }],
    ["const a = await import('../errors.js')", { from: 'errors', typeOnly: false }],
    ["type A = import('../errors.js').A", { from: 'errors', typeOnly: true }],
    ['const a = await import(name)', { from: 'name', typeOnly: false }],
  ])('sees what %s imports', (text, found) => {
    expect(read(`\n${text};`).imports).toEqual([{ ...found, line: 2 }]);
  });

  test.each([
    'process.env',
    "process['env']",
    'globalThis.process.env',
    'const { env } = process',
    'const { env: e } = process',
    "import { env } from 'node:process'",
  ])('sees the environment in %s', (text) => {
    expect(read(text).processMembers).toContain('env');
  });

  test.each([
    'export default 5',
    'export default function a() {}',
    'const a = 1; export { a as default }',
    "export { default } from './a.js'",
  ])('sees the default export in %s', (text) => {
    expect(read(text).hasDefaultExport).toBe(true);
  });

  test.each([
    ['googleapis/build/src/index.js', 'googleapis'],
    ['@apollo/server/errors', '@apollo/server'],
    ['undici', 'undici'],
  ])('knows that %s is of %s', (name, owner) => {
    expect(packageOf(name)).toBe(owner);
  });
});
