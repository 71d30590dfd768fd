import { Agent, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { openFiles, residentMiB } from '../test/helpers/processFiles.js';
import { connectRaw, type RawClient } from '../test/helpers/rawClient.js';
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

/** By name, so that one can be measured alone. */
const measures = { overload, slowSenders, slowReaders };
const products = { overload: 40, slowSenders: 40, slowReaders: 1_000 };
type Name = keyof typeof measures;
const wanted = process.argv.slice(2) as Name[];

for (const name of wanted.length > 0 ? wanted : (Object.keys(measures) as Name[])) {
  const fleet = await prepareFleet({
    products: products[name],
    // More aliases than usual make an answer that the system's own buffers cannot take.
    configure: (file) => Object.assign(file, { log: { level: 'warn' }, limits: { aliases: 120 } }),
  });
  try {
    await measures[name](fleet);
  } finally {
    await fleet.close();
  }
}

/** The same page out of the cache: by as many clients as keep it busy, by ten times as many, and by as many again. */
async function overload({ start }: Fleet): Promise<void> {
  const gateway = await start();
  await gateway.ask(warmQuery);
  print(`Overload: a page of 40 products out of the cache, ${seconds} s each. The clients share the machine.`);
  row('load', 'clients', 'good/s', 'good p99 ms', 'refused/s', 'p50 ms', 'p99 ms', 'lost');
  const measure = async (name: string, clients: number) => {
    const { good, refused, lost } = await load(gateway, { clients, seconds });
    const times = [quantile(good, 0.99), refused.length / seconds, quantile(refused, 0.5), quantile(refused, 0.99)];
    row(name, clients, Math.round(good.length / seconds), ...times.map(Math.round), lost);
    return good.length / seconds;
  };
  await load(gateway, { clients: peakClients, seconds });
  const peak = await measure('peak', peakClients);
  const over = await measure('ten times', 10 * peakClients);
  const after = await measure('after that', peakClients);
  print(`goodput at ten times the load ${percent(over / peak)} of the peak, after that ${percent(after / peak)}`);
  print(`ended in ${await timed(() => gateway.end('SIGTERM'))} ms after SIGTERM, 5 s of them the notice`);
}

interface Load {
  /** How long each answer took, those with figures and refusals (ms). */
  readonly good: number[];
  readonly refused: number[];
  lost: number;
}

/** So many clients ask again and again; one that was refused comes back when it was told to. */
async function load({ url }: Replica, { clients, seconds }: { clients: number; seconds: number }): Promise<Load> {
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

/** 10,000 clients that send half a request and then nothing: one half of them half of the head, the others half of the body. */
async function slowSenders({ start, partner }: Fleet): Promise<void> {
  const gateway = await start();
  await gateway.ask(warmQuery);
  const { calls } = await partner.stats();
  const memory = watchMemory(gateway);
  const head = 'POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n';
  const halves = [head, `${head}Content-Length: 1000\r\n\r\n{"query":"`];
  const clients: RawClient[] = [];
  for (let wave = 0; wave < 20; wave += 1) {
    for (let index = 0; index < 500; index += 1) {
      clients.push(connectRaw(portOf(gateway), { send: halves[index % 2] ?? head }));
    }
    await sleep(100);
  }
  const answered = await timed(async () => {
    const { errors } = await gateway.ask(warmQuery);
    if (errors) throw new Error(`An honest one was refused: ${JSON.stringify(errors)}`);
  });
  await until(() => clients.every((client) => client.outcome() !== 'open'), 'all are let go', 60_000);
  await sleep(1_500);
  const told = clients.filter((client) => client.received().startsWith('HTTP/1.1 408 ')).length;
  print();
  print(
    `Slow senders: 10,000 clients that send half a request, an honest one had its page in ${answered} ms meanwhile.`,
  );
  print(`${told} were told 408, ${(await partner.stats()).calls - calls} calls were made for them; ${memory.end()}`);
  await gateway.end('SIGKILL');
}

/** 60 clients that read nothing of an answer of 9 MB, while others ask for pages. */
async function slowReaders({ start }: Fleet): Promise<void> {
  const gateway = await start();
  const aliases = Array.from({ length: 120 }, (_, index) => `${`a${index}`.padEnd(64, '_')}: name`);
  const query = `{ site(id: "shop") { products(first: 1000) { nodes { ${aliases.join(' ')} } } } }`;
  const text = JSON.stringify({ query });
  const request = `POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: ${text.length}\r\n\r\n${text}`;
  const others = { clients: 4, seconds: 5 };
  const bytes = JSON.stringify(await gateway.ask(query)).length;
  await gateway.ask(warmQuery);
  await load(gateway, others);
  const alone = quantile((await load(gateway, others)).good, 0.99);

  const memory = watchMemory(gateway);
  const readers: RawClient[] = [];
  for (let index = 0; index < 60; index += 1) {
    const reader = connectRaw(portOf(gateway), { send: request });
    reader.socket.once('data', () => reader.socket.pause());
    readers.push(reader);
    await until(() => reader.received() !== '', 'its answer begins');
  }
  const beside = quantile((await load(gateway, others)).good, 0.99);
  await until(async () => (await gateway.metric('gateway_requests_in_flight')) === 0, 'all are cut off', 60_000);
  const cutOff = await gateway.metric('gateway_readers_stalled_total');
  for (const { socket } of readers) socket.destroy();
  await sleep(1_500);
  print();
  print(
    `Slow readers: 60 clients that read nothing of ${(bytes / 1e6).toFixed(1)} MB; ${cutOff} of them were cut off.`,
  );
  print(
    `others' pages: p99 ${alone.toFixed(1)} ms alone, ${beside.toFixed(1)} ms beside them (${percent(beside / alone)}); ${memory.end()}`,
  );
  await gateway.end('SIGKILL');
}

/** How much memory a gateway takes at most from now on, and how many files it has open before and after. */
function watchMemory({ pid = 0 }: Replica): { end(): string } {
  const before = { rss: residentMiB(pid), files: openFiles(pid) };
  let highest = before.rss;
  const watch = setInterval(() => {
    highest = Math.max(highest, residentMiB(pid));
  }, 50);
  return {
    end() {
      clearInterval(watch);
      return `memory ${before.rss} -> ${highest} MiB, open files ${before.files} -> ${openFiles(pid)}.`;
    },
  };
}

function portOf({ url }: Replica): number {
  return Number(new URL(url).port);
}

function percent(share: number): string {
  return `${(100 * share).toFixed(0)} %`;
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const begin = performance.now();
  await work();
  return Math.round(performance.now() - begin);
}

function quantile(values: readonly number[], share: number): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length * share)] ?? Number.NaN;
}
