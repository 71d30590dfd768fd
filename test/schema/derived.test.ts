import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  buildASTSchema,
  type GraphQLEnumType,
  type GraphQLNamedType,
  isIntrospectionType,
  parse,
  validateSchema,
} from 'graphql';
import { ownSchemaFile } from '../../src/config.js';
import { type FigureType, figureTypes, numberTypes } from '../../src/figureMappings.js';
import { type Figures, readFigures } from '../../src/figures.js';
import { deriveTypes, isStale, withDerivedTypes, withoutDerivedTypes, writeDerived } from '../../src/schema/derived.js';
import { generateSchema, readSchema } from '../../src/schema/schema.js';

const own = { file: 'schema.graphql', text: readFileSync(ownSchemaFile, 'utf8') };
const figuresOf = (text: string): Figures => {
  const { figures, problems } = readFigures(parse(text));
  expect(problems).toEqual([]);
  return figures;
};
const beginMark = own.text.split('\n').find((line) => line.startsWith('# generated')) ?? '';
const endMark = own.text.split('\n').find((line) => line.startsWith('# end of what is generated')) ?? '';
/** The schema that comes with the gateway, without what was generated. */
const ownHead = own.text.slice(0, own.text.indexOf(beginMark)).trimEnd();

/** The schema that is served when the figures are these. */
function serve(figures: { google?: string; partner?: string; combined?: string }) {
  const fill = (text: string, type: string, lines: string | undefined) =>
    text.replace(new RegExp(`(type ${type} \\{\n)[^}]*?(  "How current)`), (whole, head, tail) =>
      lines === undefined ? whole : `${head}${lines}\n${tail}`,
    );
  let text = fill(ownHead, 'PartnerSummary', figures.partner);
  text = fill(text, 'CombinedSummary', figures.combined);
  if (figures.google !== undefined) {
    const head = 'type GoogleAnalyticsSummary {\n';
    const start = text.indexOf(head) + head.length;
    const end = text.indexOf('  "The same over time');
    text = `${text.slice(0, start)}${figures.google}\n${text.slice(end)}`;
  }
  return readSchema({ file: 'my.graphql', text }, own, { googleAnalytics: true, partner: true }).schema;
}

const namesIn = (type: GraphQLNamedType | undefined): string[] => {
  if (!type) return [];
  if ('getValues' in type) return (type as GraphQLEnumType).getValues().map(({ name }) => name);
  return 'getFields' in type ? Object.keys(type.getFields()) : [];
};
const fieldTypes = (type: GraphQLNamedType | undefined): Record<string, string> =>
  type && 'getFields' in type
    ? Object.fromEntries(Object.entries(type.getFields()).map(([name, field]) => [name, String(field.type)]))
    : {};

