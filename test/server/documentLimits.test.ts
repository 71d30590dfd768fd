import { describe, expect, test } from '@jest/globals';
import { buildSchema, parse, validate } from 'graphql';
import { limitDocuments } from '../../src/server/documentLimits.js';

const schema = buildSchema('type Query { a: Query b: Query name: String }');
const limits = { depth: 4, aliases: 3, fields: 12 };

/** What the rule alone says, in the words that tell one limit from another. */
const complaints = (query: string) =>
  validate(schema, parse(query), [limitDocuments(limits)]).map(
    ({ message }) => /(\d+ fields deep|\d+ aliases|\d+ fields(?= *,)|\d+ directives)/.exec(message)?.[1] ?? message,
  );

const times = (count: number, text: (n: number) => string) =>
  Array.from({ length: count }, (_, n) => text(n)).join(' ');

describe('an operation', () => {
  test.each([
    ['at every limit', '{ x: name y: name z: name a { a { a { name } } b { name } } name b { name } }'],
    ['with 9 directives', `{ ${times(9, () => 'name @skip(if: true)')} }`],
    [
      'of introspection, however deep',
      `{ __schema { ${times(20, () => 'types { fields { type {')} name ${times(20, () => '} } }')} } }`,
    ],
    [
      'beside others: each is counted by itself',
      `query A { ${times(12, () => 'name')} } query B { ${times(12, () => 'name')} }`,
    ],
    ['with a fragment that is not used', `{ name } fragment F on Query { ${times(50, () => 'name')} }`],
  ])('%s is fine', (_, query) => {
    expect(complaints(query)).toEqual([]);
  });

  test.each([
    ['too deep', '{ a { a { a { a { name } } } } }', ['4 fields deep']],
    ['too deep in an inline fragment', '{ a { ... on Query { a { ... { a { a { name } } } } } } }', ['4 fields deep']],
    ['too deep in a fragment', '{ a { a { ...F } } } fragment F on Query { a { a { name } } }', ['4 fields deep']],
    ['with too many aliases', `{ ${times(4, (n) => `x${n}: name`)} }`, ['3 aliases']],
    ['with aliases of __typename', `{ ${times(4, (n) => `x${n}: __typename`)} }`, ['3 aliases']],
    ['with aliases of introspection', `{ ${times(4, (n) => `x${n}: __schema { description }`)} }`, ['3 aliases']],
    [
      'with aliases in a fragment that stands twice',
      '{ a { ...F } b { ...F } } fragment F on Query { x: name y: name }',
      ['3 aliases'],
    ],
    ['with too many fields', `{ ${times(13, () => 'name')} }`, ['12 fields']],
    [
      'with a fragment spread too often',
      `{ ${times(7, () => '...F')} } fragment F on Query { name a { name } }`,
      ['12 fields'],
    ],
    ['with too many directives', `{ ${times(10, () => 'name @skip(if: true)')} }`, ['9 directives']],
    ['with one field that has them all', `{ name ${times(10, () => '@aa')} }`, ['9 directives']],
    ['with directives of its own', `query ${times(10, () => '@aa')} { name }`, ['9 directives']],
    [
      'with directives of a fragment',
      `{ ...F } fragment F on Query ${times(10, () => '@aa')} { name }`,
      ['9 directives'],
    ],
    [
      'with directives of spreads',
      `{ ${times(10, () => '...F @include(if: true)')} } fragment F on Query { __typename }`,
      ['9 directives'],
    ],
  ])('%s is refused', (_, query, expected) => {
    expect(complaints(query)).toEqual(expected);
  });

  test('that is too much in every way is told all of it', () => {
    const query = `{ ${times(13, (n) => `x${n}: name @skip(if: true)`)} a { a { a { a { name } } } } }`;
    expect(complaints(query).toSorted()).toEqual(['12 fields', '3 aliases', '4 fields deep', '9 directives']);
  });

  test('of a few hundred bytes that stand for 2^200 fields is refused as fast as another one', () => {
    const bomb = times(200, (n) => `fragment F${n} on Query { ...F${n + 1} ...F${n + 1} }`);
    const query = `{ ...F0 } ${bomb} fragment F200 on Query { x: name @skip(if: true) }`;
    expect(complaints(query).toSorted()).toEqual(['12 fields', '3 aliases', '9 directives']);
  });

  test('whose fragments contain themselves comes to an end', () => {
    expect(complaints('{ ...F } fragment F on Query { a { ...G } } fragment G on Query { a { ...F } name }')).toEqual(
      [],
    );
  });

  test('whose fragments are not there is a matter of other rules', () => {
    expect(complaints('{ ...Nothing }')).toEqual([]);
  });
});
