import { describe, expect, test } from '@jest/globals';
import { buildSchema, parse } from 'graphql';
import { GatewayError } from '../../src/errors.js';
import { createCompiledExecution, formatCompiled } from '../../src/server/compiledExecution.js';

const schema = buildSchema(`
  directive @defer(if: Boolean, label: String) on FRAGMENT_SPREAD | INLINE_FRAGMENT
  input Range { start: String end: String }
  input Endless { not: Endless or: [Endless!] in: [Range!] }
  input Around { inside: [Endless!]! }
  type Query { fine: Int failing: Int refused: Int needed(id: Int!): Int! listed(filter: Endless, around: Around, range: Range): Int }
`);

function createResolved(fields: Record<string, unknown>) {
  const query = schema.getQueryType()?.getFields() ?? {};
  let calls = 0;
  for (const [name, value] of Object.entries(fields)) {
    const field = query[name];
    if (field) {
      field.resolve = () => {
        calls += 1;
        return value;
      };
    }
  }
  return { calls: () => calls };
}

/** Asked once before, so that it is worth compiling. */
async function executeTwice(text: string, variables?: Record<string, unknown>) {
  const operation = { document: parse(text), operationName: null, variables };
  const compiled = createCompiledExecution(schema);
  return { first: await compiled.execute(operation, {}), second: await compiled.execute(operation, {}) };
}

describe('an operation', () => {
  test('is compiled when it is asked for the second time', async () => {
    createResolved({ fine: 5 });
    const { first, second } = await executeTwice('{ fine }');
    expect(first).toBeNull();
    expect(second).toEqual({ data: { fine: 5 }, errors: [] });
  });

  test('with @defer is left to an executor that sends parts', async () => {
    expect((await executeTwice('{ ... @defer { fine } }')).second).toBeNull();
  });

  test.each(['Endless', '[Endless!]!', 'Around'])(
    'with a variable of %s, which has no end, is left to graphql',
    async (type) => {
      createResolved({ fine: 5 });
      expect((await executeTwice(`query ($value: ${type}) { fine }`, {})).second).toBeNull();
    },
  );

  test('with a variable that ends, or a literal that does not have to, is compiled', async () => {
    createResolved({ listed: 5 });
    const ending = await executeTwice('query ($range: Range) { listed(range: $range) }', { range: { start: 'a' } });
    const literal = await executeTwice('{ listed(filter: { not: { not: { or: [] } } }) }');
    expect([ending.second?.data, literal.second?.data]).toEqual(Array(2).fill({ listed: 5 }));
  });

  test('with variables that do not fit is left to graphql, and no resolver runs', async () => {
    const { calls } = createResolved({ needed: 1 });
    const { second } = await executeTwice('query ($id: Int!) { needed(id: $id) }', { id: 'x' });
    expect(second).toBeNull();
    expect(calls()).toBe(0);
  });

  test('whose root is null by an error is not executed again', async () => {
    const { calls } = createResolved({ needed: new GatewayError('BAD_USER_INPUT', 'No.') });
    const { second } = await executeTwice('{ needed(id: 1) }');
    expect(second).toMatchObject({ data: null, errors: [{ message: 'No.' }] });
    expect(calls()).toBe(1);
  });
});

describe('an error of a compiled operation', () => {
  test('has its code, its place and what it came from', async () => {
    const refusal = new GatewayError('OVERLOADED', 'Full.', { source: 'partner' });
    createResolved({ refused: refusal });
    const [error] = (await executeTwice('{ refused }')).second?.errors ?? [];
    if (!error) throw new Error('It has no error.');
    expect(error.originalError).toBe(refusal);
    expect(formatCompiled(error)).toEqual({
      message: 'Full.',
      locations: [{ line: 1, column: 3 }],
      path: ['refused'],
      extensions: { code: 'OVERLOADED', source: 'partner', retryable: true },
    });
  });

  test('that nobody foresaw has the code of one, and extensions', async () => {
    createResolved({ failing: new Error('boom') });
    const [error] = (await executeTwice('{ failing }')).second?.errors ?? [];
    if (!error) throw new Error('It has no error.');
    expect(error.extensions).toEqual({});
    expect(formatCompiled(error)).toMatchObject({ extensions: { code: 'INTERNAL_SERVER_ERROR' } });
  });
});
