import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type Greeter, startGreeter } from '../../examples/greet/greeter.js';
import { type RunningCommand, startCommand } from '../helpers/commandLine.js';

const delayMs = 400;
let greeter: Greeter;
let gateway: RunningCommand;
let folder: string;
let url: string;

beforeAll(async () => {
  greeter = await startGreeter({ port: 0, delayMs });
  folder = await mkdtemp(join(tmpdir(), 'analytics-gateway-test-'));
  await cp(fileURLToPath(new URL('../../examples/greet', import.meta.url)), folder, { recursive: true });
  const file = join(folder, 'gateway.yaml');
  const text = await readFile(file, 'utf8');
  // The example as it is, but for the two ports, which may be taken on this machine.
  await writeFile(file, text.replace('http://127.0.0.1:4710', greeter.url).replace('port: 4000', 'port: 0'));
  gateway = startCommand(['serve', '--config', file]);
  url = await gateway.printed(/listens on (\S+)/);
}, 40_000);

afterAll(async () => {
  await gateway.end();
  await greeter.close();
  await rm(folder, { recursive: true, force: true });
});

test('three names are greeted in the time of one', async () => {
  const before = performance.now();
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: '{ products(ids: ["ada", "grace", "katherine"]) { name partner { greeting } } }' }),
  });
  const answer = await response.json();
  expect(performance.now() - before).toBeLessThan(3 * delayMs);
  expect(response.status).toBe(200);
  expect(answer).toEqual({
    data: {
      products: [
        { name: 'Ada Lovelace', partner: { greeting: 'Hello Ada' } },
        { name: 'Grace Hopper', partner: { greeting: 'Hello Grace' } },
        { name: 'Katherine Johnson', partner: { greeting: 'Hello Katherine' } },
      ],
    },
  });
  expect(greeter.stats()).toEqual({ calls: 3, maxInFlight: 3 });
});
