import { ApolloServer, HeaderMap } from '@apollo/server';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createDocumentStore } from '../../src/server/documentStore.js';

describe('documents that were sent before', () => {
  let apollo: ApolloServer;
  let parsed: number;

  beforeEach(async () => {
    const { documents, plugin } = createDocumentStore();
    parsed = 0;
    const counting = {
      requestDidStart: async () => ({
        parsingDidStart: async () => {
          parsed += 1;
        },
      }),
    };
    apollo = new ApolloServer({
      typeDefs: 'type Query { product(id: ID!): String }',
      resolvers: { Query: { product: (_: unknown, { id }: { id: string }) => `product ${id}` } },
      documentStore: documents,
      plugins: [plugin, counting],
      stopOnTerminationSignals: false,
    });
    await apollo.start();
  });

  afterEach(() => apollo.stop());

  async function ask(query: string, operationName?: string) {
    const headers = new HeaderMap([['content-type', 'application/json']]);
    const httpGraphQLRequest = {
      method: 'POST',
      headers,
      search: '',
      body: { query, ...(operationName && { operationName }) },
    };
    const { status, body } = await apollo.executeHTTPGraphQLRequest({ httpGraphQLRequest, context: async () => ({}) });
    return { status, text: body.kind === 'complete' ? body.string : '' };
  }

  test('are parsed once where they are good', async () => {
    const good = '{ product(id: "a") }';
    expect(await ask(good)).toEqual({ status: undefined, text: '{"data":{"product":"product a"}}\n' });
    expect(await ask(good)).toEqual(await ask(good));
    expect(parsed).toBe(1);
  });

  test.each([
    ['is no GraphQL', '{ product(id: "a" }', 'GRAPHQL_PARSE_FAILED'],
    ['has several faults', '{ produkt(id: "a") product more }', 'GRAPHQL_VALIDATION_FAILED'],
  ])('are parsed once where one %s, and answered the same each time', async (_, bad, code) => {
    const first = await ask(bad);
    expect(first.status).toBe(400);
    expect(first.text).toContain(code);
    expect(await ask(bad)).toEqual(first);
    expect(await ask(bad, 'Named')).toEqual(first);
    expect(parsed).toBe(1);
  });

  test('are good although a request asked for an operation that is not in them', async () => {
    const good = 'query A { product(id: "a") }';
    expect((await ask(good, 'B')).text).toContain('OPERATION_RESOLUTION_FAILURE');
    expect((await ask(good, 'A')).text).toContain('product a');
    expect(parsed).toBe(1);
  });

  test('are still known after a flood of wrong ones, of which the last are', async () => {
    await ask('{ product(id: "a") }');
    for (let index = 0; index < 1_100; index += 1) await ask(`{ wrong${index} }`);
    expect(parsed).toBe(1_101);
    await ask('{ product(id: "a") }');
    await ask('{ wrong1099 }');
    expect(parsed).toBe(1_101);
    await ask('{ wrong0 }');
    expect(parsed).toBe(1_102);
  });
});
