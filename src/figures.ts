import { type ConstDirectiveNode, type DocumentNode, type FieldDefinitionNode, Kind, type TypeNode } from 'graphql';
import type { Problem, SourceName } from './errors.js';
import { type MetricKind, metricKind } from './metricKinds.js';

/** Scalars that a source's answer can be read into. */
export const figureTypes = [
  'Int',
  'SafeInt',
  'Float',
  'Decimal',
  'String',
  'ID',
  'Boolean',
  'Date',
  'DateTime',
] as const;
export type FigureType = (typeof figureTypes)[number];

/** Google Analytics answers with numbers only. */
const metricTypes: readonly FigureType[] = ['Int', 'SafeInt', 'Float', 'Decimal'];

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

/** Every figure that the schema maps, by field name, in the schema's order. */
export interface Figures {
  readonly googleAnalytics: ReadonlyMap<string, MetricFigure>;
  /** Of one interval of a series. */
  readonly googleAnalyticsPoint: ReadonlyMap<string, MetricFigure>;
  readonly partner: ReadonlyMap<string, ValueFigure>;
}

interface FigureMapping {
  readonly directive: 'metric' | 'value';
  readonly source: SourceName;
  /** Fields that are no figures: no figure may have their name. */
  readonly taken: Readonly<Record<string, string>>;
}

const freshness = 'freshness says how current the figures are';

/** The types whose fields are figures, and the directive that maps them. */
export const figureMappings = {
  GoogleAnalyticsSummary: {
    directive: 'metric',
    source: 'googleAnalytics',
    taken: {
      freshness,
      quality: 'quality says what Google told of its own numbers',
      series: 'series holds the figures of each day, week or month',
    },
  },
  GoogleAnalyticsPoint: {
    directive: 'metric',
    source: 'googleAnalytics',
    taken: { date: "date is the point's own day" },
  },
  PartnerSummary: { directive: 'value', source: 'partner', taken: { freshness } },
} as const satisfies Record<string, FigureMapping>;

type MappedType = keyof typeof figureMappings;

/** The API's own grammar: a name, or `customEvent:parameter` and the like. */
const metricName = /^[a-zA-Z][a-zA-Z0-9_]*(:[a-zA-Z0-9_]+)?$/;
/** RFC 6901: empty, or steps that begin with / and escape ~ as ~0 and / as ~1. */
const jsonPointer = /^(\/([^~/]|~[01])*)*$/;

/** Reads every mapping of a schema document. A mapping that cannot work is a problem with its line, not a figure. */
export function readFigures(document: DocumentNode): { figures: Figures; problems: Problem[] } {
  const metrics = {
    googleAnalytics: new Map<string, MetricFigure>(),
    googleAnalyticsPoint: new Map<string, MetricFigure>(),
  };
  const partner = new Map<string, ValueFigure>();
  const problems: Problem[] = [];
  for (const { typeName, field, directive } of mappedFields(document)) {
    const message = mappingProblem(typeName, field, directive);
    if (message) problems.push(problemAt(directive, `${typeName}.${field.name.value}: ${message}`));
    else if (typeName === 'PartnerSummary') partner.set(field.name.value, valueFigure(field, directive));
    else metrics[metricHome(typeName)].set(field.name.value, metricFigure(field, directive));
  }
  return { figures: { ...metrics, partner }, problems };
}

const metricHome = (typeName: string) =>
  typeName === 'GoogleAnalyticsPoint' ? 'googleAnalyticsPoint' : 'googleAnalytics';

function mappedFields(document: DocumentNode) {
  return document.definitions.flatMap((definition) => {
    if (definition.kind !== Kind.OBJECT_TYPE_DEFINITION && definition.kind !== Kind.OBJECT_TYPE_EXTENSION) return [];
    return (definition.fields ?? []).flatMap((field) =>
      (field.directives ?? [])
        .filter((directive) => directive.name.value === 'metric' || directive.name.value === 'value')
        .map((directive) => ({ typeName: definition.name.value, field, directive })),
    );
  });
}

function mappingProblem(typeName: string, field: FieldDefinitionNode, directive: ConstDirectiveNode): string | null {
  const mapping = Object.hasOwn(figureMappings, typeName) ? figureMappings[typeName as MappedType] : undefined;
  if (mapping?.directive !== directive.name.value) return wrongPlace(typeName, directive.name.value);
  const { name } = field;
  const taken: Readonly<Record<string, string>> = mapping.taken;
  if (Object.hasOwn(taken, name.value)) return `this name is taken: ${taken[name.value]}.`;
  if (field.arguments?.length) return 'a figure takes no arguments; remove them.';
  const problem = typeProblem(field.type, mapping.directive);
  if (problem) return problem;
  if (mapping.directive === 'metric') return metricProblem(stringArgument(directive, 'name'));
  return pointerProblem(stringArgument(directive, 'pointer')) ?? additiveProblem(directive);
}

function wrongPlace(typeName: string, directive: string): string {
  const [home, mapping] = Object.entries(figureMappings).find(([, { directive: name }]) => name === directive) ?? [];
  const source = mapping?.source === 'partner' ? 'The partner' : 'Google Analytics';
  return `${source} does not feed ${typeName}; move the field to ${home}, or remove @${directive}.`;
}

function typeProblem(type: TypeNode, directive: string): string | null {
  const allowed = directive === 'metric' ? metricTypes : figureTypes;
  if (type.kind === Kind.NON_NULL_TYPE) return 'a figure may be unknown, so its type must be nullable; remove the "!".';
  if (type.kind === Kind.NAMED_TYPE && (allowed as readonly string[]).includes(type.name.value)) return null;
  const name = type.kind === Kind.LIST_TYPE ? 'a list' : type.name.value;
  return `there is no reader for ${name} under @${directive}; use one of ${allowed.join(', ')}.`;
}

function metricProblem(metric: string | undefined): string | null {
  if (metric !== undefined && metricName.test(metric)) return null;
  return `@metric needs a name such as "screenPageViews" or "keyEvents:sign_up", not ${JSON.stringify(metric ?? null)}.`;
}

function pointerProblem(pointer: string | undefined): string | null {
  if (pointer !== undefined && jsonPointer.test(pointer)) return null;
  return `${JSON.stringify(pointer ?? null)} is no JSON Pointer; write "/orders" for the member orders, "" for the whole answer.`;
}

function additiveProblem(directive: ConstDirectiveNode): string | null {
  const additive = argument(directive, 'additive');
  return additive === undefined || additive.kind === Kind.BOOLEAN ? null : 'additive is true or false, without quotes.';
}

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

function typeOf(field: FieldDefinitionNode): FigureType {
  return (field.type.kind === Kind.NAMED_TYPE ? field.type.name.value : 'String') as FigureType;
}

function stringArgument(directive: ConstDirectiveNode, name: string): string | undefined {
  const value = argument(directive, name);
  return value?.kind === Kind.STRING ? value.value : undefined;
}

function argument(directive: ConstDirectiveNode, name: string) {
  return directive.arguments?.find((candidate) => candidate.name.value === name)?.value;
}

function problemAt(node: ConstDirectiveNode, message: string): Problem {
  const file = node.loc?.source.name ?? 'schema';
  return node.loc ? { file, line: node.loc.startToken.line, message } : { file, message };
}
