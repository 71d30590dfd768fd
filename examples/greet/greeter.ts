import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

export interface Greeter {
  readonly url: string;
  stats(): { calls: number; maxInFlight: number };
  close(): Promise<void>;
}

/** The slowest service that says hello: `GET /?name=Ada` is `Hello Ada`, as text, after a while. */
export async function startGreeter({ port, delayMs }: { port: number; delayMs: number }): Promise<Greeter> {
  let calls = 0;
  let inFlight = 0;
  let maxInFlight = 0;

  const server = createServer((request, response) => {
    const name = new URL(request.url ?? '/', 'http://greeter').searchParams.get('name') ?? 'stranger';
    calls += 1;
    inFlight += 1;
    maxInFlight = Math.max(maxInFlight, inFlight);
    const timer = setTimeout(() => {
      response.writeHead(200, { 'content-type': 'text/plain; charset=utf-8' }).end(`Hello ${name}`);
    }, delayMs);
    response.once('close', () => {
      clearTimeout(timer);
      inFlight -= 1;
    });
  });

  await once(server.listen(port, '127.0.0.1'), 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stats: () => ({ calls, maxInFlight }),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values } = parseArgs({
    options: { port: { type: 'string', default: '4710' }, delay: { type: 'string', default: '1000' } },
  });
  const { url } = await startGreeter({ port: Number(values.port), delayMs: Number(values.delay) });
  process.stdout.write(`${url}/?name=Ada answers after ${values.delay} ms\n`);
}
