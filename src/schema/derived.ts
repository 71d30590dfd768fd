import { type DefinitionNode, type DocumentNode, parse, Source, visit } from 'graphql';
import type { FigureType } from '../figureMappings.js';
import { constantOf, type FigureHome, type Figures, orderableFigures } from '../figures.js';

/** Types that follow from the figures; what a schema file says of them is for its readers only. */
const derivedNames: ReadonlySet<string> = new Set([
  'ProductOrderField',
  'ProductFilter',
  'GoogleAnalyticsFilter',
  'PartnerFilter',
  'CombinedFilter',
  'GoogleAnalyticsTotals',
  'PartnerTotals',
  'TextFilter',
  'IntFilter',
  'SafeIntFilter',
  'FloatFilter',
  'DecimalFilter',
  'DateFilter',
  'DateTimeFilter',
  'BooleanFilter',
]);

/** What an operator of a filter compares a figure with, by the figure's type. */
const filterOf: Record<FigureType, string> = {
  Int: 'IntFilter',
  SafeInt: 'SafeIntFilter',
  Float: 'FloatFilter',
  Decimal: 'DecimalFilter',
  String: 'TextFilter',
  ID: 'TextFilter',
  Boolean: 'BooleanFilter',
  Date: 'DateFilter',
  DateTime: 'DateTimeFilter',
};

const homes = {
  googleAnalytics: { filter: 'GoogleAnalyticsFilter', totals: 'GoogleAnalyticsTotals', name: 'Google Analytics' },
  partner: { filter: 'PartnerFilter', totals: 'PartnerTotals', name: 'the partner' },
  combined: { filter: 'CombinedFilter', name: 'both sources together' },
} as const;

/** What a list of products can be ordered and filtered by, and what can be added up, as schema text: it follows from the figures. */
export function deriveTypes(figures: Figures): string {
  const known = (Object.keys(homes) as FigureHome[]).filter((home) => figures[home].size > 0);
  return [
    orderField(figures, known),
    productFilter(known),
    ...known.map((home) => figureFilter(figures, home)),
    ...known.flatMap((home) => (home === 'combined' ? [] : [totals(figures, home)])),
    ...operators(figures, known),
  ].join('\n\n');
}

/** The document with the types that follow from its figures, in place of whatever it says of them itself. */
export function withDerivedTypes(document: DocumentNode, figures: Figures): DocumentNode {
  const own = withoutDerivedTypes(document);
  const derived = parse(new Source(deriveTypes(figures), derivedSource)).definitions;
  return { ...own, definitions: [...own.definitions, ...usedBy(own, derived)] };
}

const derivedSource = 'what follows from the figures';

/** Where a file first names a type that was derived for it; for problems of that type, which stands in no line of the file. */
export function lineOfDerived(document: DocumentNode): number | undefined {
  let line: number | undefined;
  visit(document, {
    NamedType({ name: { value }, loc }) {
      if (derivedNames.has(value) && loc && loc.source.name !== derivedSource) line ??= loc.startToken.line;
    },
  });
  return line;
}

export function isDerived(error: { readonly source?: { readonly name: string } | undefined }): boolean {
  return error.source?.name === derivedSource;
}

export function withoutDerivedTypes(document: DocumentNode): DocumentNode {
  return { ...document, definitions: document.definitions.filter((each) => !derivedNames.has(nameOf(each))) };
}

const beginMark = '# generated: what follows from the figures above. `analytics-gateway generate` writes it.';
const endMark = '# end of what is generated';

/**
 * The text of a schema file with its derived types up to date, between two marks: where the first one stands, or at the end.
 * Everything else stays as it is.
 */
export function writeDerived(text: string, figures: Figures): string {
  const lines = withoutDerivedText(text.replaceAll('\r\n', '\n'));
  const block = `${beginMark}\n\n${deriveTypes(figures)}\n\n${endMark}`;
  const written = lines.includes(beginMark)
    ? lines.replace(beginMark, () => block)
    : `${lines.trimEnd()}\n\n${block}\n`;
  return text.includes('\r\n') ? written.replaceAll('\n', '\r\n') : written;
}

/** Whether the text says something of its derived types that does not follow from its figures. */
export function isStale(text: string, figures: Figures): boolean {
  const says = parse(text).definitions.some((definition) => derivedNames.has(nameOf(definition)));
  return says && writeDerived(text, figures) !== text;
}

/** The text without its derived types, wherever they stand, and without the second mark. */
function withoutDerivedText(text: string): string {
  const spans = parse(text).definitions.flatMap((each) =>
    derivedNames.has(nameOf(each)) && each.loc ? [each.loc] : [],
  );
  const cut = spans
    .toReversed()
    .reduce((rest, { start, end }) => rest.slice(0, start) + rest.slice(end).replace(/^\n*/, ''), text);
  return cut.replace(new RegExp(`\\n*${endMark}`), '');
}

