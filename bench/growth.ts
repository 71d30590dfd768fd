// npm run bench:growth [-- --most 10000]: what a first page and a whole fan-out cost, by the number of products. Needs redis-server.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { startRedisServer } from '../test/helpers/redisServer.js';
import { writeGatewayFiles } from './files.js';
import { type Curve, drawPicture, orderOfGrowth } from './picture.js';
import { type MeasuredServer, startServer, startUpstreams, type Usage } from './processes.js';
import { median } from './table.js';

const { values } = parseArgs({ options: { most: { type: 'string', default: '100000' } } });
const most = Number(values.most);
const root = fileURLToPath(new URL('..', import.meta.url));
const cli = join(root, 'dist/cli.js');
const sizes = [10, 100, 1_000, 10_000, 100_000].filter((size) => size <= most);
/** A full fan-out asks the partner for every product; nobody pages through more at once. */
const mostFannedOut = 10_000;
const rounds = 5;
/** MiB: the default has no room for a figure of each of 100,000 products, which would be asked again for each page. */
const memory = 256;

interface Row {
  readonly products: number;
  readonly name: string;
  readonly ms: number;
  readonly cpuMs: number;
  readonly peakMb: number;
}

const page = (args: string, figures: string) =>
  `{ site(id: "shop") { products(${args}) { nodes { id ${figures} } } } }`;
/** What is asked is the same for all sizes; each round of a fan-out asks for other days. */
const byName = page('first: 25, orderBy: { by: NAME, direction: ASC }', 'name');
const byFigure = page('first: 25, orderBy: { by: PAGE_VIEWS }', 'googleAnalytics { pageViews }');
const fanOut = (products: number, round: number) => {
  const days = `range: { start: "2025-01-0${round + 1}", end: "2025-01-20" }`;
  return page(`first: ${products}`, `googleAnalytics(${days}) { pageViews } partner(${days}) { orders }`);
};

let asks = 0;
const rows: Row[] = [];
for (const products of sizes) rows.push(...(await measure(products)));
for (const products of sizes.filter((size) => size <= mostFannedOut)) rows.push(...(await measureShared(products)));
await tell(rows);

async function measure(products: number): Promise<Row[]> {
  const upstreams = await startUpstreams(products);
  const files = await writeGatewayFiles(upstreams.url, products, { memory });
  const server = await startServer([cli, 'serve', '--config', files.config]);
  try {
    const measured = [
      await repeat([server], { products, name: 'first page by name' }, () => byName),
      await repeat([server], { products, name: 'first page by a Google figure, warm' }, () => byFigure),
    ];
    if (products > mostFannedOut) return measured;
    const whole = { products, name: 'full fan-out, cold' };
    return [...measured, await repeat([server], whole, (round) => fanOut(products, round))];
  } finally {
    await Promise.all([server.stop(), upstreams.stop()]);
    await files.remove();
  }
}

/** The same fan-out asked of two processes at once, each on a core, with one Redis: the partner must not notice. */
async function measureShared(products: number): Promise<Row[]> {
  const redis = await startRedisServer();
  const upstreams = await startUpstreams(products);
  const files = await writeGatewayFiles(upstreams.url, products, { memory, redis: redis.url });
  const start = (core: 'server' | 'others') => startServer([cli, 'serve', '--config', files.config], [], core);
  const servers = await Promise.all([start('server'), start('others')]);
  try {
    const both = { products, name: 'two processes, one Redis, cold' };
    const row = await repeat(servers, both, (round) => fanOut(products, round));
    const calls = await upstreams.partnerCalls();
    process.stdout.write(`${products} products of two processes: ${calls / (rounds + 1)} calls a round\n`);
    return [row];
  } finally {
    await Promise.all([...servers.map((server) => server.stop()), upstreams.stop()]);
    await Promise.all([files.remove(), redis.close()]);
  }
}

/**
 * Whatever is asked is new to the gateway as a request; only its sources' figures are warm. Answers with the time of the
 * attempt that was answered: a gateway that has just read a hundred thousand rows may ask for a moment.
 */
async function ask(server: MeasuredServer, query: string): Promise<number> {
  const { url } = server;
  const start = performance.now();
  asks += 1;
  const answer = await fetch(`${url}graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query, extensions: { asks } }),
  });
  const text = await answer.text();
  if (answer.status === 503) {
    await sleep(1_000 * Number(answer.headers.get('retry-after')));
    return ask(server, query);
  }
  if (!text.startsWith('{"data":')) throw new Error(text.slice(0, 300));
  return performance.now() - start;
}

/** Medians, and what all of the servers used; the first round pays for what all share. */
async function repeat(
  servers: readonly MeasuredServer[],
  row: Pick<Row, 'products' | 'name'>,
  query: (round: number) => string,
): Promise<Row> {
  const work = (round: number) => Promise.all(servers.map((server) => ask(server, query(round))));
  await work(0);
  const before = await usageOf(servers);
  const times: number[] = [];
  for (let round = 1; round <= rounds; round += 1) {
    times.push(Math.max(...(await work(round))));
  }
  const { cpuMs, peakBytes } = await usageOf(servers);
  return { ...row, ms: median(times), cpuMs: (cpuMs - before.cpuMs) / rounds, peakMb: peakBytes / 1e6 };
}

async function usageOf(servers: readonly MeasuredServer[]): Promise<Usage> {
  const all = await Promise.all(servers.map((server) => server.usage()));
  const sum = (read: (usage: Usage) => number) => all.reduce((total, usage) => total + read(usage), 0);
  return { cpuMs: sum(({ cpuMs }) => cpuMs), peakBytes: sum(({ peakBytes }) => peakBytes) };
}

async function tell(all: readonly Row[]): Promise<void> {
  const names = [...new Set(all.map(({ name }) => name))];
  const curves = names.map((name): Curve => ({ name, points: all.filter((row) => row.name === name) }));
  const cells = all.map(({ products, name, ms, cpuMs, peakMb }) => [
    name.padEnd(36),
    products.toLocaleString('en').padStart(9),
    ms.toFixed(1).padStart(10),
    cpuMs.toFixed(1).padStart(10),
    peakMb.toFixed(0).padStart(9),
  ]);
  const head = ['what'.padEnd(36), ' products', '        ms', '    CPU ms', '  peak MB'];
  process.stdout.write(`${[head, ...cells].map((line) => line.join(' ')).join('\n')}\n\n`);
  for (const curve of curves) {
    process.stdout.write(`${curve.name}: grows with the products to the power of ${orderOfGrowth(curve).toFixed(2)}\n`);
  }
  await writeFile(join(root, 'bench/growth.svg'), drawPicture(curves));
}
