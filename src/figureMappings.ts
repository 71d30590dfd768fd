// What a line of the schema must look like to be a figure.
import { type ConstDirectiveNode, type FieldDefinitionNode, Kind, type TypeNode } from 'graphql';
import type { SourceName } from './errors.js';
import { suggestion } from './suggestion.js';

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

/** Figures that can be added up, divided and compared as numbers. Google Analytics answers with these only. */
export const numberTypes: readonly FigureType[] = ['Int', 'SafeInt', 'Float', 'Decimal'];
/** Figures that a list can be ordered by. */
export const orderableTypes: readonly FigureType[] = [...numberTypes, 'Date', 'DateTime'];

interface FigureMapping {
  readonly directive: 'metric' | 'value' | 'ratio';
  /** null = both. */
  readonly source: SourceName | null;
  /** Fields that are no figures: no figure may have their name. */
  readonly taken: Readonly<Record<string, string>>;
}

const freshness = 'freshness says how current the figures are';
const coverage = 'totals say with it how many products they cover';
const covered = { coveredProducts: coverage, totalProducts: coverage, missing: coverage, reasons: coverage };

/** The types whose fields are figures, and the directive that maps them. */
export const figureMappings = {
  GoogleAnalyticsSummary: {
    directive: 'metric',
    source: 'googleAnalytics',
    taken: {
      freshness,
      ...covered,
      quality: 'quality says what Google told of its own numbers',
      series: 'series holds the figures of each day, week or month',
    },
  },
  GoogleAnalyticsPoint: {
    directive: 'metric',
    source: 'googleAnalytics',
    taken: { date: "date is the point's own day" },
  },
  PartnerSummary: { directive: 'value', source: 'partner', taken: { freshness, ...covered } },
  CombinedSummary: { directive: 'ratio', source: null, taken: { freshness } },
} as const satisfies Record<string, FigureMapping>;

export type MappedType = keyof typeof figureMappings;

/** The API's own grammar: a name, or `customEvent:parameter` and the like. */
const metricName = /^[a-zA-Z][a-zA-Z0-9_]*(:[a-zA-Z0-9_]+)?$/;
/** RFC 6901: empty, or steps that begin with / and escape ~ as ~0 and / as ~1. */
const jsonPointer = /^(\/([^~/]|~[01])*)*$/;

/** Why the line is no figure; null = it is one. */
export function mappingProblem(
  typeName: string,
  field: FieldDefinitionNode,
  directive: ConstDirectiveNode,
): string | null {
  const mapping = Object.hasOwn(figureMappings, typeName) ? figureMappings[typeName as MappedType] : undefined;
  if (mapping?.directive !== directive.name.value) return wrongPlace(typeName, directive.name.value);
  const { name } = field;
  const taken: Readonly<Record<string, string>> = mapping.taken;
  if (Object.hasOwn(taken, name.value)) return `this name is taken: ${taken[name.value]}.`;
  if (field.arguments?.length) return 'a figure takes no arguments; remove them.';
  const problem = argumentProblem(directive) ?? typeProblem(field.type, mapping.directive);
  if (problem) return problem;
  if (mapping.directive === 'metric') return metricProblem(stringArgument(directive, 'name'));
  if (mapping.directive === 'ratio') return null;
  return pointerProblem(stringArgument(directive, 'pointer')) ?? additiveProblem(field.type, directive);
}

type KnownFigures = Readonly<Record<SourceName, ReadonlyMap<string, { readonly type: FigureType }>>>;

/** Why a ratio has not two figures to divide; null = it has. */
export function ratioProblem(directive: ConstDirectiveNode, figures: KnownFigures): string | null {
  for (const side of ['of', 'per'] as const) {
    const text = stringArgument(directive, side);
    const [source = '', name = '', ...rest] = text?.split('.') ?? [];
    const figure = isSource(source) && rest.length === 0 ? figures[source].get(name) : undefined;
    if (!figure) {
      return `${side} needs a figure such as "partner.orders" or "googleAnalytics.sessions", not ${JSON.stringify(text ?? null)}, which the schema does not have; name another one, or remove the field.`;
    }
    if (!numberTypes.includes(figure.type))
      return `${side}: ${text} is a ${figure.type}, and only numbers can be divided.`;
  }
  return null;
}

const isSource = (name: string): name is SourceName => name === 'googleAnalytics' || name === 'partner';

function wrongPlace(typeName: string, directive: string): string {
  const [home, mapping] = Object.entries(figureMappings).find(([, { directive: name }]) => name === directive) ?? [];
  if (directive === 'ratio') return `only ${home} holds ratios; move the field there, or remove @ratio.`;
  const source = mapping?.source === 'partner' ? 'The partner' : 'Google Analytics';
  return `${source} does not feed ${typeName}; move the field to ${home}, or remove @${directive}.`;
}

const allowedTypes: Record<FigureMapping['directive'], readonly FigureType[]> = {
  metric: numberTypes,
  value: figureTypes,
  ratio: ['Float'],
};

function typeProblem(type: TypeNode, directive: FigureMapping['directive']): string | null {
  const allowed = allowedTypes[directive];
  if (type.kind === Kind.NON_NULL_TYPE) return 'a figure may be unknown, so its type must be nullable; remove the "!".';
  if (type.kind === Kind.NAMED_TYPE && (allowed as readonly string[]).includes(type.name.value)) return null;
  const name = type.kind === Kind.LIST_TYPE ? 'a list' : type.name.value;
  return `there is no reader for ${name} under @${directive}; use one of ${allowed.join(', ')}.`;
}

const knownArguments: Readonly<Record<string, readonly string[]>> = {
  metric: ['name'],
  value: ['pointer', 'additive'],
  ratio: ['of', 'per'],
};

function argumentProblem({ name, arguments: given = [] }: ConstDirectiveNode): string | null {
  const known = knownArguments[name.value] ?? [];
  const unknown = given.map((each) => each.name.value).find((each) => !known.includes(each));
  return unknown === undefined ? null : `@${name.value} has no ${unknown}${suggestion(unknown, known)}`;
}

function metricProblem(metric: string | undefined): string | null {
  if (metric !== undefined && metricName.test(metric)) return null;
  return `@metric needs a name such as "screenPageViews" or "keyEvents:sign_up", not ${JSON.stringify(metric ?? null)}.`;
}

function pointerProblem(pointer: string | undefined): string | null {
  if (pointer !== undefined && jsonPointer.test(pointer)) return null;
  return `${JSON.stringify(pointer ?? null)} is no JSON Pointer; write "/orders" for the member orders, "" for the whole answer.`;
}

function additiveProblem(type: TypeNode, directive: ConstDirectiveNode): string | null {
  const additive = argument(directive, 'additive');
  if (additive === undefined) return null;
  if (additive.kind !== Kind.BOOLEAN) return 'additive is true or false, without quotes.';
  const isNumber = type.kind === Kind.NAMED_TYPE && (numberTypes as readonly string[]).includes(type.name.value);
  return additive.value && !isNumber ? 'only numbers can be added up; remove "additive: true".' : null;
}

export function stringArgument(directive: ConstDirectiveNode, name: string): string | undefined {
  const value = argument(directive, name);
  return value?.kind === Kind.STRING ? value.value : undefined;
}

export function argument(directive: ConstDirectiveNode, name: string) {
  return directive.arguments?.find((candidate) => candidate.name.value === name)?.value;
}