/** The definitions that a document names, and those that these name. */
function usedBy(document: DocumentNode, candidates: readonly DefinitionNode[]): DefinitionNode[] {
  const used = new Set<string>();
  const follow = (node: DocumentNode | DefinitionNode) =>
    void visit(node, {
      NamedType({ name: { value } }) {
        const found = used.has(value) ? undefined : candidates.find((candidate) => nameOf(candidate) === value);
        used.add(value);
        if (found) follow(found);
      },
    });
  follow(document);
  return candidates.filter((candidate) => used.has(nameOf(candidate)));
}

function nameOf(definition: DefinitionNode): string {
  return 'name' in definition ? (definition.name?.value ?? '') : '';
}

function orderField(figures: Figures, known: readonly FigureHome[]): string {
  const values = known.flatMap((home) =>
    orderableFigures(figures, home).map(({ name }) => `  "${home}.${name}"\n  ${constantOf(home, name)}`),
  );
  return [
    '"What products can be ordered by. By a figure of the partner, or of both sources together, every product of the list has to be known: the partner is asked for those that are not."',
    'enum ProductOrderField {',
    `  "The product's name; numbers in it count as numbers."\n  NAME`,
    ...values,
    '}',
  ].join('\n');
}

function productFilter(known: readonly FigureHome[]): string {
  return [
    '"Which products to list. Everything that is given must hold. A figure that is unknown passes no comparison, and not its opposite either. At most 100 conditions in all."',
    'input ProductFilter {',
    '  "All of these must hold."\n  and: [ProductFilter!]',
    '  "One of these must hold."\n  or: [ProductFilter!]',
    '  "This must not hold."\n  not: ProductFilter',
    '  "The days of the figures, here and in what stands inside; LAST_28_DAYS when left out."\n  range: DateRangeInput',
    `  "The product's name."\n  name: TextFilter`,
    ...known.map((home) => `  "By figures of ${homes[home].name}."\n  ${home}: ${homes[home].filter}`),
    '}',
  ].join('\n');
}

function figureFilter(figures: Figures, home: FigureHome): string {
  const fields = [...figures[home].values()].map(
    ({ name, type }) => `  "${home}.${name}"\n  ${name}: ${filterOf[type]}`,
  );
  return [`"What figures of ${homes[home].name} must be."`, `input ${homes[home].filter} {`, ...fields, '}'].join('\n');
}

function totals(figures: Figures, home: 'googleAnalytics' | 'partner'): string {
  const additive = [...figures[home].values()].filter((figure) => figure.additive);
  const hasCurrency = home === 'partner' && figures.partner.has('currency');
  return [
    `"Sums over products of those figures of ${homes[home].name} that may be added up. Only products whose every figure that is asked for is known are in them: see coveredProducts."`,
    `type ${homes[home].totals} {`,
    ...additive.map(({ name, type }) => `  "The sum of ${name}."\n  ${name}: ${type === 'Int' ? 'SafeInt' : type}`),
    ...(hasCurrency
      ? [
          '  "The currency of all sums of money; null, as these are then, when it is not the same for all products."\n  currency: String',
        ]
      : []),
    '  "How many products the sums hold."\n  coveredProducts: Int!',
    '  "How many products there are, with those that the source does not know."\n  totalProducts: Int!',
    '  "Of how many products figures were asked for and have not come."\n  missing: Int!',
    '  "Why: error codes, and PENDING for what has not come in time; ask again later, that costs no new call."\n  reasons: [String!]!',
    '  "How current the sums are: the worst of their parts, PENDING while one has not come."\n  freshness: Freshness!',
    '}',
  ].join('\n');
}

const ordered = (type: string) =>
  [
    `  "Exactly this."\n  eq: ${type}`,
    `  "More than this."\n  gt: ${type}`,
    `  "This or more."\n  gte: ${type}`,
    `  "Less than this."\n  lt: ${type}`,
    `  "This or less."\n  lte: ${type}`,
  ].join('\n');

const text = [
  '  "Exactly this."\n  eq: String',
  '  "One of these."\n  in: [String!]',
  '  "Has this in it, in upper or lower case."\n  contains: String',
].join('\n');

/** The inputs that compare, of those types only that there is something to compare of. */
function operators(figures: Figures, known: readonly FigureHome[]): string[] {
  const types = new Set<FigureType>(['String']);
  for (const home of known) for (const { type } of figures[home].values()) types.add(type === 'ID' ? 'String' : type);
  return [...types].map((type) => {
    const comparisons =
      type === 'String' ? text : type === 'Boolean' ? '  "Exactly this."\n  eq: Boolean' : ordered(type);
    return `"Compares a ${type}; everything that is given must hold."\ninput ${filterOf[type]} {\n${comparisons}\n}`;
  });
}
