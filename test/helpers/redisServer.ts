import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { Redis } from 'ioredis';
import { freePort } from './freePort.js';
import { until } from './until.js';

export interface RedisServer {
  readonly url: string;
  /** To look into it and to spoil what is there; has nothing to do with the gateway's own connections. */
  readonly client: Redis;
  /** Stops to answer, and keeps its connections. */
  freeze(): void;
  thaw(): void;
  /** Writes until there is no room for more; for a server with --maxmemory and noeviction. */
  fill(): Promise<void>;
  kill(): Promise<void>;
  /** Starts again on the same port after kill(), empty. */
  restart(): Promise<void>;
  /** Undoes freeze() and kill(), where they have not been undone: whoever comes next finds a server that answers. */
  revive(): Promise<void>;
  close(): Promise<void>;
}

/** A real redis-server, on a free port and without files. The arguments are its own, such as --maxmemory 3mb. */
export async function startRedisServer(...args: string[]): Promise<RedisServer> {
  const port = await freePort();
  const url = `redis://127.0.0.1:${port}`;
  const client = new Redis(url, { retryStrategy: () => 20, maxRetriesPerRequest: null });
  client.on('error', () => {});
  let child = await launch(port, args);
  await isThere(client);

  const isOver = () => child.exitCode !== null || child.signalCode !== null;

  async function kill(): Promise<void> {
    if (isOver()) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  }

  async function restart(): Promise<void> {
    child = await launch(port, args);
    await isThere(client);
  }

  return {
    url,
    client,
    freeze: () => void child.kill('SIGSTOP'),
    thaw: () => void child.kill('SIGCONT'),
    async fill() {
      await fillWith(client, 'x'.repeat(10_000));
      // What connections take comes and goes, and would make room again.
      await client.config('SET', 'maxmemory', '2mb');
    },
    kill,
    restart,
    async revive() {
      if (isOver()) await restart();
      else child.kill('SIGCONT');
    },
    async close() {
      client.disconnect();
      await kill();
    },
  };
}

/** @throws Error in words, where there is no redis-server to start. */
async function launch(port: number, args: readonly string[]): Promise<ChildProcess> {
  const own = ['--port', `${port}`, '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--daemonize', 'no'];
  const child = spawn('redis-server', [...own, ...args], { stdio: 'ignore' });
  const started = await once(child, 'spawn').catch(() => null);
  if (started) return child;
  throw new Error(
    'These tests need redis-server on the PATH. Debian, Ubuntu: apt-get install redis-server; macOS: brew install redis.',
  );
}

async function fillWith(client: Redis, padding: string): Promise<void> {
  for (let index = 0; index < 10_000; index += 1) {
    const isFull = await client.set(`padding ${padding.length} ${index}`, padding).then(
      () => false,
      () => true,
    );
    if (isFull) return;
  }
  throw new Error('Redis is never full.');
}

async function isThere(client: Redis): Promise<void> {
  await until(() => client.status === 'ready', 'Redis can be used');
}
