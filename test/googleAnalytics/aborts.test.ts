import { afterEach, expect, test } from '@jest/globals';
import { onFreshDay } from '../helpers/freshDay.js';
import type { GatewayFile } from '../helpers/gateway.js';
import { mishapsDuring } from '../helpers/realProcess.js';
import { type RecordedGateway, startRecordedGateway } from '../helpers/recordedGateway.js';
import { until } from '../helpers/until.js';

const started: RecordedGateway[] = [];
afterEach(async () => {
  for (const each of started.splice(0)) await each.close();
});

async function ownGateway(timeout = '1s'): Promise<RecordedGateway> {
  const configure = ({ sources }: GatewayFile) => void Object.assign(sources.googleAnalytics ?? {}, { timeout });
  const gateway = await startRecordedGateway({ products: 3, configure });
  started.push(gateway);
  return gateway;
}

const question = () =>
  `{ site(id: "shop") { googleAnalytics${onFreshDay()} { sessions } products { nodes { googleAnalytics${onFreshDay()} { pageViews } } } } }`;

/** A place at which a query can be left: how to bring it there, and how to tell that it is there. */
interface Stage {
  readonly name: string;
  arrange(gateway: RecordedGateway): Promise<unknown>;
  isReached(gateway: RecordedGateway): boolean | Promise<boolean>;
}

const forEver = { keys: '*' } as const;
const stages: Stage[] = [
  {
    name: 'while a token is exchanged',
    arrange: ({ google }) => google.faults({ ...forEver, fault: 'token-slow', ms: 60_000 }),
    isReached: async ({ google }) => (await google.stats()).tokenCalls === 1,
  },
  {
    name: 'while the report is on its way',
    arrange: ({ google }) => google.faults({ ...forEver, fault: 'hang' }),
    isReached: async ({ google }) => (await google.stats()).calls === 1,
  },
  {
    name: 'within the body of the answer',
    arrange: ({ google }) => google.faults({ ...forEver, fault: 'drip', ms: 50 }),
    isReached: async ({ google }) => (await google.stats()).calls === 1,
  },
  {
    name: 'between two attempts',
    arrange: ({ google }) => google.faults({ ...forEver, fault: 'quota', bucket: 'concurrentRequests' }),
    isReached: ({ events }) => events.some(({ type }) => type === 'call.retried'),
  },
  {
    name: 'while it waits behind another report',
    async arrange(gateway) {
      gateway.recorder.holdBack();
      void gateway.ask(question()).catch(() => {});
      await until(() => gateway.asked().length === 1, 'the other report is on its way');
    },
    isReached: (gateway) => gateway.wanted() === 8,
  },
];

/** Whatever was abandoned is over soon, and stands in nobody's way. */
async function expectAlive(gateway: RecordedGateway): Promise<void> {
  gateway.recorder.holdBack()();
  await gateway.google.reset();
  const { data, status } = await gateway.ask<{ sites: { id: string }[] }>('{ sites { id } }');
  expect([status, data.sites]).toEqual([200, [{ id: 'shop' }]]);
  await until(async () => (await gateway.ask(question())).errors === undefined, 'Google is asked again');
}

test.each(stages)('a client that leaves $name leaves a gateway that lives', async ({ arrange, isReached }) => {
  const mishaps = await mishapsDuring(async () => {
    const gateway = await ownGateway();
    await arrange(gateway);
    const leave = new AbortController();
    const asked = gateway.ask(question(), {}, { signal: leave.signal }).catch(() => 'gone');
    await until(() => isReached(gateway), 'the query is there');
    leave.abort();
    expect(await asked).toBe('gone');
    await expectAlive(gateway);
  });
  expect(mishaps).toEqual([]);
});

test.each(stages)('a gateway that closes $name ends in order', async ({ arrange, isReached }) => {
  const mishaps = await mishapsDuring(async () => {
    const gateway = await ownGateway('500ms');
    await arrange(gateway);
    const asked = gateway.ask(question()).catch(() => 'gone');
    await until(() => isReached(gateway), 'the query is there');
    await gateway.app.close();
    await asked;
  });
  expect(mishaps).toEqual([]);
});

test('however early a client leaves, nothing breaks, and the next one is answered', async () => {
  const mishaps = await mishapsDuring(async () => {
    const gateway = await ownGateway();
    for (let turns = 0; turns < 30; turns += 1) {
      const leave = new AbortController();
      const asked = gateway.ask(question(), {}, { signal: leave.signal }).catch(() => 'gone');
      for (let turn = 0; turn < turns; turn += 1) await new Promise((resolve) => setImmediate(resolve));
      leave.abort();
      await asked;
    }
    const { errors } = await gateway.ask(question());
    expect(errors).toBeUndefined();
  });
  expect(mishaps).toEqual([]);
});
