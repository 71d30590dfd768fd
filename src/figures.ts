import { type ConstDirectiveNode, type DocumentNode, type FieldDefinitionNode, Kind } from 'graphql';
import type { Problem } from './errors.js';
import {
  argument,
  type FigureType,
  type MappedType,
  mappingProblem,
  orderableTypes,
  ratioProblem,
  stringArgument,
} from './figureMappings.js';
import { type MetricKind, metricKind } from './metricKinds.js';

interface FigureBase {
  /** The field's name in the schema. */
  readonly name: string;
  readonly type: FigureType;
  /** Whether it may be summed over products and keys without inventing anything. */
  readonly additive: boolean;
}

export interface MetricFigure extends FigureBase {
  /** The metric's API name in the Google Analytics Data API. */
  readonly metric: string;
  readonly kind: MetricKind;
}

export interface ValueFigure extends FigureBase {
  /** RFC 6901; "" is the whole answer. */
  readonly pointer: string;
}

/** One figure of the sources divided by another. */
export interface RatioFigure extends FigureBase {
  readonly of: FigureReference;
  readonly per: FigureReference;
}

export interface FigureReference {
  readonly source: 'googleAnalytics' | 'partner';
  readonly figure: string;
}

/** Where a figure of a product stands in the schema: the fields of Product that hold figures. */
export const figureHomes = ['googleAnalytics', 'partner', 'combined'] as const;
export type FigureHome = (typeof figureHomes)[number];

/** Every figure that the schema maps, by field name, in the schema's order. */
export interface Figures {
  readonly googleAnalytics: ReadonlyMap<string, MetricFigure>;
  /** Of one interval of a series. */
  readonly googleAnalyticsPoint: ReadonlyMap<string, MetricFigure>;
  readonly partner: ReadonlyMap<string, ValueFigure>;
  readonly combined: ReadonlyMap<string, RatioFigure>;
}

/** Reads every mapping of a schema document. A mapping that cannot work is a problem with its line, not a figure. */
export function readFigures(document: DocumentNode): { figures: Figures; problems: Problem[] } {
  const googleAnalytics = new Map<string, MetricFigure>();
  const googleAnalyticsPoint = new Map<string, MetricFigure>();
  const partner = new Map<string, ValueFigure>();
  const combined = new Map<string, RatioFigure>();
  const figures = { googleAnalytics, googleAnalyticsPoint, partner, combined };
  const add: Record<MappedType, (line: Mapped) => void> = {
    GoogleAnalyticsSummary: ({ field, directive }) =>
      googleAnalytics.set(field.name.value, metricFigure(field, directive)),
    GoogleAnalyticsPoint: ({ field, directive }) =>
      googleAnalyticsPoint.set(field.name.value, metricFigure(field, directive)),
    PartnerSummary: ({ field, directive }) => partner.set(field.name.value, valueFigure(field, directive)),
    CombinedSummary: ({ field, directive }) => combined.set(field.name.value, ratioFigure(field, directive)),
  };
  const problems: Problem[] = [];
  const all = mappedFields(document);
  // A ratio names figures of both sources, so these are read first.
  const isRatio = ({ directive }: Mapped) => directive.name.value === 'ratio';
  for (const line of [...all.filter((each) => !isRatio(each)), ...all.filter(isRatio)]) {
    const { typeName, field, directive } = line;
    const message =
      mappingProblem(typeName, field, directive) ?? (isRatio(line) ? ratioProblem(directive, figures) : null);
    if (message) problems.push(problemAt(directive, `${typeName}.${field.name.value}: ${message}`));
    else add[typeName as MappedType](line);
  }
  return { figures, problems: [...problems, ...sameNames(figures, all)] };
}

/** `pageViews` of the partner is PARTNER_PAGE_VIEWS wherever a figure is named by an enum value. */
export function constantOf(home: FigureHome, name: string): string {
  const prefix = { googleAnalytics: '', partner: 'PARTNER_', combined: 'COMBINED_' }[home];
  return prefix + name.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toUpperCase();
}

