import { type AppOptions, createApp, loadSchema, staleSchema } from '../app.js';
import { systemClock } from '../clock.js';
import { type Config, loadConfig } from '../config.js';
import { createCatalog } from '../createCatalog.js';
import { checkDocuments } from '../documentsFile.js';
import { ConfigurationError, formatProblem } from '../errors.js';
import type { Print } from './serve.js';

/** Prints every problem of the configuration; where there is none, of catalog, schema and documents. Answers whether there was none. */
export async function check({ file, live, print }: { file: string; live: boolean; print: Print }): Promise<boolean> {
  const { config, problems } = await readAll(file);
  for (const problem of problems) print(problem);
  if (!config || problems.length > 0) {
    print(`${problems.length} ${problems.length === 1 ? 'problem' : 'problems'}.`);
    return false;
  }
  if (live && !(await askOnce(config, print))) return false;
  print('No problems.');
  return true;
}

async function readAll(file: string): Promise<{ config: Config | null; problems: string[] }> {
  const problems: string[] = [];
  const attempt = async <T>(read: () => T): Promise<Awaited<T> | null> => {
    try {
      return await read();
    } catch (error) {
      if (!(error instanceof ConfigurationError)) throw error;
      problems.push(...error.problems.map(formatProblem));
      return null;
    }
  };
  const config = await attempt(() => loadConfig(file));
  if (config) {
    const catalog = await attempt(() => createCatalog({ config, clock: systemClock, report: () => {} }));
    await catalog?.close();
    const schema = await attempt(() => loadSchema(config));
    if (schema?.isStale) problems.push(staleSchema(config.schema));
    if (schema) await attempt(() => checkDocuments(config, schema));
  }
  return { config, problems };
}

/**
 * Asks each source for one product and prints what came of it, in the words that a client would read; then compares the
 * schema's metrics and the catalog's dimensions with what each property has.
 */
async function askOnce(config: Config, print: Print, options: AppOptions = {}): Promise<boolean> {
  // Nothing is kept and nothing shared: each source is really asked.
  const app = await createApp({ ...config, cache: { ...config.cache, redis: null } }, options);
  try {
    const probes = await app.probe();
    for (const { source, product, failure } of probes) {
      const about = product === null ? 'no product of the catalog is known to it' : `asked for ${product}`;
      print(`${source}: ${about}: ${failure === null ? 'ok' : `${failure.code} ${failure.message}`}`);
    }
    const problems = await app.checkFields();
    const { file, schema, catalog } = config;
    const files = { configuration: file, schema, catalog: catalog.file ?? file };
    for (const { place, message } of problems) print(formatProblem({ file: files[place], message }));
    return problems.length === 0 && probes.every(({ failure }) => failure === null);
  } finally {
    await app.close();
  }
}
