import { request } from 'node:http';
import { json } from 'node:stream/consumers';
import { afterEach, expect, test } from '@jest/globals';
import type { Script } from '../helpers/badConnection.js';
import { honest } from '../helpers/badScripts.js';
import { type FaultyGateway, type FaultyOptions, honestFigures, startFaultyGateway } from '../helpers/faultyGateway.js';
import { watchPartings } from '../helpers/partings.js';
import { activeResources } from '../helpers/realProcess.js';
import { until } from '../helpers/until.js';

const running: FaultyGateway[] = [];
afterEach(async () => {
  for (const gateway of running.splice(0)) await gateway.close();
});

const query = 'query ($id: ID!) { product(id: $id) { partner { impressions clicks orders revenue currency } } }';
const whole = { product: { partner: honestFigures } };
const cancelMs = 250;

/** A partner that answers when it is told to, and never before. */
async function startWaiting(options: FaultyOptions) {
  const { promise: released, resolve: release } = withResolvers();
  const script: Script = [{ until: released }, honest];
  const gateway = await startFaultyGateway({ scripts: { '*': script } }, options);
  running.push(gateway);
  const openCalls = () => gateway.bad.connections.filter(({ closedBy }) => closedBy === undefined).length;
  return { gateway, release, openCalls };
}

function withResolvers() {
  let resolve = () => {};
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}

interface ClientAnswer {
  status: number | undefined;
  data: unknown;
  errors?: unknown[];
}

/** A client with a connection of its own that asks for one product; where it leaves, its answer is null. */
function ask(gateway: FaultyGateway, index: number) {
  const { id } = gateway.world.products[index] ?? {};
  const headers = { 'content-type': 'application/json', ...(id !== undefined && { 'x-request-id': id }) };
  const outgoing = request(gateway.url, { method: 'POST', agent: false, headers });
  const answer = new Promise<ClientAnswer | null>((resolve) => {
    outgoing.once('error', () => resolve(null));
    outgoing.once('response', async (response) => {
      resolve({ status: response.statusCode, ...((await json(response)) as Omit<ClientAnswer, 'status'>) });
    });
  });
  outgoing.end(JSON.stringify({ query, variables: { id } }));
  return { answer, leave: () => void outgoing.destroy() };
}

test('of 200 clients half leave: their calls are closed, and the others get all that they asked for', async () => {
  const { gateway, release, openCalls } = await startWaiting({
    products: 200,
    deadline: '60s',
    partner: { concurrency: 200 },
  });
  const products = new Map(gateway.world.products.map(({ id, partnerId }) => [partnerId, id]));
  const partings = watchPartings((path) => products.get(path.slice(1).replace(/\?.*$/, '')) ?? path);
  const clients = Array.from({ length: 200 }, (_, index) => ask(gateway, index));
  await until(() => gateway.bad.ledger.length === 200, 'every call to be on its way');
  const called = [...gateway.bad.ledger];

  for (const { leave } of clients.slice(0, 100)) leave();
  await until(() => openCalls() === 100, 'the calls of those who left to be closed');
  partings.stop();
  expect(partings.delays()).toHaveLength(100);
  expect(Math.max(...partings.delays())).toBeLessThan(3 * cancelMs);
  const closed = gateway.bad.connections.filter(({ closedBy }) => closedBy !== undefined);
  expect(closed.map(({ closedBy }) => closedBy)).toEqual(Array(100).fill('client'));

  release();
  const answers = await Promise.all(clients.map(({ answer }) => answer));
  expect(answers.slice(0, 100)).toEqual(Array(100).fill(null));
  for (const answer of answers.slice(100)) expect(answer).toMatchObject({ status: 200, data: whole });
  expect(answers.slice(100).flatMap((answer) => answer?.errors ?? [])).toEqual([]);
  expect(gateway.bad.ledger).toEqual(called);
  // One who left is no failure of the source, and no error for the log.
  expect(gateway.events.filter(({ type }) => type === 'request.failed' || type === 'breaker.changed')).toEqual([]);
});

test('clients that leave while they wait for their turn are not asked for at all', async () => {
  const { gateway, release } = await startWaiting({ products: 40, deadline: '60s', partner: { concurrency: 10 } });
  const clients: ReturnType<typeof ask>[] = [];
  for (let index = 0; index < 40; index += 1) clients.push(ask(gateway, index));
  const queued = () =>
    gateway.events.filter((event) => event.type === 'call.queued' && event.source === 'partner').length;
  await until(() => gateway.bad.ledger.length === 10 && queued() === 30, 'ten calls to run and thirty to wait');

  const first = new Set(gateway.bad.ledger.map((target) => target.split('?')[0]));
  const isRunning = (index: number) => first.has(`/${gateway.world.products[index]?.partnerId}`);
  const waiting = clients.map((client, index) => ({ client, index })).filter(({ index }) => !isRunning(index));
  for (const { client } of waiting) client.leave();
  const status = async () =>
    (
      await gateway.ask<{ sources: { name: string; queued: number; inFlight: number }[] }>(
        '{ sources { name queued inFlight } }',
      )
    ).data.sources[1];
  await until(async () => (await status())?.queued === 0, 'the queue to be empty');
  expect(await status()).toEqual({ name: 'partner', queued: 0, inFlight: 10 });

  release();
  await Promise.all(clients.map(({ answer }) => answer));
  expect(gateway.bad.ledger).toHaveLength(10);
});

test('a client that leaves takes nothing from another one that waits for the same product', async () => {
  const { gateway, release, openCalls } = await startWaiting({ products: 1, deadline: '60s' });
  const clients = Array.from({ length: 10 }, () => ask(gateway, 0));
  const joined = () =>
    gateway.events.filter((event) => event.type === 'keys.asked' && event.source === 'partner').length;
  await until(() => gateway.bad.ledger.length === 1 && joined() === 10, 'ten clients to wait for one call');
  for (const { leave } of clients.slice(1)) leave();
  await Promise.all(clients.slice(1).map(({ answer }) => answer));
  release();
  expect(await clients[0]?.answer).toMatchObject({ status: 200, data: whole });
  expect([gateway.bad.ledger.length, openCalls()]).toEqual([1, 1]);
});

test('after all that the gateway leaves no socket, no server and no timer behind', async () => {
  const before = activeResources();
  const { gateway, release } = await startWaiting({ products: 60, deadline: '60s', partner: { concurrency: 60 } });
  const clients = Array.from({ length: 60 }, (_, index) => ask(gateway, index));
  await until(() => gateway.bad.ledger.length === 60, 'every call to be on its way');
  for (const { leave } of clients.slice(0, 30)) leave();
  release();
  await Promise.all(clients.map(({ answer }) => answer));
  running.splice(0);
  await gateway.close();
  const kinds = ['TCPSocketWrap', 'TCPServerWrap', 'TLSWrap', 'Timeout'];
  const rest = () => kinds.filter((kind) => (activeResources()[kind] ?? 0) > (before[kind] ?? 0) + 5);
  await until(() => rest().length === 0, 'sockets and timers to be back to what they were');
  expect(rest()).toEqual([]);
});