/** The figure that an enum value names. */
export function findConstant(figures: Figures, constant: string): { home: FigureHome; figure: string } | undefined {
  return figureHomes
    .flatMap((home) => [...figures[home].keys()].map((figure) => ({ home, figure })))
    .find(({ home, figure }) => constantOf(home, figure) === constant);
}

/** The figures of a home that a list can be ordered by. */
export function orderableFigures(figures: Figures, home: FigureHome): (MetricFigure | ValueFigure | RatioFigure)[] {
  return [...figures[home].values()].filter(({ type }) => orderableTypes.includes(type));
}

interface Mapped {
  readonly typeName: string;
  readonly field: FieldDefinitionNode;
  readonly directive: ConstDirectiveNode;
}

const mappingDirectives: ReadonlySet<string> = new Set(['metric', 'value', 'ratio']);

function mappedFields(document: DocumentNode): Mapped[] {
  return document.definitions.flatMap((definition) => {
    if (definition.kind !== Kind.OBJECT_TYPE_DEFINITION && definition.kind !== Kind.OBJECT_TYPE_EXTENSION) return [];
    return (definition.fields ?? []).flatMap((field) =>
      (field.directives ?? [])
        .filter((directive) => mappingDirectives.has(directive.name.value))
        .map((directive) => ({ typeName: definition.name.value, field, directive })),
    );
  });
}

/** Two figures must not become the same enum value, nor that of the product's name. */
function sameNames(figures: Figures, lines: readonly Mapped[]): Problem[] {
  const taken = new Map([['NAME', 'the name of a product']]);
  return figureHomes.flatMap((home) =>
    orderableFigures(figures, home).flatMap(({ name }) => {
      const constant = constantOf(home, name);
      const owner = taken.get(constant);
      taken.set(constant, owner ?? `${home}.${name}`);
      const line = lines.find(({ typeName, field }) => typeName === typeOfHome[home] && field.name.value === name);
      if (!owner || !line) return [];
      const message = `${line.typeName}.${name}: ordered by, it would be ${constant}, as ${owner} is; choose another name.`;
      return [problemAt(line.directive, message)];
    }),
  );
}

const typeOfHome = {
  googleAnalytics: 'GoogleAnalyticsSummary',
  partner: 'PartnerSummary',
  combined: 'CombinedSummary',
} as const satisfies Record<FigureHome, MappedType>;

function metricFigure(field: FieldDefinitionNode, directive: ConstDirectiveNode): MetricFigure {
  const metric = stringArgument(directive, 'name') ?? '';
  const kind = metricKind(metric);
  return { name: field.name.value, type: typeOf(field), metric, kind, additive: kind === 'additive' };
}

function valueFigure(field: FieldDefinitionNode, directive: ConstDirectiveNode): ValueFigure {
  const additive = argument(directive, 'additive');
  return {
    name: field.name.value,
    type: typeOf(field),
    pointer: stringArgument(directive, 'pointer') ?? '',
    additive: additive?.kind === Kind.BOOLEAN && additive.value,
  };
}

function ratioFigure(field: FieldDefinitionNode, directive: ConstDirectiveNode): RatioFigure {
  const reference = (side: 'of' | 'per') => {
    const [source, figure] = (stringArgument(directive, side) ?? '').split('.');
    return { source, figure } as FigureReference;
  };
  return { name: field.name.value, type: typeOf(field), additive: false, of: reference('of'), per: reference('per') };
}

function typeOf(field: FieldDefinitionNode): FigureType {
  return (field.type.kind === Kind.NAMED_TYPE ? field.type.name.value : 'String') as FigureType;
}

function problemAt(node: ConstDirectiveNode, message: string): Problem {
  const file = node.loc?.source.name ?? 'schema';
  return node.loc ? { file, line: node.loc.startToken.line, message } : { file, message };
}
