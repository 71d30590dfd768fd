import { describe, expect, test } from '@jest/globals';
import { type DocumentNode, parse, print, Source } from 'graphql';
import { contractProblems, withSharedDefinitions } from '../../src/schema/contract.js';

const read = (text: string, file = 'my.graphql'): DocumentNode => parse(new Source(text, file));

const contract = read(
  `
  directive @metric(name: String!) on FIELD_DEFINITION
  directive @value(pointer: String!) on FIELD_DEFINITION
  directive @ratio(of: String!, per: String!) on FIELD_DEFINITION
  type Query { products(first: Int, order: Order = UP): [Product!]! product(id: ID!): Product }
  type Product { id: ID! name: String! partner: PartnerSummary googleAnalytics: GoogleAnalyticsSummary }
  type PartnerSummary { orders: SafeInt @value(pointer: "/orders") at: Date }
  type GoogleAnalyticsSummary { views: SafeInt @metric(name: "screenPageViews") at: Date }
  type CombinedSummary { rate: Float @ratio(of: "partner.orders", per: "googleAnalytics.views") at: Date }
  input Filter { text: String }
  enum Order { UP DOWN }
  scalar SafeInt
  scalar Date
`,
  'contract.graphql',
);
const problemsOf = (text: string) => contractProblems(read(text), contract);

describe('a schema file', () => {
  test.each([
    ['the contract itself', print(contract)],
    ['less than the contract', 'type Query { product(id: ID!): Product }\ntype Product { id: ID! }'],
    ['fewer arguments and values', 'type Query { products: [Product!]! }\nenum Order { UP }'],
    ['another default', 'type Query { products(order: Order = DOWN): [Product!]! }'],
    ['another order of things', 'type Product { name: String! id: ID! }'],
    ['new figures', 'type PartnerSummary { returns: Int @value(pointer: "/returns") }'],
    ['a new ratio', 'type CombinedSummary { x: Float @ratio(of: "partner.orders", per: "partner.orders") }'],
    ['an extension of a type', 'extend type GoogleAnalyticsSummary { users: Int @metric(name: "activeUsers") }'],
    ['its own words and scalars', '"My product."\ntype Product { "Its id." id: ID! }\nscalar Money'],
  ])('may be %s', (_, text) => {
    expect(problemsOf(text)).toEqual([]);
  });

  test.each([
    ['a type', 'type Order2 {\nid: ID! }', 1, 'the type Order2; remove it'],
    ['a mutation', '\n\ntype Mutation { x: Int }', 3, 'the type Mutation; remove it'],
    ['an input', 'input Wish { x: Int }', 1, 'the type Wish; remove it'],
    ['an interface', 'interface Node { id: ID! }', 1, 'the type Node; remove it'],
    ['a union', 'union Any = Product', 1, 'the type Any; remove it'],
    ['a field', 'type Product {\nid: ID!\nprice: Int\n}', 3, 'nothing answers Product.price; remove it'],
    ['a field of an extension', 'extend type Product {\nprice: Int\n}', 2, 'nothing answers Product.price; remove it'],
    [
      'an unmapped figure of the partner',
      'type PartnerSummary {\nx: Int\n}',
      2,
      'PartnerSummary.x; add @value(pointer: "/…") or remove it',
    ],
    [
      'an unmapped figure of Google',
      'type GoogleAnalyticsSummary {\nx: Int\n}',
      2,
      'GoogleAnalyticsSummary.x; add @metric(name: "…") or remove it',
    ],
    [
      'an unmapped ratio',
      'type CombinedSummary {\nrate: Float\n}',
      2,
      'CombinedSummary.rate; add @ratio(of: "…", per: "…") or remove it',
    ],
    [
      'an argument',
      'type Query {\nproduct(\nid: ID!\nlanguage: String): Product }',
      4,
      'nothing reads Query.product(language:); remove the argument',
    ],
    ['a field of an input', 'input Filter {\nregex: String\n}', 2, 'nothing answers Filter.regex; remove it'],
    ['a value', 'enum Order {\nUP\nSIDEWAYS\n}', 3, 'nothing answers Order.SIDEWAYS; remove it'],
  ])('with %s that the gateway does not have says where and what to do', (_, text, line, words) => {
    expect(problemsOf(text)).toEqual([{ file: 'my.graphql', line, message: expect.stringContaining(words) }]);
  });

  test.each([
    ['a field', 'type Product {\nid: Int!\n}', 2, 'Product.id must have the type ID!, not Int!'],
    ['a field that may be null', 'type Product {\nid: ID\n}', 2, 'Product.id must have the type ID!, not ID'],
    [
      'an argument',
      'type Query {\nproduct(id: String!): Product\n}',
      2,
      'Query.product(id:) must have the type ID!, not String!',
    ],
    [
      'a field of an input',
      'input Filter {\ntext: [String]\n}',
      2,
      'Filter.text must have the type String, not [String]',
    ],
  ])('with another type of %s says which it must be', (_, text, line, words) => {
    expect(problemsOf(text)).toEqual([{ file: 'my.graphql', line, message: expect.stringContaining(words) }]);
  });

  test.each([
    'interface Product { id: ID! }',
    'union Product = PartnerSummary',
    'interface PartnerSummary { at: Date }',
  ])('may not make another kind of thing of a type: %s', (text) => {
    expect(problemsOf(text)).toEqual([expect.objectContaining({ line: 1 })]);
  });

  test('says every problem, not only the first', () => {
    expect(problemsOf('type Product {\na: Int\nb: Int\n}\nunion Any = Product')).toHaveLength(3);
  });
});

describe('directives and scalars of the contract', () => {
  const names = (document: DocumentNode) =>
    document.definitions.flatMap((definition) =>
      'name' in definition && definition.name ? [definition.name.value] : [],
    );

  test('are added where they are used and not written', () => {
    const complete = withSharedDefinitions(
      read('type PartnerSummary { orders: SafeInt @value(pointer: "/orders") }'),
      contract,
    );
    expect(names(complete).sort()).toEqual(['PartnerSummary', 'SafeInt', 'value']);
  });

  test('are not added where nothing uses them, nor twice', () => {
    const text =
      'scalar Date\ndirective @value(pointer: String!) on FIELD_DEFINITION\ntype PartnerSummary { at: Date @value(pointer: "") }';
    expect(withSharedDefinitions(read(text), contract).definitions).toHaveLength(3);
  });

  test('add no type, even when it is used', () => {
    expect(names(withSharedDefinitions(read('type Query { product(id: ID!): Product }'), contract))).toEqual(['Query']);
  });
});