describe('what follows from the figures', () => {
  const schema = serve({
    google: '  views: SafeInt @metric(name: "screenPageViews")\n  people: SafeInt @metric(name: "activeUsers")',
    partner: [
      '  orders: Int @value(pointer: "/orders", additive: true)',
      '  rank: Int @value(pointer: "/rank")',
      '  revenue: Decimal @value(pointer: "/revenue", additive: true)',
      '  currency: String @value(pointer: "/currency")',
      '  live: Boolean @value(pointer: "/live")',
      '  sku: ID @value(pointer: "/sku")',
      '  since: Date @value(pointer: "/since")',
    ].join('\n'),
    combined: '  perView: Float @ratio(of: "partner.orders", per: "googleAnalytics.views")',
  });

  test('is an order for everything that has one', () => {
    expect(namesIn(schema.getType('ProductOrderField'))).toEqual([
      'NAME',
      'VIEWS',
      'PEOPLE',
      'PARTNER_ORDERS',
      'PARTNER_RANK',
      'PARTNER_REVENUE',
      'PARTNER_SINCE',
      'COMBINED_PER_VIEW',
    ]);
  });

  test('is a filter for every figure, by its type', () => {
    expect(fieldTypes(schema.getType('GoogleAnalyticsFilter'))).toEqual({
      views: 'SafeIntFilter',
      people: 'SafeIntFilter',
    });
    expect(fieldTypes(schema.getType('PartnerFilter'))).toEqual({
      orders: 'IntFilter',
      rank: 'IntFilter',
      revenue: 'DecimalFilter',
      currency: 'TextFilter',
      live: 'BooleanFilter',
      sku: 'TextFilter',
      since: 'DateFilter',
    });
    expect(fieldTypes(schema.getType('CombinedFilter'))).toEqual({ perView: 'FloatFilter' });
    expect(fieldTypes(schema.getType('DateFilter'))).toEqual(
      Object.fromEntries(['eq', 'gt', 'gte', 'lt', 'lte'].map((operator) => [operator, 'Date'])),
    );
    expect(fieldTypes(schema.getType('BooleanFilter'))).toEqual({ eq: 'Boolean' });
    expect(fieldTypes(schema.getType('TextFilter'))).toEqual({ eq: 'String', in: '[String!]', contains: 'String' });
  });

  test('is a sum of what may be added up, wide enough for it', () => {
    expect(fieldTypes(schema.getType('GoogleAnalyticsTotals'))).toEqual({
      views: 'SafeInt',
      coveredProducts: 'Int!',
      missing: 'Int!',
      reasons: '[String!]!',
      totalProducts: 'Int!',
      freshness: 'Freshness!',
    });
    expect(fieldTypes(schema.getType('PartnerTotals'))).toMatchObject({ orders: 'SafeInt', revenue: 'Decimal' });
    expect(namesIn(schema.getType('PartnerTotals'))).toContain('currency');
    expect(namesIn(schema.getType('PartnerTotals'))).not.toContain('rank');
  });

  test('has no filter for types that no figure has, and no currency where the partner names none', () => {
    const text = deriveTypes(figuresOf('type PartnerSummary { orders: Int @value(pointer: "/o", additive: true) }'));
    expect([...text.matchAll(/^(?:input|type|enum) (\w+)/gm)].map(([, name]) => name)).toEqual([
      'ProductOrderField',
      'ProductFilter',
      'PartnerFilter',
      'PartnerTotals',
      'TextFilter',
      'IntFilter',
    ]);
    expect(text).not.toMatch(/^ {2}currency/m);
  });
});

describe('a document', () => {
  const names = (document: ReturnType<typeof parse>) =>
    document.definitions.flatMap((each) => ('name' in each && each.name ? [each.name.value] : []));

  test('gets the derived types that it names, and those that these name', () => {
    const text = `type Query { products(filter: ProductFilter): Int }
      input DateRangeInput { a: Int }
      type PartnerSummary { orders: Int @value(pointer: "/o", additive: true) }`;
    const complete = withDerivedTypes(parse(text), figuresOf(text));
    expect(names(complete).sort()).toEqual(
      ['DateRangeInput', 'IntFilter', 'PartnerFilter', 'PartnerSummary', 'ProductFilter', 'Query', 'TextFilter'].sort(),
    );
  });

  test('gets none where it names none', () => {
    const text = 'type Query { a: Int } type PartnerSummary { orders: Int @value(pointer: "/o") }';
    expect(withDerivedTypes(parse(text), figuresOf(text)).definitions).toHaveLength(2);
  });

  test('gets what follows from its figures in place of what it says itself', () => {
    const text = `type Query { a(by: ProductOrderField): Int }
      enum ProductOrderField { NAME NONSENSE }
      extend enum ProductOrderField { MORE }
      type PartnerSummary { orders: Int @value(pointer: "/o") }`;
    const schema = buildASTSchema(withDerivedTypes(parse(text), figuresOf(text)), { assumeValidSDL: true });
    expect(namesIn(schema.getType('ProductOrderField'))).toEqual(['NAME', 'PARTNER_ORDERS']);
    expect(names(withoutDerivedTypes(parse(text)))).toEqual(['Query', 'PartnerSummary']);
  });
});

