import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import autocannon, { type Instance, type Result } from 'autocannon';
import { type Fleet, prepareFleet, type Replica } from '../test/helpers/replicas.js';
import { until } from '../test/helpers/until.js';

/** What one load did: answers with figures and refusals, each with its rate and its times. */
interface Load {
  readonly connections: number;
  readonly goodPerSecond: number;
  readonly goodP99Ms: number;
  readonly refused: number;
  readonly refusedP50Ms: number;
  readonly refusedP99Ms: number;
  readonly lost: number;
}

const seconds = 8;
const peakConnections = 100;
const warmQuery =
  '{ site(id: "shop") { products(first: 40) { nodes { id googleAnalytics { pageViews } partner { orders } } } } }';

const print = (line = '') => process.stdout.write(`${line}\n`);
const row = (...cells: (string | number)[]) => print(cells.map((cell) => String(cell).padStart(14)).join(''));

const fleet = await prepareFleet({
  products: 40,
  configure: (file) => Object.assign(file, { log: { level: 'warn' } }),
});
try {
  await overload(fleet);
  await slowClients(fleet);
} finally {
  await fleet.close();
}

/** The same page out of the cache, asked by as many as give the best rate, by ten times as many, and by few again. */
async function overload({ start }: Fleet): Promise<void> {
  const gateway = await start();
  await gateway.ask(warmQuery);
  print(
    `Overload: a page of 40 products out of the cache, ${seconds} s each. The clients share the machine, and ask again as soon as they have their answer.`,
  );
  row('load', 'asked/s', 'good/s', 'good p99 ms', 'refused', 'p50 ms', 'p99 ms', 'lost');
  const measure = async (name: string, options: LoadOptions) => {
    const one = await load(gateway, options);
    const asked = one.goodPerSecond + one.refused / options.duration;
    const times = [one.goodP99Ms, one.refused, one.refusedP50Ms, one.refusedP99Ms].map(Math.round);
    row(name, Math.round(asked), Math.round(one.goodPerSecond), ...times, one.lost);
    return one.goodPerSecond;
  };
  await load(gateway, { connections: peakConnections, duration: 3 });
  const peak = await measure('peak', { connections: peakConnections, duration: seconds });
  const over = await measure('ten times', { connections: peakConnections * 10, duration: seconds });
  const after = await measure('after that', { connections: peakConnections, duration: seconds });
  const share = (goodput: number) => `${((100 * goodput) / peak).toFixed(0)} %`;
  print(`goodput at ten times the load ${share(over)} of the peak, after that ${share(after)}`);
  print(`ended in ${await timed(() => gateway.end('SIGTERM'))} ms after SIGTERM, 2 s of them the notice`);
}

async function load({ url }: Replica, { connections, duration }: LoadOptions): Promise<Load> {
  const good: number[] = [];
  const refused: number[] = [];
  const instance = autocannon({
    url: `${url}/graphql`,
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: warmQuery }),
    connections,
    duration,
    timeout: 60,
  }) as unknown as Instance;
  instance.on('response', (_, status, __, ms) => void (status === 200 ? good : refused).push(ms));
  const [{ errors, timeouts }] = (await once(instance, 'done')) as [Result];
  return {
    connections,
    goodPerSecond: good.length / duration,
    goodP99Ms: quantile(good, 0.99),
    refused: refused.length,
    refusedP50Ms: quantile(refused, 0.5),
    refusedP99Ms: quantile(refused, 0.99),
    lost: errors + timeouts,
  };
}

interface LoadOptions {
  connections: number;
  duration: number;
}

/** 10,000 clients that send half a request and then nothing. */
async function slowClients({ start }: Fleet): Promise<void> {
  const gateway = await start();
  await gateway.ask(warmQuery);
  const port = Number(new URL(gateway.url).port);
  const pid = gateway.pid ?? 0;
  const before = { rss: residentMiB(pid), sockets: openFiles(pid) };
  const half =
    'POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{"query":"';
  const sockets: Socket[] = [];
  let highest = before.rss;
  const watch = setInterval(() => {
    highest = Math.max(highest, residentMiB(pid));
  }, 50);
  for (let wave = 0; wave < 20; wave += 1) {
    for (let index = 0; index < 500; index += 1) {
      const socket = connect(port, '127.0.0.1', () => void socket.write(half));
      socket.on('error', () => {}).on('data', () => {});
      sockets.push(socket);
    }
    await sleep(100);
  }
  const answered = await timed(() => gateway.ask(warmQuery));
  await until(
    () => sockets.every(({ readableEnded, destroyed }) => readableEnded || destroyed),
    'all are let go',
    60_000,
  );
  clearInterval(watch);
  await sleep(1_500);
  print();
  print(
    `10,000 clients that send half a request: memory ${before.rss} -> ${highest} MiB; an honest one had its page in ${answered} ms.`,
  );
  print(`Open files ${before.sockets} -> ${openFiles(pid)} after they were let go.`);
  await gateway.end('SIGKILL');
}

function residentMiB(pid: number): number {
  return Math.round(Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1_024);
}

function openFiles(pid: number): number {
  return readdirSync(`/proc/${pid}/fd`).length;
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const begin = performance.now();
  await work();
  return Math.round(performance.now() - begin);
}

function quantile(values: readonly number[], share: number): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length * share)] ?? Number.NaN;
}
