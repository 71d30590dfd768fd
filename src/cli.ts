#!/usr/bin/env node
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { catalogJsonSchema } from './catalog/fileCatalog.js';
import { serve } from './commands/serve.js';
import { type Running, supervise } from './commands/supervise.js';
import { environmentPort, gatewayJsonSchema } from './config.js';
import { ConfigurationError } from './errors.js';
import { isOrigin } from './origin.js';

const print = (line: string) => void process.stdout.write(`${line}\n`);
const note = (line: string) => void process.stderr.write(`${line}\n`);
// Whoever reads along may leave, as `head` does; that ends nothing.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
}
const exitCodes = { done: 0, failed: 1, wrongUsage: 2 } as const;
const exit = (how: keyof typeof exitCodes) => process.exit(exitCodes[how]);
const untilTold = (running: Running) => supervise(running, exit);

// A command is loaded when it is called: to serve takes none of the others.
const program = new Command('analytics-gateway')
  .description('One GraphQL query over Google Analytics 4 and a slow partner API, asked in parallel.')
  .exitOverride()
  .showHelpAfterError('(--help tells more)');

const config = () => new Option('--config <file>', 'the configuration').default('gateway.yaml');

program
  .command('serve')
  .description('serve the sources of a configuration')
  .addOption(config())
  .option('--port <port>', 'wins over PORT and the configuration', wholeNumber(0, 65_535))
  .action(({ config: file, port }) => serve({ file, port, print, supervise: untilTold }));

program
  .command('demo')
  .description('serve invented data from two emulated sources: no accounts, no configuration')
  .option('--port <port>', 'the emulators take the next two', wholeNumber(0, 65_533), portOfEnvironment() ?? 4000)
  .option('--products <count>', 'products on each site', wholeNumber(1, 100_000), 40)
  .option('--sites <count>', 'sites', wholeNumber(1, 10), 2)
  .addOption(
    new Option('--latency <ms..ms>', 'how long the partner takes, by product')
      .argParser(latency)
      .default({ minMs: 300, maxMs: 3_000 }, '300..3000'),
  )
  .option('--seed <number>', 'another seed, other numbers', wholeNumber(0, 2_147_483_647), 1)
  .action(async (options) => {
    const { demo } = await import('./commands/demo.js');
    await demo({ ...options, print, supervise: untilTold });
  });

program
  .command('check')
  .description('check configuration, catalog and schema, and list every problem')
  .addOption(config())
  .option('--live', 'also ask each source once', false)
  .action(async ({ config: file, live }) => {
    const { check } = await import('./commands/check.js');
    finish(await check({ file, live, print }));
  });

program
  .command('plan')
  .description('print the upstream calls that an operation would make, and make none')
  .argument('<file>', 'a file with one GraphQL operation')
  .option('--variables <json>', 'variables of the operation', jsonObject, {})
  .addOption(config())
  .action(async (file, { variables, config: configFile }) => {
    const { plan } = await import('./commands/plan.js');
    await plan({ file, variables, config: configFile, print });
  });

program
  .command('query')
  .description('run one operation; exit code 1 when the answer has errors')
  .argument('<file>', 'a file with one GraphQL operation')
  .option('--variables <json>', 'variables of the operation', jsonObject, {})
  .addOption(
    new Option('--format <format>', 'how the answer is printed').choices(['json', 'table', 'csv']).default('json'),
  )
  .addOption(
    new Option(
      '--url <url>',
      'ask a gateway that runs, with the key in ANALYTICS_GATEWAY_KEY (default: http://localhost:4000/graphql)',
    ).conflicts('config'),
  )
  .addOption(new Option('--config <file>', 'or ask the sources of a configuration, in process').conflicts('url'))
  .action(async (file, { variables, format, url, config: configFile }) => {
    const at = configFile === undefined ? { url: url ?? 'http://localhost:4000/graphql' } : { config: configFile };
    const { query } = await import('./commands/query.js');
    finish(await query({ file, variables, format, at, print, note }));
  });

