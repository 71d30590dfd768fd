import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createClient, type Row, watchProducts } from '../../examples/apollo-client/products.js';
import { readReport } from '../../examples/node-service/report.js';
import { type RunningCommand, startCommand } from '../helpers/commandLine.js';
import { until } from '../helpers/until.js';

const patient = 60_000;
let demo: RunningCommand;
let url: string;
let partnerUrl: string;

beforeAll(async () => {
  demo = startCommand(['demo', '--port', '0', '--latency', '50..600', '--products', '8']);
  url = await demo.printed(/Analytics Gateway\s+(\S+)/);
  partnerUrl = await demo.printed(/Partner\s+(\S+)/);
}, patient);
afterAll(() => demo.end());

test('curl prints figures and what they cost', async () => {
  const script = fileURLToPath(new URL('../../examples/curl/products.sh', import.meta.url));
  const { stdout } = await promisify(execFile)('sh', [script, url]);
  const { data, errors, extensions } = JSON.parse(stdout);
  const number = expect.any(Number);
  expect(errors).toBeUndefined();
  expect(data.site.products.nodes).toHaveLength(5);
  expect(data.site.products.nodes[0]).toMatchObject({
    googleAnalytics: { pageViews: number },
    partner: { orders: number },
  });
  expect(extensions.sources.partner.keys).toBe(5);
});

test('a page has the names and views first, and the orders as they arrive', async () => {
  const client = createClient(url);
  const seen: (readonly Row[])[] = [];
  const failures: unknown[] = [];
  const stop = watchProducts(
    client,
    { site: 'outlet', first: 8 },
    { next: (rows) => void seen.push(rows), error: (failure) => void failures.push(failure) },
  );
  const isComplete = (rows: readonly Row[] = []) =>
    rows.length === 8 && rows.every(({ orders }) => typeof orders === 'number');
  await until(() => isComplete(seen.at(-1)), 'all orders to be there');
  stop();
  client.stop();
  expect(failures).toEqual([]);
  const early = seen.find((rows) => rows.some(({ views, orders }) => views !== null && orders === undefined));
  expect(early).toHaveLength(8);
});

test('a service reads a report, and is told what is missing and whether to ask again', async () => {
  const first = 4;
  const whole = await readReport(url, { site: 'shop', first });
  expect(whole.lines).toHaveLength(first);
  expect(whole.lines.every(({ views, orders }) => typeof views === 'number' && typeof orders === 'number')).toBe(true);
  expect(whole.missing).toEqual([]);

  const faults = [{ keys: '*', fault: 'status', status: 404 }];
  await fetch(`${partnerUrl}/__faults`, { method: 'POST', body: JSON.stringify(faults) });
  const partial = await readReport(url, { site: 'shop', first: 6 });
  expect(partial.missing).toContainEqual({
    path: 'site.products.nodes.5.partner',
    code: 'SOURCE_NOT_FOUND',
    retryable: false,
  });
  expect(partial.lines[5]).toMatchObject({ views: expect.any(Number), orders: null });
  await expect(readReport(url, { site: 'shop' } as never)).rejects.toThrow(/BAD_USER_INPUT/);
});
