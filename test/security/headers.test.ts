import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { hashSecret } from '../../src/server/accessKeys.js';
import { type RunningGateway, startGateway } from '../helpers/gateway.js';
import { connectRaw } from '../helpers/rawClient.js';
import { until } from '../helpers/until.js';

/** Row 66 of the faults: what a client writes into headers that are not its own. */

let gateway: RunningGateway;
beforeAll(async () => {
  gateway = await startGateway({
    products: 1,
    sites: 2,
    configure: (file) => {
      file['access'] = { keys: [{ id: 'page', hash: hashSecret('right'), sites: ['shop'] }] };
    },
  });
});
afterAll(() => gateway.close());

/** Sends one question with these headers as they are, and answers with all that came back. */
async function ask(headers: string): Promise<{ status: number; text: string }> {
  const body = '{"query":"{ sites { id } }"}';
  const head = [
    'POST /graphql HTTP/1.1',
    'host: gateway',
    'connection: close',
    'content-type: application/json',
    `content-length: ${body.length}`,
  ];
  const client = connectRaw(Number(new URL(gateway.url).port), {
    send: `${head.join('\r\n')}\r\n${headers}\r\n\r\n${body}`,
  });
  await until(() => client.outcome() !== 'open', 'the answer is complete');
  const text = client.received();
  return { status: Number(text.slice(9, 12)), text };
}

const key = 'authorization: Bearer page.right';

describe("a header that is not the client's to write", () => {
  test.each(['x-tenant: outlet', 'x-site: outlet', 'x-viewer: operator', 'x-forwarded-user: operator'])(
    'makes nobody of somebody else: %s',
    async (header) => {
      expect((await ask(`${key}\r\n${header}`)).text).toContain('{"data":{"sites":[{"id":"shop"}]}');
      expect((await ask(header)).status).toBe(401);
    },
  );

  test('says nothing of the address, unless a known proxy writes it', async () => {
    await ask('authorization: Bearer page.wrong\r\nx-forwarded-for: 203.0.113.7\r\nforwarded: for=203.0.113.7');
    expect(gateway.events.at(-1)).toMatchObject({ type: 'request.refused', address: '127.0.0.1' });
  });

  test('nor of the host, which no answer repeats', async () => {
    const { status, text } = await ask(`${key}\r\nx-forwarded-host: evil.example\r\nx-forwarded-proto: gopher`);
    expect([status, text.includes('evil.example')]).toEqual([200, false]);
  });
});

describe('a header that would break something', () => {
  test.each([
    ['an emoji for an id', 'x-request-id: \u{1F600}'],
    ['a quote for an id', 'x-request-id: "'],
    ['two ids', 'x-request-id: a\r\nx-request-id: b'],
  ])('is left aside: %s', async (_, header) => {
    const { status, text } = await ask(`${key}\r\n${header}`);
    expect(status).toBe(200);
    expect(text).toMatch(/^x-request-id: [\da-f]{8}-([\da-f]{4}-){3}[\da-f]{12}\r$/im);
  });

  test('does no harm in a crowd', async () => {
    const crowd = Array.from({ length: 200 }, (_, n) => `x-${n}: y`).join('\r\n');
    expect((await ask(`${key}\r\n${crowd}`)).status).toBe(200);
  });

  test.each([
    ['64 kB of it', `x: ${'y'.repeat(65_536)}`, 431],
    ['64 kB of them', Array.from({ length: 7_000 }, (_, n) => `x-${n}: y`).join('\r\n'), 431],
    ['a zero byte', 'x: a\0b', 400],
    ['a line that ends too early', 'x: a\ny: b', 400],
    ['a name with a blank', 'x y: a', 400],
  ])('is refused as HTTP: %s', async (_, header, status) => {
    expect((await ask(`${key}\r\n${header}`)).status).toBe(status);
  });
});
