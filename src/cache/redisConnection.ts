import { hash } from 'node:crypto';
import type { Clock } from '../clock.js';
import type { Report } from '../telemetry.js';

/** Something that Redis does in one step, with nothing in between: a Lua script and the name that Redis knows it by. */
export interface Script {
  readonly lua: string;
  readonly sha: string;
}

/** The connection as its library gives it: it may hang, fail, and come back. */
export interface RedisLink {
  send(command: string, args: readonly (string | number)[]): Promise<unknown>;
  /** Tells when commands can be sent, and when they no longer can. */
  onChange(listener: (isReady: boolean, failure: string | null) => void): void;
  reconnect(): void;
  close(): void;
}

export interface RedisConnection {
  /**
   * Runs a script. Never rejects and never takes long: undefined means that Redis gave no answer of use, because it is away,
   * slow, or has an error of its own; Redis's own nil is null.
   */
  run(script: Script, keys: readonly string[], args: readonly (string | number)[]): Promise<unknown>;
  /** Resolves when what is on its way to Redis has been answered: a lease that is given back at the end arrives. */
  close(): Promise<void>;
}

/** How long a command may take, in parts of so many ms; the most that a request ever pays for a Redis that hangs. */
const timeoutParts = 4;
const timeoutPartMs = 25;
/** How long a Redis that failed is left alone before it is tried again, by nobody's request. */
const restMs = 3_000;

export function createScript(lua: string): Script {
  return { lua, sha: hash('sha1', lua) };
}

/**
 * Keeps the trouble of a Redis away from those who use it. After one command that got no answer nobody waits for another one
 * until a probe in the background was answered.
 */
export function guardRedis(link: RedisLink, { clock, report }: { clock: Clock; report: Report }): RedisConnection {
  let isUp: boolean | undefined;
  let isClosed = false;
  let stopRest = () => {};
  const underWay = new Set<Promise<unknown>>();

  function become(up: boolean, failure: string | null = null): void {
    stopRest();
    if (isClosed) return;
    stopRest = up ? () => {} : clock.after(restMs, probe);
    if (up === isUp) return;
    isUp = up;
    report({ type: 'redis.changed', up, failure });
  }

  /** A connection to a host that is gone would be found out much later, so a probe that fails makes a new one. */
  function probe(): void {
    inTime(link.send('PING', []), clock).then(
      () => become(true),
      (error) => {
        link.reconnect();
        become(false, codeOf(error));
      },
    );
  }

  /** NOSCRIPT: Redis was restarted since it saw the script. */
  async function evaluate({ lua, sha }: Script, args: readonly (string | number)[]): Promise<unknown> {
    try {
      return await link.send('EVALSHA', [sha, ...args]);
    } catch (error) {
      if (codeOf(error) !== 'NOSCRIPT') throw error;
      return await link.send('EVAL', [lua, ...args]);
    }
  }

  async function answerOf(command: Promise<unknown>): Promise<unknown> {
    try {
      return await inTime(command, clock);
    } catch (error) {
      const failure = codeOf(error);
      report({ type: 'redis.failed', failure });
      if (!isReply(error)) become(false, failure);
      return undefined;
    }
  }

  link.onChange(become);
  return {
    async run(script, keys, args) {
      if (!isUp) return undefined;
      const answer = answerOf(evaluate(script, [keys.length, ...keys, ...args]));
      underWay.add(answer);
      try {
        return await answer;
      } finally {
        underWay.delete(answer);
      }
    },
    async close() {
      isUp = false;
      isClosed = true;
      stopRest();
      await Promise.all(underWay);
      link.close();
    },
  };
}

/**
 * The answer, if it comes within the time. When this process is busy its timers fire early or late, while the answer lies in
 * the socket; so the time is made of parts, and the socket is read after each of them.
 */
function inTime(answer: Promise<unknown>, clock: Clock): Promise<unknown> {
  return new Promise((resolve, reject) => {
    let stop = () => {};
    let isOver = false;
    const next = (parts: number) => {
      if (isOver) return;
      if (parts === 0) reject(new TooSlow());
      else stop = clock.after(timeoutPartMs, () => setImmediate(next, parts - 1));
    };
    next(timeoutParts);
    answer.then(resolve, reject).finally(() => {
      isOver = true;
      stop();
    });
  });
}

class TooSlow extends Error {
  readonly code = 'TIMEOUT';
}

/** An error that Redis itself answered with: it is there, and quick. */
function isReply(error: unknown): boolean {
  return error instanceof Error && error.name === 'ReplyError';
}

/** Never the message: a foreign one may hold what is kept. */
function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return 'DISCONNECTED';
  const [first = ''] = isReply(error) ? error.message.split(/[ :]/, 1) : [];
  const code = first || (error as { code?: unknown }).code;
  return typeof code === 'string' && /^[A-Z_]{2,40}$/.test(code) ? code : 'DISCONNECTED';
}
