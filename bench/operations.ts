import { readdirSync, readFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Fleet, prepareFleet, type Replica } from '../test/helpers/replicas.js';
import { until } from '../test/helpers/until.js';

const seconds = 8;
const peakClients = 150;
const retryAfterMs = 1_000;
const warmQuery =
  '{ site(id: "shop") { products(first: 40) { nodes { id googleAnalytics { pageViews } partner { orders } } } } }';

const headers = { 'content-type': 'application/json' };
const body = JSON.stringify({ query: warmQuery });

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

/** The same page out of the cache: by as many clients as keep it busy, by ten times as many, and by as many again. */
async function overload({ start }: Fleet): Promise<void> {
  const gateway = await start();
  await gateway.ask(warmQuery);
  print(`Overload: a page of 40 products out of the cache, ${seconds} s each. The clients share the machine.`);
  row('load', 'clients', 'good/s', 'good p99 ms', 'refused/s', 'p50 ms', 'p99 ms', 'lost');
  const measure = async (name: string, clients: number) => {
    const { good, refused, lost } = await load(gateway, clients);
    const times = [quantile(good, 0.99), refused.length / seconds, quantile(refused, 0.5), quantile(refused, 0.99)];
    row(name, clients, Math.round(good.length / seconds), ...times.map(Math.round), lost);
    return good.length / seconds;
  };
  await load(gateway, peakClients);
  const peak = await measure('peak', peakClients);
  const over = await measure('ten times', 10 * peakClients);
  const after = await measure('after that', peakClients);
  const share = (goodput: number) => `${((100 * goodput) / peak).toFixed(0)} %`;
  print(`goodput at ten times the load ${share(over)} of the peak, after that ${share(after)}`);
  print(`ended in ${await timed(() => gateway.end('SIGTERM'))} ms after SIGTERM, 2 s of them the notice`);
}

interface Load {
  /** How long each answer took, those with figures and refusals (ms). */
  readonly good: number[];
  readonly refused: number[];
  lost: number;
}

/** So many clients ask again and again; one that was refused comes back when it was told to. */
async function load({ url }: Replica, clients: number): Promise<Load> {
  const agent = new Agent({ keepAlive: true });
  const load = { good: [] as number[], refused: [] as number[], lost: 0 };
  const end = performance.now() + seconds * 1_000;
  const ask = () =>
    new Promise<number>((resolve, reject) => {
      const outgoing = request(`${url}/graphql`, { agent, method: 'POST', headers }, (response) => {
        response.resume().once('end', () => resolve(response.statusCode ?? 0));
      });
      outgoing.once('error', reject).end(body);
    });
  async function beClient(): Promise<void> {
    while (performance.now() < end) {
      const begin = performance.now();
      const status = await ask().catch(() => 0);
      const ms = performance.now() - begin;
      // What was let in before the end and answered after it counts for nobody's second.
      if (performance.now() > end) return;
      if (status === 0) load.lost += 1;
      else (status === 200 ? load.good : load.refused).push(ms);
      if (status !== 200) await sleep(retryAfterMs);
    }
  }
  await Promise.all(Array.from({ length: clients }, beClient));
  agent.destroy();
  return load;
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
