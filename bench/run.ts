// npm run bench [-- --scenario T3,T2 --rounds 1 --seconds 5 --profile]: the gateway next to the floor, in turns.
import { mkdir, writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { transformFile } from '@swc/core';
import { type GatewayFiles, writeGatewayFiles } from './files.js';
import { hasTaskset, type MeasuredServer, startLoad, startServer, startUpstreams } from './processes.js';
import { type Bench, type Scenario, scenarios } from './scenarios.js';
import { formatTable, type Measured, rowOf } from './table.js';

const products = 1_000;
const root = fileURLToPath(new URL('..', import.meta.url));
const results = join(root, 'bench/results');

const { values } = parseArgs({
  options: {
    scenario: { type: 'string', default: scenarios.map(({ name }) => name).join(',') },
    rounds: { type: 'string', default: '3' },
    seconds: { type: 'string', default: '5' },
    profile: { type: 'boolean', default: false },
  },
});

const chosen = values.scenario.split(',').map(findScenario);
await mkdir(results, { recursive: true });
const upstreams = await startUpstreams(products);
const files = await writeGatewayFiles(upstreams.url, products);
const load = await startLoad();
const start = await starters(upstreams.url, files);
const servers: Record<Side, MeasuredServer> = { floor: await start.floor(), gateway: await start.gateway() };
try {
  const measured = await measureAll(chosen, Number(values.rounds));
  await tell(measured);
} finally {
  await Promise.all([servers.floor.stop(), servers.gateway.stop()]);
  await Promise.all([upstreams.stop(), load.stop(), files.remove()]);
}

type Side = 'floor' | 'gateway';

function findScenario(name: string): Scenario {
  const found = scenarios.find((scenario) => scenario.name === name);
  if (!found)
    throw new Error(`There is no scenario ${name}; there are ${scenarios.map((one) => one.name).join(', ')}.`);
  return found;
}

async function starters(
  upstream: string,
  { config }: GatewayFiles,
): Promise<Record<Side, () => Promise<MeasuredServer>>> {
  const floor = await compileFloor();
  const gateway = [join(root, 'dist/cli.js'), 'serve', '--config', config];
  return {
    floor: () => startServer([floor, upstream, String(products)]),
    // The profile is written when the process ends.
    gateway: () => startServer(gateway, values.profile ? ['--cpu-prof', `--cpu-prof-dir=${results}`] : []),
  };
}

/** The floor as JavaScript, beside the packages that it imports. */
async function compileFloor(): Promise<string> {
  for (const name of ['floor', 'shop']) {
    const options = { jsc: { target: 'es2022', parser: { syntax: 'typescript' } }, module: { type: 'es6' } } as const;
    const { code } = await transformFile(join(root, `bench/${name}.ts`), options);
    await writeFile(join(results, `${name}.js`), code);
  }
  return join(results, 'floor.js');
}

/** Floor and gateway in turns, so that what disturbs the machine disturbs both. */
async function measureAll(all: readonly Scenario[], rounds: number): Promise<Measured[]> {
  const measured = all.map((scenario) => ({ scenario, floor: [] as number[], gateway: [] as number[] }));
  for (let round = 1; round <= rounds; round += 1) {
    for (const { scenario, ...values } of measured) {
      for (const side of ['floor', 'gateway'] as const) values[side].push(await scenario.measure(benchOf(side)));
      process.stderr.write(
        `round ${round}: ${scenario.name} ${values.floor.at(-1)?.toFixed(1)} ${values.gateway.at(-1)?.toFixed(1)}\n`,
      );
    }
  }
  return measured;
}

function benchOf(side: Side): Bench {
  return { load, upstreams, server: servers[side], startFresh: start[side], seconds: Number(values.seconds) };
}

async function tell(measured: readonly Measured[]): Promise<void> {
  const rows = measured.map(rowOf);
  process.stdout.write(formatTable(rows, (name) => findScenario(name).direction));
  if (!hasTaskset)
    process.stdout.write('Without taskset, or a second core: server, sources and load shared what there is.\n');
  const machine = { node: process.version, cpu: cpus()[0]?.model, cores: cpus().length, pinned: hasTaskset };
  await writeFile(
    join(results, 'latest.json'),
    `${JSON.stringify({ at: new Date(), machine, rows, measured }, null, 2)}\n`,
  );
}
