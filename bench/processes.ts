import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import type { LoadJob, LoadResult } from './load.js';

const folder = fileURLToPath(new URL('.', import.meta.url));
const tsx = ['--import', 'tsx'];

/** The measured server has a core of its own; sources and load share the other ones. */
const cores = { server: '0', others: `1-${availableParallelism() - 1}` };
export const hasTaskset = availableParallelism() > 1 && spawnSync('taskset', ['-V']).status === 0;

export interface Usage {
  readonly cpuMs: number;
  readonly peakBytes: number;
}

/** A server that is measured. */
export interface MeasuredServer {
  readonly url: string;
  /** From the start of the process to its first answer. */
  readonly startMs: number;
  usage(): Promise<Usage>;
  stop(): Promise<void>;
}

export interface Upstreams {
  readonly url: string;
  setPartnerMs(ms: number): Promise<void>;
  /** How many calls the partner had so far. */
  partnerCalls(): Promise<number>;
  stop(): Promise<void>;
}

export interface Load {
  run(job: LoadJob): Promise<LoadResult>;
  stop(): Promise<void>;
}

export async function startUpstreams(products: number): Promise<Upstreams> {
  const child = start([...tsx, `${folder}upstreams.ts`, String(products)], 'others');
  const { port } = await answerOf<{ port: number }>(child);
  return {
    url: `http://127.0.0.1:${port}`,
    async setPartnerMs(partnerMs) {
      child.send({ partnerMs });
      await answerOf(child);
    },
    async partnerCalls() {
      child.send({});
      return (await answerOf<{ partnerCalls: number }>(child)).partnerCalls;
    },
    stop: () => stop(child),
  };
}

export async function startLoad(): Promise<Load> {
  const child = start([...tsx, `${folder}load.ts`], 'others');
  await answerOf(child);
  return {
    run(job) {
      child.send(job);
      return answerOf<LoadResult>(child);
    },
    stop: () => stop(child),
  };
}

/** Both servers are JavaScript when they start: what they are written in costs neither of them anything. */
export async function startServer(
  args: readonly string[],
  flags: readonly string[] = [],
  core: keyof typeof cores = 'server',
): Promise<MeasuredServer> {
  const begin = performance.now();
  const child = start([...flags, '--import', `${folder}meter.mjs`, ...args], core);
  const url = await readUrl(child);
  const answer = await fetch(`${url}graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ operationName: 'Typename', query: 'query Typename { __typename }' }),
  });
  if (!answer.ok) throw new Error(`The server's first answer was ${answer.status}.`);
  await answer.text();
  return {
    url,
    startMs: performance.now() - begin,
    usage() {
      child.send('usage');
      return answerOf<Usage>(child);
    },
    stop: () => stop(child),
  };
}

function start(args: readonly string[], core: keyof typeof cores): ChildProcess {
  const command = [process.execPath, ...args];
  const [program = '', ...rest] = hasTaskset ? ['taskset', '-c', cores[core], ...command] : command;
  return spawn(program, rest, {
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    env: { ...process.env, NODE_ENV: 'production' },
  });
}

async function readUrl(child: ChildProcess): Promise<string> {
  let text = '';
  for await (const chunk of child.stdout ?? []) {
    text += chunk;
    const [url] = /http:\/\/localhost:\d+\//.exec(text) ?? [];
    if (url) {
      child.stdout?.resume();
      return url;
    }
  }
  throw new Error(`The server ended before it listened: ${text}`);
}

async function answerOf<T>(child: ChildProcess): Promise<T> {
  const { signal, abort } = withAbort();
  const ended = once(child, 'exit', { signal }).then(([code]) => {
    throw new Error(`A process of the bench ended by itself (${code}).`);
  });
  ended.catch(() => {});
  const [answer] = (await Promise.race([once(child, 'message', { signal }), ended])) as [T];
  abort();
  return answer;
}

function withAbort() {
  const controller = new AbortController();
  return { signal: controller.signal, abort: () => controller.abort() };
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  const kill = setTimeout(() => child.kill('SIGKILL'), 5_000);
  await ended;
  clearTimeout(kill);
}
