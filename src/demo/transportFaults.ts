import { once } from 'node:events';
import { type ServerResponse, STATUS_CODES } from 'node:http';
import type { FaultRule } from './faults.js';

type Misbehave = (response: ServerResponse, rule: FaultRule, answer: string) => void | Promise<void>;

/** What a source can do wrong without knowing what it was asked. `latency` is not here: an honest answer follows it. */
const misbehaviours = new Map<string, Misbehave>([
  ['hang', () => {}],
  ['hang-body', (response, _rule, answer) => startAnswer(response, answer)],
  ['drip', drip],
  ['reset', (response) => void response.socket?.resetAndDestroy()],
  ['truncate', (response, _rule, answer) => startAnswer(response, answer, () => response.socket?.destroySoon())],
  ['status', sendStatus],
  ['html', (response) => void response.writeHead(200, { 'content-type': 'text/html' }).end(loginPage)],
  ['huge', sendHuge],
  ['redirect', redirect],
]);

export const transportFaults: readonly string[] = ['latency', ...misbehaviours.keys()];

/**
 * Spoils the answer as the rule says. `true` = the response is dealt with; `false` = go on: it was a latency, which is
 * over, or no transport fault at all. `answer` is the honest body, for the faults that send a part of it.
 */
export async function applyTransportFault(rule: FaultRule, response: ServerResponse, answer: string): Promise<boolean> {
  if (rule.fault === 'latency') return !(await pause(Number(rule.ms), response));
  const misbehave = misbehaviours.get(rule.fault);
  await misbehave?.(response, rule, answer);
  return misbehave !== undefined;
}

/** Waits `ms`, or less when the client hangs up: `true` = somebody still waits for the answer. */
export function pause(ms: number, response: ServerResponse): Promise<boolean> {
  if (response.destroyed) return Promise.resolve(false);
  return new Promise((resolve) => {
    const finish = () => {
      clearTimeout(timer);
      response.off('close', finish);
      resolve(!response.destroyed);
    };
    const timer = setTimeout(finish, ms);
    response.once('close', finish);
  });
}

/** Promises the whole answer and sends half of it. */
function startAnswer(response: ServerResponse, answer: string, then?: () => void): void {
  const bytes = Buffer.from(answer);
  sendHead(response, bytes.length);
  response.write(bytes.subarray(0, Math.ceil(bytes.length / 2)), then);
}

/** One byte every `ms` (100 by default): always something arrives, and the answer is late all the same. */
async function drip(response: ServerResponse, { ms = 100 }: FaultRule, answer: string): Promise<void> {
  const bytes = Buffer.from(answer);
  sendHead(response, bytes.length);
  for (const byte of bytes) {
    if (!(await pause(Number(ms), response))) return;
    response.write(Uint8Array.of(byte));
  }
  response.end();
}

function sendHead(response: ServerResponse, length: number): void {
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': length });
  response.flushHeaders();
}

function sendStatus(response: ServerResponse, { status, retryAfter, body }: FaultRule): void {
  const code = Number(status);
  if (retryAfter !== undefined) response.setHeader('retry-after', String(retryAfter));
  const isText = typeof body === 'string';
  response.writeHead(code, { 'content-type': isText ? 'text/plain; charset=utf-8' : 'application/json' });
  response.end(isText ? body : JSON.stringify(body ?? { error: STATUS_CODES[code] ?? `Status ${code}` }));
}

function redirect(response: ServerResponse, { location }: FaultRule): void {
  response.writeHead(302, { location: typeof location === 'string' ? location : 'https://login.example/' }).end();
}

/** A JSON string of `bytes` (50 MiB by default), without a length, as fast as the client takes it. */
async function sendHuge(response: ServerResponse, { bytes = 50 * 1024 * 1024 }: FaultRule): Promise<void> {
  const chunk = Buffer.alloc(64 * 1024, 'x');
  const closed = new AbortController();
  response.once('close', () => closed.abort());
  response.writeHead(200, { 'content-type': 'application/json' }).write('"');
  for (let left = Number(bytes); left > 0 && !response.destroyed; left -= chunk.length) {
    const taken = response.write(chunk.subarray(0, Math.min(left, chunk.length)));
    // A client that leaves instead of reading ends the loop, not the emulator.
    if (!taken) await once(response, 'drain', { signal: closed.signal }).catch(() => {});
  }
  response.end('"');
}

const loginPage = '<!doctype html><title>Sign in</title><h1>Please sign in</h1><form method="post"></form>\n';