program
  .command('generate')
  .description('write into a schema file what follows from its figures: order, filters and totals')
  .argument('<file>', 'a schema file, such as schema.graphql')
  .action(async (file) => {
    const { generate } = await import('./commands/generate.js');
    generate({ file, print });
  });

program
  .command('keys')
  .description('keys of those who may ask')
  .command('create')
  .description('make a key: print it, once, and the line of the configuration that lets it in')
  .requiredOption('--id <id>', 'names it, in the configuration and in every request', keyId)
  .option('--sites <ids...>', 'the sites that it may see (default: all)', siteIds)
  .option('--origin <origins...>', 'web pages that may send it, such as https://shop.example (default: none)', origins)
  .action(async ({ id, sites, origin }) => {
    const { createKey } = await import('./commands/keys.js');
    createKey({ id, sites, origins: origin, print });
  });

program
  .command('json-schemas', { hidden: true })
  .description('write the JSON Schemas of gateway.yaml and catalog.yaml, for editors')
  .argument('<folder>')
  .action(async (folder) => {
    await mkdir(folder, { recursive: true });
    const write = (name: string, schema: object) =>
      writeFile(join(folder, name), `${JSON.stringify(schema, null, 2)}\n`);
    await Promise.all([
      write('gateway.schema.json', gatewayJsonSchema()),
      write('catalog.schema.json', catalogJsonSchema()),
    ]);
  });

function wholeNumber(min: number, max: number) {
  return (text: string): number => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= min && value <= max) return value;
    throw new InvalidArgumentError(`Write a whole number from ${min} to ${max}.`);
  };
}

/** PORT, for the demo, which takes the next two as well; ends the process where it is no port. */
function portOfEnvironment(): number | undefined {
  const text = environmentPort();
  if (text === undefined) return undefined;
  if (/^\d{1,5}$/.test(text) && Number(text) <= 65_533) return Number(text);
  note(`PORT is ${JSON.stringify(text)}; write a whole number from 0 to 65533.`);
  process.exit(exitCodes.wrongUsage);
}

function latency(text: string): { minMs: number; maxMs: number } {
  const [, min, max = min] = /^(\d{1,6})(?:\.\.(\d{1,6}))?$/.exec(text) ?? [];
  if (min !== undefined && Number(min) <= Number(max)) return { minMs: Number(min), maxMs: Number(max) };
  throw new InvalidArgumentError('Write two numbers of ms, the smaller first, such as 300..3000.');
}

function keyId(text: string): string {
  if (/^[A-Za-z0-9_-]{1,64}$/.test(text)) return text;
  throw new InvalidArgumentError('Write 1 to 64 letters, digits, _ or -.');
}

function siteIds(text: string, others: readonly string[] = []): readonly string[] {
  return [...others, keyId(text)];
}

function origins(text: string, others: readonly string[] = []): readonly string[] {
  if (isOrigin(text)) return [...others, text];
  throw new InvalidArgumentError('Write an origin such as https://shop.example, without a path.');
}

function jsonObject(text: string): Record<string, unknown> {
  try {
    const value = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  } catch {
    // Said below, in the same words as for JSON that is no object.
  }
  throw new InvalidArgumentError('Write a JSON object such as {"site":"shop"}.');
}

function finish(done: boolean): void {
  process.exitCode = done ? exitCodes.done : exitCodes.failed;
}

function fail(error: unknown): void {
  if (error instanceof CommanderError) {
    process.exitCode = error.exitCode === 0 ? exitCodes.done : exitCodes.wrongUsage;
    return;
  }
  if (error instanceof ConfigurationError) note(error.message);
  else note(error instanceof Error ? error.message : String(error));
  process.exit(exitCodes.failed);
}

await program.parseAsync().catch(fail);
