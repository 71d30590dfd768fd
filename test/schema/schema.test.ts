import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { execute, GraphQLError, isIntrospectionType, Kind, parse, printSchema, visit } from 'graphql';
import { ownSchemaFile } from '../../src/config.js';
import { ConfigurationError } from '../../src/errors.js';
import { generateSchema, readSchema } from '../../src/schema/schema.js';
import { caught } from '../helpers/caught.js';

const own = { file: 'schema.graphql', text: readFileSync(ownSchemaFile, 'utf8') };
const both = { googleAnalytics: true, partner: true };

const load = (text: string, sources = both) => readSchema({ file: 'my.graphql', text }, own, sources);
const problemsOf = (text: string, sources = both) => caught(ConfigurationError, () => load(text, sources)).problems;

/** Adds a line to a type of the own schema, and says which line it is then. */
function withLine(type: string, line: string): { text: string; line: number } {
  const text = own.text.replace(`type ${type} {\n`, (head) => `${head}  ${line}\n`);
  return { text, line: text.slice(0, text.indexOf(line)).split('\n').length };
}

/** Names of everything in a schema that no words stand for; the arguments of a directive are told with the directive. */
function undescribed(text: string): string[] {
  const silent: string[] = [];
  visit(parse(text), {
    enter(node) {
      if (node.kind === Kind.DIRECTIVE_DEFINITION && node.description) return false;
      const isSilent =
        'name' in node &&
        node.kind.endsWith('Definition') &&
        !('description' in node && node.description?.value.trim());
      if (isSilent) silent.push(node.name?.value ?? '');
      return undefined;
    },
  });
  return silent;
}

