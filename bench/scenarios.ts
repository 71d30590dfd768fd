import type { LoadJob } from './load.js';
import type { Load, MeasuredServer, Upstreams } from './processes.js';

/** What a scenario is measured with: a fresh server can be started, the others run. */
export interface Bench {
  readonly load: Load;
  readonly upstreams: Upstreams;
  readonly server: MeasuredServer;
  startFresh(): Promise<MeasuredServer>;
  readonly seconds: number;
}

/** Whether more or less of it is better; the ratio to the floor is compared with the target that way. */
export type Direction = 'less' | 'more';

export interface Scenario {
  readonly name: string;
  readonly what: string;
  readonly unit: string;
  readonly direction: Direction;
  /** Of the ratio to the floor. */
  readonly target: number;
  measure(bench: Bench): Promise<number>;
}

const connections = 20;
const quiet = { products: 20, isWarm: false, connections, requests: 0 } as const;

/** In the order of the table. */
export const scenarios: readonly Scenario[] = [
  {
    name: 'F1',
    what: '1,000 products, partner 50 ms: time',
    unit: 'ms',
    direction: 'less',
    target: 1.1,
    async measure(bench) {
      await bench.upstreams.setPartnerMs(50);
      const { ms } = await ask(bench, 1_000, 9);
      return ms;
    },
  },
  {
    name: 'F2',
    what: '1,000 products, partner 0 ms: CPU of one query',
    unit: 'ms',
    direction: 'less',
    target: 1.15,
    async measure(bench) {
      await bench.upstreams.setPartnerMs(0);
      await ask(bench, 1_000, 2);
      const before = await bench.server.usage();
      const requests = 10;
      await ask(bench, 1_000, requests);
      const after = await bench.server.usage();
      return (after.cpuMs - before.cpuMs) / requests;
    },
  },
  {
    name: 'T1',
    what: '20 products, nothing shared or cached',
    unit: 'req/s',
    direction: 'more',
    target: 0.85,
    measure: (bench) => fire(bench, { kind: 'unique' }),
  },
  {
    name: 'T1S',
    what: '20 products, all clients ask the same',
    unit: 'req/s',
    direction: 'more',
    target: 10,
    measure: (bench) => fire(bench, { kind: 'same' }),
  },
  {
    name: 'T2',
    what: '{ __typename }',
    unit: 'req/s',
    direction: 'more',
    target: 0.9,
    measure: (bench) => fire(bench, { kind: 'typename' }),
  },
  {
    name: 'T3',
    what: '100 products, warm cache',
    unit: 'req/s',
    direction: 'more',
    target: 1.5,
    measure: (bench) => fire(bench, { kind: 'same', products: 100, isWarm: true }),
  },
  {
    name: 'memory',
    what: 'peak memory of a fresh server under T1',
    unit: 'MB',
    direction: 'less',
    target: 1.4,
    measure: (bench) =>
      withFresh(bench, async (server) => {
        await fire({ ...bench, server }, { kind: 'unique' });
        return (await server.usage()).peakBytes / 1e6;
      }),
  },
  {
    name: 'start',
    what: 'start to the first answer',
    unit: 'ms',
    direction: 'less',
    target: 3,
    measure: (bench) => withFresh(bench, async ({ startMs }) => startMs),
  },
];

async function ask({ load, server }: Bench, products: number, requests: number) {
  return checked(await load.run({ ...quiet, kind: 'one', url: server.url, products, requests, seconds: 0 }));
}

/** Requests a second; a short while before is not counted. */
async function fire({ load, upstreams, server, seconds }: Bench, job: Partial<LoadJob>): Promise<number> {
  await upstreams.setPartnerMs(0);
  const whole: LoadJob = { ...quiet, kind: 'same', url: server.url, seconds, ...job };
  await load.run({ ...whole, seconds: Math.max(1, seconds / 4) });
  return checked(await load.run(whole)).requestsPerSecond;
}

async function withFresh(bench: Bench, work: (server: MeasuredServer) => Promise<number>): Promise<number> {
  const server = await bench.startFresh();
  try {
    return await work(server);
  } finally {
    await server.stop();
  }
}

function checked<T extends { failures: number }>(result: T): T {
  if (result.failures > 0) throw new Error(`${result.failures} answers were failures; a figure of them says nothing.`);
  return result;
}
