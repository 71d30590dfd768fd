// npm run bench:growth [-- --most 10000]: what a first page and a whole fan-out cost, by the number of products.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { writeGatewayFiles } from './files.js';
import { type Curve, drawPicture, orderOfGrowth } from './picture.js';
import { type MeasuredServer, startServer, startUpstreams } from './processes.js';
import { median } from './table.js';

const { values } = parseArgs({ options: { most: { type: 'string', default: '100000' } } });
const most = Number(values.most);
const root = fileURLToPath(new URL('..', import.meta.url));
const sizes = [10, 100, 1_000, 10_000, 100_000].filter((size) => size <= most);
/** A full fan-out asks the partner for every product; nobody pages through more at once. */
const mostFannedOut = 10_000;
const rounds = 5;

interface Row {
  readonly products: number;
  readonly name: string;
  readonly ms: number;
  readonly cpuMs: number;
  readonly peakMb: number;
}

const page = (args: string, figures: string) =>
  `{ site(id: "shop") { products(${args}) { nodes { id ${figures} } } } }`;
const rows: Row[] = [];
for (const products of sizes) rows.push(...(await measure(products)));
await tell(rows);

async function measure(products: number): Promise<Row[]> {
  const upstreams = await startUpstreams(products);
  const files = await writeGatewayFiles(upstreams.url, products);
  const server = await startServer([join(root, 'dist/cli.js'), 'serve', '--config', files.config]);
  // Whatever is asked is new to the gateway as an operation; only its sources' figures are warm.
  let asks = 0;
  const ask = async (query: string) => {
    asks += 1;
    const answer = await fetch(`${server.url}graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query, extensions: { asks } }),
    });
    const text = await answer.text();
    if (!text.startsWith('{"data":')) throw new Error(`${products} products: ${text.slice(0, 300)}`);
  };
  const byName = page('first: 25, orderBy: { by: NAME, direction: ASC }', 'name');
  const byFigure = page('first: 25, orderBy: { by: PAGE_VIEWS }', 'googleAnalytics { pageViews }');
  try {
    const measured = [
      await repeat(server, products, 'first page by name', () => ask(byName)),
      await repeat(server, products, 'first page by a Google figure, warm', () => ask(byFigure)),
    ];
    if (products > mostFannedOut) return measured;
    const days = (round: number) => `range: { start: "2025-01-0${round + 1}", end: "2025-01-20" }`;
    const all = (round: number) =>
      page(`first: ${products}`, `googleAnalytics(${days(round)}) { pageViews } partner(${days(round)}) { orders }`);
    return [...measured, await repeat(server, products, 'full fan-out, cold', (round) => ask(all(round)))];
  } finally {
    await Promise.all([server.stop(), upstreams.stop()]);
    await files.remove();
  }
}

/** Medians; the first round pays for what all share. */
async function repeat(
  server: MeasuredServer,
  products: number,
  name: string,
  work: (round: number) => Promise<void>,
): Promise<Row> {
  await work(0);
  const before = await server.usage();
  const times: number[] = [];
  for (let round = 1; round <= rounds; round += 1) {
    const start = performance.now();
    await work(round);
    times.push(performance.now() - start);
  }
  const { cpuMs, peakBytes } = await server.usage();
  return { products, name, ms: median(times), cpuMs: (cpuMs - before.cpuMs) / rounds, peakMb: peakBytes / 1e6 };
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
