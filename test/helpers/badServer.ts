import { readFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { createSecureContext, type SecureContext } from 'node:tls';
import {
  type BadConnection,
  type ConnectionRecord,
  createBadConnection,
  type ReadRequest,
  type Script,
} from './badConnection.js';

/** One request, where the answer depends on what came before. */
export interface BadRequest extends ReadRequest {
  readonly path: string;
  /** 1 = the first one of this path. */
  readonly call: number;
  /** 1 = the first one on its connection. */
  readonly onConnection: number;
}

export interface BadServerOptions {
  /** By path, without the query; `*` for every other one. A path without a script is never answered. */
  readonly scripts?: Readonly<Record<string, Script | ((request: BadRequest) => Script)>>;
  /** Carried out as soon as a client has connected, below TLS; no request is read from it. */
  readonly onConnect?: Script;
  /** Speaks TLS with this certificate of test/fixtures/tls. */
  readonly certificate?: Certificate;
  /** Nobody listens: the port was free a moment ago. */
  readonly refuses?: boolean;
  /** 127.0.0.1 by default. */
  readonly host?: string;
  /** A free one by default. */
  readonly port?: number;
}

export type Certificate = 'self-signed' | 'expired';

export interface BadServer {
  readonly url: string;
  readonly port: number;
  /** In the order of arrival. */
  readonly connections: readonly ConnectionRecord[];
  /** The targets that were asked for (path with query), in the order of arrival: the truth about what the client called. */
  readonly ledger: readonly string[];
  /** How many calls there were of this path, or of exactly this target. */
  calls(pathOrTarget: string): number;
  close(): Promise<void>;
}

/** A server on raw sockets that breaks HTTP, TLS and TCP in every way that a script can say. */
export async function startBadServer(options: BadServerOptions): Promise<BadServer> {
  const { scripts = {}, onConnect, certificate, host = '127.0.0.1' } = options;
  const connections = new Set<BadConnection>();
  const records: ConnectionRecord[] = [];
  const ledger: string[] = [];
  // Beside the ledger, which is too long to be counted anew for each of a hundred thousand requests.
  const callsOfPath = new Map<string, number>();
  const secureContext = certificate && !onConnect ? contextOf(certificate) : undefined;

  const server = createServer((raw) => {
    const connection = createBadConnection(raw, secureContext);
    connections.add(connection);
    records.push(connection.record);
    raw.once('close', () => connections.delete(connection));
    if (onConnect) void connection.run(onConnect);
    else {
      let onConnection = 0;
      connection.onRequest((request) => {
        onConnection += 1;
        return answer(connection, request, onConnection);
      });
    }
  });

  const calls = (wanted: string) => ledger.filter((target) => target === wanted || pathOf(target) === wanted).length;

  function answer(connection: BadConnection, request: ReadRequest, onConnection: number): Promise<void> {
    const { target } = request;
    ledger.push(target);
    const path = pathOf(target);
    const call = (callsOfPath.get(path) ?? 0) + 1;
    callsOfPath.set(path, call);
    const script = scripts[path] ?? scripts['*'] ?? [{ halfOpen: true }];
    const chosen = typeof script === 'function' ? script({ ...request, path, call, onConnection }) : script;
    return connection.run(chosen, target);
  }

  function close(): Promise<void> {
    return new Promise((resolve) => {
      server.close(() => resolve());
      for (const connection of connections) connection.close();
    });
  }

  await new Promise<void>((resolve) => server.listen(options.port ?? 0, host, resolve));
  const { port } = server.address() as AddressInfo;
  if (options.refuses) await close();
  return {
    url: `${certificate ? 'https' : 'http'}://${host}:${port}`,
    port,
    connections: records,
    ledger,
    calls,
    close,
  };
}

/** Certificate and key in one text, for a server; or for a client that is to trust it. */
export function readCertificate(name: Certificate): string {
  return readFileSync(new URL(`../fixtures/tls/${name}.pem`, import.meta.url), 'utf8');
}

function contextOf(name: Certificate): SecureContext {
  const pem = readCertificate(name);
  return createSecureContext({ cert: pem, key: pem });
}

function pathOf(target: string): string {
  return target.replace(/[?#].*$/s, '');
}
