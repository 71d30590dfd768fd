import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { request } from 'undici';
import { type RunningGateway, startGateway } from '../helpers/gateway.js';

let gateway: RunningGateway;

beforeAll(async () => {
  gateway = await startGateway({ products: 40 });
});
afterAll(() => gateway.close());

const names = '{ site(id: "shop") { products(first: 40) { nodes { id name } } } }';

/** Undici's own request unpacks nothing. */
const post = (query: string, headers: Record<string, string> = {}) =>
  request(gateway.url, {
    method: 'POST',
    body: JSON.stringify({ query }),
    headers: { 'content-type': 'application/json', ...headers },
  });

describe('an answer', () => {
  test.each(['gzip', 'br'])('is packed for a client that takes %s', async (encoding) => {
    const plain = await (await post(names)).body.arrayBuffer();
    const { headers, body } = await post(names, { 'accept-encoding': encoding });
    const packed = await body.arrayBuffer();
    expect(headers['content-encoding']).toBe(encoding);
    expect(headers['vary']).toMatch(/accept-encoding/i);
    expect(packed.byteLength * 3).toBeLessThan(plain.byteLength);
  });

  test('is not packed for a client that does not ask for it', async () => {
    const { headers, body } = await post(names);
    expect(headers['content-encoding']).toBeUndefined();
    expect(await body.json()).toMatchObject({ data: { site: { products: {} } } });
  });

  test('is not packed when it is small', async () => {
    const { headers, body } = await post('{ __typename }', { 'accept-encoding': 'gzip' });
    expect(headers['content-encoding']).toBeUndefined();
    expect(await body.json()).toMatchObject({ data: { __typename: 'Query' } });
  });

  test('in parts is sent as its parts are ready, and packing would hold them back', async () => {
    const { headers, body } = await post(
      '{ site(id: "shop") { products(first: 40) { nodes { id ... @defer { partner { orders } } } } } }',
      { 'accept-encoding': 'gzip, br', accept: 'multipart/mixed;deferSpec=20220824, application/json' },
    );
    expect(headers['content-type']).toMatch(/^multipart\/mixed/);
    expect(headers['content-encoding']).toBeUndefined();
    expect(await body.text()).toMatch(/"hasNext":true[\s\S]*"hasNext":false/);
  });
});
