import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type RunningGateway, startGateway } from '../helpers/gateway.js';

describe('a list of products inside another one', () => {
  let gateway: RunningGateway;
  beforeAll(async () => {
    gateway = await startGateway({ products: 3 });
  });
  afterAll(() => gateway.close());

  const nested = 'products { nodes { site { products { nodes { id } } } } }';

  test.each([
    ['plainly', `{ sites { ${nested} } }`],
    ['under an alias', '{ sites { a: products { nodes { site { b: products { totalCount } } } } } }'],
    ['below a list of ids', '{ products(ids: ["x"]) { site { products { nodes { id } } } } }'],
    ['in an inline fragment', '{ sites { products { nodes { ... { site { products { totalCount } } } } } } }'],
    [
      'in a fragment',
      '{ sites { products { nodes { ...F } } } } fragment F on Product { site { products { totalCount } } }',
    ],
    [
      'in a fragment that stands outside as well',
      '{ sites { ...S products { nodes { site { ...S } } } } } fragment S on Site { products { totalCount } }',
    ],
    ['in fragments that are a bomb', `{ sites { products { nodes { ...F0 } } } } ${bomb(10)}`],
  ])('%s is refused before anything is asked', async (_, query) => {
    const { status, errors, data } = await gateway.ask(query);
    expect([status, data]).toEqual([400, undefined]);
    expect(errors?.map(({ message }) => message)).toContainEqual(expect.stringContaining('inside another list'));
    expect([(await gateway.partner.stats()).calls, (await gateway.google.stats()).calls]).toEqual([0, 0]);
  });

  test('is no matter for lists side by side, and for introspection', async () => {
    const query =
      '{ sites { a: products { totalCount } b: products { totalCount } } __schema { types { fields { name } } } }';
    expect((await gateway.ask(query)).errors).toBeUndefined();
  });
});

describe('a name that the answer repeats', () => {
  let gateway: RunningGateway;
  beforeAll(async () => {
    gateway = await startGateway({ products: 3 });
  });
  afterAll(() => gateway.close());

  const long = 'a'.repeat(101);
  const fits = 'a'.repeat(100);
  const deferred = (label: string) => `... @defer(label: ${label}) { name }`;

  test.each([
    ['an alias', `{ sites { ${long}: id } }`],
    ['an alias in a fragment', `{ sites { ...F } } fragment F on Site { ${long}: id }`],
    ['an alias of introspection', `{ __schema { types { ${long}: name } } }`],
    ['a label', `{ sites { id ${deferred(`"${long}"`)} } }`],
    ['a label out of a variable', `query ($label: String) { sites { id ${deferred('$label')} } }`],
  ])('is refused where it is too long: %s', async (_, query) => {
    const { status, errors, data } = await gateway.ask(query, { label: long });
    expect([status, data]).toEqual([400, undefined]);
    expect(errors?.map(({ message }) => message)).toEqual([
      expect.stringMatching(/may have at most 100 characters\.$/),
    ]);
  });

  test.each([
    ['an alias', `{ sites { ${fits}: id } }`],
    ['a label', `{ sites { id ${deferred(`"${fits}"`)} } }`],
    ['no label', `{ sites { id ${deferred('null')} } }`],
    ['a name of the operation', `query ${long} { sites { id } }`],
  ])('is fine otherwise: %s', async (_, query) => {
    expect((await gateway.ask(query)).errors).toBeUndefined();
  });
});

/** Each fragment names the next one twice; the last one holds a list. */
function bomb(levels: number): string {
  const middle = Array.from({ length: levels }, (_, n) => `fragment F${n} on Product { ...F${n + 1} ...F${n + 1} }`);
  return `${middle.join(' ')} fragment F${levels} on Product { site { products { totalCount } } }`;
}
