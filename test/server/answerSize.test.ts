import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { getNullableType, isListType, isObjectType, Kind, type OperationDefinitionNode, parse } from 'graphql';
import { buildSchema } from '../../src/schema/schema.js';
import { countValues, listSizes } from '../../src/server/answerSize.js';

const schema = buildSchema(parse(readFileSync(new URL('../../schema.graphql', import.meta.url), 'utf8')));
const now = Date.parse('2026-03-15T12:00:00Z');

function count(query: string, variables: Record<string, unknown> = {}): number {
  const { definitions } = parse(query);
  const operation = definitions.find(
    (each): each is OperationDefinitionNode => each.kind === Kind.OPERATION_DEFINITION,
  );
  if (!operation) throw new Error('The test has no operation.');
  const fragments = new Map(
    definitions.flatMap((each) => (each.kind === Kind.FRAGMENT_DEFINITION ? [[each.name.value, each] as const] : [])),
  );
  return countValues(operation, { schema, fragments, variables, sites: 3, limits: { first: 1_000, ids: 200 }, now });
}

describe('how many values an answer may hold', () => {
  test('is known for every list of the schema', () => {
    const lists = Object.values(schema.getTypeMap()).flatMap((type) =>
      isObjectType(type) && !type.name.startsWith('__')
        ? Object.values(type.getFields())
            .filter((field) => isListType(getNullableType(field.type)))
            .map((field) => `${type.name}.${field.name}`)
        : [],
    );
    expect(Object.keys(listSizes)).toEqual(expect.arrayContaining(lists));
    expect(lists.length).toBeGreaterThan(4);
  });

  test.each([
    ['{ sources { name } }', 4],
    ['{ sites { id name } }', 9],
    ['{ site(id: "a") { id } }', 2],
    ['{ site(id: "a") { products { nodes { id name } } } }', 1 + 20 * (1 + 3)],
    ['{ site(id: "a") { products(first: 7) { edges { node { id } } } } }', 1 + 7 * (1 + 1 + 2)],
    ['{ site(id: "a") { products(last: 7) { totalCount } } }', 1 + 7 * 2],
    ['{ site(id: "a") { products(first: 1000, ids: ["a", "b"]) { totalCount } } }', 1 + 2 * 2],
    ['{ sites { products(first: 10) { nodes { id } } } }', 3 * (1 + 10 * 3)],
    ['{ a: products(ids: ["x", "y"]) { id } b: products(ids: ["x"]) { id } }', 6],
    ['{ ...F ... { ...F } } fragment F on Query { site(id: "a") { id } }', 4],
    ['{ __schema { types { name } } }', 1],
  ])('%s: %d', (query, values) => {
    expect(count(query)).toBe(values);
  });

  test('follows variables', () => {
    const query =
      'query ($n: Int, $ids: [ID!]!) { site(id: "a") { products(first: $n) { totalCount } } products(ids: $ids) { id } }';
    expect(count(query, { n: 500, ids: ['a', 'b', 'c'] })).toBe(1 + 500 * 2 + 3 * 2);
  });

  test('is that of the largest page and list that are not refused by themselves', () => {
    expect(count('{ site(id: "a") { products(first: 2000000000) { totalCount } } }')).toBe(1 + 1_000 * 2);
    expect(count('query ($ids: [ID!]!) { products(ids: $ids) { id } }', { ids: Array(100_000).fill('a') })).toBe(400);
    expect(count('{ site(id: "a") { products(first: -5) { totalCount } } }')).toBe(1);
  });

  /** Never fewer points than there are, and at most three more. */
  test.each([
    ['', '', 28],
    ['(range: { preset: TODAY })', '', 1],
    ['(range: { start: "2016-03-15", end: "2026-03-15" })', '', 3_653],
    ['(range: { start: "2016-03-15", end: "2999-01-01" })', '', 3_653],
    ['(range: { start: "2026-01-01", end: "2026-01-31" })', '(interval: WEEK)', 5],
    ['(range: { start: "2025-03-31", end: "2026-03-01" })', '(interval: MONTH)', 13],
  ])('counts the points of googleAnalytics%s { series%s }', (range, interval, points) => {
    const counted = count(`{ site(id: "a") { googleAnalytics${range} { series${interval} { date } } } }`);
    expect((counted - 2) / 2).toBeGreaterThanOrEqual(points);
    expect((counted - 2) / 2).toBeLessThanOrEqual(points + 3);
  });

  test('leaves a range that is wrong to whoever reads it', () => {
    expect(
      count(
        '{ site(id: "a") { googleAnalytics(range: { start: "2999-01-01", end: "2000-01-01" }) { series { date } } } }',
      ),
    ).toBe(2);
  });
});