describe('the schema that comes with the gateway', () => {
  test('loads without a problem, and every mapped field is a figure', () => {
    // As if it were somebody's own file, so that it is held against everything.
    const { schema, figures, isStale } = load(`${own.text}\n`);
    expect(isStale).toBe(false);
    const mapped = own.text.match(/^ .*@(metric|value|ratio)\(/gm) ?? [];
    expect(mapped.length).toBeGreaterThan(10);
    const sizes = Object.values(figures).map(({ size }) => size);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(mapped.length);
    expect(Object.values(schema.getTypeMap()).filter((type) => !isIntrospectionType(type)).length).toBeGreaterThan(10);
  });

  test('is held against everything when it has been edited, also where no other is configured', () => {
    const wrong = withLine('PartnerSummary', 'wrong: Int @value(pointer: "no-pointer")');
    const edited = { file: own.file, text: wrong.text };
    const { problems } = caught(ConfigurationError, () => readSchema(edited, edited, both));
    expect(problems).toMatchObject([{ file: own.file, line: wrong.line }]);
    const { text } = withLine('PartnerSummary', '"One more." more: Int @value(pointer: "/more")');
    const more = readSchema({ file: own.file, text }, { file: own.file, text }, both);
    expect(more.isStale).toBe(true);
    expect(Object.values(more.figures).some((figures) => figures.has('more'))).toBe(true);
  });

  test('describes every type, field, argument, enum value, scalar and directive', () => {
    expect(undescribed(own.text)).toEqual([]);
    expect(undescribed('type A { b(c: Int): Int } input D { e: Int } enum F { G } scalar H')).toEqual([...'AbcDeFGH']);
  });

  test('prints its values: each figure keeps its type on the way out', async () => {
    const text = `type Query { product(id: ID!): Product }
      type Product { id: ID! partner: PartnerSummary }
      type PartnerSummary { orders: SafeInt @value(pointer: "/o") revenue: Decimal @value(pointer: "/r") day: Date @value(pointer: "/d") at: DateTime @value(pointer: "/a") }`;
    const { schema } = load(text);
    const partner = {
      orders: 2 ** 53 - 1,
      revenue: '1234567890123456789.50',
      day: '2026-01-31',
      at: '2026-01-31T09:30:00Z',
    };
    const contextValue = {
      catalog: { product: () => ({ id: 'a', siteId: 's' }), siteOf: () => ({ id: 's' }) },
      partner: { load: () => partner },
    };
    const asked = parse('{ product(id: "a") { partner { orders revenue day at } } }');
    const { data, errors } = await execute({ schema, document: asked, contextValue });
    expect(errors).toBeUndefined();
    expect(JSON.parse(JSON.stringify(data))).toEqual({
      product: { partner: { ...partner, at: '2026-01-31T09:30:00.000Z' } },
    });
  });
});

describe('one more line', () => {
  test('with @metric is one more figure of Google Analytics', () => {
    const { text } = withLine('GoogleAnalyticsSummary', 'addToCarts: SafeInt @metric(name: "addToCarts")');
    const { figures, schema } = load(text);
    expect(figures.googleAnalytics.get('addToCarts')).toMatchObject({ metric: 'addToCarts', additive: true });
    expect(schema.getType('GoogleAnalyticsSummary')?.astNode).toBeDefined();
  });

  test('with @value is one more figure of the partner', () => {
    const { text } = withLine('PartnerSummary', 'returns: Int @value(pointer: "/returns/total")');
    expect(load(text).figures.partner.get('returns')).toMatchObject({ pointer: '/returns/total', additive: false });
  });

  test.each([
    ['GoogleAnalyticsSummary', 'views: SafeInt! @metric(name: "screenPageViews")', /remove the "!"/],
    ['GoogleAnalyticsSummary', 'orders: SafeInt @value(pointer: "/orders")', /move the field to PartnerSummary/],
    ['GoogleAnalyticsSummary', 'hits: SafeInt', /add @metric\(name: "…"\) or remove it/],
    ['GoogleAnalyticsSummary', 'hits: SafeInt @metrik(name: "x")', /@metric|@metrik/],
    ['GoogleAnalyticsSummary', 'hits: SafeInt @metric(name: "a") @metric(name: "b")', /@metric/],
    ['PartnerSummary', 'returns: Integer @value(pointer: "/returns")', /use one of Int, SafeInt/],
    ['PartnerSummary', 'returns: Int @value(pointer: "returns")', /no JSON Pointer; write/],
    ['PartnerSummary', 'returns: Int @value(pointer: "/r", aditive: true)', /aditive/],
    ['PartnerSummary', 'returns: Int @value(pointer: "/r", additive: 1)', /additive/],
    ['Product', 'price: Decimal', /nothing answers Product\.price; remove it/],
    ['Query', 'orders: Int', /nothing answers Query\.orders/],
  ])('in %s that cannot work is a problem: %s', (type, field, message) => {
    const { text, line } = withLine(type, field);
    expect(problemsOf(text)).toEqual([{ file: 'my.graphql', line, message: expect.stringMatching(message) }]);
  });
});

describe('a schema that leaves things out', () => {
  const small =
    'type Query { sites: [Site!]! }\ntype Site { id: ID! products(first: Int): ProductConnection! }\ntype ProductConnection { nodes: [Product!]! }\ntype Product { id: ID! }';

  test('works with what it has, without directives and scalars', async () => {
    const { schema, figures } = load(small);
    const products = ['a', 'b'].map((id) => ({ id, name: id }));
    const contextValue = {
      catalog: { sites: [{ id: 'shop' }], products: () => products },
      limits: { first: 10, ids: 10 },
    };
    const result = await execute({
      schema,
      document: parse('{ sites { products(first: 1) { nodes { id } } } }'),
      contextValue,
    });
    expect(result.errors).toBeUndefined();
    expect(JSON.parse(JSON.stringify(result.data))).toEqual({ sites: [{ products: { nodes: [{ id: 'a' }] } }] });
    expect(figures.googleAnalytics.size + figures.partner.size).toBe(0);
  });

  test('may still use the directives and scalars that it does not write', () => {
    const text = `${small}\nextend type Product { partner: PartnerSummary }\ntype PartnerSummary { revenue: Decimal @value(pointer: "/revenue") }`;
    const { figures, schema } = load(text);
    expect(figures.partner.get('revenue')?.type).toBe('Decimal');
    expect(schema.getType('Decimal')).toBeDefined();
  });

  test('but still speaks of it is a problem with its line', () => {
    const text = 'type Query {\n  sites: [Site!]!\n}';
    expect(problemsOf(text)).toEqual([{ file: 'my.graphql', line: 2, message: expect.stringContaining('Site') }]);
  });

  test('without a query is a problem', () => {
    expect(problemsOf('type Product { id: ID! }')).toEqual([
      { file: 'my.graphql', message: expect.stringContaining('Query') },
    ]);
  });
});

describe('a schema file that is not GraphQL', () => {
  test.each([
    ['type Query {\n  sites: [\n}', 3],
    ['\n\nnonsense', 3],
  ])('%j is a problem with its line', (text, line) => {
    expect(problemsOf(text)).toEqual([{ file: 'my.graphql', line, message: expect.stringContaining('Syntax Error') }]);
  });

  test.each(['', '# nothing\n', '{ sites { id } }', 'query A { sites { id } }'])('%j is a problem', (text) => {
    expect(problemsOf(text)[0]).toMatchObject({ file: 'my.graphql' });
  });
});

describe('what follows from the figures of a schema file', () => {
  const line = 'returns: Int @value(pointer: "/returns", additive: true)';
  const beginMark = '# generated';

  test('need not stand in the file', () => {
    const text = own.text.slice(0, own.text.indexOf(beginMark));
    const { schema, isStale } = load(text);
    expect(isStale).toBe(false);
    expect(printSchema(schema)).toBe(printSchema(load(own.text).schema));
  });

  test('is served as it is now, and the file that still says what it was is stale', () => {
    const { text } = withLine('PartnerSummary', line);
    const { schema, isStale } = load(text);
    expect(isStale).toBe(true);
    expect(printSchema(schema)).toContain('PARTNER_RETURNS');
    expect(load(generateSchema({ file: 'my.graphql', text })).isStale).toBe(false);
  });

  test('may use scalars that the file itself does not', () => {
    const text = `type Query { sites: [Site!]! }
      type Site { id: ID! partner: PartnerTotals }
      type PartnerSummary { orders: Int @value(pointer: "/o", additive: true) }
      type Freshness { state: FreshnessState! }
      enum FreshnessState { FRESH STALE PENDING }`;
    expect(printSchema(load(text).schema)).toContain('orders: SafeInt');
  });

  test('tells of a type that it needs and the file has not, at a line of the file', () => {
    const text = `type Query { sites: [Site!]! }
type Site { id: ID! products(
  filter: ProductFilter
): ProductConnection! }
type ProductConnection { nodes: [Product!]! }
type Product { id: ID! }
type PartnerSummary { orders: Int @value(pointer: "/o") }`;
    const problems = problemsOf(text);
    expect(problems.map(({ message }) => message).join()).toContain('DateRangeInput');
    const lines = problems.map(({ line: at = 0 }) => text.split('\n')[at - 1] ?? 'no line of the file');
    expect(lines).toEqual(lines.map(() => expect.stringContaining('ProductFilter')));
  });

  test('is refused where two figures would have one name, before anything is derived of them', () => {
    const { text, line: at } = withLine('GoogleAnalyticsSummary', 'page_views: SafeInt @metric(name: "views")');
    const problems = problemsOf(text);
    expect(problems).toEqual([
      { file: 'my.graphql', line: expect.any(Number), message: expect.stringContaining('PAGE_VIEWS') },
    ]);
    expect([at, at + 2]).toContain(problems[0]?.line);
  });

  test('cannot be generated of figures that cannot be read', () => {
    const { text, line: at } = withLine('PartnerSummary', 'returns: Int! @value(pointer: "/returns")');
    const { problems } = caught(ConfigurationError, () => generateSchema({ file: 'my.graphql', text }));
    expect(problems).toEqual([{ file: 'my.graphql', line: at, message: expect.stringContaining('remove the "!"') }]);
  });
});

describe('a source that is absent', () => {
  const head = (type: string) => own.text.slice(0, own.text.indexOf(`\ntype ${type} {`)).split('\n').length;

  test.each([
    ['googleAnalytics', ['GoogleAnalyticsSummary', 'GoogleAnalyticsPoint']],
    ['partner', ['PartnerSummary']],
  ] as const)('%s makes its types a problem with a cure', (source, types) => {
    expect(problemsOf(own.text, { ...both, [source]: false })).toEqual(
      types.map((type) => ({
        file: 'my.graphql',
        line: expect.any(Number),
        message: expect.stringMatching(new RegExp(`${type} .*sources\\.${source}.*remove the type`)),
      })),
    );
  });

  test('is told at its type, or at the words that describe it', () => {
    const [problem] = problemsOf(own.text, { ...both, partner: false });
    expect([head('PartnerSummary'), head('PartnerSummary') + 1]).toContain(problem?.line);
  });

  test('is nothing to a schema without its type', () => {
    const text = 'type Query { sites: [Site!]! }\ntype Site { id: ID! }';
    expect(() => load(text, { googleAnalytics: false, partner: false })).not.toThrow();
  });
});

test('a GraphQLError never leaves the reader', () => {
  expect(caught(ConfigurationError, () => load('type Query { a: Nowhere }'))).not.toBeInstanceOf(GraphQLError);
});
