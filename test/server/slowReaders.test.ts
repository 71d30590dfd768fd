import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { createGzip } from 'node:zlib';
import { afterEach, expect, test } from '@jest/globals';
import { createReaders, type ReaderLimits } from '../../src/server/slowReaders.js';
import { connectRaw, get } from '../helpers/rawClient.js';
import { stallDuring } from '../helpers/stall.js';
import { until } from '../helpers/until.js';

const stallMs = 100;
/** More than the buffers of two sockets hold. */
const large = Buffer.alloc(64 * 1_048_576, 'x');
/** As much, of which nothing can be packed. */
const noise = randomBytes(large.length);
/** Sixteen sips, and as many pauses. */
const sipBytes = large.length / 16;

let server: Server;
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

async function start(answer: (response: ServerResponse) => void, limits: Partial<ReaderLimits> = {}) {
  const readers = createReaders({ stallMs, maxUnread: Number.POSITIVE_INFINITY, ...limits });
  const seen = { killed: 0, looks: 0 };
  server = createServer((_, response) => {
    response.on('timeout', () => {
      seen.looks += 1;
    });
    readers.follow(response, large.length, () => {
      seen.killed += 1;
    });
    answer(response);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return { seen, port: (server.address() as AddressInfo).port };
}

test('a client that reads nothing of a large answer is cut off', async () => {
  const { seen, port } = await start((response) => void response.end(large));
  const client = connectRaw(port, { send: get('/') });
  client.socket.pause();
  await until(() => seen.killed === 1, 'the client to be cut off');
  client.socket.resume();
  await until(() => client.outcome() !== 'open', 'the client to notice');
  expect(client.wireBytes()).toBeLessThan(large.length);
});

/** Takes all of it in sips, with a pause after each that is shorter than the limit; all pauses together are much longer. */
async function readInSips(): Promise<{ killed: number; received: number }> {
  const { seen, port } = await start((response) => void response.end(large));
  const client = connectRaw(port, { send: get('/') });
  let sips = 0;
  client.socket.on('data', () => {
    if (client.wireBytes() < (sips + 1) * sipBytes) return;
    sips += 1;
    client.socket.pause();
    setTimeout(() => client.socket.resume(), stallMs / 4);
  });
  const isOver = () => client.wireBytes() > large.length || client.outcome() !== 'open';
  await until(isOver, 'all of it to arrive', 30_000);
  server.closeAllConnections();
  server.close();
  return { killed: seen.killed, received: client.wireBytes() };
}

test('a client that reads slowly, but reads, is served', async () => {
  let result = await readInSips();
  // A process that was stuck itself cannot tell whether its reader was: it may look again.
  for (let round = 0; result.killed > 0 && round < 20; round += 1) {
    const stuckMs = await stallDuring(async () => {
      result = await readInSips();
    });
    if (stuckMs < stallMs / 4) break;
  }
  expect(result.killed).toBe(0);
  expect(result.received).toBeGreaterThan(large.length);
});

test('a pause between two parts of an answer is no fault of its reader', async () => {
  const { seen, port } = await start((response) => {
    response.write('first');
    void until(() => seen.looks >= 3, 'three looks at a connection on which nothing moves').then(() =>
      response.end('last'),
    );
  });
  const client = connectRaw(port, { send: get('/') });
  await until(() => client.received().includes('last'), 'the last part');
  expect(seen.killed).toBe(0);
});

test.each<[form: string, headers: string, answer: (response: ServerResponse) => void]>([
  ['as they are', '', (response) => void response.end(large)],
  ['packed', 'accept-encoding: gzip\r\n', (response) => void Readable.from([noise]).pipe(createGzip()).pipe(response)],
])('of large answers (%s) that take too much together the one goes that began first', async (_, headers, answer) => {
  const limits = { stallMs: 60_000, maxUnread: 2.5 * large.length };
  const { seen, port } = await start(answer, limits);
  const sendOne = async () => {
    const client = connectRaw(port, { send: get('/').replace('\r\n\r\n', `\r\n${headers}\r\n`) });
    client.socket.once('data', () => client.socket.pause());
    await until(() => client.wireBytes() > 0, 'its answer to begin');
    return client;
  };
  const [first, second] = [await sendOne(), await sendOne()];
  expect(seen.killed).toBe(0);
  const third = await sendOne();
  await until(() => seen.killed === 1, 'one to be cut off');
  for (const { socket } of [first, second, third]) socket.resume();
  await until(() => first.outcome() !== 'open', 'the first one to notice');
  await until(() => [second, third].every((one) => one.wireBytes() >= large.length), 'the others to have all', 30_000);
  expect([seen.killed, first.wireBytes() < large.length]).toEqual([1, true]);
});

test('an answer that waits behind another counts as well, and goes with its connection', async () => {
  const limits = { stallMs: 60_000, maxUnread: 1.5 * large.length };
  const { seen, port } = await start((response) => void response.end(large), limits);
  const client = connectRaw(port, { send: get('/').repeat(2) });
  client.socket.pause();
  await until(() => seen.killed === 1, 'the first one to be cut off');
  client.socket.resume();
  await until(() => client.outcome() !== 'open', 'the client to notice');
  expect(client.wireBytes()).toBeLessThan(large.length);
});

test('a large answer that waits behind a small one goes with its connection', async () => {
  const limits = { stallMs: 60_000, maxUnread: 1.5 * large.length };
  const readers = createReaders(limits);
  const seen = { killed: [] as string[] };
  const responses: ServerResponse[] = [];
  server = createServer(({ url = '' }, response) => {
    responses.push(response);
    readers.follow(response, url === '/small' ? 10 : large.length, () => seen.killed.push(url));
    if (url !== '/small') response.end(large);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  const client = connectRaw(port, { send: get('/small') + get('/waits') });
  await until(() => responses.length === 2, 'both requests');
  const other = connectRaw(port, { send: get('/other') });
  await until(() => client.outcome() !== 'open', 'the first connection to be cut off');
  await until(() => other.wireBytes() > large.length, 'the other one to have all', 30_000);
  expect(seen.killed).toEqual(['/waits']);
});

test('an answer whose client has left already does not count', async () => {
  const killed: string[] = [];
  const readers = createReaders({ stallMs: 60_000, maxUnread: 1.5 * large.length });
  const gone: ServerResponse[] = [];
  server = createServer(({ url = '' }, response) => {
    if (url === '/gone') return void gone.push(response);
    readers.follow(response, large.length, () => killed.push(url));
    response.end(large);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  const left = connectRaw(port, { send: get('/gone') });
  await until(() => gone.length === 1, 'its request');
  left.socket.destroy();
  await until(() => gone[0]?.destroyed === true, 'it to be gone');
  for (const response of gone) readers.follow(response, large.length, () => killed.push('/gone'));
  const client = connectRaw(port, { send: get('/here') });
  await until(() => client.wireBytes() > large.length, 'all of it', 30_000);
  expect(killed).toEqual([]);
});

test('the time for reading one answer is not meant for the next one on its connection, which is still being made', async () => {
  const made: ServerResponse[] = [];
  const { seen, port } = await start((response) => void made.push(response));
  const readers = createReaders({ stallMs, maxUnread: Number.POSITIVE_INFINITY });
  const answers: ServerResponse[] = [];
  const other = createServer((_, response) => {
    answers.push(response);
    // What is made bit by bit is followed when it begins.
    if (answers.length === 1) readers.follow(response, 0, () => (seen.killed += 1));
  });
  await once(other.listen(0, '127.0.0.1'), 'listening');
  const client = connectRaw((other.address() as AddressInfo).port, { send: get('/').repeat(2) });
  await until(() => answers.length === 2, 'both requests');
  answers[0]?.end('first');
  await until(() => client.received().includes('first'), 'the first answer');
  const clock = connectRaw(port, { send: get('/') });
  await until(() => seen.looks >= 3, 'three times as long as a reader has');
  answers[1]?.end('second');
  await until(() => client.received().includes('second') || client.outcome() !== 'open', 'the second answer');
  expect([client.outcome(), seen.killed]).toEqual(['open', 0]);
  for (const { socket } of [client, clock]) socket.destroy();
  other.close();
});

test('a client that reads one answer and nothing of the next one on its connection is cut off', async () => {
  const { seen, port } = await start((response) => void response.end(large));
  const client = connectRaw(port, { send: get('/').repeat(2) });
  const stopAfterFirst = () => void (client.wireBytes() > large.length && client.socket.pause());
  client.socket.on('data', stopAfterFirst);
  await until(() => seen.killed === 1, 'the client to be cut off', 30_000);
  client.socket.off('data', stopAfterFirst).resume();
  await until(() => client.outcome() !== 'open', 'the client to notice');
  expect(client.wireBytes()).toBeLessThan(2 * large.length);
});

test('what has been read does not count, and one large answer alone is sent however large it is', async () => {
  const { seen, port } = await start((response) => void response.end(large), { stallMs: 60_000, maxUnread: 1 });
  for (let round = 0; round < 3; round += 1) {
    const client = connectRaw(port, { send: get('/') });
    await until(() => client.wireBytes() > large.length, 'all of it', 30_000);
    client.socket.destroy();
  }
  expect(seen.killed).toBe(0);
});