describe('a schema file', () => {
  const figures = figuresOf(own.text);
  const line = '  "Sent back."\n  returns: Int @value(pointer: "/returns", additive: true)\n';
  const withLine = (text: string) => text.replace('type PartnerSummary {\n', (head) => head + line);

  test('that comes with the gateway is up to date', () => {
    expect([isStale(own.text, figures), generateSchema(own) === own.text]).toEqual([false, true]);
  });

  test('that was never generated is not stale: it has no marks', () => {
    expect(isStale(ownHead, figures)).toBe(false);
  });

  test('gets the generated part at its end', () => {
    expect(writeDerived(ownHead, figures) === own.text).toBe(true);
  });

  test('is stale when a figure was added, and keeps everything outside the marks when it is generated', () => {
    const text = `${withLine(own.text)}\n# my own words at the end\n`;
    const more = figuresOf(text);
    expect(isStale(text, more)).toBe(true);
    const written = generateSchema({ file: 'my.graphql', text });
    expect(isStale(written, more)).toBe(false);
    expect(written).toContain('PARTNER_RETURNS');
    expect(written.startsWith(text.slice(0, text.indexOf(beginMark)))).toBe(true);
    expect(written.endsWith(text.slice(text.indexOf(endMark)))).toBe(true);
  });

  test.each<[string, string]>([
    ['as it comes', own.text],
    ['without marks', ownHead],
    ['with nothing between its marks', `${ownHead}\n\n${beginMark}\n${endMark}\n`],
    ['whose second mark was lost', own.text.replace(endMark, '')],
    ['whose first mark was lost', own.text.replace(beginMark, '')],
    ['with one more figure', withLine(own.text)],
  ])('%s is up to date once it was generated, and stays as it is then', (_, text) => {
    const written = generateSchema({ file: 'my.graphql', text });
    expect(isStale(written, figuresOf(written))).toBe(false);
    expect(generateSchema({ file: 'my.graphql', text: written }) === written).toBe(true);
  });

  test('whose second mark was lost keeps what stands behind it, however often it is generated', () => {
    const text = `${own.text.replace(endMark, '')}\n"Mine."\nscalar Mine\n`;
    const once = generateSchema({ file: 'my.graphql', text });
    expect(generateSchema({ file: 'my.graphql', text: once }).includes('scalar Mine')).toBe(true);
  });

  test('with the line ends of Windows is as current as with others', () => {
    expect(isStale(own.text.replaceAll('\n', '\r\n'), figures)).toBe(false);
  });
});

describe('any figures at all', () => {
  const names = fc.uniqueArray(
    fc.stringMatching(/^[a-z]{1,6}$/).map((name) => `x${name}`),
    { minLength: 1, maxLength: 6 },
  );
  const metric = (name: string) =>
    fc
      .tuple(fc.constantFrom(...numberTypes), fc.constantFrom('screenPageViews', 'sessions', 'bounceRate'))
      .map(([type, api]) => `  ${name}: ${type} @metric(name: "${api}")`);
  const value = (name: string) =>
    fc.tuple(fc.constantFrom(...figureTypes), fc.boolean()).map(([type, isAdditive]) => {
      const additive = isAdditive && (numberTypes as readonly FigureType[]).includes(type);
      return `  ${name}: ${type} @value(pointer: "/${name}"${additive ? ', additive: true' : ''})`;
    });
  const lines = (line: (name: string) => fc.Arbitrary<string>) =>
    names.chain((all) => fc.tuple(...all.map(line))).map((all) => all.join('\n'));

  test('give types that are valid, described, and for every figure a filter', () => {
    fc.assert(
      fc.property(lines(metric), lines(value), (google, partner) => {
        const schema = serve({ google, partner, combined: '' });
        expect(validateSchema(schema)).toEqual([]);
        expect(namesIn(schema.getType('GoogleAnalyticsFilter'))).toEqual(namesOfLines(google));
        expect(namesIn(schema.getType('PartnerFilter'))).toEqual(namesOfLines(partner));
        const silent = Object.values(schema.getTypeMap()).filter(
          (type) => !isIntrospectionType(type) && /(Filter|Totals|OrderField)$/.test(type.name) && !type.description,
        );
        expect(silent).toEqual([]);
      }),
      { numRuns: 50 },
    );
  });

  const namesOfLines = (text: string) => [...text.matchAll(/^ {2}(\w+):/gm)].map(([, name]) => name);
});
