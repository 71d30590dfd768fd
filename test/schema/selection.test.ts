import { describe, expect, test } from '@jest/globals';
import { buildSchema, execute, type GraphQLResolveInfo, parse, validate } from 'graphql';
import { selectedFields } from '../../src/schema/selection.js';

const schema = buildSchema(`
  type Query { product: Product  products: [Product!]! }
  type Product { summary(range: Int): Summary }
  type Summary { views: Int  users: Int  orders: Int  nested: Summary }
`);

/** Runs an operation, and gives what `summary` saw as selected, each time that it was resolved. */
async function seen(query: string, variables: Record<string, unknown> = {}): Promise<string[][]> {
  const document = parse(query);
  expect(validate(schema, document)).toEqual([]);
  const selections: string[][] = [];
  const product = {
    summary(_args: unknown, _context: unknown, info: GraphQLResolveInfo) {
      selections.push([...selectedFields(info)].sort());
      return {};
    },
  };
  const rootValue = { product, products: [product, product, product] };
  const { errors } = await execute({ schema, document, rootValue, variableValues: variables });
  expect(errors).toBeUndefined();
  return selections;
}

describe('the selected fields', () => {
  test.each([
    ['fields', '{ product { summary { views users } } }', ['users', 'views']],
    ['aliases by their field', '{ product { summary { a: views b: views users: orders } } }', ['orders', 'views']],
    [
      'inline fragments',
      '{ product { summary { ... { views } ... on Summary { ... on Summary { users } } } } }',
      ['users', 'views'],
    ],
    [
      'named fragments, in each other',
      '{ product { summary { ...A } } } fragment A on Summary { views ...B } fragment B on Summary { orders }',
      ['orders', 'views'],
    ],
    [
      'the same field twice',
      '{ product { summary { views } summary { users } } product { summary { orders } } }',
      ['orders', 'users', 'views'],
    ],
    ['only their own level', '{ product { summary { nested { views users } } } }', ['nested']],
    ['what graphql answers itself', '{ product { summary { __typename } } }', ['__typename']],
    [
      '@skip and @include',
      '{ product { summary { views @skip(if: true) users @include(if: false) orders @skip(if: false) } } }',
      ['orders'],
    ],
    [
      'both at once',
      '{ product { summary { views @skip(if: true) @include(if: true) orders @skip(if: false) @include(if: true) } } }',
      ['orders'],
    ],
    [
      'a field that stands once with and once without',
      '{ product { summary { views @skip(if: true) views } } }',
      ['views'],
    ],
  ])('are those of %s', async (_, query, fields) => {
    expect(await seen(query)).toEqual([fields]);
  });

  const conditional = `query ($on: Boolean!, $off: Boolean = true) {
    product { summary { ...A @include(if: $on) ... @skip(if: $off) { users } orders @include(if: $on) nested { views } } }
  }
  fragment A on Summary { views @skip(if: $off) users }`;

  test.each([
    [{ on: true, off: false }, ['nested', 'orders', 'users', 'views']],
    [{ on: true }, ['nested', 'orders', 'users']],
    [{ on: false, off: false }, ['nested', 'users']],
    [{ on: false }, ['nested']],
  ])('follow the variables %j on fragments and fields', async (variables, fields) => {
    expect(await seen(conditional, variables)).toEqual([fields]);
  });

  test('are the same for every product of a list', async () => {
    expect(await seen('{ products { summary { views } } }')).toEqual([['views'], ['views'], ['views']]);
  });

  test('are kept apart by alias: two summaries of one product', async () => {
    const query = '{ product { a: summary(range: 1) { views } b: summary(range: 2) { users } } }';
    expect(await seen(query)).toEqual([['views'], ['users']]);
  });

  test('of one execution say nothing about the next one of the same document', async () => {
    const results = await Promise.all([true, false, true].map((on) => seen(conditional, { on })));
    expect(results.map(([fields]) => fields?.includes('orders'))).toEqual([true, false, true]);
  });
});
