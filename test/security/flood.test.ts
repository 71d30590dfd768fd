import { expect, test } from '@jest/globals';
import { hashSecret } from '../../src/server/accessKeys.js';
import { startGateway } from '../helpers/gateway.js';
import { until } from '../helpers/until.js';

/** Row 72 of the faults: the price of one tenant's questions is not paid by another one. */
test('while one viewer floods the partner with ten requests, another one has every second call', async () => {
  const gateway = await startGateway({
    products: 40,
    latency: { minMs: 10, maxMs: 10 },
    configure: (file) => {
      Object.assign(file.sources.partner ?? {}, { concurrency: 2 });
      file['access'] = { keys: ['flood', 'calm'].map((id) => ({ id, hash: hashSecret(id) })) };
    },
  });
  const ask = (id: string, first: number, day: number) => {
    const on = `(range: { start: "2026-01-${day}", end: "2026-01-${day}" })`;
    const query = `{ site(id: "shop") { products(first: ${first}) { nodes { partner${on} { orders } } } } }`;
    return gateway.ask(query, {}, { headers: { authorization: `Bearer ${id}.${id}` } });
  };
  const calls = async () => (await gateway.partner.stats()).calls;
  try {
    const flood = Array.from({ length: 10 }, (_, index) => ask('flood', 40, 10 + index));
    const waiting = () => gateway.events.filter(({ type }) => type === 'call.queued').length;
    await until(() => waiting() >= 350, 'the flood waits in the queue');
    const before = await calls();
    const { errors } = await ask('calm', 5, 31);
    expect(errors).toBeUndefined();
    // Five calls of its own, one of the flood between every two, and what was on its way.
    expect((await calls()) - before).toBeLessThanOrEqual(5 + 5 + 6);
    await Promise.all(flood);
  } finally {
    await gateway.close();
  }
}, 60_000);
