import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { type App, createApp } from '../src/app.js';
import { readConfig } from '../src/config.js';

/** One row of the table: a catalog of one site with so many products, in one kind of home. */
interface Row {
  home: string;
  products: number;
  /** From nothing to a gateway that can answer. */
  loadMs: number;
  /** What the catalog takes of the heap, after a collection. */
  heapMiB: number;
  /** The longest time in which the process could do nothing else while it loaded. */
  blockedMs: number;
  /** Median of the first 25 products in the order of the catalog, no source asked. */
  pageMs: number;
  /** The same, ordered by name. */
  byNameMs: number;
}

const rounds = 9;
const sizes = [100, 1_000, 10_000, 100_000];
/** Names are not in the order of the catalog, or sorting them would be for nothing; a prime goes through all of them. */
const stride = 7_919;
const site = { id: 'shop', name: 'Shop', timeZone: 'Europe/Berlin', currency: 'EUR' };
const page = '{ site(id: "shop") { products(first: 25) { totalCount nodes { id name } } } }';
const byName = page.replace('first: 25', 'first: 25, orderBy: { by: NAME, direction: ASC }');
setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

const folder = await mkdtemp(join(tmpdir(), 'analytics-gateway-bench-'));
const url = process.env['DATABASE_URL'];
const rows: Row[] = [];
// The first gateway of a kind pays for what all of them share.
await measure('file', 1, await writeCatalog(1));
if (url !== undefined) await measure('postgres', 1, generated(url, 1));
for (const products of sizes) rows.push(await measure('file', products, await writeCatalog(products)));
if (url !== undefined)
  for (const products of sizes) rows.push(await measure('postgres', products, generated(url, products)));
await rm(folder, { recursive: true });
print(rows);

async function writeCatalog(products: number): Promise<object> {
  const lines = Array.from(
    { length: products },
    (_, index) =>
      `      - { id: product-${index}, name: Product number ${(index * stride) % products}, googleAnalytics: [/products/number-${index}], partner: P-${index} }\n`,
  );
  const { id, name, timeZone, currency } = site;
  const head = `sites:\n  - id: ${id}\n    name: ${name}\n    timeZone: ${timeZone}\n    currency: ${currency}\n    products:\n`;
  const file = join(folder, `catalog-${products}.yaml`);
  await writeFile(file, head + lines.join(''));
  return { file };
}

/** No table is needed: the database makes the rows up. */
function generated(database: string, products: number): object {
  const { id, name, timeZone, currency } = site;
  return {
    postgres: {
      url: database,
      sites: `SELECT '${id}' AS id, '${name}' AS name, '${timeZone}' AS time_zone, '${currency}' AS currency`,
      products: `SELECT 'product-' || n AS id, 'Product number ' || n::bigint * ${stride} % ${products} AS name, ARRAY['/products/number-' || n] AS google_keys,
        'P-' || n AS partner_id FROM generate_series(0, ${products - 1}) AS n WHERE $1 = '${id}' ORDER BY n`,
    },
  };
}

async function measure(home: string, products: number, catalog: object): Promise<Row> {
  const sources = { googleAnalytics: {}, partner: { url: 'http://127.0.0.1:1/{partnerId}' } };
  const written = {
    file: join(folder, 'gateway.yaml'),
    value: { catalog, sources, access: 'open' },
    lineOf: () => undefined,
  };
  const before = await heapMiB();
  const blocked = watchBlocking();
  const start = performance.now();
  const app = await createApp(readConfig(written, {}));
  const loadMs = performance.now() - start;
  const blockedMs = await blocked();
  const heap = (await heapMiB()) - before;
  try {
    const pageMs = await time(app, page);
    const byNameMs = await time(app, byName);
    return { home, products, loadMs, heapMiB: heap, blockedMs, pageMs, byNameMs };
  } finally {
    await app.close();
  }
}

async function time(app: App, query: string): Promise<number> {
  const times: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const start = performance.now();
    const { errors } = await app.execute({ query });
    if (errors) throw new Error(errors.map(({ message }) => message).join('\n'));
    times.push(performance.now() - start);
  }
  return times.toSorted((a, b) => a - b)[Math.floor(rounds / 2)] ?? Number.NaN;
}

/** What was closed before is let go of a little later. */
async function heapMiB(): Promise<number> {
  await setTimeout(100);
  collect();
  return process.memoryUsage().heapUsed / 1_048_576;
}

/** Measures how late the event loop is; the function returned answers with the worst. */
function watchBlocking(): () => Promise<number> {
  let last = performance.now();
  let worst = 0;
  const look = () => {
    worst = Math.max(worst, performance.now() - last);
    last = performance.now();
  };
  const timer = setInterval(look, 1);
  return async () => {
    await new Promise(setImmediate);
    clearInterval(timer);
    look();
    return worst;
  };
}

function print(table: readonly Row[]): void {
  const line = (cells: readonly (string | number)[]) =>
    process.stdout.write(`${cells.map((cell) => String(cell).padStart(12)).join('')}\n`);
  process.stdout.write(`One site; pages are medians of ${rounds}. With DATABASE_URL also out of a database.\n`);
  line(['catalog', 'products', 'load ms', 'blocked ms', 'heap MiB', 'page ms', 'by name ms']);
  for (const { home, products, loadMs, blockedMs, heapMiB: heap, pageMs, byNameMs } of table) {
    line([
      home,
      products,
      loadMs.toFixed(0),
      blockedMs.toFixed(0),
      heap.toFixed(1),
      pageMs.toFixed(1),
      byNameMs.toFixed(1),
    ]);
  }
}
