import { describe, expect, test } from '@jest/globals';
import { createScript, guardRedis, type RedisLink } from '../../src/cache/redisConnection.js';
import type { TelemetryEvent } from '../../src/telemetry.js';
import { createFakeClock } from '../helpers/fakeClock.js';

const script = createScript('return 1');
const never = new Promise<never>(() => {});
const replyError = (message: string) => Object.assign(new Error(message), { name: 'ReplyError' });

/** A guarded link that answers as the test says, and what it was sent. */
function createGuarded() {
  const clock = createFakeClock();
  const events: TelemetryEvent[] = [];
  const sent: string[] = [];
  const listeners: Parameters<RedisLink['onChange']>[0][] = [];
  const counts = { reconnects: 0, closed: 0 };
  let answer: (command: string) => Promise<unknown> = async () => 'value';
  const connection = guardRedis(
    {
      send(command) {
        sent.push(command);
        return answer(command);
      },
      onChange: (listener) => void listeners.push(listener),
      reconnect() {
        counts.reconnects += 1;
      },
      close() {
        counts.closed += 1;
      },
    },
    { clock, report: (event) => void events.push(event) },
  );
  const change = (isReady: boolean, failure: string | null = null) => {
    for (const listener of listeners) listener(isReady, failure);
  };
  change(true);
  return {
    clock,
    events,
    sent,
    counts,
    connection,
    change,
    run: () => connection.run(script, ['key'], ['arg']),
    answerWith(next: typeof answer) {
      answer = next;
    },
  };
}

describe('a guarded Redis', () => {
  test('answers; its nil is null', async () => {
    const { run, answerWith } = createGuarded();
    expect(await run()).toBe('value');
    answerWith(async () => null);
    expect(await run()).toBeNull();
  });

  test('is sent the whole script when it does not know it', async () => {
    const { run, sent, answerWith, events } = createGuarded();
    answerWith(async (command) => {
      if (command === 'EVALSHA') throw replyError('NOSCRIPT No matching script.');
      return 'done';
    });
    expect(await run()).toBe('done');
    expect(sent).toEqual(['EVALSHA', 'EVAL']);
    expect(events).toEqual([{ type: 'redis.changed', up: true, failure: null }]);
  });

  test.each(['OOM command not allowed', 'READONLY You cannot', 'LOADING Redis is loading', 'WRONGTYPE Operation'])(
    'that answers with an error of its own is asked on (%s)',
    async (message) => {
      const { run, answerWith, events } = createGuarded();
      answerWith(() => Promise.reject(replyError(message)));
      expect(await run()).toBeUndefined();
      expect(events.at(-1)).toEqual({ type: 'redis.failed', failure: message.split(' ')[0] });
      answerWith(async () => 'again');
      expect(await run()).toBe('again');
    },
  );

  test('that hangs costs 100 ms once; then nobody waits, until a probe is answered', async () => {
    const { clock, run, answerWith, events, sent, counts } = createGuarded();
    answerWith(() => never);
    const hanging = Promise.all([run(), run()]);
    let isOver = false;
    void hanging.then(() => {
      isOver = true;
    });
    await clock.advance(99);
    expect(isOver).toBe(false);
    await clock.advance(1);
    expect(await hanging).toEqual([undefined, undefined]);
    expect(events.slice(1)).toEqual([
      { type: 'redis.failed', failure: 'TIMEOUT' },
      { type: 'redis.changed', up: false, failure: 'TIMEOUT' },
      { type: 'redis.failed', failure: 'TIMEOUT' },
    ]);
    const before = sent.length;
    expect(await run()).toBeUndefined();
    expect(sent).toHaveLength(before);

    await clock.advance(3_000);
    expect(sent.at(-1)).toBe('PING');
    expect(counts.reconnects).toBe(0);
    await clock.advance(100);
    expect(counts.reconnects).toBe(1);
    answerWith(async () => 'back');
    expect(await run()).toBeUndefined();
    await clock.advance(3_000);
    expect(events.at(-1)).toEqual({ type: 'redis.changed', up: true, failure: null });
    expect(await run()).toBe('back');
  });

  test('whose answer lies in the socket while the process is busy is not taken for one that hangs', async () => {
    const { clock, run, answerWith } = createGuarded();
    answerWith(() => new Promise((resolve) => setImmediate(() => setImmediate(() => resolve('late')))));
    const answer = run();
    await clock.advance(1_000);
    expect(await answer).toBe('late');
  });

  test('that is lost is done without at once, and used again as soon as it is back', async () => {
    const { run, change, sent, events } = createGuarded();
    change(false, 'ECONNREFUSED');
    expect(await run()).toBeUndefined();
    expect(sent).toEqual([]);
    expect(events.at(-1)).toEqual({ type: 'redis.changed', up: false, failure: 'ECONNREFUSED' });
    change(true);
    expect(await run()).toBe('value');
  });

  test('tells a code only, never the words of an error', async () => {
    const { run, answerWith, events } = createGuarded();
    answerWith(() => Promise.reject(Object.assign(new Error('redis://:secret@host'), { code: 'secret code' })));
    expect(await run()).toBeUndefined();
    expect(JSON.stringify(events)).not.toContain('secret');
  });

  test('is closed when what is on its way has arrived, also where Redis does not know the script yet', async () => {
    const { connection, run, sent, answerWith, counts } = createGuarded();
    const unknown = Object.assign(new Error('NOSCRIPT No matching script.'), { name: 'ReplyError' });
    answerWith(async (command) => {
      if (command === 'EVALSHA') throw unknown;
      return counts.closed;
    });
    const last = run();
    await connection.close();
    expect([sent, await last, counts.closed]).toEqual([['EVALSHA', 'EVAL'], 0, 1]);
    expect(await run()).toBeUndefined();
  });

  test('is closed in time when Redis says nothing any more', async () => {
    const { clock, connection, run, answerWith, counts } = createGuarded();
    answerWith(() => new Promise(() => {}));
    void run();
    const closed = connection.close();
    await clock.advance(200);
    await closed;
    expect([counts.closed, clock.timers]).toEqual([1, 0]);
  });

  test('leaves no timer behind when it is closed', async () => {
    const { clock, connection, run, change, answerWith, counts } = createGuarded();
    expect(await run()).toBe('value');
    answerWith(() => Promise.reject(new Error('gone')));
    await run();
    await connection.close();
    change(false);
    expect(counts.closed).toBe(1);
    expect(clock.timers).toBe(0);
    expect(await run()).toBeUndefined();
  });
});
