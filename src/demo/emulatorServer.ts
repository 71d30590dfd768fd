import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createFaultList, type FaultList, type FaultRule, parseFaultRules } from './faults.js';
import { applyTransportFault, transportFaults } from './transportFaults.js';

export type { FaultRule } from './faults.js';

export interface EmulatorExchange {
  request: IncomingMessage;
  response: ServerResponse;
  url: URL;
  body: Buffer;
}

export interface EmulatorOptions {
  /** 0 by default: any free one. Listens on 127.0.0.1 only. */
  port?: number;
  /** Fault names beyond the transport ones. */
  faults: readonly string[];
  /** Answers everything but the control routes. What it throws becomes a 500. */
  handle(exchange: EmulatorExchange, tools: EmulatorTools): Promise<void>;
  extraStats?(): Record<string, unknown>;
  onReset?(): void;
}

/** Made anew for each exchange. */
export interface EmulatorTools {
  /** Counts a call; it is in flight until the response closes. */
  count(key: string): void;
  /** The first rule that matches one of these keys, and consumes one of its `times`; only rules of these names when given. */
  takeFault(keys: readonly string[], names?: readonly string[]): FaultRule | undefined;
  /**
   * Carries out a transport fault. `true` = the response is dealt with; `false` = go on: a latency was waited, or it is
   * not a transport fault. `answer` is the honest body, for drip, truncate and hang-body.
   */
  applyTransportFault(rule: FaultRule, exchange: EmulatorExchange, answer: string): Promise<boolean>;
}

export interface Emulator {
  readonly url: string;
  readonly port: number;
  /** Ends hanging and idle connections at once; may be called again. */
  close(): Promise<void>;
}

const maxBodyBytes = 5 * 1024 * 1024;

/**
 * An HTTP server that plays a source, counts what it is asked and goes wrong on demand.
 *
 * `GET /__stats`, `POST /__reset` and `POST /__faults` are its own and never counted; every other request is `handle`'s.
 *
 * @throws when the port is taken; the message names it.
 */
export async function startEmulator(options: EmulatorOptions): Promise<Emulator> {
  const faults = createFaultList();
  const counter = createCallCounter();
  const controls = createControls(options, faults, counter);
  const server = createServer((request, response) => {
    void respond(request, response).catch((error: unknown) => sendFailure(response, error));
  });

  async function respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = parseUrl(request.url);
    if (!url) return sendJson(response, 400, { error: 'The URL is malformed.' });
    const body = await readBody(request);
    if (!body) return sendJson(response, 413, { error: `The body is larger than ${maxBodyBytes} bytes.` });
    const control = controls.get(url.pathname);
    if (control) return control({ request, response, url, body });
    await options.handle({ request, response, url, body }, toolsFor(response));
  }

  function toolsFor(response: ServerResponse): EmulatorTools {
    return {
      count: (key) => counter.count(key, response),
      takeFault: (keys, names) => faults.take(keys, names),
      applyTransportFault: (rule, exchange, answer) => applyTransportFault(rule, exchange.response, answer),
    };
  }

  const port = await listen(server, options.port ?? 0);
  return { url: `http://127.0.0.1:${port}`, port, close: () => closeAtOnce(server) };
}

export function sendJson(response: ServerResponse, status: number, value: unknown): void {
  const body = JSON.stringify(value);
  response
    .writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) })
    .end(body);
}

function createControls(options: EmulatorOptions, faults: FaultList, counter: CallCounter) {
  const names = [...transportFaults, ...options.faults];
  type Control = (exchange: EmulatorExchange) => void;
  const only =
    (method: string, control: Control): Control =>
    (exchange) =>
      exchange.request.method === method
        ? control(exchange)
        : sendJson(exchange.response, 405, { error: `Use ${method}.` });

  return new Map<string, Control>([
    [
      '/__stats',
      only('GET', ({ response }) => sendJson(response, 200, { ...counter.stats(), ...options.extraStats?.() })),
    ],
    [
      '/__reset',
      only('POST', ({ response }) => {
        counter.reset();
        faults.replace([]);
        options.onReset?.();
        sendJson(response, 200, {});
      }),
    ],
    [
      '/__faults',
      only('POST', ({ response, body }) => {
        const parsed = parseFaultRules(body.toString('utf8'), names);
        if ('problems' in parsed) return sendJson(response, 400, { problems: parsed.problems });
        faults.replace(parsed.rules);
        sendJson(response, 200, { faults: parsed.rules });
      }),
    ],
  ]);
}

type CallCounter = ReturnType<typeof createCallCounter>;

function createCallCounter() {
  let calls = 0;
  let inFlight = 0;
  let maxInFlight = 0;
  // A Map, because a caller chooses the keys, `__proto__` among them.
  const byKey = new Map<string, number>();
  return {
    count(key: string, response: ServerResponse): void {
      calls += 1;
      byKey.set(key, (byKey.get(key) ?? 0) + 1);
      if (response.closed) return;
      inFlight += 1;
      maxInFlight = Math.max(maxInFlight, inFlight);
      response.once('close', () => {
        inFlight -= 1;
      });
    },
    stats: () => ({ calls, maxInFlight, byKey: Object.fromEntries(byKey) }),
    reset(): void {
      calls = 0;
      // Calls that still run are still in flight.
      maxInFlight = inFlight;
      byKey.clear();
    },
  };
}

function parseUrl(target = '/'): URL | undefined {
  return URL.canParse(target, 'http://emulator') ? new URL(target, 'http://emulator') : undefined;
}

/** `undefined` = too large. It is read to its end all the same, or the client would see a reset instead of the refusal. */
async function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    if (size <= maxBodyBytes) chunks.push(chunk);
  }
  return size <= maxBodyBytes ? Buffer.concat(chunks) : undefined;
}

/** A client that hung up is no failure; for everything else the developer is told, as far as the answer still allows. */
function sendFailure(response: ServerResponse, error: unknown): void {
  if (response.headersSent || response.destroyed) {
    response.destroy();
  } else {
    sendJson(response, 500, {
      error: `The emulator failed: ${error instanceof Error ? error.message : String(error)}`,
    });
  }
}

async function listen(server: Server, port: number): Promise<number> {
  await once(server.listen(port, '127.0.0.1'), 'listening').catch((error: NodeJS.ErrnoException) => {
    throw error.code === 'EADDRINUSE' ? new Error(`Port ${port} is in use: choose another one.`) : error;
  });
  return (server.address() as AddressInfo).port;
}

function closeAtOnce(server: Server): Promise<void> {
  return new Promise((resolve) => {
    // Its only error says that it is closed already.
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
