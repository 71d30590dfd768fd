import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type DocumentNode, type GraphQLFormattedError, print } from 'graphql';
import * as demo from '../../src/demo/operations.js';
import { readSchema } from '../../src/schema/schema.js';
import { type GatewayFile, type RunningGateway, startGateway } from '../helpers/gateway.js';
import { operationsOf } from '../helpers/generatedOperations.js';

const path = new URL('../../schema.graphql', import.meta.url);
const text = { file: 'schema.graphql', text: readFileSync(path, 'utf8') };
const { schema } = readSchema(text, text, { googleAnalytics: true, partner: true });

const ids = ['shop-red-shoe-1', 'nobody'];
const quoted = (values: readonly string[]) => fc.constantFrom(...values.map((value) => `"${value}"`));
/** What says something new each time it is asked is left out: times to wait, ages, and the state of the sources. */
const generated = fc
  .sample(
    operationsOf(schema, {
      maxDepth: 6,
      args: {
        id: quoted(['shop', ...ids]),
        ids: fc.constant(JSON.stringify(ids)),
        first: fc.constantFrom('3', '0', undefined),
        last: fc.constant(undefined),
        after: fc.constant(undefined),
        before: fc.constant(undefined),
        maxWaitMs: fc.constant(undefined),
        maxAgeMs: fc.constant(undefined),
        start: quoted(['2026-01-01']),
        end: quoted(['2026-01-05']),
      },
    }),
    { numRuns: 150, seed: 10 },
  )
  .filter((operation) => !/: sources /.test(operation));

const partner = (fields: string) =>
  `{ site(id: "shop") { products(first: 6) { nodes { id partner { ${fields} } } } } }`;
const handwritten: [query: string, variables?: object][] = [
  ['{ __typename site(id: "shop") { __typename } }'],
  ['{ __schema { queryType { name } types { name kind } } }'],
  [partner('orders revenue freshness { state asOf }')],
  ['{ a: site(id: "shop") { name name id } b: site(id: "nowhere") { name } }'],
  ['{ site(id: "shop") { products(first: -1) { totalCount } } }'],
  ['{ product(id: "shop-red-shoe-1") { googleAnalytics(range: { start: "2026-01-05" }) { pageViews } name } }'],
  ['query A { site(id: "shop") { name } } query B { site(id: "shop") { id } }'],
  ['query ($id: ID!) { product(id: $id) { name } }', {}],
  ['query ($id: ID!) { product(id: $id) { name } }', { id: 'shop-red-shoe-1' }],
  ['query ($id: ID!) { product(id: $id) { name } }', { id: { a: 1 } }],
  ['query ($ids: [ID!]!) { products(ids: $ids) { name partner { orders } } }', { ids }],
  ['query ($ids: [ID!]!) { products(ids: $ids) { id } }', { ids: Array.from({ length: 201 }, () => 'a') }],
  [
    `query ($yes: Boolean!) { site(id: "shop") { name @skip(if: $yes) ...F @include(if: $yes) } } fragment F on Site { id }`,
    { yes: true },
  ],
  ['{ unknown }'],
  ['{ site(id: "shop") {'],
  ...Object.values(demo)
    .map((document: DocumentNode): [string] => [print(document)])
    .filter(([query]) => !query.includes('sources')),
];
const corpus = [...handwritten, ...generated.map((operation): [string] => [operation])];

let gateway: RunningGateway;

beforeAll(async () => {
  gateway = await startGateway({
    products: 8,
    alwaysTrace: false,
    configure(file: GatewayFile) {
      file['cache'] = { answers: 32 };
      Object.assign(file.sources.partner ?? {}, { timeout: '10s' });
    },
  });
  const [, second, third] = gateway.world.products.map(({ partnerId }) => partnerId ?? '');
  await gateway.partner.faults(
    { keys: [second ?? ''], fault: 'number', value: 'many' },
    { keys: [third ?? ''], fault: 'status', status: 404 },
  );
});

afterAll(() => gateway.close());

/** The whole answer; `note` makes two texts of the same operation. */
async function ask(query: string, variables: object, note: string) {
  asks += 1;
  const response = await fetch(gateway.url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: `${query}\n# ${note}`, variables, extensions: { ask: asks } }),
  });
  const answer = (await response.json()) as { data?: unknown; errors?: GraphQLFormattedError[] };
  const { errors = [], ...rest } = answer;
  const visible = errors.filter(({ path }) => isVisible(path ?? [], rest.data));
  return {
    status: response.status,
    ...rest,
    errors: visible.map((error) => JSON.stringify(error)).sort(),
    hidesErrors: visible.length < errors.length,
  };
}

/**
 * Whether what failed is itself the null in the data. Where a null that is not allowed has taken more with it, an execution
 * may tell of one of the errors or of several.
 */
function isVisible(path: readonly (string | number)[], data: unknown): boolean {
  let place = data;
  for (const step of path.slice(0, -1)) {
    if (place === null || place === undefined) return false;
    place = (place as Record<string | number, unknown>)[step];
  }
  return place !== null || path.length === 0;
}

/** In the body beside the operation, so that none of these requests is the same as another one. */
let asks = 0;

describe('an operation says the same', () => {
  test('compiled and interpreted', async () => {
    let withErrors = 0;
    let complete = 0;
    for (const [query, variables = {}] of corpus) {
      // Whatever the sources have to say is known after this.
      await ask(query, variables, 'first');
      const interpreted = await ask(query, variables, 'then');
      const compiled = await ask(query, variables, 'then');
      expect({ query, ...compiled }).toEqual({ query, ...interpreted });
      if (interpreted.errors.length > 0 || interpreted.hidesErrors) withErrors += 1;
      else complete += 1;
    }
    expect(withErrors).toBeGreaterThan(20);
    expect(complete).toBeGreaterThan(20);
  }, 120_000);

  test('kept and executed', async () => {
    const keptSoFar = () => gateway.events.filter(({ type }) => type === 'answer.shared').length;
    const kept = keptSoFar();
    for (const [query, variables = {}] of corpus) {
      const executed = await gateway.ask(query, variables);
      // What has errors is executed each time.
      if (!executed.errors) expect({ query, ...(await gateway.ask(query, variables)) }).toEqual({ query, ...executed });
    }
    expect(keptSoFar() - kept).toBeGreaterThan(20);
  }, 120_000);
});

test('what is asked with other variables is selected anew', async () => {
  const query = `query ($figures: Boolean!, $sessions: Boolean!) { product(id: "shop-red-shoe-1") {
    googleAnalytics @include(if: $figures) { pageViews ... @include(if: $sessions) { sessions } } } }`;
  const asked = async (figures: boolean, sessions: boolean) => {
    const { data } = (await ask(query, { figures, sessions }, 'variables')) as unknown as {
      data: { product: { googleAnalytics?: object } };
    };
    return Object.keys(data.product.googleAnalytics ?? {});
  };
  for (let round = 0; round < 3; round += 1) {
    expect(await asked(true, false)).toEqual(['pageViews']);
    expect(await asked(true, true)).toEqual(['pageViews', 'sessions']);
    expect(await asked(false, true)).toEqual([]);
  }
});
