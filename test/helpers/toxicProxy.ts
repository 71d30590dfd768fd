import { once, setMaxListeners } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { createRandom } from '../../src/demo/random.js';
import { createToxicLink, type ToxicLink, type Toxics } from './toxicLink.js';

export interface ToxicProxyOptions {
  readonly target: { readonly host?: string; readonly port: number };
  /** Of the jitter: the same chunks in the same order are late by the same times. */
  readonly seed?: number;
  readonly toxics?: Toxics;
}

export interface ToxicProxy {
  readonly host: '127.0.0.1';
  readonly port: number;
  /** Connections accepted so far, those of them that are still open, and the bytes that `timeout` has swallowed. */
  stats(): { accepted: number; open: number; lostBytes: number };
  /** These toxics and no others from now on, open connections and bytes under way included. Settled = in force. */
  set(toxics: Toxics): Promise<void>;
  close(): Promise<void>;
}

/** Stands between a client and a TCP server, and makes the network as bad as it is told to be. */
export async function startToxicProxy({ target, seed = 1, toxics = {} }: ToxicProxyOptions): Promise<ToxicProxy> {
  const links = new Set<ToxicLink>();
  const weather = { toxics, random: createRandom(`${seed}`), changed: createSignalSource(), lostBytes: 0 };
  let accepted = 0;

  const server = createServer({ allowHalfOpen: true }, (client: Socket) => {
    accepted += 1;
    const upstream = connect({ host: '127.0.0.1', ...target, allowHalfOpen: true });
    const link = createToxicLink(client, upstream, weather);
    links.add(link);
    client.once('close', () => links.delete(link));
  });

  async function listen(port: number): Promise<number> {
    await once(server.listen(port, '127.0.0.1'), 'listening');
    return (server.address() as AddressInfo).port;
  }

  async function hangUp(): Promise<void> {
    const closed = new Promise((resolve) => server.close(resolve));
    for (const link of links) link.close();
    await closed;
  }

  async function change(next: Toxics): Promise<void> {
    weather.toxics = next;
    weather.changed.abort();
    weather.changed = createSignalSource();
    for (const link of links) link.onChange();
    if (next.down && server.listening) await hangUp();
    if (!next.down && !server.listening) await listen(port);
  }

  const port = await listen(0);
  await change(toxics);
  return {
    host: '127.0.0.1',
    port,
    stats: () => ({ accepted, open: links.size, lostBytes: weather.lostBytes }),
    set: change,
    close: () => change({ down: true }),
  };
}

/** Whatever sleeps in the proxy listens to it: far more than the ten that Node takes for a leak. */
function createSignalSource(): AbortController {
  const source = new AbortController();
  setMaxListeners(0, source.signal);
  return source;
}
